// The page for reviewers in a real browser: nothing sticks out of the window, and every text can be read, by day and by
// night, on a desk and on a phone.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/golden.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace pglatch::testing {
namespace {

namespace fs = std::filesystem;

// Looks at the page from inside, with all that is folded open, and writes down what is wrong with it.
constexpr const char* kProbe = R"(<script>
const problems = [];
document.querySelectorAll('details').forEach(each => each.open = true);
if (document.documentElement.scrollWidth > innerWidth) problems.push('wider than the window');
const channels = color => color.match(/[\d.]+/g).map(Number);
const luminance = ([r, g, b]) => [r, g, b].map(c => c / 255)
  .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
  .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
const ground = element => {
  for (let at = element; at; at = at.parentElement) {
    const color = channels(getComputedStyle(at).backgroundColor);
    if (color.length < 4 || color[3] > 0) return color;
  }
  return [255, 255, 255];
};
let texts = 0;
for (const element of document.body.querySelectorAll('*')) {
  const own = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
  if (!own || element.matches('.vh, .skip, script')) continue;
  ++texts;
  const [a, b] = [luminance(channels(getComputedStyle(element).color)), luminance(ground(element))];
  const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  if (contrast < 4.5) problems.push(element.className + ' ' + contrast.toFixed(2) + ': ' + element.textContent.slice(0, 30));
  // A bar may be scrolled to within its table, and nothing else may be cut off.
  const box = element.getBoundingClientRect();
  if (!element.closest('.timeline') && box.right > innerWidth + 1) problems.push('cut off: ' + element.textContent.slice(0, 30));
}
const dark = luminance(ground(document.body)) < 0.2 ? 'dark' : 'light';
document.body.setAttribute('data-probe', [texts > 20, dark, innerWidth, ...new Set(problems)].join('; '));
</script></body>)";

std::string chromium() {
  for (const char* name : {"chromium", "chromium-browser", "google-chrome"}) {
    if (run_process({"sh", "-c", std::string("command -v ") + name}).exit_code == 0) return name;
  }
  return {};
}

struct Look {
  int width;
  bool dark;
};

// PGLATCH_ALL_LOOKS=1, as ./dev verify-html has it: a browser takes seconds to start.
bool wants_all() { return std::getenv("PGLATCH_ALL_LOOKS") != nullptr; }

std::vector<Look> looks() {
  if (wants_all()) return {{1280, false}, {1280, true}, {500, false}, {500, true}};
  return {{1280, false}, {500, true}};
}

std::vector<std::string> pages() {
  if (wants_all()) return {"review", "demo"};
  return {"review"};
}

class HtmlBrowser : public ::testing::TestWithParam<Look> {
 protected:
  void SetUp() override {
    if (chromium().empty()) GTEST_SKIP() << "chromium is not installed: ./dev verify-html installs it";
    const ProcessResult lint = run_pglatch(
        {"lint", "--format", "html=" + (dir_.path() / "demo.html").string(), fixture_path("demo/migrations").string()});
    ASSERT_EQ(lint.exit_code, 1) << lint.err;
    fs::copy_file(fixture_path("formats/review/expected.html"), dir_.path() / "review.html");
  }

  ProcessResult browse(const fs::path& page, const std::string& task) {
    std::vector<std::string> command = {chromium(),
                                        "--headless",
                                        "--no-sandbox",
                                        "--disable-gpu",
                                        "--hide-scrollbars",
                                        "--user-data-dir=" + (dir_.path() / "profile").string(),
                                        "--window-size=" + std::to_string(GetParam().width) + ",1600",
                                        task};
    if (GetParam().dark) command.push_back("--blink-settings=preferredColorScheme=0");
    command.push_back("file://" + page.string());
    return run_process(command);
  }

  // A picture for people to look at, of the page as it comes, with its policy in force.
  void photograph() {
    const fs::path folder = fs::path(PGLATCH_BINARY).parent_path() / "html";
    fs::create_directories(folder);
    const fs::path picture =
        folder / ("review-" + std::to_string(GetParam().width) + (GetParam().dark ? "-dark" : "-light") + ".png");
    fs::remove(picture);
    const ProcessResult result = browse(dir_.path() / "review.html", "--screenshot=" + picture.string());
    ASSERT_TRUE(fs::exists(picture)) << result.err;
    EXPECT_GT(fs::file_size(picture), 20'000U) << "an empty page takes less";
    EXPECT_EQ(result.err.find("Content Security Policy"), std::string::npos) << result.err;
  }

  TempDir dir_;
};

TEST_P(HtmlBrowser, CanBeRead) {
  for (const std::string& name : pages()) {
    std::string page = read_file(dir_.path() / (name + ".html"));
    // The page itself forbids scripts.
    const std::size_t policy = page.find("<meta http-equiv=\"Content-Security-Policy\"");
    ASSERT_NE(policy, std::string::npos);
    page.erase(policy, page.find('>', policy) + 1 - policy);
    page.replace(page.rfind("</body>"), 7, kProbe);
    const ProcessResult seen = browse(dir_.write("probed.html", page), "--dump-dom");
    const std::string start = " data-probe=\"";
    const std::size_t at = seen.out.find(start);
    ASSERT_NE(at, std::string::npos) << seen.err;
    const std::size_t from = at + start.size();
    const std::string expected =
        std::string("true; ") + (GetParam().dark ? "dark; " : "light; ") + std::to_string(GetParam().width);
    EXPECT_EQ(seen.out.substr(from, seen.out.find('"', from) - from), expected) << name;
  }
  if (wants_all()) photograph();
}

INSTANTIATE_TEST_SUITE_P(Looks, HtmlBrowser, ::testing::ValuesIn(looks()), [](const auto& look) {
  return std::to_string(look.param.width) + (look.param.dark ? "Dark" : "Light");
});

}  // namespace
}  // namespace pglatch::testing

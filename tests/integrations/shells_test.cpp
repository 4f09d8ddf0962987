// Completions in real shells, and the manual page as troff's checkers read it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/integrations/tools.h"

namespace pglatch::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsSupersetOf;

using Words = std::set<std::string>;

// Each prints "== LINE" for every command line that it is given, and below what would be offered at its end, a line
// each.
constexpr const char* kBash = R"(
source "$1"; shift
compopt() { :; }
for line; do
  echo "== $line"
  COMP_WORDS=(${line//=/ = })
  # As readline cuts them: behind a blank a new word begins.
  [[ $line != *' ' ]] || COMP_WORDS+=('')
  COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
  _pglatch
  ((${#COMPREPLY[@]})) && printf '%s\n' "${COMPREPLY[@]}"
done
true
)";

constexpr const char* kFish = R"(
source $argv[1]
for line in $argv[2..-1]
  echo "== $line"
  complete -C $line
end
)";

// zsh completes at a terminal alone: the inner one has one, and tells what it would add instead of adding it.
constexpr const char* kZsh = R"zsh(
zmodload zsh/zpty
directory=$1; shift
zpty inner zsh -f -i
zpty -w inner "PS1= PS2= RPS1=; setopt no_prompt_sp; unset zle_bracketed_paste; stty -echo; fpath=(${(q)directory} \$fpath)"
zpty -w inner 'autoload -U compinit; compinit -u -D; zstyle ":completion:*" insert-tab false; setopt no_beep'
zpty -w inner 'compadd() { local -a hits; builtin compadd -O hits "$@"; ((${#hits})) && print -rl -- "" "HIT "${^hits}; return $((${#hits} == 0)) }'
zpty -w inner 'probe() { zle complete-word; print -rl -- "" END }; zle -N probe; bindkey "^I" probe; print -r -- RE""ADY'
zpty -r -m inner ready '*READY*'
for line; do
  print -r -- "== $line"
  zpty -w -n inner "$line"$'\t'
  zpty -r -m inner answer '*END*'
  answer=${answer//$'\r'/}
  for hit in ${(f)answer}; do [[ $hit != 'HIT '* ]] || print -r -- "${hit#HIT }"; done
  zpty -w -n inner $'\C-u'
done
zpty -d inner
)zsh";

// What is offered, without what shells put before or behind: the list or option so far, "=", "/", descriptions.
std::string plain(std::string word) {
  word = word.substr(0, word.find('\t'));
  if (const auto comma = word.rfind(','); comma != std::string::npos) word.erase(0, comma + 1);
  if (const auto equals = word.find('='); equals != std::string::npos && equals + 1 < word.size()) {
    word.erase(0, equals + 1);
  }
  while (!word.empty() && (word.back() == '=' || word.back() == '/' || word.back() == ' ')) word.pop_back();
  return word;
}

class Shells : public ::testing::TestWithParam<const char*> {
 protected:
  std::map<std::string, Words> offers(const std::vector<std::string>& lines) {
    const std::string shell = GetParam();
    const std::filesystem::path script = sandbox_.write(shell == "zsh" ? "completions/_pglatch" : "completion." + shell,
                                                        sandbox_.must({"pglatch", "completion", shell}, "."));
    const char* driver = shell == "bash" ? kBash : shell == "fish" ? kFish : kZsh;
    std::vector<std::string> command{shell, sandbox_.write("driver", driver).string(),
                                     (shell == "zsh" ? script.parent_path() : script).string()};
    if (shell == "fish") command.insert(command.begin() + 1, "--no-config");
    command.insert(command.end(), lines.begin(), lines.end());
    sandbox_.write("folder/migrations/1.sql", "");
    std::istringstream out(sandbox_.must(command, "folder"));
    std::map<std::string, Words> offered;
    Words* current = nullptr;
    for (std::string line; std::getline(out, line);) {
      if (line.starts_with("== ")) {
        current = &offered[line.substr(3)];
      } else if (current != nullptr) {
        current->insert(plain(line));
      }
    }
    return offered;
  }
  Sandbox sandbox_;
};

TEST_P(Shells, OfferWhatCanStandThere) {
  PGLATCH_NEEDS_TOOL(GetParam());
  const std::map<std::string, Words> expected = {
      {"pglatch pl", {"plan"}},
      {"pglatch lint --exec", {"--execution-mode"}},
      {"pglatch locks --since main --stdin", {"--stdin-filename"}},
      {"pglatch lint --color a", {"auto", "always"}},
      {"pglatch lint --color=a", {"auto", "always"}},
      {"pglatch lint --framework goo", {"goose"}},
      {"pglatch plan --only ", {"indexes", "others"}},
      {"pglatch lint --include down,te", {"tests"}},
      {"pglatch lint --select all,set-not", {"set-not-null-scan"}},
      {"pglatch rules set-not", {"set-not-null-scan"}},
      {"pglatch lint --jobs ", {}},
      {"pglatch completion z", {"zsh"}},
      {"pglatch init --ci git", {"github", "gitlab"}},
      {"pglatch nothing --f", {}},
  };
  std::vector<std::string> lines;
  for (const auto& [line, words] : expected) lines.push_back(line);
  const std::string files = "pglatch lint --isolated mig";
  const std::string file_of_option = "pglatch lint --schema mig";
  const std::string commands = "pglatch ";
  lines.insert(lines.end(), {files, file_of_option, commands});
  std::map<std::string, Words> offered = offers(lines);
  ASSERT_EQ(offered.size(), lines.size());
  for (const auto& [line, words] : expected) EXPECT_EQ(offered[line], words) << line;
  EXPECT_THAT(offered[commands], IsSupersetOf({"lint", "fix", "plan", "locks", "verify", "rules", "completion"}));
  // bash offers files itself where there is nothing else.
  const Words found = std::string(GetParam()) == "bash" ? Words() : Words{"migrations"};
  EXPECT_EQ(offered[files], found);
  EXPECT_EQ(offered[file_of_option], found);
}

INSTANTIATE_TEST_SUITE_P(All, Shells, ::testing::Values("bash", "zsh", "fish"),
                         [](const auto& param_info) { return std::string(param_info.param); });

TEST(ManualPage, HasNothingThatTroffsCheckersMind) {
  PGLATCH_NEEDS_TOOL("mandoc");
  PGLATCH_NEEDS_TOOL("groff");
  Sandbox sandbox;
  sandbox.write("pglatch.1", sandbox.must({"pglatch", "man"}, "."));
  const auto lint = sandbox.run({"mandoc", "-T", "lint", "-W", "warning", "pglatch.1"}, ".");
  EXPECT_EQ(lint.out + lint.err, "");
  EXPECT_EQ(lint.exit_code, 0);
  const auto groff = sandbox.run({"groff", "-man", "-Tutf8", "-ww", "-z", "pglatch.1"}, ".");
  EXPECT_EQ(groff.out + groff.err, "");
  EXPECT_THAT(sandbox.must({"mandoc", "-T", "html", "pglatch.1"}, "."), HasSubstr("ENVIRONMENT"));
}

}  // namespace
}  // namespace pglatch::testing

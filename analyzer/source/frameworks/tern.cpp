#include <algorithm>
#include <utility>

#include "analyzer/source/frameworks/all.h"
#include "analyzer/source/frameworks/sections.h"
#include "analyzer/source/frameworks/text_lines.h"

namespace pglatch {
namespace {

constexpr std::string_view kSeparator = "---- create above / drop below ----";
constexpr std::string_view kNoTransaction = "---- tern: disable-tx ----";

// jackc/tern, migrate/migrate.go: a separator between up and down, and in either half a line that switches its
// transaction off, upon which its statements are sent one by one.
class Tern final : public SectionedFramework {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "tern"; }

 protected:
  [[nodiscard]] std::string evidence(const SourceFile& file, Surroundings& /*around*/) const override {
    for (const std::string_view marker : {kSeparator, kNoTransaction}) {
      if (file.text().find(marker) != std::string::npos) return std::string(marker);
    }
    return {};
  }

  [[nodiscard]] std::vector<Section> sections(const SourceFile& file, Surroundings& /*around*/) const override {
    const std::string_view text = file.text();
    const std::size_t separator = text.find(kSeparator);
    const auto half = static_cast<std::uint32_t>(std::min(separator, text.size()));
    std::vector<Section> found{section(text, Direction::up, {0, half})};
    if (separator != std::string_view::npos) {
      found.push_back(section(text, Direction::down, {half, static_cast<std::uint32_t>(text.size())}));
    }
    return found;
  }

 private:
  static Section section(std::string_view text, Direction direction, ByteRange part) {
    LineReader lines(part.of(text));
    while (const auto line = lines.next()) {
      if (line->text == kNoTransaction) return {direction, ExecutionMode::autocommit, {part}, "tern: disable-tx"};
    }
    return {direction, ExecutionMode::transaction, {part}, {}};
  }
};

}  // namespace

const Framework& tern_framework() noexcept {
  static const Tern tern;
  return tern;
}

}  // namespace pglatch

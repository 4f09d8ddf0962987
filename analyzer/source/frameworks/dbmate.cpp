#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "analyzer/base/ascii.h"
#include "analyzer/source/frameworks/all.h"
#include "analyzer/source/frameworks/sections.h"
#include "analyzer/source/frameworks/text_lines.h"

namespace pglatch {
namespace {

constexpr std::string_view kMarker = "migrate:";

// `-- migrate:up transaction:false`, from the beginning of a line.
struct Directive {
  Direction direction;
  bool in_transaction = true;
};

std::optional<Directive> directive_of(std::string_view line) {
  if (!line.starts_with("--")) return std::nullopt;
  std::string_view words = *comment_of(line);
  const std::string_view command = take_word(words);
  if (command != "migrate:up" && command != "migrate:down") return std::nullopt;
  Directive directive{command == "migrate:up" ? Direction::up : Direction::down};
  while (!words.empty()) {
    if (take_word(words) == "transaction:false") directive.in_transaction = false;
  }
  return directive;
}

// amacneil/dbmate, pkg/dbmate/migration.go and db.go: each section is one message, in a transaction unless it says
// `transaction:false`. A file may have several pairs of sections.
class Dbmate final : public SectionedFramework {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "dbmate"; }

 protected:
  [[nodiscard]] std::string evidence(const SourceFile& file, Surroundings& /*around*/) const override {
    if (file.text().find(kMarker) == std::string::npos) return {};
    LineReader lines(file.text());
    while (const auto line = lines.next()) {
      const auto directive = directive_of(line->text);
      if (directive && directive->direction == Direction::up) {
        return fmt::format("-- migrate:up in line {}", line->number);
      }
    }
    return {};
  }

  [[nodiscard]] std::vector<Section> sections(const SourceFile& file, Surroundings& /*around*/) const override {
    std::vector<Section> found{{Direction::up, ExecutionMode::transaction, {{0, 0}}, {}}};
    bool is_first = true;
    LineReader lines(file.text());
    while (const auto line = lines.next()) {
      if (const auto directive = directive_of(line->text)) {
        // What is before the first section are comments: they go with it.
        if (!is_first || directive->direction == Direction::down) {
          found.push_back({directive->direction, ExecutionMode::transaction, {{line->range.start, 0}}, {}});
        }
        is_first = false;
        if (!directive->in_transaction) {
          found.back().mode = ExecutionMode::single_message;
          found.back().note = fmt::format("transaction:false in line {}", line->number);
        }
      }
      found.back().parts.back().end = line->next;
    }
    // Down goes backwards.
    const auto down = std::stable_partition(found.begin(), found.end(),
                                            [](const Section& section) { return section.direction == Direction::up; });
    std::reverse(down, found.end());
    return found;
  }
};

}  // namespace

const Framework& dbmate_framework() noexcept {
  static const Dbmate dbmate;
  return dbmate;
}

}  // namespace pglatch

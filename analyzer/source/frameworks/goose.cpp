#include <fmt/format.h>

#include "analyzer/base/ascii.h"
#include "analyzer/source/frameworks/all.h"
#include "analyzer/source/frameworks/text_lines.h"
#include "analyzer/source/frameworks/up_and_down.h"

namespace pglatch {
namespace {

constexpr std::string_view kMarker = "+goose";

// "Up", "NO TRANSACTION" of a comment line that has goose's mark; empty for other lines.
std::string_view directive_of(std::string_view line) {
  const auto comment = comment_of(line);
  if (!comment || !comment->starts_with(kMarker)) return {};
  return trimmed(comment->substr(kMarker.size()));
}

bool is_no_transaction(std::string_view directive) {
  return equal_ignoring_case(take_word(directive), "no") && equal_ignoring_case(directive, "transaction");
}

// pressly/goose, internal/sqlparser/parser.go: `-- +goose Up`, `Down`, `NO TRANSACTION`, in any case. A file is one
// transaction; without one, its statements are sent one by one. StatementBegin and StatementEnd are there for goose's
// splitting at semicolons, which PostgreSQL's grammar does not need.
class Goose final : public SectionedFramework {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "goose"; }

 protected:
  [[nodiscard]] std::string evidence(const SourceFile& file) const override {
    if (file.text().find(kMarker) == std::string::npos) return {};
    LineReader lines(file.text());
    while (const auto line = lines.next()) {
      if (equal_ignoring_case(directive_of(line->text), "up"))
        return fmt::format("-- +goose Up in line {}", line->number);
    }
    return {};
  }

  [[nodiscard]] std::vector<Section> sections(const SourceFile& file) const override {
    UpAndDown parts(ExecutionMode::transaction);
    LineReader lines(file.text());
    while (const auto line = lines.next()) {
      const std::string_view directive = directive_of(line->text);
      if (equal_ignoring_case(directive, "up")) parts.turn(Direction::up, line->range.start);
      if (equal_ignoring_case(directive, "down")) parts.turn(Direction::down, line->range.start);
      if (!is_no_transaction(directive)) continue;
      for (const Direction direction : {Direction::up, Direction::down}) {
        parts.of(direction).mode = ExecutionMode::autocommit;
        parts.of(direction).note = fmt::format("NO TRANSACTION in line {}", line->number);
      }
    }
    return parts.take(file.text().size());
  }
};

}  // namespace

const Framework& goose_framework() noexcept {
  static const Goose goose;
  return goose;
}

}  // namespace pglatch

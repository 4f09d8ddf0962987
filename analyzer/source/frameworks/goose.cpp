#include <fmt/format.h>

#include "analyzer/base/ascii.h"
#include "analyzer/source/frameworks/all.h"
#include "analyzer/source/frameworks/text_lines.h"
#include "analyzer/source/frameworks/up_and_down.h"
#include "analyzer/source/lexer.h"

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

// The section in which what stands between StatementBegin and StatementEnd is sent as one message: where that is
// several statements, it is a section of its own, with the comments around it if there is nothing else.
std::vector<Section> cut_at_messages(Section section, std::string_view text, const std::vector<ByteRange>& messages) {
  std::vector<Section> cut;
  std::vector<ByteRange> above;  // the first statement: comments, which go with it
  const auto add = [&](ExecutionMode mode, ByteRange part, std::size_t statements) {
    if (statements > 0 && (cut.empty() || cut.back().mode != mode || mode == ExecutionMode::single_message)) {
      cut.push_back({section.direction, mode, {}, section.note});
      cut.back().continues = cut.size() > 1;
    }
    (cut.empty() ? above : cut.back().parts).push_back(part);
  };
  for (const ByteRange part : section.parts) {
    std::uint32_t at = part.start;
    for (const ByteRange message : messages) {
      const std::size_t statements = split_statements(message.of(text)).size();
      if (!part.contains(message.start) || statements < 2) continue;
      const ByteRange before{at, message.start};
      add(section.mode, before, split_statements(before.of(text)).size());
      add(ExecutionMode::single_message, message, statements);
      at = message.end;
    }
    const ByteRange rest{at, part.end};
    add(section.mode, rest, split_statements(rest.of(text)).size());
  }
  if (cut.empty()) return {std::move(section)};
  cut.front().parts.insert(cut.front().parts.begin(), above.begin(), above.end());
  return cut;
}

// pressly/goose, internal/sqlparser/parser.go: `-- +goose Up`, `Down`, `NO TRANSACTION`, in any case. A file is one
// transaction; without one, its statements are sent one by one, those between StatementBegin and StatementEnd as one
// message. Of goose's splitting at semicolons PostgreSQL's grammar needs nothing else.
class Goose final : public SectionedFramework {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "goose"; }

 protected:
  [[nodiscard]] std::string evidence(const SourceFile& file, Surroundings& /*around*/) const override {
    if (file.text().find(kMarker) == std::string::npos) return {};
    LineReader lines(file.text());
    while (const auto line = lines.next()) {
      if (equal_ignoring_case(directive_of(line->text), "up"))
        return fmt::format("-- +goose Up in line {}", line->number);
    }
    return {};
  }

  [[nodiscard]] std::vector<Section> sections(const SourceFile& file, Surroundings& /*around*/) const override {
    UpAndDown parts(ExecutionMode::transaction);
    std::vector<ByteRange> messages;
    bool in_transaction = true;
    LineReader lines(file.text());
    while (const auto line = lines.next()) {
      const std::string_view directive = directive_of(line->text);
      if (equal_ignoring_case(directive, "up")) parts.turn(Direction::up, line->range.start);
      if (equal_ignoring_case(directive, "down")) parts.turn(Direction::down, line->range.start);
      if (equal_ignoring_case(directive, "statementbegin")) messages.push_back({line->next, line->next});
      if (equal_ignoring_case(directive, "statementend") && !messages.empty()) messages.back().end = line->range.start;
      if (!is_no_transaction(directive)) continue;
      in_transaction = false;
      for (const Direction direction : {Direction::up, Direction::down}) {
        parts.of(direction).mode = ExecutionMode::autocommit;
        parts.of(direction).note = fmt::format("NO TRANSACTION in line {}", line->number);
      }
    }
    std::vector<Section> whole = parts.take(file.text().size());
    if (in_transaction) return whole;
    std::vector<Section> found;
    for (Section& section : whole) {
      for (Section& each : cut_at_messages(std::move(section), file.text(), messages)) found.push_back(std::move(each));
    }
    return found;
  }
};

}  // namespace

const Framework& goose_framework() noexcept {
  static const Goose goose;
  return goose;
}

}  // namespace pglatch

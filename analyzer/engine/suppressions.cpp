#include "analyzer/engine/suppressions.h"

#include <algorithm>
#include <utility>

#include "analyzer/source/lexer.h"

namespace pglatch {

// Goes through the comments of a script in order and finds out what each of them applies to.
class SuppressionReader {
 public:
  SuppressionReader(Suppressions& out, const Script& script, const KnownRules& known)
      : out_(out), text_(script.file->text()), sql_(script.sql()), known_(known) {}

  void read(std::span<const ByteRange> statements) {
    read_part({0, static_cast<std::uint32_t>(sql_.size())}, statements, false);
    for (const std::size_t open : open_) out_.list_[open].covers.end = static_cast<std::uint32_t>(text_.size());
  }

 private:
  // `statements` are those of the part, in order.
  void read_part(ByteRange part, std::span<const ByteRange> statements, bool is_body) {
    Lexer lexer(sql_.substr(0, part.end), part.start);
    for (Token token = lexer.next(); token.kind != TokenKind::end; token = lexer.next()) {
      if (token.kind == TokenKind::comment) {
        // The file's own text, not the masked one: comments are the same in both.
        for (SuppressionComment& comment : read_suppressions(text_, token.range)) add(std::move(comment), statements);
      } else if (token.kind == TokenKind::dollar_string && !is_body && may_suppress(token.of(sql_)) &&
                 has_code(token.range, statements)) {
        read_body(token);
      }
    }
  }

  // Whether a string in dollar quotes can be the body of a block or a function.
  [[nodiscard]] bool has_code(ByteRange string, std::span<const ByteRange> statements) const {
    const auto after = std::upper_bound(statements.begin(), statements.end(), string.start,
                                        [](std::uint32_t offset, ByteRange next) { return offset < next.start; });
    if (after == statements.begin()) return false;
    Lexer lexer(sql_, (after - 1)->start);
    const Token first = lexer.next_code();
    return first.is_word("do", sql_) || first.is_word("create", sql_);
  }

  // Comments in the code of a DO block or a function speak of what the code does. Its statements end in semicolons too.
  void read_body(const Token& token) {
    const std::string_view quoted = token.of(sql_);
    const std::size_t tag = quoted.find('$', 1) + 1;
    if (!token.terminated || quoted.size() < 2 * tag) return;
    const auto size = static_cast<std::uint32_t>(tag);
    const ByteRange body{token.range.start + size, token.range.end - size};
    std::vector<ByteRange> statements = split_statements(body.of(sql_));
    for (ByteRange& statement : statements) {
      statement.start += body.start;
      statement.end += body.start;
    }
    read_part(body, statements, true);
  }

  void add(SuppressionComment comment, std::span<const ByteRange> statements) {
    const std::size_t index = out_.comments_.size();
    out_.comments_.push_back(std::move(comment));
    const SuppressionComment& added = out_.comments_.back();
    switch (added.kind) {
      case SuppressionKind::unknown:
        return;
      case SuppressionKind::end:
        if (added.names.empty()) close(index, {});
        for (const ByteRange name : added.names) close(index, name);
        return;
      case SuppressionKind::statement:
      case SuppressionKind::file:
      case SuppressionKind::begin:
        break;
    }
    Suppression suppression;
    suppression.comment = index;
    suppression.covers_file = added.kind == SuppressionKind::file;
    if (added.kind == SuppressionKind::statement) suppression.covers = statement_of(added, statements);
    if (added.kind == SuppressionKind::begin) suppression.covers = {added.comment.end, added.comment.end};
    if (added.all_rules) out_.list_.push_back(suppression);
    for (const ByteRange name : added.names) {
      suppression.name = name;
      resolve(name.of(text_), suppression);
      if (added.kind == SuppressionKind::begin) open_.push_back(out_.list_.size());
      out_.list_.push_back(suppression);
    }
  }

  void resolve(std::string_view name, Suppression& suppression) const {
    suppression.is_known = false;
    suppression.rules.clear();
    for (const Rule* rule : known_.active) {
      if (rule->id == name) suppression.rules.push_back(rule->id);
    }
    for (const RuleName& known : known_.names) {
      if (known.name != name) continue;
      suppression.is_known = true;
      const auto end = suppression.rules.end();
      if (std::find(suppression.rules.begin(), end, known.rule) == end) {
        suppression.rules.push_back(known.rule);
      }
    }
    suppression.is_known = suppression.is_known || !suppression.rules.empty();
  }

  // Ends the open ranges of that name, or all of them.
  void close(std::size_t comment, ByteRange name) {
    SuppressionEnd end{comment, name, {}};
    Suppression wanted;
    if (!name.empty()) resolve(name.of(text_), wanted);
    const auto is_meant = [&](std::size_t open) {
      const Suppression& range = out_.list_[open];
      return name.empty() || range.name.of(text_) == name.of(text_) ||
             (!wanted.rules.empty() && range.rules == wanted.rules);
    };
    for (const std::size_t open : open_) {
      if (!is_meant(open)) continue;
      out_.list_[open].covers.end = out_.comments_[comment].comment.start;
      out_.list_[open].end = out_.ends_.size();
      end.closes.push_back(open);
    }
    open_.erase(std::remove_if(open_.begin(), open_.end(), is_meant), open_.end());
    out_.ends_.push_back(std::move(end));
  }

  // A comment inside of a statement speaks of that one; one behind a statement on the same line too, unless it is a
  // block comment with more code behind it. Any other speaks of the next statement.
  ByteRange statement_of(const SuppressionComment& comment, std::span<const ByteRange> statements) const {
    const ByteRange range = comment.comment;
    const auto after = std::upper_bound(statements.begin(), statements.end(), range.start,
                                        [](std::uint32_t offset, ByteRange next) { return offset < next.start; });
    const ByteRange next = after == statements.end() ? ByteRange{} : *after;
    if (after == statements.begin()) return next;
    const ByteRange before = *(after - 1);
    if (before.contains(range.start)) return before;
    // To eugene whatever precedes a statement belongs to it.
    if (comment.dialect == SuppressionDialect::eugene) return next;
    if (!same_line(before.end, range.start)) return next;
    return next.empty() || !same_line(range.end, next.start) ? before : next;
  }

  [[nodiscard]] bool same_line(std::uint32_t start, std::uint32_t end) const {
    return ByteRange{start, end}.of(text_).find_first_of("\r\n") == std::string_view::npos;
  }

  Suppressions& out_;
  std::string_view text_;
  std::string_view sql_;
  const KnownRules& known_;
  std::vector<std::size_t> open_;  // ranges that have begun: indexes into the list
};

Suppressions::Suppressions(const Script& script, std::span<const ByteRange> statements, const KnownRules& known) {
  if (!may_suppress(script.file->text())) return;
  SuppressionReader reader(*this, script, known);
  reader.read(statements);
}

namespace {

// Smaller is narrower.
int breadth(const Suppression& suppression, const SuppressionComment& comment) {
  const int other_tool = comment.dialect == SuppressionDialect::pglatch ? 0 : 8;
  const int all = suppression.name.empty() ? 4 : 0;
  if (suppression.covers_file) return other_tool + all + 2;
  return other_tool + all + (comment.kind == SuppressionKind::begin ? 1 : 0);
}

bool applies(const Suppression& suppression, const Finding& finding) {
  if (suppression.covers_file) return true;
  // Of the file as a whole.
  if (finding.statement.empty() && finding.range.empty()) return false;
  const ByteRange covers = suppression.covers;
  if (covers.empty()) return false;
  // A syntax error can lie behind the statement, where its end was missed.
  return (covers.start <= finding.range.start && finding.range.start <= covers.end) || covers == finding.statement;
}

}  // namespace

const SuppressionComment* Suppressions::cover(const Finding& finding, bool is_of_statement) {
  Suppression* narrowest = nullptr;
  int least = 0;
  for (Suppression& each : list_) {
    const bool names_it = each.name.empty()
                              ? is_of_statement
                              : std::find(each.rules.begin(), each.rules.end(), finding.rule) != each.rules.end();
    if (!names_it || !applies(each, finding)) continue;
    const int own = breadth(each, comments_[each.comment]);
    if (narrowest != nullptr && own >= least) continue;
    narrowest = &each;
    least = own;
  }
  if (narrowest == nullptr) return nullptr;
  narrowest->is_used = true;
  return &comments_[narrowest->comment];
}

}  // namespace pglatch

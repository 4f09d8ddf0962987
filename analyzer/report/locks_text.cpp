// What every statement locks, as a table for people: one block a statement, what the words mean at the end.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/report/locks_formats.h"
#include "analyzer/report/locks_rows.h"
#include "analyzer/source/lexer.h"

namespace pglatch {
namespace {

constexpr std::size_t kStatementCells = 90;
constexpr std::array<std::string_view, kLocksColumns> kHeads = {"relation", "blocked", "for how long", "why", "lock"};
// Longer cells move the rest of their line, not of the table.
constexpr std::array<std::size_t, kLocksColumns> kWidest = {40, 20, 34, 24, 0};

// The statement on one line, without its comments.
std::string one_line(std::string_view text, ByteRange statement) {
  std::string out;
  Lexer lexer(text.substr(0, statement.end), statement.start);
  std::uint32_t end = statement.start;
  for (Token token = lexer.next_code(); token.kind != TokenKind::end; token = lexer.next_code()) {
    if (token.range.start > end) out += ' ';
    out += printable(token.of(text));
    end = token.range.end;
    if (out.size() > 4 * kStatementCells) break;  // no character has more bytes
  }
  return shorten(out, kStatementCells);
}

class TableWriter {
 public:
  explicit TableWriter(bool color) : paint_(color) {}

  void file(const ReportedFile& file) {
    std::vector<LocksLines> lines;
    lines.reserve(file.statements.size());
    for (const ReportedStatement& statement : file.statements) {
      lines.push_back(lines_of(statement, file.file->lines(), terms_));
      const bool may_be_kept = statement.in_transaction == InTransaction::unknown && file.statements.size() > 1;
      if (may_be_kept && !lines.back().rows.empty()) terms_.add(LocksTerm::unknown_transaction);
    }
    measure(file, lines);
    out_ += paint_(Style::strong, printable(file.file->path()));
    out_ += '\n';
    if (has_rows_) heads();
    if (file.statements.empty()) out_ += paint_(Style::quiet, "(no statements)") + '\n';
    for (std::size_t i = 0; i < lines.size(); ++i) statement(*file.file, file.statements[i], lines[i]);
    out_ += '\n';
  }

  void summary(const LocksReport& report) {
    std::size_t statements = 0;
    std::size_t block_reads = 0;
    std::size_t block_writes = 0;
    std::size_t fail = 0;
    for (const ReportedFile& file : report.files) {
      statements += file.statements.size();
      for (const ReportedStatement& each : file.statements) {
        const auto any = [&](auto blocks_them) {
          return std::any_of(each.locks.begin(), each.locks.end(),
                             [&](const ReportedLock& lock) { return lock.live && blocks_them(lock.mode); });
        };
        const bool reads = any(blocks_reads);
        block_reads += reads ? 1 : 0;
        block_writes += !reads && any(blocks_writes) ? 1 : 0;
        fail += each.fails ? 1 : 0;
      }
    }
    std::string what = sum(block_reads, "block", "reads and writes");
    what += sum(block_writes, "block", "writes");
    what += sum(fail, "fail", "");
    if (what.empty()) what = ", none blocks reads or writes";
    out_ += fmt::format("PostgreSQL {}: {} statement{}{}\n", report.pg_version, statements, statements == 1 ? "" : "s",
                        what);
    out_ += write_legend(terms_);
  }

  std::string take() { return std::move(out_); }

 private:
  // ", 2 block writes"; nothing where the count is 0.
  static std::string sum(std::size_t count, std::string_view verb, std::string_view object) {
    if (count == 0) return {};
    return fmt::format(", {} {}{}{}{}", count, verb, count == 1 ? "s" : "", object.empty() ? "" : " ", object);
  }

  // One width for each column of a file, so that its statements can be compared down the page.
  void measure(const ReportedFile& file, const std::vector<LocksLines>& lines) {
    for (std::size_t column = 0; column < kLocksColumns; ++column) widths_[column] = kHeads[column].size();
    has_rows_ = false;
    for (const LocksLines& each : lines) {
      for (const auto* rows : {&each.rows, &each.if_reached}) {
        for (const LocksRow& row : *rows) {
          has_rows_ = true;
          for (std::size_t column = 0; column < kLocksColumns; ++column) {
            const std::size_t cells = cell_width(row.cells[column]);
            widths_[column] = std::max(widths_[column], std::min(cells, kWidest[column]));
          }
        }
      }
    }
    const std::uint32_t last =
        file.statements.empty() ? 1 : file.file->lines().line(file.statements.back().range.start);
    indent_ = fmt::formatted_size("{}", last) + 2;
  }

  void heads() {
    std::string line(indent_ + 2, ' ');
    for (std::size_t column = 0; column < kLocksColumns; ++column) {
      append_padded(line, kHeads[column], column + 1 < kLocksColumns ? widths_[column] + 2 : 0);
    }
    out_ += paint_(Style::quiet, line);
    out_ += '\n';
  }

  void statement(const SourceFile& file, const ReportedStatement& statement, const LocksLines& lines) {
    std::string line = fmt::format("{:>{}}  ", file.lines().line(statement.range.start), indent_ - 2);
    line += one_line(file.text(), statement.range);
    if (lines.empty()) {
      line += lines.only_unseen ? "  (only what is new here)" : "  (no locks on tables)";
      out_ += paint_(Style::quiet, line);
      out_ += '\n';
      return;
    }
    out_ += paint_(Style::strong, line);
    if (!lines.timeouts.text.empty()) {
      out_ += "  " + paint_(lines.timeouts.style, fmt::format("({})", lines.timeouts.text));
    }
    out_ += '\n';
    for (const LocksRow& each : lines.rows) row(each);
    for (const LocksNote& each : lines.notes) note(each);
    if (!lines.if_reached.empty() || !lines.if_reached_notes.empty()) note({"if reached:", {}, Style::quiet});
    for (const LocksRow& each : lines.if_reached) row(each);
    for (const LocksNote& each : lines.if_reached_notes) note(each);
    for (const LocksNote& each : lines.remarks) note(each);
  }

  void row(const LocksRow& row) {
    std::string line;
    for (std::size_t column = 0; column < kLocksColumns; ++column) {
      std::string cell;
      append_padded(cell, row.cells[column], widths_[column]);
      // What is blocked and the lock carry the colour.
      line += column == kBlocked || column == kLock ? paint_(style_of(row.mode), cell) : cell;
      line += "  ";
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out_.append(indent_ + 2, ' ');
    out_ += line;
    out_ += '\n';
  }

  void note(const LocksNote& note) {
    out_.append(indent_ + 2, ' ');
    out_ += paint_(note.style, note.label);
    if (!note.text.empty()) out_ += ' ' + note.text;
    out_ += '\n';
  }

  std::string out_;
  Painter paint_;
  LocksTerms terms_;
  std::array<std::size_t, kLocksColumns> widths_{};
  bool has_rows_ = false;
  std::size_t indent_ = 0;
};

}  // namespace

std::string write_locks_text(const LocksReport& report, bool color) {
  TableWriter writer(color);
  for (const ReportedFile& file : report.files) writer.file(file);
  writer.summary(report);
  return writer.take();
}

}  // namespace pglatch

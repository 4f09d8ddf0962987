// What every statement locks, for people who do not know PostgreSQL's lock modes by heart.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/report/locks_formats.h"
#include "analyzer/report/terminal_text.h"
#include "analyzer/source/lexer.h"

namespace pglatch {
namespace {

constexpr std::size_t kStatementCells = 90;

std::string_view in_words(HeldUntil until) {
  switch (until) {
    case HeldUntil::transaction:
      return "the transaction ends";
    case HeldUntil::statement:
      return "the statement ends";
  }
  return {};
}

std::string_view in_words(LockReason reason) {
  switch (reason) {
    case LockReason::target:
      return "named in the statement";
    case LockReason::partition:
      return "a partition of it";
    case LockReason::parent:
      return "the table it is a partition of";
    case LockReason::default_partition:
      return "the default partition";
    case LockReason::referenced:
      return "the foreign key points to it";
    case LockReason::referencing:
      return "its foreign key points here";
    case LockReason::index:
      return "an index of the table";
    case LockReason::inherited:
      return "inherits from the table";
    case LockReason::dependent:
      return "depends on it";
  }
  return {};
}

std::string_view in_words(WorkKind kind) {
  switch (kind) {
    case WorkKind::rewrite:
      return "rewrites the whole table";
    case WorkKind::scan:
      return "reads every row";
    case WorkKind::index_build:
      return "reads every row to build an index";
    case WorkKind::validate_fk:
      return "checks all rows for the foreign key";
    case WorkKind::row_write:
      return "writes rows";
    case WorkKind::truncate:
      return "removes all rows";
  }
  return {};
}

// What the mode keeps waiting decides how loud it is.
Style style_of(LockMode mode) {
  if (blocks_reads(mode)) return Style::error;
  return blocks_writes(mode) ? Style::warning : Style::plain;
}

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

constexpr std::size_t kColumns = 6;
constexpr std::array<std::string_view, kColumns> kHeads = {"relation", "lock", "blocks", "until", "why", "work"};

struct Row {
  std::array<std::string, kColumns> cells;
  LockMode mode = LockMode::none;
};

std::string work_on(const ReportedStatement& statement, std::string_view relation) {
  std::string text;
  for (const ReportedWork& work : statement.work) {
    if (work.relation != relation) continue;
    if (!text.empty()) text += ", ";
    text += in_words(work.kind);
  }
  return text;
}

std::vector<Row> rows_of(const ReportedStatement& statement) {
  std::vector<Row> rows;
  for (const ReportedLock& lock : statement.locks) {
    rows.push_back({{printable(lock.relation), std::string(sql_name(lock.mode)), std::string(blocks(lock.mode)),
                     std::string(in_words(lock.held_until)), std::string(in_words(lock.reason)),
                     work_on(statement, lock.relation)},
                    lock.mode});
  }
  for (const ReportedWork& work : statement.work) {
    const std::string relation = printable(work.relation);
    const bool listed = std::any_of(rows.begin(), rows.end(), [&](const Row& row) { return row.cells[0] == relation; });
    if (!listed) rows.push_back({{relation, "", "", "", "", work_on(statement, work.relation)}});
  }
  return rows;
}

class TableWriter {
 public:
  explicit TableWriter(bool color) : paint_(color) {}

  void file(const ReportedFile& file) {
    measure(file);
    out_ += paint_(Style::strong, printable(file.file->path()));
    out_ += '\n';
    if (rows_in_file_ > 0) heads();
    if (file.statements.empty()) out_ += paint_(Style::quiet, "(no statements)") + '\n';
    for (const ReportedStatement& each : file.statements) statement(*file.file, each);
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
                             [&](const ReportedLock& lock) { return blocks_them(lock.mode); });
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
  }

  std::string take() { return std::move(out_); }

 private:
  // ", 2 block writes"; nothing where the count is 0.
  static std::string sum(std::size_t count, std::string_view verb, std::string_view object) {
    if (count == 0) return {};
    return fmt::format(", {} {}{}{}{}", count, verb, count == 1 ? "s" : "", object.empty() ? "" : " ", object);
  }

  // One width for each column of a file, so that its statements can be compared down the page.
  void measure(const ReportedFile& file) {
    rows_in_file_ = 0;
    for (std::size_t column = 0; column < kColumns; ++column) widths_[column] = kHeads[column].size();
    for (const ReportedStatement& statement : file.statements) {
      for (const Row& row : rows_of(statement)) {
        ++rows_in_file_;
        for (std::size_t column = 0; column < kColumns; ++column) {
          widths_[column] = std::max(widths_[column], cell_width(row.cells[column]));
        }
      }
    }
    const std::uint32_t last =
        file.statements.empty() ? 1 : file.file->lines().line(file.statements.back().range.start);
    indent_ = fmt::formatted_size("{}", last) + 2;
  }

  void heads() {
    std::string line(indent_ + 2, ' ');
    for (std::size_t column = 0; column < kColumns; ++column) {
      append_padded(line, kHeads[column], column + 1 < kColumns ? widths_[column] + 2 : 0);
    }
    out_ += paint_(Style::quiet, line);
    out_ += '\n';
  }

  void statement(const SourceFile& file, const ReportedStatement& statement) {
    const std::vector<Row> rows = rows_of(statement);
    const bool quiet = rows.empty() && !statement.fails;
    std::string line = fmt::format("{:>{}}  ", file.lines().line(statement.range.start), indent_ - 2);
    line += one_line(file.text(), statement.range);
    if (quiet) {
      out_ += paint_(Style::quiet, line + "  (no locks on tables)");
      out_ += '\n';
      return;
    }
    out_ += paint_(Style::strong, line);
    if (statement.in_transaction) out_ += paint_(Style::quiet, "  (inside a transaction)");
    out_ += '\n';
    for (const Row& each : rows) row(each);
    if (statement.fails) {
      out_.append(indent_ + 2, ' ');
      out_ += paint_(Style::error, "fails:");
      out_ += fmt::format(" {}\n", printable(*statement.fails));
    }
  }

  void row(const Row& row) {
    std::string line;
    for (std::size_t column = 0; column < kColumns; ++column) {
      std::string cell;
      append_padded(cell, row.cells[column], widths_[column]);
      // The lock and what it blocks carry the colour.
      line += column == 1 || column == 2 ? paint_(style_of(row.mode), cell) : cell;
      line += "  ";
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out_.append(indent_ + 2, ' ');
    out_ += line;
    out_ += '\n';
  }

  std::string out_;
  Painter paint_;
  std::array<std::size_t, kColumns> widths_{};
  std::size_t rows_in_file_ = 0;
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

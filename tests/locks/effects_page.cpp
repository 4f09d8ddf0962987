#include "tests/locks/effects_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "tests/locks/facts.h"
#include "tests/support/golden.h"

namespace pglatch::testing {
namespace {

constexpr std::string_view kHead = R"(# What PostgreSQL's statements lock and do

What each statement locks, rewrites, scans and builds on PostgreSQL 14 to 18, as real servers showed it: the
strongest lock on every relation that existed before, from `pg_locks`; the work from relfilenodes, the server's own
DEBUG1 messages and its statistics. `pglatch` tests its lock model against every row.

This page is generated from [fixtures/locks](../../fixtures/locks/README.md), which says how it is measured and how to
run it: `./dev oracle`. Edit the fixtures, not this page.

How to read it:

* The lock is held until the transaction ends, the work is done under it. ACCESS EXCLUSIVE blocks reads and writes;
  EXCLUSIVE, SHARE ROW EXCLUSIVE and SHARE block writes; the others block neither.
* *given* is what the schema had besides the tables [at the end](#the-schemas).
* *scan* is a check or a reading of every row, *validate-fk* the check of a foreign key on both of its sides, *build*
  the building of an index on that table.
* A refusal is the server's first line; nothing is locked after it.
)";

std::string first_comment(const std::string& file) {
  const std::string text = read_file(fixture_path("locks/" + file));
  std::string title = text.substr(3, text.find('\n') - 3);
  if (title.back() == '.') title.pop_back();
  return title;
}

// SQL on one line as Markdown code in a table's cell.
std::string code(std::string_view sql) {
  std::string out = "`";
  bool blank = false;
  for (const char c : sql) {
    if (c == '\n' || c == ' ') {
      blank = out.size() > 1;
      continue;
    }
    if (blank) out += ' ';
    blank = false;
    if (c == '|') out += '\\';
    out += c;
  }
  return out + '`';
}

std::string words(std::string_view mode) {
  static const std::map<std::string_view, std::string_view> kNames{
      {"AccessShareLock", "ACCESS SHARE"},
      {"RowShareLock", "ROW SHARE"},
      {"RowExclusiveLock", "ROW EXCLUSIVE"},
      {"ShareUpdateExclusiveLock", "SHARE UPDATE EXCLUSIVE"},
      {"ShareLock", "SHARE"},
      {"ShareRowExclusiveLock", "SHARE ROW EXCLUSIVE"},
      {"ExclusiveLock", "EXCLUSIVE"},
      {"AccessExclusiveLock", "ACCESS EXCLUSIVE"},
  };
  return std::string(kNames.at(mode));
}

void add(std::string& list, std::string_view separator, std::string_view item) {
  if (!list.empty()) list += separator;
  list += item;
}

// The strongest first; relations of one mode together.
std::string locks_cell(const Facts& facts) {
  std::map<int, std::pair<std::string, std::string>, std::greater<>> by_strength;  // mode, relations
  for (const auto& [relation, mode] : facts.locks) {
    auto& [name, relations] = by_strength[mode_strength(mode)];
    name = mode;
    add(relations, ", ", code(relation));
  }
  std::string cell;
  for (const auto& [strength, entry] : by_strength) add(cell, "<br>", words(entry.first) + " " + entry.second);
  return cell;
}

std::string work_cell(const Facts& facts) {
  std::map<std::string, std::string> by_kind;
  for (const auto& [kind, relation] : facts.work) {
    add(by_kind[kind == "index-build" ? "build" : kind == "row-write" ? "write" : kind], ", ", code(relation));
  }
  std::string cell;
  for (const auto& [kind, relations] : by_kind) add(cell, "<br>", kind + " " + relations);
  return cell;
}

std::string statement_cell(const LockCase& one) {
  std::string cell = code(one.statement);
  std::string given;
  for (const std::string& name : one.with) add(given, ", ", fmt::format("[{0}](#{0})", name));
  if (!one.own_setup.empty()) add(given, ", ", code(one.own_setup));
  if (!given.empty()) cell += "<br>given " + given;
  if (!one.before.empty()) cell += "<br>in a transaction after " + code(one.before);
  return cell;
}

void add_rows(std::string& page, const LockCase& one) {
  std::string statement = statement_cell(one);
  for (const Expectation& expectation : one.expectations) {
    page += fmt::format("| {} | {} | ", statement, to_string(expectation.majors));
    if (expectation.facts.fails) {
      page += fmt::format("refused: {} | |\n", code(*expectation.facts.fails));
    } else {
      const std::string locks = locks_cell(expectation.facts);
      page += fmt::format("{} | {} |\n", locks.empty() ? "none" : locks, work_cell(expectation.facts));
    }
    statement.clear();  // said once, in the first of its rows
  }
}

void add_schema(std::string& page, const std::string& name, const std::string& file) {
  page += fmt::format("\n### {}\n\n```sql\n{}```\n", name, read_file(fixture_path("locks/" + file)));
}

}  // namespace

std::string effects_page(const std::vector<LockCase>& cases) {
  std::string page(kHead);
  std::string file;
  std::vector<std::string> schemas;
  for (const LockCase& one : cases) {
    if (one.file != file) {
      file = one.file;
      page +=
          fmt::format("\n## {}\n\n| Statement | PostgreSQL | Locks | Work |\n|---|---|---|---|\n", first_comment(file));
    }
    add_rows(page, one);
    schemas.insert(schemas.end(), one.with.begin(), one.with.end());
  }
  std::sort(schemas.begin(), schemas.end());
  schemas.erase(std::unique(schemas.begin(), schemas.end()), schemas.end());
  page += "\n## The schemas\n";
  add_schema(page, "base", "base.sql");
  for (const std::string& schema : schemas) add_schema(page, schema, "with/" + schema + ".sql");
  return page;
}

}  // namespace pglatch::testing

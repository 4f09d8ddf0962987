#include "tests/unit/report/canned_reports.h"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace pglatch::testing {
namespace {

constexpr Rule kIndexRule = {"create-index-non-concurrent",
                             "indexes",
                             Severity::error,
                             "CREATE INDEX without CONCURRENTLY blocks writes while it builds.",
                             {},
                             nullptr};
constexpr Rule kNotNullRule = {
    "set-not-null-scan", "constraints", Severity::warning, "SET NOT NULL reads the whole table.", {}, nullptr};
constexpr Rule kSyntaxRule = {
    "syntax-error", "parse", Severity::error, "PostgreSQL's grammar rejects the statement.", {}, nullptr};
constexpr Rule kSilentRule = {
    "found-nothing", "indexes", Severity::info, "This rule has no page and finds nothing.", {}, nullptr};
constexpr std::array<const Rule*, 4> kRules = {&kIndexRule, &kNotNullRule, &kSyntaxRule, &kSilentRule};

std::string_view page_of(std::string_view rule) {
  if (rule == kIndexRule.id) {
    return "# create-index-non-concurrent\n\nCREATE INDEX takes a `SHARE` lock until the index is built.\n"
           "Writers wait for it.\n\n```sql\nCREATE INDEX i ON t (c);\n```\n";
  }
  if (rule == kNotNullRule.id) return "# set-not-null-scan\n\nThe table is read from end to end.\n";
  if (rule == kSyntaxRule.id) return "# syntax-error\n\nThe statement is not SQL that PostgreSQL understands.\n";
  return {};
}

Finding finding(const Rule& rule, std::shared_ptr<const SourceFile> file, std::string_view piece, std::string message,
                std::string help) {
  Finding made;
  made.rule = rule.id;
  made.severity = rule.severity;
  made.message = std::move(message);
  made.help = std::move(help);
  made.range = range_of(file->text(), piece);
  made.statement = {made.range.start, static_cast<std::uint32_t>(file->text().find(';', made.range.start))};
  made.relations = {"public.orders"};
  made.file = std::move(file);
  return made;
}

Finding index_finding(std::shared_ptr<const SourceFile> file, std::string_view piece = "CREATE INDEX") {
  return finding(kIndexRule, std::move(file), piece,
                 "CREATE INDEX on public.orders blocks writes until the index is built. On a big table that takes "
                 "minutes, and every INSERT, UPDATE and DELETE waits.",
                 "Use CREATE INDEX CONCURRENTLY outside of a transaction.");
}

LintReport report_of(std::vector<Finding> findings, std::size_t statements = 1) {
  LintReport report;
  report.findings = std::move(findings);
  report.files = 1;
  report.statements = statements;
  return report;
}

LintReport syntax_error() {
  const auto file = source("migrations/7_typo.sql", "CREATE TABLE a (id int);\nCREATE TABEL b (id int);\n");
  Finding typo = finding(kSyntaxRule, file, "TABEL", "syntax error at or near \"TABEL\".", "Correct the statement.");
  typo.statement = range_of(file->text(), "CREATE TABEL b (id int)");
  typo.relations.clear();
  return report_of({typo}, 2);
}

LintReport multi_line() {
  const auto file = source("migrations/8_columns.sql",
                           "ALTER TABLE orders\n    ALTER COLUMN a SET NOT NULL,\n\n    ALTER COLUMN b SET NOT NULL,\n"
                           "    ALTER COLUMN c SET NOT NULL,\n    ALTER COLUMN d SET NOT NULL;\n");
  Finding two = finding(kNotNullRule, file, "ALTER COLUMN b SET NOT NULL,\n    ALTER",
                        "SET NOT NULL reads public.orders.", "Add a CHECK first.");
  Finding all = two;
  all.range = all.statement = {0, static_cast<std::uint32_t>(file->text().find(';'))};
  return report_of({all, two});
}

LintReport wide_characters() {
  return report_of(
      {index_finding(source("migrations/9_wide.sql", "/*\té 😀 日本 e\u0301 */ CREATE INDEX i ON orders (c);"))});
}

LintReport crlf() {
  return report_of(
      {index_finding(source("migrations/10_crlf.sql", "-- Windows\r\n\r\nCREATE\r\n  INDEX i ON orders (c);\r\n"),
                     "CREATE\r\n  INDEX")});
}

LintReport byte_order_mark() {
  return report_of({index_finding(source("migrations/11_bom.sql", "CREATE INDEX i ON orders (c);\n", true))});
}

LintReport end_of_file() {
  const auto file = source("migrations/12_end.sql", "CREATE TABLE é (\n  id int,\n\n\n");
  Finding end = finding(kSyntaxRule, file, "CREATE", "syntax error at end of input.", "Complete the statement.");
  end.range = {static_cast<std::uint32_t>(file->text().size()), static_cast<std::uint32_t>(file->text().size())};
  end.statement = {0, range_of(file->text(), ",").end};
  end.relations.clear();
  return report_of({end});
}

// Nothing to point at, and still a place.
LintReport empty_file() {
  Finding empty;
  empty.rule = kSyntaxRule.id;
  empty.severity = Severity::warning;
  empty.message = "The file is empty.";
  empty.help = "Write the migration, or delete the file.";
  empty.file = source("migrations/empty.sql", "");
  return report_of({empty}, 0);
}

LintReport fix() {
  const auto file = source("migrations/13 fix#1.sql", "CREATE INDEX ON orders (c);\n");
  Finding fixed = index_finding(file);
  fixed.fix =
      Fix{"add CONCURRENTLY, IF NOT EXISTS and a name",
          {{{12, 12}, " CONCURRENTLY IF NOT EXISTS orders_c_idx"}, {{16, 22}, "public.orders"}, {{23, 24}, ""}}};
  fixed.has_plan = true;
  LintReport report = report_of({fixed});
  report.suppressed = 2;
  return report;
}

LintReport related() {
  const auto file =
      source("migrations/14_related.sql",
             "BEGIN;\nSELECT 1;\nCREATE INDEX i ON orders (c);\nCREATE INDEX j ON orders (d);\nCOMMIT;\n");
  Finding first = index_finding(file);
  first.related = {{range_of(file->text(), "BEGIN"), "the transaction begins here [int[]]"},
                   {range_of(file->text(), "COMMIT"), "the lock is held until here"}};
  Finding second = index_finding(file, "CREATE INDEX j");
  second.severity = Severity::info;
  return report_of({first, second}, 5);
}

LintReport long_line() {
  std::string text;
  for (int row = 0; row < 200; ++row) text += "INSERT INTO é VALUES (1);";
  text += "CREATE INDEX i ON orders (c);";
  for (int row = 0; row < 200; ++row) text += "INSERT INTO é VALUES (1);";
  return report_of({index_finding(source("migrations/15_long.sql", text))}, 401);
}

LintReport unreadable() {
  LintReport report = report_of({index_finding(source("migrations/16.sql", "CREATE INDEX i ON orders (c);\n"))});
  report.errors = {{"migrations/17.sql: permission denied"}, {"migrations/18.sql:3:9: not UTF-8"}};
  return report;
}

// What a migration can hold that must not reach the terminal, or break a document.
LintReport hostile() {
  const auto file = source("/srv/\xff\n::error::a.sql", "CREATE INDEX \"\x1b[31m\u202e\x07\" ON orders (c);\n");
  Finding bad = index_finding(file);
  bad.relations = {"public.\"\xff\x01\""};
  bad.message = "CREATE INDEX on public.\"a\n::error::b\" blocks writes. It is \xe2\x82 cut.";
  bad.help = "Use:\n    CREATE INDEX CONCURRENTLY\n::error::c";
  return report_of({bad});
}

}  // namespace

std::shared_ptr<const SourceFile> source(std::string path, std::string text, bool has_bom) {
  return std::make_shared<SourceFile>(std::move(path), std::move(text), has_bom);
}

ByteRange range_of(std::string_view text, std::string_view piece) {
  const std::size_t start = text.find(piece);
  if (start == std::string_view::npos) throw std::logic_error("no \"" + std::string(piece) + "\" in the text");
  return {static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(start + piece.size())};
}

const std::vector<CannedReport>& canned_reports() {
  static const std::vector<CannedReport> kReports = {
      {"no-findings", report_of({}, 3)},
      {"syntax-error", syntax_error()},
      {"multi-line", multi_line()},
      {"wide-characters", wide_characters()},
      {"crlf", crlf()},
      {"byte-order-mark", byte_order_mark()},
      {"end-of-file", end_of_file()},
      {"empty-file", empty_file()},
      {"fix", fix()},
      {"related", related()},
      {"long-line", long_line()},
      {"unreadable", unreadable()},
      {"hostile", hostile()},
  };
  return kReports;
}

const LintReport& canned_report(std::string_view name) {
  const auto found = std::find_if(canned_reports().begin(), canned_reports().end(),
                                  [&](const CannedReport& each) { return each.name == name; });
  if (found == canned_reports().end()) throw std::logic_error("no such canned report");
  return found->report;
}

FormatOptions canned_options() {
  FormatOptions options;
  options.rules = kRules;
  options.rule_doc = page_of;
  options.tool_version = "1.2.3";
  return options;
}

LocksReport canned_locks() {
  const auto first =
      source("migrations/1_é.sql",
             "BEGIN;\nALTER TABLE orders -- the big one\n  ADD COLUMN token uuid DEFAULT gen_random_uuid(),\n"
             "  ADD FOREIGN KEY (customer) REFERENCES customers;\nSET LOCAL lock_timeout = '2s';\n"
             "ALTER TABLE orders ALTER token SET NOT NULL;\nALTER TABLE events ADD CHECK (at > '2020-01-01');\n"
             "UPDATE customers SET vip = false;\nCOMMIT;\n");
  const auto second = source("migrations/2.sql",
                             "CREATE INDEX CONCURRENTLY i ON 注文 (c);\n"
                             "CREATE INDEX CONCURRENTLY j ON parent (c);\n"
                             "DO $$ BEGIN IF f() THEN TRUNCATE a; EXECUTE g(); END IF; END $$;\nSELECT 1;\n"
                             "ALTER TABLE fresh ADD x int;\nALTER TABLE fresh ADD FOREIGN KEY (x) REFERENCES b;\n"
                             "ALTER TABLE c ADD y int NOT NULL;\nREINDEX TABLE c;\n");
  const auto statement = [](const SourceFile& file, std::string_view piece, std::string_view kind,
                            InTransaction in_transaction) {
    ReportedStatement made;
    made.range = range_of(file.text(), piece);
    made.kind = kind;
    made.in_transaction = in_transaction;
    return made;
  };
  const auto target = [](std::string relation, LockMode mode) {
    ReportedLock lock;
    lock.relation = std::move(relation);
    lock.mode = mode;
    return lock;
  };
  const auto with = [](ReportedLock lock, LockReason reason) {
    lock.reason = reason;
    return lock;
  };
  const auto yes = InTransaction::yes;
  const auto unknown = InTransaction::unknown;
  using enum LockMode;

  ReportedStatement begin = statement(*first, "BEGIN", "TransactionStmt", InTransaction::no);
  ReportedStatement alter =
      statement(*first, first->text().substr(7, first->text().find(";\nSET") - 7), "AlterTableStmt", yes);
  alter.locks = {
      target("public.orders", access_exclusive),
      with(target("public.orders_pkey", access_exclusive), LockReason::index),
      with(target("public.customers", share_row_exclusive), LockReason::referenced),
      with(target("public.customers_pkey", access_share), LockReason::index),
  };
  alter.work = {{"public.orders", WorkKind::rewrite}, {"public.orders", WorkKind::validate_fk}};
  ReportedStatement set = statement(*first, "SET LOCAL lock_timeout = '2s'", "VariableSetStmt", yes);
  const std::vector<ReportedHeldLock> held = {{"public.orders", access_exclusive, false, 7},
                                              {"public.customers", share_row_exclusive, false, 7}};
  set.held = held;
  ReportedStatement again = statement(*first, "ALTER TABLE orders ALTER token SET NOT NULL", "AlterTableStmt", yes);
  again.locks = {target("public.orders", access_exclusive)};
  again.locks[0].waits = false;
  again.work = {{"public.orders", WorkKind::scan}};
  again.held = held;
  again.lock_timeout_ms = 2000;
  ReportedStatement check =
      statement(*first, "ALTER TABLE events ADD CHECK (at > '2020-01-01')", "AlterTableStmt", yes);
  check.locks = {target("public.events", access_exclusive)};
  for (int year = 2020; year < 2032; ++year) {
    const std::string name = "public.events_" + std::to_string(year);
    check.locks.push_back(with(target(name, access_exclusive), LockReason::partition));
    check.work.push_back({name, WorkKind::scan});
  }
  check.held = held;
  check.lock_timeout_ms = 2000;
  check.statement_timeout_ms = 900'000;
  ReportedStatement update = statement(*first, "UPDATE customers SET vip = false", "UpdateStmt", yes);
  update.locks = {target("public.customers", row_exclusive)};
  update.locks[0].waits = false;
  update.work = {{"public.customers", WorkKind::row_write}};
  update.held = held;
  ReportedStatement commit = statement(*first, "COMMIT", "TransactionStmt", yes);
  commit.held = held;

  ReportedStatement index = statement(*second, "CREATE INDEX CONCURRENTLY i ON 注文 (c)", "IndexStmt", unknown);
  index.locks = {target("public.\"注文\"", share_update_exclusive)};
  index.locks[0].held_until = HeldUntil::statement;
  index.work = {{"public.\"注文\"", WorkKind::index_build}};
  index.statement_timeout_ms = 1500;
  ReportedStatement refused = statement(*second, "CREATE INDEX CONCURRENTLY j ON parent (c)", "IndexStmt", unknown);
  refused.fails = "cannot create index on partitioned table \"parent\" concurrently";
  ReportedStatement block =
      statement(*second, "DO $$ BEGIN IF f() THEN TRUNCATE a; EXECUTE g(); END IF; END $$", "DoStmt", unknown);
  block.locks = {target("public.a", access_exclusive)};
  block.locks[0].conditional = true;
  block.work = {{"public.a", WorkKind::truncate, true}};
  block.dynamic_sql = {range_of(second->text(), "EXECUTE g()")};
  ReportedStatement select = statement(*second, "SELECT 1", "SelectStmt", unknown);
  ReportedStatement fresh = statement(*second, "ALTER TABLE fresh ADD x int", "AlterTableStmt", unknown);
  fresh.locks = {target("public.fresh", access_exclusive)};
  fresh.locks[0].live = false;
  ReportedStatement key =
      statement(*second, "ALTER TABLE fresh ADD FOREIGN KEY (x) REFERENCES b", "AlterTableStmt", unknown);
  key.locks = {fresh.locks[0], with(target("public.b", share_row_exclusive), LockReason::referenced)};
  key.work = {{"public.fresh", WorkKind::validate_fk, false, false}};
  key.lock_timeout_ms = 0;
  ReportedStatement not_null = statement(*second, "ALTER TABLE c ADD y int NOT NULL", "AlterTableStmt", unknown);
  not_null.locks = {target("public.c", access_exclusive)};
  not_null.fails = "column \"y\" of relation \"c\" contains null values (if the table has rows)";
  ReportedStatement reindex = statement(*second, "REINDEX TABLE c", "ReindexStmt", unknown);
  reindex.locks = {target("public.c", share), with(target("public.c_pkey", access_exclusive), LockReason::index)};
  reindex.work = {{"public.c", WorkKind::index_build}};
  reindex.held = {{"public.b", share_row_exclusive, true, key.range.start},
                  {"public.c", access_exclusive, true, not_null.range.start}};

  LocksReport report;
  report.pg_version = 17;
  report.files = {{first, {begin, alter, set, again, check, update, commit}},
                  {second, {index, refused, block, select, fresh, key, not_null, reindex}},
                  {source("migrations/3_empty.sql", ""), {}}};
  return report;
}

}  // namespace pglatch::testing

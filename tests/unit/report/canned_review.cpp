#include "tests/unit/report/canned_review.h"

#include "tests/unit/report/canned_reports.h"

namespace pglatch::testing {
namespace {

Finding finding_in(const std::shared_ptr<const SourceFile>& file, std::string_view piece, ByteRange statement,
                   Severity severity) {
  Finding made;
  made.rule = "some-rule";
  made.severity = severity;
  made.message = "ALTER TABLE on public.orders writes the table anew. Reads and writes wait until <COMMIT> & longer.";
  made.help = "Do it in steps:\n    ALTER TABLE orders ADD COLUMN token uuid;\nthen fill the column.";
  made.range = range_of(file->text(), piece);
  made.statement = statement;
  made.relations = {"public.orders"};
  made.file = file;
  return made;
}

Step step_of(std::string id, std::string title, StepClass step_class, std::string sql) {
  Step step;
  step.id = std::move(id);
  step.title = std::move(title);
  step.step_class = step_class;
  step.sql = {std::move(sql)};
  return step;
}

Plan plan_of(const ReportedFile& file) {
  Plan plan;
  plan.pg_version = 17;
  plan.sources = {file.file->path()};
  OriginalStatement statement;
  statement.origin = {file.file->path(), file.statements[1].range, 2, "some-rule"};
  statement.disposition = Disposition::rewritten;
  statement.steps = {"S1", "S3"};
  plan.statements = {statement};

  Step add =
      step_of("S1", "Add the column <token>", StepClass::brief, "ALTER TABLE public.orders ADD COLUMN token uuid");
  add.already_done = "SELECT true";
  add.verify = "SELECT count(*) > 0 FROM pg_attribute WHERE attname = 'token'";
  add.rollback = {{StepClass::brief, "ALTER TABLE public.orders DROP COLUMN token"}};
  add.on_failure = "Nothing is left. Run the script again.";
  StepLock lock;
  lock.relation = "public.orders";
  lock.mode = LockMode::access_exclusive;
  add.locks = {lock};
  Step fill = step_of("S2", "Fill it", StepClass::batch, "UPDATE public.orders SET token = gen_random_uuid()");
  Step rest = step_of("S3", "The rest", StepClass::brief, "UPDATE public.customers SET vip = false -- ``` ]]> </pre>");
  rest.disposition = Disposition::not_covered;
  rest.on_failure = "It writes all rows at once.";
  rest.irreversible = true;
  plan.phases = {{PhaseKind::expand, "Make room", {add}}, {PhaseKind::migrate, "Fill", {fill, rest}}};

  NotRewritten left;
  left.origin = {file.file->path(), file.statements[5].range, 8, ""};
  left.step = "S3";
  left.reason = "No key of public.customers is known.";
  left.manual = "Write it in ranges.";
  plan.not_rewritten = {left};
  plan.preflight = {{"Long transactions", "SELECT pid FROM pg_stat_activity WHERE state <> 'idle'", "no rows"}};
  plan.assumptions = {{"public.orders has a primary key", "SELECT true", "Give it one."}};
  plan.notes = {"The column comes last."};
  return plan;
}

CannedReview make_review() {
  CannedReview review;
  review.locks = canned_locks();
  const ReportedFile& first = review.locks.files[0];
  review.plan = plan_of(first);
  Finding rewrite = finding_in(first.file, "ADD COLUMN token uuid DEFAULT gen_random_uuid()", first.statements[1].range,
                               Severity::error);
  rewrite.has_plan = true;
  rewrite.related = {{range_of(first.file->text(), "COMMIT"), "the lock is held until here"}};
  Finding update = finding_in(first.file, "UPDATE customers", first.statements[5].range, Severity::warning);
  update.fix = Fix{"say <more>", {{{0, 0}, "--"}}};
  Finding note =
      finding_in(review.locks.files[1].file, "TRUNCATE a", review.locks.files[1].statements[2].range, Severity::info);
  note.help.clear();
  review.report.findings = {rewrite, update, note};
  review.report.files = 3;
  review.report.statements = 15;
  review.report.suppressed = 1;
  review.report.known = 2;
  review.report.errors = {{"migrations/4.sql: permission denied"}};
  return review;
}

}  // namespace

FormatOptions CannedReview::options() const {
  FormatOptions options = canned_options();
  options.locks = &locks;
  options.plan = &plan;
  return options;
}

const CannedReview& canned_review() {
  static const CannedReview kReview = make_review();
  return kReview;
}

}  // namespace pglatch::testing

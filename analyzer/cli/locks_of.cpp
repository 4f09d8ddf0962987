#include "analyzer/cli/locks_of.h"

#include <algorithm>
#include <utility>

#include "analyzer/parse/access.h"

namespace pglatch {
namespace {

// Writes down the effects of each statement as it is walked.
class LocksVisitor final : public Visitor {
 public:
  explicit LocksVisitor(LocksReport& report) : report_(report) {}

  void begin(const Script& script, const ParsedScript& parsed) override {
    if (report_.files.empty() || report_.files.back().file != script.file) report_.files.push_back({script.file, {}});
    report_.files.back().statements.reserve(parsed.statements.size());
  }

  void visit(const StatementContext& context) override {
    ReportedStatement statement;
    statement.range = context.statement.range;
    statement.kind = node_name(context.statement.tag());
    statement.in_transaction = context.session.in_transaction();
    statement.fails = context.effects.fails;
    statement.dynamic_sql = context.effects.dynamic_sql;
    statement.lock_timeout_ms = context.session.settings().lock_timeout_ms;
    statement.statement_timeout_ms = context.session.settings().statement_timeout_ms;
    for (const TakenLock& lock : context.effects.locks) {
      statement.locks.push_back({context.name(lock.relation), lock.mode, lock.held_until, lock.reason, lock.conditional,
                                 context.is_live(lock.relation), context.held.waits_for(lock.relation, lock.mode)});
    }
    add_work(context, statement.work);
    if (!context.held.empty()) add_held(context, statement.held);
    report_.files.back().statements.push_back(std::move(statement));
  }

  void end(const Script& /*script*/, const ParsedScript& /*parsed*/) override {}

 private:
  static void add_work(const StatementContext& context, std::vector<ReportedWork>& reported) {
    const std::vector<Work>& work = context.effects.work;
    for (auto item = work.begin(); item != work.end(); ++item) {
      // Two subcommands can ask for the same work.
      const bool is_known = std::any_of(work.begin(), item, [&](const Work& earlier) {
        return earlier.relation == item->relation && earlier.kind == item->kind;
      });
      if (is_known) continue;
      reported.push_back(
          {context.name(item->relation), item->kind, item->conditional, context.is_live(item->relation)});
    }
  }

  static void add_held(const StatementContext& context, std::vector<ReportedHeldLock>& reported) {
    for (const HeldLock& held : context.held.list()) {
      std::string name = context.is_live(held.relation) ? context.name(held.relation) : std::string();
      if (context.catalog.find(held.relation) == nullptr) {
        if (const DroppedRelation* dropped = context.held.dropped(held.relation)) name = dropped->name;
      }
      if (name.empty()) continue;
      ReportedHeldLock lock{std::move(name), held.mode, held.conditional, std::nullopt};
      if (held.statement < context.preceding.size()) lock.taken_at = context.preceding[held.statement].range.start;
      reported.push_back(std::move(lock));
    }
  }

  LocksReport& report_;
};

}  // namespace

LocksReport locks_of(const Input& input) {
  Walker walker(input.walk);
  walker.replay(input.schema, Origin::schema);
  LocksReport report;
  report.pg_version = input.walk.pg_version;
  LocksVisitor visitor(report);
  walker.walk(input.scripts, visitor);
  return report;
}

}  // namespace pglatch

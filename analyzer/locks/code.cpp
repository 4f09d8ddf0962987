// Code in strings: what the statements of DO blocks and called functions do, one after the other, each against the
// catalog as the ones before it left it.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

#include "analyzer/catalog/apply.h"
#include "analyzer/locks/gaps.h"
#include "analyzer/locks/model.h"

namespace pglatch::locks {
namespace {

// The catalog is changed for as long as this lives, and as it was afterwards.
class Trial {
 public:
  explicit Trial(Catalog& catalog)
      : catalog_(catalog), kept_journal_(catalog.keeps_journal()), complete_(catalog.complete), mark_(catalog.mark()) {}
  Trial(const Trial&) = delete;
  Trial& operator=(const Trial&) = delete;
  ~Trial() {
    catalog_.rollback_to(mark_);
    if (!kept_journal_) catalog_.commit();
    catalog_.complete = complete_;
  }

 private:
  Catalog& catalog_;
  bool kept_journal_;
  bool complete_;
  Catalog::Mark mark_;
};

// Relations that were only assumed to exist are no longer in the catalog after the trial: they are entered again. What
// the code made is not there before it, so nobody else can want it.
class Assumed {
 public:
  explicit Assumed(Catalog& catalog) : catalog_(catalog) {}

  void note(const Effects& effects) {
    for (const TakenLock& lock : effects.locks) note(lock.relation);
    for (const Work& work : effects.work) note(work.relation);
  }

  // After the trial: the effects name relations that the catalog has.
  void settle(Effects& effects) const {
    for (TakenLock& lock : effects.locks) lock.relation = survivor(lock.relation);
    for (Work& work : effects.work) work.relation = survivor(work.relation);
    std::erase_if(effects.locks, [](const TakenLock& lock) { return lock.relation == kNoRelation; });
    std::size_t kept = 0;
    for (std::size_t i = 0; i < effects.work.size(); ++i) {
      if (effects.work[i].relation == kNoRelation) continue;
      effects.work[kept] = effects.work[i];
      effects.work_by[kept++] = effects.work_by[i];
    }
    effects.work.resize(kept);
    effects.work_by.resize(kept);
  }

 private:
  struct Name {
    std::string schema;
    std::string name;
    RelationKind kind;
  };

  void note(RelationId id) {
    const Relation* relation = catalog_.find(id);
    if (relation == nullptr || relation->origin != Origin::unknown) return;
    names_.try_emplace(id, Name{relation->schema, relation->name, relation->kind});
  }

  [[nodiscard]] RelationId survivor(RelationId id) const {
    if (catalog_.find(id) != nullptr) return id;
    const auto name = names_.find(id);
    if (name == names_.end()) return kNoRelation;
    return catalog_.resolve({name->second.schema, name->second.name}, {}, name->second.kind).id;
  }

  Catalog& catalog_;
  std::unordered_map<RelationId, Name> names_;
};

// Adds the effects of code to those of the statement that runs it.
class CodeRun {
 public:
  CodeRun(const Model& model, Assumed& assumed)
      : model_(model), effects_(model.effects), assumed_(assumed), session_(model.context.session) {}

  void run(const CodeUnit& unit) {
    if (effects_.refused()) return;
    if (unit.broken) return effects_.fail(unit.errors.front().message);
    const FunctionPath path(session_, unit);
    unit_ = &unit;
    entered_.clear();
    failed_guard_ = 0;
    for (const EmbeddedStatement& embedded : unit.statements) {
      if (failed_guard_ != 0 && is_inside(embedded.guard, failed_guard_)) continue;
      enter(embedded.guard);
      step(embedded);
      if (effects_.refused()) return;
    }
  }

 private:
  // A block whose errors are caught, with what to go back to.
  struct Guarded {
    std::uint32_t guard;
    Effects before;
    Catalog::Mark mark;
  };

  [[nodiscard]] bool is_inside(std::uint32_t guard, std::uint32_t outer) const {
    for (; guard != 0; guard = unit_->guards[guard - 1]) {
      if (guard == outer) return true;
    }
    return false;
  }

  // The blocks with handlers that are entered and left to get to the innermost one of that number.
  void enter(std::uint32_t guard) {
    while (!entered_.empty() && !is_inside(guard, entered_.back().guard)) entered_.pop_back();
    const std::uint32_t innermost = entered_.empty() ? 0 : entered_.back().guard;
    std::vector<std::uint32_t> way;
    for (; guard != innermost; guard = unit_->guards[guard - 1]) way.push_back(guard);
    for (auto next = way.rbegin(); next != way.rend(); ++next) {
      entered_.push_back({*next, effects_, model_.catalog().mark()});
    }
  }

  void step(const EmbeddedStatement& embedded) {
    const bool conditional = unit_->conditional || embedded.conditional;
    switch (embedded.action) {
      case CodeAction::dynamic:
        model_.catalog().complete = false;
        return dynamic(embedded, conditional);
      case CodeAction::commit:
      case CodeAction::rollback:
        return end_transaction(conditional);
      case CodeAction::statement:
        break;
    }
    nested_ = Effects();
    compute_effects(embedded.statement,
                    {model_.catalog(), session_, model_.version(), embedded.sql, &unit_->frame, embedded.origin},
                    nested_);
    if (nested_.refused()) return refused(embedded, conditional);
    assumed_.note(nested_);
    add(nested_, conditional);
    apply(embedded.statement, embedded.sql, model_.catalog(), session_, embedded.origin, &unit_->frame);
    session_.apply_in_code(embedded.statement.node);
  }

  // What fills the gaps of a statement is not known; it may not matter.
  void dynamic(const EmbeddedStatement& embedded, bool conditional) {
    const Statement& statement = embedded.statement;
    const EffectsContext inside{model_.catalog(), session_,      model_.version(),
                                embedded.sql,     &unit_->frame, embedded.origin};
    if (statement.node == nullptr || !gaps_matter_little(statement.node, embedded.sql)) {
      return add_dynamic(embedded.origin.in_script(statement.range));
    }
    compute_effects(statement, inside, nested_);
    if (!leaves_others_alone(statement.node, nested_, inside))
      return add_dynamic(embedded.origin.in_script(statement.range));
    forget_gaps(nested_, model_.catalog());
    assumed_.note(nested_);
    add(nested_, conditional);
  }

  // An error goes to the handlers of the block around it: its subtransaction gives its locks back.
  void refused(const EmbeddedStatement& embedded, bool conditional) {
    if (conditional) {
      if (embedded.guard == 0) effects_.may_fail(fmt::format("{} (if the code comes to it)", *nested_.fails));
      return;
    }
    if (embedded.guard == 0) return effects_.fail(std::move(*nested_.fails));
    Guarded& guarded = entered_.back();
    effects_ = std::move(guarded.before);
    model_.catalog().rollback_to(guarded.mark);
    failed_guard_ = guarded.guard;
    entered_.pop_back();
  }

  // COMMIT and ROLLBACK are for procedures and blocks that no transaction holds (_SPI_commit()); what was locked before
  // is free then.
  void end_transaction(bool conditional) {
    if (!unit_->frame.may_commit || session_.in_transaction() == InTransaction::yes) {
      constexpr std::string_view kMessage = "invalid transaction termination";
      if (conditional) return effects_.may_fail(fmt::format("{} (if the code comes to it)", kMessage));
      return effects_.fail(std::string(kMessage));
    }
    if (conditional) return;
    for (TakenLock& lock : effects_.locks) lock.held_until = HeldUntil::statement;
  }

  void add(const Effects& nested, bool conditional) {
    for (const TakenLock& lock : nested.locks) {
      effects_.conditional = conditional || lock.conditional;
      effects_.lock(lock.relation, lock.mode, lock.reason, lock.held_until);
    }
    for (std::size_t i = 0; i < nested.work.size(); ++i) {
      effects_.conditional = conditional || nested.work[i].conditional;
      effects_.add_work(nested.work[i].relation, nested.work[i].kind);
    }
    effects_.conditional = false;
    for (const ByteRange range : nested.dynamic_sql) add_dynamic(range);
    if (nested.fails) effects_.may_fail(*nested.fails);
  }

  void add_dynamic(ByteRange range) {
    auto& known = effects_.dynamic_sql;
    if (std::find(known.begin(), known.end(), range) == known.end()) known.push_back(range);
  }

  const Model& model_;
  Effects& effects_;
  Assumed& assumed_;
  Session session_;
  Effects nested_;
  const CodeUnit* unit_ = nullptr;
  std::vector<Guarded> entered_;
  std::uint32_t failed_guard_ = 0;
};

}  // namespace

void run_code(const Model& model, const Statement& statement) {
  const EffectsContext& context = model.context;
  const std::vector<CodeUnit> units =
      code_of(statement, context.sql, context.origin, context.catalog, context.session.search_path(), context.code);
  if (units.empty() || model.effects.refused()) return;
  Assumed assumed(model.catalog());
  {
    const Trial trial(model.catalog());
    CodeRun run(model, assumed);
    for (const CodeUnit& unit : units) run.run(unit);
  }
  assumed.settle(model.effects);
}

}  // namespace pglatch::locks

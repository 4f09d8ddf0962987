#include "analyzer/plan/index_registry.h"

#include <algorithm>
#include <map>

#include "analyzer/base/json.h"
#include "analyzer/parse/identifier.h"
#include "analyzer/parse/parser.h"
#include "generated/version.h"

namespace pglatch {
namespace {

constexpr int kRegistryVersion = 1;

const Relation* find_table(const RangeVar* name, const Catalog& catalog) {
  return name == nullptr ? nullptr : catalog.find(name_of(name), {});
}

std::string name_in(const RangeVar* table) {
  const NameView name = name_of(table);
  return name.schema.empty() ? quote_identifier_sql(name.name) : quote_qualified(name.schema, name.name);
}

// The index begins with all columns of a foreign key, in whatever order.
bool serves_foreign_key(const IndexStmt& index, const Catalog& catalog) {
  const Relation* table = find_table(index.relation, catalog);
  if (table == nullptr || index.whereClause != nullptr) return false;
  std::vector<std::string_view> columns;
  for (const IndexElem* element : each<IndexElem>(index.indexParams)) columns.push_back(text(element->name));
  return std::any_of(table->constraints.begin(), table->constraints.end(), [&](const TableConstraint& constraint) {
    const std::size_t size = constraint.columns.size();
    if (constraint.kind != ConstraintKind::foreign_key || size > columns.size()) return false;
    const auto end = columns.begin() + static_cast<std::ptrdiff_t>(size);
    return std::all_of(constraint.columns.begin(), constraint.columns.end(),
                       [&](const std::string& column) { return std::find(columns.begin(), end, column) != end; });
  });
}

// The table that CREATE INDEX or ALTER TABLE names, without its schema.
std::string target_of(const std::string& sql) {
  const ParsedScript parsed = parse(sql);
  const RangeVar* target = nullptr;
  for (const Statement& statement : parsed.statements) {
    if (const auto* index = as<IndexStmt>(statement.node)) target = index->relation;
    if (const auto* alter = as<AlterTableStmt>(statement.node)) target = alter->relation;
  }
  return target == nullptr ? std::string() : std::string(text(target->relname));
}

// Collects what the steps of the plan make, statement by statement.
class Registry {
 public:
  Registry(const Plan& plan, const Catalog& catalog) : plan_(plan), catalog_(catalog) {
    for (const Step* step : plan.steps()) steps_[step->id] = step;
  }

  std::vector<RegisteredIndex> collect() && {
    for (std::size_t number = 0; number < plan_.statements.size(); ++number) {
      const OriginalStatement& original = plan_.statements[number];
      if (original.disposition != Disposition::rewritten) continue;
      target_ = target_of(original.sql);
      for (const std::string& id : original.steps) {
        const Step& step = *steps_[id];
        if (step.generator || step.step_class == StepClass::check) continue;
        for (const std::string& sql : step.sql) look_at(sql, number);
      }
    }
    return std::move(indexes_);
  }

 private:
  void look_at(const std::string& sql, std::size_t original) {
    const ParsedScript parsed = parse(sql);
    for (const Statement& statement : parsed.statements) {
      if (const auto* index = as<IndexStmt>(statement.node)) add_index(*index, sql, original);
      if (const auto* alter = as<AlterTableStmt>(statement.node)) add_keys(*alter, sql, original);
    }
  }

  void add_index(const IndexStmt& index, const std::string& sql, std::size_t original) {
    if (text(index.relation->relname) != target_) return;
    RegisteredIndex entry = entry_of(index.relation, text(index.idxname), sql, original);
    entry.purpose = index.unique                          ? IndexPurpose::unique
                    : serves_foreign_key(index, catalog_) ? IndexPurpose::foreign_key
                                                          : IndexPurpose::query;
    add(std::move(entry));
  }

  void add_keys(const AlterTableStmt& alter, const std::string& sql, std::size_t original) {
    if (alter.relation == nullptr || text(alter.relation->relname) != target_) return;
    for (const AlterTableCmd* command : each<AlterTableCmd>(alter.cmds)) {
      const auto* constraint = as<Constraint>(command->def);
      if (constraint == nullptr) continue;
      if (constraint->contype != CONSTR_UNIQUE && constraint->contype != CONSTR_PRIMARY) continue;
      RegisteredIndex entry = entry_of(alter.relation, text(constraint->conname), sql, original);
      entry.purpose = IndexPurpose::constraint;
      // The index that it takes over is this one, under the name that it had.
      const std::string former = entry_of(alter.relation, text(constraint->indexname), sql, original).name;
      const auto taken = std::find_if(indexes_.begin(), indexes_.end(),
                                      [&](const RegisteredIndex& one) { return one.name == former; });
      if (taken != indexes_.end()) {
        entry.statement = taken->statement;
        indexes_.erase(taken);
      }
      add(std::move(entry));
    }
  }

  [[nodiscard]] RegisteredIndex entry_of(const RangeVar* table, std::string_view index, const std::string& sql,
                                         std::size_t original) const {
    RegisteredIndex entry;
    const NameView name = name_of(table);
    entry.table = name_in(table);
    entry.name = name.schema.empty() ? quote_identifier_sql(index) : quote_qualified(name.schema, index);
    entry.statement = sql;
    entry.original = original;
    return entry;
  }

  void add(RegisteredIndex entry) {
    const bool known = std::any_of(indexes_.begin(), indexes_.end(),
                                   [&](const RegisteredIndex& one) { return one.name == entry.name; });
    if (!known) indexes_.push_back(std::move(entry));
  }

  const Plan& plan_;
  const Catalog& catalog_;
  std::map<std::string, const Step*> steps_;
  std::vector<RegisteredIndex> indexes_;
  std::string target_;  // the table that the statement is about: its partitions' indexes are part of that table's
};

void write_origin(JsonWriter& json, const PlanOrigin& origin) {
  json.member("path", origin.path);
  json.member("line", origin.line);
}

void optional_text(JsonWriter& json, std::string_view key, std::string_view value) {
  json.key(key);
  value.empty() ? json.null() : json.string(value);
}

void write_step(JsonWriter& json, const Step& step) {
  const StepPolicy policy = policy_of(step);
  json.begin_object();
  json.member("id", step.id);
  json.member("title", step.title);
  json.member("class", to_string(step.step_class));
  json.member("generator", step.generator);
  json.strings("sql", step.sql);
  json.member("lock_timeout_ms", policy.lock_timeout_ms);
  json.member("statement_timeout_ms", policy.statement_timeout_ms);
  json.member("attempts", policy.attempts);
  optional_text(json, "already_done", step.already_done);
  json.key("leftovers");
  json.begin_array();
  for (const Leftover& leftover : step.leftovers) {
    json.begin_object();
    json.member("check", leftover.check);
    json.member("cleanup", leftover.cleanup);
    json.end_object();
  }
  json.end_array();
  optional_text(json, "verify", step.verify);
  json.end_object();
}

}  // namespace

std::string_view to_string(IndexPurpose purpose) noexcept {
  constexpr std::string_view kNames[] = {"query", "foreign-key", "unique", "constraint"};
  return kNames[static_cast<std::size_t>(purpose)];
}

std::vector<RegisteredIndex> index_registry(const Plan& plan, const Catalog& after) {
  return Registry(plan, after).collect();
}

std::string write_index_registry(const Plan& plan, const Catalog& after) {
  JsonWriter json;
  json.begin_object();
  json.member("registry_version", kRegistryVersion);
  json.key("tool");
  json.begin_object();
  json.member("name", "pglatch");
  json.member("version", kVersion);
  json.end_object();
  json.member("pg_min", plan.pg_version);
  json.strings("sources", plan.sources);
  json.member("fingerprint", plan.fingerprint);
  json.key("indexes");
  json.begin_array();
  for (const RegisteredIndex& index : index_registry(plan, after)) {
    const OriginalStatement& original = plan.statements[index.original];
    json.begin_object();
    json.member("name", index.name);
    json.member("table", index.table);
    json.member("statement", index.statement);
    json.member("purpose", to_string(index.purpose));
    json.member("critical", index.is_critical());
    json.member("original", original.sql);
    write_origin(json, original.origin);
    json.strings("steps", original.steps);
    json.end_object();
  }
  json.end_array();
  json.key("steps");
  json.begin_array();
  for (const Step* step : plan.steps()) write_step(json, *step);
  json.end_array();
  json.key("left_behind");
  json.begin_array();
  for (const OriginalStatement& statement : plan.statements) {
    if (!statement.elsewhere) continue;
    json.begin_object();
    json.member("sql", statement.sql);
    write_origin(json, statement.origin);
    json.end_object();
  }
  json.end_array();
  json.key("not_rewritten");
  json.begin_array();
  for (const NotRewritten& left : plan.not_rewritten) {
    json.begin_object();
    json.member("step", left.step);
    json.member("sql", left.sql);
    json.member("reason", left.reason);
    json.member("manual", left.manual);
    write_origin(json, left.origin);
    json.end_object();
  }
  json.end_array();
  json.strings("notes", plan.notes);
  json.end_object();
  return json.finish();
}

}  // namespace pglatch

#include "rules/recipes/column_change_keys.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "analyzer/parse/identifier.h"
#include "rules/recipes/code_tokens.h"
#include "rules/recipes/column_change_tree.h"
#include "rules/recipes/constraint_checks.h"
#include "rules/recipes/constraint_steps.h"
#include "rules/recipes/index_checks.h"
#include "rules/support/column_list.h"

namespace pglatch {
namespace {

bool is_name(const Token& token, std::string_view text, std::string_view name) {
  if (token.kind == TokenKind::word) return token.is_word(name, text);
  return token.kind == TokenKind::quoted_identifier && token.of(text) == '"' + std::string(name) + '"';
}

// The index's definition with the new column: names that stand first in an element of a list. Empty where these are not
// as many as the index has.
std::string redefined(const ColumnChange& change, const IndexDetails& index) {
  const std::string& text = index.definition;
  const Tokens tokens = code_tokens(text);
  std::string out;
  std::uint32_t copied = 0;
  std::ptrdiff_t found = 0;
  int depth = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].is_word("where", text) || tokens[i].is_word("with", text)) break;
    if (tokens[i].is('(', text)) ++depth;
    if (tokens[i].is(')', text)) --depth;
    const bool first = i > 0 && depth == 1 && (tokens[i - 1].is('(', text) || tokens[i - 1].is(',', text));
    if (!first || !is_name(tokens[i], text, change.column.name)) continue;
    out.append(text, copied, tokens[i].range.start - copied).append(quote_identifier_sql(change.successor));
    copied = tokens[i].range.end;
    ++found;
  }
  const auto named = std::count(index.columns.begin(), index.columns.end(), change.column.name) +
                     std::count(index.included.begin(), index.included.end(), change.column.name);
  if (found == 0 || found != named) return {};
  return out.append(text, copied);
}

// An index can have a collation of its own, which the server shows where it is not the column's.
bool may_change_collation(const ColumnChange& change, const IndexDetails& index) {
  if (change.collation.empty() && change.column.collation.empty()) return false;
  const Tokens tokens = code_tokens(index.definition);
  return std::any_of(tokens.begin(), tokens.end(),
                     [&](const Token& token) { return token.is_word("collate", index.definition); });
}

std::optional<KeyIndex> statement_of(const ColumnChange& change, const Relation& index, const std::string& name) {
  const std::string definition = redefined(change, *index.index);
  if (definition.empty()) return std::nullopt;
  KeyIndex key;
  key.sql = fmt::format("CREATE {}INDEX {} ON {} {}", index.index->unique ? "UNIQUE " : "", quote_identifier_sql(name),
                        change.name, definition);
  key.parsed = parse(key.sql);
  if (!key.parsed.errors.empty() || key.parsed.statements.size() != 1) return std::nullopt;
  const auto* create = as<IndexStmt>(key.parsed.statements.front().node);
  if (create == nullptr) return std::nullopt;
  auto statement = take_apart(key.sql, *create);
  if (!statement) return std::nullopt;
  key.statement = std::move(*statement);
  return key;
}

Refusal refuse(const ColumnChange& change, std::string_view what, std::string_view manual) {
  return {fmt::format("{} of {}.{} cannot be carried over to a new column: {}", what, change.name,
                      quote_identifier_sql(change.column.name),
                      "its definition is not fully known here, or has no form that is checked later."),
          std::string(manual)};
}

constexpr std::string_view kDropFirst =
    "Drop it first and make it again afterwards (by plans of their own), or change the type while nobody needs the "
    "table.";

bool mentions(const ColumnChange& change, const std::vector<std::string>& columns) { return change.is_in(columns); }

void find_indexes(const ColumnChange& change, StandIns& all) {
  for (const RelationId id : change.table.indexes) {
    const Relation* index = change.context.catalog.find(id);
    if (index == nullptr) continue;
    const IndexDetails& details = *index->index;
    const bool direct = mentions(change, details.columns) || mentions(change, details.included);
    const bool indirect = mentions(change, details.mentioned);
    if (!direct && !indirect) continue;
    const TableConstraint* key = nullptr;
    for (const TableConstraint& constraint : change.table.constraints) {
      if (constraint.index == id) key = &constraint;
    }
    const std::string name = stand_in_name(index->name);
    auto statement = statement_of(change, *index, name);
    const bool possible = statement && !indirect && details.valid && !details.clustered &&
                          !may_change_collation(change, details) &&
                          (key == nullptr || key->kind != ConstraintKind::exclusion);
    auto leaves = leaves_of(change, *index);
    if (!possible || !leaves) {
      all.refusal = refuse(change, fmt::format("The index {}", display_name(*index)), kDropFirst);
      return;
    }
    all.indexes.push_back({index, key, name, std::move(*statement), std::move(*leaves)});
  }
}

std::string_view action(char letter) {
  switch (letter) {
    case 'r':
      return "RESTRICT";
    case 'c':
      return "CASCADE";
    case 'n':
      return "SET NULL";
    case 'd':
      return "SET DEFAULT";
    default:
      return {};
  }
}

// With the new column wherever the table's own is meant.
std::string body_of(const ColumnChange& change, const Relation& referencing, const TableConstraint& key,
                    const Relation& referenced) {
  const bool own = referencing.id == change.table.id && change.is_in(key.columns);
  const bool theirs = referenced.id == change.table.id && change.is_in(key.referenced_columns);
  std::string body =
      fmt::format("FOREIGN KEY ({}) REFERENCES {} ({})",
                  column_list(own ? change.with_successor(key.columns) : key.columns), display_name(referenced),
                  column_list(theirs ? change.with_successor(key.referenced_columns) : key.referenced_columns));
  if (const auto words = action(key.on_update); !words.empty()) body += fmt::format(" ON UPDATE {}", words);
  if (const auto words = action(key.on_delete); !words.empty()) body += fmt::format(" ON DELETE {}", words);
  if (key.deferrable) body += key.initially_deferred ? " DEFERRABLE INITIALLY DEFERRED" : " DEFERRABLE";
  return body;
}

void find_foreign_keys(const ColumnChange& change, StandIns& all) {
  const Catalog& catalog = change.context.catalog;
  std::set<RelationId> tables(change.table.referenced_by.begin(), change.table.referenced_by.end());
  tables.insert(change.table.id);
  for (const RelationId id : tables) {
    const Relation* table = catalog.find(id);
    if (table == nullptr) continue;
    for (const TableConstraint& key : table->constraints) {
      if (key.kind != ConstraintKind::foreign_key) continue;
      const bool own = id == change.table.id && change.is_in(key.columns);
      const bool theirs = key.referenced == change.table.id && change.is_in(key.referenced_columns);
      if (!own && !theirs) continue;
      const Relation* referenced = catalog.find(key.referenced);
      const bool possible = referenced != nullptr && table->kind == RelationKind::table &&
                            referenced->kind == RelationKind::table && key.validated && key.enforced &&
                            key.columns.size() == key.referenced_columns.size() && !key.inherited;
      if (!possible) {
        all.refusal = refuse(
            change, fmt::format("The foreign key {} of {}", quote_identifier_sql(key.name), display_name(*table)),
            kDropFirst);
        return;
      }
      all.foreign_keys.push_back({table, &key, stand_in_name(key.name), body_of(change, *table, key, *referenced)});
    }
  }
}

void find_checks(const ColumnChange& change, StandIns& all) {
  for (const TableConstraint& constraint : change.table.constraints) {
    if (constraint.kind != ConstraintKind::check || !change.is_in(constraint.columns)) continue;
    if (!constraint.enforced) {
      all.refusal = refuse(change, fmt::format("The CHECK {}", quote_identifier_sql(constraint.name)), kDropFirst);
    }
    all.checks.push_back({&constraint, stand_in_name(constraint.name)});
  }
}

// `place`: the index whose place it takes.
Step build(const IndexStandIn& one, const Relation& table, const Relation& place, const std::string& name) {
  const std::string index = quote_qualified(table.schema, name);
  const std::string on = display_name(table);
  Step step;
  step.title =
      fmt::format("Build {}, which is to take the place of {}, without blocking writes", index, display_name(place));
  step.step_class = StepClass::concurrent;
  step.sql = {create_index_sql(one.statement.statement, {name, on, true, false})};
  step.already_done = index_is_done(one.statement.statement, index, on);
  step.verify = step.already_done;
  step.leftovers = build_leftovers(index, on);
  step.watch = build_progress(on);
  step.on_failure = fmt::format(
      "An interrupted or failed build leaves {} INVALID: it slows down every write{}. Run the script again: it drops "
      "what is left and builds anew.",
      index, one.index->index->unique ? ", and may refuse rows already" : "");
  step.rollback = {{StepClass::concurrent, fmt::format("DROP INDEX CONCURRENTLY IF EXISTS {}", index)}};
  return step;
}

std::string foreign_key_is_made(const ForeignKeyStandIn& one) {
  return fmt::format(
      "SELECT EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = to_regclass({}) AND k.conname = {} AND k.contype "
      "= "
      "'f')",
      quote_literal_sql(display_name(*one.table)), quote_literal_sql(one.name));
}

}  // namespace

StandIns stand_ins(const ColumnChange& change) {
  StandIns all;
  find_checks(change, all);
  if (!all.refusal) find_indexes(change, all);
  if (!all.refusal) find_foreign_keys(change, all);
  return all;
}

KnownDependents known_dependents(const ColumnChange& change, const StandIns& all) {
  KnownDependents known;
  for (const IndexStandIn& one : all.indexes) {
    known.indexes.push_back(one.index->name);
    if (one.key != nullptr) known.constraints.push_back(one.key->name);
    for (const std::string& part : parts_of(*one.index, change.context.catalog)) {
      known.indexes.push_back(part);
      if (one.key != nullptr) known.constraints.push_back(part);
    }
  }
  for (const CheckStandIn& one : all.checks) known.constraints.push_back(one.check->name);
  for (const ForeignKeyStandIn& one : all.foreign_keys) known.constraints.push_back(one.key->name);
  return known;
}

void make_stand_ins(const ColumnChange& change, const StandIns& all, Rewrite& rewrite) {
  std::vector<Step> builds;
  for (const IndexStandIn& one : all.indexes) {
    if (!change.is_partitioned()) builds.push_back(build(one, change.table, *one.index, one.name));
    for (const LeafIndex& leaf : one.leaves) builds.push_back(build(one, *leaf.table, *leaf.index, leaf.name));
  }
  if (!builds.empty()) {
    add_steps(rewrite, PhaseKind::migrate, fmt::format("Build the indexes of the new column of {}", change.name),
              std::move(builds));
  }
  std::vector<Step> keys;
  for (const ForeignKeyStandIn& one : all.foreign_keys) {
    const std::string table = display_name(*one.table);
    const std::string alter = fmt::format("ALTER TABLE {}", table);
    keys.push_back(add_not_valid(alter, table, one.name, one.body, foreign_key_is_made(one)));
    keys.push_back(validate_on(alter, table, one.name, is_validated(table, one.name)));
  }
  if (!keys.empty()) {
    add_steps(rewrite, PhaseKind::migrate, fmt::format("Make the foreign keys of the new column of {}", change.name),
              std::move(keys));
  }
}

}  // namespace pglatch

#include "rules/recipes/conversion_script.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "analyzer/catalog/object_names.h"
#include "analyzer/catalog/partition.h"
#include "analyzer/parse/identifier.h"
#include "analyzer/source/lexer.h"
#include "rules/recipes/code_tokens.h"
#include "rules/recipes/index_statement.h"
#include "rules/recipes/scene.h"
#include "rules/support/impact.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

// What replaces a piece of a statement's text, or comes before it.
struct Replacement {
  ByteRange range;
  std::string text;
};

std::string edited(std::string_view sql, ByteRange range, std::vector<Replacement> edits) {
  std::sort(edits.begin(), edits.end(),
            [](const Replacement& a, const Replacement& b) { return a.range.start < b.range.start; });
  std::string out;
  std::uint32_t at = range.start;
  for (const Replacement& edit : edits) {
    out += sql.substr(at, edit.range.start - at);
    out += edit.text;
    at = edit.range.end;
  }
  out += sql.substr(at, range.end - at);
  return without_comments(out);
}

class Reader {
 public:
  Reader(const StatementContext& context, const Relation& table, std::string_view new_name)
      : context_(context),
        scene_(context),
        schema_(table.schema),
        name_(table.name),
        old_(new_name),
        columns_(table.columns.size()) {
    script_.table = table.id;
    script_.name = display_name(table);
    script_.old_identifier = quote_identifier_sql(old_);
    script_.old_name = quote_qualified(schema_, old_);
    script_.passing_name = quote_qualified(schema_, make_object_name(name_, {}, "pglatch_new"));
  }

  std::optional<ConversionScript> read() && {
    // The first place at which something cannot be planned; a script without a copy is none of this kind at all.
    bool copies = false;
    scene_.run(context_.statement);
    for (const Statement& statement : context_.following) {
      if (copies && !is_drop(statement)) break;
      ++script_.covers;
      if (is_drop(statement)) {
        script_.drops_old = true;
        if (!copies) return std::nullopt;
        break;
      }
      if (const auto* insert = as<InsertStmt>(statement.node); insert != nullptr && is_new(insert->relation)) {
        copies = true;
        if (!is_whole_copy(*insert)) refuse(statement, "it does not copy the rows of the old table as they are");
        continue;
      }
      if (!made_ && statement.tag() != T_CreateStmt) return std::nullopt;
      take(statement);
      if (!made_) return std::nullopt;
    }
    if (!copies) return std::nullopt;
    if (const Relation* made = find_new()) {
      if (const TableConstraint* key = made->primary_key()) script_.primary_key = key->columns;
    }
    return std::move(script_);
  }

 private:
  [[nodiscard]] const Relation* find_new() const { return context_.catalog.find({schema_, name_}, {}); }

  [[nodiscard]] bool is_named(const RangeVar* name, std::string_view wanted) const {
    if (name == nullptr || text(name->relname) != wanted) return false;
    return name->schemaname == nullptr || text(name->schemaname) == schema_;
  }
  [[nodiscard]] bool is_new(const RangeVar* name) const { return is_named(name, name_); }
  [[nodiscard]] bool is_old(const RangeVar* name) const { return is_named(name, old_); }

  [[nodiscard]] bool is_drop(const Statement& statement) const {
    const auto* drop = as<DropStmt>(statement.node);
    if (drop == nullptr || drop->removeType != OBJECT_TABLE) return false;
    const auto objects = each(drop->objects);
    if (objects.size() != 1) return false;
    const NameView name = name_of(reinterpret_cast<const List*>(objects[0]));
    return name.name == old_ && (name.schema.empty() || name.schema == schema_);
  }

  // INSERT INTO t SELECT * FROM t_old, or the same with all columns spelled out.
  [[nodiscard]] bool is_whole_copy(const InsertStmt& insert) const {
    const auto* select = as<SelectStmt>(insert.selectStmt);
    if (select == nullptr || insert.onConflictClause != nullptr || insert.withClause != nullptr) return false;
    if (select->whereClause != nullptr || select->groupClause != nullptr || select->distinctClause != nullptr ||
        select->limitCount != nullptr || select->limitOffset != nullptr || select->withClause != nullptr ||
        select->op != SETOP_NONE) {
      return false;
    }
    const auto from = each(select->fromClause);
    if (from.size() != 1 || !is_old(as<RangeVar>(from[0]))) return false;
    const auto targets = each<ResTarget>(select->targetList);
    if (targets.size() == 1) {
      const auto* star = as<ColumnRef>(targets[0]->val);
      if (star == nullptr) return false;
      const auto fields = each(star->fields);
      if (fields.size() == 1 && fields[0]->type == T_A_Star) return each(insert.cols).size() == 0;
    }
    return names_all_columns(insert, *select);
  }

  [[nodiscard]] bool names_all_columns(const InsertStmt& insert, const SelectStmt& select) const {
    const auto columns = each<ResTarget>(insert.cols);
    const auto targets = each<ResTarget>(select.targetList);
    if (columns.size() != targets.size() || columns.size() != columns_) return false;
    for (std::uint32_t i = 0; i < columns.size(); ++i) {
      const auto* reference = as<ColumnRef>(targets[i]->val);
      if (reference == nullptr || each(reference->fields).size() != 1) return false;
      if (string_value(each(reference->fields)[0]) != text(columns[i]->name)) return false;
    }
    return true;
  }

  void take(const Statement& statement) {
    if (const auto* create = as<CreateStmt>(statement.node)) {
      if (is_new(create->relation)) {
        take_table(statement, *create);
      } else {
        take_partition(statement, *create);
      }
    } else if (const auto* alter = as<AlterTableStmt>(statement.node); alter != nullptr && is_new(alter->relation)) {
      take_constraints(statement, *alter);
    } else if (const auto* index = as<IndexStmt>(statement.node); index != nullptr && is_new(index->relation)) {
      take_index(statement, *index);
    } else {
      refuse(statement, may_be_partman(statement)
                            ? "what it makes of the new table cannot be told from outside, and it would have to be "
                              "told of the old rows' partition"
                            : "it stands between the rename and the copy");
    }
  }

  [[nodiscard]] bool may_be_partman(const Statement& statement) const {
    return statement.tag() == T_SelectStmt || statement.tag() == T_CallStmt;
  }

  // CREATE TABLE t (LIKE t_old …, constraints) PARTITION BY …
  void take_table(const Statement& statement, const CreateStmt& create) {
    const TableLikeClause* like = nullptr;
    std::vector<Replacement> edits{{name_range(statement, create.relation), script_.passing_name}};
    bool columns = false;
    for (const Node* element : each(create.tableElts)) {
      if (const auto* clause = as<TableLikeClause>(element)) {
        like = clause;
      } else if (element->type == T_ColumnDef) {
        columns = true;
      }
    }
    if (create.partspec == nullptr || made_) return;
    made_ = true;
    script_.key = partition_key(*create.partspec);
    scene_.run(statement);
    if (columns || like == nullptr || !is_old(like->relation) || create.if_not_exists) {
      return refuse(statement, fmt::format("it spells its columns out, where (LIKE {} …) would tell that they are the "
                                           "old table's",
                                           script_.old_identifier));
    }
    constexpr auto kIndexes = static_cast<bits32>(CREATE_TABLE_LIKE_INDEXES);
    if ((like->options & kIndexes) != 0) {
      return refuse(statement, "it takes over the indexes of the old table, under names that only the server gives");
    }
    script_.with_defaults = (like->options & static_cast<bits32>(CREATE_TABLE_LIKE_DEFAULTS)) != 0;
    edits.push_back({name_range(statement, like->relation), script_.name});
    for (const Constraint* constraint : each<Constraint>(create.constraints)) name_it(statement, *constraint, edits);
    for (const Node* element : each(create.tableElts)) {
      if (const auto* constraint = as<Constraint>(element)) name_it(statement, *constraint, edits);
    }
    script_.create = edited(context_.sql, statement.range, std::move(edits));
  }

  void take_partition(const Statement& statement, const CreateStmt& create) {
    const auto parents = each<RangeVar>(create.inhRelations);
    if (!made_ || parents.size() != 1 || create.partbound == nullptr || !is_new(parents[0])) {
      return refuse(statement, "it makes another table");
    }
    scene_.run(statement);
    const Relation* made = context_.catalog.find(name_of(create.relation), context_.session.search_path());
    script_.partitions.push_back(
        {made == nullptr ? std::string() : display_name(*made),
         edited(context_.sql, statement.range, {{name_range(statement, parents[0]), script_.passing_name}})});
  }

  void take_constraints(const Statement& statement, const AlterTableStmt& alter) {
    std::vector<Replacement> edits{{name_range(statement, alter.relation), script_.passing_name}};
    scene_.run(statement);
    for (const AlterTableCmd* command : each<AlterTableCmd>(alter.cmds)) {
      const auto* constraint = command->subtype == AT_AddConstraint ? as<Constraint>(command->def) : nullptr;
      if (constraint == nullptr) return refuse(statement, "it changes the new table before the rows are in it");
      name_it(statement, *constraint, edits);
    }
    script_.additions.push_back(edited(context_.sql, statement.range, std::move(edits)));
  }

  void take_index(const Statement& statement, const IndexStmt& index) {
    const auto known = find_new()->indexes;
    scene_.run(statement);
    std::string name(text(index.idxname));
    for (const RelationId id : find_new()->indexes) {
      if (name.empty() && std::find(known.begin(), known.end(), id) == known.end()) {
        name = context_.catalog.find(id)->name;
      }
    }
    const auto parts = take_apart(std::string_view(statement.range.of(context_.sql)), index);
    if (name.empty() || !parts || index.concurrent) return refuse(statement, "its index cannot be named");
    script_.additions.push_back(create_index_sql(*parts, {name, script_.passing_name, false, false}));
  }

  // The constraint's name as the script leaves it, where it has none: of the table's name it would be another.
  void name_it(const Statement& statement, const Constraint& constraint, std::vector<Replacement>& edits) {
    if (constraint.conname != nullptr) return;
    const std::uint32_t at = statement.offset(constraint.location);
    for (const TableConstraint& known : find_new()->constraints) {
      const bool same_kind = (constraint.contype == CONSTR_PRIMARY && known.kind == ConstraintKind::primary_key) ||
                             (constraint.contype == CONSTR_UNIQUE && known.kind == ConstraintKind::unique) ||
                             (constraint.contype == CONSTR_FOREIGN && known.kind == ConstraintKind::foreign_key);
      const List* keys = constraint.contype == CONSTR_FOREIGN ? constraint.fk_attrs : constraint.keys;
      if (!same_kind || known.columns != names_in(keys)) continue;
      edits.push_back({{at, at}, fmt::format("CONSTRAINT {} ", quote_identifier_sql(known.name))});
      return;
    }
    refuse(statement, "it has a constraint without a name");
  }

  static std::vector<std::string> names_in(const List* list) {
    std::vector<std::string> names;
    for (const Node* node : each(list)) names.emplace_back(string_value(node));
    return names;
  }

  [[nodiscard]] ByteRange name_range(const Statement& statement, const RangeVar* name) const {
    const std::uint32_t start = statement.offset(name->location);
    Lexer lexer(context_.sql, start);
    std::uint32_t end = lexer.next_code().range.end;
    for (Token token = lexer.next_code(); token.is('.', context_.sql); token = lexer.next_code()) {
      end = lexer.next_code().range.end;
    }
    return {start, end};
  }

  void refuse(const Statement& statement, std::string_view why) {
    if (script_.refusal) return;
    script_.refusal = Refusal{
        fmt::format("{} becomes a partitioned table here, for which there is a form that copies nothing; but \"{}\" "
                    "cannot be a part of it: {}.",
                    script_.name, without_comments(first_line(context_.sql, statement.range).of(context_.sql)), why),
        fmt::format(
            "Write the change as ALTER TABLE … RENAME, CREATE TABLE … (LIKE {} …) PARTITION BY RANGE, its keys, "
            "indexes and partitions, INSERT … SELECT * FROM {}, and everything else after these; then make the "
            "plan again.",
            script_.old_identifier, script_.old_identifier)};
  }

  const StatementContext& context_;
  Scene scene_;
  std::string schema_;
  std::string name_;
  std::string old_;
  std::size_t columns_;  // of the old table
  bool made_ = false;
  ConversionScript script_;
};

}  // namespace

std::optional<ConversionScript> conversion_script(const StatementContext& context) {
  const auto* rename = as<RenameStmt>(context.statement.node);
  if (rename == nullptr || rename->renameType != OBJECT_TABLE || context.walked == nullptr || context.code != nullptr) {
    return std::nullopt;
  }
  const Relation* table = find_relation(context, rename->relation);
  if (table == nullptr || table->kind != RelationKind::table || !context.is_live(table->id)) return std::nullopt;
  return Reader(context, *table, text(rename->newname)).read();
}

}  // namespace pglatch

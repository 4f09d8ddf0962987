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
#include "rules/recipes/new_table_columns.h"
#include "rules/recipes/scene.h"
#include "rules/recipes/whole_copy.h"
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
    bool copied = false;
    scene_.run(context_.statement);
    for (const Statement& statement : context_.following) {
      if (copied && !is_drop(statement) && !goes_with_new(statement)) break;
      ++script_.covers;
      if (is_drop(statement)) {
        script_.drops_old = true;
        if (!copied) return std::nullopt;
        break;
      }
      if (!made_ && statement.tag() != T_CreateStmt) return std::nullopt;
      copied = take_copy(statement) || copied;
      if (!made_) return std::nullopt;
    }
    if (!copied) return std::nullopt;
    refuse_stragglers();
    script_.stays_referenced = !find_old()->referenced_by.empty();
    if (const Relation* made = find_new()) {
      if (const TableConstraint* key = made->primary_key()) script_.primary_key = key->columns;
    }
    return std::move(script_);
  }

 private:
  [[nodiscard]] const Relation* find_new() const { return context_.catalog.find({schema_, name_}, {}); }
  [[nodiscard]] const Relation* find_old() const { return context_.catalog.find(script_.table); }

  [[nodiscard]] bool is_named(const RangeVar* name, std::string_view wanted) const {
    if (name == nullptr || text(name->relname) != wanted) return false;
    return name->schemaname == nullptr || text(name->schemaname) == schema_;
  }
  [[nodiscard]] bool is_new(const RangeVar* name) const { return is_named(name, name_); }
  [[nodiscard]] bool is_new(const NameView& name) const {
    return name.name == name_ && (name.schema.empty() || name.schema == schema_);
  }
  [[nodiscard]] bool is_old(const RangeVar* name) const { return is_named(name, old_); }

  [[nodiscard]] bool is_drop(const Statement& statement) const {
    const auto* drop = as<DropStmt>(statement.node);
    if (drop == nullptr || drop->removeType != OBJECT_TABLE) return false;
    const auto objects = each(drop->objects);
    if (objects.size() != 1) return false;
    const NameView name = name_of(reinterpret_cast<const List*>(objects[0]));
    return name.name == old_ && (name.schema.empty() || name.schema == schema_);
  }

  // What is said of the new table once the rows are in it, and means the same before.
  [[nodiscard]] bool goes_with_new(const Statement& statement) const {
    const auto* alter = as<AlterTableStmt>(statement.node);
    const auto* index = as<IndexStmt>(statement.node);
    return (alter != nullptr && is_new(alter->relation)) || (index != nullptr && is_new(index->relation)) ||
           is_for_partman(statement) || is_for_later(statement) || changes_inbound(statement);
  }

  [[nodiscard]] bool changes_inbound(const Statement& statement) const {
    return made_ && is_inbound(context_, statement, script_.table, find_new()->id);
  }

  [[nodiscard]] bool is_for_partman(const Statement& statement) const {
    if (const auto config = partman_config(statement, context_.sql)) {
      return config->parent.empty() || config->parent == partman_name(name_);
    }
    const auto call = partman_call(statement, context_.sql);
    if (!call) return false;
    return call->find("p_parent_table") == nullptr ? script_.partman.has_value() : is_about_new(*call);
  }

  // As pg_partman writes names: without quotes.
  [[nodiscard]] std::string partman_name(std::string_view table) const { return fmt::format("{}.{}", schema_, table); }

  [[nodiscard]] bool is_about_new(const PartmanCall& call) const {
    return call.value_of("p_parent_table") == partman_name(name_);
  }

  // Comments, privileges and an owner: of no matter until the table has its name.
  [[nodiscard]] bool is_for_later(const Statement& statement) const {
    if (const auto* comment = as<CommentStmt>(statement.node)) {
      if (comment->objtype == OBJECT_TABLE) return is_new(name_of(as<List>(comment->object)));
      return comment->objtype == OBJECT_COLUMN && is_new(table_of(as<List>(comment->object)));
    }
    if (const auto* grant = as<GrantStmt>(statement.node)) {
      const auto objects = each<RangeVar>(grant->objects);
      return grant->objtype == OBJECT_TABLE && grant->targtype == ACL_TARGET_OBJECT && objects.size() == 1 &&
             is_new(objects[0]);
    }
    const auto* alter = as<AlterTableStmt>(statement.node);
    if (alter == nullptr || !is_new(alter->relation)) return false;
    const auto commands = each<AlterTableCmd>(alter->cmds);
    return commands.size() == 1 && commands[0]->subtype == AT_ChangeOwner;
  }

  // Takes the statement; whether it is the one that copies the rows.
  bool take_copy(const Statement& statement) {
    if (const auto* insert = as<InsertStmt>(statement.node); insert != nullptr && is_new(insert->relation)) {
      const RangeVar* from = whole_copy_of(*insert, columns_);
      if (from == nullptr || !is_old(from)) refuse(statement, "it does not copy the rows of the old table as they are");
      return true;
    }
    const auto call = partman_call(statement, context_.sql);
    if (!call || call->function.rfind("partition_data_", 0) != 0) {
      take(statement);
      return false;
    }
    if (!is_about_new(*call) || call->value_of("p_source_table") != partman_name(old_)) {
      refuse(statement, fmt::format("it moves rows of the default partition, and none of {}, unless it is told so by "
                                    "p_source_table := {}",
                                    script_.old_name, quote_literal_sql(partman_name(old_))));
    }
    return true;
  }

  void take(const Statement& statement) {
    const auto* alter = as<AlterTableStmt>(statement.node);
    const auto* index = as<IndexStmt>(statement.node);
    if (const auto* create = as<CreateStmt>(statement.node)) {
      if (is_new(create->relation)) {
        take_table(statement, *create);
      } else {
        take_partition(statement, *create);
      }
    } else if (is_for_later(statement)) {
      script_.last.push_back(without_comments(statement.range.of(context_.sql)));
    } else if (changes_inbound(statement)) {
      const std::string why = take_inbound(context_, statement, script_.inbound);
      if (!why.empty()) refuse(statement, why);
      scene_.run(statement);
    } else if (alter != nullptr && is_new(alter->relation)) {
      take_constraints(statement, *alter);
    } else if (index != nullptr && is_new(index->relation)) {
      take_index(statement, *index);
    } else if (auto call = partman_call(statement, context_.sql)) {
      take_call(statement, *std::move(call));
    } else if (auto config = partman_config(statement, context_.sql)) {
      take_config(statement, *std::move(config));
    } else {
      const bool calls = statement.tag() == T_SelectStmt || statement.tag() == T_CallStmt;
      refuse(statement, calls ? "what it makes of the new table cannot be told from outside"
                              : "it stands between the rename and the copy");
    }
  }

  void take_call(const Statement& statement, PartmanCall call) {
    if (call.function != "create_parent") {
      if (!script_.partman) return refuse(statement, "pg_partman is not given the table before");
      script_.maintained = true;
    } else if (script_.partman || !is_about_new(call)) {
      refuse(statement,
             fmt::format("it does not give pg_partman {} for the first time", quote_literal_sql(partman_name(name_))));
    } else {
      script_.partman = std::move(call);
    }
  }

  void take_config(const Statement& statement, PartmanConfig config) {
    if (!script_.partman) return refuse(statement, "pg_partman is not given the table before");
    if (config.parent != partman_name(name_)) {
      return refuse(statement, fmt::format("it is no UPDATE … WHERE parent_table = {}, whatever else it says",
                                           quote_literal_sql(partman_name(name_))));
    }
    script_.partman_config.push_back(std::move(config));
  }

  // What comes after something that is none of the conversion's would run by itself, on a table full of rows.
  void refuse_stragglers() {
    for (const Statement& statement : context_.following.subspan(script_.covers)) {
      const auto* update = as<UpdateStmt>(statement.node);
      const auto* remove = as<DeleteStmt>(statement.node);
      const bool changes = (update != nullptr && is_new(update->relation)) ||
                           (remove != nullptr && is_new(remove->relation)) ||
                           (goes_with_new(statement) && !is_for_later(statement));
      if (!changes) continue;
      return refuse(statement, "it comes after something else, when the table has all its rows");
    }
  }

  // CREATE TABLE t (LIKE t_old …, or the same columns; constraints) PARTITION BY …
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
    if (create.if_not_exists) return refuse(statement, "another table may be there already");
    if (like == nullptr) {
      const std::string why = why_other_columns(create, *find_new(), *find_old());
      if (!why.empty()) return refuse(statement, why);
      script_.with_defaults = true;
    } else if (columns || !is_old(like->relation)) {
      return refuse(statement, "it has other columns than the old table");
    }
    if (like != nullptr) {
      constexpr auto kIndexes = static_cast<bits32>(CREATE_TABLE_LIKE_INDEXES);
      if ((like->options & kIndexes) != 0) {
        return refuse(statement, "it takes over the indexes of the old table, under names that only the server gives");
      }
      script_.with_defaults = (like->options & static_cast<bits32>(CREATE_TABLE_LIKE_DEFAULTS)) != 0;
      edits.push_back({name_range(statement, like->relation), script_.name});
      take_identity(*find_new());
    }
    for (const Constraint* constraint : each<Constraint>(create.constraints)) name_it(statement, *constraint, edits);
    for (const Node* element : each(create.tableElts)) {
      if (const auto* constraint = as<Constraint>(element)) name_it(statement, *constraint, edits);
    }
    script_.create = edited(context_.sql, statement.range, std::move(edits));
  }

  void take_identity(const Relation& made) {
    for (const RelationId id : made.owned_sequences) {
      const Relation* sequence = context_.catalog.find(id);
      if (sequence != nullptr) script_.identity.push_back({sequence->owned_by_column, sequence->name});
    }
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
      if (constraint == nullptr)
        return refuse(statement, "it changes the new table by more than keys and foreign keys");
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
            "indexes and partitions or pg_partman's calls, INSERT … SELECT * FROM {}, and everything else after "
            "these; then make the plan again.",
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

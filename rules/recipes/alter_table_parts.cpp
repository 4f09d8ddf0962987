#include "rules/recipes/alter_table_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "analyzer/catalog/object_names.h"
#include "analyzer/parse/identifier.h"
#include "rules/recipes/code_tokens.h"
#include "rules/recipes/column_pieces.h"
#include "rules/support/alter_table.h"
#include "rules/support/new_column.h"

namespace pglatch {
namespace {

constexpr WorkKind kLongWork[] = {WorkKind::scan, WorkKind::index_build, WorkKind::validate_fk};

// Subcommands that only touch the catalogs, and whose place before the parts changes nothing.
bool may_come_first(AlterTableType type) {
  switch (type) {
    case AT_AddColumn:
    case AT_AddConstraint:
    case AT_SetNotNull:
    case AT_ColumnDefault:
    case AT_SetStatistics:
    case AT_SetOptions:
    case AT_ResetOptions:
    case AT_SetStorage:
    case AT_SetCompression:
    case AT_SetRelOptions:
    case AT_ResetRelOptions:
      return true;
    default:
      return false;
  }
}

std::optional<PartKind> kind_of(const Constraint& constraint) {
  switch (constraint.contype) {
    case CONSTR_CHECK:
      return PartKind::check;
    case CONSTR_FOREIGN:
      return PartKind::foreign_key;
    case CONSTR_UNIQUE:
    case CONSTR_PRIMARY:
      return PartKind::key;
    default:
      return std::nullopt;
  }
}

// ADD_COL, ADD_CONSTR and COL_ATTRS, ADD_INDEX, ADD_OTHERCONSTR.
int pass_of(PartKind kind) {
  if (kind == PartKind::column) return -1;
  if (kind == PartKind::key) return 1;
  return kind == PartKind::foreign_key ? 2 : 0;
}

// They stay with the column while its constraints are taken out.
bool belongs_to_value(const Constraint& constraint) {
  switch (constraint.contype) {
    case CONSTR_DEFAULT:
    case CONSTR_IDENTITY:
    case CONSTR_GENERATED:
    case CONSTR_NOTNULL:
    case CONSTR_NULL:
      return true;
    default:
      return false;
  }
}

std::vector<std::string> strings(const List* list) {
  std::vector<std::string> all;
  for (const Node* node : each(list)) all.emplace_back(string_value(node));
  return all;
}

class Taker {
 public:
  Taker(const StatementContext& context, const AlterTableStmt& statement, const Relation& table)
      : context_(context),
        statement_(statement),
        alter_{context, table, display_name(table), !statement.relation->inh} {}

  std::optional<AlterTable> take() && {
    const auto ranges = subcommand_ranges(context_, statement_);
    if (!find_filled()) return std::nullopt;
    std::uint32_t index = 0;
    for (const AlterTableCmd* command : each<AlterTableCmd>(statement_.cmds)) {
      if (filled_.count(index) != 0) {
        take_filled(*command, ranges[index], index);
      } else if (!take(*command, ranges[index], is_long(index))) {
        return std::nullopt;
      }
      ++index;
    }
    if (alter_.parts.empty()) return std::nullopt;
    if (statement_.missing_ok && alter_.table.origin == Origin::unknown) {
      refuse("Whether the table exists is not known here, and the steps of a plan need it.",
             "Make the plan again with the schema of the database (--schema).");
    }
    look_for_clashes();
    look_for_long_names();
    // As PostgreSQL orders them: a foreign key may reference a key of the same statement.
    std::stable_sort(alter_.parts.begin(), alter_.parts.end(),
                     [](const AlterPart& a, const AlterPart& b) { return pass_of(a.kind) < pass_of(b.kind); });
    return std::move(alter_);
  }

 private:
  // The added columns that rewrite the table: they can be filled afterwards. Any other rewrite stays long, whatever is
  // taken out of the statement: false.
  bool find_filled() {
    std::uint32_t index = 0;
    for (const AlterTableCmd* command : each<AlterTableCmd>(statement_.cmds)) {
      const bool rewrites = !blocked_during(context_, WorkKind::rewrite, index).empty();
      if (rewrites && command->subtype != AT_AddColumn) return false;
      if (rewrites || (alter_.has_unknown_partitions() && may_rewrite(*command, index))) filled_.insert(index);
      ++index;
    }
    return true;
  }

  // It would rewrite the partitions, if there are any.
  [[nodiscard]] bool may_rewrite(const AlterTableCmd& command, std::uint32_t index) const {
    const auto* column = command.subtype == AT_AddColumn ? as<ColumnDef>(command.def) : nullptr;
    if (column == nullptr || (command.missing_ok && alter_.table.column(text(column->colname)) != nullptr))
      return false;
    const Subcommand subcommand{context_, statement_, command, alter_.table, index};
    return !default_of_each_row(subcommand, *column).empty() || is_stored_generated(subcommand) ||
           has_constrained_domain(subcommand, *column);
  }

  [[nodiscard]] bool is_filled(std::string_view column) const {
    std::uint32_t index = 0;
    for (const AlterTableCmd* command : each<AlterTableCmd>(statement_.cmds)) {
      if (filled_.count(index++) != 0 && text(as<ColumnDef>(command->def)->colname) == column) return true;
    }
    return false;
  }

  // What a rewrite does by the way may take long without it.
  [[nodiscard]] bool is_in_question() const { return !filled_.empty() || alter_.has_unknown_partitions(); }

  [[nodiscard]] bool is_long(std::uint32_t index) const {
    return std::any_of(std::begin(kLongWork), std::end(kLongWork),
                       [&](WorkKind kind) { return !blocked_during(context_, kind, index).empty(); });
  }

  // Returns false where this is nothing for a plan of this kind.
  bool take(const AlterTableCmd& command, ByteRange range, bool is_long) {
    if (command.subtype == AT_AddConstraint) return take_constraint(command, range, is_long);
    if (command.subtype == AT_AddColumn) return take_column(command, range, is_long);
    if (command.subtype == AT_SetNotNull && (is_long || is_in_question())) {
      AlterPart part;
      part.kind = PartKind::not_null;
      part.columns = {std::string(text(command.name))};
      part.new_column = is_added(part.columns.front());
      alter_.parts.push_back(std::move(part));
      return true;
    }
    if (is_long) return false;
    if (command.subtype == AT_DropConstraint) {
      alter_.dropped.emplace_back(text(command.name));
      alter_.drops.push_back(without_comments(range.of(context_.sql)));
      return true;
    }
    if (!may_come_first(command.subtype) || (command.subtype == AT_ColumnDefault && is_filled(text(command.name)))) {
      refuse(fmt::format("\"{}\" stands in the same statement: whether it may run on its own, before or after the "
                         "rest, cannot be told.",
                         without_comments(range.of(context_.sql))),
             "Write it as a statement of its own, and make the plan again.");
    }
    keep(command, without_comments(range.of(context_.sql)));
    return true;
  }

  void keep(const AlterTableCmd& command, std::string sql) {
    alter_.before.push_back(std::move(sql));
    if (command.subtype != AT_AddColumn) alter_.only_adds = false;
  }

  bool take_constraint(const AlterTableCmd& command, ByteRange range, bool is_long) {
    const auto* constraint = as<Constraint>(command.def);
    const std::string_view sql = range.of(context_.sql);
    const auto kind = constraint == nullptr ? std::nullopt : kind_of(*constraint);
    const bool in_question = kind && is_in_question() && !constraint->skip_validation;
    if (!is_long && !in_question) {
      if (kind == PartKind::foreign_key && find_relation(context_, constraint->pktable) == &alter_.table) {
        refuse("A foreign key of the table to itself stands in the same statement: it may need what comes after it.",
               "Write it as a statement of its own, and make the plan again.");
      }
      if (constraint != nullptr && constraint->conname != nullptr) kept_.emplace_back(constraint->conname);
      keep(command, without_comments(sql));
      return true;
    }
    if (!kind) return false;
    const Tokens tokens = code_tokens(sql);
    const std::size_t start = tokens.size() > 1 && tokens[1].is_word("constraint", sql) ? 3 : 1;
    if (start >= tokens.size() || tokens[start].kind != TokenKind::word) return false;
    AlterPart part = part_of(*kind, *constraint, constraint->deferrable, constraint->initdeferred);
    part.body = text_of(sql, tokens, start, tokens.size());
    part.attributes = text_of(sql, tokens, attributes_in(sql, tokens, start), tokens.size());
    add_part(std::move(part), {});
    return true;
  }

  // DEFERRABLE and INITIALLY … come last.
  static std::size_t attributes_in(std::string_view sql, const Tokens& tokens, std::size_t start) {
    for (std::size_t i = start; i < tokens.size(); i = tokens[i].is('(', sql) ? skip_group(sql, tokens, i) : i + 1) {
      const bool negated =
          tokens[i].is_word("not", sql) && i + 1 < tokens.size() && tokens[i + 1].is_word("deferrable", sql);
      if (negated || tokens[i].is_word("deferrable", sql) || tokens[i].is_word("initially", sql)) return i;
    }
    return tokens.size();
  }

  void take_filled(const AlterTableCmd& command, ByteRange range, std::uint32_t index) {
    const auto& column = *as<ColumnDef>(command.def);
    const ColumnPieces pieces(context_, column, range);
    AlterPart part;
    part.kind = PartKind::column;
    part.columns = {std::string(text(column.colname))};
    part.new_column = true;
    auto filled = filled_column({context_, statement_, command, alter_.table, index}, column, pieces);
    if (const auto* refusal = std::get_if<Refusal>(&filled)) {
      refuse(refusal->reason, refusal->manual);
      alter_.parts.push_back(std::move(part));
      return;
    }
    const FilledColumn known = std::get<FilledColumn>(std::move(filled));
    part.filled = known;
    alter_.parts.push_back(std::move(part));
    alter_.added.push_back({known.name, known.type, known.not_null, !known.value.empty()});
    std::string sql = known.definition + take_out(pieces, known.name, true);
    if (!known.value.empty()) {
      sql += fmt::format(", ALTER COLUMN {} SET DEFAULT {}", quote_identifier_sql(known.name), known.value);
    }
    keep(command, std::move(sql));
  }

  bool take_column(const AlterTableCmd& command, ByteRange range, bool is_long) {
    const auto* column = as<ColumnDef>(command.def);
    if (column == nullptr) return false;
    const ColumnPieces pieces(context_, *column, range);
    AddedColumn added{std::string(text(column->colname)), pieces.type(), is_not_null(*column)};
    std::string sql = without_comments(range.of(context_.sql));
    const bool exists = command.missing_ok && alter_.table.column(added.name) != nullptr;
    if (is_long || (!exists && has_constraint_in_question(pieces))) {
      // A domain's own constraints cannot be taken out of it.
      const bool is_domain = is_long && context_.catalog.find_type(name_of(column->typeName->names),
                                                                   context_.session.search_path()) != nullptr;
      if (is_domain) return false;
      const std::size_t parts = alter_.parts.size();
      sql = pieces.head() + take_out(pieces, added.name, false);
      if (alter_.parts.size() == parts) return false;
      if (command.missing_ok && !alter_.table.columns_known) {
        refuse("Whether the column exists is not known here: its constraints are added only where it does not.",
               "Make the plan again with the schema of the database (--schema).");
      }
    }
    alter_.added.push_back(std::move(added));
    keep(command, std::move(sql));
    return true;
  }

  [[nodiscard]] bool has_constraint_in_question(const ColumnPieces& pieces) const {
    if (!is_in_question()) return false;
    return std::any_of(pieces.constraints().begin(), pieces.constraints().end(),
                       [](const ColumnPiece& piece) { return kind_of(*piece.constraint).has_value(); });
  }

  static bool is_not_null(const ColumnDef& column) {
    const auto constraints = each<Constraint>(column.constraints);
    return std::any_of(constraints.begin(), constraints.end(), [](const Constraint* constraint) {
      return constraint->contype == CONSTR_NOTNULL || constraint->contype == CONSTR_IDENTITY;
    });
  }

  // Makes parts of the column's constraints; what is left of them.
  std::string take_out(const ColumnPieces& pieces, const std::string& column, bool filled) {
    std::string rest;
    for (const ColumnPiece& piece : pieces.constraints()) {
      const auto kind = kind_of(*piece.constraint);
      if (filled && belongs_to_value(*piece.constraint)) continue;
      if (!kind || !is_enforced(piece, *kind)) {
        rest += " " + piece.whole;
        continue;
      }
      AlterPart part = part_of(*kind, *piece.constraint, piece.deferrable, piece.initially_deferred);
      part.new_column = true;
      part.attributes = piece.attributes;
      part.body = piece.text;
      const std::string quoted = quote_identifier_sql(column);
      if (*kind == PartKind::foreign_key) part.body = fmt::format("FOREIGN KEY ({}) {}", quoted, piece.text);
      if (*kind == PartKind::key) part.body = key_body(piece, quoted);
      if (*kind != PartKind::check) part.columns = {column};
      add_part(std::move(part), column);
    }
    return rest;
  }

  // The grammar fills in the flag for the two kinds only that can be NOT ENFORCED.
  static bool is_enforced(const ColumnPiece& piece, PartKind kind) {
    return kind == PartKind::key || (piece.enforced && pglatch::is_enforced(*piece.constraint));
  }

  // "UNIQUE NULLS NOT DISTINCT WITH (…)" of a column, with the list of columns that a table's constraint has.
  static std::string key_body(const ColumnPiece& piece, const std::string& column) {
    const Tokens tokens = code_tokens(piece.text);
    std::size_t at = piece.constraint->contype == CONSTR_PRIMARY ? 2 : 1;
    while (at < tokens.size() && (tokens[at].is_word("nulls", piece.text) || tokens[at].is_word("not", piece.text) ||
                                  tokens[at].is_word("distinct", piece.text))) {
      ++at;
    }
    const std::string rest = text_of(piece.text, tokens, at, tokens.size());
    return fmt::format("{} ({}){}{}", text_of(piece.text, tokens, 0, at), column, rest.empty() ? "" : " ", rest);
  }

  [[nodiscard]] AlterPart part_of(PartKind kind, const Constraint& constraint, bool deferrable,
                                  bool initially_deferred) const {
    AlterPart part;
    part.kind = kind;
    part.constraint = &constraint;
    part.name = text(constraint.conname);
    part.named = !part.name.empty();
    part.deferrable = deferrable || initially_deferred;
    part.initially_deferred = initially_deferred;
    if (kind == PartKind::check) part.columns = columns_of(constraint.raw_expr);
    if (kind == PartKind::foreign_key) part.columns = strings(constraint.fk_attrs);
    if (kind == PartKind::key) part.columns = strings(constraint.keys);
    part.included = strings(constraint.including);
    return part;
  }

  [[nodiscard]] bool is_added(const std::string& column) const {
    const auto commands = each<AlterTableCmd>(statement_.cmds);
    return std::any_of(commands.begin(), commands.end(), [&](const AlterTableCmd* command) {
      const auto* definition = command->subtype == AT_AddColumn ? as<ColumnDef>(command->def) : nullptr;
      return definition != nullptr && text(definition->colname) == column;
    });
  }

  // They are dropped before anything is added, wherever they stand (AT_PASS_DROP).
  [[nodiscard]] std::vector<std::string> dropped_constraints() const {
    std::vector<std::string> names;
    for (const AlterTableCmd* command : each<AlterTableCmd>(statement_.cmds)) {
      if (command->subtype == AT_DropConstraint) names.emplace_back(text(command->name));
    }
    return names;
  }

  void add_part(AlterPart part, const std::string& column) {
    part.new_column = part.new_column || std::any_of(part.columns.begin(), part.columns.end(),
                                                     [&](const std::string& name) { return is_added(name); });
    if (part.name.empty()) part.name = default_name(part, column);
    alter_.parts.push_back(std::move(part));
  }

  [[nodiscard]] std::string default_name(const AlterPart& part, const std::string& column) const {
    const Relation& table = alter_.table;
    const Catalog& catalog = context_.catalog;
    switch (part.kind) {
      case PartKind::check:
        // The column counts only where the condition mentions no other, wherever it was written.
        return choose_constraint_name(catalog, table, part.columns.size() == 1 ? part.columns.front() : std::string(),
                                      "check", dropped_constraints());
      case PartKind::foreign_key:
        return choose_constraint_name(catalog, table, join_column_names(part.columns), "fkey", dropped_constraints());
      case PartKind::key: {
        if (part.constraint->indexname != nullptr) return std::string(text(part.constraint->indexname));
        const bool primary = part.constraint->contype == CONSTR_PRIMARY;
        std::vector<std::string> names = column.empty() ? part.columns : std::vector<std::string>{column};
        names.insert(names.end(), part.included.begin(), part.included.end());
        const std::string middle = primary ? std::string() : join_column_names(names);
        const std::string_view label = primary ? "pkey" : "key";
        const std::string first = make_object_name(table.name, middle, label);
        const auto dropped = dropped_constraints();
        if (std::find(dropped.begin(), dropped.end(), first) != dropped.end()) return first;
        return choose_relation_name(catalog, table.schema, table.name, middle, label, true);
      }
      case PartKind::column:
      case PartKind::not_null:
        break;
    }
    return {};
  }

  void look_for_clashes() {
    std::set<std::string> names;
    for (AlterPart& part : alter_.parts) {
      if (part.name.empty()) continue;
      if (!names.insert(part.name).second) {
        refuse(fmt::format("Two of its constraints would be named {}: PostgreSQL numbers them as it runs.", part.name),
               "Give the constraints names, and make the plan again.");
      }
      if (!is_dropped(part.name)) continue;
      // The old one holds until the new one is valid.
      part.replaces = part.name;
      part.name = make_object_name("pglatch", part.replaces, "new");
    }
    for (const std::string& name : kept_) {
      if (!is_dropped(name)) continue;
      refuse(fmt::format("The constraint {} is dropped and added again in a statement that does more: as the steps go, "
                         "it would be added first.",
                         name),
             "Write the two subcommands as a statement of their own, and make the plan again.");
    }
    const bool adds_primary = std::any_of(alter_.parts.begin(), alter_.parts.end(), [](const AlterPart& part) {
      return part.kind == PartKind::key && part.constraint->contype == CONSTR_PRIMARY && part.replaces.empty();
    });
    if (adds_primary && drops_primary()) {
      refuse(
          "A primary key is added and a constraint dropped in one statement: a table has one primary key at a time.",
          "Build the unique index concurrently, then swap the two constraints in one ALTER TABLE: DROP CONSTRAINT …, "
          "ADD CONSTRAINT … PRIMARY KEY USING INDEX …");
    }
  }

  [[nodiscard]] bool is_dropped(const std::string& name) const {
    return std::find(alter_.dropped.begin(), alter_.dropped.end(), name) != alter_.dropped.end();
  }

  // As far as the catalog does not say otherwise.
  [[nodiscard]] bool drops_primary() const {
    return std::any_of(alter_.dropped.begin(), alter_.dropped.end(), [&](const std::string& name) {
      const TableConstraint* dropped = alter_.table.constraint(name);
      return dropped == nullptr ? !alter_.table.columns_known : dropped->kind == ConstraintKind::primary_key;
    });
  }

  void look_for_long_names() {
    const std::string_view text = context_.statement.range.of(context_.sql);
    if (!may_have_long_name(text)) return;
    for (const Token& token : code_tokens(text)) {
      const bool name = token.kind == TokenKind::word || token.kind == TokenKind::quoted_identifier;
      if (!name || token.of(text).size() <= kMaxIdentifierBytes) continue;
      return refuse(fmt::format("PostgreSQL cuts the name {} after 63 bytes.", token.of(text)),
                    "Write the name as the database has it, and make the plan again.");
    }
  }

  void refuse(std::string reason, std::string manual) {
    if (!alter_.refusal) alter_.refusal = Refusal{std::move(reason), std::move(manual)};
  }

  const StatementContext& context_;
  const AlterTableStmt& statement_;
  AlterTable alter_;
  std::vector<std::string> kept_;   // constraints that are brief to add, and stay where they are
  std::set<std::uint32_t> filled_;  // subcommands that add a column which has to be filled
};

}  // namespace

std::string AlterTable::alter() const { return fmt::format("ALTER TABLE {}{}", only ? "ONLY " : "", name); }

std::vector<const Relation*> AlterTable::descendants() const {
  std::vector<const Relation*> all;
  if (only) return all;
  for (const RelationId id : context.catalog.with_descendants(table.id)) {
    if (id != table.id) all.push_back(context.catalog.find(id));
  }
  return all;
}

bool AlterTable::has_unknown_partitions() const {
  return is_partitioned() && table.partitions.empty() && !context.catalog.complete && table.origin != Origin::script;
}

std::string_view AlterTable::drop_of(const AlterPart& part) const {
  const auto found = std::find(dropped.begin(), dropped.end(), part.replaces);
  return found == dropped.end() ? std::string_view() : drops[static_cast<std::size_t>(found - dropped.begin())];
}

std::optional<AlterTable> take_apart_alter_table(const StatementContext& context) {
  const auto* statement = as<AlterTableStmt>(context.statement.node);
  if (statement == nullptr || statement->objtype != OBJECT_TABLE || context.effects.fails) return std::nullopt;
  const Relation* table = find_relation(context, statement->relation);
  if (table == nullptr || !context.is_live(table->id)) return std::nullopt;
  if (table->kind != RelationKind::table && table->kind != RelationKind::partitioned_table) return std::nullopt;
  return Taker(context, *statement, *table).take();
}

}  // namespace pglatch

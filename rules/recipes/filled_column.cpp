#include "rules/recipes/filled_column.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "analyzer/catalog/object_names.h"
#include "analyzer/parse/identifier.h"
#include "analyzer/parse/type_name.h"
#include "rules/recipes/code_tokens.h"
#include "rules/support/new_column.h"

namespace pglatch {
namespace {

constexpr int kFirstWithVirtual = 18;
constexpr int kFirstWithPartitionIdentity = 17;

Refusal refuse_stored(const StatementContext& context) {
  Refusal refusal{
      "A stored generated column is computed for every row when it is added, and no statement makes one of a plain "
      "column that was filled before: every form of it rewrites the table.",
      "Add a plain nullable column, let a trigger BEFORE INSERT OR UPDATE compute it for new and changed rows, and "
      "fill the old ones in batches: a CHECK that is added NOT VALID and then validated can say that it is right."};
  if (context.pg_version >= kFirstWithVirtual) {
    refusal.manual = fmt::format(
        "Make it GENERATED ALWAYS AS (…) VIRTUAL: it is computed when it is read, and adding it touches no row. Where "
        "it has to be stored: a{}",
        refusal.manual.substr(1));
  }
  return refusal;
}

Refusal refuse_domain(const ColumnDef& column) {
  return {
      fmt::format("The domain {} has constraints: PostgreSQL tries them on each row that is there, and rewrites the "
                  "table for it, even where the column is NULL in all of them.",
                  format_type(type_ref(column.typeName))),
      "Give the column the domain's base type and a CHECK of its own, which can be added NOT VALID and validated "
      "afterwards."};
}

std::optional<Refusal> why_not(const Subcommand& subcommand, const ColumnDef& column, const ColumnPieces& pieces) {
  const StatementContext& context = subcommand.context;
  if (is_stored_generated(subcommand)) return refuse_stored(context);
  if (has_constrained_domain(subcommand, column)) return refuse_domain(column);
  if (pieces.type().empty()) {
    return Refusal{"Its STORAGE or COMPRESSION stands in the definition of a column that has to be filled.",
                   "Set it by ALTER COLUMN … SET STORAGE or SET COMPRESSION in a statement of its own."};
  }
  if (subcommand.command.missing_ok && !subcommand.target.columns_known) {
    return Refusal{"Whether the column exists is not known here: it is filled only where it does not.",
                   "Make the plan again with the schema of the database (--schema)."};
  }
  return std::nullopt;
}

// The statement's own words: what follows the first of a piece.
std::string after_first_word(const std::string& sql) {
  const Tokens tokens = code_tokens(sql);
  return text_of(sql, tokens, 1, tokens.size());
}

// Options of an identity as CREATE SEQUENCE takes them; nothing where it would not.
std::optional<std::string> sequence_options(const ColumnPiece& piece) {
  constexpr std::array<std::string_view, 8> kKnown = {"start", "increment", "maxvalue", "minvalue",
                                                      "cache", "cycle",     "as",       "sequence_name"};
  for (const DefElem* option : each<DefElem>(piece.constraint->options)) {
    if (std::find(kKnown.begin(), kKnown.end(), text(option->defname)) == kKnown.end()) return std::nullopt;
  }
  const Tokens tokens = code_tokens(piece.text);
  std::size_t at = 0;
  while (at < tokens.size() && !tokens[at].is('(', piece.text)) ++at;
  std::string options;
  for (std::size_t i = at + 1; i < tokens.size() && !tokens[i].is(')', piece.text); ++i) {
    // SEQUENCE NAME a.b, AS type
    if (tokens[i].is_word("sequence", piece.text)) {
      i += 2;
      while (i + 2 < tokens.size() && tokens[i + 1].is('.', piece.text)) i += 2;
    } else if (tokens[i].is_word("as", piece.text)) {
      ++i;
    } else {
      options += fmt::format(" {}", tokens[i].of(piece.text));
    }
  }
  return options;
}

std::string_view integer_type(const TypeRef& type) {
  if (type.name == "int2") return "smallint";
  return type.name == "int8" ? "bigint" : "integer";
}

void number_by_serial(const StatementContext& context, const Relation& table, FilledColumn& filled) {
  filled.source = ValueSource::serial;
  filled.not_null = true;
  filled.sequence = quote_qualified(
      table.schema, choose_relation_name(context.catalog, table.schema, table.name, filled.name, "seq", false));
}

// Until it is an identity, another sequence stands in for its own.
std::optional<Refusal> number_by_identity(const StatementContext& context, const Relation& table,
                                          const ColumnPiece& piece, FilledColumn& filled) {
  filled.source = ValueSource::identity;
  filled.not_null = true;
  filled.identity = piece.text;
  filled.sequence = quote_qualified(table.schema, make_object_name(table.name, filled.name, "pglatch_seq"));
  auto options = sequence_options(piece);
  if (!options) {
    return Refusal{"The identity has options that are not for a sequence of its own.",
                   "Set them by ALTER COLUMN … SET in a statement of its own."};
  }
  filled.options = std::move(*options);
  if (table.kind == RelationKind::partitioned_table && context.pg_version < kFirstWithPartitionIdentity) {
    return Refusal{fmt::format("Before PostgreSQL {} no identity can be added to a table that has partitions: the "
                               "statement itself fails.",
                               kFirstWithPartitionIdentity),
                   "Give the column a sequence as its default (bigserial) instead."};
  }
  return std::nullopt;
}

}  // namespace

std::variant<FilledColumn, Refusal> filled_column(const Subcommand& subcommand, const ColumnDef& column,
                                                  const ColumnPieces& pieces) {
  if (auto refusal = why_not(subcommand, column, pieces)) return std::move(*refusal);
  const StatementContext& context = subcommand.context;
  const Relation& table = subcommand.target;
  const TypeRef type = type_ref(column.typeName);
  FilledColumn filled;
  filled.name = text(column.colname);
  filled.definition = pieces.head();
  filled.type = pieces.type();
  for (const ColumnPiece& piece : pieces.constraints()) {
    if (piece.constraint->contype == CONSTR_NOTNULL) {
      filled.not_null = true;
      filled.not_null_name = text(piece.constraint->conname);
    } else if (piece.constraint->contype == CONSTR_DEFAULT) {
      filled.value = after_first_word(piece.text);
    } else if (piece.constraint->contype == CONSTR_IDENTITY) {
      if (auto refusal = number_by_identity(context, table, piece, filled)) return std::move(*refusal);
    }
  }
  if (type.serial) {
    number_by_serial(context, table, filled);
    const std::string_view integer = integer_type(type);
    filled.definition.replace(filled.definition.size() - filled.type.size(), std::string::npos, integer);
    filled.type = integer;
  }
  if (!filled.sequence.empty()) {
    filled.options = fmt::format("AS {}{}", integer_type(type), filled.options);
    filled.value = fmt::format("nextval({}::regclass)", quote_literal_sql(filled.sequence));
  } else if (filled.value.empty()) {
    // Kept out while the column is added, and back in force once that default is dropped.
    filled.source = ValueSource::domain;
    filled.definition += " DEFAULT NULL";
  }
  return filled;
}

}  // namespace pglatch

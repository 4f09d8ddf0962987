// The names that PostgreSQL gives where a statement gives none: constraints, indexes, sequences.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analyzer/catalog/catalog.h"
#include "analyzer/parse/access.h"

namespace pglatch {

/// "name1_name2_label", the longer of the two names cut where the whole would exceed 63 bytes; empty
/// parts are left out (makeObjectName() in indexcmds.c).
[[nodiscard]] std::string make_object_name(std::string_view name1, std::string_view name2, std::string_view label);

/// Column names joined by underscores, as the middle of an index's or foreign key's name
/// (ChooseIndexNameAddition(), ChooseForeignKeyConstraintNameAddition()).
[[nodiscard]] std::string join_column_names(const std::vector<std::string>& columns);

/// A name for a relation of the schema that none has yet: digits follow the label until it is free
/// (ChooseRelationName()). One that belongs to a constraint must not be the name of another constraint.
[[nodiscard]] std::string choose_relation_name(const Catalog& catalog, std::string_view schema, std::string_view name1,
                                               std::string_view name2, std::string_view label, bool is_constraint);

/// A name for a CHECK or FOREIGN KEY of a table (ChooseConstraintName()); the table need not be in the
/// catalog yet. `dropped`: constraints of the table that are gone by then.
[[nodiscard]] std::string choose_constraint_name(const Catalog& catalog, const Relation& table, std::string_view column,
                                                 std::string_view label, const std::vector<std::string>& dropped = {});

/// The names of an index's columns, each once: of an expression the one that it would have in a
/// SELECT, else "expr" (ChooseIndexColumnNames()). `keys` and `included` are IndexElem lists.
[[nodiscard]] std::vector<std::string> index_column_names(const List* keys, const List* included);

/// The name that a column of a query has without AS; empty where PostgreSQL would call it "?column?"
/// (FigureColname() in parse_target.c).
[[nodiscard]] std::string_view figure_column_name(const Node* expression) noexcept;

}  // namespace pglatch

// ALTER TABLE as recipes need it: the subcommands that work under a strong lock, each for itself, apart from those
// that are brief as they stand. Constraints inside of ADD COLUMN are taken out of it.
//
// What may be taken apart: PostgreSQL runs the subcommands of one ALTER TABLE in passes, whatever their order in the
// text (AlterTablePass in tablecmds.c). Only subcommands whose result does not depend on that are taken.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/rule_api/recipe.h"
#include "rules/recipes/filled_column.h"

namespace pglatch {

/// What is added to the table.
enum class PartKind : std::uint8_t { column, check, foreign_key, not_null, key };

/// One thing that is not brief as it stands.
struct AlterPart {
  PartKind kind = PartKind::check;
  FilledColumn filled{};                   ///< of a column
  const Constraint* constraint = nullptr;  ///< null for SET NOT NULL and a column
  std::string name;                        ///< of the constraint, unquoted; empty for SET NOT NULL and a column
  std::string replaces;                    ///< what it is called in the end, as a constraint that is dropped then;
                                           ///< `name` is what it is called until then
  bool named = false;                      ///< by the statement; else as PostgreSQL would
  std::string body;                        ///< what follows ADD CONSTRAINT name: "CHECK (a > 0) NO INHERIT"
  std::string attributes;                  ///< DEFERRABLE … as written; part of `body` too
  std::vector<std::string>
      columns;  ///< of the key, or the one of SET NOT NULL or ADD COLUMN; of a CHECK those it mentions
  std::vector<std::string> included;  ///< of a key: INCLUDE
  bool deferrable = false;
  bool initially_deferred = false;
  bool new_column = false;  ///< on a column that the same statement adds
};

/// ADD COLUMN without the constraints that were taken out of it.
struct AddedColumn {
  std::string name;
  std::string type;  ///< as written; empty where to_regtype() would not read it
  bool not_null = false;
  bool has_default = false;  ///< comes with a default of its own, or becomes an identity
};

/// An ALTER TABLE taken apart. The table is valid until the catalog changes.
struct AlterTable {
  const StatementContext& context;
  const Relation& table;
  std::string name;                    ///< of the table, qualified and quoted
  bool only = false;                   ///< ALTER TABLE ONLY
  std::vector<std::string> before{};   ///< subcommands that stay as they are and come first
  std::vector<AddedColumn> added{};    ///< by those
  bool only_adds = true;               ///< `before` is nothing but ADD COLUMN
  std::vector<AlterPart> parts{};      ///< in the order of the statement; never empty
  std::vector<std::string> dropped{};  ///< constraints that DROP CONSTRAINT names: they go last
  std::vector<std::string> drops{};    ///< those subcommands
  std::optional<Refusal> refusal{};    ///< it cannot be taken apart, and why; `parts` is still not empty

  /// "ALTER TABLE ONLY public.t".
  [[nodiscard]] std::string alter() const;
  /// The partitions, or the children by INHERITS, of all levels, that the subcommands reach; parents first.
  [[nodiscard]] std::vector<const Relation*> descendants() const;
  [[nodiscard]] bool is_partitioned() const { return table.kind == RelationKind::partitioned_table; }
  /// A partitioned table that may have partitions which the catalog does not show.
  [[nodiscard]] bool has_unknown_partitions() const;
  /// The subcommand that drops what the part replaces.
  [[nodiscard]] std::string_view drop_of(const AlterPart& part) const;
};

/// Takes the statement apart; nothing where it is no ALTER TABLE on a live table, does nothing that takes long under
/// its lock, or does something of the kind that is none of the parts (a rewrite, but for that of ADD COLUMN).
[[nodiscard]] std::optional<AlterTable> take_apart_alter_table(const StatementContext& context);

}  // namespace pglatch

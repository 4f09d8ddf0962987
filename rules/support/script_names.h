// Names that a script takes from one object and gives to another, or makes anew: a view in the place of a renamed
// table, two tables that change places, a function that is dropped and created again. Code that uses such a name does
// not miss anything.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "analyzer/rule_api/rule.h"

namespace pglatch {

/// Names of objects that cannot be the same at a time.
enum class NameSpace : std::uint8_t { relation, type, function, schema };

/// A name of the catalog; of a schema without one of its own.
struct ObjectName {
  NameSpace space = NameSpace::relation;
  std::string schema;
  std::string name;
};

/// How far a script is looked at.
enum class Reach : std::uint8_t {
  transaction,  ///< no statement that others see comes between: they never miss the name
  script,
};

/// The script made the relation, so that nobody else uses it yet.
[[nodiscard]] bool made_by_script(const StatementContext& context, const Relation& relation) noexcept;

/// The script added the column.
[[nodiscard]] bool made_by_script(const StatementContext& context, const Column& column) noexcept;

/// The kind of names that objects of this type have; relation for those that are in none of the others.
[[nodiscard]] NameSpace name_space(ObjectType type) noexcept;

/// A later statement of the script creates an object of that name, or renames or moves one so.
[[nodiscard]] bool is_given_later(const StatementContext& context, const ObjectName& name, Reach reach);

/// The same of the statements that come after the script's one of this index, be they done or not.
[[nodiscard]] bool is_given_after(const StatementContext& context, std::uint32_t statement, const ObjectName& name);

/// An earlier statement of the script took the name from an object: by RENAME, SET SCHEMA or DROP.
[[nodiscard]] bool was_free_before(const StatementContext& context, const ObjectName& name);

/// An earlier statement of the script gave an object this name, so that no code knows it by that.
[[nodiscard]] bool was_given_before(const StatementContext& context, const ObjectName& name);

/// The same for columns of a table.
[[nodiscard]] bool is_column_given_later(const StatementContext& context, RelationId table, std::string_view column);
[[nodiscard]] bool was_column_free_before(const StatementContext& context, RelationId table, std::string_view column);

/// An UPDATE earlier in the script put values into the column.
[[nodiscard]] bool was_column_written_before(const StatementContext& context, RelationId table,
                                             std::string_view column);

/// Another column of the table, which the script has filled from this one, has the name that code knows it by when
/// others see the table again: the way to change a type by hand. The name goes over later, or has done so before.
[[nodiscard]] bool is_column_replaced(const StatementContext& context, const Relation& table, std::string_view column);

/// In code what comes later is not known to `context`: makes a finding stand only if nothing has the name in the end.
void settle_in_code(const StatementContext& context, const ObjectName& name, Finding& finding);

}  // namespace pglatch

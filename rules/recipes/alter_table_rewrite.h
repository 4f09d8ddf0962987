// The rewrite of an ALTER TABLE: what stays as it is, then each of its parts in the steps that its recipe gives it,
// then what is dropped. The recipe of the first part takes the whole statement.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/recipes/alter_table_parts.h"

namespace pglatch {

/// The rewrite, if the first part is of this kind; for Recipe::rewrite.
[[nodiscard]] std::optional<Rewrite> rewrite_alter_table(const StatementContext& context, PartKind kind);

/// Whether it gives a form, and no refusal; for Recipe::has_form.
[[nodiscard]] bool has_alter_table_form(const StatementContext& context, PartKind kind);

// The reason why a part has no steps that are equivalent, where it is known before they are written. A CHECK has steps.
[[nodiscard]] std::optional<Refusal> refuse_foreign_key(const AlterTable& alter, const AlterPart& part);
[[nodiscard]] std::optional<Refusal> refuse_not_null(const AlterTable& alter);

// Each adds the steps of one part that is not refused.
void add_check(const AlterTable& alter, const AlterPart& part, Rewrite& rewrite);
void add_foreign_key(const AlterTable& alter, const AlterPart& part, Rewrite& rewrite);

// Each adds the steps of one part, or gives the reason why there are none that are equivalent.
[[nodiscard]] std::optional<Refusal> add_key(const AlterTable& alter, const AlterPart& part, Rewrite& rewrite);
[[nodiscard]] std::optional<Refusal> fill_column(const AlterTable& alter, const AlterPart& part, Rewrite& rewrite);

/// What has to be there before a column that is to be filled is added.
[[nodiscard]] std::vector<Step> prepare_column(const AlterTable& alter, const FilledColumn& column);

/// The statement that completes such a column, in the transaction that adds it.
[[nodiscard]] std::optional<std::string> complete_column(const AlterTable& alter, const FilledColumn& column);

/// The steps that make a column NOT NULL without a scan under a lock that blocks anybody. `name`: of the constraint
/// that it is since 18; empty for PostgreSQL's own.
[[nodiscard]] std::optional<Refusal> set_not_null(const AlterTable& alter, const std::string& column, bool new_column,
                                                  Rewrite& rewrite, std::string_view name = {});

}  // namespace pglatch

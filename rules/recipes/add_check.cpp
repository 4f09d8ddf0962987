// ADD CHECK: NOT VALID first, which holds for new rows, then VALIDATE CONSTRAINT, which reads the old ones while
// writes go on. On a partitioned table both go down to its partitions; validating these one by one leaves little to
// do for the last step.
//
// PostgreSQL documentation, ALTER TABLE, "ADD table_constraint [ NOT VALID ]" and "VALIDATE CONSTRAINT".
#include <fmt/format.h>

#include "analyzer/parse/identifier.h"
#include "rules/recipes/alter_table_rewrite.h"
#include "rules/recipes/code_tokens.h"
#include "rules/recipes/constraint_checks.h"
#include "rules/recipes/constraint_steps.h"
#include "rules/recipes/recipes.h"

namespace pglatch {
namespace {

// "(a > 0)" of "CHECK (a > 0) NO INHERIT".
std::string condition_of(const AlterPart& part) {
  const Tokens tokens = code_tokens(part.body);
  return text_of(part.body, tokens, 1, skip_group(part.body, tokens, 1));
}

std::optional<Rewrite> rewrite(const StatementContext& context) {
  return rewrite_alter_table(context, PartKind::check);
}

bool has_form(const StatementContext& context) { return has_alter_table_form(context, PartKind::check); }

constexpr NodeTag kNodes[] = {T_AlterTableStmt};
constexpr std::string_view kRules[] = {"add-check-validated"};

}  // namespace

void add_check(const AlterTable& alter, const AlterPart& part, Rewrite& rewrite) {
  const bool inherited = !part.constraint->is_no_inherit;
  // One that takes the place of another is gone in the end, by its first name: the ledger remembers that it was added.
  const bool replaces = !part.replaces.empty();
  add_steps(rewrite, PhaseKind::expand, fmt::format("Add {} for new rows", quote_identifier_sql(part.name)),
            {add_not_valid(alter.alter(), alter.name, part.name, part.body,
                           replaces ? std::string() : check_is_there(alter, part))});
  add_steps(rewrite, PhaseKind::migrate, fmt::format("Check the old rows against {}", quote_identifier_sql(part.name)),
            validate(alter, inherited ? alter.descendants() : std::vector<const Relation*>(), part.name,
                     replaces ? nothing_to_validate(alter.name, part.name) : is_validated(alter.name, part.name)));
  if (!part.new_column) {
    rewrite.preflight.push_back({"Rows that the CHECK refuses (reads the whole table)",
                                 fmt::format("SELECT * FROM {}{} WHERE NOT {} LIMIT 10",
                                             alter.only || !inherited ? "ONLY " : "", alter.name, condition_of(part)),
                                 "no rows", false});
  }
}

const Recipe kAddCheckRecipe{"add-check", "ADD CHECK: NOT VALID, then VALIDATE", kNodes, kRules, rewrite, {}, {},
                             has_form};

}  // namespace pglatch

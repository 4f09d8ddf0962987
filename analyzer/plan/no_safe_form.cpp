#include "analyzer/plan/no_safe_form.h"

#include <algorithm>

namespace pglatch {
namespace {

constexpr std::string_view kInPlace =
    "PostgreSQL has no form of it that lets others read and write meanwhile, and no sequence of its statements is one.";
constexpr std::string_view kWindow =
    "Or run it as it stands while nobody needs the table, with room for a second copy.";
constexpr std::string_view kGone = "However it is run, nothing brings back what is gone: no plan can make that safe.";

constexpr NoSafeForm kForms[] = {
    {"add-exclusion-constraint", "That is so in every version.", "Or add it to new partitions only, which are empty."},
    {"alter-column-type-using-mismatch",
     "What the values become is said by USING, and what is lost there no plan can give back.", ""},
    {"bulk-copy", "The new table is the result of one query: a plan cannot divide it.",
     "Or write it as CREATE TABLE and INSERT … SELECT, which a plan does in batches."},
    {"cluster", kInPlace, kWindow},
    {"drop-cascade",
     "What CASCADE takes with it is decided on the server when the statement runs: no plan can say it beforehand, nor "
     "lock it in a safe order.",
     "Then make the plan again."},
    {"drop-database", kGone, ""},
    {"drop-schema", kGone, "Or drop what is in the schema first, each by its name."},
    {"replica-identity-full",
     "What is logged of each change, and how subscribers find the row, is a property of the table: there are no steps "
     "in between.",
     ""},
    {"set-access-method", kInPlace, kWindow},
    {"set-logged-unlogged", kInPlace, kWindow},
    {"set-tablespace", kInPlace, kWindow},
    {"truncate", kGone, ""},
    {"vacuum-full", kInPlace, kWindow},
};

}  // namespace

std::span<const NoSafeForm> no_safe_forms() noexcept { return kForms; }

const NoSafeForm* find_no_safe_form(std::string_view rule) noexcept {
  const auto* found =
      std::find_if(std::begin(kForms), std::end(kForms), [&](const NoSafeForm& form) { return form.rule == rule; });
  return found == std::end(kForms) ? nullptr : found;
}

LongWork describe(WorkKind kind) noexcept {
  switch (kind) {
    case WorkKind::rewrite:
      return {"every row is written anew, and every index built again",
              "Run it while nobody needs the table, with room for a second copy; or build a new table beside it, kept "
              "in step by a trigger and filled in batches, and swap the names."};
    case WorkKind::scan:
      return {"every row is read",
              "Run it while nobody needs the table. Where it is a constraint that is checked: add it NOT VALID and "
              "VALIDATE it in a transaction of its own."};
    case WorkKind::index_build:
      return {"an index is built",
              "Build the index CONCURRENTLY before, so that the statement finds it; or run it while nobody needs the "
              "table."};
    case WorkKind::validate_fk:
      return {"every row is looked up in the referenced table",
              "Add the foreign key NOT VALID, and VALIDATE it in a transaction of its own."};
    case WorkKind::row_write:
      return {"rows are written", "Write them in batches with a commit after each, outside of the migration."};
    case WorkKind::truncate:
      break;
  }
  return {"the table is emptied", "Run it while nobody needs the table."};
}

}  // namespace pglatch

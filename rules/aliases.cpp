// What other tools call the same hazards: squawk's rules by their names, eugene's hints by their ids. A name is an
// alias of a rule where both are about the same statements for the same reason, even if they draw the line in
// different places. A line is all that a further one needs; a name that has no rule yet stands there with none, so
// that it is known when somebody brings it along.
#include "rules/registry.h"

namespace pglatch {
namespace {

constexpr std::string_view kSquawk = "squawk";
constexpr std::string_view kEugene = "eugene";

constexpr RuleName kAliases[] = {
    // Validating table with a new constraint.
    {"E1", "add-check-validated", kEugene},
    {"E1", "add-foreign-key-validated", kEugene},
    // Validating table with a new NOT NULL column.
    {"E2", "set-not-null-scan", kEugene},
    // Add a new JSON column.
    {"E3", "", kEugene},
    // Running more statements after taking AccessExclusiveLock.
    {"E4", "", kEugene},
    // Type change requiring table rewrite.
    {"E5", "alter-column-type-rewrite", kEugene},
    // Creating a new index on an existing table.
    {"E6", "create-index-non-concurrent", kEugene},
    {"E6", "create-index-on-partitioned", kEugene},
    // Creating a new unique constraint (or primary key).
    {"E7", "add-primary-key", kEugene},
    {"E7", "add-unique-constraint", kEugene},
    // Creating a new exclusion constraint.
    {"E8", "", kEugene},
    // Taking dangerous lock without timeout.
    {"E9", "", kEugene},
    // Rewrote table or index while holding dangerous lock.
    {"E10", "", kEugene},
    // Adding a SERIAL or GENERATED … STORED column.
    {"E11", "add-column-volatile-default", kEugene},
    // Multiple ALTER TABLE statements where one will do.
    {"W12", "", kEugene},
    // Creating an enum.
    {"W13", "", kEugene},
    // Adding a primary key using an index.
    {"W14", "add-primary-key", kEugene},
    // Missing index.
    {"E15", "", kEugene},

    {"adding-field-with-default", "add-column-volatile-default", kSquawk},
    {"adding-foreign-key-constraint", "add-foreign-key-validated", kSquawk},
    {"adding-not-nullable-field", "set-not-null-scan", kSquawk},
    {"adding-required-field", "", kSquawk},
    {"adding-serial-primary-key-field", "add-primary-key", kSquawk},
    {"ban-alter-domain-with-add-constraint", "", kSquawk},
    {"ban-char-field", "", kSquawk},
    {"ban-concurrent-index-creation-in-transaction", "concurrently-in-transaction", kSquawk},
    {"ban-create-domain-with-constraint", "", kSquawk},
    {"ban-drop-column", "", kSquawk},
    {"ban-drop-database", "", kSquawk},
    {"ban-drop-not-null", "", kSquawk},
    {"ban-drop-table", "", kSquawk},
    {"ban-duplicate-column-assignments", "", kSquawk},
    {"ban-truncate-cascade", "", kSquawk},
    {"ban-uncommitted-transaction", "", kSquawk},
    {"changing-column-type", "alter-column-type-rewrite", kSquawk},
    {"constraint-missing-not-valid", "add-check-validated", kSquawk},
    {"constraint-missing-not-valid", "add-foreign-key-validated", kSquawk},
    {"disallowed-unique-constraint", "add-unique-constraint", kSquawk},
    {"identifier-too-long", "", kSquawk},
    {"prefer-bigint-over-int", "", kSquawk},
    {"prefer-bigint-over-smallint", "", kSquawk},
    {"prefer-identity", "", kSquawk},
    {"prefer-repack", "", kSquawk},
    {"prefer-robust-stmts", "", kSquawk},
    {"prefer-text-field", "", kSquawk},
    {"prefer-timestamp-tz", "", kSquawk},
    {"prefer-timestamptz", "", kSquawk},
    {"renaming-column", "", kSquawk},
    {"renaming-table", "", kSquawk},
    {"require-concurrent-index-creation", "create-index-non-concurrent", kSquawk},
    {"require-concurrent-index-creation", "create-index-on-partitioned", kSquawk},
    {"require-concurrent-index-deletion", "drop-index-non-concurrent", kSquawk},
    {"require-concurrent-partition-detach", "", kSquawk},
    {"require-concurrent-reindex", "", kSquawk},
    {"require-enum-value-ordering", "", kSquawk},
    {"require-lock-timeout", "", kSquawk},
    {"require-statement-timeout", "", kSquawk},
    {"require-table-schema", "", kSquawk},
    {"require-timeout-settings", "", kSquawk},
    {"transaction-nesting", "", kSquawk},
    {"unused-ignore", "", kSquawk},
};

}  // namespace

std::span<const RuleName> rule_aliases() noexcept { return kAliases; }

}  // namespace pglatch

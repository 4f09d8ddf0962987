// Pieces of a psql script: quoting that psql reads back, tests that stop it, the retry block.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analyzer/plan/plan.h"

namespace pglatch::psql {

/// The text in dollar quotes, with a tag that does not occur in it.
[[nodiscard]] std::string dollar_quote(std::string_view text, std::string_view tag);

/// An argument of a meta-command, in single quotes; line breaks become blanks.
[[nodiscard]] std::string argument(std::string_view text);

/// The statement with its semicolon, which a comment at its end must not swallow.
[[nodiscard]] std::string terminated(std::string_view sql);

/// A statement that fails with this message, and so ends the script.
[[nodiscard]] std::string fail(std::string_view message);

/// Sets the psql variable to the boolean that a query gives; NULL counts as false.
[[nodiscard]] std::string set_boolean(std::string_view variable, std::string_view query);

/// Stops the script with a message unless the query gives true.
[[nodiscard]] std::string require(std::string_view query, std::string_view message);

/// A DO block that runs the statements in one transaction under the policy's lock_timeout, and again
/// where a lock was not to be had; nothing is locked while it pauses. Must be sent outside of a
/// transaction. `label` is for its messages.
[[nodiscard]] std::string retry_block(const std::vector<std::string>& statements, std::string_view label,
                                      const StepPolicy& policy);

/// The same for each row of a query that gives statements; ends in \gexec.
[[nodiscard]] std::string retry_each(std::string_view query, std::string_view label, const StepPolicy& policy);

/// A DO block that runs a batch step: a range of keys in each transaction, with where it is now in the row `key` of the
/// table `ledger`, from which it goes on. Must be sent outside of a transaction.
[[nodiscard]] std::string batch_block(const Step& step, std::string_view ledger, std::string_view key);

/// The table that remembers what leaves no trace, and how far batches came.
inline constexpr std::string_view kLedger = "public.pglatch_progress";

/// Its columns, in parentheses.
inline constexpr std::string_view kLedgerColumns =
    "(step text PRIMARY KEY, title text NOT NULL, done_at timestamptz,\n"
    "    reached jsonb, ends_with jsonb, changed_rows bigint NOT NULL DEFAULT 0)";

/// What statement_timeout must leave to a retry block, in milliseconds: it counts all attempts and
/// pauses together.
[[nodiscard]] std::int64_t longest_retry_ms(const StepPolicy& policy);

}  // namespace pglatch::psql

// Identity columns of a table that another one takes over from: the numbers go on where they are.
#pragma once

#include <string>
#include <vector>

#include "rules/recipes/conversion_script.h"

namespace pglatch {

/// ALTER TABLE … DROP IDENTITY, of the old table.
[[nodiscard]] std::string drop_identity(const ConversionScript& script, const IdentityColumn& identity);

/// Gives the sequences of the new table, under its passing name, the names that they have in the end.
[[nodiscard]] std::vector<std::string> name_sequences(const Relation& old, const ConversionScript& script);

/// Lets the new table's sequences go on after the old one's, which the transaction keeps others from.
[[nodiscard]] std::vector<std::string> hand_numbers_over(const ConversionScript& script);

/// Has the old table, which is to be a partition, give its identity columns up: in the transaction that attaches it, or
/// before PostgreSQL 17 in the one in which the new table takes over. Nobody is without numbers in between. `attach`
/// and `swap` are steps of one statement and more.
void give_identity_up(const ConversionScript& script, int pg_version, Step& attach, Step& swap);

}  // namespace pglatch

// What the lock model says of a case of fixtures/locks.
#pragma once

#include "tests/locks/facts.h"
#include "tests/locks/fixture.h"

namespace pglatch::testing {

// Replays the setup into a catalog as --schema does, then the statement in a session whose TimeZone is UTC: in a
// transaction after what comes before, or alone. Throws std::runtime_error for SQL that does not parse.
Facts model_facts(const LockCase& one, int major);

// Settles a failure that the model states under a condition on the data, "… (if the table has rows)", by what the
// server did: that is what nobody can know who has only seen the schema.
Facts settled(Facts model, const Facts& server);

}  // namespace pglatch::testing

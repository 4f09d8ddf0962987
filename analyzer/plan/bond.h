// What holds the statements of a transaction together. Some only add to the schema, each for itself: others see nothing
// wrong between two of them. Others are meant to be seen at once: rows written with rows, a table renamed away for
// another to take its place.
#pragma once

#include <cstdint>

#include "analyzer/parse/access.h"

namespace pglatch {

enum class Bond : std::uint8_t {
  free,        ///< can be committed by itself, before what follows and after what comes before
  tied,        ///< belongs with every other tied statement of its transaction, and with those between them
  to_the_end,  ///< what follows relies on it: LOCK TABLE, or a schema that gets another name
};

[[nodiscard]] Bond bond_of(const Node* node) noexcept;

}  // namespace pglatch

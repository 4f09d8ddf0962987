// Inside the lock model: storage parameters, SET (…) and WITH (…), as reloptions.c knows them.
#pragma once

#include "analyzer/locks/model.h"

namespace pglatch::locks {

/// The lock that SET (…) or RESET (…) of these needs (AlterTableGetRelOptionsLockLevel()).
[[nodiscard]] LockMode parameters_lock(const List* options);

/// What storage parameters are given for.
enum class ParameterHolder : std::uint8_t { table, partitioned_table, view, index };

/// Refuses parameters that the holder does not have; `method` is the access method of an index. Returns true
/// where it does.
bool refuse_unknown_parameters(const Model& model, const List* options, ParameterHolder holder,
                               std::string_view method = {});

}  // namespace pglatch::locks

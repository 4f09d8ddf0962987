// A changeset of Liquibase's formatted SQL as its first line describes it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "analyzer/source/frameworks/sections.h"

namespace pglatch {

/// One changeset: its SQL and what takes it back; the parts of the file come later.
struct Changeset {
  Section up;
  Section down;
  bool is_for_postgresql = true;  ///< by its `dbms`
};

/// Reads what follows `--changeset` in that line: `author:id runInTransaction:false splitStatements:false
/// endDelimiter:/ dbms:postgresql,h2 runWith:psql`. Liquibase documentation, "Changeset attributes".
[[nodiscard]] Changeset begin_changeset(std::string_view attributes, std::uint32_t line);

}  // namespace pglatch

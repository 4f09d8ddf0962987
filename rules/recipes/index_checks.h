// Questions that the steps of an index plan ask the server, as queries of one boolean each, and what
// people look at before and while they run. "It exists" is never an answer to "is it done": an
// interrupted CONCURRENTLY leaves an index that exists, costs writes and is used by no query.
//
// PostgreSQL documentation: "Building Indexes Concurrently" in CREATE INDEX, pg_index,
// "CREATE INDEX Progress Reporting".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analyzer/plan/plan.h"
#include "rules/recipes/index_statement.h"

namespace pglatch {

// Names are qualified and quoted as SQL writes them ("public.t_x_idx"); to_regclass() reads them.

/// The index exists on the table with the statement's columns, order, method and uniqueness, and is
/// fully usable. (Expressions and predicates are only told apart from none at all: what the server
/// prints for them cannot be foreseen.)
[[nodiscard]] std::string index_is_done(const IndexStatement& statement, std::string_view index,
                                        std::string_view table);

/// The same without asking for validity: an index of a partitioned table ON ONLY is invalid until the last
/// partition's index is attached.
[[nodiscard]] std::string index_is_there(const IndexStatement& statement, std::string_view index,
                                         std::string_view table);

/// The index of a partition exists, is fully usable unless `partitioned`, and is defined exactly as the
/// index of the root.
[[nodiscard]] std::string child_index_is_done(std::string_view index, std::string_view table,
                                              std::string_view root_index, bool partitioned);

/// The index is fully usable.
[[nodiscard]] std::string index_is_valid(std::string_view index);

/// SQL condition: the indexes of these two OIDs (SQL expressions) have the same definition. ATTACH
/// PARTITION compares less (not the order of columns) and the names differ.
[[nodiscard]] std::string same_index_definition(std::string_view a, std::string_view b);

/// SQL condition on a row `i` of pg_index: an attempt to build it ended before it was valid, and
/// nobody is building it now.
[[nodiscard]] std::string_view is_leftover();

/// What an interrupted CONCURRENTLY leaves: unattached it is dropped, attached (which PostgreSQL does
/// not refuse) it can only be rebuilt.
[[nodiscard]] std::vector<Leftover> build_leftovers(std::string_view index, std::string_view table);

/// The child index is attached, valid, and its parent is not stuck: invalid although all of its
/// children are there and valid, which attaching again repairs (14.23, 15.18, 16.14, 17.10, 18.4).
[[nodiscard]] std::string is_attached(std::string_view child, std::string_view parent);

/// Progress of a build on a table; on any, where the table is empty.
[[nodiscard]] std::string build_progress(std::string_view table);

/// Pre-flight of every concurrent build, besides what every plan asks: the indexes that are invalid already.
[[nodiscard]] std::vector<Preflight> build_preflight(std::string_view table, bool partitioned);

/// Rows that a unique index would refuse; reads the whole table.
[[nodiscard]] Preflight duplicates_preflight(const IndexStatement& statement, std::string_view table);

}  // namespace pglatch

# Finds libpg_query with PostgreSQL's own parse tree: the header pg_query/pg_query_internal.h and the
# server's node headers, which Debian ships since 17, and the static library.
#
# Read:    PGQUERY_ROOT        where to look first: a prefix like /usr, or an unpacked .deb (holding usr/).
#                              Unset, build/deps/pgquery of the source tree is tried, then the system.
#          PGQUERY_SOURCE_DIR  build this libpg_query source tree (with make) instead of looking for one
# Written: PgQuery_FOUND, PgQuery_VERSION (of the PostgreSQL the grammar is from, such as 18.6),
#          PGQUERY_RELEASE (libpg_query's own version, such as 18.1.0; empty where nothing tells it),
#          PGQUERY_VERSION (the same as PgQuery_VERSION), PG_MAJORVERSION_NUM (its major),
#          PGQUERY_CHECKS_STACK_DEPTH (libpg_query's recursive functions survive any nesting: 18.1 on)
# Target:  PgQuery::PgQuery

set(PGQUERY_ROOT "" CACHE PATH "Prefix, or root of an unpacked package, holding libpg_query")
set(PGQUERY_SOURCE_DIR "" CACHE PATH "libpg_query source tree to build instead of using an installed one")

if(PGQUERY_SOURCE_DIR)
  include("${CMAKE_CURRENT_LIST_DIR}/BuildPgQuery.cmake")
  pglatch_stage_pgquery("${PGQUERY_SOURCE_DIR}" PGQUERY_INCLUDE_DIR PGQUERY_LIBRARY)
else()
  # What is no longer there, or no longer what was asked for, is looked for again.
  if(NOT "${PGQUERY_ROOT}" STREQUAL "${PGQUERY_ROOT_SEARCHED}" OR NOT EXISTS "${PGQUERY_LIBRARY}")
    unset(PGQUERY_INCLUDE_DIR CACHE)
    unset(PGQUERY_LIBRARY CACHE)
    set(PGQUERY_ROOT_SEARCHED "${PGQUERY_ROOT}" CACHE INTERNAL "PGQUERY_ROOT of the last search")
  endif()
  set(_pgquery_hints "${PGQUERY_ROOT}" "${PGQUERY_ROOT}/usr")
  if(NOT PGQUERY_ROOT)
    # Where ./dev setup unpacks it, so that a plain `cmake --preset` finds it as well.
    set(_pgquery_hints "${CMAKE_SOURCE_DIR}/build/deps/pgquery/usr")
  endif()
  find_path(PGQUERY_INCLUDE_DIR pg_query/pg_query_internal.h HINTS ${_pgquery_hints} PATH_SUFFIXES include)
  # By its full name: the shared library would have to be carried along with the binary.
  find_library(PGQUERY_LIBRARY libpg_query.a HINTS ${_pgquery_hints}
               PATH_SUFFIXES lib "lib/${CMAKE_LIBRARY_ARCHITECTURE}" lib64)
endif()
mark_as_advanced(PGQUERY_INCLUDE_DIR PGQUERY_LIBRARY)

set(PgQuery_VERSION "")
if(PGQUERY_INCLUDE_DIR)
  set(_pgquery_headers "${PGQUERY_INCLUDE_DIR}/pg_query/postgres")
  file(STRINGS "${_pgquery_headers}/pg_config.h" _pgquery_define REGEX "^#define PG_VERSION \"")
  string(REGEX REPLACE ".*\"([0-9.]+).*" "\\1" PgQuery_VERSION "${_pgquery_define}")
  file(STRINGS "${_pgquery_headers}/pg_config.h" _pgquery_define REGEX "^#define PG_MAJORVERSION_NUM ")
  string(REGEX REPLACE ".* ([0-9]+).*" "\\1" PG_MAJORVERSION_NUM "${_pgquery_define}")
  # The headers hold no version of libpg_query's own, the list of its changes does.
  get_filename_component(_pgquery_prefix "${PGQUERY_INCLUDE_DIR}" DIRECTORY)
  set(_pgquery_changes "")
  if(EXISTS "${PGQUERY_SOURCE_DIR}/CHANGELOG.md")
    file(READ "${PGQUERY_SOURCE_DIR}/CHANGELOG.md" _pgquery_changes)
  elseif(EXISTS "${_pgquery_prefix}/share/doc/libpg-query-dev/changelog.gz")
    execute_process(COMMAND gzip -dc "${_pgquery_prefix}/share/doc/libpg-query-dev/changelog.gz"
                    OUTPUT_VARIABLE _pgquery_changes ERROR_QUIET)
  endif()
  string(REGEX MATCH "\n## ([0-9][0-9.-]*)" _pgquery_match "${_pgquery_changes}")
  set(PGQUERY_RELEASE "${CMAKE_MATCH_1}")
  # This header came in the same release as the checks.
  set(PGQUERY_CHECKS_STACK_DEPTH OFF)
  if(EXISTS "${PGQUERY_INCLUDE_DIR}/pg_query_scan_tokens.h")
    set(PGQUERY_CHECKS_STACK_DEPTH ON)
  endif()
endif()
set(PGQUERY_VERSION "${PgQuery_VERSION}")

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(PgQuery
  REQUIRED_VARS PGQUERY_LIBRARY PGQUERY_INCLUDE_DIR
  VERSION_VAR PgQuery_VERSION
  REASON_FAILURE_MESSAGE "libpg_query 17 or newer is needed: run ./dev setup, or set PGQUERY_ROOT or PGQUERY_SOURCE_DIR")

if(PgQuery_FOUND AND NOT TARGET PgQuery::PgQuery)
  # The headers were made on a system whose C library may be newer than ours; the shim fills the gap.
  include("${CMAKE_CURRENT_LIST_DIR}/GlibcCompat.cmake")
  add_library(PgQuery::PgQuery STATIC IMPORTED GLOBAL)
  set_target_properties(PgQuery::PgQuery PROPERTIES
    IMPORTED_LOCATION "${PGQUERY_LIBRARY}"
    # Imported targets' include directories are -isystem. pg_query.h is in the first, pg_query_internal.h's
    # own includes and the node headers need the others.
    INTERFACE_INCLUDE_DIRECTORIES "${PGQUERY_INCLUDE_DIR};${PGQUERY_INCLUDE_DIR}/pg_query;${_pgquery_headers}"
    INTERFACE_LINK_LIBRARIES pglatch_glibc_compat)
  if(TARGET pglatch_build_pgquery)
    add_dependencies(PgQuery::PgQuery pglatch_build_pgquery)
  endif()
endif()

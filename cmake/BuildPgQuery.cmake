# Builds a libpg_query source tree with its own Makefile, for systems that package none.

# Sets OUT_INCLUDE and OUT_LIBRARY to a header directory laid out as Debian's package does and to the static
# library, which the target pglatch_build_pgquery makes.
function(pglatch_stage_pgquery source out_include out_library)
  set(stage "${CMAKE_BINARY_DIR}/libpg_query")
  # A copy, so that the user's tree stays as it is; headers are laid out now, since their version is read now.
  file(COPY "${source}/" DESTINATION "${stage}/source" PATTERN .git EXCLUDE)
  set(include "${stage}/include")
  file(GLOB public_headers "${source}/*.h")
  file(COPY ${public_headers} DESTINATION "${include}")
  file(COPY "${source}/src/pg_query_internal.h" DESTINATION "${include}/pg_query")
  file(COPY "${source}/src/postgres/include/" DESTINATION "${include}/pg_query/postgres")
  set(library "${stage}/source/libpg_query.a")
  include(ProcessorCount)
  ProcessorCount(jobs)
  add_custom_command(OUTPUT "${library}"
    COMMAND make -s -j${jobs} build "CC=${CMAKE_C_COMPILER}"
    WORKING_DIRECTORY "${stage}/source" COMMENT "Building libpg_query" VERBATIM)
  add_custom_target(pglatch_build_pgquery DEPENDS "${library}")
  set(${out_include} "${include}" PARENT_SCOPE)
  set(${out_library} "${library}" PARENT_SCOPE)
endfunction()

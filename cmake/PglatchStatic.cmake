# PGLATCH_STATIC: one file that needs no libraries. integrations/dist/static_libraries.sh makes, below
# PGLATCH_STATIC_DIR, what Debian has no static library of: fmt, and a libpq without Kerberos and LDAP.

set(PGLATCH_STATIC_DIR "${PROJECT_SOURCE_DIR}/build/deps/static" CACHE PATH "Static libraries for PGLATCH_STATIC")
if(NOT EXISTS "${PGLATCH_STATIC_DIR}/libpq.a" OR NOT EXISTS "${PGLATCH_STATIC_DIR}/libfmt.a")
  message(FATAL_ERROR "PGLATCH_STATIC: there are no libraries in ${PGLATCH_STATIC_DIR}; ./dev dist makes them")
endif()

# In place of the shared ones, with the same flags: what a build with those compiled is compiled already (ccache).
pkg_check_modules(openssl REQUIRED libssl libcrypto)
add_library(fmt::fmt STATIC IMPORTED GLOBAL)
set_target_properties(fmt::fmt PROPERTIES IMPORTED_LOCATION "${PGLATCH_STATIC_DIR}/libfmt.a"
  INTERFACE_COMPILE_DEFINITIONS FMT_SHARED)
pkg_get_variable(libpq_include libpq includedir)
add_library(PkgConfig::libpq STATIC IMPORTED GLOBAL)
set_target_properties(PkgConfig::libpq PROPERTIES IMPORTED_LOCATION "${PGLATCH_STATIC_DIR}/libpq.a"
  INTERFACE_INCLUDE_DIRECTORIES "${libpq_include}"
  INTERFACE_LINK_LIBRARIES "${openssl_STATIC_LIBRARIES}")
set(Boost_USE_STATIC_LIBS ON)

# Position independent like everything else, at random addresses; relocations packed, which is 5 percent of the file.
add_link_options(-static-pie -Wl,--gc-sections -Wl,-z,pack-relative-relocs)
set(CMAKE_FIND_LIBRARY_SUFFIXES .a)

# pglatch_make_cold_sources_small(SOURCE…): what runs once a run, and not once a statement, is optimized for its size:
# half the code, and no difference that could be measured.
function(pglatch_make_cold_sources_small)
  set(cold ${ARGN})
  list(FILTER cold INCLUDE REGEX "/(analyzer/(cli|config|plan|report|server)|rules/recipes)/")
  # A header that was compiled for speed is of no use to them.
  set_source_files_properties(${cold} PROPERTIES COMPILE_OPTIONS -Os SKIP_PRECOMPILE_HEADERS ON)
endfunction()

# What every target of ours shares: the include root, warnings, and how a library is declared.

add_library(pglatch_options INTERFACE)
target_include_directories(pglatch_options INTERFACE "${PROJECT_SOURCE_DIR}" "${PROJECT_BINARY_DIR}")
target_compile_options(pglatch_options INTERFACE
  -Wall -Wextra -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough
  # g++'s plain -Wshadow counts PostgreSQL's global names too: its type `text` would forbid every such parameter.
  # None in tests: GoogleTest's macros declare an `info` around everybody's lambda with an `info`.
  $<$<NOT:$<BOOL:$<TARGET_PROPERTY:PGLATCH_TEST_CODE>>>:$<IF:$<CXX_COMPILER_ID:GNU>,-Wshadow=local,-Wshadow>>
  # Sizes meet PostgreSQL's ints everywhere; clang counts this under -Wconversion, g++ doesn't.
  -Wno-sign-conversion
  # Designated initializers leave out members on purpose: they have defaults.
  -Wno-missing-field-initializers
  # g++ 12 takes `"literal" + std::string` for overlapping memory (GCC bug 105651).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
if(PGLATCH_WERROR)
  target_compile_options(pglatch_options INTERFACE -Werror)
endif()

# Headers of others that most files include: read once for each target instead of once for each file. That a
# file includes what it uses of them itself, ./dev lint checks, which goes without.
option(PGLATCH_PCH "Precompile the headers of the standard library, fmt and GoogleTest" OFF)
set(pglatch_common_headers
  <algorithm> <chrono> <filesystem> <functional> <map> <memory> <optional> <set> <span> <string> <string_view>
  <unordered_map> <utility> <variant> <vector> <fmt/format.h>)
function(pglatch_precompile target)
  if(PGLATCH_PCH)
    target_precompile_headers(${target} PRIVATE ${pglatch_common_headers} ${ARGN})
    # What ccache asks for: https://ccache.dev/manual/latest.html#_precompiled_headers
    target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>
      # What g++ 12 reports here is std::string's own code, which it knows for a system header's only where it reads it.
      $<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread>)
  endif()
endfunction()

# pglatch_add_library(NAME SOURCE…): a static library of ours; no sources at all is fine.
function(pglatch_add_library name)
  set(sources ${ARGN})
  if(NOT sources)
    set(sources "${PROJECT_SOURCE_DIR}/cmake/compat/empty.cpp")
  endif()
  add_library(${name} STATIC ${sources})
  # The include root is part of the interface, the warnings are too: all users are ours.
  target_link_libraries(${name} PUBLIC pglatch_options)
  pglatch_precompile(${name})
endfunction()

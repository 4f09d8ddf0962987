# A libpg_query.a from a newer Debian calls functions that an older glibc lacks (Debian 12's 2.36: strlcpy,
# __isoc23_strtoul). pglatch_glibc_compat supplies exactly those that don't link here, mostly none.

include(CheckFunctionExists)

set(pglatch_compat_definitions)
foreach(function IN ITEMS strlcpy strlcat __isoc23_strtol __isoc23_strtoul __isoc23_strtoll __isoc23_strtoull)
  check_function_exists(${function} PGLATCH_HAVE_${function})
  if(NOT PGLATCH_HAVE_${function})
    list(APPEND pglatch_compat_definitions PGLATCH_SUPPLY_${function})
  endif()
endforeach()

add_library(pglatch_glibc_compat STATIC "${CMAKE_CURRENT_LIST_DIR}/compat/glibc_compat.c")
target_compile_definitions(pglatch_glibc_compat PRIVATE ${pglatch_compat_definitions})

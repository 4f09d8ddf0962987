# `cmake --install` and, by CPack, the .deb: the program with its manual page and completions, which it prints itself.

include(GNUInstallDirs)
set(PGLATCH_ZSH_COMPLETION_DIR "${CMAKE_INSTALL_DATADIR}/zsh/site-functions"
    CACHE STRING "Where zsh looks for completions (Debian's packages: share/zsh/vendor-completions)")

set(pages "${PROJECT_BINARY_DIR}/generated/pages")
add_custom_command(OUTPUT "${pages}/pglatch.1.gz" "${pages}/pglatch.bash" "${pages}/_pglatch" "${pages}/pglatch.fish"
  COMMAND "${CMAKE_COMMAND}" -E make_directory "${pages}"
  COMMAND pglatch man > pglatch.1
  # Without name and time: the same page is the same file.
  COMMAND gzip -9nf pglatch.1
  COMMAND pglatch completion bash > pglatch.bash
  COMMAND pglatch completion zsh > _pglatch
  COMMAND pglatch completion fish > pglatch.fish
  DEPENDS pglatch WORKING_DIRECTORY "${pages}" COMMENT "Writing the manual page and completions" VERBATIM)
add_custom_target(pglatch_pages ALL DEPENDS "${pages}/pglatch.1.gz")

install(TARGETS pglatch RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
install(FILES "${pages}/pglatch.1.gz" DESTINATION "${CMAKE_INSTALL_MANDIR}/man1")
install(FILES "${pages}/pglatch.bash" DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions" RENAME pglatch)
install(FILES "${pages}/_pglatch" DESTINATION "${PGLATCH_ZSH_COMPLETION_DIR}")
install(FILES "${pages}/pglatch.fish" DESTINATION "${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d")
install(FILES CHANGELOG.md DESTINATION "${CMAKE_INSTALL_DOCDIR}")
# What is linked in has licences of its own; ./dev dist collects them.
set(PGLATCH_COPYRIGHT "${PROJECT_SOURCE_DIR}/LICENSE" CACHE FILEPATH "The licences of the program")
install(FILES "${PGLATCH_COPYRIGHT}" DESTINATION "${CMAKE_INSTALL_DOCDIR}" RENAME copyright)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME pglatch)
set(CPACK_PACKAGE_VENDOR "pglatch contributors")
set(CPACK_PACKAGE_CONTACT "pglatch contributors <pglatch@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION database)
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"Reads PostgreSQL migration files and says what each statement would do to a
live database: which locks it takes, and what is rewritten, scanned or built.
Finds what would cause an outage and writes a safe plan instead.")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "postgresql-client, git")
# A static program depends on nothing.
if(NOT PGLATCH_STATIC)
  set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
endif()
include(CPack)

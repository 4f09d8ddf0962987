// A rule's fixture: SQL that says in its comments what pglatch has to find in it, and where.
//
//   -- mode: autocommit            how the migration is sent: transaction, autocommit, single-message,
//                                  pipeline; unknown where nothing is said
//   -- pg-version: 12 15 18        the fixture is checked for each of them; 15 where nothing is said
//   -- schema                      what follows is known as by --schema
//   -- setup                       what follows is an earlier migration
//   -- migration                   what follows is the migration itself; all is, where there is no section
//   -- expect: RULE SEVERITY       a finding that starts on the next line that is none of these comments;
//                                  then, optionally: on 12-17 (only for these versions), at `TEXT` (its range)
//   -- says: TEXT                  part of the message or the help of the finding expected before
//
// The rules that run are those that run if nobody says anything, and the one that the folder is named after; but
// missing-lock-timeout, which has something to say of half of all statements, only in its own folder.
//
// A file that is blank has no room for comments: its one expectation is `empty-file info`.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analyzer/engine/linter.h"
#include "analyzer/source/script.h"

namespace pglatch::testing {

struct ExpectedFinding {
  std::string rule;
  std::string severity;
  std::uint32_t line = 0;  // 1-based, on which the finding starts
  int first_version = 0;
  int last_version = 1000;
  std::optional<std::string> text;  // what the finding's range covers
  std::vector<std::string> says;
};

struct Fixture {
  std::filesystem::path path;
  std::string text;
  ExecutionMode mode = ExecutionMode::unknown;
  std::vector<int> versions{15};
  std::vector<std::pair<Origin, Script>> earlier;  // in order
  std::vector<Script> migration;                   // one
  std::vector<ExpectedFinding> expected;
};

// All fixtures/rules/RULE/CASE.sql, sorted; those that hold the result of a fix (CASE.fixed.sql) left out.
std::vector<std::filesystem::path> fixture_files();

// Throws std::runtime_error where the comments do not make sense.
Fixture read_fixture(const std::filesystem::path& path);
Fixture parse_fixture(std::filesystem::path path, std::string text);

// Lints the migration after what was there before.
LintReport lint_fixture(const Fixture& fixture, int pg_version);

// A text with the edits of its findings' fixes.
std::string fixed_text(const std::string& text, const LintReport& report);

}  // namespace pglatch::testing

// The cases of fixtures/locks: a statement, the schema it meets, and what it does on each PostgreSQL major.
// fixtures/locks/README.md describes the format.
#pragma once

#include <filesystem>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "tests/locks/facts.h"

namespace pglatch::testing {

struct Expectation {
  std::set<int> majors;
  Facts facts;
};

// A disagreement of the model with the servers that is known, and why it stays.
struct ModelDiffers {
  std::set<int> majors;
  std::string reason;
};

struct LockCase {
  std::string id;
  std::string file;               // its name below fixtures/locks
  std::set<int> majors;           // on which it makes sense
  bool alone = false;             // runs outside of a transaction
  std::vector<std::string> with;  // the shared setups that it takes
  std::string own_setup;          // what it adds to them
  std::string setup;              // all SQL that makes the schema: base, shared setups, its own
  std::string before;             // run earlier in the statement's transaction
  std::string statement;
  std::vector<ModelDiffers> model_differs;
  std::vector<Expectation> expectations;

  // Where its expectations stand in the file, or are to be put: a byte range of whole lines.
  std::size_t expect_begin = 0;
  std::size_t expect_end = 0;

  // Null if nothing is expected on that major.
  const Facts* expected(int major) const;
  bool known_to_differ(int major) const;
  friend void PrintTo(const LockCase& value, std::ostream* out) { *out << value.file << ", case " << value.id; }
};

inline constexpr int kFirstMajor = 14;
inline constexpr int kLastMajor = 18;

// The names of the fixture files, sorted: "add_column.sql".
std::vector<std::string> lock_fixture_files();
// Throws std::runtime_error, with file and line, for what does not follow the format.
std::vector<LockCase> read_lock_cases(const std::string& file);
std::vector<LockCase> parse_lock_cases(const std::string& file, const std::string& text, const std::string& base);
std::vector<LockCase> all_lock_cases();

// Merges majors with the same facts: in order of the first major of each.
std::vector<Expectation> merge_majors(const std::vector<Expectation>& by_major);
// The file's text with the expectations of the cases in place of those that it holds; all else as it is.
std::string with_expectations(const std::string& text, const std::vector<LockCase>& cases);

// "14-16,18" and back; throws std::runtime_error for other text.
std::set<int> parse_majors(std::string_view text);
std::string to_string(const std::set<int>& majors);

}  // namespace pglatch::testing

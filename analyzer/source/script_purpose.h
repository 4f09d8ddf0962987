// What a script is there for, and so what is to be done with it: migrations are judged; ways back, seeds, test data and
// dumps only where somebody asks for it, since no live database waits for them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "analyzer/source/script.h"

namespace pglatch {

enum class Purpose : std::uint8_t {
  migration,
  down,  ///< takes a migration back
  seed,  ///< data that an application begins with
  test,  ///< tests and their data, scripts that only verify
  dump,  ///< a picture of a schema: by pg_dump, or a file for each object beside migrations that a framework runs
  documentation,  ///< SQL in a folder of documents, beside migrations that a framework runs
};

enum class Treatment : std::uint8_t {
  lint,
  replay,    ///< as history: it counts for what it leaves behind
  leave_out  ///< what it does is not done to the database whose history the others are
};

/// Purposes that scripts are linted for besides migrations.
class Purposes {
 public:
  void add(Purpose purpose) noexcept { bits_ |= bit(purpose); }
  [[nodiscard]] bool has(Purpose purpose) const noexcept { return (bits_ & bit(purpose)) != 0; }

  friend bool operator==(const Purposes&, const Purposes&) = default;

 private:
  static unsigned bit(Purpose purpose) noexcept { return 1U << static_cast<unsigned>(purpose); }

  unsigned bits_ = bit(Purpose::migration);
};

/// Those that can be asked for, in the order of their names.
inline constexpr std::array<Purpose, 5> kOptionalPurposes = {Purpose::documentation, Purpose::down, Purpose::dump,
                                                             Purpose::seed, Purpose::test};

/// "docs", "down", "dumps", "seeds", "tests": as given to --include.
[[nodiscard]] std::string_view to_string(Purpose purpose) noexcept;
[[nodiscard]] std::optional<Purpose> find_purpose(std::string_view name) noexcept;

/// "linted", "replayed", "left out".
[[nodiscard]] std::string_view to_string(Treatment treatment) noexcept;

/// The part of a path that is below the folder on the command line in which it was found; empty where the file was
/// named there itself, or nothing there leads to it. What a folder above is called says nothing about a file.
[[nodiscard]] std::string_view path_below(std::string_view path, std::span<const std::string> arguments) noexcept;

/// What a file is for by the names in its path: folders such as seeds, tests, fixtures, docs; files such as seed.sql,
/// orders.seed.sql, orders_test.sql, rollback_V7.sql. Empty paths and all others are migrations.
[[nodiscard]] Purpose purpose_of_path(std::string_view below) noexcept;

/// What a script is for, where `below` is the part of its path that says something: the script's direction comes first.
/// `framework_at_work`: what is looked at with it has migrations that a framework runs, so that SQL in a folder of
/// documents is none, and neither is a file for each object.
[[nodiscard]] Purpose purpose_of(const Script& script, std::string_view below, bool framework_at_work) noexcept;
/// tables/public.orders.sql: the path is one of those that a tool gives to a picture of the schema, a file for each
/// object in a folder for each kind.
[[nodiscard]] bool has_one_object(std::string_view below) noexcept;
/// Whether a framework runs the script.
[[nodiscard]] bool runs_by_framework(const Script& script) noexcept;

/// What is done with scripts of a purpose.
[[nodiscard]] Treatment treatment_of(Purpose purpose, Purposes linted) noexcept;

}  // namespace pglatch

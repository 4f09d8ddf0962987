// A script: one direction of one migration, and how it reaches the server.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "analyzer/source/source_file.h"

namespace pglatch {

/// How the statements of a script are sent, which decides what runs inside a transaction block.
/// PostgreSQL documentation, "Message Flow", "Multiple Statements in a Simple Query".
enum class ExecutionMode : std::uint8_t {
  unknown,         ///< a plain file: nobody said
  autocommit,      ///< statement by statement (psql -f)
  transaction,     ///< BEGIN … COMMIT around the script
  single_message,  ///< the whole file in one query: an implicit transaction from two statements on
  pipeline,        ///< one implicit transaction for the batch, CONCURRENTLY possible as its first statement
};

inline constexpr std::array<ExecutionMode, 5> kExecutionModes = {
    ExecutionMode::unknown, ExecutionMode::autocommit, ExecutionMode::transaction, ExecutionMode::single_message,
    ExecutionMode::pipeline};

/// What a script is for: to migrate, to take that back, or to look whether it worked (and roll back).
enum class Direction : std::uint8_t { up, down, verify };

[[nodiscard]] std::string_view to_string(Direction direction) noexcept;

[[nodiscard]] std::string_view to_string(ExecutionMode mode) noexcept;

/// The mode of that name, as given to --execution-mode, or nothing.
[[nodiscard]] std::optional<ExecutionMode> find_execution_mode(std::string_view name) noexcept;

/// One direction of a migration. `sql()` has exactly the size of the file's text: what is not SQL of
/// this script (psql meta-commands, COPY data, the other direction) is blanked out, line endings
/// kept, so that every offset in it is an offset of the file.
struct Script {
  std::shared_ptr<const SourceFile> file;
  std::string masked;  ///< empty where the file's text is the SQL as it is
  std::string framework = "plain";
  std::string reason;   ///< what showed framework, direction and mode, for the user: "-- +goose Up in line 1"
  std::string version;  ///< the migration's version as its path has it; empty where there is none
  Direction direction = Direction::up;
  ExecutionMode mode = ExecutionMode::unknown;
  bool is_history = false;  ///< was applied or looked at before: it counts for what it leaves behind

  // Of a script that is cut where psql includes another one with \i.
  bool goes_on = false;            ///< the script after it is run in the same session, transaction and all
  bool includes_followed = false;  ///< what it includes are scripts of their own, before and after it

  // Of SQL in files of other languages.
  bool continues = false;     ///< goes on where the script before it ended: a part of the same that is sent otherwise
  bool stands_alone = false;  ///< no step of the history, as a runbook is none: nothing comes after it
  bool hides_sql = false;     ///< more is run than stands there
  bool is_quoted = false;     ///< stands in quotes, in which not every letter means itself

  /// The SQL, NUL-terminated (data()[size()] == 0). Valid as long as the script is not moved.
  [[nodiscard]] std::string_view sql() const noexcept {
    return masked.empty() ? std::string_view(file->text()) : std::string_view(masked);
  }
};

}  // namespace pglatch

// What the files of each migration framework look like: knowledge about other tools, in one table.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace pglatch {

/// Who opens the transaction that a migration's statements run in.
enum class TransactionOf : std::uint8_t {
  runner,  ///< the tool, one for each migration
  file,    ///< nobody but the file itself
  all,     ///< the tool, one for all migrations that are pending
};

/// How a statement that cannot be in a transaction block gets to the server.
enum class OutsideOf : std::uint8_t {
  never,       ///< not at all
  message,     ///< the file is one message: the statement has to be alone in it
  statements,  ///< statement by statement, over any of the tool's connections
  session,     ///< statement by statement, over one connection: SET lasts to the end of the file
  commits,     ///< the transaction is ended before it and another one begun after it
  code,        ///< in a file of program code
};

/// The list that a tool keeps of its migrations besides their files.
enum class MigrationList : std::uint8_t { none, drizzle_journal, sqitch_plan, atlas_sum, graphile_chain };

/// How one framework wants its files. In file names and lines {version} and {name} are filled in.
struct FrameworkForm {
  std::string_view framework;
  std::string_view source_ending;  ///< the form is that of projects whose files end like this; empty: of all others

  std::string_view up_file;
  std::string_view down_file;    ///< equal to `up_file`: a section of the same file; empty: there is no way back
  std::string_view down_beside;  ///< down files are written only where the project has names that begin or end so
  std::string_view up_line;      ///< begins the section
  std::string_view down_line;
  TransactionOf transaction = TransactionOf::runner;

  OutsideOf outside = OutsideOf::never;
  std::string_view outside_up_line;  ///< begins a section outside of a transaction; empty: as the others
  std::string_view outside_down_line;
  std::string_view outside_first_line{};  ///< of a file that is run outside of a transaction, both ways
  std::string_view outside_file{};        ///< what lies beside it, or is there in its stead …
  std::string_view outside_text{};        ///< … and says so; empty: the migration itself

  std::string_view block_begin{};  ///< around a statement that holds semicolons
  std::string_view block_end{};
  std::string_view between{};  ///< statements
  std::string_view verify_file{};
  MigrationList list = MigrationList::none;
  std::string_view remark{};  ///< what is left to do for the user, or has to be so
};

/// All forms. The more specific of two of the same framework comes first.
[[nodiscard]] std::span<const FrameworkForm> framework_forms() noexcept;

/// The form for a project of that framework in which a migration's file has that path; null where there is none.
[[nodiscard]] const FrameworkForm* find_form(std::string_view framework, std::string_view source) noexcept;

}  // namespace pglatch

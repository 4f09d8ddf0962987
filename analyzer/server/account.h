// Other users of the system: PostgreSQL refuses to run as root, so root starts it as somebody else.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace pglatch {

/// A user and group to switch to between fork and exec.
struct Account {
  unsigned uid;
  unsigned gid;
};

/// Throws std::runtime_error if there is no such user.
[[nodiscard]] Account account_of(const std::string& user);

/// Whom a server runs as: nothing where we may run it ourselves; for root "postgres", else "nobody".
[[nodiscard]] std::optional<Account> server_account();

/// For a forked child: drops root's identity for good; false on failure. Async-signal-safe.
[[nodiscard]] bool become(const Account& account) noexcept;

/// Whether that user reaches the program and may run it.
[[nodiscard]] bool can_execute(const std::filesystem::path& program, const Account& account);

/// Gives a file or directory, with all below it, to that user. Throws std::system_error.
void give_away(const std::filesystem::path& path, const Account& account);

}  // namespace pglatch

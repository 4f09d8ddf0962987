#include "analyzer/server/account.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>
#include <system_error>

namespace pglatch {
namespace {

void give_away_one(const std::filesystem::path& path, const Account& account) {
  if (::lchown(path.c_str(), account.uid, account.gid) != 0) {
    throw std::system_error(errno, std::generic_category(), "cannot give away " + path.string());
  }
}

}  // namespace

Account account_of(const std::string& user) {
  const passwd* entry = ::getpwnam(user.c_str());
  if (entry == nullptr) throw std::runtime_error("no such user: " + user);
  return {entry->pw_uid, entry->pw_gid};
}

std::optional<Account> server_account() {
  if (::geteuid() != 0) return std::nullopt;
  return account_of(::getpwnam("postgres") != nullptr ? "postgres" : "nobody");
}

bool become(const Account& account) noexcept {
  return ::setgroups(0, nullptr) == 0 && ::setgid(account.gid) == 0 && ::setuid(account.uid) == 0;
}

bool can_execute(const std::filesystem::path& program, const Account& account) {
  const pid_t child = ::fork();
  if (child < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (child == 0) ::_exit(become(account) && ::access(program.c_str(), X_OK) == 0 ? 0 : 1);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void give_away(const std::filesystem::path& path, const Account& account) {
  give_away_one(path, account);
  if (!std::filesystem::is_directory(path)) return;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) give_away_one(entry.path(), account);
}

}  // namespace pglatch

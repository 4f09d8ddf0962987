#include "analyzer/server/cluster.h"

#include <errno.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>

#include "analyzer/base/file.h"
#include "analyzer/server/account.h"

namespace pglatch {
namespace {

namespace fs = std::filesystem;

// Makes the cluster with the programs in $1 below the directory $2, starts it with the rest as options, and waits for
// its end. A child of it reads the lifeline, file descriptor 3: a line on it ends the server in an orderly way; its end
// means that our process is gone, however it died, and then the directory goes too. Not PR_SET_PDEATHSIG: that fires
// when the *thread* ends that started the server, and leaves the directory behind.
constexpr const char* kGuardScript = R"sh(
bin=$1 directory=$2
shift 2
{
  "$bin/initdb" -D "$directory/data" --no-sync --auth=trust --username=postgres --encoding=UTF8 --locale=C &&
    exec "$bin/postgres" -D "$directory/data" "$@"
} </dev/null >"$directory/log" 2>&1 3<&- &
server=$!
{
  read -r orderly <&3
  while kill -QUIT $server; do sleep 0.05; done
  [ -n "$orderly" ] || rm -rf "$directory"
} 2>/dev/null &
exec 3<&-
wait $server
)sh";

std::vector<std::string> settings_for(const std::string& directory, int major) {
  std::vector<std::string> settings{"listen_addresses=",
                                    "unix_socket_directories=" + directory,
                                    "fsync=off",
                                    "synchronous_commit=off",
                                    "full_page_writes=off",
                                    "autovacuum=off",
                                    "jit=off",
                                    "max_connections=60",
                                    "shared_buffers=32MB",
                                    "max_wal_size=256MB",
                                    "timezone=UTC",
                                    "log_timezone=UTC",
                                    "restart_after_crash=off",
                                    "max_prepared_transactions=10"};
  // Worker processes that nothing here needs.
  if (major >= 18) settings.emplace_back("io_method=sync");
  return settings;
}

}  // namespace

Cluster::Cluster(const fs::path& bin, int major, const std::vector<std::string>& settings) {
  std::vector<std::string> all = settings_for(directory_.path().string(), major);
  all.insert(all.end(), settings.begin(), settings.end());
  start(reachable(bin), all);
  try {
    wait_until_ready();
  } catch (...) {
    stop();
    throw;
  }
}

Cluster::~Cluster() { stop(); }

// The programs may lie below a directory that is root's alone, such as /root: then the server is taken out of there.
fs::path Cluster::reachable(const fs::path& bin) const {
  const auto account = server_account();
  if (!account) return bin;
  const bool copy = !can_execute(bin / "postgres", *account);
  if (copy) {
    fs::copy(bin.parent_path(), directory_.path() / "server",
             fs::copy_options::recursive | fs::copy_options::copy_symlinks);
  }
  give_away(directory_.path(), *account);
  return copy ? directory_.path() / "server" / bin.filename() : bin;
}

void Cluster::start(const fs::path& bin, const std::vector<std::string>& settings) {
  std::vector<std::string> words{"/bin/sh",         "-c",         kGuardScript,
                                 "pglatch-cluster", bin.string(), directory_.path().string()};
  for (const std::string& setting : settings) {
    words.emplace_back("-c");
    words.push_back(setting);
  }
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const auto account = server_account();
  // A socket, not a pipe: writing to it after the guard's end must not kill us.
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    throw std::system_error(errno, std::generic_category(), "socketpair");
  }
  guard_ = ::fork();
  if (guard_ == 0) {
    ::setsid();  // Ctrl-C is for our process; its end is what ends the server
    const bool ready = (!account || become(*account)) && ::chdir("/") == 0;
    // The copy has no close-on-exec flag, unless it is the same descriptor.
    const int in = ends[0] == 3 ? ::fcntl(3, F_SETFD, 0) : ::dup2(ends[0], 3);
    if (ready && in >= 0) ::execv(argv[0], argv.data());
    ::_exit(127);
  }
  ::close(ends[0]);
  lifeline_ = ends[1];
  if (guard_ < 0) throw std::system_error(errno, std::generic_category(), "fork");
}

void Cluster::wait_until_ready() {
  constexpr std::chrono::milliseconds kPause{20};
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (::PQping(conninfo().c_str()) != PQPING_OK) {
    if (::waitpid(guard_, nullptr, WNOHANG) == guard_) {
      guard_ = -1;
      throw std::runtime_error("the PostgreSQL server did not start: " + log());
    }
    if (std::chrono::steady_clock::now() > deadline) {
      throw std::runtime_error("the PostgreSQL server does not answer: " + log());
    }
    std::this_thread::sleep_for(kPause);
  }
}

void Cluster::stop() {
  if (lifeline_ >= 0) {
    // Should the guard be gone, there is nothing to tell it.
    [[maybe_unused]] const ssize_t sent = ::send(lifeline_, "stop\n", 5, MSG_NOSIGNAL);
    ::close(std::exchange(lifeline_, -1));
  }
  if (guard_ > 0) {
    while (::waitpid(guard_, nullptr, 0) < 0 && errno == EINTR) {
    }
    guard_ = -1;
  }
}

std::string Cluster::conninfo(const std::string& database) const {
  return "host=" + directory_.path().string() + " user=postgres dbname=" + database;
}

std::string Cluster::log() const {
  const auto text = read_file((directory_.path() / "log").string());
  return text ? *text : text.error().message;
}

}  // namespace pglatch

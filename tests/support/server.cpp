#include "tests/support/server.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <map>
#include <mutex>
#include <set>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <thread>

#include "tests/support/golden.h"

namespace pglatch::testing {
namespace {

namespace fs = std::filesystem;

// Starts the server ($1, data directory $2 below $3) and waits for its end. A child of it reads the lifeline, file
// descriptor 3: a line on it ends the server in an orderly way; its end means that the test process is gone, however
// it died, and then the directory goes too. Not PR_SET_PDEATHSIG: that fires when the *thread* ends that started the
// server, and leaves the directory behind.
constexpr const char* kGuardScript = R"sh(
"$1" -D "$2" </dev/null >"$3/log" 2>&1 3<&- &
server=$!
{
  read -r orderly <&3
  kill -QUIT $server
  while kill -0 $server; do sleep 0.05; done
  [ -n "$orderly" ] || rm -rf "$3"
} 2>/dev/null &
exec 3<&-
wait $server
)sh";

// PostgreSQL refuses to run as root.
std::string server_user() {
  if (::geteuid() != 0) return {};
  return ::getpwnam("postgres") != nullptr ? "postgres" : "nobody";
}

bool is_runnable(const fs::path& program, const std::string& user) {
  try {
    return run_process({program.string(), "--version"}, {.directory = "/", .user = user}).exit_code == 0;
  } catch (const std::system_error&) {
    return false;
  }
}

// Every place where a server's programs may be, a major's best one first: of what servers.sh fetched the minor release
// is known, which matters where one behaves differently from the next.
std::vector<std::pair<int, fs::path>> candidates() {
  std::vector<std::pair<int, fs::path>> found;
  for (const fs::path& place :
       {fs::path(PGLATCH_SOURCE_DIR) / "build/deps/postgres", fs::path("/usr/lib/postgresql")}) {
    std::error_code ignored;
    for (const fs::directory_entry& entry : fs::directory_iterator(place, ignored)) {
      const int major = std::atoi(entry.path().filename().c_str());
      if (major > 0 && fs::exists(entry.path() / "bin/postgres")) found.emplace_back(major, entry.path() / "bin");
    }
  }
  return found;
}

}  // namespace

Server::Server(int major, const std::vector<std::string>& settings) : major_(major), user_(server_user()) {
  fs::path bin = bin_directory(major);
  if (!user_.empty()) {
    const Account account = account_of(user_);
    if (::chown(directory_.path().c_str(), account.uid, account.gid) != 0) {
      throw std::system_error(errno, std::generic_category(), "cannot give away " + directory_.path().string());
    }
    if (!is_runnable(bin / "postgres", user_)) {
      // The source tree is below a directory that is root's alone, such as /root: take the server out of there.
      fs::copy(bin.parent_path(), directory_.path() / "server",
               fs::copy_options::recursive | fs::copy_options::copy_symlinks);
      // The guard removes it as that user.
      for (const fs::directory_entry& entry : fs::recursive_directory_iterator(directory_.path())) {
        if (::lchown(entry.path().c_str(), account.uid, account.gid) != 0) {
          throw std::system_error(errno, std::generic_category(), "cannot give away " + entry.path().string());
        }
      }
      bin = directory_.path() / "server/bin";
    }
  }
  initialize(bin, settings);
  start(bin);
  try {
    wait_until_ready();
  } catch (...) {
    stop();
    throw;
  }
}

Server::~Server() { stop(); }

std::vector<int> Server::available_majors() {
  std::set<int> majors;
  for (const auto& [major, bin] : candidates()) majors.insert(major);
  if (const char* only = std::getenv("PGLATCH_TEST_MAJORS")) {
    std::set<int> wanted;
    std::istringstream words(only);
    for (std::string word; std::getline(words, word, ',');) {
      if (const int major = std::atoi(word.c_str()); majors.contains(major)) wanted.insert(major);
    }
    majors = wanted;
  }
  return {majors.begin(), majors.end()};
}

fs::path Server::bin_directory(int major) {
  for (const auto& [found, bin] : candidates()) {
    if (found == major) return bin;
  }
  throw std::runtime_error("no PostgreSQL " + std::to_string(major) + " here; tests/support/servers.sh fetch " +
                           std::to_string(major));
}

Server& Server::shared(int major) {
  static std::mutex mutex;
  static std::map<int, std::unique_ptr<Server>> servers;
  const std::lock_guard<std::mutex> lock(mutex);
  std::unique_ptr<Server>& server = servers[major];
  if (server == nullptr) server = std::make_unique<Server>(major);
  return *server;
}

void Server::initialize(const fs::path& bin, const std::vector<std::string>& settings) {
  const fs::path data = directory_.path() / "data";
  const ProcessResult result = run_process({(bin / "initdb").string(), "-D", data.string(), "--no-sync", "--auth=trust",
                                            "--username=postgres", "--encoding=UTF8", "--locale=C"},
                                           {.directory = "/", .user = user_});
  if (result.exit_code != 0) throw std::runtime_error("initdb failed: " + result.err + result.out);
  std::ofstream config(data / "postgresql.conf", std::ios::app);
  config << "listen_addresses = ''\n"
         << "unix_socket_directories = '" << directory_.path().string() << "'\n"
         << "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nautovacuum = off\njit = off\n"
         << "max_connections = 60\nshared_buffers = 32MB\nmax_wal_size = 256MB\nmax_prepared_transactions = 10\n"
         << "timezone = 'UTC'\nlog_timezone = 'UTC'\nrestart_after_crash = off\n";
  // Worker processes that nothing here needs.
  if (major_ >= 18) config << "io_method = sync\n";
  for (const std::string& setting : settings) config << setting << '\n';
  config.close();
  if (!config) throw std::runtime_error("cannot write postgresql.conf");
}

void Server::start(const fs::path& bin) {
  const fs::path& directory = directory_.path();
  std::array<std::string, 7> words{"/bin/sh",
                                   "-c",
                                   kGuardScript,
                                   "pglatch-server",
                                   (bin / "postgres").string(),
                                   (directory / "data").string(),
                                   directory.string()};
  std::array<char*, 8> argv{};
  for (std::size_t at = 0; at < words.size(); ++at) argv[at] = words[at].data();
  const Account account = user_.empty() ? Account{} : account_of(user_);
  const bool change_user = !user_.empty();
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
  guard_ = ::fork();
  if (guard_ == 0) {
    ::setsid();  // Ctrl-C is for the test process; its end is what ends the server
    const bool ready = (!change_user || become(account)) && ::chdir("/") == 0;
    // The copy has no close-on-exec flag, unless it is the same descriptor.
    const int in = ends[0] == 3 ? ::fcntl(3, F_SETFD, 0) : ::dup2(ends[0], 3);
    if (ready && in >= 0) ::execv(argv[0], argv.data());
    ::_exit(127);
  }
  ::close(ends[0]);
  lifeline_ = ends[1];
  if (guard_ < 0) throw std::system_error(errno, std::generic_category(), "fork");
}

void Server::wait_until_ready() {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (::PQping(conninfo().c_str()) != PQPING_OK) {
    if (::waitpid(guard_, nullptr, WNOHANG) == guard_) {
      guard_ = -1;
      throw std::runtime_error("PostgreSQL " + std::to_string(major_) + " did not start: " + log());
    }
    if (std::chrono::steady_clock::now() > deadline) {
      throw std::runtime_error("PostgreSQL " + std::to_string(major_) + " does not answer: " + log());
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

void Server::stop() {
  if (lifeline_ >= 0) {
    // Should the guard be gone, there is nothing to tell it (run_process made us ignore SIGPIPE).
    [[maybe_unused]] const ssize_t written = ::write(lifeline_, "stop\n", 5);
    ::close(std::exchange(lifeline_, -1));
  }
  if (guard_ > 0) {
    while (::waitpid(guard_, nullptr, 0) < 0 && errno == EINTR) {
    }
    guard_ = -1;
  }
}

std::string Server::conninfo(const std::string& database) const {
  return "host=" + directory_.path().string() + " user=postgres dbname=" + database;
}

std::string Server::log() const {
  try {
    return read_file(directory_.path() / "log");
  } catch (const std::runtime_error& error) {
    return error.what();
  }
}

Database Server::scratch() { return Database(*this); }

Database::Database(const Server& server) : server_(&server) {
  static std::atomic<int> count = 0;
  name_ = "scratch_" + std::to_string(++count);
  server.connect().exec("CREATE DATABASE " + name_);
}

Database::~Database() {
  if (name_.empty()) return;
  try {
    server_->connect().exec("DROP DATABASE " + name_ + " WITH (FORCE)");
  } catch (const std::exception&) {
    // The server may be gone, by intent of the test; it takes the database along.
  }
}

ProcessResult run_psql(const std::string& conninfo, const std::string& script,
                       const std::vector<std::string>& arguments) {
  std::vector<std::string> command{"psql", "--no-psqlrc", "--dbname", conninfo};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return run_process(command, {.input = script, .timeout = std::chrono::minutes(5)});
}

ProcessResult run_psql_file(const std::string& conninfo, const fs::path& file,
                            const std::vector<std::string>& arguments) {
  std::vector<std::string> command = arguments;
  command.insert(command.begin(), {"psql", "--no-psqlrc", "--dbname", conninfo, "--file", file.string()});
  return run_process(command, {.timeout = std::chrono::minutes(5)});
}

}  // namespace pglatch::testing

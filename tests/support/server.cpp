#include "tests/support/server.h"

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <map>
#include <mutex>
#include <set>
#include <sstream>
#include <stdexcept>

namespace pglatch::testing {
namespace {

namespace fs = std::filesystem;

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

Server::Server(int major, const std::vector<std::string>& settings)
    : major_(major), cluster_(bin_directory(major), major, settings) {}

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

#include "analyzer/server/scratch_server.h"

#include <errno.h>
#include <fmt/format.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <random>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "analyzer/parse/identifier.h"

namespace pglatch {
namespace {

std::string random_prefix() {
  std::random_device random;
  const std::uint64_t number = (static_cast<std::uint64_t>(random()) << 32) | random();
  return fmt::format("pglatch_verify_{:016x}_", number);
}

std::string quoted_value(std::string_view value) {
  std::string out = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + '\'';
}

// Best effort: nobody is left to hear of a failure.
void drop_all(const std::string& conninfo, const std::string& prefix) {
  try {
    Connection connection(conninfo);
    const auto rows = connection.query(fmt::format(
        "SELECT format('DROP DATABASE %I WITH (FORCE)', datname) FROM pg_database WHERE starts_with(datname, {})",
        quote_literal_sql(prefix)));
    for (const Row& row : rows) connection.exec(row[0].value());
  } catch (const std::exception&) {
  }
}

}  // namespace

ServerAddress read_address(const std::string& url) {
  struct Free {
    void operator()(PQconninfoOption* options) const { ::PQconninfoFree(options); }
  };
  char* message = nullptr;
  const std::unique_ptr<PQconninfoOption, Free> options(::PQconninfoParse(url.c_str(), &message));
  if (options == nullptr) {
    const std::string text = message == nullptr ? "out of memory" : message;
    ::PQfreemem(message);
    throw std::runtime_error(text);
  }
  ServerAddress address;
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->val == nullptr) continue;
    const std::string_view keyword = option->keyword;
    if (keyword == "dbname") {
      address.database = option->val;
    } else if (keyword == "password") {
      address.password = option->val;
    } else {
      address.server += fmt::format("{}={} ", keyword, quoted_value(option->val));
    }
  }
  return address;
}

ScratchServer::ScratchServer(const ServerBinaries& binaries)
    : cluster_(std::make_unique<Cluster>(binaries.directory, binaries.major)),
      admin_database_("postgres"),
      prefix_(random_prefix()) {
  look_at_server();
}

ScratchServer::ScratchServer(const std::string& url) : prefix_(random_prefix()) {
  const ServerAddress address = read_address(url);
  if (!address.password.empty()) ::setenv("PGPASSWORD", address.password.c_str(), 1);
  server_ = address.server;
  admin_database_ = address.database.empty() ? "postgres" : address.database;
  look_at_server();
  start_guard();
}

ScratchServer::~ScratchServer() {
  if (guard_ < 0) return;
  ::close(std::exchange(lifeline_, -1));
  while (::waitpid(guard_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void ScratchServer::look_at_server() {
  Connection connection(conninfo(admin_database_));
  major_ = std::stoi(connection.value("SHOW server_version_num")) / 10000;
  version_ = connection.value("SELECT split_part(current_setting('server_version'), ' ', 1)");
}

// A process of its own does the dropping, in a session that Ctrl-C does not reach: it also does it when we are killed.
void ScratchServer::start_guard() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    throw std::system_error(errno, std::generic_category(), "socketpair");
  }
  guard_ = ::fork();
  if (guard_ == 0) {
    ::setsid();
    ::close(ends[1]);
    char byte = 0;
    while (::read(ends[0], &byte, 1) < 0 && errno == EINTR) {
    }
    drop_all(conninfo(admin_database_), prefix_);
    ::_exit(0);
  }
  ::close(ends[0]);
  lifeline_ = ends[1];
  if (guard_ < 0) throw std::system_error(errno, std::generic_category(), "fork");
}

std::string ScratchServer::create_database(std::string_view suffix, const std::string& original) {
  std::string name = prefix_ + std::string(suffix);
  Connection(conninfo(admin_database_))
      .exec(fmt::format("CREATE DATABASE {} TEMPLATE {}", quote_identifier_sql(name), quote_identifier_sql(original)));
  return name;
}

std::string ScratchServer::conninfo(const std::string& database) const {
  return cluster_ ? cluster_->conninfo(database) : fmt::format("{}dbname={}", server_, quoted_value(database));
}

}  // namespace pglatch

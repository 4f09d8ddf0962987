// A PostgreSQL cluster for the time being: made, used, and gone whatever happens.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "analyzer/server/temp_directory.h"

namespace pglatch {

/// A throw-away cluster in a private temporary directory, reached over a Unix socket there; superuser `postgres`
/// without a password, no TCP, no autovacuum (it would take locks of its own), nothing synced to disk. It and its
/// directory go in the destructor, and also when our process dies by whatever cause. Started by root it runs as
/// another user.
class Cluster {
 public:
  /// `bin` holds initdb and postgres of that major. Settings are "name=value" and come last. Throws std::runtime_error
  /// with the server's own log if it doesn't come up within a minute.
  Cluster(const std::filesystem::path& bin, int major, const std::vector<std::string>& settings = {});
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;
  ~Cluster();

  [[nodiscard]] std::string conninfo(const std::string& database = "postgres") const;
  [[nodiscard]] std::string log() const;

 private:
  [[nodiscard]] std::filesystem::path reachable(const std::filesystem::path& bin) const;
  void start(const std::filesystem::path& bin, const std::vector<std::string>& settings);
  void wait_until_ready();
  void stop();

  TempDirectory directory_;
  pid_t guard_ = -1;  // the process that ends the server when lifeline_ closes
  int lifeline_ = -1;
};

}  // namespace pglatch

#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pglatch::testing {

struct ProcessOptions {
  std::string input{};                                             // what the process reads on standard input
  std::chrono::milliseconds timeout{60'000};                       // it is killed after that
  std::filesystem::path directory{};                               // its working directory; empty: ours
  std::vector<std::pair<std::string, std::string>> environment{};  // set on top of ours
  std::string user{};                                              // run as; empty: as ourselves
};

struct ProcessResult {
  int exit_code = -1;  // 128 + signal if it was killed
  bool timed_out = false;
  std::string out;
  std::string err;
};

// Runs a command (looked up in PATH) to its end. Throws std::system_error if it cannot be started.
ProcessResult run_process(const std::vector<std::string>& command, const ProcessOptions& options = {});

// Runs the pglatch of this build.
ProcessResult run_pglatch(std::vector<std::string> arguments, const ProcessOptions& options = {});

}  // namespace pglatch::testing

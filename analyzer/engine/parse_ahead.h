// Parses scripts on several threads while the walker, which has to go in order, works on the ones
// before. A tree is freed by the thread that made it: libpg_query's memory contexts belong to it.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <vector>

#include "analyzer/parse/parser.h"
#include "analyzer/source/script.h"

namespace pglatch {

/// Hands out the parsed scripts in order. With one job everything happens in the calling thread.
class ParseAhead {
 public:
  ParseAhead(std::span<const Script> scripts, unsigned jobs);
  ParseAhead(const ParseAhead&) = delete;
  ParseAhead& operator=(const ParseAhead&) = delete;
  ~ParseAhead();

  /// The next script's statements; valid until the next call.
  const ParsedScript& next();

 private:
  // How far the parsers may run ahead of the walker, so that not all trees are in memory at once.
  static constexpr std::size_t kWindow = 64;

  struct Slot {
    std::optional<ParsedScript> parsed;
    std::size_t worker = 0;
    bool ready = false;
  };

  void work(std::size_t worker);
  void release(std::size_t index);

  std::span<const Script> scripts_;
  std::vector<Slot> slots_;
  std::size_t next_ = 0;  // the script that next() gives
  ParsedScript own_;      // of the calling thread

  std::mutex mutex_;
  std::condition_variable parsed_;    // a slot became ready
  std::condition_variable released_;  // the window moved on
  std::size_t taken_ = 0;             // scripts that a worker has taken
  std::size_t done_ = 0;              // scripts that the walker is through with
  bool stop_ = false;
  std::vector<std::vector<std::size_t>> graveyards_;  // by worker: slots that it has to free
  std::vector<std::thread> workers_;
};

}  // namespace pglatch

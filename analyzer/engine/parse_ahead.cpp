#include "analyzer/engine/parse_ahead.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace pglatch {

ParseAhead::ParseAhead(std::span<const Script> scripts, unsigned jobs) : scripts_(scripts) {
  const std::size_t threads = std::min<std::size_t>(jobs, scripts.size());
  if (threads <= 1) return;
  slots_.resize(scripts.size());
  graveyards_.resize(threads);
  for (std::size_t worker = 0; worker < threads; ++worker) {
    workers_.emplace_back([this, worker] { work(worker); });
  }
}

ParseAhead::~ParseAhead() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  released_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

const ParsedScript& ParseAhead::next() {
  assert(next_ < scripts_.size());
  if (workers_.empty()) {
    own_ = ParsedScript();  // free the tree before the next one is made
    own_ = parse(scripts_[next_++].sql());
    return own_;
  }
  if (next_ > 0) release(next_ - 1);
  std::unique_lock lock(mutex_);
  Slot& slot = slots_[next_++];
  parsed_.wait(lock, [&] { return slot.ready; });
  return *slot.parsed;
}

void ParseAhead::release(std::size_t index) {
  {
    const std::lock_guard lock(mutex_);
    graveyards_[slots_[index].worker].push_back(index);
    done_ = index + 1;
  }
  released_.notify_all();
}

void ParseAhead::work(std::size_t worker) {
  std::unique_lock lock(mutex_);
  for (;;) {
    released_.wait(lock, [&] {
      return stop_ || !graveyards_[worker].empty() || (taken_ < scripts_.size() && taken_ < done_ + kWindow);
    });
    std::vector<std::size_t> dead;
    dead.swap(graveyards_[worker]);
    if (!dead.empty()) {
      lock.unlock();
      for (const std::size_t index : dead) slots_[index].parsed.reset();
      lock.lock();
      continue;
    }
    if (stop_) break;
    const std::size_t index = taken_++;
    lock.unlock();
    ParsedScript parsed = parse(scripts_[index].sql());
    lock.lock();
    slots_[index].parsed = std::move(parsed);
    slots_[index].worker = worker;
    slots_[index].ready = true;
    parsed_.notify_one();
  }
  lock.unlock();
  for (Slot& slot : slots_) {
    if (slot.ready && slot.worker == worker) slot.parsed.reset();
  }
}

}  // namespace pglatch

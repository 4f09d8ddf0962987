// A file in which lines switch between what is up and what is down.
#pragma once

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "analyzer/source/frameworks/sections.h"

namespace pglatch {

/// Gathers the two sections of such a file. What stands before the first switch counts as up: comments.
class UpAndDown {
 public:
  explicit UpAndDown(ExecutionMode mode) : up_{Direction::up, mode, {}, {}}, down_{Direction::down, mode, {}, {}} {}

  /// From the offset on the file is of that direction.
  void turn(Direction direction, std::uint32_t at) {
    close(at);
    now_ = direction;
    has_down_ = has_down_ || direction == Direction::down;
  }

  [[nodiscard]] Section& of(Direction direction) { return direction == Direction::down ? down_ : up_; }

  /// The sections, the file having ended: up, and down if there is one.
  [[nodiscard]] std::vector<Section> take(std::size_t size) {
    close(static_cast<std::uint32_t>(size));
    std::vector<Section> sections{std::move(up_)};
    if (has_down_) sections.push_back(std::move(down_));
    return sections;
  }

 private:
  void close(std::uint32_t at) {
    of(now_).parts.push_back({start_, at});
    start_ = at;
  }

  Section up_;
  Section down_;
  Direction now_ = Direction::up;
  bool has_down_ = false;
  std::uint32_t start_ = 0;
};

}  // namespace pglatch

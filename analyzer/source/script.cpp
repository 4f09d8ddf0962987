#include "analyzer/source/script.h"

namespace pglatch {

std::string_view to_string(ExecutionMode mode) noexcept {
  switch (mode) {
    case ExecutionMode::unknown:
      return "unknown";
    case ExecutionMode::autocommit:
      return "autocommit";
    case ExecutionMode::transaction:
      return "transaction";
    case ExecutionMode::single_message:
      return "single-message";
    case ExecutionMode::pipeline:
      return "pipeline";
  }
  return {};
}

std::string_view to_string(Direction direction) noexcept {
  switch (direction) {
    case Direction::up:
      return "up";
    case Direction::down:
      return "down";
    case Direction::verify:
      return "verify";
  }
  return {};
}

std::optional<ExecutionMode> find_execution_mode(std::string_view name) noexcept {
  for (const ExecutionMode mode : kExecutionModes) {
    if (to_string(mode) == name) return mode;
  }
  return std::nullopt;
}

}  // namespace pglatch

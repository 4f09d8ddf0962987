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

}  // namespace pglatch

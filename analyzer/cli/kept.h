// What a command leaves for the end of the process to take back. The catalog of a long history is millions of small
// pieces, and to take them apart one by one costs a tenth of a lint.
#pragma once

#include <memory>
#include <utility>
#include <vector>

namespace pglatch {

/// Makes an object that lives as long as the process.
template <class Object, class... Arguments>
[[nodiscard]] Object& make_kept(Arguments&&... arguments) {
  // Never destroyed, and always reachable: no leak.
  static auto& kept = *new std::vector<std::unique_ptr<Object>>();
  return *kept.emplace_back(std::make_unique<Object>(std::forward<Arguments>(arguments)...));
}

}  // namespace pglatch

#include "analyzer/source/framework.h"

#include <array>
#include <utility>

#include "analyzer/source/frameworks/all.h"

namespace pglatch {

std::span<const Framework* const> frameworks() noexcept {
  static const std::array<const Framework*, 2> all = {&psql_framework(), &plain_framework()};
  return all;
}

const Framework* find_framework(std::string_view name) noexcept {
  for (const Framework* framework : frameworks()) {
    if (framework->name() == name) return framework;
  }
  return nullptr;
}

std::vector<Script> read_scripts(std::shared_ptr<const SourceFile> file, const Framework* framework) {
  if (framework != nullptr) return framework->scripts(std::move(file));
  for (const Framework* candidate : frameworks()) {
    if (auto scripts = candidate->recognise(file)) return std::move(*scripts);
  }
  return {};  // not reached: plain recognises every file
}

}  // namespace pglatch

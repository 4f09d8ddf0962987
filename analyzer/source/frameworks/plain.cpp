#include <utility>

#include "analyzer/source/frameworks/all.h"

namespace pglatch {
namespace {

class Plain final : public Framework {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "plain"; }

  [[nodiscard]] std::vector<Script> scripts(std::shared_ptr<const SourceFile> file) const override {
    std::vector<Script> scripts(1);
    scripts.front().file = std::move(file);
    scripts.front().framework = name();
    return scripts;
  }

  [[nodiscard]] std::optional<std::vector<Script>> recognise(std::shared_ptr<const SourceFile> file) const override {
    return scripts(std::move(file));
  }
};

}  // namespace

const Framework& plain_framework() noexcept {
  static const Plain plain;
  return plain;
}

}  // namespace pglatch

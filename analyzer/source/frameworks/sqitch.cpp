#include <fmt/format.h>

#include <utility>

#include "analyzer/base/ascii.h"
#include "analyzer/source/frameworks/all.h"
#include "analyzer/source/frameworks/file_names.h"
#include "analyzer/source/frameworks/sections.h"
#include "analyzer/source/frameworks/surroundings.h"
#include "analyzer/source/frameworks/text_lines.h"

namespace pglatch {
namespace {

std::optional<Direction> direction_of(std::string_view folder) {
  if (folder == "deploy") return Direction::up;
  if (folder == "revert") return Direction::down;
  if (folder == "verify") return Direction::verify;
  return std::nullopt;
}

// `-- Deploy project:change to pg`, as in the templates that Sqitch writes scripts from.
std::optional<Direction> direction_of_header(std::string_view text) {
  const auto line = LineReader(text).next();
  auto comment = line ? comment_of(line->text) : std::nullopt;
  if (!comment) return std::nullopt;
  const auto direction = direction_of(to_lower(take_word(*comment)));
  return comment->empty() ? std::nullopt : direction;
}

// sqitch.org, "sqitchtutorial"; App::Sqitch::Engine::pg: psql runs each script, statement by statement, outside of a
// transaction if the script has none of its own. The order is that of sqitch.plan.
class Sqitch final : public SectionedFramework {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "sqitch"; }

 protected:
  [[nodiscard]] std::string evidence(const SourceFile& file, Surroundings& around) const override {
    const auto folder = script_folder(file.path());
    if (!folder.second) return {};
    if (direction_of_header(file.text()) == folder.second)
      return fmt::format("{}/ and line 1", file_name(folder.first));
    const std::string plan = std::string(folder.first) + ".plan";  // any name: it is the folder that counts
    if (around.has_beside(plan, "sqitch.plan") || around.has_beside(plan, "sqitch.conf")) {
      return fmt::format("{}/ beside sqitch.plan", file_name(folder.first));
    }
    return {};
  }

  [[nodiscard]] std::string version(const SourceFile& /*file*/) const override { return {}; }

  [[nodiscard]] std::vector<Section> sections(const SourceFile& file, Surroundings& /*around*/) const override {
    const Direction direction = script_folder(file.path()).second.value_or(Direction::up);
    return {{direction, ExecutionMode::autocommit, {}, {}, true}};
  }

 private:
  // The innermost folder that tells the direction: "db/deploy" of "db/deploy/tables/orders.sql".
  static std::pair<std::string_view, std::optional<Direction>> script_folder(std::string_view path) {
    for (std::string_view folder = folder_of_file(path); !folder.empty(); folder = folder_of_file(folder)) {
      if (const auto direction = direction_of(file_name(folder))) return {folder, direction};
    }
    return {};
  }
};

}  // namespace

const Framework& sqitch_framework() noexcept {
  static const Sqitch sqitch;
  return sqitch;
}

}  // namespace pglatch

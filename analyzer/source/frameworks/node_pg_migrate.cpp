#include <fmt/format.h>

#include <utility>

#include "analyzer/base/ascii.h"
#include "analyzer/source/frameworks/all.h"
#include "analyzer/source/frameworks/sections.h"
#include "analyzer/source/frameworks/text_lines.h"

namespace pglatch {
namespace {

// Whether a line is `-- Up Migration`: in any case, with any dashes and blanks before it and anything after it.
struct Marker {
  Direction direction;
  bool is_all;  // nothing after it
};

std::optional<Marker> marker_of(std::string_view line) {
  const auto comment = comment_of(line);
  if (!comment) return std::nullopt;
  std::string_view words = comment->substr(std::min(comment->find_first_not_of("- \t"), comment->size()));
  const std::string_view direction = take_word(words);
  const bool is_up = equal_ignoring_case(direction, "up");
  if (!is_up && !equal_ignoring_case(direction, "down")) return std::nullopt;
  constexpr std::string_view kMigration = "migration";
  if (!equal_ignoring_case(words.substr(0, kMigration.size()), kMigration)) return std::nullopt;
  return Marker{is_up ? Direction::up : Direction::down, words.size() == kMigration.size()};
}

// salsita/node-pg-migrate, src/sqlMigration.ts: what is between the first marker of a direction and the other one, all
// of a file without markers being up; and src/runner.ts: one transaction for all migrations that are pending.
class NodePgMigrate final : public SectionedFramework {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "node-pg-migrate"; }

 protected:
  [[nodiscard]] std::string evidence(const SourceFile& file, Surroundings& /*around*/) const override {
    if (file.text().find("igration") == std::string::npos && file.text().find("IGRATION") == std::string::npos)
      return {};
    LineReader lines(file.text());
    while (const auto line = lines.next()) {
      const auto marker = marker_of(line->text);
      if (marker && marker->is_all && marker->direction == Direction::up) {
        return fmt::format("-- Up Migration in line {}", line->number);
      }
    }
    return {};
  }

  [[nodiscard]] std::vector<Section> sections(const SourceFile& file, Surroundings& /*around*/) const override {
    const auto size = static_cast<std::uint32_t>(file.text().size());
    std::optional<std::uint32_t> up;
    std::optional<std::uint32_t> down;
    LineReader lines(file.text());
    while (const auto line = lines.next()) {
      const auto marker = marker_of(line->text);
      if (!marker) continue;
      auto& start = marker->direction == Direction::up ? up : down;
      if (!start) start = line->range.start;
    }
    const auto section = [size](Direction direction, std::uint32_t start, std::optional<std::uint32_t> other) {
      const std::uint32_t end = other && *other > start ? *other : size;
      return Section{direction, ExecutionMode::transaction, {{start, end}}, {}};
    };
    std::vector<Section> found;
    if (up || !down) {
      // Comments above the marker are kept: they may speak to pglatch.
      found.push_back(section(Direction::up, up && down && *down < *up ? *up : 0, down));
    }
    if (down) found.push_back(section(Direction::down, *down, up));
    return found;
  }
};

}  // namespace

const Framework& node_pg_migrate_framework() noexcept {
  static const NodePgMigrate node_pg_migrate;
  return node_pg_migrate;
}

}  // namespace pglatch

#include <fmt/format.h>

#include "analyzer/base/ascii.h"
#include "analyzer/source/frameworks/all.h"
#include "analyzer/source/frameworks/text_lines.h"
#include "analyzer/source/frameworks/up_and_down.h"

namespace pglatch {
namespace {

constexpr std::string_view kMarker = "-- +migrate ";

// rubenv/sql-migrate, sqlparse/sqlparse.go: `-- +migrate Up [notransaction]`, `-- +migrate Down [notransaction]` at the
// beginning of a line. Each direction is a transaction of its own, or else sent statement by statement.
class SqlMigrate final : public SectionedFramework {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "sql-migrate"; }

 protected:
  [[nodiscard]] std::string evidence(const SourceFile& file, Surroundings& /*around*/) const override {
    if (file.text().find(kMarker) == std::string::npos) return {};
    LineReader lines(file.text());
    while (const auto line = lines.next()) {
      std::string_view words = words_of(line->text);
      if (take_word(words) == "Up") return fmt::format("-- +migrate Up in line {}", line->number);
    }
    return {};
  }

  [[nodiscard]] std::vector<Section> sections(const SourceFile& file, Surroundings& /*around*/) const override {
    UpAndDown parts(ExecutionMode::transaction);
    LineReader lines(file.text());
    while (const auto line = lines.next()) {
      std::string_view words = words_of(line->text);
      const std::string_view command = take_word(words);
      if (command != "Up" && command != "Down") continue;
      const Direction direction = command == "Up" ? Direction::up : Direction::down;
      parts.turn(direction, line->range.start);
      while (!words.empty()) {
        if (take_word(words) != "notransaction") continue;
        parts.of(direction).mode = ExecutionMode::autocommit;
        parts.of(direction).note = fmt::format("notransaction in line {}", line->number);
      }
    }
    return parts.take(file.text().size());
  }

 private:
  static std::string_view words_of(std::string_view line) {
    return line.starts_with(kMarker) ? trimmed(line.substr(kMarker.size())) : std::string_view();
  }
};

}  // namespace

const Framework& sql_migrate_framework() noexcept {
  static const SqlMigrate sql_migrate;
  return sql_migrate;
}

}  // namespace pglatch

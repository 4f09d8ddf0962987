#include <utility>

#include "analyzer/source/frameworks/all.h"
#include "analyzer/source/frameworks/file_names.h"
#include "analyzer/source/frameworks/sections.h"
#include "analyzer/source/frameworks/surroundings.h"

namespace pglatch {
namespace {

constexpr std::string_view kNoTransaction = "-- no-transaction";

// What `sqlx migrate add` puts into a new file (MigrationType::file_content() in sqlx-core), and most leave there.
// Empty for other files.
std::string template_comment(std::string_view text) {
  for (const std::string_view comment :
       {"-- Add migration script here", "-- Add up migration script here", "-- Add down migration script here"}) {
    if (text.starts_with(comment)) return std::string(comment);
  }
  return {};
}

// launchbadge/sqlx, sqlx-core/src/migrate: `7_orders.sql`, or `7_orders.up.sql` and `.down.sql`; one message in a
// transaction, unless the very first bytes of the file are `-- no-transaction`.
class Sqlx final : public SectionedFramework {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "sqlx"; }

 protected:
  [[nodiscard]] std::string evidence(const SourceFile& file, Surroundings& around) const override {
    const std::string_view name = file_name(file.path());
    if (!numbered_description(name)) return {};
    if (is_without_transaction(file)) return "named N_….sql";
    if (const auto mark = template_comment(file.text()); !mark.empty()) return mark;
    const bool is_in_its_folder = folder_of_file(file.path()).find("migrations") != std::string_view::npos;
    if (!is_in_its_folder && !numbered_direction(name)) return {};
    return around.project_mentions(file.path(), "Cargo.toml", "sqlx") ? "named N_….sql, sqlx in Cargo.toml" : "";
  }

  [[nodiscard]] std::vector<Section> sections(const SourceFile& file, Surroundings& /*around*/) const override {
    const Direction direction = numbered_direction(file_name(file.path())).value_or(Direction::up);
    if (is_without_transaction(file)) {
      return {{direction, ExecutionMode::single_message, {}, std::string(kNoTransaction) + " in line 1"}};
    }
    return {{direction, ExecutionMode::transaction, {}, {}}};
  }

 private:
  // A byte order mark hides the directive from sqlx.
  static bool is_without_transaction(const SourceFile& file) {
    return !file.has_bom() && file.text().starts_with(kNoTransaction);
  }
};

}  // namespace

const Framework& sqlx_framework() noexcept {
  static const Sqlx sqlx;
  return sqlx;
}

}  // namespace pglatch

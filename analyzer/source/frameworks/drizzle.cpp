#include <utility>

#include "analyzer/source/frameworks/all.h"
#include "analyzer/source/frameworks/file_names.h"
#include "analyzer/source/frameworks/sections.h"
#include "analyzer/source/frameworks/surroundings.h"

namespace pglatch {
namespace {

constexpr std::string_view kBreakpoint = "--> statement-breakpoint";

// What the journal does not list, drizzle does not run (readMigrationFiles() in src/migrator.ts).
bool is_in_journal(const std::string& path, std::string_view name, Surroundings& around) {
  const auto& journal = around.read_beside(path, "meta/_journal.json");
  if (!journal) return false;
  std::string tag(1, '"');
  tag += name.substr(0, name.rfind('.'));
  tag += '"';
  return journal->find(tag) != std::string::npos;
}

// drizzle-team/drizzle-orm, src/migrator.ts and pg-core/dialect.ts: `0000_name.sql` with `meta/_journal.json`, later
// `N_name/migration.sql` with `snapshot.json`; all migrations that are pending are run in one transaction, and nothing
// switches that off. To PostgreSQL the breakpoints are comments.
class Drizzle final : public SectionedFramework {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "drizzle"; }

 protected:
  [[nodiscard]] std::string evidence(const SourceFile& file, Surroundings& around) const override {
    if (file.text().find(kBreakpoint) != std::string::npos) return std::string(kBreakpoint);
    const std::string_view name = file_name(file.path());
    if (numbered_description(name) && is_in_journal(file.path(), name, around)) return "in meta/_journal.json";
    return name == "migration.sql" && around.has_beside(file.path(), "snapshot.json") ? "beside snapshot.json" : "";
  }

  [[nodiscard]] std::vector<Section> sections(const SourceFile& /*file*/, Surroundings& /*around*/) const override {
    return {{Direction::up, ExecutionMode::transaction, {}, {}}};
  }
};

}  // namespace

const Framework& drizzle_framework() noexcept {
  static const Drizzle drizzle;
  return drizzle;
}

}  // namespace pglatch

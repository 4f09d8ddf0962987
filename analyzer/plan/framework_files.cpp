#include "analyzer/plan/framework_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "analyzer/plan/framework_files_form.h"
#include "analyzer/plan/framework_files_list.h"
#include "analyzer/plan/framework_files_names.h"
#include "analyzer/plan/framework_files_parts.h"
#include "analyzer/plan/framework_files_text.h"
#include "analyzer/source/migration_version.h"

namespace pglatch {
namespace {

constexpr std::string_view kJournal = "meta/_journal.json";
constexpr std::string_view kSqitchPlan = "sqitch.plan";
constexpr std::string_view kAtlasSum = "atlas.sum";
constexpr std::string_view kCurrent = "current.sql";  // of graphile-migrate: what is not committed yet

Error no_form(const std::string& framework) {
  if (framework == "pg_dump") return Error{"a dump is no migration: there are no files to write its plan to"};
  return Error{
      fmt::format("there is no form of migrations for {}; the plan can be a psql script (--format sql)", framework)};
}

// Drizzle's newer layout keeps the state of its own schema with each migration, which nobody else can make up.
bool needs_snapshots(const MigrationFolder& folder) {
  return folder.framework == "drizzle" && folder.sources.back().ends_with("migration.sql");
}

bool has_ways_back(const FrameworkForm& form, const MigrationFolder& folder) {
  if (form.down_file.empty()) return false;
  const auto is_like = [&](const std::string& name) {
    return name.starts_with(form.down_beside) || name.ends_with(form.down_beside);
  };
  return form.down_beside.empty() || std::any_of(folder.taken.begin(), folder.taken.end(), is_like) ||
         std::any_of(folder.sources.begin(), folder.sources.end(), is_like);
}

class Writer {
 public:
  Writer(const Plan& plan, const MigrationFolder& folder, const FrameworkForm& form)
      : plan_(plan), folder_(folder), form_(form) {}

  Result<FrameworkFiles> write() {
    if (folder_.replaces && form_.list == MigrationList::graphile_chain && folder_.sources.back() != kCurrent) {
      return Error{"--replace: this is committed; graphile-migrate uncommit makes it current.sql again"};
    }
    auto migrations = migrations_of(plan_, form_, folder_.accepted);
    if (!migrations) return migrations.error();
    if (migrations->empty()) return Error{"the plan has no steps: there is nothing to write"};
    auto names = name_all(*migrations);
    if (!names) return names.error();
    if (form_.framework == "liquibase") {
      written_.files.push_back(changelog_of(*migrations, *names, changelog_name()));
    } else {
      const bool has_down = has_ways_back(form_, folder_);
      for (std::size_t i = 0; i < names->size(); ++i) {
        for (MigrationFile& file : files_of((*migrations)[i], (*names)[i], form_, has_down)) {
          written_.files.push_back(std::move(file));
        }
      }
    }
    if (auto error = extend_list(*names)) return std::move(*error);
    const bool has_sum = std::find(folder_.taken.begin(), folder_.taken.end(), kAtlasSum) != folder_.taken.end();
    if (has_sum && form_.list != MigrationList::atlas_sum) {
      written_.remarks.emplace_back("atlas.sum lacks the new files: atlas migrate hash makes it anew.");
    }
    if (!form_.remark.empty()) written_.remarks.emplace_back(form_.remark);
    return std::move(written_);
  }

 private:
  Result<std::vector<MigrationName>> name_all(const std::vector<PlannedMigration>& migrations) {
    const std::size_t count = migrations.size();
    const std::size_t width = std::to_string(count).size();
    std::string version = first_version();
    const std::string first = version;
    std::vector<MigrationName> names;
    for (std::size_t i = 0; i < count; ++i) {
      std::string name = description(migrations[i].origin);
      // Without versions the number is what tells it from the original.
      if (count > 1 || version.empty()) name += fmt::format("_{:0{}}", i + 1, width);
      names.push_back({version, std::move(name), i + 1, count, {}});
      if (i > 0) names[i - 1].next = names[i].name;
      if (!version.empty()) version = next_version(version);
    }
    if (folder_.replaces && !first.empty()) {
      for (const std::string& name : folder_.taken) {
        const std::string_view taken = migration_version(name);
        const bool is_between =
            !taken.empty() && compare_versions(taken, first) >= 0 && compare_versions(taken, names.back().version) <= 0;
        if (is_between) {
          return Error{fmt::format(
              "--replace: the plan has {} migrations, from version {} to {}, and {} is among them; plan it as well, or "
              "write the plan beside the original (--out)",
              count, first, names.back().version, name)};
        }
      }
    }
    return names;
  }

  [[nodiscard]] std::string first_version() const {
    if (form_.up_file.find("{version}") == std::string_view::npos) return {};
    const bool takes_place = folder_.replaces && folder_.sources.front() != kCurrent;
    if (takes_place) return std::string(migration_version(folder_.sources.front()));
    const std::string highest = highest_version(folder_.taken);
    if (highest.empty()) return form_.framework == "graphile-migrate" ? "000001" : "";
    return next_version(highest);
  }

  [[nodiscard]] std::string description(const std::string& origin) const {
    const auto found = std::find(folder_.source_paths.begin(), folder_.source_paths.end(), origin);
    const std::size_t source =
        found == folder_.source_paths.end() ? 0 : static_cast<std::size_t>(found - folder_.source_paths.begin());
    std::string_view name = folder_.sources[source];
    if (name.starts_with("deploy/")) name.remove_prefix(7);
    std::string description = description_of(name);
    // A part of a pattern of word characters there.
    if (form_.framework == "refinery") std::replace(description.begin(), description.end(), '-', '_');
    return description;
  }

  [[nodiscard]] std::string changelog_name() const {
    if (folder_.replaces) return folder_.sources.front();  // by this name it is included
    const std::string version = first_version();
    return fill_in(form_.up_file, version, description({}) + (version.empty() ? "_plan" : ""));
  }

  std::optional<Error> extend_list(const std::vector<MigrationName>& names) {
    std::vector<std::string> called;
    for (const MigrationName& each : names) called.push_back(each.name);
    switch (form_.list) {
      case MigrationList::none:
        return std::nullopt;
      case MigrationList::drizzle_journal: {
        const auto journal = folder_.read(kJournal);
        if (!journal) return Error{fmt::format("there is no {}: what it does not list drizzle does not run", kJournal)};
        std::vector<std::string> tags;
        for (const MigrationName& each : names) tags.push_back(fmt::format("{}_{}", each.version, each.name));
        return change(kJournal, changed_journal(*journal, dropped(), tags));
      }
      case MigrationList::sqitch_plan: {
        const auto plan = folder_.read(kSqitchPlan);
        if (!plan) return Error{fmt::format("there is no {}: what it does not name Sqitch does not run", kSqitchPlan)};
        return change(kSqitchPlan,
                      changed_sqitch_plan(*plan, dropped(), called, "A step of the safe form of " + description({})));
      }
      case MigrationList::atlas_sum:
        return extend_sum();
      case MigrationList::graphile_chain: {
        std::string last;
        for (const std::string& name : folder_.taken) {
          if (name.ends_with(".sql") && !migration_version(name).empty() &&
              (last.empty() || compare_versions(migration_version(last), migration_version(name)) < 0)) {
            last = name;
          }
        }
        if (folder_.replaces) written_.changed.push_back({"../current.sql", "-- Enter migration here\n"});
        chain(written_.files, last.empty() ? std::string() : folder_.read(last).value_or(""));
        return std::nullopt;
      }
    }
    return std::nullopt;
  }

  // What the lists call the migrations that are replaced.
  [[nodiscard]] std::vector<std::string> dropped() const {
    std::vector<std::string> names;
    if (!folder_.replaces) return names;
    for (std::string_view name : folder_.sources) {
      if (name.starts_with("deploy/")) name.remove_prefix(7);
      names.emplace_back(name.substr(0, name.rfind(".sql")));
    }
    return names;
  }

  std::optional<Error> change(std::string_view name, Result<std::string> text) {
    if (!text) return text.error();
    written_.changed.push_back({std::string(name), std::move(*text)});
    return std::nullopt;
  }

  // The sum says that nobody has changed the files: one that is wrong already stays for people to look at.
  std::optional<Error> extend_sum() {
    const auto sum = folder_.read(kAtlasSum);
    if (!sum) {
      written_.remarks.emplace_back("There is no atlas.sum: atlas migrate hash makes it.");
      return std::nullopt;
    }
    std::vector<MigrationFile> all;
    const auto add = [&](const std::string& name) {
      if (!name.ends_with(".sql")) return;
      if (auto text = folder_.read(name)) all.push_back({name, std::move(*text)});
    };
    for (const std::string& name : folder_.taken) add(name);
    std::vector<MigrationFile> before = all;
    if (folder_.replaces) {
      all.swap(before);
      for (const std::string& name : folder_.sources) add(name);
      all.swap(before);
    }
    if (atlas_sum(std::move(before)) != *sum) {
      return Error{"atlas.sum is not that of the files beside it; see what was changed, then run atlas migrate hash"};
    }
    all.insert(all.end(), written_.files.begin(), written_.files.end());
    written_.changed.push_back({std::string(kAtlasSum), atlas_sum(std::move(all))});
    return std::nullopt;
  }

  const Plan& plan_;
  const MigrationFolder& folder_;
  const FrameworkForm& form_;
  FrameworkFiles written_;
};

}  // namespace

Result<FrameworkFiles> write_framework_files(const Plan& plan, const MigrationFolder& folder) {
  const FrameworkForm* form = find_form(folder.framework, folder.sources.back());
  if (form == nullptr) return no_form(folder.framework);
  if (needs_snapshots(folder)) {
    return Error{
        "with each migration of this layout drizzle keeps a snapshot of its schema; make empty migrations with "
        "drizzle-kit generate --custom, or run the plan as a psql script (--format sql)"};
  }
  return Writer(plan, folder, *form).write();
}

}  // namespace pglatch

#include "analyzer/source/framework.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "analyzer/source/frameworks/all.h"
#include "analyzer/source/frameworks/surroundings.h"
#include "analyzer/source/templates.h"

namespace pglatch {
namespace {

std::vector<Script> as_written(const std::shared_ptr<const SourceFile>& file, Surroundings& around,
                               const Framework* framework) {
  const FileType type = file_type_of(file->path());
  // Whoever names a framework for a project means its SQL.
  if (framework != nullptr && (type == FileType::sql || framework->reads(type))) {
    return framework->scripts(file, around);
  }
  for (const Framework* candidate : frameworks()) {
    if (!candidate->reads(type)) continue;
    if (auto scripts = candidate->recognise(file, around)) return std::move(*scripts);
  }
  return {};  // a program without migrations: plain recognises every file of SQL
}

}  // namespace

std::span<const Framework* const> frameworks() noexcept {
  // First those that show in the text, then those that show in folders, then those that are only known by a name, which
  // others may have too.
  static const std::array<const Framework*, 28> all = {&runbook_framework(),
                                                       &alembic_framework(),
                                                       &django_framework(),
                                                       &rails_framework(),
                                                       &typeorm_framework(),
                                                       &knex_framework(),
                                                       &goose_framework(),
                                                       &sql_migrate_framework(),
                                                       &dbmate_framework(),
                                                       &tern_framework(),
                                                       &liquibase_framework(),
                                                       &supabase_framework(),
                                                       &drizzle_framework(),
                                                       &node_pg_migrate_framework(),
                                                       &graphile_migrate_framework(),
                                                       &sqitch_framework(),
                                                       &prisma_framework(),
                                                       &diesel_framework(),
                                                       &hasura_framework(),
                                                       &sqlx_framework(),
                                                       &golang_migrate_framework(),
                                                       &pgmigrate_framework(),
                                                       &refinery_framework(),
                                                       &flyway_framework(),
                                                       &atlas_framework(),
                                                       &pg_dump_framework(),
                                                       &psql_framework(),
                                                       &plain_framework()};
  return all;
}

const Framework* find_framework(std::string_view name) noexcept {
  for (const Framework* framework : frameworks()) {
    if (framework->name() == name) return framework;
  }
  return nullptr;
}

bool fills_templates(std::string_view framework) noexcept {
  constexpr std::string_view kSentAsTheyAre[] = {"dbmate", "diesel",  "drizzle",   "graphile-migrate",
                                                 "hasura", "pg_dump", "pgmigrate", "prisma",
                                                 "sqlx",   "supabase"};
  return std::find(std::begin(kSentAsTheyAre), std::end(kSentAsTheyAre), framework) == std::end(kSentAsTheyAre);
}

std::vector<Script> read_scripts(const std::shared_ptr<const SourceFile>& file, Surroundings& around,
                                 const Framework* framework) {
  std::vector<Script> found = as_written(file, around, framework);
  for (Script& script : found) {
    if (!fills_templates(script.framework)) continue;
    std::string masked = mask_templates(script.sql());
    if (!masked.empty()) script.masked = std::move(masked);
  }
  return found;
}

std::vector<Script> read_scripts(const std::shared_ptr<const SourceFile>& file, const Framework* framework) {
  Surroundings around;
  return read_scripts(file, around, framework);
}

}  // namespace pglatch

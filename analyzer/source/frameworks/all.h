// The adapters, one function each; the list that is searched is in framework.cpp.
#pragma once

#include "analyzer/source/framework.h"

namespace pglatch {

// Frameworks of migrations. How each sends its files is said in its own file.
[[nodiscard]] const Framework& atlas_framework() noexcept;
[[nodiscard]] const Framework& dbmate_framework() noexcept;
[[nodiscard]] const Framework& diesel_framework() noexcept;
[[nodiscard]] const Framework& drizzle_framework() noexcept;
[[nodiscard]] const Framework& flyway_framework() noexcept;
[[nodiscard]] const Framework& golang_migrate_framework() noexcept;
[[nodiscard]] const Framework& goose_framework() noexcept;
[[nodiscard]] const Framework& graphile_migrate_framework() noexcept;
[[nodiscard]] const Framework& hasura_framework() noexcept;
[[nodiscard]] const Framework& liquibase_framework() noexcept;
[[nodiscard]] const Framework& node_pg_migrate_framework() noexcept;
[[nodiscard]] const Framework& pgmigrate_framework() noexcept;
[[nodiscard]] const Framework& prisma_framework() noexcept;
[[nodiscard]] const Framework& refinery_framework() noexcept;
[[nodiscard]] const Framework& sqitch_framework() noexcept;
[[nodiscard]] const Framework& sql_migrate_framework() noexcept;
[[nodiscard]] const Framework& sqlx_framework() noexcept;
[[nodiscard]] const Framework& supabase_framework() noexcept;
[[nodiscard]] const Framework& tern_framework() noexcept;

/// A schema as pg_dump wrote it, Rails' structure.sql too.
[[nodiscard]] const Framework& pg_dump_framework() noexcept;
inline constexpr std::string_view kPgDump = "pg_dump";

// Frameworks whose migrations are programs, of which the strings of SQL are read.
[[nodiscard]] const Framework& alembic_framework() noexcept;
[[nodiscard]] const Framework& django_framework() noexcept;
[[nodiscard]] const Framework& knex_framework() noexcept;
[[nodiscard]] const Framework& rails_framework() noexcept;
[[nodiscard]] const Framework& typeorm_framework() noexcept;

/// A Markdown file with SQL in it.
[[nodiscard]] const Framework& runbook_framework() noexcept;
inline constexpr std::string_view kRunbook = "runbook";

/// A script for psql -f.
[[nodiscard]] const Framework& psql_framework() noexcept;

/// A file of SQL that nobody claims: how it is sent is unknown.
[[nodiscard]] const Framework& plain_framework() noexcept;

/// The framework of that name is one of the last two: any folder may have such files, and nothing but their names
/// orders them.
[[nodiscard]] bool is_plain_sql(std::string_view framework) noexcept;

}  // namespace pglatch

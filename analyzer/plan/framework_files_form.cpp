// Sources: each tool's documentation and the part of its program that reads and runs files, as named in the adapter of
// analyzer/source/frameworks/ that reads the same files.
#include "analyzer/plan/framework_files_form.h"

#include <array>

namespace pglatch {
namespace {

constexpr std::string_view kNumbered = "{version}_{name}.sql";
constexpr std::string_view kNumberedUp = "{version}_{name}.up.sql";
constexpr std::string_view kNumberedDown = "{version}_{name}.down.sql";
constexpr std::string_view kFolderUp = "{version}_{name}/up.sql";
constexpr std::string_view kFolderDown = "{version}_{name}/down.sql";

constexpr FrameworkForm golang_migrate() {
  FrameworkForm form;
  form.framework = "golang-migrate";
  form.up_file = kNumberedUp;
  form.down_file = kNumberedDown;
  form.transaction = TransactionOf::file;
  form.outside = OutsideOf::message;
  form.remark = "Not with x-multi-statement=true, which cuts at semicolons inside of strings too.";
  return form;
}

constexpr FrameworkForm goose() {
  FrameworkForm form;
  form.framework = "goose";
  form.up_file = form.down_file = kNumbered;
  form.up_line = "-- +goose Up";
  form.down_line = "-- +goose Down";
  form.outside = OutsideOf::statements;
  form.outside_first_line = "-- +goose NO TRANSACTION";
  form.block_begin = "-- +goose StatementBegin";
  form.block_end = "-- +goose StatementEnd";
  return form;
}

constexpr FrameworkForm sql_migrate() {
  FrameworkForm form;
  form.framework = "sql-migrate";
  form.up_file = form.down_file = kNumbered;
  form.up_line = "-- +migrate Up";
  form.down_line = "-- +migrate Down";
  form.outside = OutsideOf::statements;
  form.outside_up_line = "-- +migrate Up notransaction";
  form.outside_down_line = "-- +migrate Down notransaction";
  form.block_begin = "-- +migrate StatementBegin";
  form.block_end = "-- +migrate StatementEnd";
  return form;
}

constexpr FrameworkForm dbmate() {
  FrameworkForm form;
  form.framework = "dbmate";
  form.up_file = form.down_file = kNumbered;
  form.up_line = "-- migrate:up";
  form.down_line = "-- migrate:down";
  form.outside = OutsideOf::message;
  form.outside_up_line = "-- migrate:up transaction:false";
  form.outside_down_line = "-- migrate:down transaction:false";
  return form;
}

constexpr FrameworkForm tern() {
  FrameworkForm form;
  form.framework = "tern";
  form.up_file = form.down_file = kNumbered;
  form.down_line = "---- create above / drop below ----";
  form.outside = OutsideOf::session;
  form.outside_up_line = "---- tern: disable-tx ----";
  form.outside_down_line = "---- create above / drop below ----\n---- tern: disable-tx ----";
  return form;
}

constexpr FrameworkForm node_pg_migrate() {
  FrameworkForm form;
  form.framework = "node-pg-migrate";
  form.up_file = form.down_file = kNumbered;
  form.up_line = "-- Up Migration";
  form.down_line = "-- Down Migration";
  form.transaction = TransactionOf::all;
  form.outside = OutsideOf::code;
  form.outside_file = "{version}_{name}.cjs";
  return form;
}

constexpr FrameworkForm flyway() {
  FrameworkForm form;
  form.framework = "flyway";
  form.up_file = "V{version}__{name}.sql";
  form.down_file = "U{version}__{name}.sql";
  form.down_beside = "U";
  form.outside = OutsideOf::session;
  form.outside_file = "V{version}__{name}.sql.conf";
  form.outside_text = "executeInTransaction=false\n";
  form.remark =
      "Flyway waits for itself when it builds an index CONCURRENTLY, unless flyway.postgresql.transactional.lock is "
      "false.";
  return form;
}

constexpr FrameworkForm liquibase() {
  FrameworkForm form;
  form.framework = "liquibase";
  form.up_file = form.down_file = kNumbered;
  form.outside = OutsideOf::message;
  form.remark = "The changelog has to include the new file, unless it takes all of the folder (includeAll).";
  return form;
}

constexpr FrameworkForm diesel() {
  FrameworkForm form;
  form.framework = "diesel";
  form.up_file = kFolderUp;
  form.down_file = kFolderDown;
  form.outside = OutsideOf::message;
  form.outside_file = "{version}_{name}/metadata.toml";
  form.outside_text = "run_in_transaction = false\n";
  return form;
}

constexpr FrameworkForm hasura() {
  FrameworkForm form;
  form.framework = "hasura";
  form.up_file = kFolderUp;
  form.down_file = kFolderDown;
  return form;
}

constexpr FrameworkForm hasura_files() {
  FrameworkForm form = hasura();
  form.source_ending = ".up.sql";
  form.up_file = kNumberedUp;
  form.down_file = kNumberedDown;
  return form;
}

constexpr FrameworkForm sqlx() {
  FrameworkForm form;
  form.framework = "sqlx";
  form.up_file = kNumbered;
  form.outside = OutsideOf::message;
  form.outside_first_line = "-- no-transaction";
  return form;
}

constexpr FrameworkForm sqlx_both_ways() {
  FrameworkForm form = sqlx();
  form.source_ending = ".up.sql";
  form.up_file = kNumberedUp;
  form.down_file = kNumberedDown;
  return form;
}

constexpr FrameworkForm prisma() {
  FrameworkForm form;
  form.framework = "prisma";
  form.up_file = "{version}_{name}/migration.sql";
  form.transaction = TransactionOf::file;
  form.outside = OutsideOf::message;
  return form;
}

constexpr FrameworkForm drizzle() {
  FrameworkForm form;
  form.framework = "drizzle";
  form.up_file = kNumbered;
  form.transaction = TransactionOf::all;
  form.outside = OutsideOf::commits;
  form.between = "--> statement-breakpoint";
  form.list = MigrationList::drizzle_journal;
  return form;
}

constexpr FrameworkForm supabase() {
  FrameworkForm form;
  form.framework = "supabase";
  form.up_file = kNumbered;
  form.transaction = TransactionOf::file;
  form.outside = OutsideOf::message;
  return form;
}

constexpr FrameworkForm atlas() {
  FrameworkForm form;
  form.framework = "atlas";
  form.up_file = kNumbered;
  form.outside = OutsideOf::session;
  form.outside_first_line = "-- atlas:txmode none\n";  // with an empty line below, or it is a statement's comment
  form.list = MigrationList::atlas_sum;
  return form;
}

// Consecutive migrations share a transaction, but for those whose names say that they have none.
constexpr FrameworkForm pgmigrate() {
  FrameworkForm form;
  form.framework = "pgmigrate";
  form.up_file = "V{version}__NONTRANSACTIONAL_{name}.sql";
  form.up_line = form.outside_up_line = "/* pgmigrate-encoding: utf-8 */";
  form.transaction = TransactionOf::file;
  form.outside = OutsideOf::session;
  return form;
}

constexpr FrameworkForm refinery() {
  FrameworkForm form;
  form.framework = "refinery";
  form.up_file = "V{version}__{name}.sql";
  return form;
}

constexpr FrameworkForm graphile_migrate() {
  FrameworkForm form;
  form.framework = "graphile-migrate";
  form.up_file = "{version}-{name}.sql";
  form.outside = OutsideOf::message;
  form.outside_first_line = "--! no-transaction";
  form.list = MigrationList::graphile_chain;
  return form;
}

constexpr FrameworkForm sqitch() {
  FrameworkForm form;
  form.framework = "sqitch";
  form.up_file = "deploy/{name}.sql";
  form.down_file = "revert/{name}.sql";
  form.verify_file = "verify/{name}.sql";
  form.up_line = "-- Deploy {name} to pg";
  form.down_line = "-- Revert {name} from pg";
  form.outside_up_line = form.up_line;
  form.outside_down_line = form.down_line;
  form.transaction = TransactionOf::file;
  form.outside = OutsideOf::session;
  form.list = MigrationList::sqitch_plan;
  return form;
}

constexpr FrameworkForm plain() {
  FrameworkForm form;
  form.framework = "plain";
  form.up_file = kNumbered;
  form.down_file = kNumberedDown;
  form.down_beside = ".down.sql";  // who runs all files of the folder would run them too
  form.transaction = TransactionOf::file;
  form.outside = OutsideOf::message;
  form.remark = "Nobody said how these files are run: each has to be sent by itself, outside of a transaction.";
  return form;
}

constexpr FrameworkForm psql() {
  FrameworkForm form = plain();
  form.framework = "psql";
  form.up_line = form.down_line = form.outside_up_line = form.outside_down_line = "\\set ON_ERROR_STOP on";
  form.outside = OutsideOf::session;
  form.remark = "To be run with psql -X -f, one by one and without -1.";
  return form;
}

constexpr std::array kForms = {atlas(),        dbmate(),         diesel(),      drizzle(),
                               flyway(),       golang_migrate(), goose(),       graphile_migrate(),
                               hasura_files(), hasura(),         liquibase(),   node_pg_migrate(),
                               pgmigrate(),    plain(),          prisma(),      psql(),
                               refinery(),     sqitch(),         sql_migrate(), sqlx_both_ways(),
                               sqlx(),         supabase(),       tern()};

}  // namespace

std::span<const FrameworkForm> framework_forms() noexcept { return kForms; }

const FrameworkForm* find_form(std::string_view framework, std::string_view source) noexcept {
  for (const FrameworkForm& form : kForms) {
    if (form.framework == framework && source.ends_with(form.source_ending)) return &form;
  }
  return nullptr;
}

}  // namespace pglatch

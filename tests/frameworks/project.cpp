#include "tests/frameworks/project.h"

#include <algorithm>
#include <stdexcept>

#include "analyzer/plan/framework_files_list.h"
#include "tests/support/golden.h"

namespace pglatch::testing {
namespace {

// A framework, its folder, the migration that is applied and the one that is planned.
std::vector<ProjectForm> make_forms() {
  std::vector<ProjectForm> forms{
      {"atlas", "migrations", "migrations/20240501120000_shop.sql", "migrations/20240502235959_integrity.sql"},
      {"dbmate", "db/migrations", "db/migrations/20240501120000_shop.sql",
       "db/migrations/20240502235959_integrity.sql"},
      {"diesel", "migrations", "migrations/2024-05-01-120000_shop/up.sql",
       "migrations/2024-05-02-235959_integrity/up.sql"},
      {"drizzle", "drizzle", "drizzle/0000_shop.sql", "drizzle/0001_integrity.sql"},
      {"flyway", "db/migration", "db/migration/V1.1__shop.sql", "db/migration/V1.9__integrity.sql"},
      {"golang-migrate", "migrations", "migrations/000008_shop.up.sql", "migrations/000009_integrity.up.sql"},
      {"goose", "migrations", "migrations/00001_shop.sql", "migrations/00002_integrity.sql"},
      {"graphile-migrate", "migrations/committed", "migrations/committed/000001.sql", "migrations/current.sql"},
      {"hasura", "migrations/default", "migrations/default/1714564800000_shop/up.sql",
       "migrations/default/1714564800999_integrity/up.sql"},
      {"liquibase", "changelog", "changelog/001_shop.sql", "changelog/002_integrity.sql"},
      {"node-pg-migrate", "migrations", "migrations/1714564800000_shop.sql", "migrations/1714564800999_integrity.sql"},
      {"pgmigrate", "migrations", "migrations/V0001__shop.sql", "migrations/V0002__integrity.sql"},
      {"plain", "sql", "sql/1_shop.sql", "sql/2_integrity.sql"},
      {"prisma", "prisma/migrations", "prisma/migrations/20240501120000_shop/migration.sql",
       "prisma/migrations/20240502235959_integrity/migration.sql"},
      {"psql", "sql", "sql/1_shop.sql", "sql/2_integrity.sql"},
      {"refinery", "migrations", "migrations/V1__shop.sql", "migrations/V2__integrity-of-orders.sql"},
      {"sqitch", ".", "deploy/shop.sql", "deploy/app/integrity.sql"},
      {"sql-migrate", "migrations", "migrations/1_shop.sql", "migrations/2_integrity.sql"},
      {"sqlx", "migrations", "migrations/20240501120000_shop.up.sql", "migrations/20240502235959_integrity.up.sql"},
      {"supabase", "supabase/migrations", "supabase/migrations/20240501120000_shop.sql",
       "supabase/migrations/20240502235959_integrity.sql"},
      {"tern", "migrations", "migrations/001_shop.sql", "migrations/002_integrity.sql"}};
  const auto form_of = [&](std::string_view framework) -> ProjectForm& {
    return *std::find_if(forms.begin(), forms.end(),
                         [&](const ProjectForm& form) { return form.framework == framework; });
  };
  for (const char* framework : {"hasura", "refinery"}) form_of(framework).outside = false;
  // What stands around the SQL of a file.
  const auto around = [&](std::string_view framework, std::string before, std::string after) {
    form_of(framework).before = std::move(before);
    form_of(framework).after = std::move(after);
  };
  around("dbmate", "-- migrate:up\n", "\n-- migrate:down\n");
  around("goose", "-- +goose Up\n", "\n-- +goose Down\n");
  around("liquibase", "--liquibase formatted sql\n--changeset shop:1 splitStatements:false\n", "");
  around("node-pg-migrate", "-- Up Migration\n", "\n-- Down Migration\n");
  around("psql", "\\set ON_ERROR_STOP on\n", "");
  around("sql-migrate", "-- +migrate Up\n", "\n-- +migrate Down\n");
  around("tern", "", "\n---- create above / drop below ----\n");
  const auto with = [&](std::string_view framework, std::string file, std::string text) {
    form_of(framework).others.emplace_back(std::move(file), std::move(text));
  };
  // What shows whose the files are.
  for (const char* framework : {"refinery", "sqlx"}) {
    with(framework, "Cargo.toml", std::string("[dependencies]\n") + framework + " = \"0.8\"\n");
  }
  with("golang-migrate", "migrations/000008_shop.down.sql", "DROP TABLE orders, customers;\n");
  with("sqlx", "migrations/20240501120000_shop.down.sql", "DROP TABLE orders, customers;\n");
  with("diesel", "migrations/2024-05-01-120000_shop/down.sql", "DROP TABLE orders, customers;\n");
  with("hasura", "migrations/default/1714564800000_shop/down.sql", "DROP TABLE orders, customers;\n");
  with("drizzle", "drizzle/meta/_journal.json",
       "{\n  \"version\": \"7\",\n  \"dialect\": \"postgresql\",\n  \"entries\": [\n    {\n      \"idx\": 0,\n      "
       "\"version\": \"7\",\n      \"when\": 1714564800000,\n      \"tag\": \"0000_shop\",\n      \"breakpoints\": "
       "true\n    },\n    {\n      \"idx\": 1,\n      \"version\": \"7\",\n      \"when\": 1714564900000,\n      "
       "\"tag\": \"0001_integrity\",\n      \"breakpoints\": true\n    }\n  ]\n}\n");
  with("prisma", "prisma/migrations/migration_lock.toml", "provider = \"postgresql\"\n");
  with("sqitch", "sqitch.conf", "[core]\n\tengine = pg\n");
  with("sqitch", "sqitch.plan",
       "%syntax-version=1.0.0\n%project=shop\n\nshop 2024-05-01T12:00:00Z Zoë <zoe@example.org> # The tables\n"
       "app/integrity [shop] 2024-05-02T23:59:59Z Zoë <zoe@example.org> # What the rows have to be\n");
  with("sqitch", "revert/app/integrity.sql", "DROP INDEX orders_customer_idx;\n");
  with("pgmigrate", "migrations.yml", "callbacks: {}\n");
  return forms;
}

}  // namespace

const std::vector<ProjectForm>& project_forms() {
  static const std::vector<ProjectForm> forms = make_forms();
  return forms;
}

const ProjectForm& project_form(const std::string& framework) {
  for (const ProjectForm& form : project_forms()) {
    if (form.framework == framework) return form;
  }
  throw std::runtime_error("no project of " + framework);
}

Project::Project(const ProjectForm& form) : form_(form) {
  std::string applied = form.before + tables() + form.after;
  if (form.framework == "graphile-migrate") {
    std::vector<MigrationFile> committed{{form.applied, tables()}};
    chain(committed, "");
    applied = committed.front().text;
  }
  directory_.write(form.applied, applied);
  directory_.write(form.risky, form.before + risk() + form.after);
  for (const auto& [name, text] : form.others) directory_.write(name, text);
  if (form.framework == "atlas") {
    std::vector<MigrationFile> files;
    for (const std::string& name : {form.applied, form.risky}) {
      files.push_back({std::filesystem::path(name).filename().string(), read_file(directory() / name)});
    }
    directory_.write("migrations/atlas.sum", atlas_sum(files));
  }
}

std::string Project::tables() {
  return "CREATE TABLE customers (id bigint PRIMARY KEY, email text);\n"
         "CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint NOT NULL, total integer, status text);\n"
         "INSERT INTO customers SELECT n, 'c' || n FROM generate_series(0, 49) n;\n"
         "INSERT INTO orders SELECT n, n % 50, n FROM generate_series(1, 2500) n;\n";
}

std::string Project::risk() const {
  const std::string inside =
      "ALTER TABLE orders ADD CONSTRAINT orders_customer_fk FOREIGN KEY (customer_id) REFERENCES customers (id);\n"
      "ALTER TABLE orders ALTER COLUMN total SET NOT NULL;\n";
  if (!form_.outside) return inside;
  return "CREATE INDEX orders_customer_idx ON orders (customer_id);\n" + inside +
         "UPDATE orders SET status = 'it''s \\new: `' || total;\n";
}

ProcessResult Project::plan(std::vector<std::string> more) const {
  std::vector<std::string> arguments{"plan", "--isolated", "--format", "files", "--replace", "--schema", form_.applied};
  // Their names and texts are those of others too.
  if (form_.framework == "plain") arguments.insert(arguments.end(), {"--framework", "plain"});
  arguments.insert(arguments.end(), more.begin(), more.end());
  arguments.push_back(form_.risky);
  ProcessOptions options;
  options.directory = directory();
  return run_pglatch(std::move(arguments), options);
}

std::string Project::written() const {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory())) {
    if (!entry.is_regular_file()) continue;
    std::string name = entry.path().lexically_relative(directory()).string();
    if (name != form_.applied) names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());
  std::string out;
  for (const std::string& name : names) out += "==== " + name + "\n" + read_file(directory() / name);
  return out;
}

std::vector<std::string> as_lines(const std::vector<SchemaFact>& facts) {
  std::vector<std::string> lines;
  for (const SchemaFact& fact : facts) lines.push_back(fact.object + ": " + fact.value);
  return lines;
}

}  // namespace pglatch::testing

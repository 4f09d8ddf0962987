// Strings of SQL in programs.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/source/frameworks/read.h"

namespace pglatch::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// "up transaction: SELECT 1; SELECT 2" of each script, blanks within statements made one.
std::vector<std::string> sent(std::string path, std::string text) {
  std::vector<std::string> found;
  for (const Script& script : read(std::move(path), std::move(text))) {
    EXPECT_EQ(script.sql().size(), script.file->text().size());
    EXPECT_TRUE(script.hides_sql);
    std::string line = std::string(to_string(script.direction)) + " " + std::string(to_string(script.mode)) + ":";
    const char* separator = " ";
    for (const ByteRange range : split_statements(script.sql())) {
      line += separator;
      separator = "; ";
      for (const char c : range.of(script.sql())) {
        const bool is_blank = c == ' ' || c == '\n';
        if (!is_blank || line.back() != ' ') line += is_blank ? ' ' : c;
      }
    }
    found.push_back(std::move(line));
  }
  return found;
}

std::vector<std::string> alembic(const std::string& body) {
  return sent("1_x.py", "from alembic import op\n\n\ndef upgrade():\n" + body);
}
std::vector<std::string> rails(const std::string& body) {
  return sent("1_x.rb", "class X < ActiveRecord::Migration[7.0]\n" + body + "end\n");
}
std::vector<std::string> knex(const std::string& body) {
  return sent("1_x.js", "exports.up = async (knex) => {\n" + body + "\n};\n");
}

TEST(CodeTest, PythonPutsStringsTogether) {
  EXPECT_THAT(alembic("    op.execute('SELECT 1')\n"), ElementsAre("up transaction: SELECT 1"));
  EXPECT_THAT(alembic("    op.execute(\"DROP \" \"TABLE \"\n        'a')\n"),
              ElementsAre("up transaction: DROP TABLE a"));
  EXPECT_THAT(alembic("    op.execute(\"\"\"\n    SELECT 'it''s', \\\"A b\\\", '\\n'\n    \"\"\")\n"),
              ElementsAre("up transaction: SELECT 'it''s', \"A b\" , ' '"));
  EXPECT_THAT(alembic("    op.execute(r'SELECT E\"\\d\"')\n"), ElementsAre("up transaction: SELECT E\"\\d\""));
  EXPECT_THAT(alembic("    op.execute(sa.text('SELECT 1'))\n    op.get_bind().execute(text(\"SELECT :a::int\"))\n"),
              ElementsAre("up transaction: SELECT 1; SELECT :a::int"));
  EXPECT_THAT(alembic("    op.execute('DROP TABLE ' + name + '_old')\n"),
              ElementsAre("up transaction: DROP TABLE \"name_old\""));
}

TEST(CodeTest, PythonPutsValuesIn) {
  EXPECT_THAT(alembic("    op.execute(f'DROP TABLE {table}, {schema.name}.b{1}')\n"),
              ElementsAre("up transaction: DROP TABLE \"table\", \"schema_name\".\"b1\""));
  EXPECT_THAT(
      alembic("    op.execute('DROP TABLE %s, %(b)s' % x)\n    op.execute('DROP TABLE {}, {b}'.format(1, b=2))\n"),
      ElementsAre("up transaction: DROP TABLE _s, __b_s; DROP TABLE __, \"b\""));
  EXPECT_THAT(alembic("    c.execute(text('DELETE FROM a WHERE b = :b AND c = %s'), {'b': 1})\n"),
              ElementsAre("up transaction: DELETE FROM a WHERE b = _b AND c = _s"));
  EXPECT_THAT(alembic("    op.execute(f'{{not}}')\n    op.execute(f'{statement}')\n"), ElementsAre("up unknown:"));
}

TEST(CodeTest, AlembicLeavesItsTransactionInABlock) {
  EXPECT_THAT(alembic("    with op.get_context().autocommit_block():\n        op.execute('SELECT 1')\n"
                      "        op.execute('SELECT 2; SELECT 3')\n    op.execute('SELECT 4')\n\n"
                      "def downgrade():\n    op.execute('SELECT 5')\n"),
              ElementsAre("up autocommit: SELECT 1", "up single-message: SELECT 2; SELECT 3",
                          "up transaction: SELECT 4", "down transaction: SELECT 5"));
}

TEST(CodeTest, WhatIsNoCallOrNoStatementIsLeftAlone) {
  EXPECT_THAT(alembic("    # op.execute('SELECT 1')\n    print('DROP TABLE a')\n    x = 'DROP TABLE a'\n"),
              ElementsAre("up unknown:"));
  EXPECT_THAT(sent("x.py", "cursor.execute('DROP TABLE a')\n"), IsEmpty()) << "no migration";
  EXPECT_THAT(knex("  t.uuid('a').defaultTo(knex.raw('gen_random_uuid()'));"), ElementsAre("up unknown:"));
}

TEST(CodeTest, DjangoKnowsTheWayBack) {
  const std::string head = "from django.db import migrations\nclass Migration(migrations.Migration):\n";
  EXPECT_THAT(sent("7.py", head + "    operations = [migrations.RunSQL('SELECT 1', 'SELECT 2')]\n"),
              ElementsAre("up transaction: SELECT 1", "down transaction: SELECT 2"));
  EXPECT_THAT(sent("7.py", head + "    atomic = False\n    operations = [\n        migrations.RunSQL(\n"
                                  "            reverse_sql=migrations.RunSQL.noop,\n"
                                  "            sql=['SELECT 1', ('SELECT %s; SELECT 2', [1])]),\n    ]\n"),
              ElementsAre("up autocommit: SELECT 1", "up single-message: SELECT _s; SELECT 2"));
  EXPECT_THAT(sent("7.py",
                   "from django.db import migrations\nBACK = '''\nSELECT 2\n'''\n"
                   "def a(apps, editor):\n    editor.execute('SELECT 1')\n"
                   "def b(apps, editor):\n    editor.execute(BACK)\n"
                   "class Migration(migrations.Migration):\n"
                   "    operations = [migrations.RunPython(a, b, atomic=False), migrations.RunSQL(\"SELECT 3\")]\n"),
              ElementsAre("up transaction: SELECT 1; SELECT 3", "down transaction: SELECT 2"));
}

TEST(CodeTest, RubysStringsHaveManyForms) {
  EXPECT_THAT(rails("  def change\n    execute 'SELECT ''a'''\n    execute(\"SELECT \\\"A\\\"\")\n"
                    "    execute %q(SELECT (1))\n    execute <<~SQL.squish, 'x'\n      SELECT '#{a}'\n    SQL\n"
                    "    execute <<-'SQL'\n      SELECT 3\n    SQL\n  end\n"),
              ElementsAre("up transaction: SELECT a; SELECT \"A\"; SELECT (1); SELECT '${a}'; SELECT 3"));
  EXPECT_THAT(rails("  def up\n    execute \"DROP TABLE #{name}\"\n    safety_assured { execute('SELECT 1') }\n  end\n"
                    "  def down\n    execute 'SELECT 2'\n  end\n"),
              ElementsAre("up transaction: DROP TABLE \"$name\"; SELECT 1", "down transaction: SELECT 2"));
}

TEST(CodeTest, RailsLeavesItsTransactionWhereItSaysSo) {
  EXPECT_THAT(
      rails("  disable_ddl_transaction!\n  def change\n    reversible do |dir|\n"
            "      dir.up { execute 'SELECT 1' }\n      dir.down do\n        execute 'SELECT 2'\n      end\n"
            "    end\n    execute 'SELECT 3; SELECT 4'\n  end\n"),
      ElementsAre("up autocommit: SELECT 1", "up single-message: SELECT 3; SELECT 4", "down autocommit: SELECT 2"));
  EXPECT_THAT(rails("  # disable_ddl_transaction!\n  def up\n    execute 'SELECT 1'\n  end\n"),
              ElementsAre("up transaction: SELECT 1"));
}

TEST(CodeTest, JavaScriptsStringsHaveManyForms) {
  EXPECT_THAT(
      knex("  await knex.raw('SELECT \\'a\\'');\n  await knex.schema.raw(\"SELECT \" + 'b');\n"
           "  await knex.raw(`DROP TABLE ${t(`x${'}'}`)}, b`);\n  const r = /'`\"/;\n  // knex.raw('SELECT 9')\n"),
      ElementsAre("up transaction: SELECT 'a'; SELECT b; DROP TABLE \"$t__x________\", b"));
  EXPECT_THAT(knex("  await knex.raw('DROP TABLE ??, :b: ', ['a']);\n  await knex.raw('SELECT ? + :c::int', [1]);"),
              ElementsAre("up transaction: DROP TABLE __, _b_; SELECT _ + _c::int"));
}

TEST(CodeTest, KnexAndTypeOrmLeaveTheirTransactionsWhereTheySaySo) {
  EXPECT_THAT(sent("1.ts",
                   "import { Knex } from 'knex';\nexport const config = { transaction: false };\n"
                   "export async function up(k: Knex) {\n  await k.raw('SELECT 1');\n}\n"
                   "export async function down(k: Knex) {\n  await k.raw('SELECT 2');\n}\n"),
              ElementsAre("up autocommit: SELECT 1", "down autocommit: SELECT 2"));
  const std::string head = "export class A1 implements MigrationInterface {\n";
  EXPECT_THAT(
      sent("1.ts", head + "  public async up(queryRunner: QueryRunner) {\n    await queryRunner.query(`SELECT 1`);\n"
                          "    await this.down(queryRunner);\n    await queryRunner.query<Row>('SELECT 2');\n  }\n"
                          "  async down(queryRunner) { await queryRunner.query('SELECT 3'); }\n}\n"),
      ElementsAre("up transaction: SELECT 1; SELECT 2", "down transaction: SELECT 3"));
  EXPECT_THAT(sent("1.ts", head + "  transaction = false;\n  async up(q) { await q.query('SELECT 1'); }\n}\n"),
              ElementsAre("up autocommit: SELECT 1"));
}

TEST(CodeTest, BranchesForOtherDatabasesAreLeftOut) {
  EXPECT_THAT(
      knex(
          "  if (knex.client.config.client.includes('mysql')) {\n    await knex.raw('SHOW INDEX FROM a');\n  } else {\n"
          "    await knex.raw('SELECT 1');\n  }\n  if (client !== 'sqlite3') { knex.raw('SELECT 2'); }\n"
          "  if (isPg || isMySql) { knex.raw('SELECT 3'); }\n"),
      ElementsAre("up transaction: SELECT 1; SELECT 2; SELECT 3"));
  EXPECT_THAT(
      alembic(
          "    if op.get_bind().dialect.name == 'mysql':\n        op.execute('SHOW a')\n        op.execute('SHOW b')\n"
          "    else:\n        op.execute('SELECT 1')\n    if not is_sqlite:\n        op.execute('SELECT 2')\n"),
      ElementsAre("up transaction: SELECT 1; SELECT 2"));
}

TEST(CodeTest, StringsAreAtTheirPlaces) {
  const std::string text =
      "from alembic import op\r\ndef upgrade():\r\n    op.execute(\"é \" \"x\")\r\n    op.execute('DROP TABLE a')\r\n";
  const auto scripts = read("1.py", text);
  ASSERT_EQ(scripts.size(), 1U);
  EXPECT_EQ(scripts[0].sql().find("DROP TABLE a"), text.find("DROP TABLE a"));
}

TEST(CodeTest, WhatIsNeverClosedIsNoString) {
  for (const char* end : {"'SELECT 1", "\"\"\"SELECT 1", "f'{SELECT 1", "(((", "'\\"}) {
    for (const std::string& line : alembic("    op.execute('SELECT 0')\n    op.execute(" + std::string(end))) {
      EXPECT_EQ(line, "up transaction: SELECT 0") << end;
    }
  }
  EXPECT_THAT(rails("  def up\n    execute <<~SQL\n      SELECT 1\n"), ElementsAre("up unknown:"));
  EXPECT_THAT(rails("  def up\n    execute 'SELECT 0'\n    execute %q(SELECT 1\n  end\n"),
              ElementsAre("up transaction: SELECT 0"));
  EXPECT_THAT(knex("  knex.raw('SELECT 0'); knex.raw(`SELECT ${"), ElementsAre("up transaction: SELECT 0"));
}

}  // namespace
}  // namespace pglatch::testing

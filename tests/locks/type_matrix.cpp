#include "tests/locks/type_matrix.h"

#include <fmt/format.h>

#include <sstream>
#include <stdexcept>

#include "tests/locks/model_facts.h"
#include "tests/locks/oracle.h"
#include "tests/support/golden.h"

namespace pglatch::testing {
namespace {

constexpr std::string_view kAbout =
    R"(# What ALTER COLUMN ... TYPE does to a table: rows are the old type, columns the new one, in the same order (column 1 is
# the type of row 1). "plain" is without USING, "using" with USING column::type. Measured on PostgreSQL servers with
# TimeZone UTC; UPDATE_GOLDEN=1 PGLATCH_ORACLE_MAJORS=14-18 measures anew.
#   =  only the catalog changes           i  the rows stay, an index on the column is built again
#   s  the rows are scanned               r  the table is rewritten
#   n  there is no such cast
)";

// Alters in a subtransaction that an exception ends, and says what was seen in it. The table is empty: values that
// the new type does not take are not the matter here.
constexpr const char* kMeasure = R"sql(
CREATE FUNCTION measure(old_type text, new_type text, with_using bool, indexed bool) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  file oid; index_file oid; scans bigint; answer text;
BEGIN
  EXECUTE format('CREATE TABLE m (x %s)', old_type);
  IF indexed THEN CREATE INDEX m_x_idx ON m (x); END IF;
  file := pg_relation_filenode(to_regclass('m'));
  IF indexed THEN index_file := pg_relation_filenode(to_regclass('m_x_idx')); END IF;
  scans := pg_stat_get_xact_numscans(to_regclass('m'));
  EXECUTE format('ALTER TABLE m ALTER x TYPE %s%s', new_type, CASE WHEN with_using THEN ' USING x::' || new_type END);
  answer := CASE WHEN pg_relation_filenode(to_regclass('m')) <> file THEN 'r'
                 WHEN indexed AND pg_relation_filenode(to_regclass('m_x_idx')) <> index_file THEN 'i'
                 WHEN pg_stat_get_xact_numscans(to_regclass('m')) > scans THEN 's'
                 ELSE '=' END;
  RAISE EXCEPTION USING ERRCODE = 'P0042', MESSAGE = answer;
EXCEPTION
  WHEN SQLSTATE 'P0042' THEN RETURN SQLERRM;
  WHEN undefined_object THEN RETURN measure(old_type, new_type, with_using, false);  -- the new type has no order
  WHEN datatype_mismatch OR cannot_coerce THEN RETURN 'n';
END $$
)sql";

std::string quoted_list(const std::vector<std::string>& words) {
  std::string list;
  for (const std::string& word : words) list += (list.empty() ? "'" : ",'") + word + "'";
  return list;
}

std::string types_setup() { return read_file(fixture_path("locks/with/types.sql")); }

}  // namespace

const std::vector<std::string>& matrix_types() {
  static const std::vector<std::string> types{"smallint",
                                              "integer",
                                              "bigint",
                                              "oid",
                                              "real",
                                              "double precision",
                                              "numeric",
                                              "numeric(10,2)",
                                              "numeric(12,2)",
                                              "numeric(12,3)",
                                              "numeric(8,2)",
                                              "money",
                                              "char(4)",
                                              "char(8)",
                                              "varchar",
                                              "varchar(4)",
                                              "varchar(8)",
                                              "text",
                                              "name",
                                              "\"char\"",
                                              "citext",
                                              "bytea",
                                              "boolean",
                                              "date",
                                              "time",
                                              "time(3)",
                                              "timetz",
                                              "timestamp",
                                              "timestamp(3)",
                                              "timestamp(6)",
                                              "timestamptz",
                                              "timestamptz(3)",
                                              "interval",
                                              "interval(3)",
                                              "interval(6)",
                                              "interval day",
                                              "interval day to second",
                                              "json",
                                              "jsonb",
                                              "xml",
                                              "uuid",
                                              "inet",
                                              "cidr",
                                              "bit(8)",
                                              "bit varying(8)",
                                              "bit varying(16)",
                                              "bit varying",
                                              "integer[]",
                                              "bigint[]",
                                              "varchar(4)[]",
                                              "varchar(8)[]",
                                              "text[]",
                                              "en1",
                                              "en2",
                                              "dom_text",
                                              "dom_text_chk",
                                              "dom_int",
                                              "dom_vc8",
                                              "int4range",
                                              "tsvector",
                                              "point",
                                              "regclass",
                                              "pg_lsn",
                                              "xid",
                                              "macaddr",
                                              "macaddr8"};
  return types;
}

std::string TypeGrid::title() const { return (with_using ? "using " : "plain ") + to_string(majors); }

std::string print_matrix(const std::vector<TypeGrid>& grids) {
  std::string text(kAbout);
  std::string ruler;
  for (std::size_t at = 1; at <= matrix_types().size(); ++at) ruler += static_cast<char>('0' + at % 10);
  for (const TypeGrid& grid : grids) {
    text += fmt::format("\n{}:\n{:>27}{}\n", grid.title(), "", ruler);
    for (std::size_t at = 0; at < grid.rows.size(); ++at) {
      text += fmt::format("{:>2} {:<23} {}\n", at + 1, matrix_types()[at], grid.rows[at]);
    }
  }
  return text;
}

std::vector<TypeGrid> parse_matrix(const std::string& text) {
  std::vector<TypeGrid> grids;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line[0] == '#') continue;
    if (line.back() == ':') {
      const std::size_t space = line.find(' ');
      grids.push_back(
          {line.substr(0, space) == "using", parse_majors(line.substr(space + 1, line.size() - space - 2)), {}});
    } else if (line.find_first_not_of(" 0123456789") != std::string::npos) {
      if (grids.empty()) throw std::runtime_error("a row before the first title: " + line);
      grids.back().rows.push_back(line.substr(line.rfind(' ') + 1));
    }
  }
  if (print_matrix(grids) != text) throw std::runtime_error("type_matrix.txt is not as print_matrix() writes it");
  return grids;
}

TypeGrid measure_types(const Database& database, bool with_using) {
  Connection connection = database.connect();
  connection.exec(types_setup());
  connection.exec(kMeasure);
  TypeGrid grid{with_using, {database.major()}, {}};
  for (const std::string& old_type : matrix_types()) {
    // A type without order has no plain index, and what it can become is measured without.
    const bool indexed = !connection.try_exec("BEGIN; CREATE TABLE m (x " + old_type + " PRIMARY KEY)").has_value();
    connection.exec("ROLLBACK");
    grid.rows.push_back(connection.value("SELECT string_agg(measure('" + old_type + "', new_type, " +
                                         (with_using ? "true" : "false") + ", " + (indexed ? "true" : "false") +
                                         "), '' ORDER BY place) FROM unnest(ARRAY[" + quoted_list(matrix_types()) +
                                         "]) WITH ORDINALITY new (new_type, place)"));
  }
  return grid;
}

TypeGrid model_types(int major, bool with_using) {
  TypeGrid grid{with_using, {major}, {}};
  for (const std::string& old_type : matrix_types()) {
    LockCase one;
    one.setup = types_setup() + "CREATE TABLE m (x " + old_type + "); CREATE INDEX m_x_idx ON m (x);";
    std::string& row = grid.rows.emplace_back();
    for (const std::string& new_type : matrix_types()) {
      one.statement = "ALTER TABLE m ALTER x TYPE " + new_type + (with_using ? " USING x::" + new_type : "");
      const Facts facts = model_facts(one, major);
      const auto does = [&facts](const char* kind) { return facts.work.contains({kind, "m"}); };
      row += facts.fails ? 'n' : does("rewrite") ? 'r' : does("index-build") ? 'i' : does("scan") ? 's' : '=';
    }
  }
  return grid;
}

}  // namespace pglatch::testing

// The facts of a snapshot as statements, in the manner of pg_dump: tables stand alone at first, then become partitions
// and children; indexes are made one by one, then attached.
#include <algorithm>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "analyzer/catalog/object_names.h"
#include "analyzer/catalog/snapshot.h"
#include "analyzer/parse/identifier.h"

namespace pglatch {
namespace {

// plpgsql is in every database, and no migration creates it.
constexpr std::string_view kAlwaysThere = "plpgsql";

std::string_view without_suffix(std::string_view text, std::string_view suffix) {
  return text.ends_with(suffix) ? text.substr(0, text.size() - suffix.size()) : text;
}

bool is_key(const SnapshotConstraint& constraint) {
  return constraint.kind == "PRIMARY KEY" || constraint.kind == "UNIQUE" || constraint.kind == "EXCLUDE";
}

// The column of "NOT NULL c NO INHERIT", as SQL.
std::string_view not_null_column(const SnapshotConstraint& constraint) {
  std::string_view text = without_suffix(constraint.definition, " NOT VALID");
  text = without_suffix(text, " NO INHERIT");
  constexpr std::string_view kPrefix = "NOT NULL ";
  return text.starts_with(kPrefix) ? text.substr(kPrefix.size()) : std::string_view();
}

class Writer {
 public:
  explicit Writer(const Snapshot& snapshot) : snapshot_(snapshot) {}

  std::vector<SnapshotStatement> write() {
    schemas();
    for (const SnapshotType& type : snapshot_.types) create_type(type);
    for (const SnapshotSequence& sequence : snapshot_.sequences) create_sequence(sequence);
    for (const SnapshotObject& function : snapshot_.functions) {
      if (!function.uses_relations) add(function.definition, function.offset);
    }
    for (const SnapshotObject& object : snapshot_.before_tables) add(object.definition, object.offset);
    for (const SnapshotTable& table : snapshot_.tables) create_table(table);
    for (const SnapshotTable& table : snapshot_.tables) join_parents(table);
    for (const SnapshotSequence& sequence : snapshot_.sequences) own_sequence(sequence);
    for (const SnapshotTable& table : snapshot_.tables) add_keys(table);
    for (const SnapshotObject& function : snapshot_.functions) {
      if (function.uses_relations) add(function.definition, function.offset);
    }
    views();
    for (const SnapshotIndex& index : snapshot_.indexes) create_index(index);
    for (const SnapshotIndex& index : snapshot_.indexes) attach_index(index);
    foreign_keys();
    for (const SnapshotObject& object : snapshot_.after_tables) add(object.definition, object.offset);
    return std::move(statements_);
  }

 private:
  void add(std::string sql, std::uint32_t offset, const std::string& extension = {}) {
    while (!sql.empty() && (sql.back() == ';' || sql.back() == '\n' || sql.back() == ' ')) sql.pop_back();
    statements_.push_back({std::move(sql), offset, !extension.empty()});
  }

  void schemas() {
    const auto& names = snapshot_.schemas;
    const bool has_public = std::find(names.begin(), names.end(), "public") != names.end();
    if (!names.empty() && !has_public) add("DROP SCHEMA public", 0);
    for (const std::string& name : names) {
      if (name != "public") add("CREATE SCHEMA " + quote_identifier_sql(name), 0);
    }
    for (const std::string& name : snapshot_.extensions) {
      if (name != kAlwaysThere) add("CREATE EXTENSION " + quote_identifier_sql(name), 0);
    }
  }

  void create_type(const SnapshotType& type) {
    const std::string name = quote_qualified(type.schema, type.name);
    if (type.kind == "domain") return create_domain(type, name);
    std::string sql = "CREATE TYPE " + name;
    if (type.kind == "enum") {
      sql += " AS ENUM (" + list(type.labels, [](const std::string& label) { return quote_literal_sql(label); }) + ")";
    } else if (type.kind == "composite") {
      sql += " AS (" + list(type.columns, [](const SnapshotColumn& column) { return name_and_type(column); }) + ")";
    } else if (type.kind == "range") {
      sql += " AS RANGE (subtype = " + type.type;
      if (!type.multirange.empty()) {
        sql += ", multirange_type_name = " + quote_qualified(type.schema, type.multirange);
      }
      sql += ")";
    }
    add(std::move(sql), type.offset);
  }

  void create_domain(const SnapshotType& type, const std::string& name) {
    std::string sql = "CREATE DOMAIN " + name + " AS " + type.type;
    if (!type.default_expression.empty()) sql += " DEFAULT " + type.default_expression;
    if (type.not_null) sql += " NOT NULL";
    for (const SnapshotConstraint& check : type.constraints) {
      sql += " CONSTRAINT " + quote_identifier_sql(check.name) + " ";
      sql += without_suffix(check.definition, " NOT VALID");
    }
    add(std::move(sql), type.offset);
  }

  void create_sequence(const SnapshotSequence& sequence) {
    if (sequence.identity) return;  // comes with its column
    add("CREATE SEQUENCE " + quote_qualified(sequence.schema, sequence.name), sequence.offset, sequence.extension);
  }

  void own_sequence(const SnapshotSequence& sequence) {
    if (sequence.identity || sequence.owned_by.empty()) return;
    add("ALTER SEQUENCE " + quote_qualified(sequence.schema, sequence.name) + " OWNED BY " + sequence.owned_by,
        sequence.offset, sequence.extension);
  }

  template <class Items, class Text>
  static std::string list(const Items& items, const Text& text) {
    std::string result;
    for (const auto& item : items) {
      if (!result.empty()) result += ", ";
      result += text(item);
    }
    return result;
  }

  static std::string name_and_type(const SnapshotColumn& column) {
    std::string sql = quote_identifier_sql(column.name) + " " + column.type;
    if (!column.collation.empty()) sql += " COLLATE " + column.collation;
    return sql;
  }

  // Only a NOT NULL that somebody named or made NO INHERIT is a constraint of its own (ConstraintKind::not_null).
  static const SnapshotConstraint* named_not_null(const SnapshotTable& table, const SnapshotColumn& column) {
    for (const SnapshotConstraint& constraint : table.constraints) {
      if (constraint.kind != "NOT NULL" || !constraint.valid || !constraint.local) continue;
      if (not_null_column(constraint) != quote_identifier_sql(column.name)) continue;
      const bool usual = constraint.name == make_object_name(table.name, column.name, "not_null") &&
                         !constraint.definition.ends_with(" NO INHERIT");
      return usual ? nullptr : &constraint;
    }
    return nullptr;
  }

  // A partition has its identity from its parent, and no sequence.
  static std::string column_definition(const SnapshotTable& table, const SnapshotColumn& column) {
    std::string sql = name_and_type(column);
    if (!column.generated.empty()) {
      sql += " GENERATED ALWAYS AS (" + column.default_expression + ") " + column.generated;
    } else if (!column.default_expression.empty()) {
      sql += " DEFAULT " + column.default_expression;
    }
    if (!column.sequence.empty() && !column.identity.empty()) {
      sql += " GENERATED " + column.identity + " AS IDENTITY (SEQUENCE NAME " + column.sequence + ")";
    }
    if (!column.not_null) return sql;
    if (const SnapshotConstraint* constraint = named_not_null(table, column)) {
      sql += " CONSTRAINT " + quote_identifier_sql(constraint->name) + " NOT NULL";
      if (constraint->definition.ends_with(" NO INHERIT")) sql += " NO INHERIT";
      return sql;
    }
    return sql + " NOT NULL";
  }

  static std::string named(const SnapshotConstraint& constraint) {
    return "CONSTRAINT " + quote_identifier_sql(constraint.name) + " " + constraint.definition;
  }

  void create_table(const SnapshotTable& table) {
    const std::string name = quote_qualified(table.schema, table.name);
    const bool foreign = table.kind == RelationKind::foreign_table;
    std::string sql = "CREATE ";
    if (table.unlogged) sql += "UNLOGGED ";
    if (foreign) sql += "FOREIGN ";
    sql += "TABLE " + name + " (";
    std::string elements =
        list(table.columns, [&](const SnapshotColumn& column) { return column_definition(table, column); });
    for (const SnapshotConstraint& constraint : table.constraints) {
      if (constraint.kind != "CHECK" || !constraint.valid) continue;
      if (!elements.empty()) elements += ", ";
      elements += named(constraint);
    }
    sql += elements + ")";
    if (!table.partition_key.empty()) sql += " PARTITION BY " + table.partition_key;
    if (foreign) sql += " SERVER " + quote_identifier_sql(table.server);
    add(std::move(sql), table.offset, table.extension);
    for (const SnapshotConstraint& constraint : table.constraints) {
      if (!constraint.valid && (constraint.kind == "CHECK" || constraint.kind == "NOT NULL")) {
        add("ALTER TABLE ONLY " + name + " ADD " + named(constraint), constraint.offset, table.extension);
      }
    }
  }

  void join_parents(const SnapshotTable& table) {
    const std::string name = quote_qualified(table.schema, table.name);
    if (!table.of_type.empty()) {
      add("ALTER TABLE ONLY " + name + " OF " + table.of_type, table.offset, table.extension);
    }
    for (const std::string& parent : table.inherits) {
      add("ALTER TABLE ONLY " + name + " INHERIT " + parent, table.offset, table.extension);
    }
    if (table.partition_of.empty()) return;
    add("ALTER TABLE ONLY " + table.partition_of + " ATTACH PARTITION " + name + " " + table.bound, table.offset,
        table.extension);
  }

  void add_keys(const SnapshotTable& table) {
    const std::string name = quote_qualified(table.schema, table.name);
    for (const SnapshotConstraint& constraint : table.constraints) {
      if (!is_key(constraint)) continue;
      add("ALTER TABLE ONLY " + name + " ADD " + named(constraint), constraint.offset, table.extension);
    }
  }

  void create_index(const SnapshotIndex& index) {
    if (index.constraint.empty()) add(index.definition, index.offset, index.extension);
  }

  void attach_index(const SnapshotIndex& index) {
    if (index.parent.empty()) return;
    add("ALTER INDEX " + index.parent + " ATTACH PARTITION " + quote_qualified(index.schema, index.name), index.offset,
        index.extension);
  }

  // Those of partitions come first: the one of their parent then takes them for its own.
  void foreign_keys() {
    std::unordered_map<std::string, const SnapshotTable*> by_name;
    for (const SnapshotTable& table : snapshot_.tables) by_name[quote_qualified(table.schema, table.name)] = &table;
    const auto depth_of = [&](const SnapshotTable& table) {
      std::size_t depth = 0;
      for (auto at = by_name.find(table.partition_of); at != by_name.end() && depth < by_name.size(); ++depth) {
        at = by_name.find(at->second->partition_of);
      }
      return depth;
    };
    std::vector<std::pair<std::size_t, const SnapshotTable*>> tables;
    for (const SnapshotTable& table : snapshot_.tables) tables.emplace_back(depth_of(table), &table);
    std::stable_sort(tables.begin(), tables.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    for (const auto& [depth, table] : tables) {
      // A key of a partitioned table is never its own alone.
      const char* only = table->kind == RelationKind::partitioned_table ? "" : "ONLY ";
      for (const SnapshotConstraint& constraint : table->constraints) {
        if (constraint.kind != "FOREIGN KEY") continue;
        add("ALTER TABLE " + (only + quote_qualified(table->schema, table->name)) + " ADD " + named(constraint),
            constraint.offset, table->extension);
      }
    }
  }

  // What a view reads comes before it.
  void views() {
    std::unordered_map<std::string, const SnapshotView*> waiting;
    for (const SnapshotView& view : snapshot_.views) waiting[quote_qualified(view.schema, view.name)] = &view;
    for (const SnapshotView& view : snapshot_.views) create_with_sources(view, waiting);
  }

  // Depth first, without recursion: views over views can be deep.
  void create_with_sources(const SnapshotView& last, std::unordered_map<std::string, const SnapshotView*>& waiting) {
    std::vector<const SnapshotView*> path{&last};
    std::unordered_set<const SnapshotView*> seen{&last};
    while (!path.empty()) {
      const SnapshotView* view = path.back();
      const SnapshotView* before = nullptr;
      for (const std::string& source : view->reads) {
        const auto found = waiting.find(source);
        if (found != waiting.end() && seen.insert(found->second).second) {
          before = found->second;
          break;
        }
      }
      if (before != nullptr) {
        path.push_back(before);
        continue;
      }
      path.pop_back();
      if (waiting.erase(quote_qualified(view->schema, view->name)) > 0) create_view(*view);
    }
  }

  void create_view(const SnapshotView& view) {
    std::string sql = view.materialized ? "CREATE MATERIALIZED VIEW " : "CREATE VIEW ";
    sql += quote_qualified(view.schema, view.name);
    if (!view.columns.empty()) {
      sql += " (" + list(view.columns, [](const std::string& name) { return quote_identifier_sql(name); }) + ")";
    }
    sql += " AS ";
    std::string query = view.definition;
    while (!query.empty() && (query.back() == ';' || query.back() == '\n')) query.pop_back();
    sql += query;
    if (view.materialized) sql += view.populated ? " WITH DATA" : " WITH NO DATA";
    add(std::move(sql), view.offset, view.extension);
  }

  const Snapshot& snapshot_;
  std::vector<SnapshotStatement> statements_;
};

}  // namespace

std::vector<SnapshotStatement> snapshot_statements(const Snapshot& snapshot) { return Writer(snapshot).write(); }

}  // namespace pglatch

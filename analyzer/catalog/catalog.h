// The schema as the migrations so far have left it. Every change can be taken back: ROLLBACK undoes
// what the transaction did, by a journal of the objects as they were before.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "analyzer/catalog/object_table.h"
#include "analyzer/catalog/relation.h"

namespace pglatch {

enum class TypeKind : std::uint8_t { enumeration, domain, composite, range, other };

/// An object of pg_type that is not built in.
struct TypeObject {
  TypeKind kind = TypeKind::other;
  TypeRef base;                     ///< of a domain
  bool not_null = false;            ///< of a domain
  bool has_default = false;         ///< of a domain
  bool volatile_default = false;    ///< of a domain
  std::vector<std::string> checks;  ///< of a domain: names of its CHECK constraints
  std::vector<std::string> labels;  ///< of an enum, in order
  /// Of an enum: labels that ALTER TYPE added after the transaction that created it, by the last transaction
  /// that did so. Not to be used before that one is committed.
  std::vector<std::string> added_labels;
  std::uint32_t labels_added_in = 0;
  Origin origin = Origin::unknown;
  std::uint32_t script = 0;
  std::uint32_t transaction = 0;
};

/// pg_proc.provolatile.
enum class Volatility : std::uint8_t { immutable, stable, volatile_ };

struct FunctionObject {
  Volatility volatility = Volatility::volatile_;
  std::string language;
  std::string body;          ///< the string after AS; of BEGIN ATOMIC or RETURN the text as written
  bool body_is_sql = false;  ///< BEGIN ATOMIC or RETURN: parsed with the statement, not a string
  bool is_procedure = false;
  bool strict = false;
  bool security_definer = false;
  bool returns_set = false;
  bool returns_trigger = false;
  std::string definition;              ///< CREATE FUNCTION or PROCEDURE, as written
  std::uint32_t definition_start = 0;  ///< its first byte in the text of the script
  bool definition_in_script = false;   ///< it is a statement of the script's own, not of code in a string
  bool sets_search_path = false;       ///< by a SET clause
  std::vector<std::string> search_path;
  std::vector<TypeRef> arguments;                 ///< those of input, which identify it
  std::vector<TypeRef> results;                   ///< RETURNS, and arguments of output
  std::vector<RelationId> relations;              ///< that a body which is SQL reads or writes
  bool overloaded = false;                        ///< others of its name were created: this is the last of them
  std::shared_ptr<const FunctionObject> earlier;  ///< the one of its name with other parameters created before it
  Origin origin = Origin::unknown;
  std::uint32_t script = 0;
  std::uint32_t file = 0;  ///< Catalog::file where its definition stands
};

/// An object of any other kind: an extended statistics object, a publication, a foreign server …
struct OtherObject {
  std::string name;                   ///< without its schema
  std::vector<RelationId> relations;  ///< that it is made of or belongs to
  std::string wrapper;                ///< of a foreign server: its foreign-data wrapper
  Origin origin = Origin::unknown;
  std::uint32_t script = 0;
};

/// Schemas to look in, in order; the temporary schema always comes first, pg_catalog is not listed.
/// An empty path (pg_dump sets one) stands for "public".
using SearchPath = std::vector<std::string>;

/// The schema of temporary objects, whatever the server calls it.
inline constexpr std::string_view kTemporarySchema = "pg_temp";

/// Where CREATE puts an object whose name has no schema.
[[nodiscard]] std::string_view creation_schema(const SearchPath& path) noexcept;

class Catalog {
 public:
  Catalog();

  // Relations ------------------------------------------------------------------------------------
  /// The relation of that identity, or null once it is dropped. Pointers are valid until the next
  /// change of the catalog.
  [[nodiscard]] const Relation* find(RelationId id) const { return relations_.find(id); }
  /// The relation of that name along the search path, or null.
  [[nodiscard]] const Relation* find(NameView name, const SearchPath& path) const;
  /// The relation of that name; one that is not known is entered as Origin::unknown, of `guess`.
  const Relation& resolve(NameView name, const SearchPath& path, RelationKind guess = RelationKind::table);
  /// Adds a relation and links it with the relations that it names (parents, table, referenced tables,
  /// relations read). One of the same name is replaced: an unknown one lends its id and keeps those
  /// that refer to it, a known one is dropped. Sets and returns the id.
  RelationId create(Relation&& relation);
  /// The relation for changing; must exist. Valid until the next change.
  Relation& change(RelationId id) { return *relations_.change(id); }
  /// Gives a relation another name or schema; its indexes and owned sequences follow it into another
  /// schema. Does nothing where a known relation has that name already.
  void rename(RelationId id, std::string_view schema, std::string_view name);
  /// Removes a relation with what goes with it: its indexes, owned sequences, partitions, and the
  /// links that others have to it (foreign keys, views' uses, inheritance).
  void drop(RelationId id);
  /// Drops all temporary relations and forgets prepared statements and cursors: the session ends.
  void drop_temporary();
  /// Of the names that somebody numbers (name, name1, name2 …), how many from the first on are known to be relations':
  /// where to begin to look for one that is free. `numbered` tells those of one row from others.
  [[nodiscard]] int numbered_names(const std::string& numbered) const;
  void note_numbered_names(const std::string& numbered, int count) const;
  /// The relations of a schema, in order of creation.
  [[nodiscard]] std::vector<RelationId> relations_in(std::string_view schema) const;
  /// Calls `visit(relation)` for every relation, in no particular order.
  template <class Visitor>
  void each_relation(Visitor&& visit) const;
  /// All relations that exist, in order of creation.
  [[nodiscard]] std::vector<const Relation*> relations() const;

  /// `root` and everything below it by PARTITION OF or INHERITS, parents first.
  [[nodiscard]] std::vector<RelationId> with_descendants(RelationId root) const;
  /// The default partition of a partitioned table, or kNoRelation.
  [[nodiscard]] RelationId default_partition(const Relation& parent) const;

  /// Adds a constraint to a relation, and to the relation that a foreign key references the link back.
  void add_constraint(RelationId table, TableConstraint constraint);
  /// Does nothing where there is none of that name, or one of the new name.
  void rename_constraint(RelationId table, std::string_view name, std::string_view new_name);
  /// Removes the constraints for which `which` is true, with the links of foreign keys. Indexes stay.
  template <class Predicate>
  void remove_constraints(RelationId table, const Predicate& which);
  /// Some relation of the schema has a constraint of that name (ConstraintNameExists() in pg_constraint.c).
  [[nodiscard]] bool has_constraint(std::string_view schema, std::string_view name) const;
  /// Attaches an index to a partitioned one, or detaches it (kNoRelation).
  void set_parent_index(RelationId index, RelationId parent);
  /// Replaces what a view reads.
  void set_uses(RelationId view, std::vector<ColumnUse> uses);

  // Types, functions, schemas --------------------------------------------------------------------
  [[nodiscard]] const TypeObject* find_type(NameView name, const SearchPath& path) const;
  void put_type(std::string_view schema, std::string_view name, TypeObject type);
  void drop_type(NameView name, const SearchPath& path);
  void rename_type(NameView name, const SearchPath& path, std::string_view schema, std::string_view new_name);
  [[nodiscard]] TypeObject* change_type(NameView name, const SearchPath& path);
  /// The schema in which a type of that name is found; empty where there is none.
  [[nodiscard]] std::string schema_of_type(NameView name, const SearchPath& path) const;
  /// Calls `visit(NameView, type)` for every type, in no particular order.
  template <class Visitor>
  void each_type(Visitor&& visit) const;

  [[nodiscard]] const FunctionObject* find_function(NameView name, const SearchPath& path) const;
  void put_function(std::string_view schema, std::string_view name, FunctionObject function);
  void drop_function(NameView name, const SearchPath& path);
  [[nodiscard]] FunctionObject* change_function(NameView name, const SearchPath& path);
  /// The schema in which a function of that name is found; empty where there is none.
  [[nodiscard]] std::string schema_of_function(NameView name, const SearchPath& path) const;
  /// Calls `visit(NameView, function)` for every function, in no particular order.
  template <class Visitor>
  void each_function(Visitor&& visit) const;
  /// There are functions at all, so that it is worth looking for calls of them.
  [[nodiscard]] bool has_functions() const noexcept { return !functions_.empty(); }

  /// Objects of the kinds that have no table of their own; `schema` is empty for those that are in none.
  [[nodiscard]] const OtherObject* find_other(ObjectType type, NameView name, const SearchPath& path) const;
  void put_other(ObjectType type, std::string_view schema, std::string_view name, OtherObject object);
  void drop_other(ObjectType type, NameView name, const SearchPath& path);
  /// Calls `visit(object)` for every object of that kind, in no particular order.
  template <class Visitor>
  void each_other(ObjectType type, Visitor&& visit) const;

  [[nodiscard]] bool has_schema(std::string_view name) const;
  void create_schema(std::string_view name);
  void rename_schema(std::string_view name, std::string_view new_name);
  /// Drops the schema and every object in it.
  void drop_schema(std::string_view name);

  // Transactions ---------------------------------------------------------------------------------
  /// A point to which the catalog can be taken back.
  struct Mark {
    std::size_t relations = 0, names = 0, types = 0, functions = 0, others = 0, schemas = 0, numbered = 0;
    std::uint32_t freed = 0;
  };
  /// Starts (or goes on) keeping a journal and marks the present state.
  [[nodiscard]] Mark mark();
  /// Relations that were created, changed or dropped since the mark; one can be there more than once.
  [[nodiscard]] std::vector<RelationId> changed_since(const Mark& mark) const {
    return relations_.changed_since(mark.relations);
  }
  /// Undoes everything since the mark.
  void rollback_to(const Mark& mark);
  /// Forgets the journal: what was done stays.
  void commit();
  /// A journal is kept: mark() was called and commit() was not since.
  [[nodiscard]] bool keeps_journal() const noexcept { return relations_.keeps_journal(); }

  // Where new objects come from: set by whoever drives the catalog, copied into each of them.
  Origin origin = Origin::script;
  std::uint32_t script = 0;
  std::uint32_t transaction = 0;
  /// Number of the file that is read: psql's \i makes one script of several.
  std::uint32_t file = 0;

  /// Everything that exists is in here, so that what is not does not exist: set by whoever loads all of a
  /// database (a dump), cleared where code that cannot be read may have created anything.
  bool complete = false;

  /// The last transaction that added a label to an enum that existed before it; 0 where none did.
  std::uint32_t labels_added_in = 0;

  /// The session's prepared statements and cursors: the text of their queries, by name. ROLLBACK does not
  /// concern them; drop_temporary() forgets them.
  std::map<std::string, std::string, std::less<>> prepared;
  std::map<std::string, std::string, std::less<>> cursors;

 private:
  struct Schema {};

  [[nodiscard]] static std::string key_of(std::string_view schema, std::string_view name);
  [[nodiscard]] static NameView name_in_key(std::string_view key) noexcept;
  RelationId enter(Relation&& relation);
  void link(const Relation& relation);
  void unlink(const Relation& relation);
  void forget_references(RelationId referencing, RelationId referenced, std::size_t count);
  void note_constraint(const Relation& relation, std::string_view name);

  ObjectTable<RelationId, Relation> relations_;
  ObjectTable<std::string, RelationId> names_;  // "schema\0name"
  ObjectTable<std::string, TypeObject> types_;
  ObjectTable<std::string, FunctionObject> functions_;
  ObjectTable<std::string, OtherObject> others_;  // the kind as a character, then as for names_
  ObjectTable<std::string, Schema> schemas_;

  // What numbered_names() gives, true as long as no name becomes free.
  struct NumberedNames {
    int count = 0;
    std::uint32_t freed = 0;  // names that were free by then
  };
  mutable ObjectTable<std::string, NumberedNames> numbered_;
  std::uint32_t freed_ = 0;

  // Every relation that ever had a constraint of a name, by the hash of schema and name: where
  // has_constraint() has to look. What is no longer true does no harm, so nothing is ever taken out.
  std::unordered_multimap<std::size_t, RelationId> constraint_tables_;
  // Every schema that ever had an object, with every relation that ever was in it: where relations_in()
  // has to look. Nothing is taken out here either.
  std::unordered_map<std::string, std::vector<RelationId>> members_;
  // The hash of every name that a function ever had: any other need not be looked for, as most calls are of functions
  // that are built in.
  std::unordered_set<std::size_t> function_names_;
  std::vector<RelationId> temporary_;  // made in this session; some may be gone
  RelationId next_id_ = 1;
};

template <class Visitor>
void Catalog::each_relation(Visitor&& visit) const {
  relations_.for_each([&](RelationId, const Relation& relation) { visit(relation); });
}

template <class Visitor>
void Catalog::each_type(Visitor&& visit) const {
  types_.for_each([&](const std::string& key, const TypeObject& type) { visit(name_in_key(key), type); });
}

template <class Visitor>
void Catalog::each_function(Visitor&& visit) const {
  functions_.for_each(
      [&](const std::string& key, const FunctionObject& function) { visit(name_in_key(key), function); });
}

template <class Visitor>
void Catalog::each_other(ObjectType type, Visitor&& visit) const {
  others_.for_each([&](const std::string& key, const OtherObject& object) {
    if (key.front() == static_cast<char>(type)) visit(object);
  });
}

template <class Predicate>
void Catalog::remove_constraints(RelationId table, const Predicate& which) {
  Relation& relation = change(table);
  std::vector<RelationId> referenced;
  for (auto constraint = relation.constraints.begin(); constraint != relation.constraints.end();) {
    if (!which(static_cast<const TableConstraint&>(*constraint))) {
      ++constraint;
      continue;
    }
    if (constraint->referenced != kNoRelation) referenced.push_back(constraint->referenced);
    constraint = relation.constraints.erase(constraint);
  }
  for (const RelationId id : referenced) forget_references(table, id, 1);
}

}  // namespace pglatch

// A key that takes the place of another: its index is built next to the old key, which keeps duplicates out until then,
// and one statement changes them. The way back goes the same way.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/recipes/alter_table_parts.h"
#include "rules/recipes/key_index.h"

namespace pglatch {

/// The key that goes, as the catalog shows it.
struct OldKey {
  std::string name;
  std::string drop;    ///< the subcommand that drops it
  std::string kind{};  ///< "PRIMARY KEY" or "UNIQUE"; empty where it is not known, nor what follows
  std::vector<std::string> columns{};
  std::vector<std::string> included{};
  std::string definition{};  ///< of its index: "(a, b) INCLUDE (c)"
  std::string attributes{};  ///< " DEFERRABLE …"
  bool deferrable = false;
  bool initially_deferred = false;
};

/// By table.
using ReplacedKeys = std::map<RelationId, OldKey>;

[[nodiscard]] OldKey old_key(const Relation& table, const std::string& name, std::string drop, const Catalog& catalog);

/// Why the key cannot go: a foreign key holds on to it.
[[nodiscard]] std::optional<Refusal> refuse_referenced(const StatementContext& context, const Relation& table,
                                                       const TableConstraint& key);

/// The new key on one table: until the old one goes, its index has a name of its own.
struct Successor {
  std::string name;   ///< of the new constraint
  std::string index;  ///< the same as a relation, qualified and quoted
  const Relation* relation;
  std::string table;        ///< qualified and quoted
  std::string built_name;   ///< of the index until then
  std::string built_index;  ///< the same, qualified and quoted
  std::string done;         ///< query of one boolean: the new key is there; empty where it looks like the old one
};

[[nodiscard]] Successor successor(const AlterPart& part, const KeyIndex& key, const Relation& table,
                                  const std::string& name, const OldKey& old);

/// Builds the new key's index next to the old one.
[[nodiscard]] Step build_successor(const AlterPart& part, const KeyIndex& key, const Successor& next);

/// The old key goes and the new one comes in one statement.
[[nodiscard]] Step succeed(const AlterPart& part, const Successor& next, const OldKey& old);

/// Adds the steps that change the key of an ordinary table.
void change_key_of(const AlterTable& alter, const AlterPart& part, const KeyIndex& key, const OldKey& old,
                   Rewrite& rewrite);

/// On the way back: the old key's index on one table, built next to the new key.
struct OldKeyIndex {
  std::string name;  ///< unquoted
  Rollback build;
};

[[nodiscard]] OldKeyIndex build_old_key(const OldKey& old, const Relation& table);

/// "UNIQUE USING INDEX i DEFERRABLE": the old key on such an index.
[[nodiscard]] std::string old_key_using(const OldKey& old, std::string_view index);

/// What there is to know before anybody goes back.
void note_way_back(const AlterPart& part, const OldKey& old, std::string_view table, Rewrite& rewrite);

/// The words for the key in titles: "the primary key", "the constraint".
[[nodiscard]] std::string_view kind_in_words(const AlterPart& part);

/// The steps of a key that takes the place of a constraint of its name (AlterPart::replaces).
[[nodiscard]] std::optional<Refusal> replace_key(const AlterTable& alter, const AlterPart& part, const KeyIndex& key,
                                                 Rewrite& rewrite);

}  // namespace pglatch

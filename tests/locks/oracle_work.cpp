// How the work of a statement shows on a server.
#include <optional>
#include <regex>

#include "tests/locks/oracle.h"

namespace pglatch::testing {
namespace {

// What the server's DEBUG1 messages name; relations and constraints without their schema.
struct Named {
  std::set<std::string> rewritten, verified, indexed, foreign_keys;
};

Named read_messages(const std::vector<std::string>& messages) {
  static const std::regex rewriting("rewriting table \"(.*)\"");
  static const std::regex verifying("verifying table \"(.*)\"");
  static const std::regex building("building index \".*\" on table \"(.*)\".*");
  static const std::regex validating("validating foreign key constraint \"(.*)\"");
  Named named;
  for (const std::string& message : messages) {
    const std::string text = message.substr(std::min(message.find(": ") + 2, message.size()));
    std::smatch match;
    if (std::regex_match(text, match, rewriting)) named.rewritten.insert(match[1]);
    if (std::regex_match(text, match, verifying)) named.verified.insert(match[1]);
    if (std::regex_match(text, match, building)) named.indexed.insert(match[1]);
    if (std::regex_match(text, match, validating)) named.foreign_keys.insert(match[1]);
  }
  return named;
}

// The tables that validating these foreign keys reads, by oid: the two sides of each, and where the referenced one is
// partitioned, its partitions. Keys of other tables may have the same name: only a locked table has been validated.
std::set<std::string> validated_tables(Connection& connection, const std::set<std::string>& constraints,
                                       const Relations& relations, const Facts& facts) {
  std::set<std::string> tables;
  for (const std::string& name : constraints) {
    for (const Row& row : connection.query("SELECT conrelid, coalesce(part.relid::oid, confrelid) FROM pg_constraint"
                                           " JOIN pg_class c ON c.oid = conrelid AND c.relkind <> 'p'"
                                           " LEFT JOIN LATERAL pg_partition_tree(confrelid) part ON part.isleaf"
                                           " WHERE contype = 'f' AND conname = '" +
                                           name + "'")) {
      const auto referencing = relations.find(row[0].value());
      if (referencing == relations.end() || !facts.locks.contains(referencing->second.name)) continue;
      tables.insert(row[0].value());
      tables.insert(row[1].value());
    }
  }
  return tables;
}

bool is_table(const RelationState& relation) { return relation.kind == "r" || relation.kind == "m"; }

std::string bare_name(const std::string& name) {
  std::string bare = name.substr(name.rfind('.') + 1);
  if (bare.size() > 1 && bare.front() == '"') bare = bare.substr(1, bare.size() - 2);
  return bare;
}

}  // namespace

void add_work(Connection& connection, const Relations& before, const Relations& after,
              const std::vector<std::string>& messages, Facts& facts) {
  const Named named = read_messages(messages);
  const std::set<std::string> validated = validated_tables(connection, named.foreign_keys, before, facts);
  std::set<std::string> written_anew;  // oids of tables

  for (const auto& [oid, old] : before) {
    if (!is_table(old)) continue;
    const std::string bare = bare_name(old.name);
    const auto now = after.find(oid);
    const bool new_file = now != after.end() && now->second.file != old.file;
    const bool rewritten = named.rewritten.contains(bare);
    const auto note = [&, &name = old.name](const char* kind) { facts.work.emplace(kind, name); };
    if (new_file || rewritten) {
      // TRUNCATE starts a new file too; it stays empty and says nothing.
      const bool emptied = new_file && !rewritten && old.kind == "r" && now->second.space == old.space &&
                           connection.value("SELECT pg_relation_size(" + oid + ")") == "0";
      note(emptied ? "truncate" : "rewrite");
      written_anew.insert(oid);
      continue;
    }
    bool read = named.verified.contains(bare);
    if (read) note("scan");
    if (named.indexed.contains(bare)) note("index-build"), read = true;
    if (validated.contains(oid)) note("validate-fk"), read = true;
    if (now == after.end()) continue;
    if (now->second.scans > old.scans && !read) note("scan");
    if (now->second.writes > old.writes) note("row-write");
  }
  // An index that moves alone.
  for (const auto& [oid, old] : before) {
    const auto now = after.find(oid);
    if (old.kind != "i" || now == after.end() || now->second.file == old.file) continue;
    const bool rebuilt =
        written_anew.contains(old.table) || named.indexed.contains(bare_name(before.at(old.table).name));
    if (!rebuilt) facts.work.emplace("rewrite", old.name);
  }
}

}  // namespace pglatch::testing

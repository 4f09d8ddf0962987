#include "rules/recipes/identity_steps.h"

#include <fmt/format.h>

#include "analyzer/catalog/object_names.h"
#include "analyzer/parse/identifier.h"

namespace pglatch {
namespace {

// A partition must have no identity of its own then, and draws from its parent's (ATExecAttachPartition() in
// tablecmds.c, getIdentitySequence() in pg_depend.c).
constexpr int kFirstThatInheritsIdentity = 17;

std::string sequence_of(const std::string& table, const IdentityColumn& identity) {
  return fmt::format("pg_get_serial_sequence({}, {})", quote_literal_sql(table), quote_literal_sql(identity.name));
}

std::string set_number(const ConversionScript& script, const IdentityColumn& identity) {
  return fmt::format("setval({}, nextval({}))", sequence_of(script.passing_name, identity),
                     sequence_of(script.name, identity));
}

// For a plan that does not know the server's major.
std::string give_up_where(const ConversionScript& script, std::string_view condition) {
  std::string body;
  for (const IdentityColumn& identity : script.identity) {
    body += fmt::format(" PERFORM {}; {};", set_number(script, identity), drop_identity(script, identity));
  }
  return fmt::format("DO {}", quote_literal_sql(fmt::format(
                                  "BEGIN IF current_setting('server_version_num')::int {} {}0000 THEN{} END IF; END",
                                  condition, kFirstThatInheritsIdentity, body)));
}

void begin_with(Step& step, std::vector<std::string> statements) {
  step.sql.insert(step.sql.begin(), statements.begin(), statements.end());
}

}  // namespace

std::string drop_identity(const ConversionScript& script, const IdentityColumn& identity) {
  return fmt::format("ALTER TABLE {} ALTER COLUMN {} DROP IDENTITY IF EXISTS", script.name,
                     quote_identifier_sql(identity.name));
}

std::vector<std::string> name_sequences(const Relation& old, const ConversionScript& script) {
  std::vector<std::string> statements;
  const std::string passing = make_object_name(old.name, {}, "pglatch_new");
  for (const IdentityColumn& identity : script.identity) {
    statements.push_back(fmt::format("ALTER SEQUENCE {} RENAME TO {}",
                                     quote_qualified(old.schema, make_object_name(passing, identity.name, "seq")),
                                     quote_identifier_sql(identity.sequence)));
  }
  return statements;
}

std::vector<std::string> hand_numbers_over(const ConversionScript& script) {
  std::vector<std::string> statements;
  for (const IdentityColumn& identity : script.identity) {
    statements.push_back("SELECT " + set_number(script, identity));
  }
  return statements;
}

void give_identity_up(const ConversionScript& script, int pg_version, Step& attach, Step& swap) {
  // A detached table has no identity: no single statement leads back.
  attach.rollback.clear();
  // Whoever inserts has a number already, or waits for one of the new sequence.
  const std::string lock = fmt::format("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE", script.name);
  if (pg_version < kFirstThatInheritsIdentity) {
    begin_with(attach, {lock, give_up_where(script, ">=")});
    begin_with(swap, {lock, give_up_where(script, "<")});
    return;
  }
  std::vector<std::string> statements = hand_numbers_over(script);
  statements.insert(statements.begin(), lock);
  for (const IdentityColumn& identity : script.identity) statements.push_back(drop_identity(script, identity));
  begin_with(attach, std::move(statements));
}

}  // namespace pglatch

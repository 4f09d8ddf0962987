#include "analyzer/engine/walker.h"

#include "analyzer/catalog/apply.h"
#include "analyzer/engine/parse_ahead.h"

namespace pglatch {

bool StatementContext::is_live(RelationId relation) const {
  const Relation* known = catalog.find(relation);
  return known != nullptr && pglatch::is_live(*known, catalog, session);
}

std::string StatementContext::name(RelationId relation) const {
  const Relation* known = catalog.find(relation);
  return known == nullptr ? std::string() : display_name(*known);
}

void Walker::replay(std::span<const Script> scripts, Origin origin) { run(scripts, origin, nullptr); }

void Walker::walk(std::span<const Script> scripts, Visitor& visitor) { run(scripts, Origin::script, &visitor); }

void Walker::run(std::span<const Script> scripts, Origin origin, Visitor* visitor) {
  ParseAhead parser(scripts, options_.jobs);
  for (const Script& script : scripts) {
    const ParsedScript& parsed = parser.next();
    const std::string_view sql = script.sql();
    catalog_.origin = origin;
    catalog_.script = ++script_number_;
    session_.begin_script(script.mode, parsed.statements);
    if (visitor != nullptr) visitor->begin(script, parsed);
    for (const Statement& statement : parsed.statements) {
      if (visitor != nullptr) {
        compute_effects(statement, {catalog_, session_, options_.pg_version, sql}, effects_);
        visitor->visit({script,
                        sql,
                        statement,
                        catalog_,
                        session_,
                        effects_,
                        options_.pg_version,
                        parsed.statements.size(),
                        {parsed.statements.data(), static_cast<std::size_t>(&statement - parsed.statements.data())}});
      }
      apply(statement, sql, catalog_, session_);
      session_.apply(statement.node);
    }
    if (visitor != nullptr) visitor->end(script, parsed);
    session_.end_script();
  }
}

}  // namespace pglatch

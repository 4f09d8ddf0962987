#include "rules/support/timeout_trace.h"

namespace pglatch {

TimeoutTrace trace_timeout(const StatementContext& context, TimeoutSetting setting) {
  TimeoutTrace trace;
  if (context.code != nullptr) return trace;
  // Of the catalog only the transactions are of interest here.
  Catalog scratch;
  Session session(scratch);
  session.begin_script(context.session.mode(), context.statements);
  const auto limit = [&] { return (session.settings().*setting).value_or(0); };
  for (const Statement& statement : context.preceding) {
    const auto before = session.settings().*setting;
    const std::int64_t limit_before = limit();
    session.apply(statement.node);
    const auto after = session.settings().*setting;
    if (after == before) continue;
    trace.switched_off = nullptr;
    if (limit() > 0) {
      trace.set = &statement;
      trace.ended = nullptr;
    } else {
      if (after) trace.switched_off = &statement;
      if (limit_before > 0) trace.ended = trace.set;
      trace.set = nullptr;
    }
  }
  session.apply(context.statement.node);
  for (const Statement& statement : context.following) {
    const std::int64_t limit_before = limit();
    session.apply(statement.node);
    if (limit() <= 0 || limit() == limit_before) continue;
    trace.later = &statement;
    break;
  }
  return trace;
}

}  // namespace pglatch

// Not found by looking at nodes, as there are none: the engine reports what the parser rejected
// under this rule's name, so that it is listed, explained, suppressed and configured like any other.
#include "analyzer/rule_api/rule.h"

namespace pglatch {

extern const Rule kSyntaxError;
const Rule kSyntaxError{"syntax-error", "input", Severity::error, "PostgreSQL's grammar rejects the statement.", {},
                        nullptr};

}  // namespace pglatch

// Like syntax-error, reported by the engine: comments are no nodes.
#include "analyzer/rule_api/rule.h"

namespace pglatch {

extern const Rule kUnusedSuppression;
const Rule kUnusedSuppression{"unused-suppression",
                              "input",
                              Severity::info,
                              "A comment switches a rule off that finds nothing there.",
                              {},
                              nullptr};

}  // namespace pglatch

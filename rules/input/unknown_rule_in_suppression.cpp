// Like syntax-error, reported by the engine: comments are no nodes.
#include "analyzer/rule_api/rule.h"

namespace pglatch {

extern const Rule kUnknownRuleInSuppression;
const Rule kUnknownRuleInSuppression{"unknown-rule-in-suppression",
                                     "input",
                                     Severity::warning,
                                     "A comment that switches rules off names one that does not exist.",
                                     {},
                                     nullptr};

}  // namespace pglatch

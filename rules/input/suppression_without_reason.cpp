// Like syntax-error, reported by the engine: comments are no nodes.
#include "analyzer/rule_api/rule.h"

namespace pglatch {

extern const Rule kSuppressionWithoutReason;
const Rule kSuppressionWithoutReason{"suppression-without-reason",
                                     "input",
                                     Severity::warning,
                                     "A comment switches a rule off and does not say why.",
                                     {},
                                     nullptr,
                                     true};

}  // namespace pglatch

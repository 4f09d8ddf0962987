// Like syntax-error, reported by the engine: a file without a statement has no node to look at.
#include "analyzer/rule_api/rule.h"

namespace pglatch {

extern const Rule kEmptyFile;
const Rule kEmptyFile{"empty-file", "input", Severity::info, "The file has nothing in it.", {}, nullptr};

}  // namespace pglatch

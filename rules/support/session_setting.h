// Settings that a script gives its session and that rules only ask for.
#pragma once

#include <string_view>

#include "analyzer/rule_api/rule.h"

namespace pglatch {

/// An earlier statement of the script gives the setting a value other than 0, by SET or set_config(). What ROLLBACK or
/// RESET make of that later is not asked: it is enough for a policy, and for no proof (that is Session::settings()).
[[nodiscard]] bool sets_before(const StatementContext& context, std::string_view setting);

}  // namespace pglatch

// Inside the lock model: statements that code makes up when it runs, of which all is known but what stands in their
// gaps (parse/constant_text.h). Whether that could make them lock or change what others use.
#pragma once

#include <string_view>

#include "analyzer/locks/effects.h"

namespace pglatch::locks {

/// The effects of the statement are those of its text, with the relations that it names: nothing that may stand in a
/// gap adds to them. `sql` is the text that it was parsed from.
[[nodiscard]] bool gaps_matter_little(const Node* statement, std::string_view sql);

/// No relation that others can use is changed, nor locked in a way that makes reads or writes wait. The name of a
/// relation that has a gap may be that of any.
[[nodiscard]] bool leaves_others_alone(const Node* statement, const Effects& effects, const EffectsContext& context);

/// Takes out what is locked by a name with a gap, and refusals for one.
void forget_gaps(Effects& effects, const Catalog& catalog);

}  // namespace pglatch::locks

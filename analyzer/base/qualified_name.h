// Names of relations that are written in a text: "orders", "shop.orders", "shop.\"Order Items\"".
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pglatch {

struct QualifiedName {
  std::string schema;  ///< empty where the text has none
  std::string name;
};

/// What such a text names, as a cast to regclass reads it: ASCII letters folded to lower case but for what is in
/// double quotes, blanks around it left out. Nothing where the text is no name or has more than two parts.
/// (stringToQualifiedNameList() in regproc.c)
[[nodiscard]] std::optional<QualifiedName> parse_qualified_name(std::string_view text);

}  // namespace pglatch

#include "analyzer/base/qualified_name.h"

#include <algorithm>
#include <utility>

#include "analyzer/base/ascii.h"

namespace pglatch {
namespace {

// One part of a name, up to a dot; nothing where a quote is not closed or the part is empty.
std::optional<std::string> take_identifier(std::string_view& text) {
  std::string name;
  if (!text.starts_with('"')) {
    const std::size_t dot = std::min(text.find('.'), text.size());
    name = to_lower(text.substr(0, dot));
    text.remove_prefix(dot);
    const bool is_plain = name.find_first_of("\" \t") == std::string::npos;
    return is_plain && !name.empty() ? std::optional(std::move(name)) : std::nullopt;
  }
  text.remove_prefix(1);
  while (!text.empty()) {
    const char c = text.front();
    text.remove_prefix(1);
    if (c == '"' && !text.starts_with('"')) return name.empty() ? std::nullopt : std::optional(std::move(name));
    if (c == '"') text.remove_prefix(1);
    name += c;
  }
  return std::nullopt;
}

}  // namespace

std::optional<QualifiedName> parse_qualified_name(std::string_view text) {
  std::string_view rest = trimmed(text, " \t");
  auto first = take_identifier(rest);
  if (!first) return std::nullopt;
  if (rest.empty()) return QualifiedName{{}, std::move(*first)};
  if (!rest.starts_with('.')) return std::nullopt;
  rest.remove_prefix(1);
  auto second = take_identifier(rest);
  if (!second || !rest.empty()) return std::nullopt;
  return QualifiedName{std::move(*first), std::move(*second)};
}

}  // namespace pglatch

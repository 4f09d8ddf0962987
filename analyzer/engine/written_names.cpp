#include "analyzer/engine/written_names.h"

#include <algorithm>

#include "analyzer/base/ascii.h"
#include "analyzer/parse/identifier.h"
#include "analyzer/source/lexer.h"

namespace pglatch {
namespace {

bool goes_on_with(char c) noexcept {
  const char lower = to_lower(c);
  return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '$';
}

// No other name, and no word of a sentence, looks like it.
bool is_unmistakable(std::string_view name) noexcept {
  if (name.front() != '"') return name.front() == '_' && name.size() > 1;
  return std::any_of(name.begin() + 1, name.end() - 1, [](char c) { return !goes_on_with(c) || c == '$'; });
}

// What the file has in the place of a name, with what is blank behind the name because that is shorter.
std::string_view written_at(ByteRange name, std::string_view masked, std::string_view file) noexcept {
  while (name.end < masked.size() && is_space(masked[name.end]) && !is_space(file[name.end])) ++name.end;
  return name.of(file);
}

// Behind `at`, but for a word only where it is one by itself.
std::size_t find_name(std::string_view text, std::string_view name, std::size_t at) noexcept {
  for (at = text.find(name, at); at != std::string_view::npos; at = text.find(name, at + 1)) {
    const std::size_t end = at + name.size();
    const bool is_part = name.front() != '"' &&
                         ((at > 0 && goes_on_with(text[at - 1])) || (end < text.size() && goes_on_with(text[end])));
    if (!is_part) return at;
  }
  return at;
}

}  // namespace

WrittenNames::WrittenNames(const Script& script) {
  if (!script.masked.empty()) collect(script.masked, script.file->text());
}

void WrittenNames::collect(std::string_view masked, std::string_view file) {
  constexpr std::string_view kPlaceholders = "{}$@:<%";
  Lexer lexer(masked);
  for (Token token = lexer.next_code(); token.kind != TokenKind::end; token = lexer.next_code()) {
    const std::string_view name = token.of(masked);
    const std::string_view written = written_at(token.range, masked, file);
    if (name == written || !token.terminated) continue;
    if (token.kind == TokenKind::dollar_string) {
      const std::size_t quote = name.find('$', 1) + 1;
      collect(name.substr(quote, name.size() - 2 * quote), written.substr(quote));
      continue;
    }
    if (token.kind != TokenKind::word && token.kind != TokenKind::quoted_identifier) continue;
    if (!is_unmistakable(name) || written.find_first_of(kPlaceholders) == std::string_view::npos) continue;
    if (written.find_first_of("\r\n") != std::string_view::npos) continue;
    add(name, written);
    if (token.kind == TokenKind::word) add(to_lower(name), written);
  }
}

void WrittenNames::add(std::string_view name, std::string_view written) {
  const auto is_same = [&](const auto& known) { return known.first == name; };
  if (std::none_of(names_.begin(), names_.end(), is_same)) names_.emplace_back(name, written);
}

std::string WrittenNames::restored(std::string_view text) const {
  std::string result(text);
  for (const auto& [name, written] : names_) {
    for (std::size_t at = find_name(result, name, 0); at != std::string::npos;
         at = find_name(result, name, at + written.size())) {
      result.replace(at, name.size(), written);
    }
  }
  return result;
}

}  // namespace pglatch

#include "analyzer/engine/written_names.h"

#include <algorithm>

#include "analyzer/base/ascii.h"
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

// The name, or word, that begins there, if one does.
std::string_view name_at(std::string_view text, std::size_t at) noexcept {
  std::size_t end = at;
  if (text[at] == '"') {
    end = std::min(text.find('"', at + 1), text.size() - 1);
    return text.substr(at, end + 1 - at);
  }
  while (end < text.size() && goes_on_with(text[end])) ++end;
  return text.substr(at, end - at);
}

}  // namespace

WrittenNames::WrittenNames(const Script& script) {
  if (!script.masked.empty()) collect(script.masked, script.file->text(), 0);
}

void WrittenNames::collect(std::string_view masked, std::string_view file, int depth) {
  constexpr int kDeepest = 8;  // code in code
  constexpr std::string_view kPlaceholders = "{}$@:<%";
  Lexer lexer(masked);
  for (Token token = lexer.next_code(); token.kind != TokenKind::end; token = lexer.next_code()) {
    const std::string_view name = token.of(masked);
    const std::string_view written = written_at(token.range, masked, file);
    if (name == written || !token.terminated) continue;
    if (token.kind == TokenKind::dollar_string) {
      const std::size_t quote = name.find('$', 1) + 1;
      if (depth < kDeepest) collect(name.substr(quote, name.size() - 2 * quote), written.substr(quote), depth + 1);
      continue;
    }
    if (token.kind != TokenKind::word && token.kind != TokenKind::quoted_identifier) continue;
    if (!is_unmistakable(name) || written.find_first_of(kPlaceholders) == std::string_view::npos) continue;
    if (written.find_first_of("\r\n") != std::string_view::npos) continue;
    names_.emplace(name, written);
    if (token.kind == TokenKind::word) names_.emplace(to_lower(name), written);
  }
}

std::string WrittenNames::restored(std::string_view text) const {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view name = name_at(text, at);
    const auto known = names_.find(name);
    if (known != names_.end()) {
      result += known->second;
      at += name.size();
    } else {
      const std::size_t taken = text[at] == '"' ? 1 : std::max<std::size_t>(name.size(), 1);
      result += text.substr(at, taken);
      at += taken;
    }
  }
  return result;
}

}  // namespace pglatch

#include "analyzer/parse/identifier.h"

extern "C" {
#include "common/keywords.h"
}
#include "analyzer/parse/nodes.h"

namespace pglatch {
namespace {

// Any keyword but an unreserved one is quoted, as quote_identifier() in ruleutils.c does.
bool is_quoted_keyword(std::string_view identifier) {
  const int number = ScanKeywordLookup(std::string(identifier).c_str(), &ScanKeywords);
  return number >= 0 && ScanKeywordCategories[number] != UNRESERVED_KEYWORD;
}

bool needs_quotes(std::string_view identifier) {
  if (identifier.empty() || (identifier.front() >= '0' && identifier.front() <= '9')) return true;
  bool has_digits = false;
  for (const char c : identifier) {
    const bool is_digit = c >= '0' && c <= '9';
    if (!(c >= 'a' && c <= 'z') && !is_digit && c != '_') return true;
    has_digits = has_digits || is_digit;
  }
  return !has_digits && is_quoted_keyword(identifier);  // no keyword has any
}

void append_quoted(std::string& out, std::string_view text, char quote) {
  out += quote;
  for (const char c : text) {
    if (c == quote) out += quote;
    out += c;
  }
  out += quote;
}

std::string in_quotes(std::string_view text, char quote) {
  std::string result;
  result.reserve(text.size() + 2);
  append_quoted(result, text, quote);
  return result;
}

void append_identifier(std::string& out, std::string_view identifier) {
  if (needs_quotes(identifier)) {
    append_quoted(out, identifier, '"');
  } else {
    out += identifier;
  }
}

}  // namespace

std::string quote_identifier_sql(std::string_view identifier) {
  std::string result;
  append_identifier(result, identifier);
  return result;
}

std::string quote_qualified(std::string_view schema, std::string_view name) {
  std::string result;
  result.reserve(schema.size() + name.size() + 1);
  if (!schema.empty()) {
    append_identifier(result, schema);
    result += '.';
  }
  append_identifier(result, name);
  return result;
}

std::string quote_literal_sql(std::string_view value) {
  if (value.find('\\') == std::string_view::npos) return in_quotes(value, '\'');
  std::string escaped;
  for (const char c : value) {
    if (c == '\\') escaped += '\\';
    escaped += c;
  }
  return "E" + in_quotes(escaped, '\'');
}

std::string_view truncate_utf8(std::string_view text, std::size_t bytes) noexcept {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0U) == 0x80U) --bytes;
  return text.substr(0, bytes);
}

std::string_view grammar_version() noexcept { return PG_VERSION; }

}  // namespace pglatch

#include "analyzer/parse/identifier.h"

extern "C" {
#include "common/keywords.h"
}
#include "analyzer/parse/nodes.h"

namespace pglatch {
namespace {

bool is_plain(std::string_view identifier) {
  if (identifier.empty()) return false;
  const char first = identifier.front();
  if (!(first >= 'a' && first <= 'z') && first != '_') return false;
  for (const char c : identifier) {
    if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '_') return false;
  }
  return true;
}

// Any keyword but an unreserved one is quoted, as quote_identifier() in ruleutils.c does.
bool is_quoted_keyword(std::string_view identifier) {
  const int number = ScanKeywordLookup(std::string(identifier).c_str(), &ScanKeywords);
  return number >= 0 && ScanKeywordCategories[number] != UNRESERVED_KEYWORD;
}

std::string in_quotes(std::string_view text, char quote) {
  std::string result;
  result.reserve(text.size() + 2);
  result += quote;
  for (const char c : text) {
    if (c == quote) result += quote;
    result += c;
  }
  result += quote;
  return result;
}

}  // namespace

std::string quote_identifier_sql(std::string_view identifier) {
  if (is_plain(identifier) && !is_quoted_keyword(identifier)) return std::string(identifier);
  return in_quotes(identifier, '"');
}

std::string quote_qualified(std::string_view schema, std::string_view name) {
  if (schema.empty()) return quote_identifier_sql(name);
  return quote_identifier_sql(schema) + "." + quote_identifier_sql(name);
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

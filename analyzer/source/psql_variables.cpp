#include "analyzer/source/psql_variables.h"

namespace pglatch {
namespace {

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

// psql's variable_char (src/fe_utils/psqlscan.l).
constexpr bool is_name_byte(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || is_digit(c) ||
         static_cast<unsigned char>(c) >= 0x80;
}

constexpr char at(std::string_view text, std::size_t offset) noexcept {
  return offset < text.size() ? text[offset] : '\0';
}

}  // namespace

PsqlVariable psql_variable_at(std::string_view text, std::size_t colon) noexcept {
  using Form = PsqlVariable::Form;
  const char first = at(text, colon + 1);
  if (is_digit(first)) return {};
  Form form = Form::plain;
  std::size_t name = colon + 1;
  char close = '\0';
  if (first == '\'' || first == '"') {
    form = first == '"' ? Form::identifier : Form::string;
    close = first;
    name = colon + 2;
  } else if (first == '{') {
    if (at(text, colon + 2) != '?') return {};
    form = Form::test;
    close = '}';
    name = colon + 3;
  }
  std::size_t end = name;
  while (is_name_byte(at(text, end))) ++end;
  if (end == name) return {};
  if (form == Form::plain) return {form, end};
  if (at(text, end) != close) return {};
  return {form, end + 1};
}

bool may_have_psql_variables(std::string_view text) noexcept {
  std::size_t colon = text.find(':');
  while (colon != std::string_view::npos) {
    const char next = at(text, colon + 1);
    if (next == ':' || next == '=') {
      ++colon;  // :: and := are one symbol each
    } else if (psql_variable_at(text, colon).form != PsqlVariable::Form::none) {
      return true;
    }
    colon = text.find(':', colon + 1);
  }
  return false;
}

}  // namespace pglatch

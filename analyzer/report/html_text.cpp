#include "analyzer/report/html_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "analyzer/base/utf8.h"
#include "analyzer/report/html_source.h"
#include "analyzer/report/terminal_text.h"

namespace pglatch {

std::string html_text(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  while (!text.empty()) {
    const Utf8Character character = first_character(text);
    text.remove_prefix(character.size);
    switch (character.code_point) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      case '\t':
      case '\n':
        out += static_cast<char>(character.code_point);
        break;
      case 0xFFFE:
      case 0xFFFF:
        append_utf8(out, kReplacementCharacter);
        break;
      default:
        append_utf8(out, printable(character.code_point));
    }
  }
  return out;
}

std::string html_prose(std::string_view text) {
  std::string out;
  bool first = true;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!first) out += "<br/>";
    first = false;
    out += line.starts_with("    ") ? fmt::format("<code>{}</code>", html_text(line.substr(4))) : html_text(line);
  }
  return out;
}

std::string html_sql(std::string_view sql) {
  const SourceFile source({}, to_valid_utf8(sql));
  return HtmlSource(source).text({0, static_cast<std::uint32_t>(source.text().size())}, {});
}

std::string html_badge(Severity severity) {
  return fmt::format("<span class=\"badge {0}\">{0}</span>", to_string(severity));
}

std::string html_attribute(std::string_view name, std::string_view value) {
  return fmt::format(" {}=\"{}\"", name, html_text(value));
}

}  // namespace pglatch

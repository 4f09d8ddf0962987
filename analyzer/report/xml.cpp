#include "analyzer/report/xml.h"

#include <cassert>

#include "analyzer/base/utf8.h"

namespace pglatch {
namespace {

std::string escaped(std::string_view text) {
  std::string out;
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
      // As they are, an attribute would show them as blanks.
      case '\t':
        out += "&#9;";
        break;
      case '\n':
        out += "&#10;";
        break;
      case '\r':
        out += "&#13;";
        break;
      default: {
        const bool unknown =
            character.code_point < 0x20 || character.code_point == 0xFFFE || character.code_point == 0xFFFF;
        append_utf8(out, unknown ? kReplacementCharacter : character.code_point);
      }
    }
  }
  return out;
}

}  // namespace

void XmlWriter::open(std::string_view name, Attributes attributes) {
  out_.append(2 * open_.size(), ' ').append(1, '<').append(name);
  for (const auto& [key, value] : attributes)
    out_.append(1, ' ').append(key).append("=\"").append(escaped(value)) += '"';
}

void XmlWriter::begin(std::string_view name, Attributes attributes) {
  open(name, attributes);
  out_ += ">\n";
  open_.emplace_back(name);
}

void XmlWriter::end() {
  assert(!open_.empty());
  const std::string name = std::move(open_.back());
  open_.pop_back();
  out_.append(2 * open_.size(), ' ').append("</").append(name).append(">\n");
}

void XmlWriter::element(std::string_view name, Attributes attributes, std::string_view text) {
  open(name, attributes);
  if (text.empty()) {
    out_ += "/>\n";
  } else {
    out_.append(1, '>').append(escaped(text)).append("</").append(name).append(">\n");
  }
}

std::string XmlWriter::finish() {
  assert(open_.empty());
  return std::move(out_);
}

}  // namespace pglatch

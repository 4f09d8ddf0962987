#include "tests/integrations/terminal_picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <vector>

namespace pglatch::testing {
namespace {

constexpr int kLineHeight = 19;     // pixels, as all below
constexpr double kCharWidth = 8.0;  // of the widest font that a reader may have
constexpr int kMargin = 18;
constexpr std::size_t kColumns = 108;  // what is longer goes on in the next line
constexpr int kTitleBar = 34;

// Dark background; a palette of enough contrast on it.
constexpr std::array<std::string_view, 16> kColours{"#6e7681", "#ff7b72", "#7ee787", "#e3b341", "#79c0ff", "#d2a8ff",
                                                    "#76e3ea", "#e6edf3", "#8b949e", "#ffa198", "#a5f3b0", "#f2cc60",
                                                    "#a5d6ff", "#e2c5ff", "#b3f0ff", "#ffffff"};
constexpr std::string_view kForeground = "#e6edf3";

struct Look {
  int colour = -1;  // of kColours
  bool bold = false;
  bool faint = false;
  bool underlined = false;

  void apply(int code) {
    constexpr int kNormal = 30;
    constexpr int kBright = 90;
    if (code == 0) *this = {};
    if (code == 1) bold = true;
    if (code == 2) faint = true;
    if (code == 4) underlined = true;
    if (code == 22) bold = faint = false;
    if (code == 24) underlined = false;
    if (code == 39) colour = -1;
    if (code >= kNormal && code < kNormal + 8) colour = code - kNormal;
    if (code >= kBright && code < kBright + 8) colour = code - kBright + 8;
  }

  [[nodiscard]] std::string attributes() const {
    std::string out;
    if (colour >= 0) out += fmt::format(" fill=\"{}\"", kColours.at(static_cast<std::size_t>(colour)));
    if (bold) out += " font-weight=\"bold\"";
    if (faint) out += " opacity=\"0.7\"";
    if (underlined) out += " text-decoration=\"underline\"";
    return out;
  }
};

void append_escaped(std::string& out, char c) {
  switch (c) {
    case '<':
      out += "&lt;";
      break;
    case '>':
      out += "&gt;";
      break;
    case '&':
      out += "&amp;";
      break;
    case ' ':  // spaces of another kind would be taken together
      out += "&#160;";
      break;
    default:
      out += c;
  }
}

struct Terminal {
  std::vector<std::string> lines{""};  // as SVG
  std::size_t widest = 0;              // characters
  std::size_t column = 0;
  Look look;

  void put(std::string_view text) {
    const std::string attributes = look.attributes();
    const std::string begin = attributes.empty() ? "" : fmt::format("<tspan{}>", attributes);
    const std::string_view end = attributes.empty() ? "" : "</tspan>";
    lines.back() += begin;
    for (const char c : text) {
      const bool is_first_byte = (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
      if (is_first_byte && column == kColumns) {
        lines.back() += end;
        end_line();
        lines.back() += begin;
      }
      append_escaped(lines.back(), c);
      if (is_first_byte) ++column;
      widest = std::max(widest, column);
    }
    lines.back() += end;
  }

  void end_line() {
    lines.emplace_back();
    column = 0;
  }

  // The sequence behind ESC; returns how long it is.
  std::size_t escape(std::string_view text) {
    if (text.starts_with(']')) {  // a hyperlink, which ends with BEL or ESC backslash
      const std::size_t bell = text.find('\a');
      const std::size_t end = text.find("\033\\");
      if (bell < end) return bell + 1;
      return end == std::string_view::npos ? text.size() : end + 2;
    }
    if (!text.starts_with('[')) return std::min<std::size_t>(1, text.size());
    const std::size_t end = text.find_first_not_of("0123456789;", 1);
    if (end == std::string_view::npos) return text.size();
    if (text[end] == 'm') {
      for (std::size_t begin = 1; begin <= end;) {
        const std::size_t next = std::min(end, text.find(';', begin));
        look.apply(std::atoi(std::string(text.substr(begin, next - begin)).c_str()));
        begin = next + 1;
      }
    }
    return end + 1;
  }

  void print(std::string_view text) {
    while (!text.empty()) {
      const std::size_t plain = std::min(text.find_first_of("\033\n"), text.size());
      if (plain > 0) put(text.substr(0, plain));
      text.remove_prefix(plain);
      if (text.empty()) return;
      const bool is_escape = text.front() == '\033';
      text.remove_prefix(1);
      if (!is_escape) {
        end_line();
      } else {
        text.remove_prefix(escape(text));
      }
    }
  }
};

}  // namespace

std::string terminal_picture(std::string_view command, std::string_view printed) {
  Terminal terminal;
  terminal.look.colour = 2;
  terminal.put("$ ");
  terminal.look = {};
  terminal.put(command);
  terminal.end_line();
  terminal.print(printed);
  while (!terminal.lines.empty() && terminal.lines.back().empty()) terminal.lines.pop_back();

  const int width = 2 * kMargin + static_cast<int>(static_cast<double>(terminal.widest) * kCharWidth);
  const int height = kTitleBar + kMargin + static_cast<int>(terminal.lines.size()) * kLineHeight;
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" role=\"img\">\n"
      "<title>{2}</title>\n"
      "<rect width=\"{0}\" height=\"{1}\" rx=\"10\" fill=\"#0d1117\"/>\n"
      "<circle cx=\"20\" cy=\"18\" r=\"6\" fill=\"#ff5f57\"/><circle cx=\"40\" cy=\"18\" r=\"6\" fill=\"#febc2e\"/>"
      "<circle cx=\"60\" cy=\"18\" r=\"6\" fill=\"#28c840\"/>\n"
      "<g font-family=\"ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace\" "
      "font-size=\"13\" fill=\"{3}\">\n",
      width, height, command, kForeground);
  int y = kTitleBar + kLineHeight / 2 + 4;
  for (const std::string& line : terminal.lines) {
    if (!line.empty()) svg += fmt::format("<text x=\"{}\" y=\"{}\">{}</text>\n", kMargin, y, line);
    y += kLineHeight;
  }
  return svg + "</g>\n</svg>\n";
}

}  // namespace pglatch::testing

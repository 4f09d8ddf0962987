#include "analyzer/report/markdown_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/base/utf8.h"
#include "analyzer/report/terminal_text.h"
#include "analyzer/source/lexer.h"

namespace pglatch {
namespace {

// The longest run of backquotes.
std::size_t longest_run(std::string_view text) {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

void append_escaped(std::string& out, std::string_view line) {
  for (const char c : printable(line)) {
    if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '&') {
      out += "&amp;";
    } else {
      if (std::string_view("\\`*_|[]~@#").find(c) != std::string_view::npos) out += '\\';
      out += c;
    }
  }
}

}  // namespace

std::string markdown_prose(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    // An indented line is code; within <code> markup is markup still.
    const bool is_code = line.starts_with("    ");
    if (is_code) out += "<code>";
    append_escaped(out, is_code ? line.substr(4) : line);
    if (is_code) out += "</code>";
    if (end + 1 < text.size()) out += "<br>";
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string markdown_code(std::string_view text) {
  const std::string quotes(longest_run(text) + 1, '`');
  const std::string_view pad = text.starts_with('`') || text.ends_with('`') ? " " : "";
  return fmt::format("{0}{1}{2}{1}{0}", quotes, pad, printable(text));
}

std::string markdown_sql(std::string_view sql) {
  const std::string fence(std::max<std::size_t>(3, longest_run(sql) + 1), '`');
  return fmt::format("{}sql\n{}\n{}\n", fence, to_valid_utf8(sql), fence);
}

std::string with_semicolons(const std::vector<std::string>& statements) {
  std::string sql;
  for (const std::string& statement : statements) {
    if (!sql.empty()) sql += '\n';
    sql += statement;
    const std::vector<ByteRange> comments = find_comments(statement);
    // Behind a comment that takes the rest of the line it would be a part of that.
    const bool ends_in_comment =
        !comments.empty() && comments.back().end == statement.size() && statement[comments.back().start] == '-';
    sql += ends_in_comment ? "\n;" : ";";
  }
  return sql;
}

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace pglatch

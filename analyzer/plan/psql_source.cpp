#include "analyzer/plan/psql_source.h"

#include <algorithm>

#include "analyzer/plan/statement_traits.h"

namespace pglatch {
namespace {

constexpr std::string_view kHarmless[] = {".",     "echo",     "qecho",      "warn",     "timing",     "pset",
                                          "x",     "t",        "a",          "restrict", "unrestrict", "set",
                                          "unset", "encoding", "errverbose", "html",     "conninfo"};

std::string_view name_of_command(std::string_view text, std::uint32_t backslash) {
  const std::string_view rest = text.substr(backslash + 1);
  const std::size_t end = rest.find_first_of(" \t\r\n\\;");
  return end == 0 ? rest.substr(0, 1) : rest.substr(0, end);
}

std::uint32_t end_of_line(std::string_view text, std::uint32_t offset) {
  const std::size_t end = text.find('\n', offset);
  return static_cast<std::uint32_t>(end == std::string_view::npos ? text.size() : end);
}

// The end of the data that follows a line: after the line "\.", else the text's.
std::uint32_t end_of_data(std::string_view text, std::uint32_t line_end) {
  const std::size_t end = text.find("\n\\.", line_end);
  return end == std::string_view::npos ? static_cast<std::uint32_t>(text.size())
                                       : end_of_line(text, static_cast<std::uint32_t>(end) + 1);
}

}  // namespace

std::vector<ByteRange> psql_commands(const Script& script, const ParsedScript& parsed) {
  std::vector<ByteRange> commands;
  if (script.masked.empty()) return commands;
  const std::string_view text = script.file->text();
  const std::string_view masked = script.masked;
  auto statement = parsed.statements.begin();
  for (std::uint32_t at = 0; at < text.size();) {
    while (statement != parsed.statements.end() && statement->range.end <= at) {
      if (reads_standard_input(statement->node)) at = end_of_data(text, end_of_line(text, statement->range.end));
      ++statement;
    }
    if (at >= text.size()) break;
    const bool inside = statement != parsed.statements.end() && statement->range.contains(at);
    if (text[at] != '\\' || masked[at] != ' ' || inside) {
      ++at;
      continue;
    }
    const std::uint32_t end = end_of_line(text, at);
    const std::string_view name = name_of_command(text, at);
    if (std::find(std::begin(kHarmless), std::end(kHarmless), name) == std::end(kHarmless)) {
      commands.push_back({at, end});
    }
    const bool data = name == "copy" && text.substr(at, end - at).find("stdin") != std::string_view::npos;
    at = data ? end_of_data(text, end) : end;
  }
  return commands;
}

bool is_conditional(const Script& script, ByteRange command) {
  const std::string_view name = name_of_command(script.file->text(), command.start);
  return name == "if" || name == "elif" || name == "else" || name == "endif";
}

bool has_psql_variables(const Script& script, ByteRange statement) {
  return !script.masked.empty() && statement.of(script.file->text()) != statement.of(script.masked);
}

bool is_sent_by_psql(const Script& script, ByteRange statement) {
  if (script.masked.empty()) return false;
  const std::string_view text = script.file->text();
  const std::size_t next = text.find_first_not_of(" \t\r\n", statement.end);
  return next != std::string_view::npos && text[next] == '\\' && script.masked[next] == ';' &&
         text.substr(next, 2) != "\\;";
}

}  // namespace pglatch

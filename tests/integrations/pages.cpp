#include "tests/integrations/pages.h"

#include <algorithm>
#include <cctype>
#include <regex>
#include <sstream>
#include <stdexcept>
#include <string_view>

namespace pglatch::testing {
namespace {

constexpr std::string_view kIndent = "    ";
constexpr std::string_view kPrompt = "    $ ";

bool is_code(const std::string& line) { return line.starts_with(kIndent); }

// Blank lines in the middle of what is printed belong to it.
std::size_t end_of_output(const std::vector<std::string>& lines, std::size_t begin) {
  std::size_t end = begin;
  for (std::size_t i = begin; i < lines.size(); ++i) {
    if (lines[i].starts_with(kPrompt) || (!lines[i].empty() && !is_code(lines[i]))) break;
    if (!lines[i].empty()) end = i + 1;
  }
  return end;
}

}  // namespace

std::string code_of(const std::string& line) { return is_code(line) ? line.substr(kIndent.size()) : std::string(); }

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::vector<ShownCommand> commands_in(const std::vector<std::string>& lines) {
  std::vector<ShownCommand> commands;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!lines[i].starts_with(kPrompt)) continue;
    ShownCommand command;
    command.text = lines[i].substr(kPrompt.size());
    while (command.text.ends_with('\\') && i + 1 < lines.size()) {
      command.text.pop_back();
      command.text += code_of(lines[++i]);
    }
    command.output_begin = i + 1;
    command.output_end = end_of_output(lines, i + 1);
    commands.push_back(std::move(command));
  }
  return commands;
}

std::vector<ShownFile> files_in(const std::vector<std::string>& lines) {
  static const std::regex kName(R"(    # (\S+\.(ya?ml|toml)))");
  std::vector<ShownFile> files;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::smatch name;
    if (!std::regex_match(lines[i], name, kName)) continue;
    ShownFile file{name[1], {}};
    // Tables of a configuration have blank lines between them.
    const std::size_t end = end_of_output(lines, i + 1);
    for (++i; i < end; ++i) file.text += code_of(lines[i]) + '\n';
    files.push_back(std::move(file));
  }
  return files;
}

ShownFile file_in(const std::vector<std::string>& lines, const std::string& name) {
  for (ShownFile& file : files_in(lines)) {
    if (file.name == name) return std::move(file);
  }
  throw std::runtime_error("the page shows no " + name);
}

std::vector<std::string> unmarked_commands_in(const std::vector<std::string>& lines) {
  static const std::regex kCommand(R"(    (\./dev|npm|npx|pglatch|psql|pre-commit|cmake|git|docker|curl) .*)");
  std::vector<std::string> unmarked;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const bool goes_on = i > 0 && lines[i - 1].ends_with('\\');
    if (!goes_on && std::regex_match(lines[i], kCommand)) unmarked.push_back(lines[i]);
  }
  return unmarked;
}

std::set<std::string> anchors_of(const std::vector<std::string>& lines) {
  std::set<std::string> anchors;
  for (const std::string& line : lines) {
    const std::size_t level = line.find_first_not_of('#');
    if (level == 0 || level == std::string::npos || line[level] != ' ') continue;
    std::string anchor;
    for (const char c : line.substr(level + 1)) {
      const auto byte = static_cast<unsigned char>(c);
      if (std::isalnum(byte) != 0 || c == '-' || c == '_') anchor += static_cast<char>(std::tolower(byte));
      if (c == ' ') anchor += '-';
    }
    anchors.insert(std::move(anchor));
  }
  return anchors;
}

}  // namespace pglatch::testing

// Pages for people, in Markdown: the commands and files that they show, and where their links lead.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

namespace pglatch::testing {

/// "    $ pglatch …" and what it prints, as the page has it: lines of the page, from 0.
struct ShownCommand {
  std::string text;  ///< for a shell
  std::size_t output_begin = 0;
  std::size_t output_end = 0;
};

/// A block that is to be copied: its first line is the name of the file, in a comment.
struct ShownFile {
  std::string name;
  std::string text;  ///< without that line
};

/// A line of code as it stands there, without the indentation; the other lines of a page are prose.
[[nodiscard]] std::string code_of(const std::string& line);

[[nodiscard]] std::vector<std::string> lines_of(const std::string& text);
[[nodiscard]] std::vector<ShownCommand> commands_in(const std::vector<std::string>& lines);
[[nodiscard]] std::vector<ShownFile> files_in(const std::vector<std::string>& lines);
/// The file of that name; throws std::runtime_error where the page shows none.
[[nodiscard]] ShownFile file_in(const std::vector<std::string>& lines, const std::string& name);
/// Lines of code that are commands but are not shown as such, and so would never be tried.
[[nodiscard]] std::vector<std::string> unmarked_commands_in(const std::vector<std::string>& lines);
/// What a link to a heading of the page can name (GitHub makes it of the heading's words).
[[nodiscard]] std::set<std::string> anchors_of(const std::vector<std::string>& lines);

}  // namespace pglatch::testing

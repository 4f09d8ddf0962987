// How well the files of migration frameworks are read, as a table with a line for each framework: of which files it was
// found out, how many ways back were told from the way there, how many statements PostgreSQL's grammar takes.
//
//   pglatch_framework_survey [--failures] [FRAMEWORK=]PATH…
//
// With FRAMEWORK= it is known what the files below PATH are: the line is that framework's, and a file that is taken for
// another one counts against it. --failures lists what was taken for something else or did not parse.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analyzer/base/ascii.h"
#include "analyzer/parse/parser.h"
#include "analyzer/source/discovery.h"
#include "analyzer/source/framework.h"
#include "analyzer/source/frameworks/file_names.h"
#include "analyzer/source/frameworks/text_lines.h"
#include "analyzer/source/neighbours.h"
#include "analyzer/source/script_purpose.h"

namespace pglatch {
namespace {

struct Count {
  std::size_t of = 0;
  std::size_t good = 0;

  void add(bool is_good) {
    ++of;
    if (is_good) ++good;
  }
  [[nodiscard]] std::string text() const {
    if (of == 0) return "-";
    return fmt::format("{:.2f} % of {}", 100.0 * static_cast<double>(good) / static_cast<double>(of), of);
  }
};

struct Line {
  Count recognised;
  Count separated;
  Count parsed;
};

// Whether a name or a line of comment speaks of a way back. Meant to be cruder than the adapters, which it checks.
bool speaks_of_a_way_back(const SourceFile& file, std::string_view below) {
  constexpr std::array<std::string_view, 2> kFolders = {"revert/", "undo/"};
  for (const std::string_view folder : kFolders) {
    if (below.starts_with(folder) || below.find('/' + std::string(folder)) != std::string_view::npos) return true;
  }
  const std::string_view name = file_name(file.path());
  if (name == "down.sql" || name.find(".down.") != std::string_view::npos) return true;
  if (name.find(".undo.") != std::string_view::npos || name.find("-down.sql") != std::string_view::npos) return true;
  const bool is_liquibase = file.text().find("liquibase") != std::string::npos;  // others have rollbacks for people
  LineReader lines(file.text());
  while (const auto line = lines.next()) {
    const auto comment = comment_of(line->text);
    if (!comment) continue;
    const std::string words = to_lower(*comment);
    for (const std::string_view mark :
         {"+goose down", "+migrate down", "migrate:down", "down migration", "-- create above / drop below"}) {
      if (std::string_view(words).starts_with(mark)) return true;
    }
    if (is_liquibase && std::string_view(words).starts_with("rollback ")) return true;
  }
  return false;
}

class Survey {
 public:
  explicit Survey(bool lists_failures) : lists_failures_(lists_failures) {}

  void add(const std::string& expected, const std::string& path) {
    const std::vector<std::string> paths{path};
    const Discovery found = discover(paths);
    for (const Error& error : found.errors) fail(error.message);
    for (const std::string& name : found.files) {
      const auto file = read_source_file(name);
      if (file) {
        add_file(expected, *file, path_below(name, paths));
      } else {
        fail(file.error().message);
      }
    }
  }

  void print() const {
    fmt::print("{:<18}{:>20}{:>20}{:>22}\n", "framework", "recognised", "ways back found", "statements parsed");
    for (const auto& [name, line] : lines_) {
      fmt::print("{:<18}{:>20}{:>20}{:>22}\n", name, line.recognised.text(), line.separated.text(), line.parsed.text());
    }
    fmt::print("{} scripts of tests, seeds and dumps left out\n", left_out_);
  }

 private:
  void add_file(const std::string& expected, const std::shared_ptr<const SourceFile>& file, std::string_view below) {
    std::vector<Script> scripts = neighbours_.read_scripts(file);
    const std::size_t size = scripts.size();
    scripts.erase(std::remove_if(scripts.begin(), scripts.end(),
                                 [&](const Script& script) {
                                   const Purpose purpose = purpose_of(script, below, false);
                                   if (script.direction == Direction::verify) return false;
                                   return purpose != Purpose::migration && purpose != Purpose::down;
                                 }),
                  scripts.end());
    left_out_ += size - scripts.size();
    if (scripts.empty()) return;
    const std::string framework = scripts.front().framework;
    Line& line = lines_[expected.empty() ? framework : expected];
    line.recognised.add(expected.empty() ? framework != "plain" : framework == expected);
    if (!expected.empty() && framework != expected) {
      fail(fmt::format("{}: taken for {} ({})", file->path(), framework, scripts.front().reason));
    }
    if (speaks_of_a_way_back(*file, below)) {
      const bool has_down = std::any_of(scripts.begin(), scripts.end(), [&](const Script& script) {
        return purpose_of(script, below, false) == Purpose::down;
      });
      line.separated.add(has_down);
      if (!has_down) fail(fmt::format("{}: no way back was found in it", file->path()));
    }
    for (const Script& script : scripts) add_statements(script, line);
  }

  void add_statements(const Script& script, Line& line) {
    const ParsedScript parsed = parse(script.sql());
    for (std::size_t i = 0; i < parsed.statements.size(); ++i) line.parsed.add(true);
    for (const SyntaxError& error : parsed.errors) {
      line.parsed.add(false);
      const LineIndex& lines = script.file->lines();
      const Position at = lines.position(error.where.start, ColumnUnit::code_points);
      fail(fmt::format("{}:{}:{}: {} {}: {}: {}", script.file->path(), at.line, at.column, script.framework,
                       to_string(script.direction), error.message,
                       lines.line_range(at.line).of(script.file->text()).substr(0, 120)));
    }
  }

  void fail(const std::string& what) {
    if (lists_failures_) fmt::print("{}\n", what);
  }

  bool lists_failures_;
  Neighbours neighbours_;
  std::size_t left_out_ = 0;
  std::map<std::string, Line> lines_;
};

int run(const std::vector<std::string>& arguments) {
  const bool lists_failures = std::find(arguments.begin(), arguments.end(), "--failures") != arguments.end();
  Survey survey(lists_failures);
  bool any = false;
  for (const std::string& argument : arguments) {
    if (argument == "--failures") continue;
    const std::size_t equals = argument.find('=');
    const std::string expected = equals == std::string::npos ? "" : argument.substr(0, equals);
    if (!expected.empty() && find_framework(expected) == nullptr) {
      fmt::print(stderr, "{}: no framework of that name\n", expected);
      return 2;
    }
    survey.add(expected, equals == std::string::npos ? argument : argument.substr(equals + 1));
    any = true;
  }
  if (!any) {
    fmt::print(stderr, "usage: pglatch_framework_survey [--failures] [FRAMEWORK=]PATH…\n");
    return 2;
  }
  survey.print();
  return 0;
}

}  // namespace
}  // namespace pglatch

int main(int argc, char** argv) { return pglatch::run({argv + 1, argv + argc}); }

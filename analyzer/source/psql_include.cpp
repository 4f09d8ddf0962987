#include "analyzer/source/psql_include.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "analyzer/base/ascii.h"
#include "analyzer/source/framework.h"
#include "analyzer/source/frameworks/all.h"
#include "analyzer/source/frameworks/sections.h"
#include "analyzer/source/psql.h"

namespace pglatch {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxDepth = 16;
constexpr std::size_t kMaxMaskedBytes = std::size_t{256} << 20;  // of the parts, each of which has the file's size
constexpr std::size_t kMaxScripts = 10000;                       // a file that includes two that include two …

struct Command {
  std::string_view name;
  bool is_relative;
};
constexpr std::array<Command, 4> kCommands = {
    {{"i", false}, {"include", false}, {"ir", true}, {"include_relative", true}}};

// The name that a command's line goes on with. What is quoted by ' may have blanks; one with a colon or a backquote in
// it is known at run time only.
std::string name_in(std::string_view rest) {
  std::string_view name = trimmed(rest);
  if (name.starts_with('\'')) {
    const std::size_t close = name.find('\'', 1);
    if (close == std::string_view::npos) return {};
    name = name.substr(1, close - 1);
  } else {
    name = name.substr(0, name.find_first_of(" \t\\;"));
  }
  return name.find_first_of(":`$") == std::string_view::npos ? std::string(name) : std::string();
}

bool is_file(const fs::path& path) {
  std::error_code failed;
  return fs::is_regular_file(path, failed);
}

std::optional<std::string> find_included(const PsqlInclude& include, const std::string& includer) {
  if (include.name.empty()) return std::nullopt;
  const fs::path name(include.name);
  const auto found = [](const fs::path& path) { return path.lexically_normal().string(); };
  if (name.is_absolute() || (!include.is_relative && is_file(name))) {
    return is_file(name) ? std::optional(found(name)) : std::nullopt;
  }
  fs::path folder = fs::path(includer).parent_path();
  for (std::size_t i = 0; i < kMaxDepth; ++i) {
    if (is_file(folder / name)) return found(folder / name);
    std::error_code failed;
    if (include.is_relative || folder.empty() || fs::exists(folder / ".git", failed)) return std::nullopt;
    if (folder == folder.parent_path()) return std::nullopt;
    folder = folder.parent_path();
  }
  return std::nullopt;
}

class Follower {
 public:
  // The parts of a script and all that is between them.
  void follow(Script script) {
    const std::vector<PsqlInclude> includes = find_psql_includes(script);
    if (includes.empty() || includes.size() > kMaxMaskedBytes / std::max<std::size_t>(script.sql().size(), 1)) {
      return put(std::move(script));
    }
    open_.push_back(script.file->path());
    const std::size_t first = scripts_.size();
    const bool continues = script.continues;
    const bool goes_on = script.goes_on;
    bool hides_sql = script.hides_sql;
    std::uint32_t start = 0;
    for (const PsqlInclude& include : includes) {
      const auto path = find_included(include, script.file->path());
      const auto file =
          path && may_enter(*path) ? read_source_file(*path) : Result<std::shared_ptr<const SourceFile>>(Error{});
      if (!file) {
        hides_sql = true;
        continue;
      }
      put_part(script, {start, include.command.start});
      const std::uint32_t line = script.file->lines().line(include.command.start);
      for (Script& each : read_scripts(*file, &psql_framework())) {
        each.framework = script.framework;
        each.version = script.version;
        each.direction = script.direction;
        each.mode = script.mode;
        each.reason = fmt::format("included in line {} of {}", line, script.file->path());
        follow(std::move(each));
      }
      start = include.command.end;
    }
    put_part(script, {start, static_cast<std::uint32_t>(script.sql().size())});
    if (scripts_.size() == first) put(script);
    for (std::size_t i = first; i < scripts_.size(); ++i) {
      scripts_[i].continues = i > first || continues;
      scripts_[i].goes_on = i + 1 < scripts_.size() || goes_on;
      if (scripts_[i].file == script.file) scripts_[i].hides_sql = scripts_[i].hides_sql || hides_sql;
    }
    open_.pop_back();
  }

  std::vector<Script> take() { return std::move(scripts_); }

 private:
  [[nodiscard]] bool may_enter(const std::string& path) const {
    return open_.size() < kMaxDepth && scripts_.size() < kMaxScripts &&
           std::find(open_.begin(), open_.end(), path) == open_.end();
  }

  void put(Script script) { scripts_.push_back(std::move(script)); }

  // A part without anything in it is left out.
  void put_part(const Script& script, ByteRange range) {
    Script part = script;
    part.includes_followed = true;
    part.masked = keep_only(script.sql(), {range});
    if (part.masked.empty()) part.masked = script.sql();
    if (trimmed(range.of(script.sql())).empty()) return;
    put(std::move(part));
  }

  std::vector<Script> scripts_;
  std::vector<std::string> open_;  // the files around this place, outermost first
};

std::string real_path(const std::string& path) {
  std::error_code failed;
  const fs::path real = fs::weakly_canonical(path, failed);
  return failed ? path : real.string();
}

}  // namespace

std::vector<PsqlInclude> find_psql_includes(const Script& script) {
  std::vector<PsqlInclude> found;
  const bool is_psql = script.framework == psql_framework().name() || script.framework == sqitch_framework().name();
  if (!is_psql || script.masked.empty() || script.includes_followed) return found;
  const std::string_view text = script.file->text();
  for (std::size_t at = text.find('\\'); at != std::string_view::npos; at = text.find('\\', at + 1)) {
    if (script.masked[at] == '\\' || (at > 0 && text[at - 1] == '\\')) continue;
    const std::size_t line_end = std::min(text.find_first_of("\r\n", at), text.size());
    const std::string_view rest = text.substr(at + 1, line_end - at - 1);
    const std::string_view name = rest.substr(0, rest.find_first_of(" \t\\;"));
    const auto command =
        std::find_if(kCommands.begin(), kCommands.end(), [&](const Command& each) { return each.name == name; });
    if (command == kCommands.end()) continue;
    found.push_back({{static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(line_end)},
                     name_in(rest.substr(name.size())),
                     command->is_relative});
  }
  return found;
}

std::vector<Script> follow_psql_includes(std::vector<Script> scripts) {
  const bool any = std::any_of(scripts.begin(), scripts.end(),
                               [](const Script& script) { return !find_psql_includes(script).empty(); });
  if (!any) return scripts;
  Follower follower;
  for (Script& script : scripts) follower.follow(std::move(script));
  return follower.take();
}

std::vector<bool> are_included_by_others(const std::vector<std::string>& paths,
                                         const std::vector<std::vector<Script>>& files) {
  std::vector<bool> included(files.size(), false);
  std::map<std::string, std::vector<std::size_t>> includers;  // by the path of what they include
  for (std::size_t i = 0; i < files.size(); ++i) {
    for (const Script& script : files[i]) {
      // What a runbook runs is no part of the history.
      const bool is_included = script.file->path() != paths[i] && !script.stands_alone;
      if (is_included) includers[real_path(script.file->path())].push_back(i);
    }
  }
  if (includers.empty()) return included;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto found = includers.find(real_path(paths[i]));
    if (found == includers.end()) continue;
    included[i] = std::any_of(found->second.begin(), found->second.end(),
                              [&](std::size_t includer) { return includer != i && !included[includer]; });
  }
  return included;
}

}  // namespace pglatch

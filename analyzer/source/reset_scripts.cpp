#include "analyzer/source/reset_scripts.h"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "analyzer/base/file.h"
#include "analyzer/source/code_tokens.h"
#include "analyzer/source/frameworks/all.h"
#include "analyzer/source/frameworks/file_names.h"
#include "analyzer/source/reason.h"

namespace pglatch {
namespace {

namespace fs = std::filesystem;

// Settings are small; what is larger is something else.
constexpr std::size_t kMaxBytes = std::size_t{1} << 20;
// No project is deeper.
constexpr int kMaxFolders = 16;

fs::path full_path(const std::string& path) {
  std::error_code failed;
  return fs::absolute(path, failed).lexically_normal();
}

// Of migrations/committed/1.sql, migrations/current.sql and migrations/current/1.sql: migrations.
fs::path migrations_folder(const Script& script) {
  const fs::path folder = full_path(script.file->path()).parent_path();
  return folder.filename() == "committed" || folder.filename() == "current" ? folder.parent_path() : folder;
}

std::optional<std::string> settings_above(fs::path folder) {
  for (int i = 0; i < kMaxFolders && folder != folder.parent_path(); ++i) {
    folder = folder.parent_path();
    for (const char* name : {".gmrc", ".gmrc.js", ".gmrc.cjs"}) {
      if (auto text = read_file((folder / name).string(), kMaxBytes)) return std::move(*text);
    }
  }
  return std::nullopt;
}

// "afterReset": "a.sql" or ["!a.sql", {"_": "command", …}]: an exclamation mark asks for the superuser. The settings
// are JSON with comments, or JavaScript.
std::vector<std::string> after_reset(std::string_view text) {
  std::vector<std::string> names;
  const std::vector<CodeToken> tokens = javascript_tokens(text);
  const auto key = std::find_if(tokens.begin(), tokens.end(), [&](const CodeToken& token) {
    const ByteRange range = token.kind == CodeToken::Kind::string ? token.body : token.range;
    return range.of(text) == "afterReset";
  });
  int depth = 0;  // of brackets
  for (auto token = key; token != tokens.end(); ++token) {
    if (token == key || token->is(':', text)) continue;
    if (token->is('[', text) || token->is('{', text)) ++depth;
    if (token->is(']', text) || token->is('}', text)) --depth;
    if (token->kind == CodeToken::Kind::string && depth <= 1) {
      const std::string_view name = token->body.of(text);
      names.emplace_back(name.substr(name.starts_with('!') ? 1 : 0));
    }
    if (depth <= 0) break;
  }
  return names;
}

}  // namespace

std::vector<const Script*> put_reset_scripts_first(std::vector<Script>& scripts) {
  const auto is_migration = [](const Script& script) {
    return script.framework == graphile_migrate_framework().name();
  };
  std::vector<std::string> moved;
  fs::path last_folder;
  for (std::size_t i = 0; i < scripts.size(); ++i) {
    if (!is_migration(scripts[i])) continue;
    const fs::path folder = migrations_folder(scripts[i]);
    if (folder == last_folder) continue;
    last_folder = folder;
    const auto settings = settings_above(folder);
    if (!settings) continue;
    for (const std::string& name : after_reset(*settings)) {
      const fs::path path = (folder / name).lexically_normal();
      // What comes before it already stays there.
      const auto place = scripts.begin() + static_cast<std::ptrdiff_t>(i);
      const auto rest = std::stable_partition(
          place, scripts.end(), [&](const Script& script) { return full_path(script.file->path()) == path; });
      for (auto script = place; script != rest; ++script, ++i) {
        script->reason = join_reasons(script->reason, "afterReset in .gmrc");
        if (moved.empty() || moved.back() != script->file->path()) moved.push_back(script->file->path());
      }
    }
  }
  std::vector<const Script*> found;
  for (const Script& script : scripts) {
    if (std::find(moved.begin(), moved.end(), script.file->path()) != moved.end()) found.push_back(&script);
  }
  return found;
}

}  // namespace pglatch

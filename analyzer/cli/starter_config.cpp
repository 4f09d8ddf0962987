#include "analyzer/cli/starter_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "analyzer/config/config_keys.h"
#include "analyzer/config/value_text.h"
#include "analyzer/report/terminal_text.h"
#include "analyzer/source/frameworks/all.h"

namespace pglatch {
namespace {

constexpr std::size_t kWidth = 100;

// A comment of as many lines as it takes.
std::string comment(std::string_view text) {
  std::string out;
  std::size_t column = kWidth;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    if (column + 1 + word.size() > kWidth) {
      out += out.empty() ? "#" : "\n#";
      column = 1;
    }
    out += ' ';
    out += word;
    column += 1 + word.size();
  }
  return out + '\n';
}

std::string found(const Project& project) {
  std::string text = "#\n# Found here:\n";
  for (const MigrationFolder& migrations : project.migrations) text += comment("  " + describe(migrations));
  for (const std::string& dump : project.dumps) text += comment(fmt::format("  a pg_dump: {}", printable(dump)));
  if (project.migrations.empty() && project.dumps.empty()) text += "#   no SQL\n";
  return text;
}

// What is said besides a key's meaning, and the value that is set or given as the example.
struct Setting {
  std::string note;
  std::string value;
  bool is_set = false;
};

Setting schema(const Project& project) {
  std::vector<std::string> paths;
  for (const std::string& dump : project.dumps) paths.push_back(toml_string(dump));
  Setting setting{"", fmt::format("[{}]", fmt::join(paths, ", ")), !project.dumps_have_migrations};
  if (project.dumps_have_migrations) {
    setting.note =
        "The dump that is here was made after migrations that are here too: with it, what they make would be there "
        "already. Without it, the migrations are replayed.";
  }
  return setting;
}

Setting framework(const Project& project) {
  if (!project.framework.empty()) return {"", toml_string(project.framework), true};
  for (const MigrationFolder& each : project.migrations) {
    if (each.framework == plain_framework().name()) continue;
    return {"The files here are not all read in one way.", toml_string(each.framework), false};
  }
  return {};
}

Setting execution_mode(const Project& project) {
  for (const MigrationFolder& each : project.migrations) {
    if (each.framework != plain_framework().name()) continue;
    return {fmt::format("Nothing tells how the files in {} are sent: say it here, if they all are alike.",
                        printable(each.folder)),
            "", false};
  }
  return {};
}

Setting setting_of(const ConfigKey& key, const Project& project) {
  Setting setting;
  if (key.name == "schema" && !project.dumps.empty()) setting = schema(project);
  if (key.name == "framework") setting = framework(project);
  if (key.name == "execution-mode") setting = execution_mode(project);
  if (setting.value.empty()) setting.value = key.example;
  return setting;
}

}  // namespace

std::string describe(const MigrationFolder& migrations) {
  return fmt::format("{} in {} ({} {})", migrations.framework, printable(migrations.folder), migrations.files,
                     migrations.files == 1 ? "file" : "files");
}

std::string write_starter_config(const Project& project) {
  std::string text =
      "# What pglatch is told about this project. Take away the \"#\" before a setting to switch it on: the values "
      "are\n"
      "# examples. `pglatch lint --show-config` shows what is in force.\n" +
      found(project);
  std::string_view table;
  for (const ConfigKey& key : config_keys()) {
    text += '\n';
    if (key.table != table) {
      table = key.table;
      text += fmt::format("[{}]\n", table);
    }
    const Setting setting = setting_of(key, project);
    text += comment(key.meaning);
    if (!setting.note.empty()) text += comment(setting.note);
    text += fmt::format("{}{} = {}\n", setting.is_set ? "" : "#", key.name, setting.value);
  }
  return text;
}

}  // namespace pglatch

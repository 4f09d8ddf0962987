#include "analyzer/source/installation.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <tuple>
#include <utility>

#include "analyzer/base/ascii.h"
#include "analyzer/base/concat.h"
#include "analyzer/source/frameworks/all.h"
#include "analyzer/source/frameworks/file_names.h"
#include "analyzer/source/migration_version.h"
#include "analyzer/source/reason.h"

namespace pglatch {
namespace {

// What the last words of a name say that the file makes, in the order in which one needs the other. In front it may say
// that it makes tables: schema-orders.sql, schema-orders-idx.sql.
struct Part {
  std::string_view words;
  int rank;
};
constexpr int kTables = 0;
constexpr std::array<Part, 10> kParts = {{{"ddl", kTables},
                                          {"schema", kTables},
                                          {"tables", kTables},
                                          {"primary_keys", 1},
                                          {"indexes", 2},
                                          {"indices", 2},
                                          {"idx", 2},
                                          {"constraints", 3},
                                          {"fks", 3},
                                          {"foreign_keys", 3}}};

struct PartName {
  std::string installation;  // folder and first words, or all of them
  int rank = kTables;
};

std::optional<PartName> part_name(std::string_view path) {
  constexpr std::string_view kEnding = ".sql";
  std::string_view name = file_name(path);
  if (!name.ends_with(kEnding) || !migration_version(name).empty()) return std::nullopt;
  name.remove_suffix(kEnding.size());
  const std::string words = to_lower(name);
  for (const Part& part : kParts) {
    if (!words.ends_with(part.words)) continue;
    std::string_view rest = name.substr(0, name.size() - part.words.size());
    if (!rest.empty() && rest.back() != '_' && rest.back() != '-' && rest.back() != '.') continue;
    rest = rest.substr(0, rest.find_last_not_of("_-.") + 1);
    return PartName{std::string(folder_of_file(path)).append("/").append(rest), part.rank};
  }
  const std::string_view first = std::string_view(words).substr(0, words.find_first_of("_-."));
  const bool makes_tables = std::any_of(kParts.begin(), kParts.end(),
                                        [&](const Part& part) { return part.rank == kTables && part.words == first; });
  if (!makes_tables) return std::nullopt;
  return PartName{std::string(folder_of_file(path)).append("/").append(name), kTables};
}

// One file, one script, which nothing orders but its name.
bool is_whole_file(const std::vector<Script>& scripts, std::size_t at) {
  const Script& script = scripts[at];
  const bool goes_on_there = at + 1 < scripts.size() && scripts[at + 1].continues;
  return is_plain_sql(script.framework) && script.direction == Direction::up && !script.continues && !script.goes_on &&
         !script.stands_alone && !goes_on_there;
}

}  // namespace

std::vector<const Script*> join_installations(std::vector<Script>& scripts) {
  std::map<std::string, std::vector<std::pair<int, std::size_t>>> installations;  // ranks and places of their parts
  for (std::size_t i = 0; i < scripts.size(); ++i) {
    if (!is_whole_file(scripts, i)) continue;
    if (auto part = part_name(scripts[i].file->path())) installations[part->installation].emplace_back(part->rank, i);
  }
  // Where each script goes: behind the tables of its installation, by rank.
  struct Place {
    std::size_t at;
    int rank;
    std::size_t from;
  };
  std::vector<Place> places;
  places.reserve(scripts.size());
  for (std::size_t i = 0; i < scripts.size(); ++i) places.push_back({i, kTables, i});
  bool any = false;
  for (auto& [name, parts] : installations) {
    std::sort(parts.begin(), parts.end());
    if (parts.front().first != kTables) continue;
    for (const auto& [rank, from] : parts) {
      if (rank == kTables) continue;
      places[from] = {parts.front().second, rank, from};
      Script& script = scripts[from];
      script.continues = true;
      script.reason = join_reasons(
          script.reason,
          concat({"part of the installation that ", file_name(scripts[parts.front().second].file->path()), " begins"}));
      any = true;
    }
  }
  if (!any) return {};
  std::sort(places.begin(), places.end(), [](const Place& a, const Place& b) {
    return std::tie(a.at, a.rank, a.from) < std::tie(b.at, b.rank, b.from);
  });
  std::vector<Script> ordered;
  ordered.reserve(scripts.size());
  for (const Place& place : places) ordered.push_back(std::move(scripts[place.from]));
  scripts = std::move(ordered);
  std::vector<const Script*> joined;
  for (std::size_t i = 0; i < scripts.size(); ++i) {
    if (places[i].rank != kTables) joined.push_back(&scripts[i]);
  }
  return joined;
}

std::set<std::string, std::less<>> folders_with_upgrades(const std::vector<std::string>& paths) {
  std::set<std::string, std::less<>> folders;
  for (const std::string& path : paths) {
    std::string_view folder = folder_of_file(path);
    for (std::string_view above = folder_of_file(folder); !above.empty(); above = folder_of_file(folder)) {
      if (to_lower(file_name(folder)).find("upgrade") != std::string::npos) folders.emplace(above);
      folder = above;
    }
  }
  return folders;
}

bool is_beside_upgrades(const Script& script, const std::set<std::string, std::less<>>& folders) {
  return is_plain_sql(script.framework) && folders.contains(folder_of_file(script.file->path()));
}

bool takes_installation_away(const std::string& path) {
  constexpr std::string_view kDrop = "drop";
  constexpr std::string_view kCreate = "create";
  const std::string_view folder = folder_of_file(path);
  if (file_name(folder) != kDrop) return false;
  std::string name(file_name(path));
  if (const std::size_t at = name.find(kDrop); at != std::string::npos) name.replace(at, kDrop.size(), kCreate);
  std::error_code unknown;
  return std::filesystem::exists(std::filesystem::path(folder).parent_path() / kCreate / name, unknown);
}

}  // namespace pglatch

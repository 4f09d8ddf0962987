#include "analyzer/server/binaries.h"

#include <fmt/format.h>

#include <charconv>
#include <system_error>
#include <vector>

#include "analyzer/base/program.h"

namespace pglatch {
namespace {

namespace fs = std::filesystem;

std::optional<ServerBinaries> binaries_in(const fs::path& directory) {
  std::error_code ignored;
  if (!fs::exists(directory / "initdb", ignored) || !fs::exists(directory / "postgres", ignored)) return std::nullopt;
  const ProgramOutput output = run_program({(directory / "postgres").string(), "--version"});
  const auto major = major_in(output.out);
  if (!major) return std::nullopt;
  return ServerBinaries{directory, *major};
}

std::vector<fs::path> usual_places() {
  std::vector<fs::path> places;
  std::string configured = run_program({"pg_config", "--bindir"}).out;
  while (!configured.empty() && configured.back() == '\n') configured.pop_back();
  if (!configured.empty()) places.emplace_back(configured);
  // Debian and Ubuntu have a directory per major below one, the PGDG's packages for Red Hat and Homebrew beside others.
  for (const char* above : {"/usr/lib/postgresql", "/usr", "/opt/homebrew/opt", "/usr/local/opt", "/usr/local/pgsql"}) {
    std::error_code ignored;
    for (const fs::directory_entry& entry : fs::directory_iterator(above, ignored))
      places.push_back(entry.path() / "bin");
    places.push_back(fs::path(above) / "bin");
  }
  return places;
}

}  // namespace

std::optional<int> major_in(std::string_view version) noexcept {
  constexpr std::string_view kPrefix = "postgres (PostgreSQL) ";
  if (!version.starts_with(kPrefix)) return std::nullopt;
  version.remove_prefix(kPrefix.size());
  int major = 0;
  const auto result = std::from_chars(version.data(), version.data() + version.size(), major);
  if (result.ec != std::errc() || major == 0) return std::nullopt;
  return major;
}

Result<ServerBinaries> find_binaries(const std::string& directory, int at_least) {
  if (!directory.empty()) {
    if (auto found = binaries_in(fs::absolute(directory))) return *found;
    return Error{fmt::format(
        "{}: no initdb and postgres that run are there; pass the bin directory of a PostgreSQL server", directory)};
  }
  std::optional<ServerBinaries> best;
  for (const fs::path& place : usual_places()) {
    const auto found = binaries_in(place);
    if (found && found->major >= at_least && (!best || found->major < best->major)) best = found;
  }
  if (best) return *best;
  return Error{
      fmt::format("no server programs of PostgreSQL {0} or newer are here: install them (Debian: postgresql-{0}), pass "
                  "--server-bin DIRECTORY, or --db URL of a server on which databases may be created",
                  at_least)};
}

std::string find_psql(const fs::path& directory) {
  std::error_code ignored;
  const fs::path beside = directory / "psql";
  return !directory.empty() && fs::exists(beside, ignored) ? beside.string() : "psql";
}

}  // namespace pglatch

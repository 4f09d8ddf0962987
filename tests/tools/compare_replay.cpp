// compare_replay [OPTION…] DIRECTORY…: whether the catalog that pglatch replays from a directory of migrations is the
// one that PostgreSQL has after running them. Each directory is a history of its own, run in a database of its own.
#include <fmt/format.h>

#include <boost/program_options.hpp>
#include <exception>
#include <iostream>
#include <set>

#include "tests/support/replay_comparison.h"
#include "tests/support/server.h"

namespace pglatch::testing {
namespace {

namespace po = boost::program_options;

enum class Outcome { same, different, refused };

std::string frameworks_of(const std::vector<Script>& scripts) {
  std::set<std::string> names;
  for (const Script& script : scripts) names.insert(script.framework);
  return fmt::format("{}", fmt::join(names, ", "));
}

Outcome compare(const AnalysisOptions& options, Server& server) {
  const std::string& directory = options.paths.front();
  auto input = read_input(options);
  if (!input) throw std::runtime_error(input.error().message);
  if (!input->errors.empty()) throw std::runtime_error(input->errors.front().message);
  const std::vector<Script> scripts = ways_up(*input);
  const std::string what = fmt::format("{} ({}, {} scripts)", directory, frameworks_of(scripts), scripts.size());
  const Database database = server.scratch();
  if (const auto failure = run_scripts(scripts, database.conninfo())) {
    fmt::print("refused    {}: {}\n", what, failure->message());
    return Outcome::refused;
  }
  const ReplayComparison result = compare_replay(scripts, input->walk, database.conninfo());
  fmt::print("{}  {}: {} facts{}\n", result.differences.empty() ? "same     " : "different", what, result.facts,
             result.is_complete ? "" : ", not known to be all");
  for (const CatalogDifference& difference : result.differences) {
    fmt::print("           {}\n", in_words(difference, "in the replay", "on the server"));
  }
  return result.differences.empty() ? Outcome::same : Outcome::different;
}

int run(int argc, char** argv) {
  AnalysisOptions options;
  int major = 0;
  std::vector<std::string> directories;
  po::options_description table("Options");
  auto add = table.add_options();
  add("help,h", "prints this");
  add("pg-version", po::value(&major)->value_name("N"), "major of the server; the newest that is here");
  add("framework", po::value(&options.framework)->value_name("NAME"), "takes the files for that framework's");
  add("execution-mode", po::value(&options.execution_mode)->value_name("MODE"), "how scripts are sent");
  add("schema", po::value(&options.schemas)->value_name("PATH"),
      "SQL that is run and replayed before, for each history");
  po::options_description all = table;
  all.add_options()("directory", po::value(&directories));
  po::positional_options_description places;
  places.add("directory", -1);
  po::variables_map given;
  po::store(po::command_line_parser(argc, argv).options(all).positional(places).run(), given);
  po::notify(given);
  if (given.count("help") > 0 || directories.empty()) {
    std::cerr << "usage: compare_replay [OPTION…] DIRECTORY…\n\n" << table;
    return given.count("help") > 0 ? 0 : 2;
  }
  const std::vector<int> majors = Server::available_majors();
  if (major == 0 && !majors.empty()) major = majors.back();
  options.pg_version = major;
  options.isolated = true;
  Server server(major, {"max_locks_per_transaction=1000"});
  std::size_t same = 0;
  std::size_t refused = 0;
  for (const std::string& directory : directories) {
    options.paths = {directory};
    const Outcome outcome = compare(options, server);
    same += outcome == Outcome::same ? 1U : 0U;
    refused += outcome == Outcome::refused ? 1U : 0U;
    std::fflush(stdout);
  }
  fmt::print("PostgreSQL {}: {} histories, {} run, {} same\n", major, directories.size(), directories.size() - refused,
             same);
  return same == directories.size() ? 0 : 1;
}

}  // namespace
}  // namespace pglatch::testing

int main(int argc, char** argv) {
  try {
    return pglatch::testing::run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "compare_replay: " << error.what() << '\n';
    return 2;
  }
}

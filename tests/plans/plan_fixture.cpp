#include "tests/plans/plan_fixture.h"

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "tests/support/golden.h"

namespace pglatch::testing {
namespace {

// What follows "-- key: " in the comments at the beginning.
std::vector<std::string> options(const std::string& text, const std::string& key) {
  std::vector<std::string> values;
  std::istringstream lines(text);
  const std::string start = "-- " + key + ": ";
  for (std::string line; std::getline(lines, line) && line.starts_with("--");) {
    if (line.starts_with(start)) values.push_back(line.substr(start.size()));
  }
  return values;
}

}  // namespace

PlanFixture plan_fixture(const std::string& name) {
  const std::string folder = fixture_path("plans/" + name);
  PlanFixture fixture;
  fixture.name = name;
  fixture.schema = read_file(folder + "/schema.sql");
  const std::string server = folder + "/server.sql";
  fixture.server_schema = std::filesystem::exists(server) ? read_file(server) : fixture.schema;
  fixture.input = read_file(folder + "/input.sql");
  const auto said = [&](const std::string& key) {
    std::vector<std::string> values = options(fixture.input, key);
    for (std::string& value : options(fixture.schema, key)) values.push_back(std::move(value));
    return values;
  };
  for (const std::string& version : said("pg-version")) fixture.pg_version = std::stoi(version);
  for (const std::string& rows : said("rows")) fixture.most_rows = std::stoll(rows);
  for (const std::string& risk : said("accept-risk")) fixture.decisions.accepted_risks.insert(risk);
  for (const std::string& parameter : said("param")) {
    const std::size_t equals = parameter.find('=');
    fixture.decisions.parameters[parameter.substr(0, equals)] = parameter.substr(equals + 1);
  }
  for (const std::string& extension : said("extension")) fixture.extension = extension;
  for (const std::string& reason : said("not verified")) fixture.not_verified = reason;
  return fixture;
}

std::vector<PlanFixture> plan_fixtures() {
  std::vector<PlanFixture> fixtures;
  for (const auto& entry : std::filesystem::directory_iterator(fixture_path("plans"))) {
    // A folder that is being written has not all of it yet.
    if (std::filesystem::exists(entry.path() / "schema.sql") && std::filesystem::exists(entry.path() / "input.sql")) {
      fixtures.push_back(plan_fixture(entry.path().filename().string()));
    }
  }
  std::sort(fixtures.begin(), fixtures.end(),
            [](const PlanFixture& a, const PlanFixture& b) { return a.name < b.name; });
  return fixtures;
}

Plan PlanFixture::plan(int major) const {
  Planning planning;
  planning.schema = schema;
  planning.decisions = decisions;
  if (pg_version != 0) planning.pg_version = pg_version;
  if (major != 0) planning.pg_version = major;
  return plan_of(input, planning);
}

}  // namespace pglatch::testing

#include "tests/rules/fixture.h"

#include <fmt/format.h>

#include <algorithm>
#include <regex>
#include <sstream>
#include <stdexcept>
#include <string_view>

#include "analyzer/engine/fixer.h"
#include "analyzer/source/psql.h"
#include "analyzer/source/templates.h"
#include "rules/registry.h"
#include "tests/support/golden.h"

namespace pglatch::testing {
namespace {

enum class Section { schema, setup, migration };

// Reads the lines of a fixture and remembers what its comments say.
class Reader {
 public:
  explicit Reader(Fixture& fixture) : fixture_(fixture) {}

  // The comment of one line; false where it is none that means something here.
  bool take(std::string_view line, std::uint32_t number) {
    number_ = number;
    static const std::regex kDirective("-- ([a-z-]+): (.*)");
    const std::string trimmed(line.substr(std::min(line.find_first_not_of(" \t"), line.size())));
    if (trimmed == "-- schema" || trimmed == "-- setup" || trimmed == "-- migration") return true;
    std::smatch match;
    if (!std::regex_match(trimmed, match, kDirective)) {
      for (ExpectedFinding& finding : pending_) {
        finding.line = number;
        fixture_.expected.push_back(std::move(finding));
      }
      pending_.clear();
      return false;
    }
    directive(match[1], match[2]);
    return true;
  }

  void end() const {
    if (!pending_.empty()) fail("the expectation has no line to refer to");
  }

 private:
  void directive(const std::string& name, const std::string& value) {
    if (name == "mode") {
      fixture_.mode = mode(value);
    } else if (name == "pg-version") {
      std::istringstream numbers(value);
      fixture_.versions.clear();
      for (int version = 0; numbers >> version;) fixture_.versions.push_back(version);
      if (fixture_.versions.empty()) fail("no version");
    } else if (name == "expect") {
      pending_.push_back(expectation(value));
    } else if (name == "says") {
      if (pending_.empty()) fail("says: without expect:");
      pending_.back().says.push_back(value);
    } else {
      fail("unknown directive " + name);
    }
  }

  ExecutionMode mode(const std::string& value) const {
    for (const auto known : {ExecutionMode::unknown, ExecutionMode::autocommit, ExecutionMode::transaction,
                             ExecutionMode::single_message, ExecutionMode::pipeline}) {
      if (to_string(known) == value) return known;
    }
    fail("unknown mode " + value);
  }

  ExpectedFinding expectation(const std::string& value) const {
    static const std::regex kForm("([a-z0-9-]+) (info|warning|error)(?: on (\\d+)(?:-(\\d+))?)?(?: at `(.*)`)?");
    std::smatch match;
    if (!std::regex_match(value, match, kForm)) fail("cannot read the expectation");
    ExpectedFinding finding;
    finding.rule = match[1];
    finding.severity = match[2];
    if (match[3].matched) finding.first_version = finding.last_version = std::stoi(match[3]);
    if (match[4].matched) finding.last_version = std::stoi(match[4]);
    if (match[5].matched) finding.text = match[5];
    return finding;
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw std::runtime_error(fmt::format("{}:{}: {}", fixture_.path.string(), number_, what));
  }

  Fixture& fixture_;
  std::uint32_t number_ = 0;
  std::vector<ExpectedFinding> pending_;
};

// The text with everything outside of [start, end) blanked out: the lines stay where they are.
std::string only(const std::string& text, std::size_t start, std::size_t end) {
  std::string masked = text;
  for (std::size_t i = 0; i < masked.size(); ++i) {
    if ((i < start || i >= end) && masked[i] != '\n') masked[i] = ' ';
  }
  for (const auto mask : {mask_psql, mask_templates}) {
    std::string clean = mask(masked);
    if (!clean.empty()) masked = std::move(clean);
  }
  return masked;
}

}  // namespace

std::vector<std::filesystem::path> fixture_files() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(fixture_path("rules"))) {
    const std::filesystem::path& path = entry.path();
    if (path.extension() == ".sql" && path.stem().extension() != ".fixed") files.push_back(path);
  }
  std::sort(files.begin(), files.end());
  return files;
}

Fixture read_fixture(const std::filesystem::path& path) { return parse_fixture(path, read_file(path)); }

Fixture parse_fixture(std::filesystem::path path, std::string text) {
  Fixture fixture;
  fixture.path = std::move(path);
  fixture.text = std::move(text);
  if (fixture.text.find_first_not_of(" \t\r\n") == std::string::npos) {
    fixture.expected.push_back({"empty-file", "info", 1, 0, 1000, std::nullopt, {}});
  }
  const auto file = std::make_shared<const SourceFile>(fixture.path.string(), fixture.text);
  Section section = Section::migration;
  std::size_t section_start = 0;
  const auto close_section = [&](std::size_t end) {
    Script script;
    script.file = file;
    script.masked = only(fixture.text, section_start, end);
    if (section == Section::migration) {
      fixture.migration.push_back(std::move(script));
    } else {
      fixture.earlier.emplace_back(section == Section::schema ? Origin::schema : Origin::history, std::move(script));
    }
  };

  Reader reader(fixture);
  bool sections = false;
  std::uint32_t number = 0;
  for (std::size_t at = 0; at < fixture.text.size();) {
    const std::size_t end = std::min(fixture.text.find('\n', at), fixture.text.size());
    const std::string_view line = std::string_view(fixture.text).substr(at, end - at);
    reader.take(line, ++number);
    if (line == "-- schema" || line == "-- setup" || line == "-- migration") {
      if (sections) close_section(at);
      sections = true;
      section = line == "-- schema" ? Section::schema : line == "-- setup" ? Section::setup : Section::migration;
      section_start = end;
    }
    at = end + 1;
  }
  reader.end();
  close_section(fixture.text.size());
  if (fixture.migration.size() != 1) throw std::runtime_error(fixture.path.string() + ": one migration is expected");
  fixture.migration.front().mode = fixture.mode;
  return fixture;
}

namespace {

std::vector<const Rule*> rules_for(const Fixture& fixture) {
  constexpr std::string_view kOnlyInItsFolder = "missing-lock-timeout";
  const std::string folder = fixture.path.parent_path().filename().string();
  std::vector<const Rule*> rules;
  for (const Rule* rule : all_rules()) {
    if (rule->id == folder || (!rule->opt_in && rule->id != kOnlyInItsFolder)) rules.push_back(rule);
  }
  return rules;
}

}  // namespace

LintReport lint_fixture(const Fixture& fixture, int pg_version) {
  WalkOptions options;
  options.pg_version = pg_version;
  Walker walker(options);
  for (const auto& [origin, script] : fixture.earlier) walker.replay({&script, 1}, origin);
  const std::vector<const Rule*> rules = rules_for(fixture);
  LintOptions lint_options{rules, all_recipes()};
  return lint(walker, fixture.migration, lint_options);
}

std::string fixed_text(const std::string& text, const LintReport& report) {
  const std::vector<FixedFile> fixed = apply_fixes(report);
  return fixed.empty() ? text : fixed.front().text;
}

}  // namespace pglatch::testing

// How much everything that pglatch does costs, measured against the parser alone on the same input:
// a lint from reading the files to the finished report, and pg_query_raw_parse() on their texts.
// Prints the ratios, with the rules that run by default and with all of them; single-threaded.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "analyzer/engine/linter.h"
#include "analyzer/parse/parser.h"
#include "analyzer/report/lint_formats.h"
#include "analyzer/source/discovery.h"
#include "analyzer/source/neighbours.h"
#include "rules/registry.h"
#include "tests/bench/generated_input.h"

namespace pglatch::bench {
namespace {

constexpr std::size_t kBytes = std::size_t{2} << 20;

// A generated history on disk, removed at the end.
class History {
 public:
  explicit History(std::size_t files)
      : directory_(std::filesystem::temp_directory_path() / fmt::format("pglatch-bench-{}-{}", getpid(), files)),
        files_(generate_history(files, kBytes)) {
    std::filesystem::create_directories(directory_);
    for (const GeneratedFile& file : files_) std::ofstream(directory_ / file.name, std::ios::binary) << file.text;
  }
  History(const History&) = delete;
  History& operator=(const History&) = delete;
  ~History() { std::filesystem::remove_all(directory_); }

  [[nodiscard]] std::string path() const { return directory_.string(); }
  [[nodiscard]] const std::vector<GeneratedFile>& files() const noexcept { return files_; }

 private:
  std::filesystem::path directory_;
  std::vector<GeneratedFile> files_;
};

void parse_only(benchmark::State& state, const History& history) {
  for (auto run : state) {
    (void)run;
    for (const GeneratedFile& file : history.files()) benchmark::DoNotOptimize(raw_parse_succeeds(file.text));
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(kBytes));
}

// What a lint makes, which the program leaves for the end of the process to take back (analyzer/cli/kept.h).
struct Kept {
  std::vector<Script> scripts;
  Walker walker{{15, 1}};
  LintReport report;
};

void lint_history(benchmark::State& state, const History& history, const std::vector<const Rule*>& rules) {
  std::size_t findings = 0;
  for (auto run : state) {
    (void)run;
    auto kept = std::make_unique<Kept>();
    Neighbours neighbours;
    const std::vector<std::string> paths{history.path()};
    for (const std::string& path : discover(paths).files) {
      auto file = read_source_file(path);
      if (!file) return state.SkipWithError(file.error().message.c_str());
      for (Script& script : neighbours.read_scripts(*file)) kept->scripts.push_back(std::move(script));
    }
    kept->report = lint(kept->walker, kept->scripts, {rules, all_recipes()});
    findings = kept->report.findings.size();
    benchmark::DoNotOptimize(write_text(kept->report, {}));
    state.PauseTiming();
    kept.reset();
    state.ResumeTiming();
  }
  state.counters["findings"] = static_cast<double>(findings);
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(kBytes));
}

// Prints the ratio of each "lint/X" and "lint-all-rules/X" to its "parse/X" after the usual table.
class RatioReporter final : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      if (run.run_type == Run::RT_Iteration || run.aggregate_name == "median") {
        times_[run.run_name.function_name] = run.GetAdjustedRealTime();
      }
    }
    ConsoleReporter::ReportRuns(runs);
  }

  void Finalize() override {
    ConsoleReporter::Finalize();
    for (const auto& [name, time] : times_) {
      if (name.rfind("lint", 0) != 0) continue;
      const auto parse = times_.find("parse" + name.substr(name.find('/')));
      if (parse == times_.end()) continue;
      GetOutputStream() << fmt::format("{}: {:.2f} times the parser alone\n", name, time / parse->second);
    }
  }

 private:
  std::map<std::string, double> times_;
};

}  // namespace
}  // namespace pglatch::bench

int main(int argc, char** argv) {
  using namespace pglatch::bench;
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  const std::vector<const pglatch::Rule*> all(pglatch::all_rules().begin(), pglatch::all_rules().end());
  std::vector<const pglatch::Rule*> selected;
  std::copy_if(all.begin(), all.end(), std::back_inserter(selected),
               [](const pglatch::Rule* rule) { return !rule->opt_in; });
  const std::vector<const pglatch::Rule*> by_default = std::move(selected);
  const History one(1);
  const History many(2000);
  for (const auto& [name, history] : {std::pair("one-file", &one), std::pair("2000-files", &many)}) {
    const History& input = *history;
    benchmark::RegisterBenchmark((std::string("parse/") + name).c_str(), [&input](benchmark::State& state) {
      parse_only(state, input);
    })->Unit(benchmark::kMillisecond);
    for (const auto& [what, rules] : {std::pair("lint/", &by_default), std::pair("lint-all-rules/", &all)}) {
      const std::vector<const pglatch::Rule*>& those = *rules;
      benchmark::RegisterBenchmark((std::string(what) + name).c_str(), [&input, &those](benchmark::State& state) {
        lint_history(state, input, those);
      })->Unit(benchmark::kMillisecond);
    }
  }
  RatioReporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  return 0;
}

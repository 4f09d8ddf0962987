#include "analyzer/cli/baseline_options.h"

#include <fmt/ostream.h>

#include <filesystem>
#include <ostream>
#include <system_error>
#include <utility>

#include "analyzer/base/file.h"
#include "analyzer/config/paths.h"
#include "analyzer/engine/baseline.h"

namespace pglatch {
namespace po = boost::program_options;
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kStandardInput = "-";
constexpr std::size_t kMaxBytes = std::size_t{256} << 20;

std::string counted(std::size_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

// Files are named from where the baseline is, so that it means the same wherever pglatch is run.
NameFile names_from(const std::string& folder) {
  return [folder](const std::string& path) {
    return path == kStandardInput ? path : relative_path(absolute_path(path), folder);
  };
}

std::optional<Error> write(const BaselineOptions& options, LintReport& report, Streams& streams) {
  if (!report.errors.empty()) {
    return Error{
        fmt::format("{}: not written, as it would lack what is in the files that could not be read", options.write)};
  }
  Baseline baseline = make_baseline(report, names_from(folder_of(absolute_path(options.write))));
  const std::size_t count = baseline.entries.size();
  if (auto error = write_file_atomically(options.write, write_baseline(std::move(baseline)))) return error;
  fmt::print(streams.err, "pglatch: wrote {} to {}\n", counted(count, "finding", "findings"), options.write);
  report.known += count;
  report.findings.clear();
  return std::nullopt;
}

std::optional<Error> prune(const BaselineOptions& options, BaselineMatch match, Streams& streams) {
  if (auto error = write_file_atomically(options.file, write_baseline(std::move(match.remaining)))) return error;
  fmt::print(streams.err, "pglatch: dropped {} from {}\n", counted(match.stale, "finding", "findings"), options.file);
  return std::nullopt;
}

}  // namespace

po::options_description baseline_options(BaselineOptions& options) {
  po::options_description table("Baseline");
  table.add_options()  //
      ("baseline", po::value(&options.file)->value_name("FILE"),
       "leave out the findings that the file has")  //
      ("write-baseline", po::value(&options.write)->value_name("FILE"),
       "write all findings to the file: they are known from now on")  //
      ("prune-baseline", po::bool_switch(&options.prune), "drop from --baseline what is not found any more");
  return table;
}

std::optional<Error> check_baseline_options(const BaselineOptions& options, const AnalysisOptions& analysis) {
  if (options.prune && options.file.empty()) {
    return Error{"--prune-baseline needs --baseline FILE: the baseline to drop from"};
  }
  if (options.write.empty()) return std::nullopt;
  if (!options.file.empty()) {
    return Error{"--write-baseline writes all findings and --baseline leaves some out: give one of them"};
  }
  if (!analysis.changes.since.empty() || analysis.changes.staged) {
    return Error{"--write-baseline would lose what is in the files that --since and --staged leave out: give it alone"};
  }
  return std::nullopt;
}

std::optional<Error> use_baseline(const BaselineOptions& options, const Input& input, LintReport& report,
                                  Streams& streams) {
  if (!options.write.empty()) return write(options, report, streams);
  if (options.file.empty()) return std::nullopt;
  std::error_code failed;
  if (!fs::exists(options.file, failed)) {
    return Error{
        fmt::format("{}: there is no such baseline; --write-baseline {} makes it", options.file, options.file)};
  }
  const auto text = read_file(options.file, kMaxBytes);
  if (!text) return text.error();
  const auto baseline = read_baseline(options.file, *text);
  if (!baseline) return baseline.error();

  const std::string folder = folder_of(absolute_path(options.file));
  BaselineScope scope;
  scope.name_file = names_from(folder);
  scope.exists = [&folder](const std::string& name) {
    std::error_code ignored;
    return name == kStandardInput || fs::exists(fs::path(folder) / name, ignored);
  };
  scope.scripts = input.scripts;
  scope.options = input.lint_options();
  scope.options.keep_suppressed = options.keep_known;
  BaselineMatch match = apply_baseline(*baseline, report, scope);
  if (options.prune) return prune(options, std::move(match), streams);
  if (match.stale > 0) {
    fmt::print(streams.err, "pglatch: {}: {} not found any more; --prune-baseline drops {}\n", options.file,
               counted(match.stale, "finding is", "findings are"), match.stale == 1 ? "it" : "them");
  }
  return std::nullopt;
}

}  // namespace pglatch

#include <fmt/ostream.h>

#include <array>
#include <ostream>
#include <utility>

#include "analyzer/cli/choices.h"
#include "analyzer/cli/command.h"
#include "analyzer/cli/options.h"
#include "analyzer/cli/plan_input.h"
#include "analyzer/server/verify.h"
#include "analyzer/server/verify_formats.h"

namespace pglatch {
namespace po = boost::program_options;
namespace {

struct VerifyFormat {
  std::string_view name;
  std::string (*write)(const Verification& verification);
};

constexpr std::array<VerifyFormat, 3> kFormats{
    {{"text", write_verification_text}, {"json", write_verification_json}, {"markdown", write_verification_markdown}}};

Result<Plan> plan_of(const Input& input) {
  Walker walker(input.walk);
  walker.replay(input.schema, Origin::schema);
  return make_plan(walker, input.scripts, planner_options(input));
}

}  // namespace

int run_verify(const std::vector<std::string>& arguments, Streams& streams) {
  AnalysisOptions options;
  VerifyOptions verify_options;
  std::vector<std::string> formats;
  std::int64_t max_stall = verify_options.max_stall.count();
  po::options_description server("Server (default: a cluster of its own, of the PostgreSQL programs that are found)");
  server.add_options()("server-bin", po::value(&verify_options.server_bin)->value_name("DIR"),
                       "directory of initdb and postgres")(
      "db", po::value(&verify_options.url)->value_name("URL"),
      "a server to use instead; only databases made for this are touched, and dropped in the end")(
      "rows", po::value(&verify_options.rows)->value_name("N")->default_value(verify_options.rows),
      "fill each touched table with N rows")("max-stall",
                                             po::value(&max_stall)->value_name("MS")->default_value(max_stall),
                                             "the longest that a client may wait while the plan runs")(
      "interrupt", po::bool_switch(&verify_options.interrupt),
      "also end the plan's session after each step and in each step, and run the plan again");
  po::options_description output("Output");
  output.add_options()("format", one_of(&formats, names_of(kFormats))->value_name("FORMAT[=FILE]"),
                       "text, json or markdown; repeatable, one to standard output");
  po::options_description table;
  table.add(input_options(options))
      .add(change_options(options.changes))
      .add(rule_options(options))
      .add(decision_options(options));
  po::options_description database("Database");
  add_snapshot_option(database, options.database);
  table.add(database).add(server).add(output);
  if (const auto status = parse_command_line("verify", table, arguments, options.paths, streams)) return *status;
  if (!verify_options.server_bin.empty() && !verify_options.url.empty()) {
    print_error(streams, {"--server-bin and --db: a cluster is started, or a server is used; give one of them"});
    return kFailed;
  }
  if (verify_options.rows < 0 || max_stall <= 0) {
    print_error(streams, {"--rows takes a number from 0 on, --max-stall one from 1 on"});
    return kFailed;
  }
  verify_options.max_stall = std::chrono::milliseconds(max_stall);

  const auto targets = chosen_formats(formats, kFormats, streams);
  if (!targets) return kFailed;
  const auto input = read_whole_input(options, streams);
  if (!input) return kFailed;
  auto plan = plan_of(*input);
  if (!plan) {
    print_error(streams, plan.error());
    return kFailed;
  }
  // Progress is for who waits at a terminal; a log has no use for it.
  if (streams.err_is_terminal) {
    verify_options.progress = [&](std::string_view what) { fmt::print(streams.err, "{} …\n", what); };
  }
  std::vector<Script> schema = input->schema;
  if (input->database != nullptr) schema.push_back(schema_script(*input->database));
  const auto verification = verify_plan({schema, input->scripts, std::move(*plan)}, verify_options);
  if (!verification) {
    print_error(streams, verification.error());
    return kFailed;
  }
  bool written = true;
  for (const FormatTarget& target : *targets) {
    for (const VerifyFormat& format : kFormats) {
      if (format.name == target.format) {
        written = write_output(format.write(*verification), target.file, streams) && written;
      }
    }
  }
  if (!written) return kFailed;
  return verification->holds() ? kClean : kFindings;
}

}  // namespace pglatch

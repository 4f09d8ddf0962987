#include <fmt/ostream.h>

#include <ostream>
#include <utility>

#include "analyzer/base/file.h"
#include "analyzer/cli/command.h"
#include "analyzer/cli/input.h"
#include "analyzer/cli/options.h"
#include "analyzer/engine/fixer.h"
#include "analyzer/engine/linter.h"
#include "analyzer/report/unified_diff.h"
#include "analyzer/source/framework.h"

namespace pglatch {
namespace po = boost::program_options;
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// An edit must not break what was in order: the new text has as many statements, and no new error.
bool still_parses(const SourceFile& before, const std::string& after) {
  const auto count = [](std::shared_ptr<const SourceFile> file) {
    std::pair<std::size_t, std::size_t> total;
    for (const Script& script : read_scripts(std::move(file))) {
      const ParsedScript parsed = parse(script.sql());
      total.first += parsed.statements.size();
      total.second += parsed.errors.size();
    }
    return total;
  };
  return count(std::make_shared<const SourceFile>(before.path(), before.text())) ==
         count(std::make_shared<const SourceFile>(before.path(), after));
}

// Writes a fixed file, or says why not.
std::optional<Error> write_fixed(const FixedFile& fixed) {
  const SourceFile& file = *fixed.file;
  if (file.path() == "-") return Error{"-: standard input cannot be written back; use --diff"};
  const auto now = read_source_file(file.path());
  if (!now) return now.error();
  if ((*now)->text() != file.text()) {
    return Error{fmt::format("{}: the file changed while it was being fixed; run `pglatch fix` again", file.path())};
  }
  return write_file_atomically(file.path(), (file.has_bom() ? std::string(kByteOrderMark) : "") + fixed.text);
}

}  // namespace

int run_fix(const std::vector<std::string>& arguments, Streams& streams) {
  AnalysisOptions options;
  bool write = false;
  bool diff = false;
  po::options_description output("Output");
  output.add_options()                                                                    //
      ("diff", po::bool_switch(&diff), "show the edits as a unified diff (the default)")  //
      ("write", po::bool_switch(&write), "change the files");
  po::options_description table;
  table.add(input_options(options))
      .add(database_options(options.database))
      .add(change_options(options.changes))
      .add(rule_options(options))
      .add(output);
  if (const auto status = parse_command_line("fix", table, arguments, options.paths, streams)) return *status;
  if (options.changes.staged) {
    print_error(streams, {"fix changes files, not what is staged of them: use --since HEAD"});
    return kFailed;
  }

  auto input = read_input(options);
  if (!input) {
    print_error(streams, input.error());
    return kFailed;
  }
  Walker walker(input->walk);
  walker.replay(input->schema, Origin::schema);
  const LintReport report = lint(walker, input->scripts, input->lint_options());

  std::vector<Error> errors = std::move(input->errors);
  std::size_t fixes = 0;
  std::size_t files = 0;
  for (const FixedFile& fixed : apply_fixes(report)) {
    if (!still_parses(*fixed.file, fixed.text)) {
      errors.push_back(
          {fmt::format("{}: the edits would not parse, so none was made; please report this", fixed.file->path())});
      continue;
    }
    if (diff || !write) streams.out << unified_diff(*fixed.file, fixed.edits);
    if (write) {
      if (auto error = write_fixed(fixed)) {
        errors.push_back(std::move(*error));
        continue;
      }
    }
    fixes += fixed.fixes;
    ++files;
  }
  const std::size_t left = report.findings.size() - fixes;
  fmt::print(streams.err, "{} {} in {} {}, {} {} left\n", write ? "fixed" : "would fix", fixes, files,
             files == 1 ? "file" : "files", left, left == 1 ? "finding" : "findings");
  for (const Error& error : errors) print_error(streams, error);
  return errors.empty() ? kClean : kFailed;
}

}  // namespace pglatch

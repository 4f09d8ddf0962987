#include "analyzer/cli/command.h"

#include <fmt/ostream.h>

#include <array>
#include <exception>
#include <ostream>

#include "analyzer/cli/options.h"
#include "analyzer/parse/identifier.h"
#include "generated/version.h"

namespace pglatch {
namespace {

constexpr std::array<Command, 10> kCommands{{
    {"lint", "lint [OPTION…] [PATH…]", "find the statements that would hurt a live database", run_lint},
    {"fix", "fix [OPTION…] [PATH…]", "make the safe edits, or show them as a diff", run_fix},
    {"plan", "plan [OPTION…] [PATH…]", "write what to run instead: a plan of safe steps", run_plan},
    {"locks", "locks [OPTION…] [PATH…]", "tell what each statement locks, rewrites, scans and builds", run_locks},
    {"verify", "verify [OPTION…] [PATH…]", "prove the plan on a real server, beside the original", run_verify},
    {"snapshot", "snapshot [OPTION…] [PATH…]", "write down the catalog of a live database, or tell where it differs",
     run_snapshot},
    {"rules", "rules [OPTION…] [RULE…]", "list the rules, or explain one", run_rules},
    {"init", "init [OPTION…] [DIR]", "write a pglatch.toml that explains itself, for the migrations that are found",
     run_init},
    {"completion", "completion SHELL", "print the completion script for bash, zsh or fish", run_completion},
    {"man", "man", "print the manual page", run_man},
}};

void print_usage(std::ostream& out) {
  fmt::print(out, "usage: pglatch COMMAND [OPTION…] [PATH…]\n\n");
  for (const Command& command : kCommands) fmt::print(out, "  {:<12}{}\n", command.name, command.summary);
  fmt::print(out,
             "\nPATH is a file, a directory (all *.sql below it, in the order of their versions) or - for standard "
             "input.\n`pglatch COMMAND --help` lists the options of a command.\n\n"
             "exit status: 0 clean, 1 findings, 2 could not do the job\n");
}

}  // namespace

std::span<const Command> commands() noexcept { return kCommands; }

int run_pglatch(const std::vector<std::string>& arguments, Streams& streams) {
  if (arguments.empty()) {
    print_usage(streams.err);
    return kFailed;
  }
  const std::string& name = arguments.front();
  if (name == "--help" || name == "-h" || name == "help") {
    print_usage(streams.out);
    return kClean;
  }
  if (name == "--version") {
    fmt::print(streams.out, "pglatch {} (libpg_query{}{}, PostgreSQL {} grammar)\n", kVersion,
               kPgQueryVersion.empty() ? "" : " ", kPgQueryVersion, grammar_version());
    return kClean;
  }
  for (const Command& command : kCommands) {
    if (command.name == name) return command.run({arguments.begin() + 1, arguments.end()}, streams);
  }
  print_error(streams, {fmt::format("there is no command '{}'; `pglatch --help` lists them", name)});
  return kFailed;
}

}  // namespace pglatch

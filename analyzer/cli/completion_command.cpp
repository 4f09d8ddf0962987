// `pglatch completion SHELL` and `pglatch man`: what is made of the option table.
#include <fmt/format.h>

#include <ostream>
#include <string>
#include <vector>

#include "analyzer/cli/choices.h"
#include "analyzer/cli/command.h"
#include "analyzer/cli/command_line.h"
#include "analyzer/cli/options.h"

namespace pglatch {
namespace po = boost::program_options;

int run_completion(const std::vector<std::string>& arguments, Streams& streams) {
  std::vector<std::string> names;
  if (const auto status = parse_command_line("completion", po::options_description(), arguments, names, streams)) {
    return *status;
  }
  for (const Shell& shell : shells()) {
    if (names.size() == 1 && names.front() == shell.name) {
      return write_output(shell.write(command_line()), {}, streams) ? kClean : kFailed;
    }
  }
  print_error(streams,
              {fmt::format("completion takes the name of one shell: {}", fmt::join(names_of(shells()), ", "))});
  return kFailed;
}

int run_man(const std::vector<std::string>& arguments, Streams& streams) {
  std::vector<std::string> names;
  if (const auto status = parse_command_line("man", po::options_description(), arguments, names, streams)) {
    return *status;
  }
  if (!names.empty()) {
    print_error(streams,
                {"man takes no arguments: the page of all commands is one; `pglatch man | man -l -` shows it"});
    return kFailed;
  }
  return write_output(write_man_page(command_line()), {}, streams) ? kClean : kFailed;
}

}  // namespace pglatch

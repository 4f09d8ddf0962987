#include <unistd.h>

#include <iostream>
#include <string>
#include <vector>

#include "analyzer/cli/command.h"

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  pglatch::Streams streams{std::cout, std::cerr, isatty(STDOUT_FILENO) == 1};
  return pglatch::run_pglatch(std::vector<std::string>(argv + (argc > 0 ? 1 : 0), argv + argc), streams);
}

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <csignal>
#include <iostream>
#include <string>
#include <vector>

#include "analyzer/cli/command.h"

namespace {

std::size_t terminal_width() {
  winsize size{};
  return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

// `pglatch … | head`: whoever read standard output has seen enough.
bool reader_is_gone() {
  pollfd out{STDOUT_FILENO, POLLOUT, 0};
  return ::poll(&out, 1, 0) == 1 && (out.revents & (POLLERR | POLLHUP)) != 0;
}

}  // namespace

int main(int argc, char** argv) {
  // A reader that goes away does not keep the files from being written, nor what was started from being stopped.
  std::signal(SIGPIPE, SIG_IGN);
  std::ios::sync_with_stdio(false);
  const bool is_terminal = ::isatty(STDOUT_FILENO) == 1;
  pglatch::Streams streams{std::cout, std::cerr, is_terminal, ::isatty(STDERR_FILENO) == 1,
                           is_terminal ? terminal_width() : 0};
  const int status = pglatch::run_pglatch(std::vector<std::string>(argv + (argc > 0 ? 1 : 0), argv + argc), streams);
  std::cout.flush();
  if (std::cout || reader_is_gone()) return status;
  std::cerr << "pglatch: cannot write to standard output: is the disk full?\n";
  return pglatch::kFailed;
}

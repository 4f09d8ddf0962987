#include "tests/support/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <system_error>

#include "analyzer/server/account.h"

namespace pglatch::testing {
namespace {

using Clock = std::chrono::steady_clock;

class Fd {
 public:
  explicit Fd(int fd = -1) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() { close(); }

  int get() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  int fd_;
};

struct Pipe {
  Fd read;
  Fd write;
};

[[noreturn]] void throw_errno(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

// Close-on-exec: another child started meanwhile must not keep an end open.
Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw_errno("pipe");
  return {Fd(ends[0]), Fd(ends[1])};
}

[[noreturn]] void run_child(std::vector<char*>& argv, const ProcessOptions& options,
                            const std::optional<Account>& account, int in, int out, int err, int failure) {
  ::dup2(in, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(err, STDERR_FILENO);
  for (const auto& [name, value] : options.environment) ::setenv(name.c_str(), value.c_str(), 1);
  const bool ready =
      (!account || become(*account)) && (options.directory.empty() || ::chdir(options.directory.c_str()) == 0);
  if (ready) ::execvp(argv[0], argv.data());
  const int error = errno;
  [[maybe_unused]] const ssize_t written = ::write(failure, &error, sizeof error);
  ::_exit(127);
}

// Reads what is there; closes at the end of the stream.
void drain(Fd& fd, std::string& text) {
  std::array<char, 65536> buffer;
  const ssize_t count = ::read(fd.get(), buffer.data(), buffer.size());
  if (count > 0) {
    text.append(buffer.data(), static_cast<std::size_t>(count));
  } else if (count == 0 || errno != EINTR) {
    fd.close();
  }
}

// Writes a piece of the input; closes when all of it is written or nobody reads it.
void feed(Fd& fd, const std::string& input, std::size_t& fed) {
  if (fed < input.size()) {
    const ssize_t count = ::write(fd.get(), input.data() + fed, input.size() - fed);
    if (count >= 0) {
      fed += static_cast<std::size_t>(count);
    } else if (errno != EINTR && errno != EAGAIN) {
      fed = input.size();
    }
  }
  if (fed == input.size()) fd.close();
}

// Moves data until both outputs are closed; false if the time was up before.
bool exchange_data(Fd& in, Fd& out, Fd& err, const ProcessOptions& options, ProcessResult& result) {
  const Clock::time_point deadline = Clock::now() + options.timeout;
  std::size_t fed = 0;
  if (options.input.empty()) in.close();
  while (out.is_open() || err.is_open()) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return false;
    std::array<pollfd, 3> fds{pollfd{in.get(), POLLOUT, 0}, pollfd{out.get(), POLLIN, 0}, pollfd{err.get(), POLLIN, 0}};
    if (::poll(fds.data(), fds.size(), static_cast<int>(left)) < 0 && errno != EINTR) throw_errno("poll");
    if (fds[0].revents != 0) feed(in, options.input, fed);
    if (fds[1].revents != 0) drain(out, result.out);
    if (fds[2].revents != 0) drain(err, result.err);
  }
  return true;
}

}  // namespace

ProcessResult run_process(const std::vector<std::string>& command, const ProcessOptions& options) {
  if (command.empty()) throw std::invalid_argument("no command to run");
  std::optional<Account> account;
  if (!options.user.empty()) account = account_of(options.user);
  std::vector<std::string> words = command;
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);

  Pipe in = make_pipe();
  Pipe out = make_pipe();
  Pipe err = make_pipe();
  Pipe failure = make_pipe();
  // A process that doesn't read its input must not kill us.
  ::signal(SIGPIPE, SIG_IGN);
  const pid_t pid = ::fork();
  if (pid < 0) throw_errno("fork");
  if (pid == 0) {
    ::signal(SIGPIPE, SIG_DFL);
    run_child(argv, options, account, in.read.get(), out.write.get(), err.write.get(), failure.write.get());
  }
  in.read.close();
  out.write.close();
  err.write.close();
  failure.write.close();
  ::fcntl(in.write.get(), F_SETFL, O_NONBLOCK);

  ProcessResult result;
  result.timed_out = !exchange_data(in.write, out.read, err.read, options, result);
  if (result.timed_out) ::kill(pid, SIGKILL);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  int error = 0;
  if (::read(failure.read.get(), &error, sizeof error) == sizeof error) {
    throw std::system_error(error, std::generic_category(), "cannot run " + command.front());
  }
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}

ProcessResult run_pglatch(std::vector<std::string> arguments, const ProcessOptions& options) {
  arguments.insert(arguments.begin(), PGLATCH_BINARY);
  return run_process(arguments, options);
}

}  // namespace pglatch::testing

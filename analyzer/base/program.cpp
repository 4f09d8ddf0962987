#include "analyzer/base/program.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <memory>
#include <utility>

extern char** environ;

namespace pglatch {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd = -1) noexcept : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(); }

  [[nodiscard]] int get() const noexcept { return fd_; }
  [[nodiscard]] bool is_open() const noexcept { return fd_ >= 0; }
  void close() noexcept {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  int fd_;
};

struct Pipe {
  Descriptor read;
  Descriptor write;

  // False with errno set. The program gets its end by name only.
  bool open() {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) return false;
    read = Descriptor(ends[0]);
    write = Descriptor(ends[1]);
    return ::fcntl(ends[0], F_SETFD, FD_CLOEXEC) == 0 && ::fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0;
  }
};

// Standard input is a file without a name: then nothing has to be written while the program runs, and one that does not
// read cannot stop us.
Descriptor input_file(std::string_view input) {
  if (input.empty()) return Descriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::tmpfile(), std::fclose);
  if (!file || std::fwrite(input.data(), 1, input.size(), file.get()) != input.size()) return Descriptor();
  if (std::fflush(file.get()) != 0 || ::lseek(::fileno(file.get()), 0, SEEK_SET) != 0) return Descriptor();
  return Descriptor(::fcntl(::fileno(file.get()), F_DUPFD_CLOEXEC, 3));
}

std::vector<char*> environment_without(const std::vector<std::string>& names) {
  std::vector<char*> kept;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text(*variable);
    bool is_dropped = false;
    for (const std::string& name : names) {
      is_dropped = is_dropped || (text.substr(0, name.size()) == name && text.substr(name.size(), 1) == "=");
    }
    if (!is_dropped) kept.push_back(*variable);
  }
  kept.push_back(nullptr);
  return kept;
}

// Reads what is there; closes at the end.
void drain(Descriptor& from, std::string& to) {
  std::array<char, 65536> buffer;
  const ssize_t count = ::read(from.get(), buffer.data(), buffer.size());
  if (count > 0) {
    to.append(buffer.data(), static_cast<std::size_t>(count));
  } else if (count == 0 || errno != EINTR) {
    from.close();
  }
}

void drain_both(Descriptor& out, Descriptor& err, ProgramOutput& output) {
  while (out.is_open() || err.is_open()) {
    std::array<pollfd, 2> ready{pollfd{out.get(), POLLIN, 0}, pollfd{err.get(), POLLIN, 0}};
    if (::poll(ready.data(), ready.size(), -1) < 0) {
      if (errno != EINTR) return;
      continue;
    }
    if (ready[0].revents != 0) drain(out, output.out);
    if (ready[1].revents != 0) drain(err, output.err);
  }
}

int wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return -1;
  }
  constexpr int kSignalled = 128;
  return WIFEXITED(status) ? WEXITSTATUS(status) : kSignalled + WTERMSIG(status);
}

}  // namespace

ProgramOutput run_program(const std::vector<std::string>& command, std::string_view input,
                          const std::vector<std::string>& without) {
  ProgramOutput output;
  std::vector<std::string> words = command;
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  std::vector<char*> environment = environment_without(without);

  const Descriptor in = input_file(input);
  Pipe out;
  Pipe err;
  if (!in.is_open() || !out.open() || !err.open()) {
    output.start_error = errno;
    return output;
  }
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, in.get(), STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, out.write.get(), STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, err.write.get(), STDERR_FILENO);
  // We may pass over broken pipes; other programs rely on ending there.
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  sigset_t reset;
  ::sigemptyset(&reset);
  ::sigaddset(&reset, SIGPIPE);
  ::posix_spawnattr_setsigdefault(&attributes, &reset);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  pid_t child = 0;
  output.start_error =
      ::posix_spawnp(&child, arguments[0], &actions, &attributes, arguments.data(), environment.data());
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  if (output.start_error != 0) return output;
  out.write.close();
  err.write.close();
  drain_both(out.read, err.read, output);
  output.status = wait_for(child);
  // Where posix_spawn cannot tell that the program is not there, POSIX has the child end so.
  constexpr int kNotStarted = 127;
  if (output.status == kNotStarted && output.out.empty() && output.err.empty()) output.start_error = ENOENT;
  return output;
}

}  // namespace pglatch

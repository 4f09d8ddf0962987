#pragma once

#include <unistd.h>

namespace pglatch::testing {

// While it lives, the process has no privileges: root, whom no permission stops, becomes "nobody". False where it
// could not (a container without CAP_SETUID).
class Unprivileged {
 public:
  Unprivileged() : was_root_(::geteuid() == 0), done_(!was_root_ || ::seteuid(kNobody) == 0) {}
  Unprivileged(const Unprivileged&) = delete;
  Unprivileged& operator=(const Unprivileged&) = delete;
  ~Unprivileged() {
    if (was_root_ && done_ && ::seteuid(0) != 0) ::_exit(1);  // nothing after this would mean anything
  }

  explicit operator bool() const noexcept { return done_; }

 private:
  static constexpr uid_t kNobody = 65534;

  bool was_root_;
  bool done_;
};

}  // namespace pglatch::testing

// The settings of the original's session that hold from some step on: each migration has a session of its own, and sets
// them itself.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/base/byte_range.h"

namespace pglatch {

/// The first place in a statement where these keywords (in lower case) follow each other, comments apart.
[[nodiscard]] std::optional<ByteRange> find_words(std::string_view sql, std::initializer_list<std::string_view> words);

/// What SET and RESET of the plan's setting steps left, in the order in which they came.
class SessionSettings {
 public:
  /// Takes in a statement: SET, RESET, or a call of set_config(), which is kept as it is.
  void apply(const std::string& sql);

  [[nodiscard]] bool empty() const noexcept { return set_.empty(); }

  /// Appends statements that set them for the transaction only: what the runner sends after it is none of ours.
  void add_local(std::vector<std::string>& statements) const;
  /// … for the session, and back.
  void add(std::vector<std::string>& statements) const;
  void add_reset(std::vector<std::string>& statements) const;

 private:
  struct Set {
    std::string name;  // empty: the text is all of the statement
    std::string text;  // after SET
  };
  std::vector<Set> set_;
};

}  // namespace pglatch

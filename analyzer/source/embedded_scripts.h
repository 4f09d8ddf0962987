// From the pieces of SQL in a file of another language to scripts: what is sent in one way, in one session.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analyzer/source/embedded_text.h"
#include "analyzer/source/script.h"

namespace pglatch {

/// How a program hands pieces to the server.
enum class Sending : std::uint8_t {
  statements,   ///< one statement after the other, each in a transaction of its own
  messages,     ///< each piece as one message: more than one statement in it are one transaction
  transaction,  ///< within a transaction that the program began
};

/// A piece and what is known of it.
struct EmbeddedPiece {
  const EmbeddedText& text;
  std::uint32_t end = 0;  ///< the first byte of the file behind it
  Sending sending = Sending::statements;
  Direction direction = Direction::up;
  std::uint32_t session = 0;  ///< pieces of another session are another script
  bool is_quoted = false;     ///< Script::is_quoted
  std::string reason;         ///< Script::reason, of the first piece of a script
};

/// Gathers the scripts of one file.
class EmbeddedScripts {
 public:
  /// `pattern` has what all scripts have in common, the file among it.
  explicit EmbeddedScripts(Script pattern) : pattern_(std::move(pattern)) {}

  /// In the order in which they are run. Neighbours of a direction that are sent alike are one script.
  void add(const EmbeddedPiece& piece);
  /// Another file that is run at this place: its scripts, of a session of their own.
  void add(std::vector<Script> scripts);

  /// The scripts, each direction's in order, those that go up first. A part of them `continues` the one before it.
  [[nodiscard]] std::vector<Script> take();

 private:
  struct Key {
    ExecutionMode mode;
    std::uint32_t session;
    bool is_quoted;
    friend bool operator==(const Key&, const Key&) = default;
  };
  // The script of a direction that goes on, if one does.
  struct Last {
    Key key{};
    std::size_t script = 0;
    bool goes_on = false;
  };

  std::size_t script_for(const EmbeddedPiece& piece, const Key& key, const Last& last);

  Script pattern_;
  std::string blank_;  // the file's text without anything but its line ends
  std::vector<Script> scripts_;
  std::array<Last, 3> last_{};  // by direction
};

}  // namespace pglatch

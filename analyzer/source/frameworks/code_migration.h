// Migrations that are programs: the strings of SQL that they hand to certain calls.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/source/code_arguments.h"
#include "analyzer/source/embedded_scripts.h"
#include "analyzer/source/framework.h"

namespace pglatch {

/// What a migration sends by strings that stand in it.
class SentStrings {
 public:
  explicit SentStrings(Script pattern) : scripts_(std::move(pattern)) {}

  /// In the order in which they stand there. Pieces of statements are left out.
  void add(const std::vector<CodeString>& strings, Direction direction, Sending sending);

  [[nodiscard]] std::vector<Script> take() { return scripts_.take(); }

 private:
  EmbeddedScripts scripts_;
};

class CodeMigration : public Framework {
 public:
  [[nodiscard]] std::vector<Script> scripts(const std::shared_ptr<const SourceFile>& file,
                                            Surroundings& around) const final;
  [[nodiscard]] std::optional<std::vector<Script>> recognise(const std::shared_ptr<const SourceFile>& file,
                                                             Surroundings& around) const final;

 protected:
  /// What shows that the file is the framework's, for the user; empty where nothing does.
  [[nodiscard]] virtual std::string evidence(std::string_view text) const = 0;
  [[nodiscard]] virtual std::vector<CodeToken> tokens(std::string_view text) const = 0;
  /// Finds the calls. Gives what showed how they are sent, where it isn't the framework's usual way.
  virtual std::string read(const Code& code, SentStrings& sent) const = 0;
};

/// Follows the brackets of a program.
class BracketDepth {
 public:
  void feed(const Code& code, std::size_t index);
  [[nodiscard]] bool is_outside() const noexcept { return depth_ == 0; }

 private:
  std::size_t depth_ = 0;
};

/// Whether a condition, the tokens from `start` to `end`, is true for other databases only: client === 'mysql2',
/// dialect.name == "sqlite".
[[nodiscard]] bool means_another_database(const Code& code, std::size_t start, std::size_t end);

/// Python's migrations: RunSQL(), and .execute() of whatever is at hand. Pieces are sent as `usual`; within `with
/// ….autocommit_block():` each as a message.
void read_python(const Code& code, Sending usual, SentStrings& sent);

/// JavaScript's: .raw(), .query() and other calls; what comes after the definition of `down` goes back.
void read_javascript(const Code& code, Sending usual, SentStrings& sent);

}  // namespace pglatch

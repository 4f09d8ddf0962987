#include <algorithm>
#include <array>

#include "analyzer/source/frameworks/all.h"
#include "analyzer/source/frameworks/code_migration.h"

namespace pglatch {
namespace {

constexpr std::array<std::string_view, 6> kCalls = {"execute",     "exec_query",  "exec_update",
                                                    "exec_delete", "exec_insert", "select_all"};

// Each migration runs in a transaction but where it says `disable_ddl_transaction!`; then each call is a message (Rails
// API, ActiveRecord::Migration, "Transactional Migrations"; execute() of the PostgreSQL adapter).
class Rails final : public CodeMigration {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "rails"; }
  [[nodiscard]] bool reads(FileType type) const noexcept override { return type == FileType::ruby; }

 protected:
  [[nodiscard]] std::string evidence(std::string_view text) const override {
    return text.find("ActiveRecord::Migration") == std::string_view::npos ? "" : "a migration of Active Record";
  }

  [[nodiscard]] std::vector<CodeToken> tokens(std::string_view text) const override { return ruby_tokens(text); }

  std::string read(const Code& code, SentStrings& sent) const override {
    const bool in_transaction = !code.has({"disable_ddl_transaction!"});
    const Sending sending = in_transaction ? Sending::transaction : Sending::messages;
    Direction method = Direction::up;
    Block block;
    for (std::size_t i = 0; i < code.size(); ++i) {
      const CodeToken& token = code.at(i);
      if (token.begins_line && token.indent <= block.indent) block.is_open = false;
      if (token.kind != CodeToken::Kind::word) continue;
      const std::string_view word = token.range.of(code.text());
      if (word == "def") {
        const bool is_self = code.has(i + 1, {"self", "."});
        method = code.is_word(is_self ? i + 3 : i + 1, "down") ? Direction::down : Direction::up;
      } else if ((word == "down" || word == "up") && code.is(i - 1, '.') &&
                 (code.is_word(i + 1, "do") || code.is(i + 1, '{'))) {
        block = {true, word == "down" ? Direction::down : Direction::up, token.indent};
      } else if (std::find(kCalls.begin(), kCalls.end(), word) != kCalls.end() && !code.is_word(i - 1, "def")) {
        const auto arguments = code.arguments(i);
        if (!arguments.empty()) sent.add(arguments.front().strings, block.is_open ? block.direction : method, sending);
      }
    }
    return in_transaction ? "" : "disable_ddl_transaction!";
  }

 private:
  // dir.down do … end: up to a line that is not indented further.
  struct Block {
    bool is_open = false;
    Direction direction = Direction::up;
    std::uint32_t indent = 0;
  };
};

}  // namespace

const Framework& rails_framework() noexcept {
  static const Rails rails;
  return rails;
}

}  // namespace pglatch

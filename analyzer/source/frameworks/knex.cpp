#include "analyzer/source/frameworks/all.h"
#include "analyzer/source/frameworks/code_migration.h"

namespace pglatch {
namespace {

// Each migration runs in a transaction but where it exports `config = { transaction: false }`; then each raw() is a
// message (Knex documentation, "Migrations", "Transactions in migrations").
class Knex final : public CodeMigration {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "knex"; }
  [[nodiscard]] bool reads(FileType type) const noexcept override {
    return type == FileType::javascript || type == FileType::typescript;
  }

 protected:
  [[nodiscard]] std::string evidence(std::string_view text) const override {
    const bool names_knex = text.find("knex") != std::string_view::npos || text.find("Knex") != std::string_view::npos;
    return names_knex && exports_up(text) ? "a migration of Knex" : "";
  }

  [[nodiscard]] std::vector<CodeToken> tokens(std::string_view text) const override { return javascript_tokens(text); }

  std::string read(const Code& code, SentStrings& sent) const override {
    const bool in_transaction = !code.has({"transaction", ":", "false"});
    read_javascript(code, in_transaction ? Sending::transaction : Sending::messages, sent);
    return in_transaction ? "" : "transaction: false";
  }

 private:
  static bool exports_up(std::string_view text) {
    for (const std::string_view form : {"exports.up", "function up", "const up", "up(", "up:"}) {
      if (text.find(form) != std::string_view::npos) return true;
    }
    return false;
  }
};

}  // namespace

const Framework& knex_framework() noexcept {
  static const Knex knex;
  return knex;
}

}  // namespace pglatch

#include "analyzer/source/frameworks/all.h"
#include "analyzer/source/frameworks/code_migration.h"

namespace pglatch {
namespace {

// Migrations run in one transaction, of all of them or of each, but those with `transaction = false`; then each query()
// is a message (TypeORM documentation, "Migrations", "Transaction modes").
class TypeOrm final : public CodeMigration {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "typeorm"; }
  [[nodiscard]] bool reads(FileType type) const noexcept override {
    return type == FileType::javascript || type == FileType::typescript;
  }

 protected:
  [[nodiscard]] std::string evidence(std::string_view text) const override {
    const bool is_migration =
        text.find("MigrationInterface") != std::string_view::npos || text.find("queryRunner") != std::string_view::npos;
    return is_migration ? "a migration of TypeORM" : "";
  }

  [[nodiscard]] std::vector<CodeToken> tokens(std::string_view text) const override { return javascript_tokens(text); }

  std::string read(const Code& code, SentStrings& sent) const override {
    const bool in_transaction = !code.has({"transaction", "=", "false"});
    read_javascript(code, in_transaction ? Sending::transaction : Sending::messages, sent);
    return in_transaction ? "" : "transaction = false";
  }
};

}  // namespace

const Framework& typeorm_framework() noexcept {
  static const TypeOrm typeorm;
  return typeorm;
}

}  // namespace pglatch

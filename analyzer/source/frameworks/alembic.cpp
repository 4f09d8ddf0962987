#include "analyzer/source/frameworks/all.h"
#include "analyzer/source/frameworks/code_migration.h"

namespace pglatch {
namespace {

// Revisions run in one transaction, of all of them or of each (Alembic documentation, "transaction_per_migration");
// autocommit_block() leaves it.
class Alembic final : public CodeMigration {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "alembic"; }
  [[nodiscard]] bool reads(FileType type) const noexcept override { return type == FileType::python; }

 protected:
  [[nodiscard]] std::string evidence(std::string_view text) const override {
    const bool is_revision =
        text.find("alembic") != std::string_view::npos && text.find("def upgrade") != std::string_view::npos;
    return is_revision ? "a revision of Alembic" : "";
  }

  [[nodiscard]] std::vector<CodeToken> tokens(std::string_view text) const override { return python_tokens(text); }

  std::string read(const Code& code, SentStrings& sent) const override {
    read_python(code, Sending::transaction, sent);
    return code.has({"autocommit_block"}) ? "autocommit_block() leaves the transaction" : "";
  }
};

}  // namespace

const Framework& alembic_framework() noexcept {
  static const Alembic alembic;
  return alembic;
}

}  // namespace pglatch

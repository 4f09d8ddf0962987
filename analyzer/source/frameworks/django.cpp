#include "analyzer/source/frameworks/all.h"
#include "analyzer/source/frameworks/code_migration.h"

namespace pglatch {
namespace {

// Each migration runs in a transaction but where its class says `atomic = False`; then each RunSQL is a message (Django
// documentation, "Non-atomic migrations"; prepare_sql_script() in django/db/backends/postgresql/operations.py).
class Django final : public CodeMigration {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "django"; }
  [[nodiscard]] bool reads(FileType type) const noexcept override { return type == FileType::python; }

 protected:
  [[nodiscard]] std::string evidence(std::string_view text) const override {
    const bool is_migration = text.find("migrations.Migration") != std::string_view::npos ||
                              (text.find("django.db.migrations") != std::string_view::npos &&
                               text.find("(Migration)") != std::string_view::npos);
    return is_migration ? "a migration of Django" : "";
  }

  [[nodiscard]] std::vector<CodeToken> tokens(std::string_view text) const override { return python_tokens(text); }

  std::string read(const Code& code, SentStrings& sent) const override {
    const bool is_atomic = !says_not_atomic(code);
    read_python(code, is_atomic ? Sending::transaction : Sending::messages, sent);
    return is_atomic ? "" : "atomic = False";
  }

 private:
  // RunPython(…, atomic=False) speaks of one operation only.
  static bool says_not_atomic(const Code& code) {
    BracketDepth brackets;
    for (std::size_t i = 0; i < code.size(); ++i) {
      brackets.feed(code, i);
      if (brackets.is_outside() && code.at(i).begins_line && code.has(i, {"atomic", "=", "False"})) return true;
    }
    return false;
  }
};

}  // namespace

const Framework& django_framework() noexcept {
  static const Django django;
  return django;
}

}  // namespace pglatch

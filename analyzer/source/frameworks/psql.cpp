#include "analyzer/source/psql.h"

#include <utility>

#include "analyzer/source/frameworks/all.h"
#include "analyzer/source/migration_version.h"

namespace pglatch {
namespace {

// Whether all that was masked are references to variables. Other tools fill in :name too, and may well use a
// transaction; meta-commands and COPY data are psql's alone.
bool has_variables_only(std::string_view text, std::string_view masked) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == masked[at]) continue;
    if (text[at] != ':') return false;
    while (at + 1 < text.size() && text[at + 1] != masked[at + 1]) ++at;
  }
  return true;
}

// psql -f sends statement by statement, outside of a transaction block (PostgreSQL documentation, psql, "-f" and
// "--single-transaction": only the latter makes one around the file).
class Psql final : public Framework {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "psql"; }

  [[nodiscard]] std::vector<Script> scripts(const std::shared_ptr<const SourceFile>& file,
                                            Surroundings& /*around*/) const override {
    std::string masked = mask_psql(file->text());
    return one_script(file, std::move(masked), ExecutionMode::autocommit);
  }

  [[nodiscard]] std::optional<std::vector<Script>> recognise(const std::shared_ptr<const SourceFile>& file,
                                                             Surroundings& /*around*/) const override {
    std::string masked = mask_psql(file->text());
    if (masked.empty()) return std::nullopt;
    const bool is_psql = !has_variables_only(file->text(), masked);
    auto scripts = one_script(file, std::move(masked), is_psql ? ExecutionMode::autocommit : ExecutionMode::unknown);
    scripts.front().reason = is_psql ? "meta-commands or COPY data of psql" : "variables as psql has them";
    return scripts;
  }

 private:
  [[nodiscard]] std::vector<Script> one_script(const std::shared_ptr<const SourceFile>& file, std::string masked,
                                               ExecutionMode mode) const {
    std::vector<Script> scripts(1);
    Script& script = scripts.front();
    script.file = file;
    script.masked = std::move(masked);
    script.framework = name();
    script.version = migration_version(script.file->path());
    script.mode = mode;
    return scripts;
  }
};

}  // namespace

const Framework& psql_framework() noexcept {
  static const Psql psql;
  return psql;
}

}  // namespace pglatch

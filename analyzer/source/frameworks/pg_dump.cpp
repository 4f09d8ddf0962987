#include <utility>

#include "analyzer/source/frameworks/all.h"
#include "analyzer/source/frameworks/sections.h"
#include "analyzer/source/frameworks/text_lines.h"

namespace pglatch {
namespace {

// pg_dump begins with settings, after a title that Rails takes out of db/structure.sql (setupDumpWorker's counterpart
// in pg_backup_archiver.c, _doSetFixedOutputState()). Gives the number of the line that is proof, or 0.
std::uint32_t line_of_preamble(std::string_view text) {
  constexpr int kMaxLines = 40;
  bool sets_timeout = false;
  LineReader lines(text);
  for (int i = 0; i < kMaxLines; ++i) {
    const auto line = lines.next();
    if (!line) return 0;
    if (line->text == "-- PostgreSQL database dump" || line->text == "-- PostgreSQL database cluster dump") {
      return line->number;
    }
    if (line->text == "SET statement_timeout = 0;") sets_timeout = true;
    if (sets_timeout && line->text.starts_with("SET check_function_bodies = ")) return line->number;
    // Settings and comments, and since 2025 \restrict.
    const bool is_preamble = line->text.empty() || line->text.starts_with("--") || line->text.starts_with("SET ") ||
                             line->text.starts_with("SELECT pg_catalog.set_config(") || line->text.starts_with('\\');
    if (!is_preamble) return 0;
  }
  return 0;
}

// What pg_dump wrote, db/structure.sql of Rails included: a picture of a schema that psql makes anew.
class PgDump final : public SectionedFramework {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return kPgDump; }

 protected:
  [[nodiscard]] std::string evidence(const SourceFile& file, Surroundings& /*around*/) const override {
    return line_of_preamble(file.text()) == 0 ? "" : "begins as pg_dump's output does";
  }

  [[nodiscard]] std::string version(const SourceFile& /*file*/) const override { return {}; }

  [[nodiscard]] std::vector<Section> sections(const SourceFile& /*file*/, Surroundings& /*around*/) const override {
    return {{Direction::up, ExecutionMode::autocommit, {}, {}, true}};
  }
};

}  // namespace

const Framework& pg_dump_framework() noexcept {
  static const PgDump pg_dump;
  return pg_dump;
}

}  // namespace pglatch

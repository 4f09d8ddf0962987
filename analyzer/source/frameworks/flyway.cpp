#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "analyzer/base/ascii.h"
#include "analyzer/source/copy_from_stdin.h"
#include "analyzer/source/frameworks/all.h"
#include "analyzer/source/frameworks/file_names.h"
#include "analyzer/source/frameworks/sections.h"
#include "analyzer/source/frameworks/surroundings.h"
#include "analyzer/source/frameworks/text_lines.h"
#include "analyzer/source/lexer.h"

namespace pglatch {
namespace {

// What Flyway takes for impossible in a transaction, by the words that a statement begins with; | is "or", ? means that
// the word may be missing. PostgreSQLParser.java, detectCanExecuteInTransaction().
constexpr std::array<std::string_view, 6> kNonTransactional = {
    "create|drop database|tablespace|subscription", "alter system", "create|drop unique? index concurrently",
    "reindex verbose? schema|database|system",      "vacuum",       "discard all"};

bool is_one_of(std::string_view alternatives, std::string_view word) {
  while (true) {
    const std::size_t end = alternatives.find('|');
    if (alternatives.substr(0, end) == word) return true;
    if (end == std::string_view::npos) return false;
    alternatives.remove_prefix(end + 1);
  }
}

bool begins_with(std::string_view statement, std::string_view pattern) {
  Lexer lexer(statement);
  Token token = lexer.next_code();
  while (!pattern.empty()) {
    std::string_view expected = take_word(pattern);
    const bool is_optional = expected.ends_with('?');
    if (is_optional) expected.remove_suffix(1);
    if (token.kind == TokenKind::word && is_one_of(expected, to_lower(token.of(statement)))) {
      token = lexer.next_code();
    } else if (!is_optional) {
      return false;
    }
  }
  return true;
}

// How Flyway runs a file if nobody decides: without a transaction where none of its statements can be in one. Where
// only some cannot, it refuses the file (unless `mixed` is set): nothing of it is run outside of a transaction.
ExecutionMode detected_mode(std::string_view text) {
  bool any = false;
  for (const ByteRange range : split_statements(text)) {
    const std::string_view statement = range.of(text);
    const bool is_outside = std::any_of(kNonTransactional.begin(), kNonTransactional.end(),
                                        [&](std::string_view pattern) { return begins_with(statement, pattern); });
    if (!is_outside) return ExecutionMode::transaction;
    any = true;
  }
  return any ? ExecutionMode::autocommit : ExecutionMode::transaction;
}

constexpr std::size_t kNone = std::string_view::npos;

// Flyway documentation, "Locations": db/migration on the class path if nobody says otherwise.
bool is_in_usual_folder(std::string_view path) {
  return path.starts_with("db/migration/") || path.find("/db/migration/") != kNone;
}

// afterMigrate.sql, beforeEachMigrate__name.sql: run at every migration. Flyway documentation, "Callback Events".
bool is_callback(std::string_view name) {
  constexpr std::array<std::string_view, 8> kEvents = {"Migrate",  "EachMigrate", "Versioned", "Repeatables",
                                                       "Baseline", "Validate",    "Repair",    "Undo"};
  for (const std::string_view when : {"before", "after"}) {
    if (!name.starts_with(when)) continue;
    const std::string_view event = name.substr(when.size());
    return std::any_of(kEvents.begin(), kEvents.end(), [&](std::string_view each) { return event.starts_with(each); });
  }
  return false;
}

// `executeInTransaction=false` in V1__x.sql.conf.
std::optional<bool> configured(const SourceFile& file, Surroundings& around) {
  const auto& conf = around.read_beside(file.path(), std::string(file_name(file.path())) + ".conf");
  if (!conf) return std::nullopt;
  LineReader lines(*conf);
  while (const auto line = lines.next()) {
    const std::size_t equals = line->text.find('=');
    if (equals == std::string_view::npos || trimmed(line->text.substr(0, equals)) != "executeInTransaction") continue;
    return equal_ignoring_case(trimmed(line->text.substr(equals + 1)), "true");
  }
  return std::nullopt;
}

// Flyway documentation, "Migrations": `V1_2__name.sql` (versioned), `U1_2__name.sql` (undo), `B1_2__name.sql`
// (baseline), `R__name.sql` (repeatable); sent statement by statement, in a transaction.
class Flyway final : public SectionedFramework {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "flyway"; }

 protected:
  [[nodiscard]] std::string evidence(const SourceFile& file, Surroundings& /*around*/) const override {
    const std::string_view name = file_name(file.path());
    if (!name.ends_with(".sql")) return {};
    if (is_callback(name)) return "named as a callback of Flyway";
    // Without a description too: V6.1.0.6.sql.
    const std::string_view stem = name.substr(0, name.size() - 4);
    const std::size_t separator = std::min(stem.find("__"), stem.size());
    const bool has_description = separator + 2 < stem.size();
    if (!has_description && (separator < stem.size() || !is_in_usual_folder(file.path()))) return {};
    std::string_view version = stem.substr(0, separator);
    if (version == "R") return "named R__….sql";
    // The prefix can be configured. Others have names without one too.
    std::string_view prefix;
    if (version.starts_with('V') || version.starts_with('U') || version.starts_with('B')) prefix = version.substr(0, 1);
    version.remove_prefix(prefix.size());
    if (leading_digits(version) == 0 || version.find_first_not_of("0123456789._") != kNone) return {};
    if (!has_description) return prefix == "V" ? "named V….sql in db/migration" : "";
    if (!prefix.empty()) return fmt::format("named {}…__….sql", prefix);
    return is_in_usual_folder(file.path()) ? "named N…__….sql in db/migration" : "";
  }

  [[nodiscard]] std::vector<Section> sections(const SourceFile& file, Surroundings& around) const override {
    Section section;
    section.direction = file_name(file.path()).starts_with('U') ? Direction::down : Direction::up;
    section.is_psql = may_copy_from_stdin(file.text());
    if (const auto in_transaction = configured(file, around)) {
      section.mode = *in_transaction ? ExecutionMode::transaction : ExecutionMode::autocommit;
      section.note = "executeInTransaction in the .conf beside it";
    } else {
      section.mode = detected_mode(file.text());
      if (section.mode == ExecutionMode::autocommit) section.note = "no statement of it can be in a transaction";
    }
    return {std::move(section)};
  }
};

}  // namespace

const Framework& flyway_framework() noexcept {
  static const Flyway flyway;
  return flyway;
}

}  // namespace pglatch

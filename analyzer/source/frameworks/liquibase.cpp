#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

#include "analyzer/base/ascii.h"
#include "analyzer/source/frameworks/all.h"
#include "analyzer/source/frameworks/liquibase_changeset.h"
#include "analyzer/source/frameworks/sections.h"
#include "analyzer/source/frameworks/text_lines.h"

namespace pglatch {
namespace {

// Cuts a keyword off a comment's text, in any case; false where it has another one.
bool take_keyword(std::string_view& comment, std::string_view keyword) {
  if (!equal_ignoring_case(comment.substr(0, keyword.size()), keyword)) return false;
  comment = trimmed(comment.substr(keyword.size()));
  return true;
}

bool is_formatted(std::string_view line) {
  auto comment = comment_of(line);
  return comment && take_keyword(*comment, "liquibase") && take_keyword(*comment, "formatted");
}

// Where what stands after a keyword begins in the file.
ByteRange range_of(std::string_view text, std::string_view part) {
  const auto start = static_cast<std::uint32_t>(part.data() - text.data());
  return {start, start + static_cast<std::uint32_t>(part.size())};
}

// Liquibase's formatted SQL (docs.liquibase.com, "Example SQL changelogs"; AbstractFormattedChangeLogParser.java): each
// changeset is a transaction of its own and sent statement by statement; its rollback is in comments.
class Liquibase final : public SectionedFramework {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "liquibase"; }

 protected:
  [[nodiscard]] std::string evidence(const SourceFile& file, Surroundings& /*around*/) const override {
    LineReader lines(file.text());
    while (const auto line = lines.next()) {
      if (is_formatted(line->text)) return fmt::format("--liquibase formatted sql in line {}", line->number);
      if (!trimmed(line->text).empty()) break;
    }
    return {};
  }

  // Its changesets have names. They are in no order that could be compared.
  [[nodiscard]] std::string version(const SourceFile& /*file*/) const override { return {}; }

  [[nodiscard]] std::vector<Section> sections(const SourceFile& file, Surroundings& /*around*/) const override {
    const std::string_view text = file.text();
    std::vector<Changeset> changesets(1);
    changesets.back().up.mode = ExecutionMode::transaction;
    changesets.back().up.parts.push_back({0, 0});
    bool is_first = true;
    bool in_rollback = false;  // in a block comment
    LineReader lines(text);
    while (const auto line = lines.next()) {
      auto comment = comment_of(line->text);
      Changeset& now = changesets.back();
      if (in_rollback) {
        in_rollback = line->text.find("*/") == std::string_view::npos;
        if (in_rollback) now.down.parts.push_back({line->range.start, line->next});
      } else if (is_rollback_block(line->text)) {
        in_rollback = line->text.find("*/") == std::string_view::npos;
      } else if (comment && take_keyword(*comment, "changeset ")) {
        Changeset next = begin_changeset(*comment, line->number);
        // What is before the first one are comments: they go with it.
        next.up.parts.push_back({is_first ? 0 : line->range.start, 0});
        if (is_first) changesets.clear();
        changesets.push_back(std::move(next));
        is_first = false;
      } else if (comment && take_keyword(*comment, "rollback ") && is_sql(*comment)) {
        now.down.parts.push_back(range_of(text, *comment));
      } else if (comment && take_keyword(*comment, "ignorelines:")) {
        now.up.parts.back().end = line->next;
        now.up.parts.push_back({skip_ignored(*comment, lines, line->next), 0});
      }
      Section& up = changesets.back().up;
      up.parts.back().end = std::max(up.parts.back().start, line->next);
    }
    return in_order(std::move(changesets));
  }

 private:
  // `--ignoreLines:3`, or `--ignoreLines:start` to `--ignoreLines:end`: gives where it goes on.
  static std::uint32_t skip_ignored(std::string_view what, LineReader& lines, std::uint32_t end) {
    std::uint32_t count = 0;
    const bool is_counted = std::from_chars(what.data(), what.data() + what.size(), count).ec == std::errc();
    for (std::uint32_t i = 0; !is_counted || i < count; ++i) {
      const auto line = lines.next();
      if (!line) break;
      end = line->next;
      auto comment = comment_of(line->text);
      if (!is_counted && comment && take_keyword(*comment, "ignorelines:") && take_keyword(*comment, "end")) break;
    }
    return end;
  }

  // A file of which nothing is for PostgreSQL is one script of nothing.
  static std::vector<Section> in_order(std::vector<Changeset> changesets) {
    const auto others = std::stable_partition(changesets.begin(), changesets.end(),
                                              [](const Changeset& each) { return each.is_for_postgresql; });
    if (others == changesets.begin()) {
      Section nothing = std::move(changesets.front().up);
      nothing.parts = {{0, 0}};
      nothing.note += ", for another database";
      return {std::move(nothing)};
    }
    changesets.erase(others, changesets.end());
    std::vector<Section> found;
    for (Changeset& changeset : changesets) found.push_back(std::move(changeset.up));
    for (auto changeset = changesets.rbegin(); changeset != changesets.rend(); ++changeset) {
      if (!changeset->down.parts.empty()) found.push_back(std::move(changeset->down));
    }
    return found;
  }

  static bool is_rollback_block(std::string_view line) {
    line = trimmed(line);
    if (!line.starts_with("/*")) return false;
    line = trimmed(line.substr(2));
    return take_keyword(line, "liquibase") && take_keyword(line, "rollback");
  }

  // The rollback can be a word that says that there is none, or another changeset.
  static bool is_sql(std::string_view rollback) {
    return !rollback.empty() && !equal_ignoring_case(rollback, "empty") &&
           !equal_ignoring_case(rollback, "not required") && !take_keyword(rollback, "changesetId");
  }
};

}  // namespace

const Framework& liquibase_framework() noexcept {
  static const Liquibase liquibase;
  return liquibase;
}

}  // namespace pglatch

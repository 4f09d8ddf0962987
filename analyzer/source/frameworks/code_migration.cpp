#include "analyzer/source/frameworks/code_migration.h"

#include <algorithm>

#include "analyzer/base/ascii.h"
#include "analyzer/source/migration_version.h"
#include "analyzer/source/reason.h"

namespace pglatch {

void SentStrings::add(const std::vector<CodeString>& strings, Direction direction, Sending sending) {
  for (const CodeString& string : strings) {
    if (!begins_statement(string.text.text())) continue;
    scripts_.add({string.text, string.end, sending, direction, 0, true, {}});
  }
}

std::vector<Script> CodeMigration::scripts(const std::shared_ptr<const SourceFile>& file,
                                           Surroundings& /*around*/) const {
  Script pattern;
  pattern.file = file;
  pattern.framework = name();
  pattern.version = migration_version(file->path());
  pattern.hides_sql = true;  // the framework's own calls
  SentStrings sent(pattern);
  const std::string note = read(Code(file->text(), tokens(file->text())), sent);
  std::vector<Script> scripts = sent.take();
  for (Script& script : scripts) script.reason = note;
  if (!scripts.empty()) return scripts;
  // None of it is SQL.
  pattern.masked = file->text();
  std::replace_if(
      pattern.masked.begin(), pattern.masked.end(), [](char c) { return !is_space(c); }, ' ');
  return {pattern};
}

std::optional<std::vector<Script>> CodeMigration::recognise(const std::shared_ptr<const SourceFile>& file,
                                                            Surroundings& around) const {
  const std::string why = evidence(file->text());
  if (why.empty()) return std::nullopt;
  std::vector<Script> found = scripts(file, around);
  for (Script& script : found) script.reason = join_reasons(why, script.reason);
  return found;
}

bool means_another_database(const Code& code, std::size_t start, std::size_t end) {
  bool names_another = false;
  for (std::size_t i = start; i < end; ++i) {
    if (code.is(i, '!') || code.is_word(i, "not")) return false;
    const std::string text = to_lower(code.at(i).range.of(code.text()));
    const auto has = [&](std::string_view word) { return text.find(word) != std::string::npos; };
    if (has("postgres") || has("pg")) return false;
    names_another = names_another || has("mysql") || has("mariadb") || has("sqlite") || has("mssql") || has("oracle");
  }
  return names_another;
}

void BracketDepth::feed(const Code& code, std::size_t index) {
  if (code.is(index, '(') || code.is(index, '[') || code.is(index, '{')) ++depth_;
  const bool closes = code.is(index, ')') || code.is(index, ']') || code.is(index, '}');
  if (closes && depth_ > 0) --depth_;
}

}  // namespace pglatch

#include <utility>
#include <vector>

#include "analyzer/base/ascii.h"
#include "analyzer/rule_api/rule.h"
#include "analyzer/source/file_type.h"
#include "analyzer/source/frameworks/text_lines.h"
#include "analyzer/source/lexer.h"
#include "rules/support/claims.h"

namespace pglatch {
namespace {

// A sentence may go on in the comment of the next line.
bool goes_on(std::string_view sql, ByteRange before, ByteRange comment) {
  const std::string_view between = ByteRange{before.end, comment.start}.of(sql);
  return comment.of(sql).starts_with("--") && before.of(sql).starts_with("--") && trimmed(between).empty() &&
         between.find('\n') == between.rfind('\n');
}

std::vector<ByteRange> comments_of(std::string_view sql) {
  std::vector<ByteRange> blocks;
  for (const ByteRange comment : find_comments(sql)) {
    if (!blocks.empty() && goes_on(sql, blocks.back(), comment)) {
      blocks.back().end = comment.end;
    } else {
      blocks.push_back(comment);
    }
  }
  return blocks;
}

// Lines of a Markdown file that belong together: up to an empty one, a list's next entry, a heading, a fence or a line
// of a table. Code is read line by line; where it claims something, a comment does.
std::vector<ByteRange> paragraphs_of(std::string_view markdown) {
  std::vector<ByteRange> paragraphs;
  LineReader reader(markdown);
  bool in_code = false;
  bool goes_on = false;
  while (const auto line = reader.next()) {
    const std::string_view text = trimmed(line->text, " \t\r>");
    if (text.starts_with("```") || text.starts_with("~~~")) {
      in_code = !in_code;
      goes_on = false;
      continue;
    }
    const bool begins = in_code || text.starts_with("- ") || text.starts_with("* ") || text.starts_with('#') ||
                        text.starts_with('|') || (!text.empty() && text.front() >= '0' && text.front() <= '9');
    if (goes_on && !begins && !text.empty()) {
      paragraphs.back().end = line->range.end;
    } else if (!text.empty()) {
      paragraphs.push_back(line->range);
    }
    goes_on = !text.empty() && !in_code && !text.starts_with('#') && !text.starts_with('|');
  }
  return paragraphs;
}

void check_words(const SourceFile& file, const Rule& rule, Reporter& reporter) {
  const std::string_view text = file.text();
  const FileType type = file_type_of(file.path());
  if (type != FileType::sql && type != FileType::markdown) return;
  ClaimFinder finder(text);
  for (const ByteRange prose : type == FileType::sql ? comments_of(text) : paragraphs_of(text)) {
    for (const ClaimFound& found : finder.find(prose)) {
      Finding finding;
      finding.rule = rule.id;
      finding.severity = rule.severity;
      finding.message = found.claim->truth;
      finding.help = found.claim->help;
      finding.range = finding.statement = found.range;
      const std::size_t line = found.range.of(text).find_first_of("\r\n");
      if (line != std::string_view::npos) {
        finding.range.end = finding.range.start + static_cast<std::uint32_t>(line);
      }
      reporter.report(std::move(finding));
    }
  }
}

}  // namespace

extern const Rule kFalseClaim;
const Rule kFalseClaim{
    "false-claim", "input", Severity::info, "A comment or a runbook says something of PostgreSQL that is not true.", {},
    nullptr,       false,   check_words};

}  // namespace pglatch

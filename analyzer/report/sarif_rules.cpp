#include "analyzer/report/sarif_rules.h"

#include <algorithm>
#include <array>

#include "analyzer/base/ascii.h"
#include "analyzer/report/sentence.h"

namespace pglatch {
namespace {

// GitHub refuses descriptions that are longer (code scanning's SARIF support, "reportingDescriptor object").
constexpr std::size_t kMaxDescription = 1024;

std::string_view problem_severity(Severity severity) noexcept {
  switch (severity) {
    case Severity::error:
      return "error";
    case Severity::warning:
      return "warning";
    case Severity::info:
      return "recommendation";
  }
  return "warning";
}

void write_text_object(JsonWriter& json, std::string_view key, std::string_view text) {
  json.key(key);
  json.begin_object();
  json.member("text", text);
  json.end_object();
}

void write_rule(JsonWriter& json, const Rule& rule, std::string_view page) {
  const std::string paragraph = first_paragraph(page);
  json.begin_object();
  json.member("id", rule.id);
  // A name that is the id once more (of an id of one word) is none, says the standard (3.49.7).
  const std::string name = pascal_case(rule.id);
  if (!equal_ignoring_case(name, rule.id)) json.member("name", name);
  write_text_object(json, "shortDescription", truncate(rule.summary, kMaxDescription));
  write_text_object(json, "fullDescription",
                    truncate(paragraph.empty() ? rule.summary : std::string_view(paragraph), kMaxDescription));
  json.key("help");
  json.begin_object();
  json.member("text", page.empty() ? rule.summary : page);
  if (!page.empty()) json.member("markdown", page);
  json.end_object();
  json.key("defaultConfiguration");
  json.begin_object();
  json.member("level", sarif_level(rule.severity));
  json.end_object();
  json.key("properties");
  json.begin_object();
  json.strings("tags", std::array<std::string_view, 3>{"postgresql", "migration", rule.group});
  // Rules speak up only when the statement and what is known of the schema show the hazard.
  json.member("precision", std::string_view("high"));
  json.member("problem.severity", problem_severity(rule.severity));
  json.end_object();
  json.end_object();
}

bool begins_with_number(std::string_view line) {
  const std::size_t digits = std::min(line.find_first_not_of("0123456789"), line.size());
  return digits > 0 && line.substr(digits).starts_with(". ");
}

// A line that is part of something else than running text.
bool is_block(std::string_view line) {
  constexpr std::array<std::string_view, 9> kMarks = {"#", "- ", "* ", "+ ", ">", "|", "<", "---", "    "};
  return begins_with_number(line) ||
         std::any_of(kMarks.begin(), kMarks.end(), [&](std::string_view mark) { return line.starts_with(mark); });
}

}  // namespace

std::string_view sarif_level(Severity severity) noexcept {
  switch (severity) {
    case Severity::error:
      return "error";
    case Severity::warning:
      return "warning";
    case Severity::info:
      return "note";
  }
  return "warning";
}

std::string pascal_case(std::string_view kebab_case) {
  std::string out;
  bool begins_word = true;
  for (const char c : kebab_case) {
    if (c == '-') {
      begins_word = true;
      continue;
    }
    out += begins_word && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    begins_word = false;
  }
  return out;
}

std::string first_paragraph(std::string_view markdown) {
  std::string paragraph;
  bool in_code = false;
  while (!markdown.empty()) {
    const std::size_t end = std::min(markdown.find('\n'), markdown.size());
    std::string_view line = markdown.substr(0, end);
    markdown.remove_prefix(std::min(end + 1, markdown.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    const bool fence = line.starts_with("```");
    if (fence) in_code = !in_code;
    const bool text = !line.empty() && !fence && !in_code && !is_block(line);
    if (!text && !paragraph.empty()) break;
    if (!text) continue;
    if (!paragraph.empty()) paragraph += ' ';
    paragraph += line;
  }
  return paragraph;
}

void write_rules(JsonWriter& json, const FormatOptions& options) {
  json.begin_array();
  for (const Rule* rule : options.rules) {
    write_rule(json, *rule, options.rule_doc == nullptr ? std::string_view() : options.rule_doc(rule->id));
  }
  json.end_array();
}

}  // namespace pglatch

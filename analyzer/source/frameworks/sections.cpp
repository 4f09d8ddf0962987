#include "analyzer/source/frameworks/sections.h"

#include <algorithm>
#include <utility>

#include "analyzer/base/ascii.h"
#include "analyzer/source/frameworks/text_lines.h"
#include "analyzer/source/migration_version.h"
#include "analyzer/source/psql.h"
#include "analyzer/source/reason.h"

namespace pglatch {
namespace {

// Each section has a text of the file's size. A file of very many sections would be read for hours.
constexpr std::size_t kMaxMaskedBytes = std::size_t{256} << 20;

// One section for each direction; what they disagree about is unknown.
std::vector<Section> merged(std::vector<Section> sections) {
  std::vector<Section> result;
  for (Section& section : sections) {
    const auto same = std::find_if(result.begin(), result.end(),
                                   [&](const Section& other) { return other.direction == section.direction; });
    if (same == result.end()) {
      result.push_back(std::move(section));
      continue;
    }
    same->parts.insert(same->parts.end(), section.parts.begin(), section.parts.end());
    if (same->mode != section.mode) same->mode = ExecutionMode::unknown;
    same->note.clear();
  }
  for (Section& section : result) {
    std::sort(section.parts.begin(), section.parts.end(), [](ByteRange a, ByteRange b) { return a.start < b.start; });
  }
  return result;
}

}  // namespace

std::string keep_only(std::string_view text, const std::vector<ByteRange>& parts) {
  std::string masked;
  std::size_t at = 0;
  const auto blank_until = [&](std::size_t end) {
    for (; at < end; ++at) {
      if (is_space(text[at])) continue;
      if (masked.empty()) masked = text;
      masked[at] = ' ';
    }
  };
  for (const ByteRange part : parts) {
    blank_until(part.start);
    at = std::max<std::size_t>(at, part.end);
  }
  blank_until(text.size());
  return masked;
}

std::string mask_delimiter(std::string_view text, std::string_view delimiter) {
  std::string masked;
  // A slash at the end of a line ends a comment too.
  const bool is_alone = delimiter == "/" || delimiter.find_first_of("_ ") != std::string_view::npos ||
                        std::any_of(delimiter.begin(), delimiter.end(), [](char c) {
                          return (c >= '0' && c <= '9') || (to_lower(c) >= 'a' && to_lower(c) <= 'z');
                        });
  LineReader lines(text);
  while (const auto line = lines.next()) {
    const std::string_view code = trimmed(line->text);
    if (delimiter.empty() || code.size() < delimiter.size() || code.starts_with("--")) continue;
    if (is_alone && code.size() != delimiter.size()) continue;
    const std::string_view end = code.substr(code.size() - delimiter.size());
    if (!equal_ignoring_case(end, delimiter)) continue;
    if (masked.empty()) masked = text;
    const auto at = static_cast<std::size_t>(end.data() - text.data());
    masked.replace(at, delimiter.size(), delimiter.size(), ' ');
    masked[at] = ';';
  }
  return masked;
}

std::vector<Script> SectionedFramework::scripts(const std::shared_ptr<const SourceFile>& file,
                                                Surroundings& around) const {
  std::vector<Section> found = sections(*file, around);
  const std::string& text = file->text();
  if (found.size() > 2 && found.size() > kMaxMaskedBytes / std::max<std::size_t>(text.size(), 1)) {
    found = merged(std::move(found));
  }
  std::vector<Script> scripts;
  scripts.reserve(found.size());
  for (Section& section : found) {
    Script& script = scripts.emplace_back();
    script.file = file;
    script.framework = name();
    script.version = version(*file);
    script.direction = section.direction;
    script.mode = section.mode;
    script.reason = std::move(section.note);
    if (!section.parts.empty()) script.masked = keep_only(text, section.parts);
    script.continues = section.continues;
    if (section.is_psql) {
      std::string masked = mask_psql(script.sql());
      if (!masked.empty()) script.masked = std::move(masked);
    }
    if (!section.delimiter.empty()) {
      std::string masked = mask_delimiter(script.sql(), section.delimiter);
      if (!masked.empty()) script.masked = std::move(masked);
    }
  }
  return scripts;
}

std::optional<std::vector<Script>> SectionedFramework::recognise(const std::shared_ptr<const SourceFile>& file,
                                                                 Surroundings& around) const {
  const std::string why = evidence(*file, around);
  if (why.empty()) return std::nullopt;
  std::vector<Script> found = scripts(file, around);
  for (Script& script : found) script.reason = join_reasons(why, script.reason);
  return found;
}

std::string SectionedFramework::version(const SourceFile& file) const {
  return std::string(migration_version(file.path()));
}

}  // namespace pglatch

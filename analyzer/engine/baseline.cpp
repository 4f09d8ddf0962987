#include "analyzer/engine/baseline.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "analyzer/engine/fingerprint.h"
#include "analyzer/source/lexer.h"

namespace pglatch {
namespace {

constexpr std::size_t kExcerptBytes = 80;

// The beginning of a text, in one line and without comments.
std::string excerpt(std::string_view text, ByteRange range) {
  std::string result;
  const std::string_view part = text.substr(0, range.end);
  std::uint32_t last = range.start;
  Lexer lexer(part, range.start);
  for (Token token = lexer.next_code(); token.kind != TokenKind::end; token = lexer.next_code()) {
    if (!result.empty() && token.range.start > last) result += ' ';
    for (const char c : token.of(text)) result += c == '\n' || c == '\r' || c == '\t' ? ' ' : c;
    last = token.range.end;
    if (result.size() <= kExcerptBytes) continue;
    std::size_t size = kExcerptBytes;
    while (size > 0 && (static_cast<unsigned char>(result[size]) & 0xC0U) == 0x80U) --size;
    return result.substr(0, size) + "…";
  }
  return result;
}

// Makes the entries of findings, which come in the order of their places.
class EntryMaker {
 public:
  explicit EntryMaker(const NameFile& name_file) : name_file_(name_file) {}

  BaselineEntry entry(const Finding& finding) {
    BaselineEntry made;
    if (finding.file != file_) {
      file_ = finding.file;
      path_ = name_file_(finding.file->path());
    }
    made.path = path_;
    made.rule = finding.rule;
    made.fingerprint = fingerprint(finding);
    made.occurrence = ++occurrences_[{made.path, made.fingerprint}];
    return made;
  }

 private:
  const NameFile& name_file_;
  std::shared_ptr<const SourceFile> file_;
  std::string path_;
  std::map<std::pair<std::string, std::uint64_t>, std::uint32_t> occurrences_;
};

using Key = std::tuple<std::string_view, std::uint64_t, std::uint32_t>;

Key key_of(const BaselineEntry& entry) { return {entry.path, entry.fingerprint, entry.occurrence}; }

std::string_view file_name(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

// Whether the rule would have been found had it been there: it is on, or there is no such rule any more.
bool is_looked_for(std::string_view rule, std::span<const Rule* const> rules, const LintOptions& options) {
  const bool is_on = std::any_of(rules.begin(), rules.end(), [&](const Rule* on) { return on->id == rule; });
  return is_on || std::none_of(options.names.begin(), options.names.end(),
                               [&](const RuleName& known) { return known.rule == rule; });
}

// The files that were looked at, by their names in the baseline, with the rules that ran there.
std::map<std::string, std::span<const Rule* const>> looked_at(const BaselineScope& scope) {
  std::map<std::string, std::span<const Rule* const>> files;
  for (const Script& script : scope.scripts) {
    if (script.is_history) continue;
    std::span<const Rule* const> rules = scope.options.rules;
    if (scope.options.settings_of) rules = scope.options.settings_of(*script.file).rules;
    files.emplace(scope.name_file(script.file->path()), rules);
  }
  return files;
}

std::string statement_of(const Finding& finding) { return excerpt(finding.file->text(), finding.statement); }

// The entries for which nothing was found, by what is left of a file that was moved: its name.
class MovedEntries {
 public:
  MovedEntries(const Baseline& baseline, const std::vector<bool>& is_met, const BaselineScope& scope) {
    for (std::size_t i = 0; i < baseline.entries.size(); ++i) {
      const BaselineEntry& entry = baseline.entries[i];
      if (!is_met[i] && !scope.exists(entry.path)) by_name_[{file_name(entry.path), entry.fingerprint}].push_back(i);
    }
    for (auto& [name, entries] : by_name_) std::reverse(entries.begin(), entries.end());
  }

  // The entry that means the finding, else none.
  std::size_t take(const BaselineEntry& wanted) {
    const auto found = by_name_.find({file_name(wanted.path), wanted.fingerprint});
    if (found == by_name_.end() || found->second.empty()) return kNone;
    const std::size_t entry = found->second.back();
    found->second.pop_back();
    return entry;
  }

  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

 private:
  std::map<std::pair<std::string_view, std::uint64_t>, std::vector<std::size_t>> by_name_;
};

}  // namespace

Baseline make_baseline(const LintReport& report, const NameFile& name_file) {
  Baseline baseline;
  EntryMaker maker(name_file);
  for (const Finding& finding : report.findings) {
    baseline.entries.push_back(maker.entry(finding));
    baseline.entries.back().statement = statement_of(finding);
  }
  return baseline;
}

BaselineMatch apply_baseline(const Baseline& baseline, LintReport& report, const BaselineScope& scope) {
  std::map<Key, std::size_t> by_key;
  for (std::size_t i = 0; i < baseline.entries.size(); ++i) by_key.emplace(key_of(baseline.entries[i]), i);
  std::vector<bool> is_met(baseline.entries.size());
  std::vector<bool> is_known(report.findings.size());
  BaselineMatch match;
  std::vector<BaselineEntry> found;
  EntryMaker maker(scope.name_file);
  for (const Finding& finding : report.findings) found.push_back(maker.entry(finding));
  const auto meet = [&](std::size_t finding, std::size_t entry) {
    is_met[entry] = true;
    is_known[finding] = true;
    found[finding].statement = statement_of(report.findings[finding]);
    match.remaining.entries.push_back(found[finding]);
  };
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto entry = by_key.find(key_of(found[i]));
    if (entry != by_key.end()) meet(i, entry->second);
  }
  MovedEntries moved(baseline, is_met, scope);
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (is_known[i]) continue;
    const std::size_t entry = moved.take(found[i]);
    if (entry != MovedEntries::kNone) meet(i, entry);
  }

  const auto files = looked_at(scope);
  for (std::size_t i = 0; i < baseline.entries.size(); ++i) {
    if (is_met[i]) continue;
    const BaselineEntry& entry = baseline.entries[i];
    const auto file = files.find(entry.path);
    const bool is_stale =
        file == files.end() ? !scope.exists(entry.path) : is_looked_for(entry.rule, file->second, scope.options);
    if (is_stale) {
      ++match.stale;
    } else {
      match.remaining.entries.push_back(entry);
    }
  }

  if (scope.options.keep_suppressed) {
    for (std::size_t i = 0; i < is_known.size(); ++i) {
      if (is_known[i]) report.suppressed_findings.push_back({report.findings[i], {}, {}});
    }
  }
  std::size_t at = 0;
  const auto known = std::remove_if(report.findings.begin(), report.findings.end(),
                                    [&](const Finding& /*finding*/) { return is_known[at++]; });
  report.known += static_cast<std::size_t>(report.findings.end() - known);
  report.findings.erase(known, report.findings.end());
  return match;
}

}  // namespace pglatch

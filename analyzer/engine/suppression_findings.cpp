#include "analyzer/engine/suppression_findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "analyzer/base/ascii.h"
#include "analyzer/base/edit_distance.h"
#include "analyzer/engine/suppression_removal.h"

namespace pglatch {
namespace {

constexpr std::array<std::string_view, 4> kKeywords = {"pglatch:ignore", "pglatch:ignore-file", "pglatch:ignore-begin",
                                                       "pglatch:ignore-end"};

Finding finding_at(const Rule& rule, const SuppressionComment& comment, ByteRange range) {
  Finding finding;
  finding.rule = rule.id;
  finding.severity = rule.severity;
  finding.range = range;
  finding.statement = comment.comment;
  return finding;
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates,
                         std::string_view otherwise) {
  std::string_view nearest = nearest_word(word, candidates);
  if (nearest.empty()) nearest = nearest_word(to_lower(word), candidates);
  return nearest.empty() ? std::string(otherwise) : fmt::format("Did you mean '{}'?", nearest);
}

std::string nearest_rule(std::string_view name, const KnownRules& known) {
  std::vector<std::string_view> candidates;
  for (const Rule* rule : known.active) candidates.push_back(rule->id);
  for (const RuleName& each : known.names) candidates.push_back(each.name);
  return did_you_mean(name, candidates, "`pglatch rules` lists the rules.");
}

std::string nearest_keyword(std::string_view keyword) {
  return did_you_mean(keyword, kKeywords, fmt::format("There are {}.", fmt::join(kKeywords, ", ")));
}

bool is_ours(const SuppressionComment& comment) { return comment.dialect == SuppressionDialect::pglatch; }

std::string what_it_needs(const SuppressionComment& comment, std::string_view text) {
  return fmt::format("Name the rules: {} RULE, RULE REASON.", comment.keyword.of(text));
}

bool is_active(std::string_view rule, const KnownRules& known) {
  return std::any_of(known.active.begin(), known.active.end(), [&](const Rule* active) { return active->id == rule; });
}

// Nothing was left out, and all the rules that it could have been have looked.
bool is_unused(const Suppression& suppression, const KnownRules& known) {
  return !suppression.is_used && !suppression.rules.empty() &&
         std::all_of(suppression.rules.begin(), suppression.rules.end(),
                     [&](std::string_view rule) { return is_active(rule, known); });
}

std::string_view why_unused(const Suppression& suppression, const SuppressionComment& comment) {
  if (suppression.covers_file) return "finds nothing in this file";
  if (comment.kind == SuppressionKind::begin) return "finds nothing before the suppression ends";
  return suppression.covers.empty() ? "is not looked for, as no statement follows" : "finds nothing in this statement";
}

}  // namespace

std::vector<Finding> unknown_rules(std::string_view text, const Suppressions& suppressions, const KnownRules& known,
                                   const Rule& rule) {
  std::vector<Finding> findings;
  const auto unknown_name = [&](const SuppressionComment& comment, ByteRange name) {
    Finding& finding = findings.emplace_back(finding_at(rule, comment, name));
    finding.message = fmt::format("There is no rule '{}', so naming it has no effect.", name.of(text));
    finding.help = nearest_rule(name.of(text), known);
  };
  for (const SuppressionComment& comment : suppressions.comments()) {
    if (!is_ours(comment)) continue;
    if (comment.kind == SuppressionKind::unknown) {
      Finding& finding = findings.emplace_back(finding_at(rule, comment, comment.keyword));
      finding.message = fmt::format("The comment has no effect: there is no '{}'.", comment.keyword.of(text));
      finding.help = nearest_keyword(comment.keyword.of(text));
    } else if (comment.names.empty() && comment.kind != SuppressionKind::end) {
      Finding& finding = findings.emplace_back(finding_at(rule, comment, comment.keyword));
      finding.message = "The suppression names no rule, so it has no effect.";
      finding.help = what_it_needs(comment, text);
    }
  }
  for (const Suppression& each : suppressions.list()) {
    const SuppressionComment& comment = suppressions.comments()[each.comment];
    if (is_ours(comment) && !each.is_known) unknown_name(comment, each.name);
  }
  return findings;
}

std::vector<Finding> missing_reasons(std::string_view text, const Suppressions& suppressions, const Rule& rule) {
  std::vector<Finding> findings;
  const std::vector<SuppressionComment>& comments = suppressions.comments();
  for (std::size_t index = 0; index < comments.size(); ++index) {
    const SuppressionComment& comment = comments[index];
    const bool suppresses = comment.kind != SuppressionKind::unknown && comment.kind != SuppressionKind::end;
    if (!suppresses || comment.has_reason) continue;
    const bool is_used = std::any_of(suppressions.list().begin(), suppressions.list().end(),
                                     [&](const Suppression& each) { return each.comment == index && each.is_used; });
    if (is_ours(comment) ? comment.names.empty() : !is_used) continue;
    const ByteRange where =
        comment.names.empty() ? comment.keyword : ByteRange{comment.names.front().start, comment.names.back().end};
    Finding& finding = findings.emplace_back(finding_at(rule, comment, where));
    finding.message = "The suppression does not say why.";
    switch (comment.dialect) {
      case SuppressionDialect::pglatch:
        finding.help =
            fmt::format("Write the reason behind the rules: {} {} REASON.", comment.keyword.of(text), where.of(text));
        break;
      case SuppressionDialect::squawk:
        finding.help = fmt::format("Write the reason behind two dashes: {} -- REASON.", comment.range.of(text));
        break;
      case SuppressionDialect::eugene:
      case SuppressionDialect::atlas:
        finding.help = "Write it as -- pglatch:ignore RULE REASON: this form has no place for a reason.";
        break;
    }
  }
  return findings;
}

std::vector<Finding> unused_suppressions(std::string_view text, const Suppressions& suppressions,
                                         const KnownRules& known, const Rule& rule) {
  std::vector<Finding> findings;
  const std::vector<SuppressionComment>& comments = suppressions.comments();
  std::vector<bool> is_removed(suppressions.list().size());
  for (std::size_t index = 0; index < suppressions.list().size(); ++index) {
    const Suppression& each = suppressions.list()[index];
    is_removed[index] = is_ours(comments[each.comment]) && is_unused(each, known);
  }
  for (std::size_t index = 0; index < suppressions.list().size(); ++index) {
    if (!is_removed[index]) continue;
    const Suppression& each = suppressions.list()[index];
    const SuppressionComment& comment = comments[each.comment];
    Finding& finding = findings.emplace_back(finding_at(rule, comment, each.name));
    finding.message =
        fmt::format("The suppression is of no use: {} {}.", each.name.of(text), why_unused(each, comment));
    finding.help = "Remove it: it would hide what changes to the file bring about.";
    finding.fix = Fix{"remove the unused suppression", removal_of(text, suppressions, each.comment, is_removed)};
  }
  for (const SuppressionEnd& end : suppressions.ends()) {
    if (!end.closes.empty()) continue;
    const SuppressionComment& comment = comments[end.comment];
    Finding& finding = findings.emplace_back(finding_at(rule, comment, end.name.empty() ? comment.keyword : end.name));
    finding.message = end.name.empty()
                          ? "No suppression has begun that could end here."
                          : fmt::format("No suppression of {} has begun that could end here.", end.name.of(text));
    finding.help = "Remove it, or write pglatch:ignore-begin RULE REASON where the suppression is to begin.";
    finding.fix = Fix{"remove the unused suppression", removal_of_end(text, suppressions, end.comment)};
  }
  return findings;
}

}  // namespace pglatch

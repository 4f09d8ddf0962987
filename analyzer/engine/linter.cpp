#include "analyzer/engine/linter.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "analyzer/engine/suppressions.h"

namespace pglatch {
namespace {

constexpr std::string_view kSyntaxError = "syntax-error";
constexpr std::string_view kEmptyFile = "empty-file";

class LintVisitor final : public Visitor, public Reporter {
 public:
  LintVisitor(const LintOptions& options, LintReport& report) : options_(options), report_(report) {
    for (const Rule* rule : options.rules) {
      for (const NodeTag tag : rule->nodes) {
        if (by_tag_.size() <= static_cast<std::size_t>(tag)) by_tag_.resize(static_cast<std::size_t>(tag) + 1);
        by_tag_[static_cast<std::size_t>(tag)].push_back(rule);
      }
      if (rule->id == kSyntaxError) syntax_error_ = rule;
      if (rule->id == kEmptyFile) empty_file_ = rule;
    }
  }

  void begin(const Script& script, const ParsedScript& parsed) override {
    script_ = &script;
    first_ = report_.findings.size();
    report_.statements += parsed.statements.size() + parsed.errors.size();
    ranges_.clear();
    for (const Statement& statement : parsed.statements) ranges_.push_back(statement.range);
    for (const SyntaxError& error : parsed.errors) ranges_.push_back(error.range);
    std::sort(ranges_.begin(), ranges_.end(), [](ByteRange a, ByteRange b) { return a.start < b.start; });
    suppressions_ = Suppressions(script, ranges_);
    if (syntax_error_ != nullptr) {
      for (const SyntaxError& error : parsed.errors) report_syntax_error(error);
    }
    if (empty_file_ != nullptr && parsed.statements.empty() && parsed.errors.empty()) report_empty_file();
  }

  void visit(const StatementContext& context) override {
    const auto tag = static_cast<std::size_t>(context.statement.tag());
    if (tag >= by_tag_.size()) return;
    context_ = &context;
    for (const Rule* rule : by_tag_[tag]) rule->check(context, *rule, *this);
    context_ = nullptr;
  }

  void end(const Script& /*script*/, const ParsedScript& /*parsed*/) override {
    std::stable_sort(report_.findings.begin() + static_cast<std::ptrdiff_t>(first_), report_.findings.end(),
                     [](const Finding& a, const Finding& b) {
                       if (a.range.start != b.range.start) return a.range.start < b.range.start;
                       return a.rule < b.rule;
                     });
  }

  void report(Finding finding) override {
    if (context_ != nullptr) finding.statement = context_->statement.range;
    if (suppressions_.covers(finding.rule, finding.statement)) {
      ++report_.suppressed;
      return;
    }
    finding.file = script_->file;
    finding.has_plan = context_ != nullptr && has_plan(finding.rule);
    report_.findings.push_back(std::move(finding));
  }

 private:
  [[nodiscard]] bool has_plan(std::string_view rule) const {
    return std::any_of(options_.recipes.begin(), options_.recipes.end(), [&](const Recipe* recipe) {
      return std::find(recipe->rules.begin(), recipe->rules.end(), rule) != recipe->rules.end() &&
             std::find(recipe->nodes.begin(), recipe->nodes.end(), context_->statement.tag()) != recipe->nodes.end() &&
             recipe->rewrite(*context_).has_value();
    });
  }

  void report_syntax_error(const SyntaxError& error) {
    Finding finding;
    finding.rule = syntax_error_->id;
    finding.severity = syntax_error_->severity;
    finding.message = fmt::format("PostgreSQL does not understand this statement: {}.", error.message);
    finding.help =
        "Correct the statement. If it is not SQL for PostgreSQL (a template, another database), exclude the file or "
        "ignore the rule for it.";
    finding.range = error.where;
    finding.statement = error.range;
    report(std::move(finding));
  }

  void report_empty_file() {
    const std::string& text = script_->file->text();
    if (text.find_first_not_of(" \t\r\n\f\v") != std::string::npos) return;
    Finding finding;
    finding.rule = empty_file_->id;
    finding.severity = empty_file_->severity;
    finding.message = "The file is empty.";
    finding.help = "Write the migration, or delete the file.";
    report(std::move(finding));
  }

  const LintOptions& options_;
  LintReport& report_;
  std::vector<std::vector<const Rule*>> by_tag_;
  const Rule* syntax_error_ = nullptr;
  const Rule* empty_file_ = nullptr;
  const Script* script_ = nullptr;
  const StatementContext* context_ = nullptr;
  std::size_t first_ = 0;
  std::vector<ByteRange> ranges_;
  Suppressions suppressions_;
};

}  // namespace

std::string_view to_string(Severity severity) noexcept {
  switch (severity) {
    case Severity::info:
      return "info";
    case Severity::warning:
      return "warning";
    case Severity::error:
      return "error";
  }
  return "";
}

std::size_t LintReport::count(Severity severity) const noexcept {
  return static_cast<std::size_t>(std::count_if(
      findings.begin(), findings.end(), [severity](const Finding& finding) { return finding.severity == severity; }));
}

LintReport lint(Walker& walker, std::span<const Script> scripts, const LintOptions& options) {
  LintReport report;
  const SourceFile* last = nullptr;
  for (const Script& script : scripts) {
    if (script.file.get() != last) ++report.files;
    last = script.file.get();
  }
  LintVisitor visitor(options, report);
  walker.walk(scripts, visitor);
  return report;
}

}  // namespace pglatch

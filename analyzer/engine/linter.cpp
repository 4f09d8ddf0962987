#include "analyzer/engine/linter.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "analyzer/base/ascii.h"
#include "analyzer/engine/small_tables.h"
#include "analyzer/engine/suppression_findings.h"
#include "analyzer/engine/suppressions.h"
#include "analyzer/engine/written_names.h"
#include "analyzer/source/framework.h"
#include "analyzer/source/lexer.h"
#include "analyzer/source/runbook_text.h"
#include "analyzer/source/templates.h"

namespace pglatch {
namespace {

constexpr std::string_view kSyntaxError = "syntax-error";
constexpr std::string_view kEmptyFile = "empty-file";
constexpr std::string_view kUnknownRule = "unknown-rule-in-suppression";
constexpr std::string_view kUnusedSuppression = "unused-suppression";
constexpr std::string_view kNoReason = "suppression-without-reason";

// CREATE [OR REPLACE] PACKAGE, which is Oracle's.
bool begins_package(std::string_view text) {
  Lexer lexer(text);
  if (!lexer.next_code().is_word("create", text)) return false;
  Token token = lexer.next_code();
  if (token.is_word("or", text)) {
    lexer.next_code();
    token = lexer.next_code();
  }
  return token.is_word("package", text);
}

class LintVisitor final : public Visitor, public Reporter {
 public:
  LintVisitor(const LintOptions& options, LintReport& report) : options_(options), report_(report) {
    for (const Recipe* recipe : options.recipes) {
      for (const std::string_view rule : recipe->rules) recipes_[rule].push_back(recipe);
    }
    use(options.rules);
  }

  void begin(const Script& script, const ParsedScript& parsed) override {
    script_ = &script;
    if (options_.settings_of) {
      const RuleSettings& settings = options_.settings_of(*script.file);
      if (&settings != settings_) use(settings.rules);
      settings_ = &settings;
    }
    all_parsed_ = parsed.errors.empty();
    if (!script.continues) first_of_all_parts_ = report_.findings.size();
    report_.statements += parsed.statements.size() + parsed.errors.size();
    ranges_.clear();
    for (const Statement& statement : parsed.statements) ranges_.push_back(statement.range);
    for (const SyntaxError& error : parsed.errors) ranges_.push_back(error.range);
    std::sort(ranges_.begin(), ranges_.end(), [](ByteRange a, ByteRange b) { return a.start < b.start; });
    written_names_.reset();
    suppressions_ = Suppressions(script, ranges_, {rules_, options_.names});
    if (syntax_error_ != nullptr) report_syntax_errors(parsed.errors);
    if (empty_file_ != nullptr && parsed.statements.empty() && parsed.errors.empty()) report_empty_file();
    if (!words_seen_.insert(script.file.get()).second) return;
    for (const Rule* rule : rules_) {
      if (rule->check_words != nullptr) rule->check_words(*script.file, *rule, *this);
    }
  }

  void visit(const StatementContext& context) override {
    const auto tag = static_cast<std::size_t>(context.statement.tag());
    context_ = &context;
    for (const Rule* rule : of_every_statement_) rule->check(context, *rule, *this);
    if (tag < by_tag_.size()) {
      for (const Rule* rule : by_tag_[tag]) rule->check(context, *rule, *this);
    }
    context_ = nullptr;
  }

  void end(const Script& /*script*/, const ParsedScript& /*parsed*/) override {
    if (!suppressions_.comments().empty()) report_suppressions();
    tell_of_others();
    hand_over();
  }

  void visit_code(const StatementContext& context) override { visit(context); }

  void undone(const Catalog& catalog) override { settle(first_of_all_parts_, catalog); }

  void abandoned(const Catalog& catalog) override { settle(0, catalog); }

  void code_error(const SyntaxError& error) override {
    all_parsed_ = false;
    if (syntax_error_ != nullptr) report_syntax_error({error.range, first_line(error.where), error.message});
  }

  void report(Finding finding) override {
    const bool in_code = context_ != nullptr && context_->code != nullptr;
    if (context_ != nullptr) finding.statement = context_->statement.range;
    set_severity(finding);
    if (in_code) move_to_script(finding);
    // A function that another statement of the script created; it may be called twice.
    const bool elsewhere = finding.range.start < finding.statement.start || finding.range.start > finding.statement.end;
    if (elsewhere) finding.statement = statement_at(finding.range.start);
    if ((in_code || elsewhere) && is_known(finding)) return;
    if (const SuppressionComment* comment = suppressions_.cover(finding, context_ != nullptr)) {
      ++report_.suppressed;
      if (options_.keep_suppressed) keep(std::move(finding), *comment);
      return;
    }
    if (finding.once_a_script && count_again(finding.rule)) return;
    if (finding.fix && !can_be_written(*finding.fix)) finding.fix.reset();
    if (!script_->masked.empty()) write_as_in_file(finding);
    finding.file = script_->file;
    finding.has_plan = context_ != nullptr && !in_code && has_plan(finding.rule);
    found_.push_back(std::move(finding));
  }

  // What is suppressed is kept as it is, and what is said of others with it.
  [[nodiscard]] bool only_counts(const Rule& rule) const override {
    return !options_.keep_suppressed &&
           std::any_of(once_.begin(), once_.end(), [&](const Once& each) { return each.rule == rule.id; });
  }

 private:
  // The rules that look at what comes next.
  void use(std::span<const Rule* const> rules) {
    rules_ = rules;
    of_every_statement_.clear();
    for (auto& each : by_tag_) each.clear();
    for (const Rule* rule : rules) {
      if (rule->nodes.data() == kEveryStatement.data()) {
        of_every_statement_.push_back(rule);
        continue;
      }
      for (const NodeTag tag : rule->nodes) {
        if (by_tag_.size() <= static_cast<std::size_t>(tag)) by_tag_.resize(static_cast<std::size_t>(tag) + 1);
        by_tag_[static_cast<std::size_t>(tag)].push_back(rule);
      }
    }
    syntax_error_ = find(kSyntaxError);
    empty_file_ = find(kEmptyFile);
    unknown_rule_ = find(kUnknownRule);
    unused_suppression_ = find(kUnusedSuppression);
    no_reason_ = find(kNoReason);
  }

  void keep(Finding finding, const SuppressionComment& comment) {
    finding.file = script_->file;
    std::string reason(comment.reason.of(script_->file->text()));
    report_.suppressed_findings.push_back({std::move(finding), comment.comment, std::move(reason)});
  }

  [[nodiscard]] const Rule* find(std::string_view id) const {
    const auto found = std::find_if(rules_.begin(), rules_.end(), [&](const Rule* rule) { return rule->id == id; });
    return found == rules_.end() ? nullptr : *found;
  }

  // What somebody chose is final; else it depends on how much there is to do.
  void set_severity(Finding& finding) const {
    const auto chosen = settings_ == nullptr ? std::nullopt : settings_->chosen_severity(finding.rule);
    if (chosen) {
      finding.severity = *chosen;
    } else if (context_ != nullptr) {
      lower_for_small_tables(finding, *context_);
    }
  }

  // The rule has seen a text of the code's own. Nothing in code is mended.
  void move_to_script(Finding& finding) const {
    finding.range = first_line(context_->origin.in_script(finding.range));
    finding.statement = context_->code->statement;
    for (RelatedRange& related : finding.related) related.range = context_->origin.in_script(related.range);
    finding.fix.reset();
  }

  // The script's text is the file's there, and what is put in means the same in whatever quotes.
  [[nodiscard]] bool can_be_written(const Fix& fix) const {
    if (script_->masked.empty()) return true;
    return std::all_of(fix.edits.begin(), fix.edits.end(), [&](const Edit& edit) {
      const bool is_plain = std::all_of(edit.text.begin(), edit.text.end(), [](char c) {
        return c == ' ' || c == '_' || (c >= '0' && c <= '9') || (to_lower(c) >= 'a' && to_lower(c) <= 'z');
      });
      return edit.range.of(script_->masked) == edit.range.of(script_->file->text()) &&
             (is_plain || !script_->is_quoted);
    });
  }

  // Of the findings from that one on: the catalog is what they wait for.
  void settle(std::size_t first, const Catalog& catalog) {
    const auto is_settled = [&](Finding& finding) {
      const auto holds = std::exchange(finding.holds_at_end, nullptr);
      return holds != nullptr && !holds(catalog);
    };
    std::vector<Finding>& findings = report_.findings;
    const auto begin = findings.begin() + static_cast<std::ptrdiff_t>(first);
    findings.erase(std::remove_if(begin, findings.end(), is_settled), findings.end());
  }

  void write_as_in_file(Finding& finding) {
    if (!written_names_) written_names_.emplace(*script_);
    if (written_names_->empty()) return;
    finding.message = written_names_->restored(finding.message);
    finding.help = written_names_->restored(finding.help);
    for (RelatedRange& related : finding.related) related.message = written_names_->restored(related.message);
  }

  [[nodiscard]] ByteRange statement_at(std::uint32_t offset) const {
    const auto found =
        std::find_if(ranges_.begin(), ranges_.end(), [offset](ByteRange range) { return range.contains(offset); });
    return found == ranges_.end() ? ByteRange{offset, offset} : *found;
  }

  // What is found where code is called is found in all of a statement.
  [[nodiscard]] ByteRange first_line(ByteRange range) const {
    const std::size_t end = range.of(script_->sql()).find_first_of("\r\n");
    if (end != std::string_view::npos) range.end = range.start + static_cast<std::uint32_t>(end);
    return range;
  }

  // The script has a finding of the rule already, which stands for this one too.
  bool count_again(std::string_view rule) {
    const auto first = std::find_if(once_.begin(), once_.end(), [&](const Once& each) { return each.rule == rule; });
    if (first != once_.end()) {
      ++first->others;
      return true;
    }
    once_.push_back({rule, 0});
    return false;
  }

  void tell_of_others() {
    for (Finding& finding : found_) {
      const auto once =
          std::find_if(once_.begin(), once_.end(), [&](const Once& each) { return each.rule == finding.rule; });
      if (once == once_.end() || once->others == 0) continue;
      finding.message += fmt::format(" The same is true of {} later statement{} of this script.", once->others,
                                     once->others == 1 ? "" : "s");
    }
    once_.clear();
  }

  // To the report, in the order of the script. Findings are big: what is sorted is where they are.
  void hand_over() {
    order_.clear();
    for (Finding& finding : found_) order_.push_back(&finding);
    std::stable_sort(order_.begin(), order_.end(), [](const Finding* a, const Finding* b) {
      return std::tie(a->range.start, a->rule) < std::tie(b->range.start, b->rule);
    });
    for (Finding* finding : order_) report_.findings.push_back(std::move(*finding));
    found_.clear();
  }

  // The same was said of this place.
  [[nodiscard]] bool is_known(const Finding& finding) const {
    return std::any_of(found_.begin(), found_.end(), [&](const Finding& known) {
      return known.rule == finding.rule && known.range == finding.range && known.message == finding.message;
    });
  }

  [[nodiscard]] bool has_plan(std::string_view rule) const {
    const auto answers = recipes_.find(rule);
    if (answers == recipes_.end()) return false;
    return std::any_of(answers->second.begin(), answers->second.end(), [&](const Recipe* recipe) {
      if (std::find(recipe->nodes.begin(), recipe->nodes.end(), context_->statement.tag()) == recipe->nodes.end()) {
        return false;
      }
      if (recipe->has_form != nullptr) return recipe->has_form(*context_);
      const auto rewrite = recipe->rewrite(*context_);
      return rewrite && !rewrite->refusal;
    });
  }

  // What comes after the beginning of a package are pieces of it, cut at semicolons that PostgreSQL sees and Oracle
  // does not.
  void report_syntax_errors(const std::vector<SyntaxError>& errors) {
    for (const SyntaxError& error : errors) {
      report_syntax_error(error);
      if (begins_package(error.range.of(script_->sql()))) return;
    }
  }

  void report_syntax_error(const SyntaxError& error) {
    Finding finding;
    finding.rule = syntax_error_->id;
    finding.severity = syntax_error_->severity;
    finding.message = fmt::format("PostgreSQL does not understand this statement: {}.", error.message);
    finding.help =
        "Correct the statement. If it is not SQL for PostgreSQL (a template, another database), exclude the file or "
        "ignore the rule for it.";
    const std::string_view statement = error.range.of(script_->sql());
    if (begins_package(statement)) {
      finding.message = "PostgreSQL has no packages: this is PL/SQL, and nothing from here on is understood.";
      finding.help = "If the file is for Oracle alone, exclude it or ignore the rule for it.";
    } else if (script_->stands_alone && has_ellipsis(statement)) {
      finding.severity = Severity::info;
      finding.message = "Something is left out of this statement, so nothing of it is checked.";
      finding.help = "Write out what is meant, or take it for what it is: an illustration.";
    } else if (is_template(error)) {
      tell_of_template(error, finding);
    }
    finding.range = error.where;
    finding.statement = error.range;
    report(std::move(finding));
  }

  // In the statement, or in a string that is run where the parser gave up in it.
  [[nodiscard]] bool is_template(const SyntaxError& error) const {
    const std::string_view text = script_->file->text();
    return !mask_templates(error.range.of(text)).empty() ||
           !mask_templates(ByteRange{error.where.start, error.range.end}.of(text)).empty();
  }

  // What the server gets is not what stands here, unless nobody fills it in.
  void tell_of_template(const SyntaxError& error, Finding& finding) const {
    if (!fills_templates(script_->framework)) {
      finding.help = fmt::format(
          "It looks like a template, but {} sends the file as it is. Write out what is meant to stand there.",
          script_->framework);
      return;
    }
    finding.severity = Severity::info;
    finding.message = fmt::format(
        "pglatch cannot read this statement before its template is filled in, so nothing of it is checked: {}.",
        error.message);
    finding.help = "Lint what the template makes, or exclude the file.";
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

  // What these findings themselves are suppressed by counts as used, so the unused ones come last. Nothing is known of
  // what could have been found in a statement that does not parse.
  void report_suppressions() {
    const std::string_view text = script_->file->text();
    const KnownRules known{rules_, options_.names};
    std::vector<Finding> findings;
    if (unknown_rule_ != nullptr) findings = unknown_rules(text, suppressions_, known, *unknown_rule_);
    for (Finding& finding : findings) report(std::move(finding));
    findings.clear();
    if (no_reason_ != nullptr) findings = missing_reasons(text, suppressions_, *no_reason_);
    for (Finding& finding : findings) report(std::move(finding));
    findings.clear();
    if (unused_suppression_ != nullptr && all_parsed_) {
      findings = unused_suppressions(text, suppressions_, known, *unused_suppression_);
    }
    for (Finding& finding : findings) report(std::move(finding));
  }

  // A rule that speaks once a script, and how many statements it did not name.
  struct Once {
    std::string_view rule;
    std::size_t others;
  };

  const LintOptions& options_;
  LintReport& report_;
  const RuleSettings* settings_ = nullptr;  // of the file; null: none of its own
  std::span<const Rule* const> rules_;
  std::unordered_map<std::string_view, std::vector<const Recipe*>> recipes_;  // by the rules that they answer
  std::vector<const Rule*> of_every_statement_;
  std::vector<std::vector<const Rule*>> by_tag_;
  const Rule* syntax_error_ = nullptr;
  const Rule* empty_file_ = nullptr;
  const Rule* unknown_rule_ = nullptr;
  const Rule* unused_suppression_ = nullptr;
  const Rule* no_reason_ = nullptr;
  const Script* script_ = nullptr;
  const StatementContext* context_ = nullptr;
  bool all_parsed_ = true;
  std::size_t first_of_all_parts_ = 0;  // finding of the scripts that go on from each other
  std::vector<Finding> found_;          // in the script
  std::vector<Finding*> order_;
  std::vector<ByteRange> ranges_;
  std::optional<WrittenNames> written_names_;  // of the script, once they are asked for
  std::vector<Once> once_;
  std::unordered_set<const SourceFile*> words_seen_;  // each may have several scripts
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

std::optional<Severity> find_severity(std::string_view name) noexcept {
  for (const Severity severity : {Severity::info, Severity::warning, Severity::error}) {
    if (to_string(severity) == name) return severity;
  }
  return std::nullopt;
}

std::size_t LintReport::count(Severity severity) const noexcept {
  return static_cast<std::size_t>(std::count_if(
      findings.begin(), findings.end(), [severity](const Finding& finding) { return finding.severity == severity; }));
}

namespace {

// A file may have several scripts, with those of others between, and what it says in words was looked at with the
// first.
void sort_by_place(std::vector<Finding>& findings) {
  struct Place {
    std::size_t file;  // its number, by its path
    std::uint32_t start;
    std::size_t at;
  };
  std::unordered_map<std::string_view, std::size_t> numbers;
  std::vector<Place> places;
  places.reserve(findings.size());
  for (const Finding& finding : findings) {
    const std::size_t file = numbers.emplace(finding.file->path(), numbers.size()).first->second;
    places.push_back({file, finding.range.start, places.size()});
  }
  const auto comes_before = [](const Place& a, const Place& b) {
    return std::tie(a.file, a.start, a.at) < std::tie(b.file, b.start, b.at);
  };
  // As a rule they are in order.
  if (std::is_sorted(places.begin(), places.end(), comes_before)) return;
  std::sort(places.begin(), places.end(), comes_before);
  std::vector<Finding> sorted;
  sorted.reserve(findings.size());
  for (const Place& place : places) sorted.push_back(std::move(findings[place.at]));
  findings = std::move(sorted);
}

}  // namespace

LintReport lint(Walker& walker, std::span<const Script> scripts, const LintOptions& options) {
  LintReport report;
  // A file can be met several times: in parts, between which are those that it includes.
  std::unordered_set<std::string_view> files;
  for (const Script& script : scripts) {
    if (!script.is_history) files.insert(script.file->path());
  }
  report.files = files.size();
  LintVisitor visitor(options, report);
  walker.walk(scripts, visitor);
  std::erase_if(report.findings, [&](const Finding& finding) {
    return finding.holds_at_end != nullptr && !finding.holds_at_end(walker.catalog());
  });
  std::erase_if(report.suppressed_findings, [&](const SuppressedFinding& kept) {
    return kept.finding.holds_at_end != nullptr && !kept.finding.holds_at_end(walker.catalog());
  });
  sort_by_place(report.findings);
  return report;
}

}  // namespace pglatch

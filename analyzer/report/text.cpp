// Findings for people, in the manner of compilers: a line that editors can jump to, the source with the range
// underlined, then why it matters and what to do.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "analyzer/report/lint_formats.h"
#include "analyzer/report/sarif_location.h"
#include "analyzer/report/sentence.h"
#include "analyzer/report/source_excerpt.h"
#include "analyzer/report/terminal_text.h"

namespace pglatch {
namespace {

constexpr std::size_t kTextWidth = 100;  // explanations are wrapped there
constexpr std::size_t kLeastWidth = 50;  // of a terminal: narrower ones wrap lines themselves
constexpr std::size_t kBesideLine = 4;   // " | " before the line, and what says that it is cut off

Style style_of(Severity severity) {
  switch (severity) {
    case Severity::error:
      return Style::error;
    case Severity::warning:
      return Style::warning;
    case Severity::info:
      return Style::info;
  }
  return Style::plain;
}

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

class TextWriter {
 public:
  explicit TextWriter(const FormatOptions& options) : paint_(options.color), link_base_(options.link_base) {
    if (options.width > 0) terminal_ = std::max(options.width, kLeastWidth);
  }

  // Room for that many: a text that has to grow is copied, to memory that is touched for the first time.
  void reserve(std::size_t findings) {
    constexpr std::size_t kUsualSize = 640;
    out_.reserve(findings * kUsualSize);
  }

  void finding(const Finding& finding) {
    const SourceFile& file = *finding.file;
    const Style style = style_of(finding.severity);
    const Sentences message = split_first_sentence(finding.message);
    place(file, finding.range);
    out_ += ' ';
    paint_.begin(out_, style);
    out_ += to_string(finding.severity);
    out_ += '[';
    out_ += finding.rule;
    out_ += ']';
    paint_.end(out_, style);
    paint_.begin(out_, Style::strong);
    out_ += ": ";
    append_printable(out_, message.first);
    paint_.end(out_, Style::strong);
    out_ += '\n';

    gutter_ = number_width(file, finding.range);
    for (const RelatedRange& related : finding.related) gutter_ = std::max(gutter_, number_width(file, related.range));
    append_excerpt(out_, file, finding.range, look('^', style), paint_);

    explain("why", message.rest);
    explain("help", finding.help);
    if (finding.fix) explain("fix", finding.fix->title + " (`pglatch fix` makes this edit)");
    if (finding.has_plan) explain("plan", "`pglatch plan` writes a safe sequence of steps for this statement");
    for (const RelatedRange& related : finding.related) {
      place(file, related.range);
      out_ += " note: ";
      append_printable(out_, related.message);
      out_ += '\n';
      append_excerpt(out_, file, related.range, look('-', Style::info), paint_);
    }
    out_ += '\n';
  }

  // The most frequent first. A rule whose findings are not all equally grave has a line for each severity.
  void statistics(const LintReport& report) {
    struct Line {
      Severity severity;
      std::string_view rule;
      std::size_t count;
    };
    std::map<std::pair<std::string_view, Severity>, std::size_t> counts;
    for (const Finding& finding : report.findings) ++counts[{finding.rule, finding.severity}];
    std::vector<Line> lines;
    lines.reserve(counts.size());
    for (const auto& [of, count] : counts) lines.push_back({of.second, of.first, count});
    std::sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) {
      return std::tie(b.count, a.rule, b.severity) < std::tie(a.count, b.rule, a.severity);
    });
    for (const Line& line : lines) {
      out_ += fmt::format("{:>6}  ", line.count);
      out_ += paint_(style_of(line.severity), fmt::format("{:<7}", to_string(line.severity)));
      out_ += fmt::format("  {}\n", line.rule);
    }
    if (!lines.empty()) out_ += '\n';
  }

  void unreadable(const Error& error) {
    out_ += paint_(Style::error, "error:");
    out_ += fmt::format(" {}\n", printable(error.message));
  }

  void summary(const LintReport& report) {
    if (!report.errors.empty()) out_ += '\n';
    const std::string extent =
        fmt::format("{} in {}", counted(report.statements, "statement"), counted(report.files, "file"));
    std::string counts = "no findings";
    if (!report.findings.empty()) {
      counts = fmt::format("{}, {}, {}", counted(report.count(Severity::error), "error"),
                           counted(report.count(Severity::warning), "warning"),
                           counted(report.count(Severity::info), "info"));
    }
    if (report.suppressed > 0) counts += fmt::format(", {} ignored by comments", report.suppressed);
    if (report.known > 0) counts += fmt::format(", {} known by the baseline", report.known);
    if (report.left_out > 0) counts += fmt::format(", {} left out", counted(report.left_out, "script"));
    if (!report.errors.empty()) counts += fmt::format(", {} not read", counted(report.errors.size(), "input"));
    out_ += fmt::format("{}: {}\n", extent, counts);
  }

  std::string take() { return std::move(out_); }

 private:
  [[nodiscard]] ExcerptLook look(char mark, Style style) const {
    ExcerptLook made{gutter_, mark, style};
    if (terminal_ > 0) made.max_cells = terminal_ - gutter_ - kBesideLine;
    return made;
  }

  // "path:line:column:". A click on it opens the file, where the terminal knows how (OSC 8).
  void place(const SourceFile& file, ByteRange range) {
    const bool is_link = !link_base_.empty() && file.path() != "-";
    if (is_link) link_to(uri_of(file.path()));
    const Position at = file.lines().position(range.start, ColumnUnit::code_points);
    paint_.begin(out_, Style::strong);
    append_printable(out_, file.path());
    for (const std::uint32_t number : {at.line, at.column}) {
      out_ += ':';
      out_ += fmt::format_int(number).c_str();
    }
    out_ += ':';
    paint_.end(out_, Style::strong);
    if (is_link) link_to({});
  }

  // What follows is a link, up to the next one; an empty URI ends it.
  void link_to(std::string_view uri) {
    out_ += "\x1b]8;;";
    if (!uri.empty() && !uri.starts_with("file:")) {
      out_ += link_base_;
      out_ += '/';
    }
    out_ += uri;
    out_ += "\x1b\\";
  }

  // "= label: text" under the source lines. Continuation lines have the gutter too: no line that somebody else's words
  // are on starts with them, where a CI system could take them for a command.
  void explain(std::string_view label, std::string_view text) {
    if (text.empty()) return;
    gutter(out_, " =");
    out_ += ' ';
    paint_.begin(out_, Style::strong);
    out_ += label;
    out_ += ':';
    paint_.end(out_, Style::strong);
    out_ += ' ';
    const std::size_t indent = label.size() + 4;
    hanging_.clear();
    gutter(hanging_, " |");
    hanging_.append(indent - 1, ' ');
    const std::size_t width = terminal_ > 0 ? std::min(terminal_, kTextWidth) : kTextWidth;
    append_wrapped(out_, text, width - (gutter_ + 1 + indent), hanging_);
  }

  void gutter(std::string& out, std::string_view sign) const {
    paint_.begin(out, Style::quiet);
    out.append(gutter_, ' ');
    out += sign;
    paint_.end(out, Style::quiet);
  }

  std::string out_;
  std::string hanging_;  // begins the lines of a text but for the first
  Painter paint_;
  std::string link_base_;
  std::size_t terminal_ = 0;  // its width; 0: there is none
  std::size_t gutter_ = 1;
};

}  // namespace

std::string write_text(const LintReport& report, const FormatOptions& options) {
  TextWriter writer(options);
  if (options.statistics) {
    writer.statistics(report);
  } else {
    writer.reserve(report.findings.size());
    for (const Finding& finding : report.findings) writer.finding(finding);
  }
  for (const Error& error : report.errors) writer.unreadable(error);
  if (!options.quiet) writer.summary(report);
  return writer.take();
}

}  // namespace pglatch

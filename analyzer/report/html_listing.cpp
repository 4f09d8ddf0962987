// A file's text in pieces of a statement each, with what is said of them beside it.
#include <fmt/format.h>

#include <algorithm>

#include "analyzer/report/html_parts.h"
#include "analyzer/report/html_source.h"
#include "analyzer/report/html_text.h"
#include "analyzer/report/locks_rows.h"
#include "analyzer/report/sentence.h"

namespace pglatch {
namespace {

constexpr std::uint32_t kQuietLines = 12;  // more lines that nothing is said of are folded

// Lines that belong together: a statement with the comments before it, or several on one line.
struct Piece {
  std::uint32_t first = 1;
  std::uint32_t last = 1;
  std::vector<const ReportedStatement*> statements{};
  std::vector<const Finding*> findings{};
  std::string notes{};  // what is said of it
};

std::vector<Piece> pieces_of(const HtmlFile& file) {
  const LineIndex& lines = file.file->lines();
  struct Part {
    ByteRange range;
    const ReportedStatement* statement;
  };
  std::vector<Part> parts;
  if (file.locks != nullptr) {
    for (const ReportedStatement& statement : file.locks->statements) parts.push_back({statement.range, &statement});
  }
  for (const Finding* finding : file.findings) parts.push_back({finding->statement, nullptr});
  std::stable_sort(parts.begin(), parts.end(),
                   [](const Part& a, const Part& b) { return a.range.start < b.range.start; });
  std::vector<Piece> pieces;
  std::uint32_t next = 1;
  for (const Part& part : parts) {
    const std::uint32_t first = lines.line(part.range.start);
    const std::uint32_t last = lines.line(part.range.empty() ? part.range.end : part.range.end - 1);
    if (pieces.empty() || first > pieces.back().last) {
      pieces.push_back({next, std::max(next, last)});
    } else {
      pieces.back().last = std::max(pieces.back().last, last);
    }
    if (part.statement != nullptr) pieces.back().statements.push_back(part.statement);
    next = pieces.back().last + 1;
  }
  // A line ending at the end of the file is no line to show.
  const std::uint32_t count = lines.line_count();
  const bool ends_in_break = count > 1 && lines.line_range(count).empty();
  std::uint32_t end = ends_in_break ? count - 1 : count;
  // Unless that is where something was missed.
  for (const Finding* finding : file.findings) end = std::max(end, lines.line(finding->range.start));
  if (next <= end) pieces.push_back({next, end});
  for (Piece& piece : pieces) piece.last = std::max(piece.first, std::min(piece.last, end));
  return pieces;
}

std::string steps_of(const Finding& finding, const PlannedStatements& planned) {
  const auto found = planned.find({finding.file->path(), finding.statement.start});
  if (found == planned.end()) return {};
  const std::vector<std::string>& steps = found->second->steps;
  return fmt::format(
      "<p class=\"plan\">The plan: <a href=\"#{0}\">{0}</a>{1}.</p>", html_text(steps.front()),
      steps.size() == 1 ? std::string() : fmt::format(" to <a href=\"#{0}\">{0}</a>", html_text(steps.back())));
}

std::string card_of(const Finding& finding, const HtmlFile& file, const PlannedStatements& planned) {
  const LineIndex& lines = file.file->lines();
  const std::uint32_t line = lines.line(finding.range.start);
  const Sentences message = split_first_sentence(finding.message);
  std::string out = fmt::format(
      "<article class=\"finding {}\">\n<h4>{} <code>{}</code> <a href=\"#{}-l{}\">line "
      "{}</a></h4>\n<p><strong>{}</strong>"
      " {}</p>\n",
      to_string(finding.severity), html_badge(finding.severity), html_text(finding.rule), file.id, line, line,
      html_prose(message.first), html_prose(message.rest));
  if (!finding.help.empty()) out += fmt::format("<p class=\"help\">{}</p>\n", html_prose(finding.help));
  if (finding.fix) {
    out += fmt::format("<p class=\"plan\"><code>pglatch fix</code> makes this edit: {}.</p>\n",
                       html_text(finding.fix->title));
  }
  out += steps_of(finding, planned);
  for (const RelatedRange& related : finding.related) {
    const std::uint32_t at = lines.line(related.range.start);
    out += fmt::format("<p class=\"related\"><a href=\"#{0}-l{1}\">line {1}</a>: {2}</p>\n", file.id, at,
                       html_prose(related.message));
  }
  return out + "</article>\n";
}

std::string_view class_of(LockMode mode) {
  if (blocks_reads(mode)) return "reads";
  return blocks_writes(mode) ? "writes" : "weak";
}

std::string lock_of(const LocksRow& row, std::string_view condition) {
  return fmt::format("<li class=\"{}\"><code>{}</code> {}<b>{}</b> blocked: {} <small>({}, {})</small></li>\n",
                     class_of(row.mode), html_text(row.cells[kRelation]), condition, html_text(row.cells[kBlocked]),
                     html_text(row.cells[kHowLong]), html_text(row.cells[kLock]), html_text(row.cells[kWhy]));
}

std::string note_of(const LocksNote& note) {
  return fmt::format("<li class=\"note\">{} {}</li>\n", html_text(note.label), html_text(note.text));
}

std::string locks_of(const ReportedStatement& statement, const HtmlFile& file, LocksTerms& terms) {
  const LocksLines lines = lines_of(statement, file.file->lines(), terms);
  std::string out;
  for (const LocksRow& row : lines.rows) out += lock_of(row, "");
  for (const LocksRow& row : lines.if_reached) out += lock_of(row, "if reached, ");
  if (out.empty() && lines.remarks.empty()) return out;
  for (const LocksNote& note : lines.notes) out += note_of(note);
  for (const LocksNote& note : lines.if_reached_notes) out += note_of(note);
  for (const LocksNote& note : lines.remarks) out += note_of(note);
  if (!lines.timeouts.text.empty()) out += note_of(lines.timeouts);
  return fmt::format("<ul class=\"locks\" aria-label=\"Locks of the statement in line {}\">\n{}</ul>\n",
                     file.file->lines().line(statement.range.start), out);
}

class Listing {
 public:
  Listing(const HtmlFile& file, const PlannedStatements& planned, LocksTerms& terms)
      : file_(file), source_(*file.file), pieces_(pieces_of(file)) {
    for (const Finding* finding : file.findings) piece_at(*finding).findings.push_back(finding);
    for (Piece& piece : pieces_) {
      for (const Finding* finding : piece.findings) piece.notes += card_of(*finding, file, planned);
      for (const ReportedStatement* statement : piece.statements) piece.notes += locks_of(*statement, file, terms);
    }
  }

  [[nodiscard]] std::string write() const {
    std::string out = "<div class=\"listing\">\n";
    for (std::size_t i = 0; i < pieces_.size();) {
      std::size_t next = i;
      while (next < pieces_.size() && pieces_[next].notes.empty()) ++next;
      if (next == i) {
        out += row(pieces_[i]);
        ++i;
        continue;
      }
      out += quiet(pieces_[i].first, pieces_[next - 1].last);
      i = next;
    }
    return out + "</div>\n";
  }

 private:
  Piece& piece_at(const Finding& finding) {
    const std::uint32_t line = file_.file->lines().line(finding.range.start);
    const auto found =
        std::partition_point(pieces_.begin(), pieces_.end(), [line](const Piece& each) { return each.last < line; });
    return found == pieces_.end() ? pieces_.back() : *found;
  }

  [[nodiscard]] std::string row(const Piece& piece) const {
    std::vector<HtmlMark> marks;
    for (const Finding* finding : piece.findings) marks.push_back({finding->range, finding->severity});
    return fmt::format("<div class=\"row\"><pre class=\"sql\">{}</pre>\n<div class=\"notes\">\n{}</div></div>\n",
                       source_.lines(piece.first, piece.last, marks, file_.id + "-"), piece.notes);
  }

  [[nodiscard]] std::string quiet(std::uint32_t first, std::uint32_t last) const {
    const std::string text = fmt::format("<div class=\"row\"><pre class=\"sql\">{}</pre></div>\n",
                                         source_.lines(first, last, {}, file_.id + "-"));
    if (last - first < kQuietLines) return text;
    return fmt::format("<details class=\"quiet\"><summary>lines {} to {}: nothing to say</summary>\n{}</details>\n",
                       first, last, text);
  }

  const HtmlFile& file_;
  HtmlSource source_;
  std::vector<Piece> pieces_;
};

}  // namespace

std::string html_listing(const HtmlFile& file, const PlannedStatements& planned, LocksTerms& terms) {
  return Listing(file, planned, terms).write();
}

}  // namespace pglatch

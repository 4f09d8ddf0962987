#include "analyzer/engine/suppression_removal.h"

#include <algorithm>

namespace pglatch {
namespace {

bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }
bool is_line_end(char c) noexcept { return c == '\n' || c == '\r'; }

// The range with the blanks around it that its removal would leave behind: the whole line, ending included, where
// nothing else is on it, else the blanks before it or, at the beginning of a line, those behind.
ByteRange with_blanks(std::string_view text, ByteRange range) {
  ByteRange wide = range;
  while (wide.start > 0 && is_blank(text[wide.start - 1])) --wide.start;
  while (wide.end < text.size() && is_blank(text[wide.end])) ++wide.end;
  const bool begins_line = wide.start == 0 || is_line_end(text[wide.start - 1]);
  const bool ends_line = wide.end == text.size() || is_line_end(text[wide.end]);
  if (begins_line && ends_line) {
    if (wide.end < text.size() && text[wide.end] == '\r') ++wide.end;
    if (wide.end < text.size() && text[wide.end] == '\n') ++wide.end;
    return wide;
  }
  if (ends_line) return {wide.start, range.end};
  return begins_line ? ByteRange{range.start, wide.end} : ByteRange{wide.start, range.end};
}

// Whether the comment holds the one suppression and nothing else but stars and blanks.
bool is_alone(std::string_view text, const SuppressionComment& comment) {
  const auto is_filler = [](char c) { return is_blank(c) || is_line_end(c) || c == '*' || c == '/' || c == '-'; };
  const std::string_view before = ByteRange{comment.comment.start, comment.range.start}.of(text);
  const std::string_view after = ByteRange{comment.range.end, comment.comment.end}.of(text);
  return std::all_of(before.begin(), before.end(), is_filler) && std::all_of(after.begin(), after.end(), is_filler);
}

// Removes the suppression with all of its names. Between two pieces of code a comment keeps them apart.
Edit whole(std::string_view text, const SuppressionComment& comment) {
  const ByteRange range = with_blanks(text, is_alone(text, comment) ? comment.comment : comment.range);
  const auto is_space = [&](std::uint32_t at) { return is_blank(text[at]) || is_line_end(text[at]); };
  const bool joins = range.start > 0 && range.end < text.size() && !is_space(range.start - 1) && !is_space(range.end);
  return {range, joins ? " " : ""};
}

// The names that go, with one comma each. Those of a comment's names that stay keep a comma between them.
void remove_names(const std::vector<ByteRange>& names, const std::vector<bool>& goes, std::vector<Edit>& edits) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!goes[i]) continue;
    const bool one_stays_behind =
        std::find(goes.begin() + static_cast<std::ptrdiff_t>(i), goes.end(), false) != goes.end();
    edits.push_back(one_stays_behind ? Edit{{names[i].start, names[i + 1].start}, ""}
                                     : Edit{{names[i - 1].end, names[i].end}, ""});
  }
}

// Removes names from a comment, given by their ranges.
void remove(std::string_view text, const SuppressionComment& comment, const std::vector<ByteRange>& going,
            std::vector<Edit>& edits) {
  std::vector<bool> goes;
  for (const ByteRange name : comment.names) {
    goes.push_back(std::find(going.begin(), going.end(), name) != going.end());
  }
  if (std::find(goes.begin(), goes.end(), false) == goes.end()) {
    edits.push_back(whole(text, comment));
  } else {
    remove_names(comment.names, goes, edits);
  }
}

}  // namespace

std::vector<Edit> removal_of(std::string_view text, const Suppressions& suppressions, std::size_t comment,
                             const std::vector<bool>& is_removed) {
  std::vector<Edit> edits;
  std::vector<ByteRange> going;
  const std::vector<Suppression>& list = suppressions.list();
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (list[i].comment == comment && is_removed[i]) going.push_back(list[i].name);
  }
  remove(text, suppressions.comments()[comment], going, edits);
  // What ends a range goes with it, if it ends no other one that stays or goes by an edit of its own.
  const std::vector<SuppressionEnd>& ends = suppressions.ends();
  for (std::size_t i = 0; i < ends.size(); ++i) {
    const auto goes = [&](const SuppressionEnd& end) {
      return !end.closes.empty() && std::all_of(end.closes.begin(), end.closes.end(), [&](std::size_t closed) {
        return list[closed].comment == comment && is_removed[closed];
      });
    };
    const bool first = i == 0 || ends[i - 1].comment != ends[i].comment;
    if (!first) continue;
    std::vector<ByteRange> names;
    bool any = false;
    for (std::size_t same = i; same < ends.size() && ends[same].comment == ends[i].comment; ++same) {
      if (!goes(ends[same])) continue;
      names.push_back(ends[same].name);
      any = true;
    }
    if (any) remove(text, suppressions.comments()[ends[i].comment], names, edits);
  }
  std::sort(edits.begin(), edits.end(), [](const Edit& a, const Edit& b) { return a.range.start < b.range.start; });
  return edits;
}

std::vector<Edit> removal_of_end(std::string_view text, const Suppressions& suppressions, std::size_t comment) {
  std::vector<Edit> edits;
  std::vector<ByteRange> going;
  for (const SuppressionEnd& end : suppressions.ends()) {
    if (end.comment == comment && end.closes.empty()) going.push_back(end.name);
  }
  remove(text, suppressions.comments()[comment], going, edits);
  return edits;
}

}  // namespace pglatch

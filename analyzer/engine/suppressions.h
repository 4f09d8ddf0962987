// Which findings the comments of a script ask to leave out, and which of these comments are of use. How they are
// written is in suppression_comment.h.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "analyzer/base/byte_range.h"
#include "analyzer/engine/suppression_comment.h"
#include "analyzer/rule_api/finding.h"
#include "analyzer/rule_api/rule.h"
#include "analyzer/rule_api/rule_name.h"
#include "analyzer/source/script.h"

namespace pglatch {

/// The names that a suppression can mean something by.
struct KnownRules {
  std::span<const Rule* const> active;  ///< those that are switched on, by their ids
  std::span<const RuleName> names;      ///< further names: of rules that are switched off, aliases
};

/// One name in one comment.
struct Suppression {
  std::size_t comment = 0;              ///< index into Suppressions::comments()
  ByteRange name;                       ///< empty where the comment stands for all rules
  bool is_known = false;                ///< somebody calls a rule so
  std::vector<std::string_view> rules;  ///< the ids that it stands for; may be none though the name is known
  ByteRange covers;                     ///< findings that start in here; empty: none
  bool covers_file = false;             ///< whatever a finding's place
  bool is_used = false;                 ///< it has left out a finding
  /// Of a range: the name (index into ends()) at which it ends; none where it goes on to the end of the file.
  std::size_t end = kNone;

  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
};

/// What ends ranges: one name of an ignore-end comment, or the comment where it names none.
struct SuppressionEnd {
  std::size_t comment = 0;
  ByteRange name;                   ///< empty: all ranges that are open
  std::vector<std::size_t> closes;  ///< indexes into list()
};

/// The suppressions of one script.
class Suppressions {
 public:
  /// Reads the comments of a script, those in the dollar-quoted bodies of its statements included. `statements` are
  /// the ranges of all its statements, in order, the ones that do not parse included.
  Suppressions(const Script& script, std::span<const ByteRange> statements, const KnownRules& known);
  Suppressions() = default;

  /// The comment for which a finding is to be left out, else null; notes that it was of use. It is the narrowest one
  /// that applies, and one of pglatch's own before one of another tool. Comments for all rules mean those that look at
  /// statements only.
  [[nodiscard]] const SuppressionComment* cover(const Finding& finding, bool is_of_statement);

  [[nodiscard]] const std::vector<SuppressionComment>& comments() const noexcept { return comments_; }
  [[nodiscard]] const std::vector<Suppression>& list() const noexcept { return list_; }
  [[nodiscard]] const std::vector<SuppressionEnd>& ends() const noexcept { return ends_; }

 private:
  friend class SuppressionReader;

  std::vector<SuppressionComment> comments_;
  std::vector<Suppression> list_;
  std::vector<SuppressionEnd> ends_;
};

}  // namespace pglatch

#include "analyzer/catalog/text_variables.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

namespace pglatch {
namespace {

// More ways are taken for one, on which nothing is known that they do not agree on.
constexpr std::size_t kMaxWays = 8;
constexpr std::size_t kMaxText = 100'000;

void forget(TextValues& way, const std::string& variable) {
  if (way.erase(variable) == 0) return;
  // It may be a parameter, which has a number too.
  for (auto at = way.lower_bound("$"); at != way.end() && at->first.front() == '$';) at = way.erase(at);
}

}  // namespace

PlpgsqlExpression::PlpgsqlExpression(std::string_view text) : parsed(parse(std::string(kSelect) + std::string(text))) {
  const auto* query = parsed.statements.size() == 1 ? as<SelectStmt>(parsed.statements.front().node) : nullptr;
  const auto targets = each<ResTarget>(query == nullptr ? nullptr : query->targetList);
  if (targets.size() == 1 && query->fromClause == nullptr) value = targets[0]->val;
}

void TextVariables::go_to(std::size_t piece) {
  for (; at_ < code_.flow.size() && code_.flow[at_].pieces <= piece; ++at_) step(code_.flow[at_]);
}

void TextVariables::step(const PlpgsqlFlow& flow) {
  switch (flow.kind) {
    case PlpgsqlFlowKind::assign:
      return assign(flow);
    case PlpgsqlFlowKind::loop:
      // Its end comes before its begin the second time.
      forget_assigned(at_, end_of_loop());
      [[fallthrough]];
    case PlpgsqlFlowKind::fork:
      forks_.push_back({at_, ways_, {}});
      return;
    default:
      break;
  }
  if (forks_.empty()) return;
  Fork& fork = forks_.back();
  std::move(ways_.begin(), ways_.end(), std::back_inserter(fork.ends));
  ways_ = fork.begin;
  switch (flow.kind) {
    case PlpgsqlFlowKind::handler:
      return forget_assigned(fork.at, at_);
    case PlpgsqlFlowKind::join:
      if (flow.exhaustive) ways_.clear();
      std::move(fork.ends.begin(), fork.ends.end(), std::back_inserter(ways_));
      forks_.pop_back();
      return settle();
    default:
      return;
  }
}

void TextVariables::assign(const PlpgsqlFlow& flow) {
  if (flow.value.size() == 0) {
    for (TextValues& way : ways_) forget(way, flow.variable);
    return;
  }
  const PlpgsqlExpression expression(flow.value.of(code_.text));
  for (TextValues& way : ways_) {
    std::optional<std::string> text =
        expression.value == nullptr ? std::nullopt : text_with_gaps(expression.value, way);
    forget(way, flow.variable);
    if (text && text->size() <= kMaxText) way[flow.variable] = *std::move(text);
  }
}

void TextVariables::forget_assigned(std::size_t first, std::size_t last) {
  for (std::size_t i = first; i < last; ++i) {
    if (code_.flow[i].kind != PlpgsqlFlowKind::assign) continue;
    for (TextValues& way : ways_) forget(way, code_.flow[i].variable);
  }
}

std::size_t TextVariables::end_of_loop() const {
  std::size_t depth = 0;
  for (std::size_t i = at_; i < code_.flow.size(); ++i) {
    const PlpgsqlFlowKind kind = code_.flow[i].kind;
    if (kind == PlpgsqlFlowKind::fork || kind == PlpgsqlFlowKind::loop) ++depth;
    if (kind == PlpgsqlFlowKind::join && --depth == 0) return i;
  }
  return code_.flow.size();
}

void TextVariables::settle() {
  std::sort(ways_.begin(), ways_.end());
  ways_.erase(std::unique(ways_.begin(), ways_.end()), ways_.end());
  if (ways_.size() <= kMaxWays) return;
  TextValues agreed = std::move(ways_.front());
  for (auto at = agreed.begin(); at != agreed.end();) {
    const bool same = std::all_of(ways_.begin() + 1, ways_.end(), [&](const TextValues& way) {
      const auto found = way.find(at->first);
      return found != way.end() && found->second == at->second;
    });
    at = same ? std::next(at) : agreed.erase(at);
  }
  ways_ = {std::move(agreed)};
}

}  // namespace pglatch

#include "analyzer/plan/end_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <string_view>

#include "analyzer/catalog/apply.h"

namespace pglatch {
namespace {

using Facts = std::vector<CatalogFact>;

constexpr std::string_view kParent = "part of index";
constexpr std::string_view kOfPlans = "pglatch_";  // in the names of what a plan makes for its own use

Facts::iterator end_of_object(Facts::iterator first, Facts& facts) {
  return std::find_if(first, facts.end(), [&](const CatalogFact& fact) { return fact.object != first->object; });
}

std::string value_of(std::string_view aspect, Facts::iterator first, Facts::iterator last) {
  const auto fact = std::find_if(first, last, [&](const CatalogFact& other) { return other.aspect == aspect; });
  return fact == last ? std::string() : fact->value;
}

bool is_attached(Facts::iterator first, Facts::iterator last) {
  const std::string parent = value_of(kParent, first, last);
  return !parent.empty() && parent != "none";
}

std::set<std::string> attached_in(Facts facts) {
  std::set<std::string> names;
  for (auto first = facts.begin(); first != facts.end();) {
    const auto last = end_of_object(first, facts);
    if (is_attached(first, last)) names.insert(first->object);
    first = last;
  }
  return names;
}

// What an index of a partition is called is for nobody to rely on: it stands for its table and columns here. One that
// the other side attaches may as well be left beside a new one: whether PostgreSQL takes an index that is there, by
// what its expressions are, is not known here.
Facts without_names_of_attached(Facts facts, const std::set<std::string>& attached_elsewhere) {
  Facts result;
  for (auto first = facts.begin(); first != facts.end();) {
    const auto last = end_of_object(first, facts);
    if (is_attached(first, last)) {
      const std::string object = fmt::format("index of the partition {} on ({})", value_of("table", first, last),
                                             value_of("columns", first, last));
      for (auto fact = first; fact != last; ++fact) {
        fact->object = object;
        if (fact->aspect == kParent) fact->value = "some";
      }
    }
    if (attached_elsewhere.count(first->object) == 0) std::move(first, last, std::back_inserter(result));
    first = last;
  }
  std::sort(result.begin(), result.end());
  return result;
}

// What the steps may do away with: what an earlier plan left behind, and NOT NULL constraints that are not valid. A
// valid one is said of its column alone.
void leave_out_what_may_go(Facts& facts) {
  std::set<std::string> gone;
  for (const CatalogFact& fact : facts) {
    const bool is_not_null = fact.aspect == "kind" && fact.value == "NOT NULL";
    if (is_not_null || fact.object.find(kOfPlans) != std::string::npos) gone.insert(fact.object);
  }
  facts.erase(
      std::remove_if(facts.begin(), facts.end(), [&](const CatalogFact& fact) { return gone.count(fact.object) != 0; }),
      facts.end());
}

}  // namespace

EndCheck::EndCheck(Catalog& catalog, const StatementContext& context, std::size_t covers)
    : catalog_(catalog), context_(context), covers_(covers) {
  const Catalog::Mark before = catalog_.mark();
  apply_original();
  note_changed(before);
  catalog_.rollback_to(before);
}

void EndCheck::apply_original() {
  // Their path is the statement's: none of those that are covered sets another.
  const SearchPath path = context_.session.search_path();
  apply(context_.statement, context_.sql, catalog_, path);
  for (const Statement& statement : context_.following.first(covers_)) apply(statement, context_.sql, catalog_, path);
}

void EndCheck::note_end_of_steps(const Catalog::Mark& before) {
  note_changed(before);
  end_of_steps_ = facts_of(catalog_, changed_);
}

void EndCheck::note_changed(const Catalog::Mark& before) {
  const std::vector<RelationId> changed = catalog_.changed_since(before);
  changed_.insert(changed_.end(), changed.begin(), changed.end());
  std::sort(changed_.begin(), changed_.end());
  changed_.erase(std::unique(changed_.begin(), changed_.end()), changed_.end());
}

std::optional<std::string> EndCheck::difference() {
  const Catalog::Mark before = catalog_.mark();
  apply_original();
  note_changed(before);  // what it creates has another id each time
  Facts end_of_original = facts_of(catalog_, changed_);
  leave_out_what_may_go(end_of_original);
  catalog_.rollback_to(before);
  const auto differences = compare_facts(without_names_of_attached(end_of_original, attached_in(end_of_steps_)),
                                         without_names_of_attached(end_of_steps_, attached_in(end_of_original)));
  // A constraint that was not valid, and is adopted, has been validated on the way.
  const auto first = std::find_if(differences.begin(), differences.end(), [](const CatalogDifference& difference) {
    return difference.aspect != "validity" || difference.second != "valid";
  });
  if (first == differences.end()) return std::nullopt;
  return in_words(*first, "after the original", "after the steps");
}

}  // namespace pglatch

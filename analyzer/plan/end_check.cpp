#include "analyzer/plan/end_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "analyzer/catalog/apply.h"

namespace pglatch {
namespace {

constexpr std::string_view kParent = "part of index";

// What an index of a partition is called is for nobody to rely on: it stands for its table and columns here.
std::vector<CatalogFact> without_names_of_attached(std::vector<CatalogFact> facts) {
  for (auto first = facts.begin(); first != facts.end();) {
    const auto last =
        std::find_if(first, facts.end(), [&](const CatalogFact& fact) { return fact.object != first->object; });
    const auto value_of = [&](std::string_view aspect) {
      const auto fact = std::find_if(first, last, [&](const CatalogFact& other) { return other.aspect == aspect; });
      return fact == last ? std::string() : fact->value;
    };
    const std::string parent = value_of(kParent);
    if (!parent.empty() && parent != "none") {
      const std::string object =
          fmt::format("index of the partition {} on ({})", value_of("table"), value_of("columns"));
      for (auto fact = first; fact != last; ++fact) {
        fact->object = object;
        if (fact->aspect == kParent) fact->value = "some";
      }
    }
    first = last;
  }
  std::sort(facts.begin(), facts.end());
  return facts;
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
  end_of_steps_ = without_names_of_attached(facts_of(catalog_, changed_));
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
  const auto differences = compare_facts(without_names_of_attached(facts_of(catalog_, changed_)), end_of_steps_);
  catalog_.rollback_to(before);
  if (differences.empty()) return std::nullopt;
  return in_words(differences.front(), "after the original", "after the steps");
}

}  // namespace pglatch

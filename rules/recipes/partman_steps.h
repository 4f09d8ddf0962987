// What a conversion has pg_partman do: it is given the new table in the transaction in which that takes over, and makes
// the partitions from the cut on. Its retention comes last: pg_partman counts the age of a partition from its lower
// bound, and the rows there are all lie in one that begins at the floor.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "analyzer/rule_api/recipe.h"
#include "rules/recipes/conversion_script.h"

namespace pglatch {

/// The parameter that says which version of pg_partman the server has, "4" or "5".
inline constexpr std::string_view kPartmanParameter = "partman";

class PartmanPart {
 public:
  /// The script has a create_parent(); `cut` is an SQL literal.
  PartmanPart(const StatementContext& context, const ConversionScript& script, std::string cut);

  /// Why it cannot be asked of pg_partman once `made`, the new table, has the old one as a partition.
  [[nodiscard]] std::optional<Refusal> refuse(const Relation& made) const;
  /// It makes a default partition as well.
  [[nodiscard]] bool makes_default() const;
  /// Adds to the transaction in which the new table takes over.
  void hand_over(Step& step) const;
  /// Adds what has to be so before, and what comes after.
  void add(Rewrite& rewrite) const;

 private:
  [[nodiscard]] int version() const;
  [[nodiscard]] std::string key() const;  // SQL literal
  [[nodiscard]] std::string interval() const;
  [[nodiscard]] std::string begins_at_cut() const;
  [[nodiscard]] std::string where() const;
  void add_retention(Rewrite& rewrite) const;
  void add_notes(Rewrite& rewrite) const;

  const StatementContext& context_;
  const ConversionScript& script_;
  const PartmanCall& call_;
  std::string cut_;
  bool by_time_ = false;
};

}  // namespace pglatch

// The planner's look at its own steps: what the lock model says of the SQL that they send, and whether
// they keep what their class promises.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "analyzer/base/result.h"
#include "analyzer/plan/plan.h"
#include "analyzer/rule_api/recipe.h"
#include "analyzer/rule_api/rule.h"

namespace pglatch {

/// Effects as the plan shows them, names resolved by the catalog. Appends what is new; of two locks on
/// one relation the stronger stays.
void add_effects(const Effects& effects, const Catalog& catalog, std::vector<StepLock>& locks,
                 std::vector<StepWork>& work);

/// Follows the steps of a plan on the catalog.
class StepChecker {
 public:
  StepChecker(Catalog& catalog, int pg_version) : catalog_(catalog), pg_version_(pg_version) {}

  /// Sets locks and work of the steps that stand for a statement, each against the catalog as the
  /// steps before left it; the catalog comes back as it was. `statement` tells statements apart. Fails
  /// where a step breaks a promise, and where all of them leave another schema than the original.
  [[nodiscard]] std::optional<Error> check(Rewrite& rewrite, const StatementContext& context, std::size_t statement);

  /// What the statement does where all before it is committed, and no transaction is open.
  [[nodiscard]] Effects effects_alone(const StatementContext& context);

  /// Some relation is created or dropped (a partition: attached and detached) for more than one statement, so that the
  /// state of the database does not tell whether an earlier step was done.
  [[nodiscard]] bool has_contested_names() const;

 private:
  [[nodiscard]] std::optional<std::string> follow(Step& step, const StatementContext& context, const Session& session,
                                                  std::size_t statement);
  [[nodiscard]] std::optional<std::string> follow(Step& step, const std::string& sql, const StatementContext& context,
                                                  const Session& session, std::size_t statement);
  [[nodiscard]] std::optional<std::string> follow_back(Step& step, const Session& session);
  [[nodiscard]] std::optional<std::string> note_names(const Node* node, bool sample, const Session& session,
                                                      std::size_t statement);
  void note_partitions(const Node* node, std::size_t statement);

  Catalog& catalog_;
  int pg_version_;
  Effects effects_;
  std::map<std::string, std::set<std::size_t>> touched_;  // qualified name: the statements
  std::set<std::string> created_;
  std::map<std::string, std::set<std::size_t>> attached_;  // as touched_, of partitions
  std::map<std::string, std::set<std::size_t>> detached_;  // or dropped
};

}  // namespace pglatch

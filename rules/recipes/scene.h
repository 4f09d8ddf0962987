// The catalog as it would be after statements that only the plan knows of; as it was, again, at the end.
#pragma once

#include <string_view>

#include "analyzer/rule_api/rule.h"

namespace pglatch {

class Scene {
 public:
  /// `context.walked` is set, and lives as long as this.
  explicit Scene(const StatementContext& context);
  Scene(const Scene&) = delete;
  Scene& operator=(const Scene&) = delete;
  ~Scene();

  /// One statement of the script itself.
  void run(const Statement& statement);
  /// Statements of the plan. What they make counts as if it had been there before the script.
  void run(std::string_view sql);

 private:
  const StatementContext& context_;
  Catalog& catalog_;
  bool is_outermost_;
  Catalog::Mark before_;
};

}  // namespace pglatch

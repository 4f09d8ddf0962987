// The definition of a column cut at its constraints, so that some can be taken out of it.
#pragma once

#include <string>
#include <vector>

#include "analyzer/rule_api/rule.h"

namespace pglatch {

/// A constraint of a column, with the DEFERRABLE and NOT ENFORCED that follow it.
struct ColumnPiece {
  const Constraint* constraint = nullptr;
  std::string text;        ///< as written, without CONSTRAINT name and comments; with its attributes
  std::string whole;       ///< the same with CONSTRAINT name
  std::string attributes;  ///< DEFERRABLE, INITIALLY …
  bool deferrable = false;
  bool initially_deferred = false;
  bool enforced = true;
};

class ColumnPieces {
 public:
  /// `range`: of the subcommand, ADD COLUMN included.
  ColumnPieces(const StatementContext& context, const ColumnDef& column, ByteRange range);

  /// "ADD COLUMN a int COLLATE …": everything that belongs to no constraint.
  [[nodiscard]] const std::string& head() const { return head_; }
  /// The name of the type as written; empty where more than a type stands there.
  [[nodiscard]] const std::string& type() const { return type_; }
  /// In the order of the text.
  [[nodiscard]] const std::vector<ColumnPiece>& constraints() const { return constraints_; }

 private:
  std::string head_;
  std::string type_;
  std::vector<ColumnPiece> constraints_;
};

}  // namespace pglatch

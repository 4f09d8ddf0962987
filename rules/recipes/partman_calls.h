// What migrations ask of pg_partman: calls of its functions, and changes of its table part_config.
//
// Version 5 has create_parent(p_parent_table, p_control, p_interval, p_type := 'range', …), where the interval is one
// of PostgreSQL's ('1 day'). Version 4 has p_type before it, without a default ('native'), and words of its own for
// intervals ('daily'); each refuses the other's values. Read in pg_partman 4.7.2, 5.2.4 and 5.5.0.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/parse/parser.h"

namespace pglatch {

struct PartmanArgument {
  std::string name;                  ///< "p_interval"; "$5" of one by position that only create_parent has a name for
  std::string sql;                   ///< as written
  std::optional<std::string> value;  ///< where it is a constant
};

struct PartmanCall {
  std::string schema;    ///< the extension's, as SQL writes it, with its dot; empty where the search_path finds it
  std::string function;  ///< "create_parent"
  std::vector<PartmanArgument> arguments;
  bool is_of_4 = false;  ///< create_parent as version 5 refuses it

  [[nodiscard]] const PartmanArgument* find(std::string_view name) const;
  /// The value of an argument that is a constant; empty where it is none, or missing.
  [[nodiscard]] std::string value_of(std::string_view name) const;
};

/// A statement that is nothing but a call of one of the functions and procedures that set partitions up, move rows into
/// them or maintain them.
[[nodiscard]] std::optional<PartmanCall> partman_call(const Statement& statement, std::string_view sql);

/// A change of part_config.
struct PartmanConfig {
  std::string table;                  ///< as written: "partman.part_config"
  std::string parent;                 ///< whose row it is ("public.t"); empty where that cannot be told
  std::vector<std::string> settings;  ///< assignments, "premake = 7", but not that of the retention
  std::string retention;              ///< SQL expression; empty where it sets none
};

[[nodiscard]] std::optional<PartmanConfig> partman_config(const Statement& statement, std::string_view sql);

/// The interval as version 5 writes it, where the value is one of version 4's words; else the value.
[[nodiscard]] std::string interval_of_5(std::string_view value);

enum class PartmanParameter : std::uint8_t { of_both, only_of_4, only_of_5, unknown };

/// Which versions' create_parent has a parameter of that name.
[[nodiscard]] PartmanParameter partman_parameter(std::string_view name);

}  // namespace pglatch

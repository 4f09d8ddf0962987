#include "rules/recipes/partman_calls.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <utility>

#include "analyzer/parse/access.h"
#include "analyzer/parse/constant_text.h"
#include "analyzer/parse/identifier.h"
#include "rules/recipes/code_tokens.h"

namespace pglatch {
namespace {

constexpr std::string_view kCreateParent = "create_parent";

constexpr auto kFunctions =
    std::to_array<std::string_view>({kCreateParent, "run_maintenance", "run_maintenance_proc", "partition_data_time",
                                     "partition_data_id", "partition_data_proc"});

// Of create_parent(), in their order.
constexpr auto kParametersOf4 = std::to_array<std::string_view>(
    {"p_parent_table", "p_control", "p_type", "p_interval", "p_constraint_cols", "p_premake", "p_automatic_maintenance",
     "p_start_partition", "p_inherit_fk", "p_epoch", "p_upsert", "p_publications", "p_trigger_return_null",
     "p_template_table", "p_jobmon", "p_date_trunc_interval"});
constexpr auto kParametersOf5 = std::to_array<std::string_view>(
    {"p_parent_table", "p_control", "p_interval", "p_type", "p_epoch", "p_premake", "p_start_partition",
     "p_default_table", "p_automatic_maintenance", "p_constraint_cols", "p_template_table", "p_jobmon",
     "p_date_trunc_interval", "p_control_not_null", "p_time_encoder", "p_time_decoder", "p_offset_id"});

// Values of p_type; version 5 has 'range' and 'list'.
constexpr auto kTypesOf4 = std::to_array<std::string_view>({"native", "partman", "time-custom"});

constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kIntervalsOf4{{{"yearly", "1 year"},
                                                                                      {"quarterly", "3 months"},
                                                                                      {"monthly", "1 month"},
                                                                                      {"weekly", "1 week"},
                                                                                      {"daily", "1 day"},
                                                                                      {"hourly", "1 hour"},
                                                                                      {"half-hour", "30 minutes"},
                                                                                      {"quarter-hour", "15 minutes"}}};

template <class Values>
bool has(const Values& values, std::string_view value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

struct Piece {
  std::size_t from;
  std::size_t to;
};

// What commas separate between two tokens, outside of parentheses and brackets.
std::vector<Piece> pieces(std::string_view text, const Tokens& tokens, std::size_t from, std::size_t to) {
  std::vector<Piece> all;
  int depth = 0;
  for (std::size_t i = from; i < to; ++i) {
    if (tokens[i].is('(', text) || tokens[i].is('[', text)) ++depth;
    if (tokens[i].is(')', text) || tokens[i].is(']', text)) --depth;
    if (depth != 0 || !tokens[i].is(',', text)) continue;
    all.push_back({from, i});
    from = i + 1;
  }
  if (from < to) all.push_back({from, to});
  return all;
}

// The call that is all of the statement: SELECT f(…) or CALL f(…).
const FuncCall* only_call(const Node* node) {
  if (const auto* call = as<CallStmt>(node)) return call->funccall;
  const auto* select = as<SelectStmt>(node);
  if (select == nullptr || select->fromClause != nullptr || select->whereClause != nullptr) return nullptr;
  const auto targets = each<ResTarget>(select->targetList);
  return targets.size() == 1 ? as<FuncCall>(targets[0]->val) : nullptr;
}

std::string_view name_at(std::span<const std::string_view> names, std::size_t place) {
  return place < names.size() ? names[place] : std::string_view();
}

bool is_of_4(const std::vector<PartmanArgument>& arguments) {
  return std::any_of(arguments.begin(), arguments.end(), [](const PartmanArgument& argument) {
    // By position, the third is version 4's type or version 5's interval.
    if (argument.value && (argument.name == "p_type" || argument.name == "$3") && has(kTypesOf4, *argument.value)) {
      return true;
    }
    if (argument.value && argument.name == "p_interval" && interval_of_5(*argument.value) != *argument.value) {
      return true;
    }
    return has(kParametersOf4, argument.name) && !has(kParametersOf5, argument.name);
  });
}

// UPDATE … SET … WHERE parent_table = '…'
std::string parent_of(const Node* where) {
  const auto* condition = as<A_Expr>(where);
  if (condition == nullptr || condition->kind != AEXPR_OP || each(condition->name).size() != 1 ||
      string_value(each(condition->name)[0]) != "=") {
    return {};
  }
  const auto* column = as<ColumnRef>(condition->lexpr);
  if (column == nullptr || each(column->fields).size() != 1 ||
      string_value(each(column->fields)[0]) != "parent_table") {
    return {};
  }
  return constant_text(condition->rexpr).value_or(std::string());
}

}  // namespace

const PartmanArgument* PartmanCall::find(std::string_view name) const {
  const auto found =
      std::find_if(arguments.begin(), arguments.end(), [&](const PartmanArgument& one) { return one.name == name; });
  return found == arguments.end() ? nullptr : &*found;
}

std::string PartmanCall::value_of(std::string_view name) const {
  const PartmanArgument* argument = find(name);
  return argument == nullptr ? std::string() : argument->value.value_or(std::string());
}

std::optional<PartmanCall> partman_call(const Statement& statement, std::string_view sql) {
  const FuncCall* function = only_call(statement.node);
  if (function == nullptr) return std::nullopt;
  const NameView name = name_of(function->funcname);
  if (!has(kFunctions, name.name)) return std::nullopt;
  PartmanCall call;
  call.function = name.name;
  if (!name.schema.empty()) call.schema = quote_identifier_sql(name.schema) + ".";
  const std::string_view text = statement.range.of(sql);
  const Tokens tokens = code_tokens(text);
  const auto open = std::find_if(tokens.begin(), tokens.end(), [&](const Token& token) { return token.is('(', text); });
  if (open == tokens.end()) return std::nullopt;
  const auto first = static_cast<std::size_t>(open - tokens.begin());
  const auto written = pieces(text, tokens, first + 1, skip_group(text, tokens, first) - 1);
  const auto given = each(function->args);
  if (written.size() != given.size()) return std::nullopt;
  for (std::uint32_t i = 0; i < given.size(); ++i) {
    PartmanArgument& argument = call.arguments.emplace_back();
    const Node* value = given[i];
    std::size_t from = written[i].from;
    if (value->type == T_NamedArgExpr) {
      const auto* named = reinterpret_cast<const NamedArgExpr*>(value);
      argument.name = pglatch::text(named->name);
      value = reinterpret_cast<const Node*>(named->arg);
      from += 3;  // name, and := or =>
    } else {
      argument.name = i == 0 ? "p_parent_table" : "$" + std::to_string(i + 1);
    }
    argument.sql = text_of(text, tokens, from, written[i].to);
    argument.value = constant_text(value);
  }
  if (call.function != kCreateParent) return call;
  call.is_of_4 = is_of_4(call.arguments);
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    std::string& argument = call.arguments[i].name;
    if (argument.front() != '$') continue;
    argument = call.is_of_4 ? name_at(kParametersOf4, i) : name_at(kParametersOf5, i);
  }
  // '…', 'native', 'daily' is told by its type, '…', 'daily' of version 5 by its interval.
  call.is_of_4 = is_of_4(call.arguments);
  return call;
}

std::optional<PartmanConfig> partman_config(const Statement& statement, std::string_view sql) {
  const auto* update = as<UpdateStmt>(statement.node);
  const auto* insert = as<InsertStmt>(statement.node);
  const auto* remove = as<DeleteStmt>(statement.node);
  const RangeVar* table = update != nullptr   ? update->relation
                          : insert != nullptr ? insert->relation
                          : remove != nullptr ? remove->relation
                                              : nullptr;
  if (table == nullptr || text(table->relname) != "part_config") return std::nullopt;
  PartmanConfig config;
  const NameView name = name_of(table);
  config.table = name.schema.empty() ? std::string(name.name) : quote_qualified(name.schema, name.name);
  if (update == nullptr || table->alias != nullptr || update->fromClause != nullptr || update->withClause != nullptr) {
    return config;
  }
  const std::string_view written = statement.range.of(sql);
  const Tokens tokens = code_tokens(written);
  const auto word = [&](std::string_view wanted) {
    const auto found =
        std::find_if(tokens.begin(), tokens.end(), [&](const Token& token) { return token.is_word(wanted, written); });
    return static_cast<std::size_t>(found - tokens.begin());
  };
  const auto assignments = pieces(written, tokens, word("set") + 1, word("where"));
  const auto targets = each<ResTarget>(update->targetList);
  if (assignments.size() != targets.size() || word("returning") != tokens.size()) return config;
  for (std::uint32_t i = 0; i < targets.size(); ++i) {
    const auto* value = as<A_Const>(targets[i]->val);
    if (text(targets[i]->name) == "retention" && (value == nullptr || !value->isnull)) {
      config.retention = text_of(written, tokens, assignments[i].from + 2, assignments[i].to);
    } else {
      config.settings.push_back(text_of(written, tokens, assignments[i].from, assignments[i].to));
    }
  }
  config.parent = parent_of(update->whereClause);
  return config;
}

std::string interval_of_5(std::string_view value) {
  for (const auto& [word, interval] : kIntervalsOf4) {
    if (word == value) return std::string(interval);
  }
  return std::string(value);
}

PartmanParameter partman_parameter(std::string_view name) {
  const bool of_4 = has(kParametersOf4, name);
  const bool of_5 = has(kParametersOf5, name);
  if (of_4 && of_5) return PartmanParameter::of_both;
  if (of_4) return PartmanParameter::only_of_4;
  return of_5 ? PartmanParameter::only_of_5 : PartmanParameter::unknown;
}

}  // namespace pglatch

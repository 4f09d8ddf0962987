#include "analyzer/parse/type_name.h"

#include <array>
#include <utility>

#include "analyzer/parse/identifier.h"

namespace pglatch {
namespace {

struct Alias {
  std::string_view from;
  std::string_view to;
};

// pg_type names as SQL displays them (format_type() in format_type.c).
constexpr std::array<Alias, 18> kDisplayed{{{"int2", "smallint"},
                                            {"int4", "integer"},
                                            {"int8", "bigint"},
                                            {"float4", "real"},
                                            {"float8", "double precision"},
                                            {"bool", "boolean"},
                                            {"bpchar", "character"},
                                            {"varchar", "character varying"},
                                            {"varbit", "bit varying"},
                                            {"timestamp", "timestamp without time zone"},
                                            {"timestamptz", "timestamp with time zone"},
                                            {"time", "time without time zone"},
                                            {"timetz", "time with time zone"},
                                            {"decimal", "numeric"},
                                            // Keywords, but no quotes for them as types.
                                            {"numeric", "numeric"},
                                            {"interval", "interval"},
                                            {"json", "json"},
                                            {"bit", "bit"}}};

// serial pseudo-types and the integers that they stand for (transformColumnDefinition() in
// parse_utilcmd.c).
constexpr std::array<Alias, 6> kSerials{{{"serial", "int4"},
                                         {"serial4", "int4"},
                                         {"bigserial", "int8"},
                                         {"serial8", "int8"},
                                         {"smallserial", "int2"},
                                         {"serial2", "int2"}}};

int modifier_value(const Node* node) {
  const auto* constant = as<A_Const>(node);
  if (constant == nullptr || constant->isnull || constant->val.node.type != T_Integer) return -1;
  return constant->val.ival.ival;
}

// The fields of an interval, as in "interval day to second": a mask of bits that count from the
// numbers of datetime.h.
std::string interval_fields(int mask) {
  if (mask == kAllIntervalFields) return "";
  constexpr std::array<std::pair<int, std::string_view>, 6> kFields{
      {{2, "year"}, {1, "month"}, {3, "day"}, {10, "hour"}, {11, "minute"}, {12, "second"}}};
  std::string_view first;
  std::string_view last;
  for (const auto& [bit, field] : kFields) {
    if ((mask & (1 << bit)) == 0) continue;
    if (first.empty()) first = field;
    last = field;
  }
  std::string text = " " + std::string(first);
  if (last != first) text += " to " + std::string(last);
  return text;
}

}  // namespace

TypeRef type_ref(const TypeName* type) {
  TypeRef result;
  if (type == nullptr) return result;
  const NameView name = name_of(type->names);
  if (name.schema != "pg_catalog") result.schema = name.schema;
  result.name = name.name;
  if (result.schema.empty()) {
    for (const auto& [serial, integer] : kSerials) {
      if (result.name == serial) {
        result.name = integer;
        result.serial = true;
        break;
      }
    }
  }
  result.array = type->arrayBounds != nullptr;
  for (const Node* modifier : each(type->typmods)) result.modifiers.push_back(modifier_value(modifier));
  return result;
}

std::string format_type(const TypeRef& type) {
  std::string name;
  std::string suffix;
  if (type.schema.empty()) {
    for (const auto& [internal, displayed] : kDisplayed) {
      if (type.name == internal) name = displayed;
    }
  }
  if (name.empty()) name = quote_qualified(type.schema, type.name);
  std::vector<int> modifiers = type.modifiers;
  if (type.schema.empty() && type.name == "interval" && !modifiers.empty()) {
    name += interval_fields(modifiers.front());
    modifiers.erase(modifiers.begin());
  }
  if (!modifiers.empty()) {
    std::string list;
    for (const int modifier : modifiers) {
      if (!list.empty()) list += ',';
      list += std::to_string(modifier);
    }
    // "timestamp(3) without time zone": the modifier follows the first word of the time types.
    const auto word = name.rfind("time", 0) == 0 ? name.find(' ') : std::string::npos;
    name.insert(word == std::string::npos ? name.size() : word, "(" + list + ")");
  }
  if (type.array) suffix = "[]";
  return name + suffix;
}

}  // namespace pglatch

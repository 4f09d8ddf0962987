// pg_cast, read off servers of PostgreSQL 14 to 18:
//   SELECT castsource::regtype, casttarget::regtype, castcontext, castmethod FROM pg_cast
// The types of system catalogs' own columns (pg_ndistinct …) are left out. citext from citext--1.4.sql.
#include <algorithm>
#include <array>
#include <cstddef>
#include <unordered_map>

#include "analyzer/locks/casts.h"

namespace pglatch::locks {
namespace {

// regclass, regtype …: their casts are the same.
constexpr std::string_view kAnyReg = "reg*";
constexpr std::array<std::string_view, 11> kRegTypes{"regclass",     "regcollation", "regconfig",   "regdictionary",
                                                     "regnamespace", "regoper",      "regoperator", "regproc",
                                                     "regprocedure", "regrole",      "regtype"};

constexpr int kAlways = 10;
constexpr auto kImplicit = CastContext::implicit;
constexpr auto kAssignment = CastContext::assignment;
constexpr auto kExplicit = CastContext::explicit_;

struct Casts {
  std::string_view from;
  CastContext context;
  bool binary;
  std::string_view to;  // names with spaces between
  int since = kAlways;
  int until = 99;  // the last major
};

constexpr Casts kCasts[] = {
    // Numbers.
    {"int2", kImplicit, false, "int4 int8 float4 float8 numeric oid reg*"},
    {"int2", kExplicit, false, "bytea", 18},
    {"int4", kImplicit, false, "int8 float4 float8 numeric"},
    {"int4", kImplicit, true, "oid reg*"},
    {"int4", kAssignment, false, "int2 money"},
    {"int4", kExplicit, false, "bit bool char"},
    {"int4", kExplicit, false, "bytea", 18},
    {"int8", kImplicit, false, "float4 float8 numeric oid reg*"},
    {"int8", kAssignment, false, "int2 int4 money"},
    {"int8", kExplicit, false, "bit"},
    {"int8", kExplicit, false, "bytea", 18},
    {"float4", kImplicit, false, "float8"},
    {"float4", kAssignment, false, "int2 int4 int8 numeric"},
    {"float8", kAssignment, false, "int2 int4 int8 float4 numeric"},
    {"numeric", kImplicit, false, "float4 float8"},
    {"numeric", kAssignment, false, "int2 int4 int8 money"},
    {"money", kAssignment, false, "numeric"},
    {"bool", kExplicit, false, "int4"},
    {"oid", kImplicit, true, "reg*"},
    {"oid", kAssignment, true, "int4"},
    {"oid", kAssignment, false, "int8"},
    {"reg*", kImplicit, true, "oid"},
    {"reg*", kAssignment, true, "int4"},
    {"reg*", kAssignment, false, "int8"},
    {"regproc", kImplicit, true, "regprocedure"},
    {"regprocedure", kImplicit, true, "regproc"},
    {"regoper", kImplicit, true, "regoperator"},
    {"regoperator", kImplicit, true, "regoper"},
    {"xid8", kExplicit, false, "xid", 14},
    // Strings. To and from other types they go by the types' text form, without a row here.
    {"text", kImplicit, true, "bpchar varchar"},
    {"text", kImplicit, false, "name regclass"},
    {"text", kAssignment, false, "char"},
    {"text", kExplicit, false, "xml"},
    {"text", kAssignment, true, "citext"},
    {"varchar", kImplicit, true, "bpchar text"},
    {"varchar", kImplicit, false, "name regclass"},
    {"varchar", kAssignment, false, "char"},
    {"varchar", kExplicit, false, "xml"},
    {"varchar", kAssignment, true, "citext"},
    {"bpchar", kImplicit, false, "text varchar name"},
    {"bpchar", kAssignment, false, "char citext"},
    {"bpchar", kExplicit, false, "xml"},
    {"citext", kImplicit, true, "text varchar"},
    {"citext", kAssignment, true, "bpchar"},
    {"char", kImplicit, false, "text"},
    {"char", kAssignment, false, "bpchar varchar"},
    {"char", kExplicit, false, "int4"},
    {"name", kImplicit, false, "text"},
    {"name", kAssignment, false, "bpchar varchar"},
    {"bool", kAssignment, false, "text varchar bpchar citext"},
    {"inet", kAssignment, false, "text varchar bpchar citext"},
    {"cidr", kAssignment, false, "text varchar bpchar"},
    {"xml", kAssignment, true, "text varchar bpchar"},
    // Bits and bytes.
    {"bit", kImplicit, true, "varbit"},
    {"bit", kExplicit, false, "int4 int8"},
    {"varbit", kImplicit, true, "bit"},
    {"bytea", kExplicit, false, "int2 int4 int8", 18},
    // Dates and times.
    {"date", kImplicit, false, "timestamp timestamptz"},
    {"time", kImplicit, false, "interval timetz"},
    {"timetz", kAssignment, false, "time"},
    {"timestamp", kImplicit, false, "timestamptz"},
    {"timestamp", kAssignment, false, "date time"},
    {"timestamptz", kAssignment, false, "date time timestamp timetz"},
    {"interval", kAssignment, false, "time"},
    // Networks, JSON, ranges.
    {"cidr", kImplicit, true, "inet"},
    {"inet", kAssignment, false, "cidr"},
    {"macaddr", kImplicit, false, "macaddr8"},
    {"macaddr8", kImplicit, false, "macaddr"},
    {"json", kAssignment, false, "jsonb"},
    {"jsonb", kAssignment, false, "json"},
    {"jsonb", kExplicit, false, "bool int2 int4 int8 float4 float8 numeric", 11},
    {"int4range", kExplicit, false, "int4multirange", 14},
    {"int8range", kExplicit, false, "int8multirange", 14},
    {"numrange", kExplicit, false, "nummultirange", 14},
    {"daterange", kExplicit, false, "datemultirange", 14},
    {"tsrange", kExplicit, false, "tsmultirange", 14},
    {"tstzrange", kExplicit, false, "tstzmultirange", 14},
    // Geometry.
    {"point", kAssignment, false, "box"},
    {"lseg", kExplicit, false, "point"},
    {"path", kAssignment, false, "polygon"},
    {"path", kExplicit, false, "point", kAlways, 14},
    {"box", kAssignment, false, "polygon"},
    {"box", kExplicit, false, "point lseg circle"},
    {"polygon", kAssignment, false, "path"},
    {"polygon", kExplicit, false, "point box circle"},
    {"circle", kExplicit, false, "point box polygon"},
};

struct Row {
  std::string_view to;
  BuiltinCast cast;
  int since;
  int until;
};

using Table = std::unordered_multimap<std::string_view, Row>;  // by the type cast from

const Table& table() {
  static const Table kTable = [] {
    Table result;
    for (const Casts& casts : kCasts) {
      std::string_view names = casts.to;
      while (!names.empty()) {
        const std::size_t space = names.find(' ');
        result.emplace(casts.from,
                       Row{names.substr(0, space), {casts.context, casts.binary}, casts.since, casts.until});
        names.remove_prefix(space == std::string_view::npos ? names.size() : space + 1);
      }
    }
    return result;
  }();
  return kTable;
}

const BuiltinCast* find(std::string_view from, std::string_view to, int pg_version) {
  const auto [begin, end] = table().equal_range(from);
  for (auto at = begin; at != end; ++at) {
    const Row& row = at->second;
    if (row.to == to && row.since <= pg_version && pg_version <= row.until) return &row.cast;
  }
  return nullptr;
}

bool is_reg(std::string_view type) { return std::find(kRegTypes.begin(), kRegTypes.end(), type) != kRegTypes.end(); }

}  // namespace

const BuiltinCast* builtin_cast(std::string_view from, std::string_view to, int pg_version) {
  const BuiltinCast* found = find(from, to, pg_version);
  if (found == nullptr && is_reg(from)) found = find(kAnyReg, to, pg_version);
  if (found == nullptr && is_reg(to)) found = find(from, kAnyReg, pg_version);
  return found;
}

}  // namespace pglatch::locks

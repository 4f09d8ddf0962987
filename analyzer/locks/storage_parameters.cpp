#include "analyzer/locks/storage_parameters.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "analyzer/locks/by_version.h"

namespace pglatch::locks {
namespace {

// Who has a parameter: RELOPT_KIND_… of reloptions.h.
using Holders = unsigned;
constexpr Holders kHeap = 1U << 0U;
constexpr Holders kToast = 1U << 1U;
constexpr Holders kView = 1U << 2U;
constexpr Holders kBtree = 1U << 3U;
constexpr Holders kHash = 1U << 4U;
constexpr Holders kGist = 1U << 5U;
constexpr Holders kSpgist = 1U << 6U;
constexpr Holders kGin = 1U << 7U;
constexpr Holders kBrin = 1U << 8U;

constexpr LockMode kLight = LockMode::share_update_exclusive;
constexpr LockMode kHeavy = LockMode::access_exclusive;

struct Parameter {
  std::string_view name;
  Holders holders;
  LockMode lock;
  int since = 10;
};

// boolRelOpts, intRelOpts, realRelOpts, enumRelOpts and stringRelOpts in reloptions.c.
constexpr std::array kParameters{
    Parameter{"fillfactor", kHeap | kBtree | kHash | kGist | kSpgist, kLight},
    Parameter{"autovacuum_enabled", kHeap | kToast, kLight},
    Parameter{"autovacuum_vacuum_threshold", kHeap | kToast, kLight},
    Parameter{"autovacuum_vacuum_max_threshold", kHeap | kToast, kLight, 18},
    Parameter{"autovacuum_vacuum_insert_threshold", kHeap | kToast, kLight, 13},
    Parameter{"autovacuum_analyze_threshold", kHeap, kLight},
    Parameter{"autovacuum_vacuum_cost_limit", kHeap | kToast, kLight},
    Parameter{"autovacuum_vacuum_cost_delay", kHeap | kToast, kLight},
    Parameter{"autovacuum_freeze_min_age", kHeap | kToast, kLight},
    Parameter{"autovacuum_freeze_max_age", kHeap | kToast, kLight},
    Parameter{"autovacuum_freeze_table_age", kHeap | kToast, kLight},
    Parameter{"autovacuum_multixact_freeze_min_age", kHeap | kToast, kLight},
    Parameter{"autovacuum_multixact_freeze_max_age", kHeap | kToast, kLight},
    Parameter{"autovacuum_multixact_freeze_table_age", kHeap | kToast, kLight},
    Parameter{"autovacuum_vacuum_scale_factor", kHeap | kToast, kLight},
    Parameter{"autovacuum_vacuum_insert_scale_factor", kHeap | kToast, kLight, 13},
    Parameter{"autovacuum_analyze_scale_factor", kHeap, kLight},
    Parameter{"log_autovacuum_min_duration", kHeap | kToast, kLight},
    Parameter{"toast_tuple_target", kHeap, kLight, 11},
    Parameter{"parallel_workers", kHeap, kLight},
    Parameter{"user_catalog_table", kHeap, kHeavy},
    Parameter{"vacuum_index_cleanup", kHeap | kToast, kLight, 12},
    Parameter{"vacuum_truncate", kHeap | kToast, kLight, 12},
    Parameter{"vacuum_max_eager_freeze_failure_rate", kHeap | kToast, kLight, 18},
    Parameter{"security_barrier", kView, kHeavy},
    Parameter{"security_invoker", kView, kHeavy, 15},
    Parameter{"check_option", kView, kHeavy},
    Parameter{"deduplicate_items", kBtree, kLight, 13},
    Parameter{"vacuum_cleanup_index_scale_factor", kBtree, kLight, 11},
    Parameter{"buffering", kGist, kHeavy},
    Parameter{"fastupdate", kGin, kHeavy},
    Parameter{"gin_pending_list_limit", kGin, kHeavy},
    Parameter{"pages_per_range", kBrin, kHeavy},
    Parameter{"autosummarize", kBrin, kHeavy},
};

// A partitioned table has none, which is said in words of its own.
constexpr ByVersion kPartitionedMessage{std::array{
    Since<bool>{10, false, "default_reloptions() in reloptions.c"},
    Since<bool>{16, true, "partitioned_table_reloptions() in reloptions.c"},
}};

const Parameter* find_parameter(std::string_view name) {
  const auto found = std::find_if(kParameters.begin(), kParameters.end(),
                                  [&](const Parameter& parameter) { return parameter.name == name; });
  return found == kParameters.end() ? nullptr : &*found;
}

// Of an access method that an extension brings nobody knows the parameters: all bits.
Holders index_holder(std::string_view method) {
  if (method == "btree") return kBtree;
  if (method == "hash") return kHash;
  if (method == "gist") return kGist;
  if (method == "spgist") return kSpgist;
  if (method == "gin") return kGin;
  if (method == "brin") return kBrin;
  return ~0U;
}

Holders holder_bit(ParameterHolder holder, std::string_view method) {
  switch (holder) {
    case ParameterHolder::table:
      return kHeap;
    case ParameterHolder::view:
      return kView;
    case ParameterHolder::index:
      return index_holder(method);
    case ParameterHolder::partitioned_table:
      return 0;
  }
  return 0;
}

}  // namespace

LockMode parameters_lock(const List* options) {
  LockMode mode = kLight;
  for (const DefElem* option : each<DefElem>(options)) {
    const Parameter* parameter = find_parameter(text(option->defname));
    if (parameter != nullptr) mode = std::max(mode, parameter->lock);
  }
  return mode;
}

bool refuse_unknown_parameters(const Model& model, const List* options, ParameterHolder holder,
                               std::string_view method) {
  const Holders own = holder_bit(holder, method);
  if (own == ~0U) return false;
  for (const DefElem* option : each<DefElem>(options)) {
    const std::string_view name = text(option->defname);
    const std::string_view space = text(option->defnamespace);
    if (!space.empty() && space != "toast") {
      model.effects.fail(fmt::format("unrecognized parameter namespace \"{}\"", space));
      return true;
    }
    // Where there is no TOAST table nobody looks at these (ATExecSetRelOptions()).
    if (!space.empty() && own != kHeap) continue;
    if (holder == ParameterHolder::partitioned_table && kPartitionedMessage.at(model.version())) {
      model.effects.fail("cannot specify storage parameters for a partitioned table");
      return true;
    }
    // "oids" was a parameter once and may still be turned off (transformRelOptions()).
    if (name == "oids" && own == kHeap) continue;
    const Parameter* parameter = find_parameter(name);
    const Holders wanted = space.empty() ? own : kToast;
    if (parameter != nullptr && (parameter->holders & wanted) != 0 && parameter->since <= model.version()) continue;
    // 19 is looked at as 18, but may have new ones.
    if (parameter == nullptr && model.version() > 18) continue;
    model.effects.fail(fmt::format("unrecognized parameter \"{}\"", name));
    return true;
  }
  return false;
}

}  // namespace pglatch::locks

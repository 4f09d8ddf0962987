#include "rules/recipes/partition_side.h"

#include <fmt/format.h>

#include "analyzer/catalog/partition.h"
#include "rules/recipes/scene.h"

namespace pglatch {
namespace {

bool overlaps(const StatementContext& context, const Relation& parent, const Relation& partition,
              const std::string& range) {
  const std::string sql = "CREATE TABLE x PARTITION OF x FOR VALUES " + range;
  const ParsedScript parsed = parse(sql);
  const auto* create = as<CreateStmt>(parsed.statements.front().node);
  Relation alone = parent;
  alone.partitions = {partition.id};
  return overlapping_partition(context.catalog, alone, partition_bound(*create->partbound)) == partition.id;
}

}  // namespace

const Relation* new_parent(const StatementContext& context, const ConversionScript& script) {
  const ParsedScript parsed = parse(script.create);
  const auto* create = as<CreateStmt>(parsed.statements.front().node);
  return context.catalog.find(name_of(create->relation), context.session.search_path());
}

PartitionSide side_of(const StatementContext& context, const ConversionScript& script,
                      const ConversionPartition& partition, const std::string& cut) {
  Scene trial(context);
  trial.run(partition.sql);
  const Relation* parent = new_parent(context, script);
  const Relation* made = nullptr;
  for (const RelationId id : parent->partitions) {
    if (context.name(id) == partition.name) made = context.catalog.find(id);
  }
  if (made == nullptr) return PartitionSide::across;
  if (made->bound->is_default) return PartitionSide::rest;
  const bool below = overlaps(context, *parent, *made, fmt::format("FROM (MINVALUE) TO ({})", cut));
  const bool above = overlaps(context, *parent, *made, fmt::format("FROM ({}) TO (MAXVALUE)", cut));
  if (below == above) return PartitionSide::across;
  return below ? PartitionSide::below : PartitionSide::above;
}

}  // namespace pglatch

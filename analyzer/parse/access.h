// Reading PostgreSQL's nodes from C++: checked casts, lists as ranges, names as string views. Views
// point into the tree and live as long as it does.
#pragma once

#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>

#include "analyzer/parse/nodes.h"

namespace pglatch {

/// Maps a node struct to its tag, for as<T>().
template <class T>
struct NodeTagOf;

#define PGLATCH_NODE(type)                    \
  template <>                                 \
  struct NodeTagOf<type> {                    \
    static constexpr NodeTag kTag = T_##type; \
  };
PGLATCH_NODE(A_ArrayExpr)
PGLATCH_NODE(A_Const)
PGLATCH_NODE(A_Expr)
PGLATCH_NODE(A_Indirection)
PGLATCH_NODE(AccessPriv)
PGLATCH_NODE(AlterCollationStmt)
PGLATCH_NODE(AlterDatabaseStmt)
PGLATCH_NODE(AlterDefaultPrivilegesStmt)
PGLATCH_NODE(AlterDomainStmt)
PGLATCH_NODE(AlterEnumStmt)
PGLATCH_NODE(AlterExtensionStmt)
PGLATCH_NODE(AlterFunctionStmt)
PGLATCH_NODE(AlterObjectSchemaStmt)
PGLATCH_NODE(AlterOwnerStmt)
PGLATCH_NODE(AlterPolicyStmt)
PGLATCH_NODE(AlterPublicationStmt)
PGLATCH_NODE(AlterSeqStmt)
PGLATCH_NODE(AlterStatsStmt)
PGLATCH_NODE(AlterSubscriptionStmt)
PGLATCH_NODE(AlterTableCmd)
PGLATCH_NODE(AlterTableMoveAllStmt)
PGLATCH_NODE(AlterTableStmt)
PGLATCH_NODE(AlterTypeStmt)
PGLATCH_NODE(BoolExpr)
PGLATCH_NODE(Boolean)
PGLATCH_NODE(CallStmt)
PGLATCH_NODE(CaseExpr)
PGLATCH_NODE(ClosePortalStmt)
PGLATCH_NODE(ClusterStmt)
PGLATCH_NODE(CoalesceExpr)
PGLATCH_NODE(CollateClause)
PGLATCH_NODE(ColumnDef)
PGLATCH_NODE(ColumnRef)
PGLATCH_NODE(CommentStmt)
PGLATCH_NODE(CommonTableExpr)
PGLATCH_NODE(CompositeTypeStmt)
PGLATCH_NODE(Constraint)
PGLATCH_NODE(ConstraintsSetStmt)
PGLATCH_NODE(CopyStmt)
PGLATCH_NODE(CreateAmStmt)
PGLATCH_NODE(CreateCastStmt)
PGLATCH_NODE(CreateDomainStmt)
PGLATCH_NODE(CreateExtensionStmt)
PGLATCH_NODE(CreateEnumStmt)
PGLATCH_NODE(CreateFdwStmt)
PGLATCH_NODE(CreateForeignServerStmt)
PGLATCH_NODE(CreateForeignTableStmt)
PGLATCH_NODE(CreateFunctionStmt)
PGLATCH_NODE(CreatePolicyStmt)
PGLATCH_NODE(CreatePublicationStmt)
PGLATCH_NODE(CreateRangeStmt)
PGLATCH_NODE(CreateSchemaStmt)
PGLATCH_NODE(CreateSeqStmt)
PGLATCH_NODE(CreateStatsStmt)
PGLATCH_NODE(CreateStmt)
PGLATCH_NODE(CreateSubscriptionStmt)
PGLATCH_NODE(CreateTableAsStmt)
PGLATCH_NODE(CreateTrigStmt)
PGLATCH_NODE(CreatedbStmt)
PGLATCH_NODE(DeallocateStmt)
PGLATCH_NODE(DeclareCursorStmt)
PGLATCH_NODE(DefElem)
PGLATCH_NODE(DefineStmt)
PGLATCH_NODE(DeleteStmt)
PGLATCH_NODE(DiscardStmt)
PGLATCH_NODE(DoStmt)
PGLATCH_NODE(DropOwnedStmt)
PGLATCH_NODE(DropStmt)
PGLATCH_NODE(DropSubscriptionStmt)
PGLATCH_NODE(DropTableSpaceStmt)
PGLATCH_NODE(DropdbStmt)
PGLATCH_NODE(ExecuteStmt)
PGLATCH_NODE(ExplainStmt)
PGLATCH_NODE(FetchStmt)
PGLATCH_NODE(FuncCall)
PGLATCH_NODE(FunctionParameter)
PGLATCH_NODE(GrantStmt)
PGLATCH_NODE(IndexElem)
PGLATCH_NODE(IndexStmt)
PGLATCH_NODE(InsertStmt)
PGLATCH_NODE(Integer)
PGLATCH_NODE(Float)
PGLATCH_NODE(IntoClause)
PGLATCH_NODE(JoinExpr)
PGLATCH_NODE(List)
PGLATCH_NODE(LockStmt)
PGLATCH_NODE(LockingClause)
PGLATCH_NODE(MergeStmt)
PGLATCH_NODE(MergeWhenClause)
PGLATCH_NODE(MultiAssignRef)
PGLATCH_NODE(NullTest)
PGLATCH_NODE(ObjectWithArgs)
PGLATCH_NODE(OnConflictClause)
PGLATCH_NODE(PartitionBoundSpec)
PGLATCH_NODE(PartitionCmd)
PGLATCH_NODE(PartitionElem)
PGLATCH_NODE(PartitionRangeDatum)
PGLATCH_NODE(PartitionSpec)
PGLATCH_NODE(PLAssignStmt)
PGLATCH_NODE(PrepareStmt)
PGLATCH_NODE(PublicationObjSpec)
PGLATCH_NODE(RangeFunction)
PGLATCH_NODE(RangeSubselect)
PGLATCH_NODE(RangeVar)
PGLATCH_NODE(ReassignOwnedStmt)
PGLATCH_NODE(RefreshMatViewStmt)
PGLATCH_NODE(ReindexStmt)
PGLATCH_NODE(RenameStmt)
PGLATCH_NODE(ReplicaIdentityStmt)
PGLATCH_NODE(ResTarget)
PGLATCH_NODE(ReturnStmt)
PGLATCH_NODE(RoleSpec)
PGLATCH_NODE(RuleStmt)
PGLATCH_NODE(SecLabelStmt)
PGLATCH_NODE(SelectStmt)
PGLATCH_NODE(SQLValueFunction)
PGLATCH_NODE(SetToDefault)
PGLATCH_NODE(SortBy)
PGLATCH_NODE(String)
PGLATCH_NODE(SubLink)
PGLATCH_NODE(TableLikeClause)
PGLATCH_NODE(TransactionStmt)
PGLATCH_NODE(TruncateStmt)
PGLATCH_NODE(TypeCast)
PGLATCH_NODE(TypeName)
PGLATCH_NODE(UpdateStmt)
PGLATCH_NODE(VacuumRelation)
PGLATCH_NODE(VacuumStmt)
PGLATCH_NODE(VariableSetStmt)
PGLATCH_NODE(ViewStmt)
PGLATCH_NODE(WithClause)
#if PG_VERSION_NUM >= 180000
PGLATCH_NODE(ATAlterConstraint)
#endif
#undef PGLATCH_NODE

/// The node as a T, or null where it is another kind (or null).
template <class T>
[[nodiscard]] const T* as(const void* node) noexcept {
  if (node == nullptr || static_cast<const Node*>(node)->type != NodeTagOf<T>::kTag) return nullptr;
  return static_cast<const T*>(node);
}

/// The elements of a PostgreSQL list that are nodes, as a range of `const T*`. A null list is empty.
/// T names the struct that all elements have by the grammar; where kinds mix, use Node and as<>().
template <class T = Node>
class ListView {
 public:
  class Iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = const T*;
    using difference_type = std::ptrdiff_t;
    using pointer = const value_type*;
    using reference = value_type;

    explicit Iterator(const ListCell* cell = nullptr) noexcept : cell_(cell) {}
    const T* operator*() const noexcept { return static_cast<const T*>(cell_->ptr_value); }
    Iterator& operator++() noexcept {
      ++cell_;
      return *this;
    }
    Iterator operator++(int) noexcept {
      Iterator before = *this;
      ++cell_;
      return before;
    }
    friend bool operator==(const Iterator&, const Iterator&) = default;

   private:
    const ListCell* cell_;
  };

  explicit ListView(const List* list) noexcept : list_(list) {}
  [[nodiscard]] Iterator begin() const noexcept { return Iterator(list_ == nullptr ? nullptr : list_->elements); }
  [[nodiscard]] Iterator end() const noexcept {
    return Iterator(list_ == nullptr ? nullptr : list_->elements + list_->length);
  }
  [[nodiscard]] std::size_t size() const noexcept {
    return list_ == nullptr ? 0 : static_cast<std::size_t>(list_->length);
  }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  [[nodiscard]] const T* operator[](std::size_t index) const noexcept {
    return static_cast<const T*>(list_->elements[index].ptr_value);
  }
  [[nodiscard]] const T* back() const noexcept { return (*this)[size() - 1]; }

 private:
  const List* list_;
};

template <class T = Node>
[[nodiscard]] ListView<T> each(const List* list) noexcept {
  return ListView<T>(list);
}

/// A C string of the tree; null is empty.
[[nodiscard]] inline std::string_view text(const char* string) noexcept {
  return string == nullptr ? std::string_view() : std::string_view(string);
}

/// The value of a String node; empty for any other.
[[nodiscard]] inline std::string_view string_value(const void* node) noexcept {
  const auto* string = as<String>(node);
  return string == nullptr ? std::string_view() : text(string->sval);
}

/// A possibly schema-qualified name. Views into the tree or into a longer-lived string.
struct NameView {
  std::string_view schema;  ///< empty where the name is not qualified
  std::string_view name;
};

[[nodiscard]] inline NameView name_of(const RangeVar* relation) noexcept {
  return {text(relation->schemaname), text(relation->relname)};
}

/// The last two String nodes of a qualified name (a catalog name in front is ignored).
[[nodiscard]] NameView name_of(const List* names) noexcept;

/// The table of "[schema.]table.object", as columns, constraints, triggers, policies and rules are named;
/// an empty name where the list has no table.
[[nodiscard]] NameView table_of(const List* names) noexcept;

/// A constraint is enforced unless it says NOT ENFORCED, which PostgreSQL 18 knows.
[[nodiscard]] inline bool is_enforced([[maybe_unused]] const Constraint& constraint) noexcept {
#if PG_VERSION_NUM >= 180000
  return constraint.is_enforced;
#else
  return true;
#endif
}

/// The name of the kind of node, as PostgreSQL spells it: "IndexStmt". For kinds that no statement
/// has, "Unknown".
[[nodiscard]] std::string_view node_name(NodeTag tag) noexcept;

}  // namespace pglatch

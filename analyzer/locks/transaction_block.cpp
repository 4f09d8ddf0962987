// Statements whose only effect of interest is that they refuse a transaction block, or the lack of one.
#include <fmt/format.h>

#include "analyzer/locks/model.h"

namespace pglatch::locks {
namespace {

const DefElem* option_named(const List* options, std::string_view name) {
  for (const DefElem* option : each<DefElem>(options)) {
    if (text(option->defname) == name) return option;
  }
  return nullptr;
}

// defGetBoolean() in define.c.
bool option_value(const List* options, std::string_view name, bool missing) {
  const DefElem* option = option_named(options, name);
  if (option == nullptr) return missing;
  if (option->arg == nullptr) return true;
  if (const auto* number = as<Integer>(option->arg)) return number->ival != 0;
  const std::string_view value = string_value(option->arg);
  return value != "false" && value != "off";
}

bool known_to_be_missing(const Model& model, std::string_view subscription) {
  return model.catalog().complete &&
         model.catalog().find_other(OBJECT_SUBSCRIPTION, {{}, subscription}, model.path()) == nullptr;
}

// subscriptioncmds.c: a replication slot is made or dropped on another server, which no ROLLBACK takes back.
void create_subscription(const Model& model, const CreateSubscriptionStmt& statement) {
  const bool connects = option_value(statement.options, "connect", true);
  if (connects && option_value(statement.options, "create_slot", true)) {
    model.refuse_in_transaction("CREATE SUBSCRIPTION ... WITH (create_slot = true)");
  }
}

void alter_subscription(const Model& model, const AlterSubscriptionStmt& statement) {
  if (known_to_be_missing(model, text(statement.subname))) {
    return model.effects.fail(fmt::format("subscription \"{}\" does not exist", text(statement.subname)));
  }
  switch (statement.kind) {
    case ALTER_SUBSCRIPTION_REFRESH:
      if (model.context.session.in_transaction() == InTransaction::yes) {
        model.effects.may_fail(
            "ALTER SUBSCRIPTION ... REFRESH cannot run inside a transaction block (if the subscription is enabled)");
      }
      return;
    case ALTER_SUBSCRIPTION_SET_PUBLICATION:
    case ALTER_SUBSCRIPTION_ADD_PUBLICATION:
    case ALTER_SUBSCRIPTION_DROP_PUBLICATION:
      if (!option_value(statement.options, "refresh", true)) return;
      if (model.context.session.in_transaction() == InTransaction::yes) {
        model.effects.may_fail(
            "ALTER SUBSCRIPTION with refresh cannot run inside a transaction block (if the subscription is enabled)");
      }
      return;
    default:
      return;
  }
}

void drop_subscription(const Model& model, const DropSubscriptionStmt& statement) {
  if (known_to_be_missing(model, text(statement.subname))) {
    if (statement.missing_ok) return;
    return model.effects.fail(fmt::format("subscription \"{}\" does not exist", text(statement.subname)));
  }
  if (model.context.session.in_transaction() == InTransaction::yes) {
    model.effects.may_fail(
        "DROP SUBSCRIPTION cannot run inside a transaction block (if the subscription has a replication slot)");
  }
}

void transaction(const Model& model, const TransactionStmt& statement) {
  switch (statement.kind) {
    case TRANS_STMT_COMMIT_PREPARED:
      model.refuse_in_transaction("COMMIT PREPARED");
      return;
    case TRANS_STMT_ROLLBACK_PREPARED:
      model.refuse_in_transaction("ROLLBACK PREPARED");
      return;
    case TRANS_STMT_SAVEPOINT:
      model.refuse_outside_transaction("SAVEPOINT");
      return;
    case TRANS_STMT_RELEASE:
      model.refuse_outside_transaction("RELEASE SAVEPOINT");
      return;
    case TRANS_STMT_ROLLBACK_TO:
      model.refuse_outside_transaction("ROLLBACK TO SAVEPOINT");
      return;
    default:
      return;
  }
}

}  // namespace

void refuse_by_transaction(const Model& model, const Node* node) {
  switch (node->type) {
    case T_CreatedbStmt:
      model.refuse_in_transaction("CREATE DATABASE");
      return;
    case T_DropdbStmt:
      model.refuse_in_transaction("DROP DATABASE");
      return;
    case T_AlterDatabaseStmt:
      if (option_named(as<AlterDatabaseStmt>(node)->options, "tablespace") != nullptr) {
        model.refuse_in_transaction("ALTER DATABASE SET TABLESPACE");
      }
      return;
    case T_CreateTableSpaceStmt:
      model.refuse_in_transaction("CREATE TABLESPACE");
      return;
    case T_DropTableSpaceStmt:
      model.refuse_in_transaction("DROP TABLESPACE");
      return;
    case T_AlterSystemStmt:
      model.refuse_in_transaction("ALTER SYSTEM");
      return;
    case T_DiscardStmt:
      if (as<DiscardStmt>(node)->target == DISCARD_ALL) model.refuse_in_transaction("DISCARD ALL");
      return;
    case T_CreateSubscriptionStmt:
      return create_subscription(model, *as<CreateSubscriptionStmt>(node));
    case T_AlterSubscriptionStmt:
      return alter_subscription(model, *as<AlterSubscriptionStmt>(node));
    case T_DropSubscriptionStmt:
      return drop_subscription(model, *as<DropSubscriptionStmt>(node));
    case T_TransactionStmt:
      return transaction(model, *as<TransactionStmt>(node));
    default:
      return;
  }
}

}  // namespace pglatch::locks

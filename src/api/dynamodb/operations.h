// DynamoDB's operations, one function each, over an ItemTable. A request's members are checked as AWS checks
// them; the store checks items and keys. Thread-safe.
#pragma once

#include "api/common/json_service.h"
#include "store/item_table.h"

namespace eyrie::api::dynamodb {

// tables.cc
JsonResult list_tables(store::ItemTable& items, const JsonCall& call);
JsonResult describe_table(store::ItemTable& items, const JsonCall& call);
JsonResult create_table(store::ItemTable& items, const JsonCall& call);
JsonResult delete_table(store::ItemTable& items, const JsonCall& call);
// get_item.cc
JsonResult get_item(store::ItemTable& items, const JsonCall& call);
// write_item.cc
JsonResult put_item(store::ItemTable& items, const JsonCall& call);
JsonResult delete_item(store::ItemTable& items, const JsonCall& call);
JsonResult update_item(store::ItemTable& items, const JsonCall& call);
// batch_get_item.cc
JsonResult batch_get_item(store::ItemTable& items, const JsonCall& call);
// batch_write_item.cc
JsonResult batch_write_item(store::ItemTable& items, const JsonCall& call);
// transact_get_items.cc
JsonResult transact_get_items(store::ItemTable& items, const JsonCall& call);
// transact_write_items.cc
JsonResult transact_write_items(store::ItemTable& items, const JsonCall& call);
// query.cc
JsonResult query(store::ItemTable& items, const JsonCall& call);
// scan.cc
JsonResult scan(store::ItemTable& items, const JsonCall& call);

}  // namespace eyrie::api::dynamodb

// Amazon DynamoDB's JSON API (awsJson1.0) over an ItemTable. Which operations: the table in
// dynamodb_service.cc and docs/compatibility.md. Source: AWS service description `dynamodb`, 2012-08-10.
// Thread safety: begin() from many threads.
#pragma once

#include "api/common/json_service.h"
#include "store/item_table.h"

namespace eyrie::api::dynamodb {

class DynamoDbService final : public JsonService {
 public:
  // All must outlive the service.
  DynamoDbService(store::ItemTable& items, const Door& door, net::MemoryBudget& budget);
};

}  // namespace eyrie::api::dynamodb

// Which IAM actions on which tables a DynamoDB request needs. Source: service authorization reference, "Actions, resources, and
// condition keys for Amazon DynamoDB". Thread-safe: pure function.
//
// Known places of tables: TableName, IndexName, ResourceArn, RequestItems, TransactItems. An operation that names its tables elsewhere
// (PartiQL's statements, TableArn, StreamArn) must be taught here before it is served: else a Deny of its table would not be met.
#pragma once

#include "api/common/json_service.h"

namespace eyrie::api::dynamodb {

// Operations that name no table are on "*". A batch needs its own action on each table, a transaction the single writes' and reads'.
std::vector<Need> needs(const std::string& operation, const json::object& request);

}  // namespace eyrie::api::dynamodb

// KeyConditionExpression: the partition a Query reads, and the range of sort keys in it. Source: DynamoDB
// developer guide, "Key condition expressions". Thread-safe: pure functions.
#pragma once

#include "api/dynamodb/expressions/expression.h"

namespace eyrie::api::dynamodb {

struct KeyCondition {
  json::value partition;
  store::SortCondition sort;
};

// `expression` must be parsed as "KeyConditionExpression".
Wire<KeyCondition> read_key_condition(const Expression& expression, const store::TableDescription& table);

}  // namespace eyrie::api::dynamodb

// Makes of an item what an UpdateExpression says. All is read from the item as it was; indices are those of before, whatever is removed
// beside; elements beyond a list's end go to its end, in the order of their indices. Numbers are added exactly, to 38 digits.
//
// Errors: kInvalidArgument and kTooLarge, with DynamoDB's message. Source: DynamoDB developer guide, "Update expressions".
// Thread-safe: pure function.
#pragma once

#include <optional>

#include "api/dynamodb/expressions/update_expression.h"

namespace eyrie::api::dynamodb {

// `current`: nullptr where there is none; then the item is made of `key`, but nullopt where the update only takes away.
Result<std::optional<store::Item>> apply_update(const UpdateExpression& update, const store::Item* current,
                                                const store::Item& key);

}  // namespace eyrie::api::dynamodb

// What TransactGetItems and TransactWriteItems have in common. Source: AWS service description `dynamodb`, 2012-08-10; DynamoDB developer
// guide, "DynamoDB transactions". Thread-safe: pure functions.
#pragma once

#include <cstdint>
#include <string_view>

#include "api/dynamodb/members.h"

namespace eyrie::api::dynamodb {

inline constexpr std::uint64_t kMaxTransactionBytes = 4U << 20;
inline constexpr std::string_view kTooMuchInTransaction = "The aggregate size of the items in the transaction cannot exceed 4 MB";
inline constexpr double kTransactionFactor = 2;  // of units, for preparing and committing
inline constexpr std::string_view kTwiceInTransaction = "Transaction request cannot include multiple operations on one item";

// TransactItems: 1 to 100.
Wire<const json::array*> transact_items(const json::object& request);

}  // namespace eyrie::api::dynamodb

// Sums of DynamoDB's numbers (number_key.h), exact: worked out digit by digit, never by way of a double.
// Thread-safe: pure functions.
#pragma once

#include "store/items/number_key.h"

namespace eyrie::store {

// kInvalidArgument with DynamoDB's message where the sum is too large, too small, or needs more than 38 digits; the last of these
// DynamoDB too calls an overflow.
Result<Decimal> add(const Decimal& a, const Decimal& b);

}  // namespace eyrie::store

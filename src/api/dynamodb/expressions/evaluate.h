// Says whether an item satisfies an expression. A comparison with what is absent is false, but for `<>`,
// which is true. Thread-safe: pure function; allocates little, never throws but for want of memory.
#pragma once

#include "api/dynamodb/expressions/expression.h"

namespace eyrie::api::dynamodb {

bool holds(const Expression& expression, const store::Item& item);

}  // namespace eyrie::api::dynamodb

// Records whose values are JSON objects, as their owners read them.
//
// `what` names the kind in messages: "identity", "key". Errors: kCorrupt. Thread safety: functions.
#pragma once

#include <string_view>

#include "base/json.h"
#include "store/record_store.h"

namespace eyrie::store {

// The error for a record that opened and yet is not what its owner writes.
std::unexpected<Error> corrupt(const Record& record, std::string_view what);

Result<json::object> object_of(const Record& record, std::string_view what);

}  // namespace eyrie::store

// CBOR (RFC 8949) as Smithy's RPC v2 protocol has it, from and to JSON values.
//
// Read: maps with texts as keys, arrays and texts of told or untold length, numbers of all sizes, booleans, null and undefined; a time (tag 1) is its number; other tags are passed over.
// Byte strings are none of this protocol's. Bounded: kMaxJsonDepth, `most_values`. Written: what members times are (is_time_member) with tag 1.
// Errors: kInvalidArgument. Thread-safe: pure functions.
#pragma once

#include "base/bytes.h"
#include "base/json.h"

namespace eyrie::api::cloudwatch {

Result<json::value> read_cbor(ByteView bytes, std::size_t most_values);
std::string write_cbor(const json::value& value);

// Of CloudWatch's members: those that are times, or lists of times, in seconds since 1970.
bool is_time_member(std::string_view name);

}  // namespace eyrie::api::cloudwatch

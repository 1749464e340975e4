// Bodies that clients have compressed: Content-Encoding: gzip, as SDKs send PutMetricData's. Thread-safe: pure function.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "net/http.h"

namespace eyrie::api {

// The body as it was before: itself where the head names no encoding. kUnsupported - another encoding; kInvalidArgument - no gzip, or it is cut off; kTooLarge - more than `most` bytes come out.
Result<Bytes> plain_body(const net::RequestHead& head, Bytes body, std::size_t most);

}  // namespace eyrie::api

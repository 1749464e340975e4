// <Delete>: which objects DeleteObjects is to remove.
// Source: S3 API reference, DeleteObjects. Thread-safe: pure function.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "aws/wire_error.h"
#include "base/bytes.h"

namespace eyrie::api::s3 {

struct AskedDelete {
  std::string key;
  std::string version;  // empty: none was named
  std::string etag;     // empty: whatever is there
};
struct AskedDeletes {
  std::vector<AskedDelete> objects;  // 1 to 1,000
  bool quiet = false;                // tell of errors alone
};

// MalformedXML, or NotImplemented where a condition on size or time is told.
std::expected<AskedDeletes, aws::WireError> parse_deletes_xml(ByteView xml);

}  // namespace eyrie::api::s3

// <CompleteMultipartUpload>: which parts make the object.
// Source: S3 API reference, CompleteMultipartUpload. Thread-safe: pure function.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "aws/wire_error.h"
#include "base/bytes.h"
#include "store/object_store.h"

namespace eyrie::api::s3 {

struct AskedPart {
  std::size_t number = 0;
  std::string etag;            // without quotes
  store::StringMap checksums;  // as told: "CRC32" -> base64
};

// In ascending order, 1 to 10,000 of them. MalformedXML, InvalidPartOrder, or InvalidArgument for a part 0.
std::expected<std::vector<AskedPart>, aws::WireError> parse_parts_xml(ByteView xml);

}  // namespace eyrie::api::s3

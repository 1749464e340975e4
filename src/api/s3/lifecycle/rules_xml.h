// LifecycleConfiguration as XML: in, checked as S3 checks it, and out.
//
// Errors: MalformedXML where the document does not fit the schema (more than 1,000 rules and none among it), InvalidArgument
// where a value is out of range, InvalidRequest where parts of a rule do not go together.
// Source: S3 API reference, PutBucketLifecycleConfiguration; the messages are S3's. Thread-safe: pure functions.
#pragma once

#include <expected>
#include <string>

#include "api/s3/lifecycle/rules.h"
#include "aws/wire_error.h"
#include "base/bytes.h"

namespace eyrie::api::s3 {

std::expected<LifecycleConfiguration, aws::WireError> parse_lifecycle_xml(ByteView xml);
std::string write_lifecycle_xml(const LifecycleConfiguration& configuration);

}  // namespace eyrie::api::s3

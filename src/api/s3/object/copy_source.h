// The source of CopyObject and UploadPartCopy: x-amz-copy-source and what comes with it. Thread-safe: plain functions.
#pragma once

#include "api/s3/byte_range.h"
#include "api/s3/service.h"
#include "aws/checksum.h"

namespace eyrie::api::s3 {

inline constexpr std::uint64_t kMaxCopyBytes = 5ULL << 30;

struct CopySource {
  std::string bucket;
  std::string key;
  bool versioned = false;  // a version was named
};

// "[/]BUCKET/KEY[?versionId=null]", form-encoded.
std::expected<CopySource, aws::WireError> parse_copy_source(std::string_view header);

// The object that x-amz-copy-source names, where the x-amz-copy-source-if-* conditions hold (else 412). Opened with the
// customer's key for the source, where there is one.
std::expected<std::unique_ptr<store::ObjectReader>, aws::WireError> open_copy_source(Backend& backend,
                                                                                     const CopySource& source,
                                                                                     const Request& request);

// x-amz-copy-source-range, which unlike Range must be "bytes=FIRST-LAST" and lie within the object; all of it where empty.
std::expected<ByteRange, aws::WireError> parse_copy_range(std::string_view header, std::uint64_t size);

// Feeds the range to `writer` and to each of `checksums`.
Status copy_bytes(store::ObjectReader& from, ByteRange range, store::ObjectWriter& writer,
                  std::initializer_list<aws::Checksum*> checksums);

}  // namespace eyrie::api::s3

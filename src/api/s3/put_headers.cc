#include "api/s3/put_headers.h"

#include <algorithm>

#include "api/common/requester.h"
#include "api/s3/object/header_text.h"
#include "api/s3/object/storage_class.h"
#include "api/s3/tagging.h"
#include "base/encoding.h"

namespace eyrie::api::s3 {
namespace {

constexpr std::size_t kMaxMetadataBytes = 2048;
constexpr std::string_view kMetadataPrefix = "x-amz-meta-";

// What would change how the object is kept, and is not supported.
std::optional<aws::WireError> unsupported(const net::Headers& headers) {
  static constexpr std::string_view kRefused[] = {"x-amz-website-redirect-location", "x-amz-write-offset-bytes"};
  for (const std::string_view name : kRefused) {
    if (headers.has(name)) return aws::s3::not_implemented(name);
  }
  const std::string_view storage = headers.get("x-amz-storage-class");
  if (headers.has("x-amz-storage-class") && !is_storage_class(storage)) {
    return aws::WireError{400, "InvalidStorageClass", "The storage class you specified is not valid", {{"StorageClassRequested", std::string(storage)}}};
  }
  // As AWS answers for a bucket that was made without locks, which every one here is.
  for (const char* name : {"x-amz-object-lock-mode", "x-amz-object-lock-retain-until-date", "x-amz-object-lock-legal-hold"}) {
    if (headers.has(name)) return aws::s3::invalid_request("Bucket is missing Object Lock Configuration");
  }
  return std::nullopt;
}

// aws-chunked describes the transfer and not the object.
std::string content_encoding(std::string_view header) {
  std::string kept;
  while (!header.empty()) {
    const std::size_t comma = header.find(',');
    std::string_view one = header.substr(0, comma);
    header = comma == std::string_view::npos ? std::string_view() : header.substr(comma + 1);
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    if (one.empty() || one == "aws-chunked") continue;
    if (!kept.empty()) kept += ",";
    kept += one;
  }
  return kept;
}

}  // namespace

std::expected<store::PutCommit, aws::WireError> parse_put_headers(const Request& request) {
  const net::Headers& headers = request.headers();
  if (auto refused = unsupported(headers)) return std::unexpected(*refused);
  store::PutCommit commit;
  commit.content_type = headers.get("Content-Type");
  for (const char* name : {"Cache-Control", "Content-Disposition", "Content-Language", "Expires"}) {
    if (const std::string* value = headers.find(name)) commit.headers[name] = *value;
  }
  if (std::string encoding = content_encoding(headers.get("Content-Encoding")); !encoding.empty()) {
    commit.headers["Content-Encoding"] = std::move(encoding);
  }
  std::size_t metadata_bytes = 0;
  for (const auto& [name, value] : headers) {
    const std::string lowered = lower_case(name);
    if (!lowered.starts_with(kMetadataPrefix)) continue;
    const std::string text = decode_header_text(value);
    std::string& slot = commit.metadata[lowered.substr(kMetadataPrefix.size())];
    slot = slot.empty() ? text : slot + "," + text;
    metadata_bytes += lowered.size() - kMetadataPrefix.size() + text.size();
  }
  if (metadata_bytes > kMaxMetadataBytes) {
    return std::unexpected(aws::s3::metadata_too_large(metadata_bytes, kMaxMetadataBytes));
  }
  for (const auto& [name, value] : commit.headers) {
    if (!valid_utf8(value)) return std::unexpected(aws::s3::invalid_argument("Header is not UTF-8", name, ""));
  }
  if (!valid_utf8(commit.content_type)) {
    return std::unexpected(aws::s3::invalid_argument("Header is not UTF-8", "Content-Type", ""));
  }
  if (const std::string_view storage = headers.get("x-amz-storage-class"); !storage.empty())
    commit.storage_class = storage;
  auto tags = parse_tag_header(headers.get("x-amz-tagging"));
  if (!tags) return std::unexpected(tags.error());
  commit.tags = std::move(*tags);
  if (const std::string* none_match = headers.find("If-None-Match")) {
    if (*none_match != "*") return std::unexpected(aws::s3::not_implemented("If-None-Match"));
    commit.conditions.if_none_match = true;
  }
  if (const std::string* match = headers.find("If-Match")) {
    std::string_view etag = *match;
    if (etag.size() >= 2 && etag.front() == '"' && etag.back() == '"') etag = etag.substr(1, etag.size() - 2);
    commit.conditions.if_match = std::string(etag);
  }
  commit.by = requester(*request.context);
  return commit;
}

}  // namespace eyrie::api::s3

#include "api/s3/request.h"

#include <algorithm>
#include <array>

#include "aws/sigv2.h"
#include "base/encoding.h"

namespace eyrie::api::s3 {
namespace {

bool is_ipv4(std::string_view name) {
  return std::ranges::count(name, '.') == 3 &&
         std::ranges::all_of(name, [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
}

// What SDKs move into the query of a URL that they sign by version 4, and S3 takes from there.
bool is_moved_header(std::string_view lower_name) {
  static constexpr std::array<std::string_view, 9> kNames = {
      "x-amz-acl", "x-amz-expected-bucket-owner", "x-amz-metadata-directive", "x-amz-server-side-encryption", "x-amz-server-side-encryption-aws-kms-key-id",
      "x-amz-server-side-encryption-bucket-key-enabled", "x-amz-server-side-encryption-context", "x-amz-storage-class", "x-amz-website-redirect-location"};
  return lower_name.starts_with("x-amz-meta-") || lower_name.starts_with("x-amz-grant-") || lower_name.starts_with("x-amz-object-lock-") ||
         std::ranges::find(kNames, lower_name) != kNames.end();
}

bool fits_header(std::string_view value) {
  return std::ranges::none_of(value, [](unsigned char c) { return c < ' ' || c == 0x7f; });
}

}  // namespace

std::string bucket_of_host(std::string_view host) {
  constexpr std::string_view kLocal = ".localhost";
  if (const std::size_t colon = host.rfind(':'); colon != std::string_view::npos)
    host = host.substr(0, colon);
  if (host.ends_with(kLocal)) {
    host.remove_suffix(kLocal.size());
    if (host.ends_with(".s3")) host.remove_suffix(3);
    return host == "s3" ? "" : std::string(host);
  }
  const std::size_t service =
      std::max(host.rfind(".s3.") + 1, host.rfind(".s3-") + 1);  // 0 where there is neither
  return std::string(host.substr(0, service == 0 ? 0 : service - 1));
}

std::optional<std::map<std::string, std::string>> parse_query(const net::RequestHead& head) {
  auto pairs = net::parse_query(head.query);
  if (!pairs) return std::nullopt;
  std::map<std::string, std::string> query;
  for (auto& [name, value] : *pairs) {
    if (!valid_utf8(name) || !valid_utf8(value)) return std::nullopt;
    query.emplace(std::move(name), std::move(value));
  }
  return query;
}

std::expected<Request, aws::WireError> parse_request(ContextPtr context) {
  Request request;
  const net::RequestHead& head = context->head;
  const auto path = percent_decode(std::string_view(head.path).substr(head.path.starts_with('/') ? 1 : 0));
  auto query = parse_query(head);
  if (!path || !query || !valid_utf8(*path)) return std::unexpected(aws::s3::invalid_uri());
  request.query = std::move(*query);
  request.bucket = bucket_of_host(head.headers.get("Host"));
  if (!request.bucket.empty()) {
    request.key = *path;
  } else {
    const std::size_t slash = path->find('/');
    request.bucket = path->substr(0, slash);
    if (slash != std::string::npos) request.key = path->substr(slash + 1);
  }
  // No bucket begins so, but those that Eyrie keeps for itself (multipart.h).
  if (request.bucket.starts_with('.')) return std::unexpected(aws::s3::invalid_bucket_name(request.bucket));
  if (request.key.size() > kMaxKeyBytes) {
    return std::unexpected(aws::s3::key_too_long(request.key.size(), kMaxKeyBytes));
  }
  request.context = std::move(context);
  return request;
}

std::optional<aws::WireError> check_unambiguous(const Request& request, std::string_view operation) {
  static constexpr std::array<std::string_view, 2> kLists = {"x-amz-object-attributes", "x-amz-optional-object-attributes"};
  static constexpr std::array<std::string_view, 5> kMaking = {"CopyObject", "CreateMultipartUpload", "PutObject", "UploadPart", "UploadPartCopy"};
  for (const auto& [name, value] : request.headers()) {
    if (request.headers().find(name) == &value) continue;  // the first of its name
    const std::string lower = lower_case(name);
    if (!lower.starts_with("x-amz-") || lower.starts_with("x-amz-meta-")) continue;
    if (std::ranges::find(kLists, lower) == kLists.end()) return aws::s3::invalid_argument("The header " + name + " may be sent once only", name, value);
  }
  if (request.has("versionId") && std::ranges::find(kMaking, operation) != kMaking.end())
    return aws::s3::invalid_argument("This operation does not accept a version-id.", "versionId", request.get("versionId"));
  return std::nullopt;
}

std::optional<aws::WireError> check_expected_owner(const net::Headers& headers, std::string_view name) {
  constexpr std::size_t kDigits = 12;
  const std::string* owner = headers.find(name);
  if (owner == nullptr || *owner == kAccount) return std::nullopt;
  if (owner->size() == kDigits && std::ranges::all_of(*owner, [](char c) { return c >= '0' && c <= '9'; })) return aws::s3::access_denied();
  return aws::WireError{400, "InvalidBucketOwnerAWSAccountID",
                        "The value of the expected bucket owner parameter must be an AWS Account ID... [" + *owner + "]"};
}

std::string object_url(const Request& request) {
  const std::string host(request.headers().get("Host"));
  const std::string scheme = request.context->head.secure ? "https://" : "http://";
  const std::string bucket = bucket_of_host(host).empty() ? request.bucket + "/" : "";
  return scheme + host + "/" + bucket + percent_encode(request.key);
}

bool valid_bucket_name(std::string_view name) {
  auto alphanumeric = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  if (name.size() < 3 || name.size() > 63) return false;
  if (!alphanumeric(name.front()) || !alphanumeric(name.back())) return false;
  if (!std::ranges::all_of(name, [&](char c) { return alphanumeric(c) || c == '-' || c == '.'; }))
    return false;
  // Between dots there are labels of the name system.
  for (const std::string_view pair : {"..", ".-", "-."}) {
    if (name.contains(pair)) return false;
  }
  if (is_ipv4(name)) return false;
  for (const std::string_view prefix : {"xn--", "sthree-", "amzn-s3-demo-"}) {
    if (name.starts_with(prefix)) return false;
  }
  // Names of access points, Object Lambda, multi-region access points, directory and table buckets.
  for (const std::string_view suffix : {"-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"}) {
    if (name.ends_with(suffix)) return false;
  }
  return true;
}

void take_headers_of_url(Context& context, const aws::Authorization& claim) {
  if (!claim.presigned) return;
  net::Headers& headers = context.head.headers;
  for (auto& [name, value] : aws::headers_of_query(context.head)) {
    const bool taken = claim.version_2 || (is_moved_header(name) && fits_header(value) && !headers.has(name));
    if (taken) headers.add(std::move(name), std::move(value));
  }
}

}  // namespace eyrie::api::s3

#include "aws/sigv2.h"

#include <algorithm>
#include <map>
#include <set>

#include "aws/account.h"
#include "base/time/clock.h"
#include "base/encoding.h"
#include "crypto/digest.h"

namespace eyrie::aws {
namespace {

constexpr std::string_view kKey = "AWSAccessKeyId", kExpires = "Expires", kSignature = "Signature";
constexpr std::string_view kToken = "x-amz-security-token";

// Those of the documentation, and those that S3 has got since; list-type and partNumber of a GET are no other operation, but partNumber is of the first.
constexpr std::string_view kSubresources[] = {
    "abac", "accelerate", "acl", "analytics", "annotation", "attributes", "cors", "defaultObjectAcl", "delete", "encryption",
    "intelligent-tiering", "inventory", "legal-hold", "lifecycle", "location", "logging", "metadataAnnotationTable",
    "metadataConfiguration", "metadataInventoryTable", "metadataJournalTable", "metadataTable", "metrics", "notification",
    "object-lock", "ownershipControls", "partNumber", "policy", "policyStatus", "publicAccessBlock", "renameObject", "replication",
    "requestPayment", "response-cache-control", "response-content-disposition", "response-content-encoding",
    "response-content-language", "response-content-type", "response-expires", "restore", "retention", "select", "select-type", "session",
    "storageClass", "tagging", "torrent", "uploadId", "uploads", "versionId", "versioning", "versions", "website"};
static_assert(std::ranges::is_sorted(kSubresources));

bool is_header_in_query(std::string_view lower_name) {
  return lower_name.starts_with("x-amz-") || lower_name == "content-type" || lower_name == "content-md5";
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

// By name in lower case: those of the request, and those of its query.
std::map<std::string, std::string> headers_to_sign(const net::RequestHead& head) {
  std::map<std::string, std::string> headers;
  const auto add = [&headers](const std::string& name, std::string_view value) {
    const auto [at, is_new] = headers.emplace(name, canonical_header_value(value));
    if (!is_new) at->second += "," + canonical_header_value(value);
  };
  for (const auto& [name, value] : head.headers) {
    const std::string lower = lower_case(name);
    if (is_header_in_query(lower)) add(lower, value);
  }
  for (const auto& [name, value] : headers_of_query(head)) add(name, value);
  return headers;
}

std::string canonical_resource(const net::RequestHead& head, const Pairs& query, std::string_view host_bucket) {
  std::string text = host_bucket.empty() ? "" : "/" + std::string(host_bucket);
  text += head.path;
  std::vector<std::string> parts;
  for (const auto& [name, value] : query) {
    if (std::ranges::binary_search(kSubresources, name)) parts.push_back(value.empty() ? name : name + "=" + value);
  }
  std::ranges::sort(parts);
  char separator = '?';
  for (const std::string& part : parts) {
    text += separator + part;
    separator = '&';
  }
  return text;
}

AuthError bad_signature(std::string_view access_key, std::string_view text, std::string_view signature) {
  return {AuthProblem::kBadSignature,
          "The request signature we calculated does not match the signature you provided. Check your key and "
          "signing method.",
          {{"AWSAccessKeyId", std::string(access_key)},
           {"StringToSign", std::string(text)},
           {"SignatureProvided", std::string(signature)}}};
}

bool fits(std::string_view secret, std::string_view text, std::string_view signature) {
  return crypto::constant_time_equal(as_bytes(sign_version_2(secret, text)), as_bytes(signature));
}

std::expected<void, AuthError> check_time(const std::string& expires, std::int64_t now_ms) {
  const auto told = whole_number<std::int64_t>(expires);
  if (!told || expires.starts_with('-')) return refuse(AuthProblem::kExpired, "Invalid date (should be seconds since epoch): " + expires);
  const std::int64_t seconds = *told;
  if (seconds <= now_ms / 1000) {
    return refuse(AuthProblem::kExpired, "Request has expired",
                  {{"Expires", format_iso8601(seconds * 1000)}, {"ServerTime", format_iso8601(now_ms)}});
  }
  if (seconds - now_ms / 1000 > kMaxExpiresSeconds) {
    return refuse(AuthProblem::kExpired, "Expires must be less than a week ahead", {{"ServerTime", format_iso8601(now_ms)}});
  }
  return {};
}

}  // namespace

bool names_signature_version_2(std::string_view query) {
  if (query.empty()) return false;
  const auto pairs = net::parse_query(query);
  return pairs && std::ranges::any_of(*pairs, [](const auto& pair) { return pair.first == kKey || pair.first == kSignature; });
}

std::expected<Authorization, AuthError> parse_version_2(const net::RequestHead& head, std::int64_t now_ms) {
  const auto pairs = net::parse_query(head.query);
  if (!pairs) return refuse(AuthProblem::kBadUri, "Couldn't parse the specified URI.");
  Authorization claim;
  std::string expires;
  std::set<std::string> seen;
  for (const auto& [name, value] : *pairs) {
    const std::string lower = lower_case(name);
    std::string* const field = name == kKey         ? &claim.access_key
                               : name == kSignature ? &claim.signature
                               : name == kExpires   ? &expires
                               : lower == kToken    ? &claim.session_token
                                                    : nullptr;
    const bool counts = field != nullptr || is_header_in_query(lower) || std::ranges::binary_search(kSubresources, name);
    if (counts && !seen.insert(field == nullptr ? lower : name).second) {
      return refuse(AuthProblem::kMissingDate, "Query-string authentication takes each parameter once: " + name);
    }
    if (field != nullptr) *field = value;
  }
  if (claim.access_key.empty() || claim.signature.empty() || expires.empty()) {
    return refuse(AuthProblem::kMissingDate, "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters");
  }
  for (const auto& [name, value] : head.headers) {
    const std::string lower = lower_case(name);
    if (is_header_in_query(lower) && lower.starts_with("x-amz-") && seen.contains(lower)) {
      return refuse(AuthProblem::kMissingDate, "Query-string authentication takes each parameter once: " + lower);
    }
    if (lower == kToken) claim.session_token = value;
  }
  static constexpr std::string_view kMethods[] = {"GET", "HEAD", "PUT", "DELETE"};
  if (std::ranges::find(kMethods, head.method) == std::end(kMethods)) {
    return refuse(AuthProblem::kUnsupported, "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.");
  }
  if (auto sound = check_time(expires, now_ms); !sound) return std::unexpected(sound.error());
  // Chunks' signatures go on from one of version 4.
  if (head.headers.get("x-amz-content-sha256").starts_with("STREAMING-")) {
    return refuse(AuthProblem::kInvalidArgument, "x-amz-content-sha256 must be UNSIGNED-PAYLOAD or absent",
                  {{"ArgumentName", "x-amz-content-sha256"}, {"ArgumentValue", std::string(head.headers.get("x-amz-content-sha256"))}});
  }
  claim.version_2 = true;
  claim.presigned = true;
  claim.service = "s3";
  claim.region = kRegion;
  claim.time_ms = now_ms;  // it does not say when it was made
  claim.payload = PayloadMode::kUnsigned;
  claim.payload_hash = kUnsignedPayload;
  return claim;
}

Pairs headers_of_query(const net::RequestHead& head) {
  Pairs headers;
  const auto pairs = net::parse_query(head.query);
  if (!pairs) return headers;
  for (const auto& [name, value] : *pairs) {
    std::string lower = lower_case(name);
    if (is_header_in_query(lower) && !head.headers.has(lower)) headers.emplace_back(std::move(lower), value);
  }
  return headers;
}

std::string version_2_text(const net::RequestHead& head, std::string_view host_bucket) {
  const Pairs query = net::parse_query(head.query).value_or(Pairs());
  auto headers = headers_to_sign(head);
  std::string expires;
  for (const auto& [name, value] : query) {
    if (name == kExpires) expires = value;
  }
  std::string text = head.method + "\n" + headers["content-md5"] + "\n" + headers["content-type"] + "\n" + expires + "\n";
  for (const auto& [name, value] : headers) {
    if (name.starts_with("x-amz-")) text += name + ":" + value + "\n";
  }
  return text + canonical_resource(head, query, host_bucket);
}

std::string sign_version_2(std::string_view secret, std::string_view text) {
  return base64_encode(crypto::hmac_sha1(as_bytes(secret), as_bytes(text)));
}

std::expected<void, AuthError> check_version_2(const Authorization& claim, const net::RequestHead& head, std::string_view host_bucket,
                                               std::string_view secret) {
  const std::string text = version_2_text(head, host_bucket);
  if (fits(secret, text, claim.signature)) return {};
  return std::unexpected(bad_signature(claim.access_key, text, claim.signature));
}

std::expected<void, AuthError> check_form_version_2(std::string_view access_key, std::string_view signature, std::string_view policy,
                                                    std::string_view secret) {
  if (fits(secret, policy, signature)) return {};
  return std::unexpected(bad_signature(access_key, policy, signature));
}

}  // namespace eyrie::aws

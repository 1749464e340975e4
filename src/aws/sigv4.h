// AWS Signature Version 4: verifying what clients send, and signing as they do.
//
// Verifying takes two steps, because services other than S3 sign the hash of a body that has not come yet:
//
//   auto claim = parse_authorization(head, now_ms);          // in begin(): form, dates, expiry; no secret
//   needed if (!claim) ...                                           // claim.error(): AuthError, see
//   wire_error.h
//   ... look up claim->access_key ...                         // unknown: invalid_access_key(*claim)
//   auto signature = check_signature(*claim, head, secret, claim->payload_hash or hex SHA-256 of the body);
//
// With STREAMING-... payloads the chunks are checked by ChunkedDecoder (chunked.h) from what
// check_signature() returns.
//
// Refused with a clear error: SigV4A (ECDSA), Signature Version 2 (but for sigv2.h, where asked for), a host header that is not signed, an
// x-amz-* header that is present and not signed, a credential date other than the request's, a request time
// off by over 15 minutes, a presigned URL past its expiry or made for more than a week. Signatures are
// compared in constant time.
//
// Source: AWS documentation, "AWS Signature Version 4 for API requests" and "Authenticating Requests (S3)".
// Thread-safe: plain functions of their arguments. Secrets are never logged nor put in errors.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/canonical_request.h"
#include "net/http.h"

namespace eyrie::aws {

inline constexpr std::int64_t kMaxSkewMs = 15 * 60 * 1000;
inline constexpr std::int64_t kMaxExpiresSeconds = 604800;
inline constexpr std::string_view kUnsignedPayload = "UNSIGNED-PAYLOAD";
inline constexpr std::string_view kEmptySha256 =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

using SigningKey = std::array<std::uint8_t, 32>;

enum class PayloadMode {
  kBodyHash,               // not told (services other than S3): the hex SHA-256 of the body
  kSha256,                 // told in x-amz-content-sha256: the body must have it
  kUnsigned,               // UNSIGNED-PAYLOAD
  kSignedChunks,           // STREAMING-AWS4-HMAC-SHA256-PAYLOAD
  kSignedChunksTrailer,    // STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER
  kUnsignedChunksTrailer,  // STREAMING-UNSIGNED-PAYLOAD-TRAILER
};
bool is_chunked(PayloadMode mode);

enum class AuthProblem {
  kMissing,             // no credentials at all: an anonymous request
  kMalformed,           // Authorization header not of the form
  kMalformedQuery,      // X-Amz-* query parameters not of the form
  kUnsupported,         // Signature Version 2, SigV4A
  kInvalidArgument,     // two mechanisms at once, a mechanism that is none of AWS's, an unknown payload mode
  kBadUri,              // path or query cannot be decoded
  kMissingDate,         // neither x-amz-date nor Date, or unreadable
  kSkewed,              // request time too far from ours
  kExpired,             // presigned URL past its time
  kNotSigned,           // a header that must be signed is not
  kMissingContentHash,  // S3 without x-amz-content-sha256
  kUnknownKey,          // no such access key
  kInvalidToken,        // a session token that is none of the access key's
  kBadSignature,
};

inline constexpr std::string_view kSigV4Algorithm = "AWS4-HMAC-SHA256";

struct AuthError {
  AuthProblem problem;
  std::string message;  // in AWS's words for S3
  // More of it, as S3 tells in elements of its error: {"StringToSign", "..."}.
  std::vector<std::pair<std::string, std::string>> details = {};
};
inline std::unexpected<AuthError> refuse(AuthProblem problem, std::string message, std::vector<std::pair<std::string, std::string>> details = {}) {
  return std::unexpected(AuthError{problem, std::move(message), std::move(details)});
}

// What a request claims to be, before the signature is checked.
struct Authorization {
  std::string access_key;
  std::string date;  // 20260824, of the credential scope
  std::string region;
  std::string service;
  std::string scope;     // date/region/service/aws4_request
  std::string amz_date;  // 20260824T101500Z
  std::int64_t time_ms = 0;
  std::vector<std::string> signed_headers;  // as told: other than lower case and sorted fits no signature
  std::string signature;                    // as told
  std::string session_token;                // empty: none
  bool presigned = false;
  bool version_2 = false;            // Signature Version 2, presigned: sigv2.h
  std::int64_t expires_seconds = 0;  // presigned only
  PayloadMode payload = PayloadMode::kBodyHash;
  std::string payload_hash;  // as told; empty for kBodyHash
};

// What chunk and trailer signatures go on from.
struct VerifiedSignature {
  SigningKey signing_key;
  std::string seed_signature;
  std::string amz_date;
  std::string scope;
};

// Reads header or query credentials and checks all that needs no secret.
// `takes_version_2`: presigned URLs of Signature Version 2 too.
std::expected<Authorization, AuthError> parse_authorization(const net::RequestHead& head,
                                                            std::int64_t now_ms, bool takes_version_2 = false);

// Nobody has signed it: neither an Authorization header nor what presigned URLs have.
bool is_unsigned(const net::RequestHead& head);
// What an unsigned request to S3 says of its body; access_key stays empty.
std::expected<Authorization, AuthError> parse_unsigned(const net::RequestHead& head);

// The service named in the credential scope ("s3", "rekognition"), "" where there is none. For dispatch;
// checks nothing.
std::string_view claimed_service(const net::RequestHead& head);

// Whether the claim is for this service and region: a signature is good for no other.
std::expected<void, AuthError> check_scope(const Authorization& claim, std::string_view service,
                                           std::string_view region);

// `payload_hash`: for kBodyHash the hex SHA-256 of the body; else claim.payload_hash. With kSha256 the caller
// compares the body's hash with claim.payload_hash once it has read it.
std::expected<VerifiedSignature, AuthError> check_signature(const Authorization& claim,
                                                            const net::RequestHead& head,
                                                            std::string_view secret,
                                                            std::string_view payload_hash);

// kUnknownKey; kInvalidToken where the claim comes with a session token.
AuthError invalid_access_key(const Authorization& claim);

// --- signing ---

struct Credentials {
  std::string access_key;
  std::string secret;
  std::string session_token;  // empty: none
};

struct SigningOptions {
  std::string region;
  std::string service;
  std::int64_t time_ms = 0;
  // x-amz-content-sha256 of an S3 request; for others the hex SHA-256 of the body, which is signed but not
  // sent.
  std::string payload_hash = std::string(kEmptySha256);
  // Headers to sign; empty: host, content-type, content-md5 and all x-amz-*.
  std::vector<std::string> signed_headers = {};
};

// Adds X-Amz-Date, X-Amz-Security-Token (where there is one), x-amz-content-sha256 (S3) and Authorization to
// the head, which must have Host. Returns what chunk signatures go on from.
VerifiedSignature sign_request(net::RequestHead& head, const Credentials& credentials,
                               const SigningOptions& options);

// The query of a presigned URL: head.query with the X-Amz-* parameters added. head.headers are the headers
// that the client must send (Host at least).
std::string presign_query(const net::RequestHead& head, const Credentials& credentials,
                          const SigningOptions& options, std::int64_t expires_seconds);

// --- parts, for chunk signatures, POST policies and tests ---

SigningKey derive_signing_key(std::string_view secret, std::string_view date, std::string_view region,
                              std::string_view service);
std::string string_to_sign(std::string_view amz_date, std::string_view scope,
                           std::string_view canonical_request);
std::string sign_string(const SigningKey& key, std::string_view text);  // hex

}  // namespace eyrie::aws

#include "aws/sigv4.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "aws/account.h"
#include "aws/sigv2.h"
#include "base/time/clock.h"
#include "base/encoding.h"
#include "crypto/digest.h"
#include "net/head_parser.h"

namespace eyrie::aws {
namespace {

constexpr std::string_view kTerminator = "aws4_request";
// Names in a request are short; these keep a hostile one from costing us copies and comparisons.
constexpr std::size_t kMaxScopeField = 128;

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::unexpected<AuthError> invalid_argument(std::string message, std::string name, std::string value) {
  return refuse(AuthProblem::kInvalidArgument, std::move(message),
                {{"ArgumentName", std::move(name)}, {"ArgumentValue", std::move(value)}});
}

bool lower_hex(std::string_view text, std::size_t length) {
  return text.size() == length && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

// --- reading credentials ---

// The parts of an Authorization header or of the query, not yet looked into.
struct RawCredentials {
  std::string algorithm;
  std::string credential;
  std::string signed_headers;
  std::string signature;
  std::string date;
  std::string expires;
  std::string token;
  std::optional<std::string> payload_hash;  // of x-amz-content-sha256
};

AuthProblem form_problem(bool presigned) {
  return presigned ? AuthProblem::kMalformedQuery : AuthProblem::kMalformed;
}

std::unexpected<AuthError> signature_version_2() {
  return refuse(AuthProblem::kUnsupported,
                "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.");
}

std::expected<RawCredentials, AuthError> read_header_credentials(const net::RequestHead& head) {
  if (head.headers.count("Authorization") > 1) {
    return refuse(AuthProblem::kMalformed,
                  "The authorization header is malformed; it is given more than once.");
  }
  std::string_view text = trimmed(head.headers.get("Authorization"));
  const std::size_t space = std::min(text.find(' '), text.size());
  RawCredentials raw;
  raw.algorithm = text.substr(0, space);
  if (raw.algorithm.starts_with("AWS4-ECDSA")) {
    return refuse(
        AuthProblem::kUnsupported,
        "Signature Version 4A (AWS4-ECDSA-P256-SHA256) is not supported. Please use AWS4-HMAC-SHA256.");
  }
  // "AWS KEY:SIGNATURE"
  if (raw.algorithm == "AWS" && text.find(':') != std::string_view::npos) return signature_version_2();
  if (raw.algorithm != kSigV4Algorithm) {
    return invalid_argument("Unsupported Authorization Type", "Authorization", std::string(text));
  }
  text.remove_prefix(space);
  std::set<std::string_view> seen;
  for (std::string_view part : split(text, ',')) {
    part = trimmed(part);
    const std::size_t equals = part.find('=');
    const std::string_view name = part.substr(0, equals);
    std::string* field = name == "Credential"      ? &raw.credential
                         : name == "SignedHeaders" ? &raw.signed_headers
                         : name == "Signature"     ? &raw.signature
                                                   : nullptr;
    if (field == nullptr || equals == std::string_view::npos || !seen.insert(name).second) {
      return refuse(AuthProblem::kMalformed,
                    "The authorization header is malformed; expecting Credential, SignedHeaders and "
                    "Signature, each once.");
    }
    *field = part.substr(equals + 1);
  }
  for (const auto& [name, value] :
       {std::pair{"Credential", &raw.credential}, std::pair{"SignedHeaders", &raw.signed_headers},
        std::pair{"Signature", &raw.signature}}) {
    if (value->empty()) {
      return refuse(AuthProblem::kMalformed,
                    "The authorization header is malformed; " + std::string(name) + " is missing.");
    }
  }
  raw.token = head.headers.get("x-amz-security-token");
  return raw;
}

std::expected<RawCredentials, AuthError> read_query_credentials(const net::RequestHead& head) {
  const auto pairs = net::parse_query(head.query);
  if (!pairs) return refuse(AuthProblem::kBadUri, "Couldn't parse the specified URI.");
  RawCredentials raw;
  bool twice = false;
  std::set<std::string_view> seen;
  for (const auto& [name, value] : *pairs) {
    if (name == "X-Amz-Content-Sha256") raw.payload_hash = value;
    std::string* field = name == "X-Amz-Algorithm"        ? &raw.algorithm
                         : name == "X-Amz-Credential"     ? &raw.credential
                         : name == "X-Amz-SignedHeaders"  ? &raw.signed_headers
                         : name == "X-Amz-Signature"      ? &raw.signature
                         : name == "X-Amz-Date"           ? &raw.date
                         : name == "X-Amz-Expires"        ? &raw.expires
                         : name == "X-Amz-Security-Token" ? &raw.token
                                                          : nullptr;
    if (field == nullptr) continue;
    twice = !seen.insert(name).second || twice;
    *field = value;
  }
  if (raw.algorithm == "AWS4-ECDSA-P256-SHA256") {
    return refuse(
        AuthProblem::kUnsupported,
        "Signature Version 4A (AWS4-ECDSA-P256-SHA256) is not supported. Please use AWS4-HMAC-SHA256.");
  }
  if (!raw.algorithm.empty() && raw.algorithm != kSigV4Algorithm) {
    return refuse(AuthProblem::kMalformedQuery, "X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\".");
  }
  if (twice || raw.algorithm.empty() || raw.credential.empty() || raw.signed_headers.empty() ||
      raw.signature.empty() || raw.date.empty() || raw.expires.empty()) {
    return refuse(
        AuthProblem::kMalformedQuery,
        "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, "
        "X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters, each once.");
  }
  return raw;
}

bool names_query_signature(std::string_view query) {
  return query.starts_with("X-Amz-") || query.find("&X-Amz-") != std::string_view::npos
             ? query.find("X-Amz-Signature=") != std::string_view::npos ||
                   query.find("X-Amz-Algorithm=") != std::string_view::npos ||
                   query.find("X-Amz-Credential=") != std::string_view::npos
             : false;
}

// AKID/20260824/us-east-1/s3/aws4_request
std::expected<void, AuthError> read_scope(const RawCredentials& raw, Authorization& claim) {
  const auto parts = split(raw.credential, '/');
  const bool sound = parts.size() == 5 && std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
                       return !part.empty() && part.size() <= kMaxScopeField;
                     });
  const std::string where = claim.presigned ? "Error parsing the X-Amz-Credential parameter; "
                                            : "The authorization header is malformed; ";
  if (!sound) {
    return refuse(form_problem(claim.presigned), where +
                                                     "the Credential is mal-formed; expecting "
                                                     "\"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".");
  }
  if (parts[4] != kTerminator) {
    return refuse(form_problem(claim.presigned),
                  where + "the Credential is mal-formed; incorrect terminal \"" + std::string(parts[4]) +
                      "\". This endpoint uses \"aws4_request\".");
  }
  claim.access_key = parts[0];
  claim.date = parts[1];
  claim.region = parts[2];
  claim.service = parts[3];
  claim.scope = raw.credential.substr(parts[0].size() + 1);
  return {};
}

std::expected<void, AuthError> read_times(const RawCredentials& raw, const net::RequestHead& head,
                                          std::int64_t now_ms, Authorization& claim) {
  const std::string* header = claim.presigned ? &raw.date : head.headers.find("x-amz-date");
  std::optional<std::int64_t> time;
  if (header != nullptr) {
    time = parse_amz_date(*header);
  } else if (const std::string* date = head.headers.find("Date")) {
    time = parse_http_date(*date);
    if (!time) time = parse_amz_date(*date);
  }
  if (!time) {
    return claim.presigned ? refuse(AuthProblem::kMalformedQuery,
                                    "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"")
                           : refuse(AuthProblem::kMissingDate,
                                    "AWS authentication requires a valid Date or x-amz-date header");
  }
  claim.time_ms = *time;
  claim.amz_date = format_amz_date(*time);
  if (claim.date != std::string_view(claim.amz_date).substr(0, 8)) {
    return refuse(form_problem(claim.presigned), "Invalid credential date \"" + claim.date +
                                                     "\". This date is not the same as X-Amz-Date: \"" +
                                                     claim.amz_date.substr(0, 8) + "\".");
  }
  if (!claim.presigned) {
    if (std::abs(claim.time_ms - now_ms) <= kMaxSkewMs) return {};
    return refuse(AuthProblem::kSkewed,
                  "The difference between the request time and the current time is too large.",
                  {{"RequestTime", claim.amz_date},
                   {"ServerTime", format_iso8601(now_ms)},
                   {"MaxAllowedSkewMilliseconds", std::to_string(kMaxSkewMs)}});
  }
  const char* end = raw.expires.data() + raw.expires.size();
  const auto [stop, error] = std::from_chars(raw.expires.data(), end, claim.expires_seconds);
  if (error == std::errc::invalid_argument || stop != end) {
    return refuse(AuthProblem::kMalformedQuery, "X-Amz-Expires should be a number");
  }
  if (error == std::errc() && claim.expires_seconds < 0) {
    return refuse(AuthProblem::kMalformedQuery, "X-Amz-Expires must be non-negative");
  }
  if (error != std::errc() || claim.expires_seconds > kMaxExpiresSeconds) {
    return refuse(
        AuthProblem::kMalformedQuery,
        "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less "
        "than 604800 seconds");
  }
  if (claim.time_ms - now_ms > kMaxSkewMs) return refuse(AuthProblem::kExpired, "Request is not valid yet");
  const std::int64_t expires_ms = claim.time_ms + claim.expires_seconds * 1000;
  if (now_ms > expires_ms || claim.expires_seconds == 0) {
    return refuse(AuthProblem::kExpired, "Request has expired",
                  {{"X-Amz-Expires", raw.expires},
                   {"Expires", format_iso8601(expires_ms)},
                   {"ServerTime", format_iso8601(now_ms)}});
  }
  return {};
}

bool lists(const std::vector<std::string>& sorted, std::string_view name) {
  return std::binary_search(sorted.begin(), sorted.end(), name, std::less<>());
}

std::expected<void, AuthError> read_signed_headers(const RawCredentials& raw, const net::RequestHead& head,
                                                   Authorization& claim) {
  for (const std::string_view name : split(raw.signed_headers, ';')) {
    if (name.empty() || claim.signed_headers.size() == net::kMaxFields) {
      return refuse(form_problem(claim.presigned),
                    "SignedHeaders is mal-formed; expecting header names joined by ';'.");
    }
    claim.signed_headers.emplace_back(name);
  }
  std::vector<std::string> names;
  for (const std::string& name : claim.signed_headers) names.push_back(lower_case(name));
  std::sort(names.begin(), names.end());
  if (std::adjacent_find(names.begin(), names.end()) != names.end()) {
    return refuse(form_problem(claim.presigned), "SignedHeaders is mal-formed; a header is named twice.");
  }
  std::string missing;
  if (!lists(names, "host") && !lists(names, ":authority")) missing = "host";
  // Services other than S3 allow a session token that was added after signing: it is checked on its own.
  const bool token_may_follow = path_encoding_of(claim.service) == PathEncoding::kTwice;
  for (const auto& [key, value] : head.headers) {
    const std::string name = lower_case(key);
    if (!name.starts_with("x-amz-") || lists(names, name)) continue;
    if (token_may_follow && name == "x-amz-security-token") continue;
    if (!missing.empty()) missing += ", ";
    missing += name;
  }
  if (missing.empty()) return {};
  return refuse(AuthProblem::kNotSigned, "There were headers present in the request which were not signed",
                {{"HeadersNotSigned", missing}});
}

std::expected<void, AuthError> read_payload_mode(const RawCredentials& raw, const net::RequestHead& head,
                                                 Authorization& claim) {
  const bool s3 = path_encoding_of(claim.service) == PathEncoding::kOnce;
  const std::string* told = head.headers.find("x-amz-content-sha256");
  if (told == nullptr && raw.payload_hash) told = &*raw.payload_hash;
  if (told == nullptr) {
    if (s3 && claim.presigned) {
      claim.payload = PayloadMode::kUnsigned;
      claim.payload_hash = kUnsignedPayload;
    } else if (s3) {
      return refuse(AuthProblem::kMissingContentHash,
                    "Missing required header for this request: x-amz-content-sha256");
    }
    return {};
  }
  static constexpr std::pair<std::string_view, PayloadMode> kModes[] = {
      {kUnsignedPayload, PayloadMode::kUnsigned},
      {"STREAMING-AWS4-HMAC-SHA256-PAYLOAD", PayloadMode::kSignedChunks},
      {"STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", PayloadMode::kSignedChunksTrailer},
      {"STREAMING-UNSIGNED-PAYLOAD-TRAILER", PayloadMode::kUnsignedChunksTrailer},
  };
  // To every other service the header is one like others, and its body is signed.
  if (!s3 && !lower_hex(*told, 64)) return {};
  claim.payload_hash = *told;
  for (const auto& [name, mode] : kModes) {
    if (*told != name) continue;
    claim.payload = mode;
    return {};
  }
  if (!lower_hex(*told, 64)) {
    return invalid_argument(
        "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, "
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, STREAMING-UNSIGNED-PAYLOAD-TRAILER or a valid "
        "sha256 value.",
        "x-amz-content-sha256", *told);
  }
  claim.payload = PayloadMode::kSha256;
  return {};
}

}  // namespace

bool is_chunked(PayloadMode mode) {
  return mode == PayloadMode::kSignedChunks || mode == PayloadMode::kSignedChunksTrailer ||
         mode == PayloadMode::kUnsignedChunksTrailer;
}

std::expected<Authorization, AuthError> parse_authorization(const net::RequestHead& head,
                                                            std::int64_t now_ms, bool takes_version_2) {
  const std::string_view header = head.headers.get("Authorization");
  const bool by_header = !trimmed(header).empty();
  const bool by_version_2 = names_signature_version_2(head.query);
  const bool by_query = names_query_signature(head.query);
  if (by_header + by_query + by_version_2 > 1) {
    return invalid_argument(
        "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string "
        "parameter or the Authorization header should be specified",
        "Authorization", std::string(header));
  }
  if (by_version_2) return takes_version_2 ? parse_version_2(head, now_ms) : signature_version_2();
  if (!by_header && !by_query) return refuse(AuthProblem::kMissing, "Missing Authentication Token");

  Authorization claim;
  claim.presigned = by_query;
  auto raw = by_query ? read_query_credentials(head) : read_header_credentials(head);
  if (!raw) return std::unexpected(std::move(raw).error());
  if (auto ok = read_scope(*raw, claim); !ok) return std::unexpected(std::move(ok).error());
  claim.signature = raw->signature;
  claim.session_token = raw->token;
  if (auto ok = read_times(*raw, head, now_ms, claim); !ok) return std::unexpected(std::move(ok).error());
  if (auto ok = read_signed_headers(*raw, head, claim); !ok) return std::unexpected(std::move(ok).error());
  if (auto ok = read_payload_mode(*raw, head, claim); !ok) return std::unexpected(std::move(ok).error());
  return claim;
}

bool is_unsigned(const net::RequestHead& head) {
  return trimmed(head.headers.get("Authorization")).empty() && !names_signature_version_2(head.query) && !names_query_signature(head.query);
}

std::expected<Authorization, AuthError> parse_unsigned(const net::RequestHead& head) {
  Authorization claim;
  claim.service = "s3";
  claim.region = kRegion;
  claim.presigned = true;  // nor need it tell a hash of its body
  if (auto ok = read_payload_mode({}, head, claim); !ok) return std::unexpected(std::move(ok).error());
  claim.presigned = false;
  const bool signed_chunks = claim.payload == PayloadMode::kSignedChunks || claim.payload == PayloadMode::kSignedChunksTrailer;
  if (signed_chunks) return refuse(AuthProblem::kMissing, "Missing Authentication Token");
  return claim;
}

std::string_view claimed_service(const net::RequestHead& head) {
  std::string_view text = head.headers.get("Authorization");
  std::string_view slash = "/";
  std::size_t at = text.find("Credential=");
  if (at == std::string_view::npos) {
    text = head.query;
    at = text.find("X-Amz-Credential=");
    if (at == std::string_view::npos) return {};
    if (text.substr(at, text.find('&', at) - at).find("%2F") != std::string_view::npos) slash = "%2F";
  }
  text = text.substr(at, text.find_first_of(",& ", at) - at);
  for (int field = 0; field < 3; ++field) {
    at = text.find(slash);
    if (at == std::string_view::npos) return {};
    text.remove_prefix(at + slash.size());
  }
  return text.substr(0, text.find(slash));
}

std::expected<void, AuthError> check_scope(const Authorization& claim, std::string_view service,
                                           std::string_view region) {
  const std::string where = claim.presigned ? "Error parsing the X-Amz-Credential parameter; "
                                            : "The authorization header is malformed; ";
  if (claim.service != service) {
    return refuse(form_problem(claim.presigned), where + "incorrect service \"" + claim.service +
                                                     "\". This endpoint belongs to \"" + std::string(service) + "\".");
  }
  if (claim.region == region) return {};
  return refuse(form_problem(claim.presigned),
                where + "the region '" + claim.region + "' is wrong; expecting '" + std::string(region) + "'",
                {{"Region", std::string(region)}});
}

std::expected<VerifiedSignature, AuthError> check_signature(const Authorization& claim,
                                                            const net::RequestHead& head,
                                                            std::string_view secret,
                                                            std::string_view payload_hash) {
  const auto canonical = canonical_request({.method = head.method,
                                            .path = head.path,
                                            .query = head.query,
                                            .headers = head.headers,
                                            .signed_headers = claim.signed_headers,
                                            .payload_hash = payload_hash,
                                            .encoding = path_encoding_of(claim.service),
                                            .omitted_parameter = claim.presigned ? "X-Amz-Signature" : ""});
  if (!canonical) return refuse(AuthProblem::kBadUri, "Couldn't parse the specified URI.");
  const std::string text = string_to_sign(claim.amz_date, claim.scope, *canonical);
  VerifiedSignature verified{
      .signing_key = derive_signing_key(secret, claim.date, claim.region, claim.service),
      .seed_signature = claim.signature,
      .amz_date = claim.amz_date,
      .scope = claim.scope};
  const std::string expected = sign_string(verified.signing_key, text);
  if (!crypto::constant_time_equal(as_bytes(expected), as_bytes(claim.signature))) {
    return refuse(
        AuthProblem::kBadSignature,
        "The request signature we calculated does not match the signature you provided. Check your key and "
        "signing method.",
        {{"AWSAccessKeyId", claim.access_key},
         {"StringToSign", text},
         {"SignatureProvided", claim.signature},
         {"CanonicalRequest", *canonical}});
  }
  return verified;
}

AuthError invalid_access_key(const Authorization& claim) {
  if (!claim.session_token.empty()) return {AuthProblem::kInvalidToken, "The provided token is malformed or otherwise invalid.", {{"Token-0", claim.session_token}}};
  return {AuthProblem::kUnknownKey,
          "The AWS Access Key Id you provided does not exist in our records.",
          {{"AWSAccessKeyId", claim.access_key}}};
}

SigningKey derive_signing_key(std::string_view secret, std::string_view date, std::string_view region,
                              std::string_view service) {
  const std::string start = "AWS4" + std::string(secret);
  SigningKey key = crypto::hmac_sha256(as_bytes(start), as_bytes(date));
  key = crypto::hmac_sha256(key, as_bytes(region));
  key = crypto::hmac_sha256(key, as_bytes(service));
  return crypto::hmac_sha256(key, as_bytes(kTerminator));
}

std::string string_to_sign(std::string_view amz_date, std::string_view scope, std::string_view canonical) {
  std::string text(kSigV4Algorithm);
  text.append("\n").append(amz_date).append("\n").append(scope).append("\n");
  return text + hex_encode(crypto::sha256(as_bytes(canonical)));
}

std::string sign_string(const SigningKey& key, std::string_view text) {
  return hex_encode(crypto::hmac_sha256(key, as_bytes(text)));
}

}  // namespace eyrie::aws

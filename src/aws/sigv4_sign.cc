#include <algorithm>

#include "aws/sigv4.h"
#include "base/time/clock.h"
#include "base/encoding.h"

namespace eyrie::aws {
namespace {

std::vector<std::string> headers_to_sign(const net::Headers& headers, std::vector<std::string> chosen) {
  if (chosen.empty()) {
    for (const auto& [key, value] : headers) {
      const std::string name = lower_case(key);
      const bool always = name == "host" || name == "content-type" || name == "content-md5";
      if (always || name.starts_with("x-amz-")) chosen.push_back(name);
    }
  }
  for (std::string& name : chosen) name = lower_case(name);
  std::sort(chosen.begin(), chosen.end());
  chosen.erase(std::unique(chosen.begin(), chosen.end()), chosen.end());
  return chosen;
}

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) {
    if (!out.empty()) out += ';';
    out += name;
  }
  return out;
}

struct Scope {
  std::string amz_date;
  std::string scope;
  SigningKey key;
};

Scope scope_of(const Credentials& credentials, const SigningOptions& options) {
  Scope s;
  s.amz_date = format_amz_date(options.time_ms);
  const std::string date = s.amz_date.substr(0, 8);
  s.scope = date + "/" + options.region + "/" + options.service + "/aws4_request";
  s.key = derive_signing_key(credentials.secret, date, options.region, options.service);
  return s;
}

std::string signature_of(const net::RequestHead& head, std::string_view query,
                         const std::vector<std::string>& names, const SigningOptions& options,
                         const Scope& scope) {
  const auto canonical = canonical_request({.method = head.method,
                                            .path = head.path,
                                            .query = query,
                                            .headers = head.headers,
                                            .signed_headers = names,
                                            .payload_hash = options.payload_hash,
                                            .encoding = path_encoding_of(options.service)});
  // A path that cannot be decoded cannot be signed: the empty text makes a signature that every service
  // refuses.
  return sign_string(scope.key, string_to_sign(scope.amz_date, scope.scope, canonical.value_or("")));
}

}  // namespace

VerifiedSignature sign_request(net::RequestHead& head, const Credentials& credentials,
                               const SigningOptions& options) {
  const Scope scope = scope_of(credentials, options);
  head.headers.set("X-Amz-Date", scope.amz_date);
  if (!credentials.session_token.empty()) head.headers.set("X-Amz-Security-Token", credentials.session_token);
  if (path_encoding_of(options.service) == PathEncoding::kOnce) {
    head.headers.set("x-amz-content-sha256", options.payload_hash);
  }
  const auto names = headers_to_sign(head.headers, options.signed_headers);
  const std::string signature = signature_of(head, head.query, names, options, scope);
  head.headers.set("Authorization", std::string(kSigV4Algorithm) + " Credential=" + credentials.access_key + "/" +
                                        scope.scope + ", SignedHeaders=" + joined(names) +
                                        ", Signature=" + signature);
  return {.signing_key = scope.key,
          .seed_signature = signature,
          .amz_date = scope.amz_date,
          .scope = scope.scope};
}

std::string presign_query(const net::RequestHead& head, const Credentials& credentials,
                          const SigningOptions& options, std::int64_t expires_seconds) {
  const Scope scope = scope_of(credentials, options);
  const auto names = headers_to_sign(head.headers, options.signed_headers);
  std::string query = head.query;
  const auto add = [&query](std::string_view name, std::string_view value) {
    if (!query.empty()) query += '&';
    query.append(name).append("=").append(percent_encode(value));
  };
  add("X-Amz-Algorithm", kSigV4Algorithm);
  add("X-Amz-Credential", credentials.access_key + "/" + scope.scope);
  add("X-Amz-Date", scope.amz_date);
  add("X-Amz-Expires", std::to_string(expires_seconds));
  if (!credentials.session_token.empty()) add("X-Amz-Security-Token", credentials.session_token);
  add("X-Amz-SignedHeaders", joined(names));
  add("X-Amz-Signature", signature_of(head, query, names, options, scope));
  return query;
}

}  // namespace eyrie::aws

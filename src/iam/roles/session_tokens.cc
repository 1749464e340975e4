#include "iam/roles/session_tokens.h"

#include <openssl/crypto.h>

#include "base/encoding.h"
#include "base/json.h"
#include "crypto/sealed_message.h"

namespace eyrie::iam {
namespace {

constexpr const char* kKeyKind = "sts.key";
constexpr const char* kKeyName = "session-tokens";
constexpr std::size_t kMaxToken = 4096;
constexpr std::string_view kPurpose = "eyrie session token";

Result<crypto::SecretKey> make_key(store::RecordStore& records) {
  const crypto::SecretKey key = crypto::SecretKey::random();
  EYRIE_CHECK_OK(records.apply({{.kind = kKeyKind, .name = kKeyName, .value = base64_encode(key.view())}}));
  return key;
}

}  // namespace

Result<std::unique_ptr<SessionTokens>> SessionTokens::open(store::RecordStore& records) {
  EYRIE_TRY(const auto found, records.records(kKeyKind));
  if (found.empty()) {
    EYRIE_TRY(const crypto::SecretKey key, make_key(records));
    return std::unique_ptr<SessionTokens>(new SessionTokens(key));
  }
  auto bytes = base64_decode(found.front().value);
  const auto key = bytes ? crypto::SecretKey::take(*bytes) : std::nullopt;
  if (!key) return fail(Code::kCorrupt, "the key of session tokens is damaged");
  return std::unique_ptr<SessionTokens>(new SessionTokens(*key));
}

std::string SessionTokens::seal(const SessionContent& content) const {
  const std::string text = write_json(json::object{{"access_key", content.access_key},
                                                   {"secret", content.secret},
                                                   {"kind", static_cast<int>(content.kind)},
                                                   {"name", content.name},
                                                   {"id", content.id},
                                                   {"session_name", content.session_name},
                                                   {"issued_ms", content.issued_ms},
                                                   {"expires_ms", content.expires_ms}});
  return base64_encode(crypto::seal_under_derived_key(key_, kPurpose, as_bytes(text)));
}

std::optional<SessionContent> SessionTokens::open_token(const std::string& token) const {
  if (token.size() > kMaxToken) return std::nullopt;
  const auto bytes = base64_decode(token);
  Bytes plain;
  if (!bytes || !crypto::open_under_derived_key(key_, kPurpose, *bytes, plain)) return std::nullopt;
  const auto value = parse_json(as_text(plain));
  OPENSSL_cleanse(plain.data(), plain.size());
  if (!value || !value->is_object()) return std::nullopt;
  const json::object& object = value->get_object();
  return SessionContent{.access_key = text_of(object, "access_key"),
                        .secret = text_of(object, "secret"),
                        .kind = static_cast<Principal::Kind>(number_of(object, "kind")),
                        .name = text_of(object, "name"),
                        .id = text_of(object, "id"),
                        .session_name = text_of(object, "session_name"),
                        .issued_ms = number_of(object, "issued_ms"),
                        .expires_ms = number_of(object, "expires_ms")};
}

}  // namespace eyrie::iam

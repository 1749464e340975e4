#include "kms/ciphertext.h"

#include <algorithm>

#include "base/encoding.h"
#include "base/ids.h"
#include "crypto/aes_gcm.h"
#include "crypto/digest.h"

namespace eyrie::kms {
namespace {

using crypto::Aes256Gcm;

constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kIdBytes = 16, kVersionBytes = 4, kSaltBytes = 16;
constexpr std::size_t kVersionAt = 1 + kIdBytes, kSaltAt = kVersionAt + kVersionBytes, kHeadBytes = kSaltAt + kSaltBytes;

void append_number(Bytes& to, std::uint32_t value) {
  for (int i = 0; i < 4; ++i) to.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

void append_text(Bytes& to, const std::string& text) {
  append_number(to, static_cast<std::uint32_t>(text.size()));
  to.insert(to.end(), text.begin(), text.end());
}

// Every text with its length before it, so that no two contexts are written alike.
Bytes associated_data(ByteView head, const EncryptionContext& context) {
  Bytes data(head.begin(), head.end());
  for (const auto& [name, value] : context) {
    append_text(data, name);
    append_text(data, value);
  }
  return data;
}

crypto::SecretKey message_key(const crypto::SecretKey& material, ByteView salt) {
  constexpr std::string_view kPurpose = "eyrie kms message";
  Bytes input(kPurpose.begin(), kPurpose.end());
  input.insert(input.end(), salt.begin(), salt.end());
  auto mac = crypto::hmac_sha256(material.view(), input);
  crypto::SecretKey key;
  std::ranges::copy(mac, key.writable().begin());
  return key;
}

std::string uuid_of(ByteView bytes) {
  std::string text = hex_encode(bytes);
  for (const std::size_t at : {8U, 13U, 18U, 23U}) text.insert(at, "-");
  return text;
}

}  // namespace

Bytes seal(const crypto::SecretKey& material, const CiphertextHead& head, ByteView plaintext, const EncryptionContext& context) {
  std::string digits = head.key_id;
  std::erase(digits, '-');
  Bytes out{kFormat};
  const Bytes id = hex_decode(digits).value_or(Bytes(kIdBytes));
  out.insert(out.end(), id.begin(), id.end());
  append_number(out, head.version);
  out.resize(kHeadBytes);
  const std::span salt(out.begin() + kSaltAt, kSaltBytes);
  fill_random(salt);
  const Bytes aad = associated_data(out, context);
  Aes256Gcm cipher(message_key(material, salt));
  out.resize(kHeadBytes + plaintext.size() + Aes256Gcm::kTagSize);
  cipher.seal({}, aad, plaintext, std::span(out).subspan(kHeadBytes));
  return out;
}

std::optional<CiphertextHead> read_head(ByteView ciphertext) {
  if (ciphertext.size() < kHeadBytes + Aes256Gcm::kTagSize || ciphertext[0] != kFormat) return std::nullopt;
  CiphertextHead head{.key_id = uuid_of(ciphertext.subspan(1, kIdBytes))};
  for (std::size_t i = kVersionBytes; i-- > 0;) head.version = head.version << 8 | ciphertext[kVersionAt + i];
  return head;
}

std::optional<Bytes> unseal(const crypto::SecretKey& material, ByteView ciphertext, const EncryptionContext& context) {
  if (!read_head(ciphertext)) return std::nullopt;
  const ByteView head = ciphertext.first(kHeadBytes);
  Aes256Gcm cipher(message_key(material, head.subspan(kSaltAt)));
  Bytes plain(ciphertext.size() - kHeadBytes - Aes256Gcm::kTagSize);
  if (!cipher.open({}, associated_data(head, context), ciphertext.subspan(kHeadBytes), plain)) return std::nullopt;
  return plain;
}

}  // namespace eyrie::kms

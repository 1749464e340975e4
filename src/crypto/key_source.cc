#include "crypto/key_source.h"

#include "base/encoding.h"
#include "crypto/digest.h"

namespace eyrie::crypto {
namespace {

std::string note_of(const SecretKey& key) {
  const auto mac = hmac_sha256(key.view(), as_bytes("eyrie sealing key"));
  return hex_encode(ByteView(mac).first(4));
}

}  // namespace

Result<GivenKey> GivenKey::parse(std::string_view base64, std::string name) {
  auto bytes = base64_decode(base64);
  auto key = bytes ? SecretKey::take(*bytes) : std::nullopt;
  if (!key) return fail(Code::kInvalidArgument, name + " must be a key of 32 bytes in base64");
  return GivenKey(*std::move(key), std::move(name));
}

Result<KeySource::Made> GivenKey::make() const { return Made{.key = key_, .note = note_of(key_)}; }

Result<SecretKey> GivenKey::open(std::string_view note) const {
  if (note_of(key_) != note)
    return fail(Code::kFailedPrecondition, "it is sealed with another key than that of " + name_);
  return key_;
}

}  // namespace eyrie::crypto

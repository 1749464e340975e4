#include "api/kms/members.h"
#include "api/kms/operations.h"
#include "base/encoding.h"
#include "base/ids.h"

namespace eyrie::api::kms_api {
namespace {

constexpr std::size_t kMaxPlaintext = 4096, kMaxCiphertext = 6144;
constexpr int kMaxGenerated = 1024;
constexpr std::string_view kAlgorithm = "SYMMETRIC_DEFAULT";

// What these operations have in common and Eyrie has not: dry runs and enclaves. Grants there are none, so their tokens say nothing.
Wire<void> check_common(const json::object& request) {
  EYRIE_CHECK_OK(only(request, "EncryptionAlgorithm", kAlgorithm));
  return refuse_members(request, {"DryRun", "DryRunModifiers", "Recipient"});
}

Wire<std::size_t> data_key_size(const json::object& request) {
  EYRIE_TRY(const auto spec, text_member(request, "KeySpec"));
  EYRIE_TRY(const auto bytes, integer_member(request, "NumberOfBytes", 1, kMaxGenerated));
  if (spec.has_value() == bytes.has_value())
    return invalid("Please specify either number of bytes or key spec.");
  if (bytes) return static_cast<std::size_t>(*bytes);
  if (*spec == "AES_256") return 32;
  if (*spec == "AES_128") return 16;
  return broken_constraint("'" + spec->substr(0, 64) + "'", "KeySpec", "Member must satisfy enum value set: [AES_256, AES_128]");
}

Wire<kms::DataKey> make_data_key(kms::LocalKeys& keys, const json::object& request) {
  EYRIE_CHECK_OK(check_common(request));
  EYRIE_TRY(const std::string key, key_id(request));
  EYRIE_TRY(const std::size_t size, data_key_size(request));
  EYRIE_TRY(const kms::EncryptionContext context, context_member(request, "EncryptionContext"));
  return wire(keys.generate_data_key(key, context, size));
}

}  // namespace

JsonResult encrypt(kms::LocalKeys& keys, const json::object& request) {
  EYRIE_CHECK_OK(check_common(request));
  EYRIE_TRY(const std::string key, key_id(request));
  EYRIE_TRY(const Bytes plaintext, required_blob(request, "Plaintext", kMaxPlaintext));
  EYRIE_TRY(const kms::EncryptionContext context, context_member(request, "EncryptionContext"));
  EYRIE_TRY(const kms::Encrypted encrypted, wire(keys.encrypt(key, plaintext, context)));
  return json::object{{"KeyId", encrypted.key_arn},
                      {"CiphertextBlob", base64_encode(encrypted.ciphertext)},
                      {"EncryptionAlgorithm", kAlgorithm}};
}

JsonResult decrypt(kms::LocalKeys& keys, const json::object& request) {
  EYRIE_CHECK_OK(check_common(request));
  EYRIE_TRY(const Bytes ciphertext, required_blob(request, "CiphertextBlob", kMaxCiphertext));
  EYRIE_TRY(const auto key, text_member(request, "KeyId"));
  EYRIE_TRY(const kms::EncryptionContext context, context_member(request, "EncryptionContext"));
  EYRIE_TRY(const kms::Decrypted decrypted, wire(keys.decrypt(ciphertext, context, key)));
  return json::object{{"KeyId", decrypted.key_arn},
                      {"Plaintext", base64_encode(decrypted.plaintext)},
                      {"EncryptionAlgorithm", kAlgorithm}};
}

JsonResult re_encrypt(kms::LocalKeys& keys, const json::object& request) {
  EYRIE_CHECK_OK(only(request, "SourceEncryptionAlgorithm", kAlgorithm));
  EYRIE_CHECK_OK(only(request, "DestinationEncryptionAlgorithm", kAlgorithm));
  EYRIE_CHECK_OK(check_common(request));
  EYRIE_TRY(const Bytes ciphertext, required_blob(request, "CiphertextBlob", kMaxCiphertext));
  EYRIE_TRY(const auto source, text_member(request, "SourceKeyId"));
  EYRIE_TRY(const std::string destination, key_id(request, "DestinationKeyId"));
  EYRIE_TRY(const kms::EncryptionContext from, context_member(request, "SourceEncryptionContext"));
  EYRIE_TRY(const kms::EncryptionContext to, context_member(request, "DestinationEncryptionContext"));
  EYRIE_TRY(const kms::Decrypted decrypted, wire(keys.decrypt(ciphertext, from, source)));
  EYRIE_TRY(const kms::Encrypted encrypted, wire(keys.encrypt(destination, decrypted.plaintext, to)));
  return json::object{{"CiphertextBlob", base64_encode(encrypted.ciphertext)},
                      {"SourceKeyId", decrypted.key_arn},
                      {"KeyId", encrypted.key_arn},
                      {"SourceEncryptionAlgorithm", kAlgorithm},
                      {"DestinationEncryptionAlgorithm", kAlgorithm}};
}

JsonResult generate_data_key(kms::LocalKeys& keys, const json::object& request) {
  EYRIE_TRY(const kms::DataKey made, make_data_key(keys, request));
  return json::object{{"KeyId", made.key_arn},
                      {"Plaintext", base64_encode(made.plaintext)},
                      {"CiphertextBlob", base64_encode(made.ciphertext)}};
}

JsonResult generate_data_key_without_plaintext(kms::LocalKeys& keys, const json::object& request) {
  EYRIE_TRY(const kms::DataKey made, make_data_key(keys, request));
  return json::object{{"KeyId", made.key_arn}, {"CiphertextBlob", base64_encode(made.ciphertext)}};
}

JsonResult generate_random(kms::LocalKeys&, const json::object& request) {
  EYRIE_CHECK_OK(refuse_members(request, {"CustomKeyStoreId", "Recipient"}));
  EYRIE_TRY(const auto size, integer_member(request, "NumberOfBytes", 1, kMaxGenerated));
  if (!size) return broken_constraint("null", "NumberOfBytes", "Member must not be null");
  Bytes bytes(static_cast<std::size_t>(*size));
  fill_random(bytes);
  return json::object{{"Plaintext", base64_encode(bytes)}};
}

}  // namespace eyrie::api::kms_api

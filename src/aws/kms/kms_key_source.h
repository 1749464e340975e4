// The key that seals the file of the master keys, kept wrapped by a KMS elsewhere: AWS KMS, or whatever speaks its wire (another Eyrie).
//
//   POST /, X-Amz-Target: TrentService.GenerateDataKey {"KeyId", "KeySpec": "AES_256", "EncryptionContext"} -> {"KeyId", "Plaintext", "CiphertextBlob"}
//                         TrentService.Decrypt {"KeyId", "CiphertextBlob", "EncryptionContext"} -> {"KeyId", "Plaintext"}
//
// signed with Signature Version 4. The note is the key's ARN, a space, and the ciphertext in base64. Wrapped under the encryption context {"eyrie": "master key"}, so that
// the KMS's own log says what was opened, and no other ciphertext of the same key opens here. Each call asks the KMS; the key is needed when the data directory is
// opened, and not after.
//
// Errors: kUnavailable (the KMS is away, busy or has lost its way), kPermissionDenied (it refuses: its exception's name and message are told),
// kFailedPrecondition (it has no such key, or that is disabled), kCorrupt (what it answers, or the note, is no key).
// Source: AWS KMS API Reference. Thread safety: all of it.
#pragma once

#include <string>

#include "aws/sigv4.h"
#include "base/time/clock.h"
#include "base/json.h"
#include "crypto/key_source.h"
#include "net/client/http_client.h"
#include "net/http.h"

namespace eyrie::aws {

struct KmsOptions {
  std::string endpoint;  // "https://kms.eu-central-1.amazonaws.com"
  std::string region;
  std::string key;  // id, ARN or alias; not needed for opening
  Credentials credentials;
  std::string authority_file;  // PEM: trusted beside the system's; empty: none
  const Clock* clock = &Clock::system();
};

class KmsKeySource final : public crypto::KeySource {
 public:
  explicit KmsKeySource(KmsOptions options) : options_(std::move(options)) {}

  std::string_view kind() const override { return kKind; }
  Result<Made> make() const override;
  Result<crypto::SecretKey> open(std::string_view note) const override;

  static constexpr std::string_view kKind = "kms";

 private:
  Result<net::ClientResponse> post(const net::RequestHead& head, const std::string& body) const;
  Result<json::object> call(std::string_view operation, json::object request) const;

  const KmsOptions options_;
};

}  // namespace eyrie::aws

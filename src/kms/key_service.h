// What uses keys of KMS without managing them: the API's Encrypt and Decrypt, and whatever encrypts under a customer's key (SSE-KMS).
//
//   auto made = keys.generate_data_key("alias/aws/s3", {{"aws:s3:arn", arn}});
//   ... encrypt under made->plaintext, keep made->ciphertext beside the data ...
//   auto opened = keys.decrypt(ciphertext, {{"aws:s3:arn", arn}});
//
// A key is named by its id, its ARN, an alias ("alias/NAME") or an alias's ARN. The encryption context is authenticated: decrypting
// takes the same one. Whether somebody may use a key is not asked here: see iam/access_control.h, with the ARN that find() tells.
// Embedded implementation: kms/local_keys.h. Elsewhere: AWS KMS. Thread safety: all of it.
#pragma once

#include <expected>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace eyrie::kms {

using EncryptionContext = std::map<std::string, std::string>;

// Why not. Named as KMS's exceptions; S3 puts "KMS." before them.
enum class Problem {
  kNotFound,
  kDisabled,
  kInvalidState,       // pending deletion, mostly
  kInvalidCiphertext,  // not ours, damaged, or of another context
  kIncorrectKey,       // of another key than the caller named
  kAlreadyExists,
  kInvalidAliasName,
  kInvalidArn,
  kLimitExceeded,
  kInternal,  // could not be written
};
struct Failure {
  Problem problem = Problem::kInternal;
  std::string message;  // for the caller
};
template <typename T>
using Outcome = std::expected<T, Failure>;

// "NotFoundException" and so on, as KMS names them.
std::string_view exception_name(Problem problem);

struct KeyName {
  std::string arn;
  bool of_aws = false;  // one that AWS manages for the account: everybody in it uses it by way of the service that it is for
};
struct Encrypted {
  std::string key_arn;
  Bytes ciphertext;
};
struct Decrypted {
  std::string key_arn;
  Bytes plaintext;
};
struct DataKey {
  std::string key_arn;
  Bytes plaintext;
  Bytes ciphertext;
};

class KeyService {
 public:
  virtual ~KeyService() = default;

  // Also a key that is disabled.
  virtual Outcome<KeyName> find(const std::string& key) = 0;
  virtual Outcome<Encrypted> encrypt(const std::string& key, ByteView plaintext, const EncryptionContext& context) = 0;
  // `key`: the only one that it may be of.
  virtual Outcome<Decrypted> decrypt(ByteView ciphertext, const EncryptionContext& context,
                                     const std::optional<std::string>& key = std::nullopt) = 0;
  virtual Outcome<DataKey> generate_data_key(const std::string& key, const EncryptionContext& context,
                                             std::size_t bytes = 32) = 0;
};

}  // namespace eyrie::kms

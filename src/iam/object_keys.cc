#include "iam/object_keys.h"

#include <openssl/crypto.h>

#include <algorithm>

#include "aws/account.h"
#include "base/encoding.h"
#include "base/json.h"

namespace eyrie::iam {
namespace {

constexpr const char* kEncryptionSetting = "encryption";

// The policy of keys that AWS manages for S3: whoever may use the objects may use the key, by way of S3 alone.
constexpr std::string_view kPolicyOfS3Key = R"({
  "Version": "2012-10-17",
  "Statement": [{
    "Effect": "Allow",
    "Principal": {"AWS": "*"},
    "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
    "Resource": "*",
    "Condition": {"StringEquals": {"kms:CallerAccount": "000000000000", "kms:ViaService": "s3.us-east-1.amazonaws.com"}}
  }]
})";

const PolicyDocument& policy_of_s3_key() {
  static const PolicyDocument policy = [] {
    auto parsed = PolicyDocument::parse(kPolicyOfS3Key, PolicyKind::kResource);
    // Ours, and tested; without it nobody but who is allowed otherwise may use the key.
    return parsed ? std::move(*parsed) : PolicyDocument();
  }();
  return policy;
}

std::unexpected<Error> refused(const kms::Failure& failure) {
  if (failure.problem == kms::Problem::kInternal) return fail(Code::kInternal, failure.message);
  if (failure.problem == kms::Problem::kInvalidCiphertext)
    return fail(Code::kCorrupt, "an object's envelope does not open: it is damaged or another object's");
  return fail(Code::kFailedPrecondition, "KMS." + std::string(kms::exception_name(failure.problem)) + ": " + failure.message);
}

// As KMS answers for keys of accounts that have not shared them.
Status check_account(const Caller& caller, const std::string& key, std::string_view action) {
  constexpr std::size_t kAccountField = 4;
  if (!key.starts_with("arn:")) return {};
  std::string_view rest = key;
  for (std::size_t i = 0; i < kAccountField && !rest.empty(); ++i) {
    const std::size_t colon = rest.find(':');
    rest = colon == std::string_view::npos ? std::string_view() : rest.substr(colon + 1);
  }
  const std::string_view account = rest.substr(0, rest.find(':'));
  if (account.empty() || account == aws::kAccount) return {};
  return fail(Code::kPermissionDenied, "User: " + caller.principal().arn + " is not authorized to perform: " + std::string(action) +
                                           " on this resource because the resource does not exist in this Region, no "
                                           "resource-based policies allow access, or a resource-based policy explicitly denies access");
}

kms::EncryptionContext full_context(const store::StringMap& told, bool bucket_key, const std::string& bucket, const std::string& key) {
  kms::EncryptionContext context(told.begin(), told.end());
  context[kArnInContext] = bucket_key ? bucket_arn(bucket) : object_arn(bucket, key);
  return context;
}

// Whether the caller may have this done with the key; its ARN.
Result<std::string> permit(kms::KeyService& keys, const Caller& caller, std::string_view action, const std::string& key,
                           const kms::EncryptionContext& context) {
  EYRIE_CHECK_OK(check_account(caller, key, action));
  const auto found = keys.find(key);
  if (!found) return refused(found.error());
  ConditionValues values;
  values.add("kms:CallerAccount", std::string(aws::kAccount));
  values.add("kms:ViaService", "s3." + std::string(aws::kRegion) + ".amazonaws.com");
  for (const auto& [name, value] : context) {
    values.add("kms:EncryptionContextKeys", name);
    values.add("kms:EncryptionContext:" + name, value);
  }
  EYRIE_CHECK_OK(caller.may(action, found->arn, values, found->of_aws ? &policy_of_s3_key() : nullptr));
  return found->arn;
}

Result<crypto::SecretKey> secret_of(Bytes plaintext) {
  const auto key = crypto::SecretKey::take(plaintext);
  if (!key) return fail(Code::kCorrupt, "an object's envelope holds no key of 32 bytes");
  return *key;
}

Result<crypto::SecretKey> decrypted(kms::KeyService& keys, const std::string& arn, const store::KmsEnvelope& envelope, const kms::EncryptionContext& context) {
  const auto ciphertext = base64_decode(envelope.ciphertext);
  if (!ciphertext) return fail(Code::kCorrupt, "an object's envelope is no base64");
  auto opened = keys.decrypt(*ciphertext, context, arn);
  if (!opened) return refused(opened.error());
  return secret_of(std::move(opened->plaintext));
}

}  // namespace

Result<crypto::SecretKey> open_envelope(kms::KeyService& keys, const store::KmsEnvelope& envelope, const std::string& bucket, const std::string& key) {
  return decrypted(keys, envelope.key_arn, envelope, full_context(envelope.context, envelope.bucket_key, bucket, key));
}

Result<BucketEncryption> encryption_of_bucket(store::ObjectStore& objects, const std::string& bucket) {
  EYRIE_TRY(const auto text, objects.bucket_setting(bucket, kEncryptionSetting));
  if (!text) return BucketEncryption{};
  EYRIE_TRY(const json::value value, parse_json(*text));
  BucketEncryption encryption{.bucket_key = find(value, "bucket_key") != nullptr};
  const json::string* key = find_string(value, "key");
  encryption.kms = key != nullptr;
  if (key != nullptr) encryption.key = *key;
  return encryption;
}

Status set_encryption_of_bucket(store::ObjectStore& objects, const std::string& bucket,
                                const std::optional<BucketEncryption>& encryption) {
  if (!encryption) return objects.set_bucket_setting(bucket, kEncryptionSetting, std::nullopt);
  json::object written;
  if (encryption->kms) written["key"] = encryption->key;
  if (encryption->bucket_key) written["bucket_key"] = true;
  return objects.set_bucket_setting(bucket, kEncryptionSetting, write_json(written));
}

Result<SealedKey> ObjectKeys::seal(const Caller& caller, const std::string& bucket, const std::string& key,
                                   const Wanted& wanted) const {
  const auto context = full_context(wanted.context, wanted.bucket_key, bucket, key);
  const std::string name = wanted.key.empty() ? kS3Key : wanted.key;
  EYRIE_TRY(const std::string arn, permit(keys_, caller, "kms:GenerateDataKey", name, context));
  auto made = keys_.generate_data_key(arn, context, crypto::SecretKey::kSize);
  if (!made) return refused(made.error());
  EYRIE_TRY(const crypto::SecretKey secret, secret_of(std::move(made->plaintext)));
  return SealedKey{.key = secret,
                   .envelope = {.key_arn = made->key_arn,
                                .ciphertext = base64_encode(made->ciphertext),
                                .context = wanted.context,
                                .bucket_key = wanted.bucket_key}};
}

Result<crypto::SecretKey> ObjectKeys::open(const Caller& caller, const store::KmsEnvelope& envelope, const std::string& bucket,
                                           const std::string& key) const {
  const auto context = full_context(envelope.context, envelope.bucket_key, bucket, key);
  EYRIE_TRY(const std::string arn, permit(keys_, caller, "kms:Decrypt", envelope.key_arn, context));
  return decrypted(keys_, arn, envelope, context);
}

store::EnvelopeOpener ObjectKeys::opener(const Caller& caller) const {
  return [this, &caller](const store::ObjectInfo& object) -> Result<crypto::SecretKey> {
    return open(caller, *object.kms, object.bucket, object.key);
  };
}

}  // namespace eyrie::iam

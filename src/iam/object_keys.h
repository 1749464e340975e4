// Server-side encryption of objects under keys of KMS (SSE-KMS): what wraps an object's key and opens it again, in the name of who asks.
//
//   auto sealed = keys.seal(caller, bucket, key, {.key = "alias/photos"});      // needs kms:GenerateDataKey on the key
//   objects.begin_put(bucket, key, &sealed->key, &sealed->envelope);
//   objects.open(bucket, key, nullptr, keys.opener(caller));                    // needs kms:Decrypt
//
// KMS authenticates the object's ARN (the bucket's, with a bucket key) beside the context that was told, so an envelope opens for its
// object alone. Errors: kPermissionDenied in IAM's sentence; kFailedPrecondition, the message begins with "KMS.", the exception's
// name and ": "; kCorrupt where the envelope is damaged or another object's.
// Source: S3 user guide, "Using server-side encryption with AWS KMS keys"; KMS developer guide, "AWS managed keys".
// Thread-safe.
#pragma once

#include <string>

#include "iam/access_control.h"
#include "kms/key_service.h"
#include "store/object_store.h"

namespace eyrie::iam {

// The key of AWS's for whoever names none.
inline constexpr const char* kS3Key = "alias/aws/s3";
// Beside the pairs that are told; nobody may tell it.
inline constexpr const char* kArnInContext = "aws:s3:arn";

// What uploads to a bucket get that ask for nothing.
struct BucketEncryption {
  bool kms = false;  // else the server's own keys
  std::string key;   // of KMS, as it was told; empty: kS3Key
  bool bucket_key = false;
};
// kNotFound: no such bucket.
Result<BucketEncryption> encryption_of_bucket(store::ObjectStore& objects, const std::string& bucket);
// nullopt: as every bucket begins.
Status set_encryption_of_bucket(store::ObjectStore& objects, const std::string& bucket,
                                const std::optional<BucketEncryption>& encryption);

struct SealedKey {
  crypto::SecretKey key;
  store::KmsEnvelope envelope;
};

// Opens an envelope in nobody's name, for who looks the store itself over (`eyrie fsck`). `bucket` and `key`: of the object that it was sealed for.
Result<crypto::SecretKey> open_envelope(kms::KeyService& keys, const store::KmsEnvelope& envelope, const std::string& bucket, const std::string& key);

class ObjectKeys {
 public:
  struct Wanted {
    std::string key;  // id, ARN, alias or its ARN; empty: kS3Key
    store::StringMap context = {};
    bool bucket_key = false;
  };

  // It must outlive this.
  explicit ObjectKeys(kms::KeyService& keys) : keys_(keys) {}

  Result<SealedKey> seal(const Caller& caller, const std::string& bucket, const std::string& key, const Wanted& wanted) const;
  // `bucket` and `key`: of the object that it was sealed for.
  Result<crypto::SecretKey> open(const Caller& caller, const store::KmsEnvelope& envelope, const std::string& bucket,
                                 const std::string& key) const;
  // For ObjectStore::open(). Caller and this must outlive it.
  store::EnvelopeOpener opener(const Caller& caller) const;

 private:
  kms::KeyService& keys_;
};

}  // namespace eyrie::iam

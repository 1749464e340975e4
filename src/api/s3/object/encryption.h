// How an object that is written gets encrypted, as the request's headers or the bucket's default say: with the server's own keys
// (AES256), under a key of KMS (aws:kms), or with a key of the customer's (customer_key.h). And what answers say of it.
// Source: S3 API reference, the x-amz-server-side-encryption headers of PutObject and GetObject. Thread-safe: plain functions.
#pragma once

#include <expected>
#include <optional>

#include "api/s3/object/customer_key.h"
#include "iam/object_keys.h"

namespace eyrie::api::s3 {

struct Backend;

inline constexpr const char* kEncryptionHeader = "x-amz-server-side-encryption";
inline constexpr const char* kKmsKeyHeader = "x-amz-server-side-encryption-aws-kms-key-id";
inline constexpr const char* kKmsContextHeader = "x-amz-server-side-encryption-context";
inline constexpr const char* kBucketKeyHeader = "x-amz-server-side-encryption-bucket-key-enabled";

// At most one of them is there.
struct Encryption {
  OptionalKey customer = {};
  std::optional<iam::SealedKey> kms = {};

  // As ObjectStore::begin_put() takes them.
  const crypto::SecretKey* key() const { return kms ? &kms->key : key_of(customer); }
  const store::KmsEnvelope* envelope() const { return kms ? &kms->envelope : nullptr; }
};

// Of the object that the request writes, with a new data key where it is to be under a key of KMS.
std::expected<Encryption, aws::WireError> encryption_of_upload(Backend& backend, const Request& request);

// The encryption headers of a request that writes part of an upload must be those of the upload, where there are any.
std::optional<aws::WireError> check_part_encryption(const Request& request, bool kms);

// Opens an envelope that was sealed for this object, with the caller's rights.
std::expected<crypto::SecretKey, aws::WireError> open_envelope(Backend& backend, const Request& request,
                                                               const store::KmsEnvelope& envelope);

// Opens envelopes of objects with the caller's rights. The backend and the request must outlive it.
store::EnvelopeOpener opener(Backend& backend, const Request& request);

// Reading an object takes none of the headers that ask for encryption at writing: 400, or nullopt.
std::optional<aws::WireError> check_read_headers(const Request& request);

// What an answer says of an object: AES256 where there is neither key. The context is told to who wrote the object alone.
void set_encryption_headers(net::Headers& headers, const OptionalKey& customer, const std::optional<store::KmsEnvelope>& kms);
void set_encryption_headers(net::Headers& headers, const Encryption& encryption);
void set_context_header(net::Headers& headers, const Encryption& encryption);

// What iam/object_keys.h and the store say of keys of KMS, over the wire; nullopt where it is something else.
std::optional<aws::WireError> kms_error(const Error& error);

}  // namespace eyrie::api::s3

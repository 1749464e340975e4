// The bucket's default encryption: with the store's own keys (AES256, as every bucket begins) or under a key of KMS (aws:kms). What is
// uploaded without saying otherwise gets it (object/encryption.h). Whether the key is there shows when it is used, as with AWS.
#pragma once

#include "api/s3/service.h"

namespace eyrie::api::s3 {

OperationResult get_bucket_encryption(Backend& backend, const Request& request, const Bytes& body);
OperationResult put_bucket_encryption(Backend& backend, const Request& request, const Bytes& body);
OperationResult delete_bucket_encryption(Backend& backend, const Request& request, const Bytes& body);

}  // namespace eyrie::api::s3

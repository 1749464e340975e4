// A bucket's lifecycle configuration over the wire, what answers tell of it, and RestoreObject.
// Source: S3 API reference, PutBucketLifecycleConfiguration, RestoreObject. Thread-safe: plain functions.
#pragma once

#include <memory>

#include "api/s3/lifecycle/rules.h"
#include "api/s3/service.h"

namespace eyrie::api::s3 {

OperationResult get_bucket_lifecycle(Backend& backend, const Request& request, const Bytes& body);
OperationResult put_bucket_lifecycle(Backend& backend, const Request& request, const Bytes& body);
OperationResult delete_bucket_lifecycle(Backend& backend, const Request& request, const Bytes& body);
OperationResult restore_object(Backend& backend, const Request& request, const Bytes& body);

// Null: none is set. kNotFound: no such bucket. Parsed once: nearly every answer of GET and PUT asks.
using LifecyclePtr = std::shared_ptr<const LifecycleConfiguration>;
Result<LifecyclePtr> lifecycle_of(store::ObjectStore& objects, const std::string& bucket);

// x-amz-expiration, where a rule will remove the object.
void set_expiration_header(Backend& backend, net::Headers& headers, const store::ObjectInfo& object);
// x-amz-abort-date and x-amz-abort-rule-id of a multipart upload.
void set_abort_headers(Backend& backend, net::Headers& headers, const std::string& bucket, const std::string& key,
                       std::int64_t begun_ms);
// x-amz-storage-class (but for STANDARD) and x-amz-restore.
void set_storage_headers(net::Headers& headers, const store::ObjectInfo& object);

// What reading an archived object answers: 403 InvalidObjectState.
aws::WireError invalid_object_state(std::string_view storage_class);

}  // namespace eyrie::api::s3

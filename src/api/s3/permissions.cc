#include "api/s3/permissions.h"

#include <algorithm>
#include <array>
#include <map>

#include "api/s3/bucket/acl.h"
#include "api/s3/multipart/multipart.h"
#include "api/s3/tagging.h"
#include "base/encoding.h"

namespace eyrie::api::s3 {
namespace {

struct SignatureFacts {
  bool is_there = false, presigned = false, version_2 = false;
  std::int64_t age_ms = 0;
};

// Operations whose action is not "s3:" and their own name.
std::string action_of(std::string_view operation) {
  static const std::map<std::string_view, std::string_view> kOthers = {
      {"CompleteMultipartUpload", "s3:PutObject"},
      {"CopyObject", "s3:PutObject"},
      {"CreateMultipartUpload", "s3:PutObject"},
      {"DeleteBucketCors", "s3:PutBucketCORS"},
      {"DeleteBucketEncryption", "s3:PutEncryptionConfiguration"},
      {"DeleteBucketLifecycle", "s3:PutLifecycleConfiguration"},
      {"DeleteBucketOwnershipControls", "s3:PutBucketOwnershipControls"},
      {"DeleteBucketReplication", "s3:PutReplicationConfiguration"},
      {"DeleteBucketTagging", "s3:PutBucketTagging"},
      {"DeletePublicAccessBlock", "s3:PutBucketPublicAccessBlock"},
      {"GetBucketAccelerateConfiguration", "s3:GetAccelerateConfiguration"},
      {"GetBucketAnalyticsConfiguration", "s3:GetAnalyticsConfiguration"},
      {"GetBucketCors", "s3:GetBucketCORS"},
      {"GetBucketEncryption", "s3:GetEncryptionConfiguration"},
      {"GetBucketIntelligentTieringConfiguration", "s3:GetIntelligentTieringConfiguration"},
      {"GetBucketInventoryConfiguration", "s3:GetInventoryConfiguration"},
      {"GetBucketLifecycleConfiguration", "s3:GetLifecycleConfiguration"},
      {"GetBucketMetricsConfiguration", "s3:GetMetricsConfiguration"},
      {"GetBucketNotificationConfiguration", "s3:GetBucketNotification"},
      {"GetBucketReplication", "s3:GetReplicationConfiguration"},
      {"GetObjectLockConfiguration", "s3:GetBucketObjectLockConfiguration"},
      {"GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock"},
      {"HeadBucket", "s3:ListBucket"},
      {"HeadObject", "s3:GetObject"},
      {"ListBuckets", "s3:ListAllMyBuckets"},
      {"ListMultipartUploads", "s3:ListBucketMultipartUploads"},
      {"ListObjectVersions", "s3:ListBucketVersions"},
      {"ListObjects", "s3:ListBucket"},
      {"ListObjectsV2", "s3:ListBucket"},
      {"ListParts", "s3:ListMultipartUploadParts"},
      {"PostObject", "s3:PutObject"},
      {"PutBucketCors", "s3:PutBucketCORS"},
      {"PutBucketEncryption", "s3:PutEncryptionConfiguration"},
      {"PutBucketLifecycleConfiguration", "s3:PutLifecycleConfiguration"},
      {"PutBucketNotificationConfiguration", "s3:PutBucketNotification"},
      {"PutPublicAccessBlock", "s3:PutBucketPublicAccessBlock"},
      {"UploadPart", "s3:PutObject"},
      {"UploadPartCopy", "s3:PutObject"},
  };
  const auto found = kOthers.find(operation);
  return found == kOthers.end() ? "s3:" + std::string(operation) : std::string(found->second);
}

// Who names a version needs another action. "s3:GetObjectTagging" -> "s3:GetObjectVersionTagging".
std::string with_version(bool versioned, std::string action) {
  if (!versioned) return action;
  static constexpr std::string_view kObject = "Object";
  static constexpr auto kSame = std::to_array<std::string_view>({"s3:GetObjectLegalHold", "s3:GetObjectRetention", "s3:PutObject", "s3:RestoreObject"});
  if (std::ranges::find(kSame, action) != kSame.end()) return action;
  const std::size_t at = action.find(kObject);
  return at == std::string::npos ? action : action.insert(at + kObject.size(), "Version");
}

std::string resource_of(const Request& request) {
  if (request.bucket.empty()) return iam::bucket_arn("*");
  return request.key.empty() ? iam::bucket_arn(request.bucket) : iam::object_arn(request.bucket, request.key);
}

bool is_copy(std::string_view operation) {
  return operation == "CopyObject" || operation == "UploadPartCopy";
}

bool names_version(const Request& request) {
  return !request.key.empty() && request.has("versionId");
}

// What a request names: all may be empty.
struct About {
  std::string bucket, key, upload;
};

// Policies ask the same of parts as of whole objects, and clients tell it once: "aws s3 cp --sse" of a large file.
void add_values_of_upload(store::ObjectStore& objects, const Context& context, const About& about, iam::ConditionValues& values) {
  static constexpr auto kOfUpload = std::to_array<std::string_view>({"CompleteMultipartUpload", "UploadPart", "UploadPartCopy"});
  if (std::ranges::find(kOfUpload, context.operation) == kOfUpload.end()) return;
  for (const char* prefix : {"s3:x-amz-", "s3:requestobjecttag"}) {
    values.add_lazily(prefix, [&objects, about] { return values_told_at_begin(objects, about.bucket, about.key, about.upload); });
  }
}

// What a write says of the object that is to be.
void add_values_of_write(store::ObjectStore& objects, const Context& context, iam::ConditionValues& values) {
  static constexpr auto kOfParts = std::to_array<std::string_view>({"CreateMultipartUpload", "UploadPart", "UploadPartCopy"});
  static constexpr auto kTagged = std::to_array<std::string_view>({"CopyObject", "CreateMultipartUpload", "PutObject"});
  const std::string& operation = context.operation;
  const net::Headers& headers = context.head.headers;
  for (const auto& [header, key] : {std::pair{"If-Match", "s3:if-match"}, {"If-None-Match", "s3:if-none-match"}}) {
    if (const std::string* value = headers.find(header)) values.add(key, *value);
  }
  if (action_of(operation) == "s3:PutObject")
    values.add("s3:ObjectCreationOperation", std::ranges::find(kOfParts, operation) == kOfParts.end() ? "true" : "false");
  if (std::ranges::find(kTagged, operation) == kTagged.end()) return;
  if (operation == "CopyObject" && headers.get("x-amz-tagging-directive") != "REPLACE") {
    const auto source = parse_copy_source(headers.get("x-amz-copy-source"));
    if (!source) return;
    values.add_lazily("s3:requestobjecttag", [&objects, source = *source] {
      const auto object = objects.head(source.bucket, source.key);
      return object ? iam::request_tags(object->tags) : iam::ConditionValues();
    });
  } else if (const auto tags = parse_tag_header(headers.get("x-amz-tagging"))) {
    values = values.with(iam::request_tags(*tags));
  }
}

iam::ConditionValues condition_values(store::ObjectStore& objects, const Context& context, const About& about, const SignatureFacts& signature) {
  const net::RequestHead& head = context.head;
  iam::ConditionValues values;
  if (const auto query = parse_query(head)) {
    for (const auto& [parameter, key] : {std::pair{"prefix", "s3:prefix"}, {"delimiter", "s3:delimiter"}, {"max-keys", "s3:max-keys"}}) {
      if (const auto found = query->find(parameter); found != query->end()) values.add(key, found->second);
    }
    if (const auto version = query->find("versionId"); !about.key.empty() && version != query->end()) values.add("s3:VersionId", version->second);
  }
  for (const auto& [name, value] : head.headers) {
    const std::string lower = lower_case(name);
    if (lower == "x-amz-copy-source") {
      // As it is meant, however it is encoded. Policies name it with a slash before the bucket, or without: either spelling counts.
      const auto source = parse_copy_source(value);
      const std::string named = source ? source->bucket + "/" + source->key : value;
      values.add("s3:" + lower, named);
      values.add("s3:" + lower, "/" + named);
    } else if (lower.starts_with("x-amz-")) {
      values.add("s3:" + lower, value);
    }
  }
  if (head.method != "GET" && head.method != "HEAD") add_values_of_write(objects, context, values);
  add_values_of_upload(objects, context, about, values);
  values.add("s3:ResourceAccount", std::string(kAccount));
  if (!head.tls_version.empty()) values.add("s3:TlsVersion", std::string(head.tls_version));
  if (!signature.is_there) return values;
  values.add("s3:authType", signature.presigned ? "REST-QUERY-STRING" : "REST-HEADER");
  values.add("s3:signatureversion", signature.version_2 ? "AWS" : "AWS4-HMAC-SHA256");
  // One of version 2 does not say when it was made.
  if (!signature.version_2) values.add("s3:signatureAge", std::to_string(signature.age_ms));
  return values;
}

}  // namespace

ValuesOf values_of(store::ObjectStore& objects, const Request& request, const aws::Authorization& authorization, std::int64_t now_ms) {
  const SignatureFacts signature{.is_there = !authorization.access_key.empty(),
                                 .presigned = authorization.presigned,
                                 .version_2 = authorization.version_2,
                                 .age_ms = std::max<std::int64_t>(0, now_ms - authorization.time_ms)};
  return [&objects, &context = *request.context, about = About{.bucket = request.bucket, .key = request.key, .upload = request.get("uploadId")}, signature] {
    return condition_values(objects, context, about, signature);
  };
}

std::optional<aws::WireError> permit(const Request& request, std::string_view action, const std::string& resource,
                                     const iam::ConditionValues& more) {
  if (!request.context->caller) return aws::s3::access_denied();
  const Status may = request.context->caller->may(action, resource, more);
  if (may) return std::nullopt;
  return aws::WireError{403, "AccessDenied", may.error().message};
}

std::optional<aws::WireError> permit_creation(const Request& request, std::string_view region) {
  iam::ConditionValues told;
  if (!region.empty()) told.add("s3:LocationConstraint", std::string(region));
  const std::string resource = resource_of(request);
  if (auto denied = permit(request, "s3:CreateBucket", resource, told)) return denied;
  if (request.headers().has("x-amz-object-ownership")) {
    if (auto denied = permit(request, "s3:PutBucketOwnershipControls", resource)) return denied;
  }
  return tells_acl(request.headers()) ? permit(request, "s3:PutBucketAcl", resource) : std::nullopt;
}

std::optional<aws::WireError> permit_tagging(const Request& request, const store::StringMap& tags) {
  return permit(request, with_version(names_version(request), "s3:PutObjectTagging"), resource_of(request), iam::request_tags(tags));
}

std::optional<aws::WireError> permit_tags_of_source(const Request& request, const CopySource& source, const store::StringMap& tags) {
  if (auto denied = permit(request, with_version(source.versioned, "s3:GetObjectTagging"), iam::object_arn(source.bucket, source.key))) return denied;
  return permit(request, "s3:PutObjectTagging", iam::object_arn(request.bucket, request.key), iam::request_tags(tags));
}

std::optional<aws::WireError> permit(const Request& request, std::string_view operation) {
  if (operation == "CreateBucket" || operation == "DeleteObjects" || operation == "PutObjectTagging") return std::nullopt;
  const std::string resource = resource_of(request);
  const bool versioned = names_version(request);
  if (auto denied = permit(request, with_version(versioned, action_of(operation)), resource)) return denied;
  if (operation == "GetObjectAttributes") {
    if (auto denied = permit(request, with_version(versioned, "s3:GetObject"), resource)) return denied;
  }
  const bool makes_object = operation == "PutObject" || operation == "CopyObject" || operation == "CreateMultipartUpload";
  if (makes_object && tells_acl(request.headers())) {
    if (auto denied = permit(request, "s3:PutObjectAcl", resource)) return denied;
  }
  if (is_copy(operation)) {
    // One that cannot be read is refused as it is served.
    if (const auto source = parse_copy_source(request.headers().get("x-amz-copy-source"))) {
      if (auto denied = permit(request, with_version(source->versioned, "s3:GetObject"), iam::object_arn(source->bucket, source->key))) return denied;
    }
  }
  // A write on condition that the object is a certain one tells which it is.
  if (request.context->head.method != "GET" && request.context->head.method != "HEAD" && request.headers().has("If-Match")) {
    if (auto denied = permit(request, "s3:GetObject", resource)) return denied;
  }
  const bool tags = !request.key.empty() && request.headers().has("x-amz-tagging");
  return tags ? permit(request, "s3:PutObjectTagging", resource) : std::nullopt;
}

std::optional<aws::WireError> permit_as_found(const Request& request, const store::ObjectInfo& object) {
  const auto& caller = request.context->caller;
  if (!caller || caller->was_judged_by(iam::object_arn(object.bucket, object.key), object.tags)) return std::nullopt;
  return permit(request, request.context->operation);
}

aws::WireError hide_absence(const Request& request, std::string_view operation, aws::WireError error) {
  if (error.code != "NoSuchKey" || !request.context->caller) return error;
  auto listable = [&](const std::string& bucket) {
    return request.context->caller->could("s3:ListBucket", iam::bucket_arn(bucket));
  };
  Status may = listable(request.bucket);
  if (may && is_copy(operation)) {
    if (const auto source = parse_copy_source(request.headers().get("x-amz-copy-source"))) may = listable(source->bucket);
  }
  if (may) return error;
  return {403, "AccessDenied", may.error().message};
}

}  // namespace eyrie::api::s3

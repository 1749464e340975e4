#include "api/s3/service.h"

#include <algorithm>
#include <array>

#include "api/s3/body_digests.h"
#include "api/s3/bucket/access.h"
#include "api/s3/bucket/acl.h"
#include "api/s3/bucket/bucket_encryption.h"
#include "api/s3/bucket/bucket_tagging.h"
#include "api/s3/bucket/cors.h"
#include "api/s3/bucket/notification.h"
#include "api/s3/bucket/policy.h"
#include "api/s3/bucket/unset.h"
#include "api/s3/bucket/versions.h"
#include "api/s3/buckets.h"
#include "api/s3/form/post_object.h"
#include "api/s3/lifecycle/lifecycle.h"
#include "api/s3/listing.h"
#include "api/s3/multipart/multipart.h"
#include "api/s3/object/attributes.h"
#include "api/s3/object/copy_object.h"
#include "api/s3/object/delete_objects.h"
#include "api/s3/objects.h"
#include "api/s3/permissions.h"
#include "api/s3/put_object.h"
#include "api/s3/tagging.h"
#include "base/encoding.h"
#include "base/log.h"
#include "crypto/digest.h"

namespace eyrie::api::s3 {
namespace {

constexpr std::size_t kMaxXmlBody = 2U << 20;  // DeleteObjects with 1,000 long keys

enum class Level { kService, kBucket, kObject };

struct Row {
  const char* name;
  const char* method;
  Level level;
  const char* subresource;  // query parameter that selects the operation; "" where none does
  Operation run;
  bool digest_required = false;  // its body must come with one
};

constexpr const char* kComplete = "CompleteMultipartUpload";

constexpr Row kOperations[] = {
    {"ListBuckets", "GET", Level::kService, "", list_buckets},
    {"CreateBucket", "PUT", Level::kBucket, "", create_bucket},
    {"HeadBucket", "HEAD", Level::kBucket, "", head_bucket},
    {"DeleteBucket", "DELETE", Level::kBucket, "", delete_bucket},
    {"GetBucketLocation", "GET", Level::kBucket, "location", get_bucket_location},
    {"GetBucketVersioning", "GET", Level::kBucket, "versioning", get_bucket_versioning},
    {"PutBucketVersioning", "PUT", Level::kBucket, "versioning", put_bucket_versioning},
    {"ListObjectVersions", "GET", Level::kBucket, "versions", list_object_versions},
    {"GetBucketNotificationConfiguration", "GET", Level::kBucket, "notification", get_bucket_notification},
    {"PutBucketNotificationConfiguration", "PUT", Level::kBucket, "notification", put_bucket_notification},
    {"GetBucketCors", "GET", Level::kBucket, "cors", get_bucket_cors},
    {"PutBucketCors", "PUT", Level::kBucket, "cors", put_bucket_cors, true},
    {"DeleteBucketCors", "DELETE", Level::kBucket, "cors", delete_bucket_cors},
    {"GetBucketLifecycleConfiguration", "GET", Level::kBucket, "lifecycle", get_bucket_lifecycle},
    {"PutBucketLifecycleConfiguration", "PUT", Level::kBucket, "lifecycle", put_bucket_lifecycle, true},
    {"DeleteBucketLifecycle", "DELETE", Level::kBucket, "lifecycle", delete_bucket_lifecycle},
    {"GetBucketTagging", "GET", Level::kBucket, "tagging", get_bucket_tagging},
    {"PutBucketTagging", "PUT", Level::kBucket, "tagging", put_bucket_tagging, true},
    {"DeleteBucketTagging", "DELETE", Level::kBucket, "tagging", delete_bucket_tagging},
    {"GetBucketAcl", "GET", Level::kBucket, "acl", get_acl},
    {"PutBucketAcl", "PUT", Level::kBucket, "acl", put_acl},
    {"GetObjectAcl", "GET", Level::kObject, "acl", get_acl},
    {"PutObjectAcl", "PUT", Level::kObject, "acl", put_acl},
    {"GetBucketOwnershipControls", "GET", Level::kBucket, "ownershipControls", get_bucket_ownership},
    {"PutBucketOwnershipControls", "PUT", Level::kBucket, "ownershipControls", put_bucket_ownership},
    {"DeleteBucketOwnershipControls", "DELETE", Level::kBucket, "ownershipControls", delete_bucket_ownership},
    {"GetPublicAccessBlock", "GET", Level::kBucket, "publicAccessBlock", get_public_access_block},
    {"PutPublicAccessBlock", "PUT", Level::kBucket, "publicAccessBlock", put_public_access_block},
    {"DeletePublicAccessBlock", "DELETE", Level::kBucket, "publicAccessBlock", delete_public_access_block},
    {"GetBucketEncryption", "GET", Level::kBucket, "encryption", get_bucket_encryption},
    {"PutBucketEncryption", "PUT", Level::kBucket, "encryption", put_bucket_encryption},
    {"DeleteBucketEncryption", "DELETE", Level::kBucket, "encryption", delete_bucket_encryption},
    {"GetBucketPolicy", "GET", Level::kBucket, "policy", get_bucket_policy},
    {"PutBucketPolicy", "PUT", Level::kBucket, "policy", put_bucket_policy},
    {"DeleteBucketPolicy", "DELETE", Level::kBucket, "policy", delete_bucket_policy},
    {"GetBucketPolicyStatus", "GET", Level::kBucket, "policyStatus", get_bucket_policy_status},
    {"GetBucketAccelerateConfiguration", "GET", Level::kBucket, "accelerate", get_unset},
    {"GetBucketAbac", "GET", Level::kBucket, "abac", get_unset},
    {"GetBucketAnalyticsConfiguration", "GET", Level::kBucket, "analytics", get_unset},
    {"GetBucketIntelligentTieringConfiguration", "GET", Level::kBucket, "intelligent-tiering", get_unset},
    {"GetBucketInventoryConfiguration", "GET", Level::kBucket, "inventory", get_unset},
    {"GetBucketLogging", "GET", Level::kBucket, "logging", get_unset},
    {"GetBucketMetricsConfiguration", "GET", Level::kBucket, "metrics", get_unset},
    {"GetBucketReplication", "GET", Level::kBucket, "replication", get_unset},
    {"DeleteBucketReplication", "DELETE", Level::kBucket, "replication", delete_unset},
    {"GetBucketRequestPayment", "GET", Level::kBucket, "requestPayment", get_unset},
    {"GetBucketWebsite", "GET", Level::kBucket, "website", get_unset},
    {"DeleteBucketWebsite", "DELETE", Level::kBucket, "website", delete_unset},
    {"GetObjectLockConfiguration", "GET", Level::kBucket, "object-lock", get_unset},
    {"GetObjectRetention", "GET", Level::kObject, "retention", get_unset_lock},
    {"GetObjectLegalHold", "GET", Level::kObject, "legal-hold", get_unset_lock},
    {"ListObjectsV2", "GET", Level::kBucket, "list-type", list_objects_v2},
    {"ListObjects", "GET", Level::kBucket, "", list_objects_v1},
    {"DeleteObjects", "POST", Level::kBucket, "delete", delete_objects, true},
    {"ListMultipartUploads", "GET", Level::kBucket, "uploads", list_multipart_uploads},
    {"CreateMultipartUpload", "POST", Level::kObject, "uploads", create_multipart_upload},
    {kComplete, "POST", Level::kObject, "uploadId", complete_multipart_upload},
    {"AbortMultipartUpload", "DELETE", Level::kObject, "uploadId", abort_multipart_upload},
    {"ListParts", "GET", Level::kObject, "uploadId", list_parts},
    {"CopyObject", "PUT", Level::kObject, "", copy_object},
    {"UploadPartCopy", "PUT", Level::kObject, "partNumber", upload_part_copy},
    {"GetObject", "GET", Level::kObject, "", get_object},
    {"GetObjectAttributes", "GET", Level::kObject, "attributes", get_object_attributes},
    {"RestoreObject", "POST", Level::kObject, "restore", restore_object},
    {"HeadObject", "HEAD", Level::kObject, "", head_object},
    {"DeleteObject", "DELETE", Level::kObject, "", delete_object},
    {"GetObjectTagging", "GET", Level::kObject, "tagging", get_object_tagging},
    {"PutObjectTagging", "PUT", Level::kObject, "tagging", put_object_tagging},
    {"DeleteObjectTagging", "DELETE", Level::kObject, "tagging", delete_object_tagging},
};

// Query parameters that turn a request into another operation. One of these that no row takes is
// NotImplemented, so that PUT ?acl never overwrites the object and DELETE ?abac removes no bucket. All of the service
// description's; any other parameter says nothing and is ignored.
constexpr std::string_view kSubresources[] = {
    "abac", "accelerate", "acl", "analytics", "annotation", "attributes", "cors", "delete", "encryption",
    "intelligent-tiering", "inventory", "legal-hold", "lifecycle", "list-type", "location", "logging",
    "metadataAnnotationTable", "metadataConfiguration", "metadataInventoryTable", "metadataJournalTable",
    "metadataTable", "metrics", "notification", "object-lock", "ownershipControls", "partNumber", "policy",
    "policyStatus", "publicAccessBlock", "renameObject", "replication", "requestPayment", "restore",
    "retention", "select", "session", "tagging", "torrent", "uploadId", "uploads", "versionId",
    "versioning", "versions", "website"};

std::string_view subresource_of(const Request& request) {
  for (const std::string_view name : kSubresources) {
    if (!request.has(std::string(name))) continue;
    // Reading a part of an object is reading the object; its only version is called "null".
    if (name == "partNumber" && request.context->head.method != "PUT") continue;
    if (name == "versionId" && request.get("versionId") == "null") continue;
    return name;
  }
  return "";
}

Level level_of(const Request& request) {
  return request.bucket.empty() ? Level::kService : request.key.empty() ? Level::kBucket : Level::kObject;
}

const Row* find_operation(const Request& request, std::string_view subresource) {
  for (const Row& row : kOperations) {
    if (row.method == request.context->head.method && row.level == level_of(request) &&
        row.subresource == subresource) {
      return &row;
    }
  }
  return nullptr;
}

aws::WireError no_operation(const Request& request, std::string_view subresource) {
  static constexpr std::array<std::string_view, 5> kMethods = {"GET", "HEAD", "PUT", "POST", "DELETE"};
  if (subresource == "versionId") return no_such_version(request);
  if (subresource == "partNumber" && !request.has("uploadId")) {
    return aws::s3::invalid_argument("This operation does not accept partNumber without uploadId", "partNumber", request.get("partNumber"));
  }
  if (subresource == "uploadId") return aws::s3::method_not_allowed(request.context->head.method, "OBJECT");
  if (!subresource.empty()) return aws::s3::not_implemented(subresource);
  if (std::ranges::find(kMethods, request.context->head.method) == kMethods.end()) {
    return aws::s3::method_not_allowed(request.context->head.method,
                                       request.key.empty() ? "BUCKET" : "OBJECT");
  }
  return aws::s3::method_not_allowed(request.context->head.method, "SERVICE");
}

// Tells browsers what the bucket's CORS rules permit, on whatever is answered.
class CorsSink final : public net::RequestSink {
 public:
  CorsSink(std::unique_ptr<net::RequestSink> sink, net::Headers headers)
      : sink_(std::move(sink)), headers_(std::move(headers)) {}
  std::optional<net::Response> write(ByteView piece) override {
    auto response = sink_->write(piece);
    if (response) add(*response, headers_);
    return response;
  }
  net::Response finish() override {
    net::Response response = sink_->finish();
    add(response, headers_);
    return response;
  }
  static void add(net::Response& response, const net::Headers& headers) {
    for (const auto& [name, value] : headers) response.headers.set(name, value);
  }

 private:
  const std::unique_ptr<net::RequestSink> sink_;
  const net::Headers headers_;
};

void add_ids(net::Response& response, const Context& context) {
  response.headers.set("x-amz-request-id", context.head.id);
  response.headers.set("x-amz-id-2", context.head.id);
}

std::string arn_of(const Context& context) {
  const auto request = parse_request(std::make_shared<Context>(context));
  if (!request || request->bucket.empty()) return iam::bucket_arn("*");
  return request->key.empty() ? iam::bucket_arn(request->bucket) : iam::object_arn(request->bucket, request->key);
}

void note_denial(const Context& context, const std::string& reason) {
  context.caller->note_refusal("s3:" + context.operation, arn_of(context), reason);
}

// A body that is not the one signed is as good as a wrong signature.
bool is_denial(const aws::WireError& error) { return error.status == 403 || error.code == "XAmzContentSHA256Mismatch"; }

}  // namespace

net::Response error_response(const Context& context, const aws::WireError& error) {
  // Without a caller api::note_refusal() has noted it: nobody was let in.
  if (context.caller && is_denial(error)) note_denial(context, error.message);
  return aws::to_s3_response(error, context.head.method, context.head.path, context.head.id);
}

net::Response xml_response(const Context& context, std::string xml) {
  net::Response response = net::text_response(200, std::move(xml), "application/xml");
  add_ids(response, context);
  return response;
}

net::Response empty_response(const Context& context, int status) {
  net::Response response;
  response.status = status;
  add_ids(response, context);
  return response;
}

aws::WireError store_error(const Request& request, const Error& error) {
  if (auto of_key = kms_error(error)) return *of_key;
  switch (error.code) {
    case Code::kNotFound:
      // The store's message begins with what is missing.
      return error.message.starts_with("bucket") ? aws::s3::no_such_bucket(request.bucket)
                                                 : aws::s3::no_such_key(request.key);
    case Code::kUnavailable:
      return aws::s3::storage_full();
    case Code::kInvalidArgument:
    case Code::kPermissionDenied:
      if (error.message.contains("require AWS Signature Version 4")) return {400, "InvalidArgument", error.message};
      return error.message.starts_with("customer key") ? customer_key_error(error) : aws::s3::from(error);
    case Code::kFailedPrecondition:
      // "archived GLACIER"
      if (error.message.starts_with("archived ")) return invalid_object_state(std::string_view(error.message).substr(9));
      return aws::s3::from(error);
    default:
      return aws::s3::from(error);
  }
}

std::optional<aws::WireError> missing(Backend& backend, const Request& request) {
  if (request.key.empty()) {
    const auto bucket = backend.objects.bucket(request.bucket);
    return bucket ? std::nullopt : std::optional(store_error(request, bucket.error()));
  }
  const auto object = backend.objects.head(request.bucket, request.key);
  return object ? std::nullopt : std::optional(store_error(request, object.error()));
}

aws::WireError commit_error(const Request& request, const store::PutConditions& conditions, const Error& error) {
  if (error.code == Code::kFailedPrecondition) {
    return aws::s3::precondition_failed(conditions.if_none_match ? "If-None-Match" : "If-Match");
  }
  if (error.code != Code::kNotFound) log_error("upload failed", {{"error", error.message}});
  return store_error(request, error);
}

BeginResult S3Service::begin(ContextPtr context) {
  auto request = parse_request(context);
  if (!request) return std::unexpected(error_response(*context, request.error()));
  if (context->head.method == "OPTIONS") {
    context->operation = "Preflight";
    return std::unexpected(preflight(backend_, *request));
  }
  net::Headers headers = cors_headers(backend_, *request);
  BeginResult sink = begin_operation(std::move(*request));
  if (headers.size() == 0) return sink;
  if (sink) return std::make_unique<CorsSink>(std::move(*sink), std::move(headers));
  CorsSink::add(sink.error(), headers);
  return sink;
}

std::expected<S3Service::Admitted, aws::WireError> S3Service::admit_signed(const Request& request) {
  Context& context = *request.context;
  auto claim = api::claim(door_, context, name());
  if (!claim) return std::unexpected(aws::s3_auth_error(claim.error()));
  // A signature made for another service or region was not made for this request.
  if (const auto scope = aws::check_scope(claim->authorization, name(), kRegion); !scope) {
    note_refusal(door_, context, name(), claim->key.id, scope.error().message);
    return std::unexpected(aws::s3_auth_error(scope.error()));
  }
  context.version_4 = !claim->authorization.version_2;
  const auto values = values_of(backend_.objects, request, claim->authorization, door_.authenticator.now_ms());
  auto verified = api::verify(door_, context, *claim, std::nullopt, values, bucket_of_host(context.head.headers.get("Host")));
  if (!verified) return std::unexpected(aws::s3_auth_error(verified.error()));
  take_headers_of_url(context, claim->authorization);  // what the request asks for, and conditions are about
  if (context.over_rate(claim->key.id)) return std::unexpected(aws::s3::slow_down());
  return Admitted{std::move(claim->authorization), std::move(*verified)};
}

// What a bucket's policy allows everybody, unless the bucket's public access is restricted. All of them share one rate.
std::expected<S3Service::Admitted, aws::WireError> S3Service::admit_unsigned(const Request& request) {
  Context& context = *request.context;
  auto authorization = aws::parse_unsigned(context.head);
  if (!authorization) {
    note_refusal(door_, context, name(), "", authorization.error().message);
    return std::unexpected(aws::s3_auth_error(authorization.error()));
  }
  if (context.over_rate("anonymous")) return std::unexpected(aws::s3::slow_down());
  admit_anonymous(door_, context, values_of(backend_.objects, request, *authorization, door_.authenticator.now_ms()));
  if (auto wrong = check_anonymous(backend_, request)) {
    note_denial(context, wrong->message);
    return std::unexpected(*wrong);
  }
  return Admitted{std::move(*authorization), {}};
}

BeginResult S3Service::begin_operation(Request asked) {
  const ContextPtr context = asked.context;
  auto refuse = [&](const aws::WireError& error) { return std::unexpected(error_response(*context, error)); };
  Request* request = &asked;
  const std::string_view subresource = subresource_of(*request);
  const bool stray_part = subresource == "partNumber" && !request->has("uploadId");
  const Row* row = stray_part ? nullptr : find_operation(*request, subresource);
  // These two stream; a copy has the same form but no body.
  const bool uploads = context->head.method == "PUT" && level_of(*request) == Level::kObject &&
                       !context->head.headers.has("x-amz-copy-source");
  const bool put = uploads && subresource.empty();
  const bool part = uploads && subresource == "partNumber" && !stray_part;
  context->operation = put ? "PutObject" : part ? "UploadPart" : row != nullptr ? row->name : "Unknown";

  // POST without more is a form's, whose permission is in its fields.
  if (subresource.empty() && context->head.method == "POST") {
    const Level level = level_of(*request);
    if (level != Level::kBucket) return refuse(aws::s3::method_not_allowed("POST", level == Level::kService ? "SERVICE" : "OBJECT"));
    // Object Lambda's, whose path looks like a bucket's.
    if (request->bucket == "WriteGetObjectResponse") return refuse(aws::s3::not_implemented(request->bucket));
    context->operation = "PostObject";
    return begin_post_object(backend_, door_, *request);
  }

  const auto admitted = aws::is_unsigned(context->head) ? admit_unsigned(*request) : admit_signed(*request);
  if (!admitted) return refuse(admitted.error());
  const auto& [authorization, verified] = *admitted;

  if (auto wrong = check_unambiguous(*request, context->operation)) return refuse(*wrong);
  if (put || part || row != nullptr) {
    if (const auto denied = permit(*request, context->operation)) return refuse(*denied);
  }
  if (auto wrong = check_expected_owner(context->head.headers, "x-amz-expected-bucket-owner")) return refuse(*wrong);

  if (put) return begin_put_object(backend_, *request, authorization, verified);
  if (part) return begin_upload_part(backend_, *request, authorization, verified);
  if (row == nullptr) return refuse(no_operation(*request, subresource));
  if (aws::is_chunked(authorization.payload))
    return refuse(aws::s3::not_implemented("x-amz-content-sha256"));
  // A checksum told when an upload is completed is the object's.
  const auto about =
      std::string_view(row->name) == kComplete ? BodyDigests::Checksums::kIgnored : BodyDigests::Checksums::kOfBody;
  auto made = BodyDigests::create(*request, authorization, about);
  if (!made) return refuse(made.error());
  if (row->digest_required && !made->is_told()) {
    return refuse(aws::s3::invalid_request("Missing required header for this request: Content-MD5 OR x-amz-checksum-*"));
  }
  auto digests = std::make_shared<BodyDigests>(std::move(*made));
  auto too_large = [context](const net::RequestHead&) {
    return error_response(*context, aws::s3::entity_too_large(kMaxXmlBody));
  };
  auto busy = [context](const net::RequestHead&) { return error_response(*context, aws::s3::slow_down()); };
  return net::collect_body(
      context->head,
      {.max_bytes = kMaxXmlBody, .budget = &backend_.budget, .too_large = too_large, .busy = busy},
      [this, row, digests, request = std::move(*request)](const net::RequestHead&, const Bytes& body) {
        digests->update(body);
        if (auto wrong = digests->check(hex_encode(crypto::md5(body)), {})) {
          return error_response(*request.context, *wrong);
        }
        OperationResult result = row->run(backend_, request, body);
        if (result) return std::move(*result);
        return error_response(*request.context, hide_absence(request, row->name, std::move(result.error())));
      });
}

}  // namespace eyrie::api::s3

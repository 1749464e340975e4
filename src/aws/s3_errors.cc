#include "aws/wire_error.h"

namespace eyrie::aws::s3 {
namespace {

std::string text(std::string_view s) {
  return std::string(s);
}

}  // namespace

WireError access_denied() {
  return {403, "AccessDenied", "Access Denied"};
}

WireError bad_digest(std::string_view header) {
  return {400, "BadDigest", "The " + text(header) + " you specified did not match what we received."};
}

WireError bucket_already_owned_by_you(std::string_view bucket) {
  return {409,
          "BucketAlreadyOwnedByYou",
          "Your previous request to create the named bucket succeeded and you already own it.",
          {{"BucketName", text(bucket)}}};
}

WireError bucket_not_empty(std::string_view bucket) {
  return {
      409, "BucketNotEmpty", "The bucket you tried to delete is not empty", {{"BucketName", text(bucket)}}};
}

WireError content_sha256_mismatch(std::string_view told, std::string_view computed) {
  return {400,
          "XAmzContentSHA256Mismatch",
          "The provided 'x-amz-content-sha256' header does not match what was computed.",
          {{"ClientComputedContentSHA256", text(told)}, {"S3ComputedContentSHA256", text(computed)}}};
}

WireError entity_too_large(std::uint64_t limit) {
  return {400,
          "EntityTooLarge",
          "Your proposed upload exceeds the maximum allowed size",
          {{"MaxSizeAllowed", std::to_string(limit)}}};
}

WireError incomplete_body() {
  return {400, "IncompleteBody",
          "You did not provide the number of bytes specified by the Content-Length HTTP header"};
}

WireError internal_error() {
  return {500, "InternalError", "We encountered an internal error. Please try again."};
}

WireError invalid_argument(std::string_view message, std::string_view name, std::string_view value) {
  return {
      400, "InvalidArgument", text(message), {{"ArgumentName", text(name)}, {"ArgumentValue", text(value)}}};
}

WireError invalid_bucket_name(std::string_view bucket) {
  return {400, "InvalidBucketName", "The specified bucket is not valid.", {{"BucketName", text(bucket)}}};
}

WireError invalid_digest() {
  return {400, "InvalidDigest", "The Content-MD5 you specified was invalid."};
}

WireError invalid_range(std::string_view range, std::uint64_t size) {
  return {416,
          "InvalidRange",
          "The requested range is not satisfiable",
          {{"RangeRequested", text(range)}, {"ActualObjectSize", std::to_string(size)}}};
}

WireError invalid_request(std::string_view message) {
  return {400, "InvalidRequest", text(message)};
}

WireError invalid_uri() {
  return {400, "InvalidURI", "Couldn't parse the specified URI."};
}

WireError key_too_long(std::size_t bytes, std::size_t limit) {
  return {400,
          "KeyTooLongError",
          "Your key is too long",
          {{"Size", std::to_string(bytes)}, {"MaxSizeAllowed", std::to_string(limit)}}};
}

WireError malformed_trailer() {
  return {400, "MalformedTrailerError",
          "The request contained trailing data that was not well-formed or did not conform to our published schema."};
}

WireError malformed_xml() {
  return {400, "MalformedXML",
          "The XML you provided was not well-formed or did not validate against our published schema"};
}

WireError metadata_too_large(std::size_t bytes, std::size_t limit) {
  return {400,
          "MetadataTooLarge",
          "Your metadata headers exceed the maximum allowed metadata size",
          {{"Size", std::to_string(bytes)}, {"MaxSizeAllowed", std::to_string(limit)}}};
}

WireError method_not_allowed(std::string_view method, std::string_view resource_type) {
  return {405,
          "MethodNotAllowed",
          "The specified method is not allowed against this resource.",
          {{"Method", text(method)}, {"ResourceType", text(resource_type)}}};
}

WireError missing_content_length() {
  return {411, "MissingContentLength", "You must provide the Content-Length HTTP header."};
}

WireError no_such_bucket(std::string_view bucket) {
  return {404, "NoSuchBucket", "The specified bucket does not exist", {{"BucketName", text(bucket)}}};
}

WireError no_such_key(std::string_view key) {
  return {404, "NoSuchKey", "The specified key does not exist.", {{"Key", text(key)}}};
}

WireError not_implemented(std::string_view header) {
  return {501,
          "NotImplemented",
          "A header you provided implies functionality that is not implemented",
          {{"Header", text(header)}}};
}

WireError operation_aborted() {
  return {409, "OperationAborted",
          "A conflicting conditional operation is currently in progress against this resource. Please try "
          "again."};
}

WireError precondition_failed(std::string_view condition) {
  return {412,
          "PreconditionFailed",
          "At least one of the pre-conditions you specified did not hold",
          {{"Condition", text(condition)}}};
}

WireError not_modified() {
  return {304, "NotModified", "Not Modified"};
}

WireError request_timeout() {
  return {
      400, "RequestTimeout",
      "Your socket connection to the server was not read from or written to within the timeout period. Idle "
      "connections will be closed."};
}

WireError slow_down() {
  return {503, "SlowDown", "Please reduce your request rate."};
}

WireError storage_full() {
  return {507, "InsufficientStorage", "There is not enough space on the server's disk to store this object."};
}

WireError from(const Error& error) {
  switch (error.code) {
    case Code::kInvalidArgument:
    case Code::kUnsupported:
      return invalid_request(error.message);
    case Code::kTooLarge:
      return {400, "EntityTooLarge", error.message};
    case Code::kNotFound:
      return {404, "NoSuchKey", error.message};
    case Code::kAlreadyExists:
    case Code::kFailedPrecondition:
      return {412, "PreconditionFailed", error.message};
    case Code::kPermissionDenied:
      return access_denied();
    case Code::kUnauthenticated:
      return {403, "SignatureDoesNotMatch", error.message};
    case Code::kUnavailable:
      return slow_down();
    case Code::kDeadlineExceeded:
      return request_timeout();
    case Code::kCorrupt:
    case Code::kIo:
    case Code::kInternal:
      return internal_error();
  }
  return internal_error();
}

}  // namespace eyrie::aws::s3

#include "aws/wire_error.h"

// Rekognition's and DynamoDB's exceptions. What our own errors say of disks and files stays in the log: a
// client is told only that the server failed.
namespace eyrie::aws {
namespace rekognition {

WireError conflict(std::string_view message) {
  return {400, "ConflictException", std::string(message)};
}
WireError idempotent_parameter_mismatch(std::string_view message) {
  return {400, "IdempotentParameterMismatchException", std::string(message)};
}
WireError image_too_large() {
  return {400, "ImageTooLargeException", "Image size is too large."};
}
WireError internal_server_error() {
  return {500, "InternalServerError", "Internal server error"};
}
WireError invalid_image_format() {
  return {400, "InvalidImageFormatException", "Request has invalid image format."};
}
WireError invalid_pagination_token() {
  return {400, "InvalidPaginationTokenException", "Invalid Pagination Token"};
}
WireError invalid_parameter(std::string_view message) {
  return {400, "InvalidParameterException", std::string(message)};
}
WireError invalid_s3_object() {
  return {400, "InvalidS3ObjectException",
          "Unable to get object metadata from S3. Check object key, region and/or access permissions."};
}
WireError provisioned_throughput_exceeded() {
  return {400, "ProvisionedThroughputExceededException", "Provisioned Rate exceeded."};
}
WireError resource_already_exists(std::string_view message) {
  return {400, "ResourceAlreadyExistsException", std::string(message)};
}
WireError resource_not_found(std::string_view message) {
  return {400, "ResourceNotFoundException", std::string(message)};
}
WireError serialization() {
  return {400, "SerializationException", "The request body is not the JSON of this operation."};
}
WireError service_quota_exceeded(std::string_view message) {
  return {400, "ServiceQuotaExceededException", std::string(message)};
}
WireError throttling() {
  return {400, "ThrottlingException", "Slow down; sudden increase in rate of requests."};
}
WireError unknown_operation() {
  return {400, "UnknownOperationException", "This operation is not known."};
}

WireError from(const Error& error) {
  switch (error.code) {
    case Code::kInvalidArgument:
    case Code::kAlreadyExists:
    case Code::kFailedPrecondition:
      return invalid_parameter(error.message);
    case Code::kUnsupported:
    case Code::kCorrupt:
      return invalid_image_format();
    case Code::kTooLarge:
      return image_too_large();
    case Code::kNotFound:
      return resource_not_found(error.message);
    case Code::kPermissionDenied:
    case Code::kUnauthenticated:
      return {400, "AccessDeniedException", error.message};
    case Code::kUnavailable:
      return throttling();
    case Code::kDeadlineExceeded:
    case Code::kIo:
    case Code::kInternal:
      return internal_server_error();
  }
  return internal_server_error();
}

}  // namespace rekognition

namespace dynamodb {

WireError conditional_check_failed() {
  return {400, "ConditionalCheckFailedException", "The conditional request failed"};
}
WireError internal_server_error() {
  return {500, "InternalServerError", "Internal server error"};
}
WireError item_collection_size_limit_exceeded() {
  return {400, "ItemCollectionSizeLimitExceededException", "Collection size exceeded."};
}
WireError limit_exceeded(std::string_view message) {
  return {400, "LimitExceededException", std::string(message)};
}
WireError provisioned_throughput_exceeded() {
  return {
      400, "ProvisionedThroughputExceededException",
      "The level of configured provisioned throughput for the table was exceeded. Consider increasing your "
      "provisioning level with the UpdateTable API."};
}
WireError request_limit_exceeded() {
  return {400, "RequestLimitExceeded", "Throughput exceeds the current throughput limit for your account."};
}
WireError resource_in_use(std::string_view message) {
  return {400, "ResourceInUseException", std::string(message)};
}
WireError resource_not_found(std::string_view message) {
  return {400, "ResourceNotFoundException", std::string(message)};
}
WireError serialization(std::string_view message) {
  return {400, "SerializationException", std::string(message)};
}
WireError throttling() {
  return {400, "ThrottlingException", "Rate of requests exceeds the allowed throughput."};
}
WireError transaction_canceled(std::string_view message) {
  return {400, "TransactionCanceledException", std::string(message)};
}
WireError unknown_operation() {
  return {400, "UnknownOperationException", "This operation is not known."};
}
WireError validation(std::string_view message) {
  return {400, "ValidationException", std::string(message)};
}

WireError from(const Error& error) {
  switch (error.code) {
    case Code::kInvalidArgument:
    case Code::kUnsupported:
    case Code::kTooLarge:
      return validation(error.message);
    case Code::kNotFound:
      return resource_not_found();
    case Code::kAlreadyExists:
      return resource_in_use(error.message);
    case Code::kFailedPrecondition:
      return conditional_check_failed();
    case Code::kPermissionDenied:
    case Code::kUnauthenticated:
      return {400, "AccessDeniedException", error.message};
    case Code::kUnavailable:
      return throttling();
    case Code::kCorrupt:
    case Code::kDeadlineExceeded:
    case Code::kIo:
    case Code::kInternal:
      return internal_server_error();
  }
  return internal_server_error();
}

}  // namespace dynamodb
}  // namespace eyrie::aws

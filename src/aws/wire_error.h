// Errors as AWS's services put them on the wire: one type, a factory per exception, a renderer per protocol.
//
//   return to_json_response(rekognition::invalid_image_format(), JsonFlavour::kRekognition, head.id);
//   return to_s3_response(s3::no_such_key(key), head.path, id);
//
// Source: the service models (shapes, status codes), the services' error tables. Plain values, thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/sigv4.h"
#include "base/result.h"
#include "net/http.h"

namespace eyrie::aws {

struct WireError {
  int status = 400;
  std::string code;  // "NoSuchKey", "InvalidParameterException"
  std::string message;
  // S3: further elements of <Error>. JSON: further string members (ConditionalCheckFailed's Item is not one).
  std::vector<std::pair<std::string, std::string>> details = {};
};

// --- renderers ---

// <?xml ...><Error><Code>...</Error>, Content-Type application/xml, x-amz-request-id and x-amz-id-2. An
// answer to HEAD has no body: pass the method. A 503 carries Retry-After.
net::Response to_s3_response(const WireError& error, std::string_view method, std::string_view resource,
                             std::string_view request_id);

enum class JsonFlavour {
  kRekognition,  // awsJson1_1: {"__type":"InvalidParameterException","Code":...,"Logref":...,"Message":...}
  kDynamoDb,     // awsJson1_0:
                 // {"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":...}
  kSqs,          // awsJson1_0: {"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":...}, and the query protocol's code in a header
  kPlain,        // awsJson1_1: {"__type":"NotFoundException","message":...} (KMS)
};
net::Response to_json_response(const WireError& error, JsonFlavour flavour, std::string_view request_id);

// --- from our own errors ---

WireError s3_auth_error(const AuthError& error);
WireError json_auth_error(const AuthError& error);

namespace s3 {
WireError access_denied();
WireError bad_digest(std::string_view header);
WireError bucket_already_owned_by_you(std::string_view bucket);
WireError bucket_not_empty(std::string_view bucket);
WireError content_sha256_mismatch(std::string_view told, std::string_view computed);
WireError entity_too_large(std::uint64_t limit);
WireError incomplete_body();
WireError internal_error();
WireError invalid_argument(std::string_view message, std::string_view name, std::string_view value);
WireError invalid_bucket_name(std::string_view bucket);
WireError invalid_digest();
WireError invalid_range(std::string_view range, std::uint64_t size);
WireError invalid_request(std::string_view message);
WireError invalid_uri();
WireError key_too_long(std::size_t bytes, std::size_t limit);
WireError malformed_trailer();
WireError malformed_xml();
WireError metadata_too_large(std::size_t bytes, std::size_t limit);
WireError method_not_allowed(std::string_view method, std::string_view resource_type);
WireError missing_content_length();
WireError no_such_bucket(std::string_view bucket);
WireError no_such_key(std::string_view key);
WireError not_implemented(std::string_view header);
WireError operation_aborted();
WireError precondition_failed(std::string_view condition);
WireError not_modified();  // 304, no body
WireError request_timeout();
WireError slow_down();
WireError storage_full();
WireError from(const Error& error);  // by code, for what has no finer mapping
}  // namespace s3

namespace rekognition {
WireError conflict(std::string_view message);
WireError idempotent_parameter_mismatch(std::string_view message);
WireError image_too_large();
WireError internal_server_error();
WireError invalid_image_format();
WireError invalid_pagination_token();
WireError invalid_parameter(std::string_view message = "Request has invalid parameters.");
WireError invalid_s3_object();
WireError provisioned_throughput_exceeded();
WireError resource_already_exists(std::string_view message);
WireError resource_not_found(std::string_view message);
WireError serialization();
WireError service_quota_exceeded(std::string_view message);
WireError throttling();
WireError unknown_operation();
WireError from(const Error& error);
}  // namespace rekognition

namespace dynamodb {
WireError conditional_check_failed();
WireError internal_server_error();
WireError item_collection_size_limit_exceeded();
WireError limit_exceeded(std::string_view message);
WireError provisioned_throughput_exceeded();
WireError request_limit_exceeded();
WireError resource_in_use(std::string_view message);
WireError resource_not_found(std::string_view message = "Requested resource not found");
WireError serialization(std::string_view message);
WireError throttling();
WireError transaction_canceled(std::string_view message);
WireError unknown_operation();
WireError validation(std::string_view message);
WireError from(const Error& error);
}  // namespace dynamodb

namespace sqs {
// The code that the query protocol has for an exception of the JSON protocol; clients know those from before.
std::string query_code(std::string_view exception);
}  // namespace sqs

}  // namespace eyrie::aws

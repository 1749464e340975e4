#include "aws/wire_error.h"

#include <pugixml.hpp>
#include <sstream>

#include "base/encoding.h"
#include "base/ids.h"
#include "base/json.h"

namespace eyrie::aws {
namespace {

// XML 1.0 has no place for most control characters, for U+FFFE and for what is not UTF-8; what a client sent may hold
// all of them.
std::string xml_text(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) out += take_xml_character(text, "?");
  return out;
}

void add_element(pugi::xml_node parent, const char* name, std::string_view text) {
  parent.append_child(name).text().set(xml_text(text).c_str());
}

void add_retry_after(net::Response& response) {
  if (response.status == 503) response.headers.add("Retry-After", "1");
}

// The namespace that DynamoDB and SQS put before an exception's name: their own for what their models declare, the
// framework's for what every service may answer.
std::string_view namespace_of(JsonFlavour flavour, std::string_view code) {
  if (flavour == JsonFlavour::kPlain) return "";
  if (code == "ValidationException") return "com.amazon.coral.validate#";
  for (const std::string_view common :
       {"AccessDeniedException", "IncompleteSignatureException", "InvalidSignatureException",
        "MissingAuthenticationTokenException", "SerializationException", "UnknownOperationException",
        "UnrecognizedClientException"}) {
    if (code == common) return "com.amazon.coral.service#";
  }
  if (flavour == JsonFlavour::kSqs) {
    const bool common = code == "ThrottlingException" || code == "InvalidParameterValueException" || code == "MissingRequiredParameterException";
    return common ? "com.amazon.coral.service#" : "com.amazonaws.sqs#";
  }
  return "com.amazonaws.dynamodb.v20120810#";
}

}  // namespace

net::Response to_s3_response(const WireError& error, std::string_view method, std::string_view resource,
                             std::string_view request_id) {
  // Any stable text serves as the host id: clients only show it.
  const std::string host_id = base64_encode(as_bytes("eyrie/" + std::string(request_id)));
  net::Response response;
  response.status = error.status;
  response.headers.add("x-amz-request-id", std::string(request_id));
  response.headers.add("x-amz-id-2", host_id);
  add_retry_after(response);
  if (method == "HEAD" || error.status == 304) return response;

  pugi::xml_document document;
  pugi::xml_node root = document.append_child("Error");
  add_element(root, "Code", error.code);
  add_element(root, "Message", error.message);
  for (const auto& [name, value] : error.details) add_element(root, name.c_str(), value);
  if (!resource.empty()) add_element(root, "Resource", resource);
  add_element(root, "RequestId", request_id);
  add_element(root, "HostId", host_id);
  std::ostringstream out;
  out << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  document.save(out, "", pugi::format_raw | pugi::format_no_declaration, pugi::encoding_utf8);
  response.headers.add("Content-Type", "application/xml");
  response.body = std::move(out).str();
  return response;
}

net::Response to_json_response(const WireError& error, JsonFlavour flavour, std::string_view request_id) {
  const bool rekognition = flavour == JsonFlavour::kRekognition;
  json::object body;
  if (rekognition) {
    body["__type"] = error.code;
    body["Code"] = error.code;
    body["Logref"] = uuid_v4();
    body["Message"] = error.message;
  } else {
    body["__type"] = std::string(namespace_of(flavour, error.code)) + error.code;
    body["message"] = error.message;
  }
  for (const auto& [name, value] : error.details) body[name] = value;
  net::Response response;
  response.status = error.status;
  response.headers.add("Content-Type",
                       flavour == JsonFlavour::kDynamoDb || flavour == JsonFlavour::kSqs ? "application/x-amz-json-1.0" : "application/x-amz-json-1.1");
  response.headers.add("x-amzn-RequestId", std::string(request_id));
  response.headers.add("x-amzn-ErrorType", error.code);
  if (flavour == JsonFlavour::kSqs)
    response.headers.add("x-amzn-query-error", sqs::query_code(error.code) + (error.status < 500 ? ";Sender" : ";Receiver"));
  add_retry_after(response);
  response.body = write_json(body);
  return response;
}

WireError s3_auth_error(const AuthError& error) {
  const auto as = [&error](int status, std::string_view code) {
    return WireError{status, std::string(code), error.message, error.details};
  };
  switch (error.problem) {
    case AuthProblem::kMissing:
      return s3::access_denied();
    case AuthProblem::kMalformed:
      return as(400, "AuthorizationHeaderMalformed");
    case AuthProblem::kMalformedQuery:
      return as(400, "AuthorizationQueryParametersError");
    case AuthProblem::kUnsupported:
    case AuthProblem::kMissingContentHash:
      return as(400, "InvalidRequest");
    case AuthProblem::kInvalidArgument:
      return as(400, "InvalidArgument");
    case AuthProblem::kBadUri:
      return as(400, "InvalidURI");
    case AuthProblem::kMissingDate:
    case AuthProblem::kExpired:
    case AuthProblem::kNotSigned:
      return as(403, "AccessDenied");
    case AuthProblem::kSkewed:
      return as(403, "RequestTimeTooSkewed");
    case AuthProblem::kUnknownKey:
      return as(403, "InvalidAccessKeyId");
    case AuthProblem::kInvalidToken:
      return as(400, "InvalidToken");
    case AuthProblem::kBadSignature:
      return as(403, "SignatureDoesNotMatch");
  }
  return s3::internal_error();
}

WireError json_auth_error(const AuthError& error) {
  switch (error.problem) {
    case AuthProblem::kMissing:
      return {400, "MissingAuthenticationTokenException", "Missing Authentication Token"};
    case AuthProblem::kUnknownKey:
    case AuthProblem::kInvalidToken:
      return {400, "UnrecognizedClientException", "The security token included in the request is invalid."};
    case AuthProblem::kBadSignature:
      return {400, "InvalidSignatureException",
              "The request signature we calculated does not match the signature you provided. Check your AWS "
              "Secret "
              "Access Key and signing method. Consult the service documentation for details."};
    case AuthProblem::kSkewed:
    case AuthProblem::kExpired:
      return {400, "InvalidSignatureException", "Signature expired: " + error.message};
    case AuthProblem::kNotSigned: {
      std::string names;
      for (const auto& [name, value] : error.details) names += value;
      return {400, "InvalidSignatureException", "These headers must be signed: " + names + "."};
    }
    default:
      return {400, "IncompleteSignatureException", error.message};
  }
}

}  // namespace eyrie::aws

#include "api/s3/bucket/policy.h"

#include <algorithm>
#include <array>

#include "api/s3/bucket/access.h"
#include "api/s3/policy/policy_checks.h"
#include "api/s3/xml.h"
#include "base/encoding.h"
#include "base/json.h"
#include "iam/policy/condition.h"

namespace eyrie::api::s3 {
namespace {

aws::WireError malformed_policy(std::string_view message) {
  return {400, "MalformedPolicy", std::string(message)};
}

aws::WireError no_policy(const Request& request) {
  return {404, "NoSuchBucketPolicy", "The bucket policy does not exist", {{"BucketName", request.bucket}}};
}

// Whether conditions name those who may: values without wildcards and variables of one of these keys, and ranges of addresses that are not broad. Source: S3 user guide, "The
// meaning of public".
bool is_narrowed(const json::object& statement) {
  static constexpr std::array<std::string_view, 9> kKeys = {
      "aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:sourceaccount", "aws:sourcearn",
      "aws:sourceip",         "aws:sourcevpc",    "aws:sourcevpce",     "aws:userid"};
  static constexpr std::array<std::string_view, 5> kOperators = {"ArnEquals", "ArnLike", "IpAddress", "StringEquals", "StringLike"};
  const json::value* conditions = statement.if_contains("Condition");
  if (conditions == nullptr) return false;
  for (const auto& [op, keys] : conditions->get_object()) {
    if (std::ranges::find(kOperators, std::string_view(op)) == kOperators.end()) continue;
    for (const auto& [key, values] : keys.get_object()) {
      const std::string name = lower_case(key);
      if (std::ranges::find(kKeys, name) == kKeys.end()) continue;
      const auto texts = one_or_more_texts(&values);
      const bool is_address = name == "aws:sourceip";
      const bool fixed = std::ranges::none_of(texts, [&](const std::string& text) {
        return text.contains('*') || text.contains('?') || text.contains("${") || (is_address && iam::Condition::is_broad_range(text));
      });
      if (fixed && !texts.empty()) return true;
    }
  }
  return false;
}

bool names_everyone(const json::object& statement) {
  if (statement.contains("NotPrincipal")) return true;
  const json::value* principal = statement.if_contains("Principal");
  if (principal->is_string()) return true;
  const json::object* kinds = principal->if_object();
  if (kinds == nullptr) return false;
  const auto named = one_or_more_texts(kinds->if_contains("AWS"));
  return std::ranges::find(named, "*") != named.end();
}

// S3's sense of a public policy, told by its form.
bool is_public(const json::value& document) {
  return std::ranges::any_of(iam::statements_in(document), [](const json::object* statement) {
    return statement->at("Effect") == "Allow" && names_everyone(*statement) && !is_narrowed(*statement);
  });
}

std::expected<std::string, aws::WireError> stored_policy(Backend& backend, const Request& request) {
  const auto text = backend.objects.bucket_setting(request.bucket, iam::kBucketPolicySetting);
  if (!text) return std::unexpected(store_error(request, text.error()));
  if (!*text) return std::unexpected(no_policy(request));
  return **text;
}

// Reading, and what concerns one object. What is set of a bucket, and its policy above all, is for those of its account, whatever the policy says.
bool may_be_anonymous(std::string_view operation) {
  static constexpr std::array<std::string_view, 5> kWrites = {"PutObject", "DeleteObject", "PostObject", "PutObjectTagging", "DeleteObjectTagging"};
  if (std::ranges::find(kWrites, operation) != kWrites.end()) return true;
  return operation != "GetBucketPolicy" && (operation.starts_with("Get") || operation.starts_with("Head") || operation.starts_with("List"));
}

}  // namespace

OperationResult get_bucket_policy(Backend& backend, const Request& request, const Bytes&) {
  auto text = stored_policy(backend, request);
  if (!text) return std::unexpected(text.error());
  net::Response response = empty_response(*request.context, 200);
  response.headers.set("Content-Type", "application/json");
  response.body = std::move(*text);
  return response;
}

OperationResult put_bucket_policy(Backend& backend, const Request& request, const Bytes& body) {
  if (auto wrong = missing(backend, request)) return std::unexpected(*wrong);
  const std::string_view text = as_text(body);
  if (text.size() > iam::PolicyDocument::kMaxBucket)
    return std::unexpected(malformed_policy("Policy exceeds the maximum allowed document size."));
  const auto document = parse_json(text);
  if (!document || !document->is_object() || !check_unique_members(text))
    return std::unexpected(malformed_policy("Policies must be valid JSON and the first byte must be '{'"));
  if (auto wrong = check_bucket_policy(*document, request.bucket, backend.is_principal)) return std::unexpected(*wrong);
  if (const auto policy = iam::PolicyDocument::parse(text, iam::PolicyKind::kResource); !policy) return std::unexpected(malformed_policy(policy.error().message));
  if (is_public(*document)) {
    const auto blocked = blocks_public(backend, request, PublicBlock::kPolicies);
    if (!blocked) return std::unexpected(blocked.error());
    if (*blocked) {
      return std::unexpected(aws::WireError{403, "AccessDenied",
                                            "User: " + request.context->caller->principal().arn +
                                                " is not authorized to perform: s3:PutBucketPolicy on resource: \"" +
                                                iam::bucket_arn(request.bucket) +
                                                "\" because public policies are prevented by the BlockPublicPolicy "
                                                "setting in S3 Block Public Access."});
    }
  }
  const Status done =
      backend.objects.set_bucket_setting(request.bucket, iam::kBucketPolicySetting, std::string(text));
  if (!done) return std::unexpected(store_error(request, done.error()));
  return empty_response(*request.context, 204);
}

OperationResult delete_bucket_policy(Backend& backend, const Request& request, const Bytes&) {
  const Status done = backend.objects.set_bucket_setting(request.bucket, iam::kBucketPolicySetting, std::nullopt);
  if (!done) return std::unexpected(store_error(request, done.error()));
  return empty_response(*request.context, 204);
}

OperationResult get_bucket_policy_status(Backend& backend, const Request& request, const Bytes&) {
  const auto text = stored_policy(backend, request);
  if (!text) return std::unexpected(text.error());
  const auto document = parse_json(*text);
  if (!document) return std::unexpected(aws::s3::internal_error());
  Xml xml("PolicyStatus");
  xml.text("IsPublic", is_public(*document) ? "true" : "false");
  return xml_response(*request.context, xml.finish());
}

std::optional<aws::WireError> check_anonymous(Backend& backend, const Request& request) {
  const std::string& operation = request.context->operation;
  if (operation == "DeleteObjects" || operation == "CreateMultipartUpload")
    return aws::WireError{403, "AccessDenied", "Anonymous access is forbidden for this operation"};
  if (!may_be_anonymous(operation) || request.headers().has("x-amz-copy-source")) return aws::s3::access_denied();
  for (const auto& [name, value] : request.query) {
    if (name.starts_with("response-")) return aws::s3::invalid_request("Request specific response headers cannot be used for anonymous GET requests.");
  }
  if (request.bucket.empty()) return std::nullopt;
  const auto restricted = blocks_public(backend, request, PublicBlock::kBuckets);
  if (!restricted) return restricted.error();
  if (!*restricted) return std::nullopt;
  // A policy that is not public (narrowed to addresses, say) lets in whom it names.
  const auto text = stored_policy(backend, request);
  const auto document = text ? parse_json(*text) : json::value();
  return text && document && is_public(*document) ? std::optional(aws::s3::access_denied()) : std::nullopt;
}

}  // namespace eyrie::api::s3

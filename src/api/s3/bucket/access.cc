#include "api/s3/bucket/access.h"

#include <algorithm>
#include <array>

#include "api/s3/request_xml.h"
#include "api/s3/xml.h"

namespace eyrie::api::s3 {
namespace {

// Settings. Absent: as every bucket begins. kRemoved: deleted, which AWS tells apart. Else: what was set.
constexpr const char* kOwnership = "ownership";
constexpr const char* kPublicAccess = "public_access_block";
constexpr const char* kRemoved = "removed";
constexpr std::string_view kObjectWriter = "ObjectWriter";
constexpr std::array<const char*, 4> kBlocks = {"BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy",
                                                "RestrictPublicBuckets"};
constexpr ElementRule kOwnershipRules[] = {{"OwnershipControls", "Rule"}, {"Rule", "ObjectOwnership"}};
constexpr ElementRule kBlockRules[] = {
    {"PublicAccessBlockConfiguration", "BlockPublicAcls IgnorePublicAcls BlockPublicPolicy RestrictPublicBuckets"}};

OperationResult set(Backend& backend, const Request& request, const char* name, const std::string& value, int status) {
  const Status done = backend.objects.set_bucket_setting(request.bucket, name, value);
  if (!done) return std::unexpected(store_error(request, done.error()));
  return empty_response(*request.context, status);
}

}  // namespace

bool is_ownership(std::string_view name) {
  return name == kOwnerEnforced || name == "BucketOwnerPreferred" || name == kObjectWriter;
}

store::StringMap ownership_setting(std::string_view ownership) {
  if (ownership == kOwnerEnforced) return {};
  return {{kOwnership, std::string(ownership)}};
}

std::expected<std::string, aws::WireError> ownership_of(Backend& backend, const Request& request) {
  auto value = backend.objects.bucket_setting(request.bucket, kOwnership);
  if (!value) return std::unexpected(store_error(request, value.error()));
  if (!*value) return std::string(kOwnerEnforced);
  return **value == kRemoved ? std::string(kObjectWriter) : std::move(**value);
}

OperationResult get_bucket_ownership(Backend& backend, const Request& request, const Bytes&) {
  const auto value = backend.objects.bucket_setting(request.bucket, kOwnership);
  if (!value) return std::unexpected(store_error(request, value.error()));
  if (*value == kRemoved) {
    return std::unexpected(aws::WireError{404,
                                          "OwnershipControlsNotFoundError",
                                          "The bucket ownership controls were not found",
                                          {{"BucketName", request.bucket}}});
  }
  Xml xml("OwnershipControls");
  xml.open("Rule").text("ObjectOwnership", value->value_or(std::string(kOwnerEnforced))).close("Rule");
  return xml_response(*request.context, xml.finish());
}

OperationResult put_bucket_ownership(Backend& backend, const Request& request, const Bytes& body) {
  const auto document = load_root(body, kOwnershipRules);
  if (!document) return std::unexpected(document.error());
  const std::string_view asked = document->document_element().child("Rule").child_value("ObjectOwnership");
  if (!is_ownership(asked)) return std::unexpected(aws::s3::malformed_xml());
  const auto value = asked == kOwnerEnforced ? std::nullopt : std::optional(std::string(asked));
  const Status done = backend.objects.set_bucket_setting(request.bucket, kOwnership, value);
  if (!done) return std::unexpected(store_error(request, done.error()));
  return empty_response(*request.context, 200);
}

OperationResult delete_bucket_ownership(Backend& backend, const Request& request, const Bytes&) {
  return set(backend, request, kOwnership, kRemoved, 204);
}

// Four digits, 1 where the block of that place is on.
OperationResult get_public_access_block(Backend& backend, const Request& request, const Bytes&) {
  const auto value = backend.objects.bucket_setting(request.bucket, kPublicAccess);
  if (!value) return std::unexpected(store_error(request, value.error()));
  if (*value == kRemoved) {
    return std::unexpected(aws::WireError{404,
                                          "NoSuchPublicAccessBlockConfiguration",
                                          "The public access block configuration was not found",
                                          {{"BucketName", request.bucket}}});
  }
  const std::string blocks = value->value_or("1111");
  Xml xml("PublicAccessBlockConfiguration");
  for (std::size_t i = 0; i < kBlocks.size(); ++i) xml.text(kBlocks[i], blocks.at(i) == '1' ? "true" : "false");
  return xml_response(*request.context, xml.finish());
}

std::expected<bool, aws::WireError> blocks_public(Backend& backend, const Request& request, PublicBlock what) {
  const auto value = backend.objects.bucket_setting(request.bucket, kPublicAccess);
  if (!value) return std::unexpected(store_error(request, value.error()));
  return *value != kRemoved && value->value_or("1111").at(static_cast<std::size_t>(what)) == '1';
}

// IgnorePublicAcls has nothing to do, since no ACL lets anybody in: it is told again.
OperationResult put_public_access_block(Backend& backend, const Request& request, const Bytes& body) {
  const auto document = load_root(body, kBlockRules);
  if (!document) return std::unexpected(document.error());
  std::string blocks;
  for (const char* name : kBlocks) {
    const std::string_view text = document->document_element().child_value(name);
    if (!text.empty() && text != "true" && text != "false" && text != "TRUE" && text != "FALSE")
      return std::unexpected(aws::s3::malformed_xml());
    blocks += text == "true" || text == "TRUE" ? '1' : '0';
  }
  return set(backend, request, kPublicAccess, blocks, 200);
}

OperationResult delete_public_access_block(Backend& backend, const Request& request, const Bytes&) {
  return set(backend, request, kPublicAccess, kRemoved, 204);
}

}  // namespace eyrie::api::s3

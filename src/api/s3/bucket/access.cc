#include "api/s3/bucket/access.h"

#include <algorithm>
#include <array>
#include <pugixml.hpp>

#include "api/s3/xml.h"

namespace eyrie::api::s3 {
namespace {

// Settings. Absent: as every bucket begins. kRemoved: deleted, which AWS tells apart.
constexpr const char* kOwnership = "ownership";
constexpr const char* kPublicAccess = "public_access_block";
constexpr const char* kRemoved = "removed";
constexpr std::array<const char*, 4> kBlocks = {"BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy",
                                                "RestrictPublicBuckets"};

OperationResult set(Backend& backend, const Request& request, const char* name, const std::string& value, int status) {
  const Status done = backend.objects.set_bucket_setting(request.bucket, name, value);
  if (!done) return std::unexpected(store_error(request, done.error()));
  return empty_response(*request.context, status);
}

bool load(pugi::xml_document& document, const Bytes& body) {
  return static_cast<bool>(
      document.load_buffer(body.data(), body.size(), pugi::parse_minimal | pugi::parse_escapes));
}

// The bucket, or the object where the request names one.
std::optional<aws::WireError> missing(Backend& backend, const Request& request) {
  if (request.key.empty()) {
    const auto bucket = backend.objects.bucket(request.bucket);
    return bucket ? std::nullopt : std::optional(store_error(request, bucket.error()));
  }
  const auto object = backend.objects.head(request.bucket, request.key);
  return object ? std::nullopt : std::optional(store_error(request, object.error()));
}

// `place`: in kBlocks.
std::expected<bool, aws::WireError> has_block(Backend& backend, const Request& request, std::size_t place) {
  const auto value = backend.objects.bucket_setting(request.bucket, kPublicAccess);
  if (!value) return std::unexpected(store_error(request, value.error()));
  return *value != kRemoved && value->value_or("1111").at(place) == '1';
}

}  // namespace

OperationResult get_acl(Backend& backend, const Request& request, const Bytes&) {
  if (auto wrong = missing(backend, request)) return std::unexpected(*wrong);
  Xml xml("AccessControlPolicy");
  xml.open("Owner").text("ID", kAccount).text("DisplayName", "eyrie").close("Owner");
  xml.open("AccessControlList").open("Grant");
  xml.open("Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"CanonicalUser\"");
  xml.text("ID", kAccount).text("DisplayName", "eyrie").close("Grantee");
  xml.text("Permission", "FULL_CONTROL").close("Grant").close("AccessControlList");
  return xml_response(*request.context, xml.finish());
}

OperationResult put_acl(Backend& backend, const Request& request, const Bytes& body) {
  if (auto wrong = missing(backend, request)) return std::unexpected(*wrong);
  const std::string_view canned = request.headers().get("x-amz-acl");
  if (body.empty() && (canned == "private" || canned == "bucket-owner-full-control"))
    return empty_response(*request.context, 200);
  return std::unexpected(
      aws::WireError{400, "AccessControlListNotSupported", "The bucket does not allow ACLs"});
}

OperationResult get_bucket_ownership(Backend& backend, const Request& request, const Bytes&) {
  const auto value = backend.objects.bucket_setting(request.bucket, kOwnership);
  if (!value) return std::unexpected(store_error(request, value.error()));
  if (*value) {
    return std::unexpected(aws::WireError{404,
                                          "OwnershipControlsNotFoundError",
                                          "The bucket ownership controls were not found",
                                          {{"BucketName", request.bucket}}});
  }
  Xml xml("OwnershipControls");
  xml.open("Rule").text("ObjectOwnership", "BucketOwnerEnforced").close("Rule");
  return xml_response(*request.context, xml.finish());
}

OperationResult put_bucket_ownership(Backend& backend, const Request& request, const Bytes& body) {
  pugi::xml_document document;
  if (!load(document, body)) return std::unexpected(aws::s3::malformed_xml());
  const std::string_view asked =
      document.child("OwnershipControls").child("Rule").child_value("ObjectOwnership");
  if (asked == "BucketOwnerPreferred" || asked == "ObjectWriter") {
    return std::unexpected(aws::WireError{
        501, "NotImplemented", "Buckets are without ACLs: the only ownership is BucketOwnerEnforced"});
  }
  if (asked != "BucketOwnerEnforced") return std::unexpected(aws::s3::malformed_xml());
  const Status done = backend.objects.set_bucket_setting(request.bucket, kOwnership, std::nullopt);
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

std::expected<bool, aws::WireError> blocks_public_policies(Backend& backend, const Request& request) {
  return has_block(backend, request, 2);
}

std::expected<bool, aws::WireError> restricts_public_bucket(Backend& backend, const Request& request) {
  return has_block(backend, request, 3);
}

// There are no ACLs to block; what was set of them is told again.
OperationResult put_public_access_block(Backend& backend, const Request& request, const Bytes& body) {
  pugi::xml_document document;
  const bool sound = load(document, body) && document.child("PublicAccessBlockConfiguration");
  if (!sound) return std::unexpected(aws::s3::malformed_xml());
  std::string blocks;
  for (const char* name : kBlocks) {
    const std::string_view text = document.child("PublicAccessBlockConfiguration").child_value(name);
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

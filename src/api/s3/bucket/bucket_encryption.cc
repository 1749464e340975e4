#include "api/s3/bucket/bucket_encryption.h"

#include "api/s3/request_xml.h"
#include "api/s3/xml.h"

namespace eyrie::api::s3 {
namespace {

constexpr std::size_t kMaxKeyName = 2048;  // as KMS takes
constexpr ElementRule kEncryptionRules[] = {{"ServerSideEncryptionConfiguration", "Rule"},
                                  {"Rule", "ApplyServerSideEncryptionByDefault BucketKeyEnabled BlockedEncryptionTypes"},
                                  {"ApplyServerSideEncryptionByDefault", "SSEAlgorithm KMSMasterKeyID"},
                                  {"BlockedEncryptionTypes", "EncryptionType*"}};

std::expected<iam::BucketEncryption, aws::WireError> parse(const Bytes& body) {
  const auto malformed = [] { return std::unexpected(aws::s3::malformed_xml()); };
  const auto document = load_root(body, kEncryptionRules);
  if (!document) return std::unexpected(document.error());
  const pugi::xml_node rule = document->document_element().child("Rule");
  for (const pugi::xml_node type : rule.child("BlockedEncryptionTypes").children("EncryptionType")) {
    if (std::string_view(type.child_value()) != "NONE")
      return std::unexpected(aws::WireError{501, "NotImplemented", "Kinds of encryption cannot be blocked here"});
  }
  const pugi::xml_node by_default = rule.child("ApplyServerSideEncryptionByDefault");
  const std::string_view algorithm = by_default.child_value("SSEAlgorithm");
  if (algorithm == "aws:kms:dsse") {
    return std::unexpected(aws::WireError{
        501, "NotImplemented", "Dual-layer encryption (aws:kms:dsse) is not supported here; aws:kms and AES256 are"});
  }
  if (algorithm != "AES256" && algorithm != "aws:kms") return malformed();
  const std::string_view bucket_key = rule.child_value("BucketKeyEnabled");
  if (!bucket_key.empty() && bucket_key != "true" && bucket_key != "false") return malformed();
  const std::string_view key = by_default.child_value("KMSMasterKeyID");
  if (algorithm == "AES256" && by_default.child("KMSMasterKeyID")) {
    return std::unexpected(aws::s3::invalid_argument(
        "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse", "KMSMasterKeyID", key));
  }
  if (key.size() > kMaxKeyName) return malformed();
  return iam::BucketEncryption{.kms = algorithm == "aws:kms", .key = std::string(key), .bucket_key = bucket_key == "true"};
}

OperationResult set(Backend& backend, const Request& request, const std::optional<iam::BucketEncryption>& encryption, int status) {
  const Status done = iam::set_encryption_of_bucket(backend.objects, request.bucket, encryption);
  if (!done) return std::unexpected(store_error(request, done.error()));
  return empty_response(*request.context, status);
}

}  // namespace

OperationResult get_bucket_encryption(Backend& backend, const Request& request, const Bytes&) {
  const auto encryption = iam::encryption_of_bucket(backend.objects, request.bucket);
  if (!encryption) return std::unexpected(store_error(request, encryption.error()));
  Xml xml("ServerSideEncryptionConfiguration");
  xml.open("Rule").open("ApplyServerSideEncryptionByDefault").text("SSEAlgorithm", encryption->kms ? "aws:kms" : "AES256");
  if (!encryption->key.empty()) xml.text("KMSMasterKeyID", encryption->key);
  xml.close("ApplyServerSideEncryptionByDefault").text("BucketKeyEnabled", encryption->bucket_key ? "true" : "false").close("Rule");
  return xml_response(*request.context, xml.finish());
}

OperationResult put_bucket_encryption(Backend& backend, const Request& request, const Bytes& body) {
  const auto encryption = parse(body);
  if (!encryption) return std::unexpected(encryption.error());
  return set(backend, request, *encryption, 200);
}

OperationResult delete_bucket_encryption(Backend& backend, const Request& request, const Bytes&) {
  return set(backend, request, std::nullopt, 204);
}

}  // namespace eyrie::api::s3

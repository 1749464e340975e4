#include "api/s3/object/encryption.h"

#include "api/s3/service.h"
#include "base/encoding.h"
#include "base/json.h"

namespace eyrie::api::s3 {
namespace {

constexpr std::string_view kKms = "aws:kms";

std::unexpected<aws::WireError> invalid_encryption(const std::string& message, std::string_view header, std::string_view value) {
  return std::unexpected(aws::s3::invalid_argument(message, header, value));
}

// Base64 of a JSON object of strings.
std::expected<store::StringMap, aws::WireError> parse_context(std::string_view header) {
  constexpr const char* kMalformed =
      "The header 'x-amz-server-side-encryption-context' shall be Base64-encoded UTF-8 string holding JSON which represents a "
      "string-string map";
  store::StringMap context;
  if (header.empty()) return context;
  const auto decoded = base64_decode(header);
  const auto value = decoded ? parse_json(as_text(*decoded)) : Result<json::value>(fail(Code::kInvalidArgument, ""));
  if (!value || !value->is_object()) return invalid_encryption(kMalformed, kKmsContextHeader, header);
  for (const auto& [name, text] : value->get_object()) {
    if (!text.is_string()) return invalid_encryption(kMalformed, kKmsContextHeader, header);
    context[std::string(name)] = text.get_string();
  }
  if (context.contains(iam::kArnInContext))
    return invalid_encryption("The encryption context pair aws:s3:arn is added by S3 and cannot be given", kKmsContextHeader, header);
  return context;
}

std::expected<std::optional<bool>, aws::WireError> parse_bucket_key(std::string_view header) {
  if (header.empty()) return std::nullopt;
  if (net::equals_ignore_case(header, "true")) return true;
  if (net::equals_ignore_case(header, "false")) return false;
  return invalid_encryption("The bucket key header must be true or false", kBucketKeyHeader, header);
}

// x-amz-server-side-encryption, where it is one that is known.
std::expected<std::string_view, aws::WireError> parse_algorithm(const net::Headers& headers) {
  const std::string_view algorithm = headers.get(kEncryptionHeader);
  if (algorithm == "aws:kms:dsse") {
    return std::unexpected(
        aws::WireError{501, "NotImplemented", "Dual-layer encryption (aws:kms:dsse) is not supported here; aws:kms and AES256 are"});
  }
  if (headers.has(kEncryptionHeader) && algorithm != "AES256" && algorithm != kKms)
    return invalid_encryption("The encryption method specified is not supported", kEncryptionHeader, algorithm);
  if (algorithm == kKms) return algorithm;
  for (const char* header : {kKmsKeyHeader, kKmsContextHeader}) {
    if (headers.has(header)) {
      return invalid_encryption("Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms",
                     kEncryptionHeader, algorithm.empty() ? "null" : algorithm);
    }
  }
  return algorithm;
}

// The KMS key that the headers or the bucket's default ask for; nullopt: the server's own keys.
std::expected<std::optional<iam::ObjectKeys::Wanted>, aws::WireError> wanted_key(Backend& backend, const Request& request) {
  const net::Headers& headers = request.headers();
  const auto algorithm = parse_algorithm(headers);
  if (!algorithm) return std::unexpected(algorithm.error());
  auto context = parse_context(headers.get(kKmsContextHeader));
  if (!context) return std::unexpected(context.error());
  const auto bucket_key = parse_bucket_key(headers.get(kBucketKeyHeader));
  if (!bucket_key) return std::unexpected(bucket_key.error());
  if (*algorithm == "AES256") return std::nullopt;
  const auto by_default = iam::encryption_of_bucket(backend.objects, request.bucket);
  if (!by_default) return std::unexpected(store_error(request, by_default.error()));
  const bool told = *algorithm == kKms;
  if (!told && !by_default->kms) return std::nullopt;
  return iam::ObjectKeys::Wanted{.key = told ? std::string(headers.get(kKmsKeyHeader)) : by_default->key,
                                 .context = std::move(*context),
                                 .bucket_key = bucket_key->value_or(by_default->bucket_key)};
}

constexpr const char* kNeedsVersion4 =
    "Requests specifying Server Side Encryption with AWS KMS managed keys require AWS Signature Version 4.";

aws::WireError needs_version_4() { return {400, "InvalidArgument", kNeedsVersion4}; }

}  // namespace

std::expected<Encryption, aws::WireError> encryption_of_upload(Backend& backend, const Request& request) {
  Encryption encryption;
  auto customer = parse_customer_key(request);
  if (!customer) return std::unexpected(customer.error());
  encryption.customer = std::move(*customer);
  if (encryption.customer) {
    // The algorithm's header is refused beside a customer's key, so that none of KMS's may be there.
    const auto algorithm = parse_algorithm(request.headers());
    return algorithm ? std::expected<Encryption, aws::WireError>(std::move(encryption)) : std::unexpected(algorithm.error());
  }
  const auto wanted = wanted_key(backend, request);
  if (!wanted) return std::unexpected(wanted.error());
  if (!*wanted) return encryption;
  if (!request.context->caller) return std::unexpected(aws::s3::access_denied());
  if (!request.context->version_4) return std::unexpected(needs_version_4());
  auto sealed = backend.keys.seal(*request.context->caller, request.bucket, request.key, **wanted);
  if (!sealed) return std::unexpected(store_error(request, sealed.error()));
  encryption.kms = std::move(*sealed);
  return encryption;
}

std::optional<aws::WireError> check_part_encryption(const Request& request, bool kms) {
  const auto algorithm = parse_algorithm(request.headers());
  if (!algorithm) return algorithm.error();
  if (algorithm->empty() || (*algorithm == kKms) == kms) return std::nullopt;
  return aws::s3::invalid_argument("The encryption is that of the multipart upload and cannot be another for its parts",
                                   kEncryptionHeader, *algorithm);
}

std::expected<crypto::SecretKey, aws::WireError> open_envelope(Backend& backend, const Request& request,
                                                               const store::KmsEnvelope& envelope) {
  if (!request.context->caller) return std::unexpected(aws::s3::access_denied());
  if (!request.context->version_4) return std::unexpected(needs_version_4());
  auto opened = backend.keys.open(*request.context->caller, envelope, request.bucket, request.key);
  if (!opened) return std::unexpected(store_error(request, opened.error()));
  return *opened;
}

store::EnvelopeOpener opener(Backend& backend, const Request& request) {
  if (!request.context->caller) return {};
  if (!request.context->version_4) {
    return [](const store::ObjectInfo&) -> Result<crypto::SecretKey> { return fail(Code::kInvalidArgument, kNeedsVersion4); };
  }
  return backend.keys.opener(*request.context->caller);
}

std::optional<aws::WireError> check_read_headers(const Request& request) {
  for (const char* header : {kEncryptionHeader, kKmsKeyHeader, kKmsContextHeader}) {
    if (!request.headers().has(header)) continue;
    return aws::s3::invalid_argument(std::string(header) + " header is not supported for this operation.", header,
                                     request.headers().get(header));
  }
  return std::nullopt;
}

void set_encryption_headers(net::Headers& headers, const OptionalKey& customer, const std::optional<store::KmsEnvelope>& kms) {
  if (customer) {
    const std::string prefix(kCustomerKeyHeaders);
    headers.set(prefix + "algorithm", "AES256");
    headers.set(prefix + "key-MD5", customer->md5);
    return;
  }
  headers.set(kEncryptionHeader, std::string(kms ? kKms : "AES256"));
  if (!kms) return;
  headers.set(kKmsKeyHeader, kms->key_arn);
  if (kms->bucket_key) headers.set(kBucketKeyHeader, "true");
}

void set_encryption_headers(net::Headers& headers, const Encryption& encryption) {
  set_encryption_headers(headers, encryption.customer,
                         encryption.kms ? std::optional(encryption.kms->envelope) : std::nullopt);
}

void set_context_header(net::Headers& headers, const Encryption& encryption) {
  if (!encryption.kms || encryption.kms->envelope.context.empty()) return;
  json::object context;
  for (const auto& [name, value] : encryption.kms->envelope.context) context[name] = value;
  headers.set(kKmsContextHeader, base64_encode(as_bytes(write_json(context))));
}

std::optional<aws::WireError> kms_error(const Error& error) {
  if (error.code == Code::kFailedPrecondition && error.message.starts_with("KMS.")) {
    const std::size_t colon = error.message.find(": ");
    return aws::WireError{400, error.message.substr(0, colon), error.message.substr(std::min(colon + 2, error.message.size()))};
  }
  if (error.code == Code::kPermissionDenied && error.message.starts_with("User: ")) return aws::WireError{403, "AccessDenied", error.message};
  return std::nullopt;
}

}  // namespace eyrie::api::s3

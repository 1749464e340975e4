#include "api/s3/multipart/multipart.h"
#include "api/s3/multipart/upload.h"
#include "api/s3/object/copy_source.h"
#include "api/s3/xml.h"
#include "base/time/clock.h"
#include "store/objects/customer_key.h"

namespace eyrie::api::s3 {

std::expected<Part, aws::WireError> find_part(Backend& backend, const Request& request) {
  const auto number = part_number(request.get("partNumber"));
  if (!number) {
    return std::unexpected(
        aws::s3::invalid_argument("Part number must be an integer between 1 and 10000, inclusive",
                                  "partNumber", request.get("partNumber")));
  }
  const auto upload = find_upload(backend, request);
  if (!upload) return std::unexpected(upload.error());
  auto key = parse_customer_key(request);
  if (!key) return std::unexpected(key.error());
  if (!store::check_customer_key(upload->customer_key, key_of(*key))) {
    return std::unexpected(
        aws::s3::invalid_request("The multipart upload initiate requested encryption. Subsequent part requests must include "
                                 "the appropriate encryption parameters."));
  }
  if (*key) backend.upload_keys.remember(upload->id, **key);
  Part part{.upload = upload->id, .key = key_of_part(upload->id, *number), .algorithm = upload->algorithm, .composite = upload->composite, .encryption = {.customer = std::move(*key)}};
  if (auto wrong = check_part_encryption(request, upload->kms.has_value())) return std::unexpected(*wrong);
  if (!upload->kms) return part;
  const auto opened = open_envelope(backend, request, *upload->kms);
  if (!opened) return std::unexpected(opened.error());
  part.encryption.kms = iam::SealedKey{.key = *opened, .envelope = *upload->kms};
  return part;
}

OperationResult upload_part_copy(Backend& backend, const Request& request, const Bytes&) {
  const auto part = find_part(backend, request);
  if (!part) return std::unexpected(part.error());
  const auto source = parse_copy_source(request.headers().get("x-amz-copy-source"));
  if (!source) return std::unexpected(source.error());
  const auto object = open_copy_source(backend, *source, request);
  if (!object) return std::unexpected(object.error());
  const auto range =
      parse_copy_range(request.headers().get("x-amz-copy-source-range"), (*object)->info().size);
  if (!range) return std::unexpected(range.error());
  if (range->length > kMaxCopyBytes) return std::unexpected(aws::s3::entity_too_large(kMaxCopyBytes));
  const auto algorithm = part->algorithm.value_or(aws::ChecksumAlgorithm::kCrc64Nvme);
  const auto sum = aws::Checksum::create(algorithm);
  const std::string name(aws::checksum_name(algorithm));
  const auto stored = [&]() -> Result<store::ObjectInfo> {
    EYRIE_TRY(const auto writer, backend.objects.begin_put(kUploadsBucket, part->key, part->encryption.key(),
                                                          part->encryption.envelope()));
    EYRIE_CHECK_OK(copy_bytes(**object, *range, *writer, {sum.get()}));
    return writer->commit({.checksums = {{name, sum->base64()}}, .beside = part->upload});
  }();
  if (!stored && stored.error().code == Code::kNotFound) return std::unexpected(no_such_upload(part->upload));
  if (!stored) return std::unexpected(store_error(request, stored.error()));
  Xml xml("CopyPartResult");
  xml.text("LastModified", format_iso8601(stored->modified_ms)).text("ETag", "\"" + stored->etag + "\"");
  if (part->algorithm) xml.text("Checksum" + name, stored->checksums.at(name));
  net::Response response = xml_response(*request.context, xml.finish());
  set_encryption_headers(response.headers, part->encryption);
  return response;
}

}  // namespace eyrie::api::s3

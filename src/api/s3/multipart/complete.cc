#include <algorithm>

#include "api/common/requester.h"
#include "api/s3/lifecycle/lifecycle.h"
#include "api/s3/multipart/multipart.h"
#include "api/s3/multipart/parts_xml.h"
#include "api/s3/multipart/upload.h"
#include "api/s3/object/checksums.h"
#include "api/s3/object/copy_source.h"
#include "api/s3/put_headers.h"
#include "api/s3/xml.h"
#include "base/encoding.h"
#include "base/ids.h"
#include "base/log.h"
#include "crypto/digest.h"
#include "store/objects/customer_key.h"

namespace eyrie::api::s3 {
namespace {

constexpr std::uint64_t kMinPartBytes = 5U << 20;  // but for the last one

aws::WireError invalid_part(const std::string& id, std::size_t number) {
  return {400,
          "InvalidPart",
          "One or more of the specified parts could not be found. The part may not have been uploaded, or "
          "the specified "
          "entity tag may not match the part's entity tag.",
          {{"UploadId", id}, {"PartNumber", std::to_string(number)}}};
}

// Whether the part's checksums are those that the client knows.
bool has_checksums(const store::ObjectInfo& part, const store::StringMap& told) {
  return std::ranges::all_of(told, [&](const auto& one) {
    const auto found = part.checksums.find(one.first);
    return found != part.checksums.end() && found->second == one.second;
  });
}

// Where the parts' checksums make the object's, the request must tell that of each.
std::optional<aws::WireError> check_checksums_told(const Upload& upload, const std::vector<AskedPart>& asked) {
  if (!upload.composite) return std::nullopt;
  const std::string name(aws::checksum_name(upload.checksum_algorithm()));
  const auto lacking = std::ranges::find_if(asked, [&](const AskedPart& part) { return !part.checksums.contains(name); });
  if (lacking == asked.end()) return std::nullopt;
  return aws::s3::invalid_request("The upload was created using a " + lower_name(upload.checksum_algorithm()) +
                                  " checksum. The complete request must include the checksum for each part. It was missing for part " +
                                  std::to_string(lacking->number) + " in the request.");
}

// The stored parts that were asked for, in order.
std::expected<std::vector<store::ObjectInfo>, aws::WireError> choose_parts(
    const std::string& id, const std::vector<AskedPart>& asked,
    const std::vector<store::ObjectInfo>& stored) {
  std::vector<store::ObjectInfo> chosen;
  for (const AskedPart& part : asked) {
    const std::string key = key_of_part(id, part.number);
    const auto found = std::ranges::lower_bound(stored, key, {}, &store::ObjectInfo::key);
    if (found == stored.end() || found->key != key || found->etag != part.etag ||
        !has_checksums(*found, part.checksums)) {
      return std::unexpected(invalid_part(id, part.number));
    }
    if (&part != &asked.back() && found->size < kMinPartBytes) {
      return std::unexpected(aws::WireError{400,
                                            "EntityTooSmall",
                                            "Your proposed upload is smaller than the minimum allowed size",
                                            {{"ProposedSize", std::to_string(found->size)},
                                             {"MinSizeAllowed", std::to_string(kMinPartBytes)},
                                             {"PartNumber", std::to_string(part.number)},
                                             {"ETag", part.etag}}});
    }
    chosen.push_back(*found);
  }
  return chosen;
}

// MD5 of the parts' MD5s, and how many there are. Of stored parts or of asked ones.
template <typename Part>
std::string multipart_etag(const std::vector<Part>& parts) {
  crypto::Md5 md5;
  for (const Part& part : parts) md5.update(hex_decode(part.etag).value_or(Bytes{}));
  return hex_encode(md5.finish()) + "-" + std::to_string(parts.size());
}

// The checksum of the parts' checksums, and how many there are; nullopt where a part lacks one.
std::optional<std::string> composite_checksum(aws::ChecksumAlgorithm algorithm,
                                              const std::vector<store::ObjectInfo>& parts) {
  const auto sum = aws::Checksum::create(algorithm);
  for (const store::ObjectInfo& part : parts) {
    const auto found = part.checksums.find(std::string(aws::checksum_name(algorithm)));
    const auto digest = found == part.checksums.end() ? std::nullopt : base64_decode(found->second);
    if (!digest) return std::nullopt;
    sum->update(*digest);
  }
  return sum->base64() + "-" + std::to_string(parts.size());
}

// What the headers tell of the whole: its checksum, the checksum's type, its size.
std::optional<aws::WireError> check_told(const net::Headers& headers, const Upload& upload,
                                         const std::vector<store::ObjectInfo>& parts) {
  const auto algorithm = upload.checksum_algorithm();
  for (const auto& [name, value] : headers) {
    const auto told = aws::checksum_by_header(name);
    if (!told || *told == algorithm) continue;
    return aws::s3::invalid_request("Checksum Type mismatch occurred, expected checksum Type: " + lower_name(algorithm) +
                                    ", actual checksum Type: " + lower_name(*told));
  }
  const std::string_view type = headers.get("x-amz-checksum-type");
  if (!type.empty() && type != (upload.composite ? "COMPOSITE" : "FULL_OBJECT")) {
    return aws::WireError{400, "BadDigest", "The upload was created with another checksum type than the complete request told."};
  }
  std::uint64_t size = 0;
  for (const store::ObjectInfo& part : parts) size += part.size;
  const std::string* told_size = headers.find("x-amz-mp-object-size");
  if (told_size != nullptr && *told_size != std::to_string(size)) {
    return aws::s3::invalid_request(
        "The provided 'x-amz-mp-object-size' header value does not match what was computed.");
  }
  return std::nullopt;
}

Status copy_part(store::ObjectStore& objects, const store::ObjectInfo& part, const Encryption& encryption,
                 store::ObjectWriter& writer, aws::Checksum& checksum) {
  // The parts have the upload's envelope, which is open.
  const auto opener = [&](const store::ObjectInfo&) -> Result<crypto::SecretKey> { return encryption.kms->key; };
  EYRIE_TRY(const auto reader, objects.open(kUploadsBucket, part.key, key_of(encryption.customer), opener));
  if (reader->info().etag != part.etag || reader->info().size != part.size)
    return fail(Code::kFailedPrecondition, "a part was replaced meanwhile");
  return copy_bytes(*reader, {.offset = 0, .length = part.size}, writer, {&checksum});
}

std::vector<store::PartInfo> described(const std::vector<store::ObjectInfo>& parts, const Upload& upload) {
  std::vector<store::PartInfo> result;
  for (const store::ObjectInfo& part : parts) {
    store::PartInfo& info = result.emplace_back(
        store::PartInfo{.number = static_cast<int>(number_of_part(part.key)), .size = part.size});
    if (!upload.algorithm) continue;
    const auto sum = part.checksums.find(std::string(aws::checksum_name(*upload.algorithm)));
    if (sum != part.checksums.end()) info.checksum = sum->second;
  }
  return result;
}

// Whether the told checksum is the object's; one of parts' checksums may come without its count.
bool is_checksum(std::string_view told, const std::string& sum) {
  return told.empty() || told == sum || told == std::string_view(sum).substr(0, sum.find('-'));
}

Result<store::ObjectInfo> assemble(store::ObjectStore& objects, const Request& request, const Upload& upload,
                                   const std::vector<store::ObjectInfo>& parts,
                                   const store::PutConditions& conditions, const Encryption& encryption) {
  const auto algorithm = upload.checksum_algorithm();
  EYRIE_TRY(const auto writer, objects.begin_put(upload.bucket, upload.key, encryption.key(), encryption.envelope()));
  const auto whole = aws::Checksum::create(algorithm);
  for (const store::ObjectInfo& part : parts) EYRIE_CHECK_OK(copy_part(objects, part, encryption, *writer, *whole));
  const auto sum = upload.composite ? composite_checksum(algorithm, parts) : whole->base64();
  if (!sum) return fail(Code::kCorrupt, "a part has lost its checksum");
  if (!is_checksum(request.headers().get(aws::checksum_header(algorithm)), *sum))
    return fail(Code::kInvalidArgument, "the object has another checksum");
  return writer->commit({.content_type = upload.told.content_type,
                         .metadata = upload.told.metadata,
                         .headers = upload.told.headers,
                         .tags = upload.told.tags,
                         .checksums = {{std::string(aws::checksum_name(algorithm)), *sum}},
                         .parts = described(parts, upload),
                         .conditions = conditions,
                         .etag = multipart_etag(parts),
                         .event_name = "ObjectCreated:CompleteMultipartUpload",
                         .by = requester(*request.context),
                         .storage_class = upload.storage_class,
                         .upload = upload.id});
}

// What the parts are encrypted with: a customer's key is told again or remembered, one under a key of KMS opened again.
std::expected<Encryption, aws::WireError> upload_encryption(Backend& backend, const Request& request, const Upload& upload) {
  auto key = parse_customer_key(request);
  if (key && !*key) key = backend.upload_keys.find(upload.id);
  if (!key) return std::unexpected(key.error());
  if (const Status fits = store::check_customer_key(upload.customer_key, key_of(*key)); !fits)
    return std::unexpected(customer_key_error(fits.error()));
  if (auto wrong = check_part_encryption(request, upload.kms.has_value())) return std::unexpected(*wrong);
  if (!upload.kms) return Encryption{.customer = std::move(*key)};
  const auto opened = open_envelope(backend, request, *upload.kms);
  if (!opened) return std::unexpected(opened.error());
  return Encryption{.kms = iam::SealedKey{.key = *opened, .envelope = *upload.kms}};
}

net::Response completed(Backend& backend, const Request& request, const store::ObjectInfo& object, const OptionalKey& customer) {
  Xml xml("CompleteMultipartUploadResult");
  xml.text("Location", object_url(request));
  xml.text("Bucket", request.bucket).text("Key", request.key).text("ETag", "\"" + object.etag + "\"");
  for (const auto& [name, value] : object.checksums) xml.text("Checksum" + name, value);
  xml.text("ChecksumType", checksum_type(object.checksums));
  net::Response response = xml_response(*request.context, xml.finish());
  set_encryption_headers(response.headers, customer, object.kms);
  set_expiration_header(backend, response.headers, object);
  return response;
}

bool is_made_of(const store::ObjectInfo& object, const std::vector<AskedPart>& asked) {
  return object.etag == multipart_etag(asked) &&
         std::ranges::equal(object.parts, asked, {}, [](const store::PartInfo& part) { return static_cast<std::size_t>(part.number); }, &AskedPart::number);
}

// The answer to who completes an upload again, having lost the first answer: the same, as long as the object is there that the upload made of the same
// parts. NoSuchUpload otherwise.
OperationResult completed_before(Backend& backend, const Request& request, const Bytes& body) {
  const std::string id = request.get("uploadId");
  const auto none = [&] { return std::unexpected(no_such_upload(id)); };
  const auto asked = parse_parts_xml(body);
  if (!is_uuid(id) || !asked) return none();
  const auto object = backend.objects.head(request.bucket, request.key);
  if (!object) {
    aws::WireError wrong = store_error(request, object.error());
    return wrong.code == "NoSuchKey" ? none() : std::unexpected(std::move(wrong));
  }
  if (object->upload != id || !is_made_of(*object, *asked)) return none();
  const auto key = parse_customer_key(request);
  if (!key) return std::unexpected(key.error());
  if (*key) {
    if (const Status fits = store::check_customer_key(object->customer_key, key_of(*key)); !fits)
      return std::unexpected(customer_key_error(fits.error()));
  }
  // The checksum tells of the bytes.
  if (object->kms) {
    if (const auto opened = open_envelope(backend, request, *object->kms); !opened) return std::unexpected(opened.error());
  }
  return completed(backend, request, *object, *key);
}

void forget_upload(Backend& backend, const std::string& id) {
  if (const Status removed = remove_upload(backend.objects, id); !removed)
    log_warning("parts are left behind", {{"upload", id}, {"error", removed.error().message}});
  backend.upload_keys.forget(id);
}

// Whether somebody else completes, or aborts, this upload meanwhile: its parts go.
bool is_gone(Backend& backend, const std::string& id) {
  const auto still = read_upload(backend.objects, id);
  return !still && still.error().code == Code::kNotFound;
}

}  // namespace

OperationResult complete_multipart_upload(Backend& backend, const Request& request, const Bytes& body) {
  const auto upload = find_upload(backend, request);
  if (!upload) return upload.error().code == "NoSuchUpload" ? completed_before(backend, request, body) : std::unexpected(upload.error());
  const auto headers = parse_put_headers(request);
  if (!headers) return std::unexpected(headers.error());
  const auto asked = parse_parts_xml(body);
  if (!asked) return std::unexpected(asked.error());
  if (auto wrong = check_checksums_told(*upload, *asked)) return std::unexpected(*wrong);
  const auto stored = parts_of(backend.objects, upload->id);
  if (!stored) return std::unexpected(store_error(request, stored.error()));
  const auto parts = choose_parts(upload->id, *asked, *stored);
  if (!parts) return is_gone(backend, upload->id) ? completed_before(backend, request, body) : std::unexpected(parts.error());
  if (auto wrong = check_told(request.headers(), *upload, *parts)) return std::unexpected(*wrong);
  const auto encryption = upload_encryption(backend, request, *upload);
  if (!encryption) return std::unexpected(encryption.error());
  const auto object = assemble(backend.objects, request, *upload, *parts, headers->conditions, *encryption);
  if (!object && object.error().code == Code::kInvalidArgument)
    return std::unexpected(bad_checksum(upload->checksum_algorithm()));
  // Another request was faster, or a crash left the upload behind: one event is enough.
  const bool made_before = !object && object.error().code == Code::kAlreadyExists;
  if (!object && !made_before) {
    if (is_gone(backend, upload->id)) return completed_before(backend, request, body);
    return std::unexpected(commit_error(request, headers->conditions, object.error()));
  }
  forget_upload(backend, upload->id);
  return made_before ? completed_before(backend, request, body) : completed(backend, request, *object, encryption->customer);
}

}  // namespace eyrie::api::s3

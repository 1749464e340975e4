#include "api/s3/multipart.h"

#include <algorithm>
#include <charconv>
#include <pugixml.hpp>

#include "api/s3/put_headers.h"
#include "api/s3/xml.h"
#include "aws/checksum.h"
#include "base/clock.h"
#include "base/encoding.h"
#include "base/ids.h"
#include "base/json.h"
#include "base/log.h"
#include "crypto/digest.h"

namespace eyrie::api::s3 {
namespace {

constexpr std::size_t kMaxParts = 10'000;
constexpr std::uint64_t kMinPartBytes = 5U << 20;  // but for the last one
constexpr std::size_t kCopyBytes = 256U << 10;
const std::string kBucket(kUploadsBucket);

aws::WireError no_such_upload(const std::string& id) {
  return {404,
          "NoSuchUpload",
          "The specified upload does not exist. The upload ID may be invalid, or the upload may have been "
          "aborted or "
          "completed.",
          {{"UploadId", id}}};
}

aws::WireError invalid_part(const std::string& id, std::size_t number) {
  return {400,
          "InvalidPart",
          "One or more of the specified parts could not be found. The part may not have been uploaded, or "
          "the specified "
          "entity tag may not match the part's entity tag.",
          {{"UploadId", id}, {"PartNumber", std::to_string(number)}}};
}

std::optional<std::size_t> part_number(std::string_view text) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool sound =
      error == std::errc() && end == text.data() + text.size() && number >= 1 && number <= kMaxParts;
  return sound ? std::optional(number) : std::nullopt;
}

// Five digits: parts are listed in the order of their numbers.
std::string key_of_part(const std::string& id, std::size_t number) {
  const std::string digits = std::to_string(number);
  return id + "/" + std::string(5 - digits.size(), '0') + digits;
}
std::size_t number_of_part(const std::string& key) {
  return part_number(std::string_view(key).substr(key.find_first_not_of('0', key.find('/') + 1))).value_or(0);
}

struct Upload {
  std::string id;
  store::ObjectInfo told;  // by CreateMultipartUpload
  std::string bucket, key;
};

Result<Upload> read_upload(store::ObjectStore& objects, const std::string& id) {
  EYRIE_TRY(const auto marker, objects.open(kBucket, id));
  std::string text(marker->info().size, '\0');
  EYRIE_TRY(const std::size_t got,
            marker->read_at(0, {reinterpret_cast<std::uint8_t*>(text.data()), text.size()}));
  EYRIE_TRY(const json::value value, parse_json(std::string_view(text).substr(0, got)));
  const json::string* bucket = find_string(value, "bucket");
  const json::string* key = find_string(value, "key");
  if (bucket == nullptr || key == nullptr) return fail(Code::kCorrupt, "an upload's description is damaged");
  return Upload{.id = id, .told = marker->info(), .bucket = std::string(*bucket), .key = std::string(*key)};
}

// The upload that the request names, which must be of its bucket and key.
std::expected<Upload, aws::WireError> find_upload(Backend& backend, const Request& request) {
  const std::string id = request.get("uploadId");
  if (!is_uuid(id)) return std::unexpected(no_such_upload(id));
  auto upload = read_upload(backend.objects, id);
  if (!upload && upload.error().code != Code::kNotFound) {
    return std::unexpected(store_error(request, upload.error()));
  }
  if (!upload || upload->bucket != request.bucket || upload->key != request.key) {
    return std::unexpected(no_such_upload(id));
  }
  return std::move(*upload);
}

Result<std::vector<store::ObjectInfo>> parts_of(store::ObjectStore& objects, const std::string& id) {
  std::vector<store::ObjectInfo> parts;
  store::ListQuery query{.bucket = kBucket, .prefix = id + "/"};
  while (true) {
    EYRIE_TRY(store::ListPage page, objects.list(query));
    std::ranges::move(page.objects, std::back_inserter(parts));
    if (!page.truncated) return parts;
    query.start_after = page.next;
  }
}

// The marker goes last: what a crash leaves can be aborted again.
Status remove_upload(store::ObjectStore& objects, const std::string& id) {
  EYRIE_TRY(const auto parts, parts_of(objects, id));
  for (const store::ObjectInfo& part : parts) {
    if (auto removed = objects.remove(kBucket, part.key); !removed) return fail(removed.error());
  }
  auto removed = objects.remove(kBucket, id);
  return removed ? Status() : fail(removed.error());
}

struct AskedPart {
  std::size_t number = 0;
  std::string etag;
};

std::expected<std::vector<AskedPart>, aws::WireError> parse_parts(const Bytes& body) {
  pugi::xml_document document;
  if (!document.load_buffer(body.data(), body.size(), pugi::parse_minimal | pugi::parse_escapes)) {
    return std::unexpected(aws::s3::malformed_xml());
  }
  std::vector<AskedPart> parts;
  for (const pugi::xml_node node : document.child("CompleteMultipartUpload").children("Part")) {
    const auto number = part_number(node.child_value("PartNumber"));
    std::string etag = node.child_value("ETag");
    std::erase(etag, '"');
    if (!number || etag.empty() || parts.size() == kMaxParts)
      return std::unexpected(aws::s3::malformed_xml());
    if (!parts.empty() && *number <= parts.back().number) {
      return std::unexpected(aws::WireError{
          400, "InvalidPartOrder",
          "The list of parts was not in ascending order. Parts must be ordered by part number."});
    }
    parts.push_back({*number, std::move(etag)});
  }
  if (parts.empty()) return std::unexpected(aws::s3::malformed_xml());
  return parts;
}

// The stored parts that were asked for, in order.
std::expected<std::vector<store::ObjectInfo>, aws::WireError> choose_parts(
    const std::string& id, const std::vector<AskedPart>& asked,
    const std::vector<store::ObjectInfo>& stored) {
  std::vector<store::ObjectInfo> chosen;
  for (const AskedPart& part : asked) {
    const std::string key = key_of_part(id, part.number);
    const auto found = std::ranges::lower_bound(stored, key, {}, &store::ObjectInfo::key);
    if (found == stored.end() || found->key != key || found->etag != part.etag) {
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

Status copy_part(store::ObjectStore& objects, const store::ObjectInfo& part, store::ObjectWriter& writer,
                 aws::Checksum& checksum) {
  EYRIE_TRY(const auto reader, objects.open(kBucket, part.key));
  if (reader->info().etag != part.etag)
    return fail(Code::kFailedPrecondition, "a part was replaced meanwhile");
  Bytes buffer(kCopyBytes);
  for (std::uint64_t at = 0; at < part.size;) {
    EYRIE_TRY(const std::size_t got, reader->read_at(at, buffer));
    if (got == 0) return fail(Code::kCorrupt, "a part ends early");
    const ByteView piece = ByteView(buffer).first(got);
    checksum.update(piece);
    EYRIE_CHECK_OK(writer.write(piece));
    at += got;
  }
  return {};
}

// MD5 of the parts' MD5s, and how many there are.
std::string multipart_etag(const std::vector<store::ObjectInfo>& parts) {
  crypto::Md5 md5;
  for (const store::ObjectInfo& part : parts) md5.update(hex_decode(part.etag).value_or(Bytes{}));
  return hex_encode(md5.finish()) + "-" + std::to_string(parts.size());
}

Result<store::ObjectInfo> assemble(store::ObjectStore& objects, const Request& request, const Upload& upload,
                                   const std::vector<store::ObjectInfo>& parts,
                                   const store::PutConditions& conditions) {
  constexpr auto kAlgorithm = aws::ChecksumAlgorithm::kCrc64Nvme;
  EYRIE_TRY(const auto writer, objects.begin_put(upload.bucket, upload.key));
  const auto checksum = aws::Checksum::create(kAlgorithm);
  for (const store::ObjectInfo& part : parts) EYRIE_CHECK_OK(copy_part(objects, part, *writer, *checksum));
  const std::string sum = checksum->base64();
  const std::string* told = request.headers().find(aws::checksum_header(kAlgorithm));
  if (told != nullptr && *told != sum) return fail(Code::kInvalidArgument, "the object has another checksum");
  return writer->commit({.content_type = upload.told.content_type,
                         .metadata = upload.told.metadata,
                         .headers = upload.told.headers,
                         .tags = upload.told.tags,
                         .checksums = {{std::string(aws::checksum_name(kAlgorithm)), sum}},
                         .conditions = conditions,
                         .etag = multipart_etag(parts),
                         .event_name = "ObjectCreated:CompleteMultipartUpload",
                         .request_id = request.context->head.id,
                         .source_ip = request.context->head.peer,
                         .principal = request.context->user});
}

}  // namespace

OperationResult create_multipart_upload(Backend& backend, const Request& request, const Bytes&) {
  auto told = parse_put_headers(request);
  if (!told) return std::unexpected(told.error());
  if (const auto bucket = backend.objects.bucket(request.bucket); !bucket) {
    return std::unexpected(store_error(request, bucket.error()));
  }
  const std::string id = uuid_v4();
  const std::string described = write_json(json::object{{"bucket", request.bucket}, {"key", request.key}});
  const auto stored = [&]() -> Status {
    const Status made = backend.objects.create_bucket(kBucket);
    if (!made && made.error().code != Code::kAlreadyExists) return made;
    EYRIE_TRY(const auto writer, backend.objects.begin_put(kBucket, id));
    EYRIE_CHECK_OK(writer->write(as_bytes(described)));
    told->conditions = {};
    EYRIE_TRY(const auto marker, writer->commit(*told));
    return {};
  }();
  if (!stored) return std::unexpected(store_error(request, stored.error()));
  Xml xml("InitiateMultipartUploadResult");
  xml.text("Bucket", request.bucket).text("Key", request.key).text("UploadId", id);
  return xml_response(*request.context, xml.finish());
}

std::expected<std::string, aws::WireError> part_key(Backend& backend, const Request& request) {
  const auto number = part_number(request.get("partNumber"));
  if (!number) {
    return std::unexpected(
        aws::s3::invalid_argument("Part number must be an integer between 1 and 10000, inclusive",
                                  "partNumber", request.get("partNumber")));
  }
  const auto upload = find_upload(backend, request);
  if (!upload) return std::unexpected(upload.error());
  return key_of_part(upload->id, *number);
}

OperationResult complete_multipart_upload(Backend& backend, const Request& request, const Bytes& body) {
  const auto upload = find_upload(backend, request);
  if (!upload) return std::unexpected(upload.error());
  const auto headers = parse_put_headers(request);
  if (!headers) return std::unexpected(headers.error());
  const auto asked = parse_parts(body);
  if (!asked) return std::unexpected(asked.error());
  const auto stored = parts_of(backend.objects, upload->id);
  if (!stored) return std::unexpected(store_error(request, stored.error()));
  const auto parts = choose_parts(upload->id, *asked, *stored);
  if (!parts) return std::unexpected(parts.error());
  const auto object = assemble(backend.objects, request, *upload, *parts, headers->conditions);
  if (!object && object.error().code == Code::kFailedPrecondition) {
    const bool none_match = headers->conditions.if_none_match;
    return std::unexpected(aws::s3::precondition_failed(none_match ? "If-None-Match" : "If-Match"));
  }
  if (!object && object.error().code == Code::kInvalidArgument)
    return std::unexpected(aws::s3::bad_digest("CRC64NVME"));
  if (!object) return std::unexpected(store_error(request, object.error()));
  if (const Status removed = remove_upload(backend.objects, upload->id); !removed) {
    log_warning("parts are left behind", {{"upload", upload->id}, {"error", removed.error().message}});
  }
  Xml xml("CompleteMultipartUploadResult");
  xml.text("Location", "http://" + std::string(request.headers().get("Host")) + "/" + request.bucket + "/" +
                           percent_encode(request.key, true));
  xml.text("Bucket", request.bucket).text("Key", request.key).text("ETag", "\"" + object->etag + "\"");
  return xml_response(*request.context, xml.finish());
}

OperationResult abort_multipart_upload(Backend& backend, const Request& request, const Bytes&) {
  const auto upload = find_upload(backend, request);
  if (!upload) return std::unexpected(upload.error());
  const Status removed = remove_upload(backend.objects, upload->id);
  if (!removed) return std::unexpected(store_error(request, removed.error()));
  return empty_response(*request.context, 204);
}

OperationResult list_parts(Backend& backend, const Request& request, const Bytes&) {
  const auto upload = find_upload(backend, request);
  if (!upload) return std::unexpected(upload.error());
  store::ListQuery query{.bucket = kBucket, .prefix = upload->id + "/"};
  if (const auto after = part_number(request.get("part-number-marker"))) {
    query.start_after = key_of_part(upload->id, *after);
  }
  if (const auto most = part_number(request.get("max-parts")))
    query.max_keys = std::min(*most, query.max_keys);
  const auto page = backend.objects.list(query);
  if (!page) return std::unexpected(store_error(request, page.error()));
  Xml xml("ListPartsResult");
  xml.text("Bucket", request.bucket).text("Key", request.key).text("UploadId", upload->id);
  xml.text("StorageClass", "STANDARD").number("MaxParts", query.max_keys);
  xml.text("IsTruncated", page->truncated ? "true" : "false");
  if (page->truncated) xml.number("NextPartNumberMarker", number_of_part(page->next));
  for (const store::ObjectInfo& part : page->objects) {
    xml.open("Part").number("PartNumber", number_of_part(part.key));
    xml.text("LastModified", format_iso8601(part.modified_ms)).text("ETag", "\"" + part.etag + "\"");
    xml.number("Size", part.size).close("Part");
  }
  return xml_response(*request.context, xml.finish());
}

OperationResult list_multipart_uploads(Backend& backend, const Request& request, const Bytes&) {
  if (const auto bucket = backend.objects.bucket(request.bucket); !bucket) {
    return std::unexpected(store_error(request, bucket.error()));
  }
  Xml xml("ListMultipartUploadsResult");
  xml.text("Bucket", request.bucket).text("IsTruncated", "false");
  store::ListQuery query{.bucket = kBucket, .delimiter = "/"};
  while (true) {
    const auto page = backend.objects.list(query);
    if (!page && page.error().code == Code::kNotFound) break;  // nobody has begun one yet
    if (!page) return std::unexpected(store_error(request, page.error()));
    for (const store::ObjectInfo& marker : page->objects) {
      const auto upload = read_upload(backend.objects, marker.key);
      if (!upload || upload->bucket != request.bucket || !upload->key.starts_with(request.get("prefix")))
        continue;
      xml.open("Upload")
          .text("Key", upload->key)
          .text("UploadId", upload->id)
          .text("StorageClass", "STANDARD");
      xml.text("Initiated", format_iso8601(marker.modified_ms)).close("Upload");
    }
    if (!page->truncated) break;
    query.start_after = page->next;
  }
  return xml_response(*request.context, xml.finish());
}

}  // namespace eyrie::api::s3

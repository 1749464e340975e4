#include <algorithm>
#include <tuple>

#include "api/s3/lifecycle/lifecycle.h"
#include "api/s3/listing.h"
#include "api/s3/multipart/multipart.h"
#include "api/s3/multipart/upload.h"
#include "api/s3/xml.h"
#include "base/time/clock.h"
#include "base/encoding.h"

namespace eyrie::api::s3 {
namespace {

constexpr std::size_t kMaxPartsListed = 1000;

void write_people(Xml& xml, const Upload& upload) {
  const Initiator owner{.id = std::string(kAccount), .name = "eyrie"};
  const Initiator& initiator = upload.initiator.id.empty() ? owner : upload.initiator;
  xml.open("Initiator").text("ID", initiator.id).text("DisplayName", initiator.name).close("Initiator");
  xml.open("Owner").text("ID", owner.id).text("DisplayName", owner.name).close("Owner");
}

std::expected<std::size_t, aws::WireError> number(const Request& request, const char* name, std::size_t otherwise) {
  const std::string text = request.get(name);
  if (text.empty()) return otherwise;
  if (const auto value = whole_number<std::size_t>(text); value && *value <= 0x7FFFFFFF) return *value;
  return std::unexpected(aws::s3::invalid_argument(
      "Argument " + std::string(name) + " must be an integer between 0 and 2147483647", name, text));
}

// A bucket's uploads in S3's order: by key, of one key the older first.
Result<std::vector<Upload>> uploads_of(store::ObjectStore& objects, const store::Bucket& bucket, const std::string& prefix) {
  std::vector<Upload> uploads;
  EYRIE_CHECK_OK(each_upload(objects, [&](Upload upload) -> Status {
    if (is_of(upload, bucket) && upload.key.starts_with(prefix)) uploads.push_back(std::move(upload));
    return {};
  }));
  std::ranges::sort(uploads, {}, [](const Upload& one) { return std::tie(one.key, one.told.modified_ms, one.id); });
  return uploads;
}

struct UploadPage {
  std::vector<Upload> uploads;
  std::vector<std::string> common_prefixes;
  bool truncated = false;
  std::string next_key, next_upload;
};

// Where the page begins: behind key-marker, or within that key behind upload-id-marker.
std::vector<Upload>::const_iterator first_of(const std::vector<Upload>& uploads, const Request& request) {
  const std::string key = request.get("key-marker"), id = request.get("upload-id-marker");
  if (key.empty()) return uploads.begin();
  const auto behind_key = std::ranges::upper_bound(uploads, key, {}, &Upload::key);
  if (id.empty()) return behind_key;
  const auto marked = std::find_if(uploads.begin(), behind_key, [&](const Upload& one) { return one.key == key && one.id == id; });
  return marked == behind_key ? behind_key : marked + 1;
}

UploadPage page_of(const std::vector<Upload>& uploads, const Request& request, const Listing& listing) {
  const auto& [bucket, prefix, delimiter, start_after, most] = listing.query;
  const std::string marker = request.get("key-marker");
  UploadPage page;
  for (auto upload = first_of(uploads, request); upload != uploads.end(); ++upload) {
    const std::size_t cut = delimiter.empty() ? std::string::npos : upload->key.find(delimiter, prefix.size());
    const std::string common = cut == std::string::npos ? "" : upload->key.substr(0, cut + delimiter.size());
    const bool told = !common.empty() && ((!page.common_prefixes.empty() && page.common_prefixes.back() == common) || marker == common);
    if (told) continue;
    if (page.uploads.size() + page.common_prefixes.size() == most) {
      page.truncated = most > 0;
      return page;
    }
    page.next_key = common.empty() ? upload->key : common;
    page.next_upload = common.empty() ? upload->id : "";
    if (common.empty()) {
      page.uploads.push_back(*upload);
    } else {
      page.common_prefixes.push_back(common);
    }
  }
  return page;
}

void write_upload(Xml& xml, const Listing& listing, const Upload& upload) {
  xml.open("Upload").text("Key", listing.shown(upload.key)).text("UploadId", upload.id);
  write_people(xml, upload);
  xml.text("StorageClass", upload.storage_class).text("Initiated", format_iso8601(upload.told.modified_ms));
  if (upload.algorithm) {
    xml.text("ChecksumAlgorithm", aws::checksum_name(*upload.algorithm));
    xml.text("ChecksumType", upload.composite ? "COMPOSITE" : "FULL_OBJECT");
  }
  xml.close("Upload");
}

}  // namespace

OperationResult list_parts(Backend& backend, const Request& request, const Bytes&) {
  const auto upload = find_upload(backend, request);
  if (!upload) return std::unexpected(upload.error());
  const auto marker = number(request, "part-number-marker", 0);
  if (!marker) return std::unexpected(marker.error());
  const auto most = number(request, "max-parts", kMaxPartsListed);
  if (!most) return std::unexpected(most.error());
  store::ListQuery query{.bucket = kUploadsBucket, .prefix = upload->id + "/", .max_keys = std::min(*most, kMaxPartsListed)};
  if (*marker > 0) query.start_after = key_of_part(upload->id, std::min(*marker, kMaxParts));
  const auto page = backend.objects.list(query);
  if (!page) return std::unexpected(store_error(request, page.error()));
  Xml xml("ListPartsResult");
  xml.text("Bucket", request.bucket).text("Key", request.key).text("UploadId", upload->id);
  write_people(xml, *upload);
  xml.text("StorageClass", upload->storage_class).number("PartNumberMarker", *marker).number("MaxParts", query.max_keys);
  if (upload->algorithm) {
    xml.text("ChecksumAlgorithm", aws::checksum_name(*upload->algorithm));
    xml.text("ChecksumType", upload->composite ? "COMPOSITE" : "FULL_OBJECT");
  }
  xml.text("IsTruncated", page->truncated ? "true" : "false");
  xml.number("NextPartNumberMarker", page->objects.empty() ? 0 : number_of_part(page->objects.back().key));
  for (const store::ObjectInfo& part : page->objects) {
    xml.open("Part").number("PartNumber", number_of_part(part.key));
    xml.text("LastModified", format_iso8601(part.modified_ms)).text("ETag", "\"" + part.etag + "\"");
    for (const auto& [algorithm, value] : part.checksums) xml.text("Checksum" + algorithm, value);
    xml.number("Size", part.size).close("Part");
  }
  net::Response response = xml_response(*request.context, xml.finish());
  set_abort_headers(backend, response.headers, request.bucket, request.key, upload->told.modified_ms);
  return response;
}

OperationResult list_multipart_uploads(Backend& backend, const Request& request, const Bytes&) {
  auto listing = parse_listing(request, "max-uploads");
  if (!listing) return std::unexpected(listing.error());
  const auto bucket = backend.objects.bucket(request.bucket);
  if (!bucket) return std::unexpected(store_error(request, bucket.error()));
  auto uploads = uploads_of(backend.objects, *bucket, listing->query.prefix);
  if (!uploads) return std::unexpected(store_error(request, uploads.error()));
  const UploadPage page = page_of(*uploads, request, *listing);
  Xml xml("ListMultipartUploadsResult");
  xml.text("Bucket", request.bucket).text("KeyMarker", listing->shown(request.get("key-marker")));
  xml.text("UploadIdMarker", request.get("upload-id-marker"));
  if (page.truncated) {
    xml.text("NextKeyMarker", listing->shown(page.next_key)).text("NextUploadIdMarker", page.next_upload);
  }
  if (!listing->query.delimiter.empty()) xml.text("Delimiter", listing->shown(listing->query.delimiter));
  xml.text("Prefix", listing->shown(listing->query.prefix)).number("MaxUploads", listing->max_keys);
  if (listing->url_encoded) xml.text("EncodingType", "url");
  xml.text("IsTruncated", page.truncated ? "true" : "false");
  for (const Upload& upload : page.uploads) write_upload(xml, *listing, upload);
  for (const std::string& prefix : page.common_prefixes)
    xml.open("CommonPrefixes").text("Prefix", listing->shown(prefix)).close("CommonPrefixes");
  return xml_response(*request.context, xml.finish());
}

}  // namespace eyrie::api::s3

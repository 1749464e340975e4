#include <algorithm>

#include "api/s3/multipart/multipart.h"
#include "api/s3/multipart/upload.h"
#include "api/s3/xml.h"
#include "base/clock.h"

namespace eyrie::api::s3 {
namespace {

const std::string kBucket(kUploadsBucket);

}  // namespace

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
  if (upload->algorithm) {
    xml.text("ChecksumAlgorithm", aws::checksum_name(*upload->algorithm));
    xml.text("ChecksumType", upload->composite ? "COMPOSITE" : "FULL_OBJECT");
  }
  xml.text("IsTruncated", page->truncated ? "true" : "false");
  if (page->truncated) xml.number("NextPartNumberMarker", number_of_part(page->next));
  for (const store::ObjectInfo& part : page->objects) {
    xml.open("Part").number("PartNumber", number_of_part(part.key));
    xml.text("LastModified", format_iso8601(part.modified_ms)).text("ETag", "\"" + part.etag + "\"");
    for (const auto& [algorithm, value] : part.checksums) xml.text("Checksum" + algorithm, value);
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

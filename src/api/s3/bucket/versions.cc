#include "api/s3/bucket/versions.h"

#include <algorithm>

#include "api/s3/listing.h"
#include "api/s3/request_xml.h"
#include "base/time/clock.h"

namespace eyrie::api::s3 {

OperationResult get_bucket_versioning(Backend& backend, const Request& request, const Bytes&) {
  const auto bucket = backend.objects.bucket(request.bucket);
  if (!bucket) return std::unexpected(store_error(request, bucket.error()));
  return xml_response(*request.context, Xml("VersioningConfiguration").finish());
}

OperationResult put_bucket_versioning(Backend& backend, const Request& request, const Bytes& body) {
  const auto bucket = backend.objects.bucket(request.bucket);
  if (!bucket) return std::unexpected(store_error(request, bucket.error()));
  static constexpr ElementRule kRules[] = {{"VersioningConfiguration", "Status MfaDelete"}};
  const auto document = load_root(body, kRules);
  if (!document) return std::unexpected(document.error());
  const std::string_view status = document->document_element().child_value("Status");
  if (status != "Enabled" && status != "Suspended") return std::unexpected(aws::s3::malformed_xml());
  return std::unexpected(aws::WireError{
      501, "NotImplemented", "Versioning is not supported: an overwritten or deleted object cannot be had back"});
}

OperationResult list_object_versions(Backend& backend, const Request& request, const Bytes&) {
  auto listing = parse_listing(request);
  if (!listing) return std::unexpected(listing.error());
  if (const auto sound = parse_optional_attributes(request, *listing); !sound) return std::unexpected(sound.error());
  const std::string marker = request.get("key-marker"), version = request.get("version-id-marker");
  if (!version.empty() && marker.empty())
    return std::unexpected(aws::s3::invalid_argument("A version-id marker cannot be specified without a key marker.", "version-id-marker", version));
  // Where nothing has versions, the one that there is is called so.
  if (!version.empty() && version != "null") return std::unexpected(aws::s3::invalid_argument("Invalid version id specified", "version-id-marker", version));
  listing->query.start_after = marker;
  const auto page = backend.objects.list(listing->query);
  if (!page) return std::unexpected(store_error(request, page.error()));
  Xml xml("ListVersionsResult");
  xml.text("Name", request.bucket).text("Prefix", listing->shown(listing->query.prefix));
  xml.text("KeyMarker", listing->shown(marker)).text("VersionIdMarker", version);
  if (!listing->query.delimiter.empty()) xml.text("Delimiter", listing->shown(listing->query.delimiter));
  xml.number("MaxKeys", listing->max_keys);
  if (listing->url_encoded) xml.text("EncodingType", "url");
  xml.text("IsTruncated", page->truncated ? "true" : "false");
  if (page->truncated) xml.text("NextKeyMarker", listing->shown(page->next)).text("NextVersionIdMarker", "null");
  for (const store::ObjectInfo& object : page->objects) {
    xml.open("Version").text("Key", listing->shown(object.key)).text("VersionId", "null").text("IsLatest", "true");
    xml.text("LastModified", format_iso8601(object.modified_ms)).text("ETag", "\"" + object.etag + "\"");
    xml.number("Size", object.size).text("StorageClass", object.storage_class);
    xml.open("Owner").text("ID", kAccount).text("DisplayName", "eyrie").close("Owner");
    write_restore_status(backend, xml, *listing, object);
    xml.close("Version");
  }
  for (const std::string& prefix : page->common_prefixes)
    xml.open("CommonPrefixes").text("Prefix", listing->shown(prefix)).close("CommonPrefixes");
  return xml_response(*request.context, xml.finish());
}

aws::WireError no_such_version(const Request& request) {
  return aws::s3::invalid_argument("Invalid version id specified", "versionId", request.get("versionId"));
}

}  // namespace eyrie::api::s3

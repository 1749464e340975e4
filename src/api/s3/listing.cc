#include "api/s3/listing.h"

#include <algorithm>
#include <charconv>

#include "api/s3/object/attributes.h"
#include "api/s3/object/checksums.h"
#include "base/time/clock.h"
#include "base/encoding.h"

namespace eyrie::api::s3 {
namespace {

constexpr std::size_t kMaxKeys = 1000;

void write_object(Backend& backend, Xml& xml, const Listing& listing, const store::ObjectInfo& object, bool owner) {
  xml.open("Contents").text("Key", listing.shown(object.key)).text("LastModified", format_iso8601(object.modified_ms));
  xml.text("ETag", "\"" + object.etag + "\"");
  for (const auto& [algorithm, value] : object.checksums) {
    xml.text("ChecksumAlgorithm", algorithm).text("ChecksumType", checksum_type(object.checksums));
  }
  xml.number("Size", object.size);
  if (owner) xml.open("Owner").text("ID", kAccount).text("DisplayName", "eyrie").close("Owner");
  xml.text("StorageClass", object.storage_class);
  write_restore_status(backend, xml, listing, object);
  xml.close("Contents");
}

void write_page(Backend& backend, Xml& xml, const Listing& listing, const store::ListPage& page, bool owners) {
  for (const store::ObjectInfo& object : page.objects) write_object(backend, xml, listing, object, owners);
  for (const std::string& prefix : page.common_prefixes) {
    xml.open("CommonPrefixes").text("Prefix", listing.shown(prefix)).close("CommonPrefixes");
  }
}

void write_head(Xml& xml, const Request& request, const Listing& listing) {
  xml.text("Name", request.bucket).text("Prefix", listing.shown(listing.query.prefix));
  if (!listing.query.delimiter.empty()) xml.text("Delimiter", listing.shown(listing.query.delimiter));
  xml.number("MaxKeys", listing.max_keys);
  if (listing.url_encoded) xml.text("EncodingType", "url");
}

}  // namespace

std::expected<Listing, aws::WireError> parse_listing(const Request& request, const std::string& most) {
  Listing listing;
  if (const std::string text = request.get(most); !text.empty()) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), listing.max_keys);
    if (error != std::errc() || end != text.data() + text.size() || listing.max_keys > 0x7FFFFFFF) {
      return std::unexpected(
          aws::s3::invalid_argument("Argument " + most + " must be an integer between 0 and 2147483647", most, text));
    }
  }
  const std::string encoding = request.get("encoding-type");
  if (!encoding.empty() && encoding != "url") {
    return std::unexpected(aws::s3::invalid_argument("Invalid Encoding Method specified in Request", "encoding-type", encoding));
  }
  listing.max_keys = std::min(listing.max_keys, kMaxKeys);
  listing.url_encoded = encoding == "url";
  listing.query = {.bucket = request.bucket,
                   .prefix = request.get("prefix"),
                   .delimiter = request.get("delimiter"),
                   .max_keys = listing.max_keys};
  return listing;
}

std::expected<void, aws::WireError> parse_optional_attributes(const Request& request, Listing& listing) {
  constexpr const char* kHeader = "x-amz-optional-object-attributes";
  for (const std::string& name : names_in_header(request.headers(), kHeader)) {
    if (name != "RestoreStatus") return std::unexpected(aws::s3::invalid_argument("Invalid attribute name specified.", kHeader, name));
    listing.restore_status = true;
  }
  return {};
}

void write_restore_status(Backend& backend, Xml& xml, const Listing& listing, const store::ObjectInfo& object) {
  if (!listing.restore_status || !store::is_archived(object.storage_class)) return;
  // One that was removed since, or cannot be read, is listed without.
  const auto now = backend.objects.head(object.bucket, object.key);
  if (!now || !now->restore) return;
  xml.open("RestoreStatus").flag("IsRestoreInProgress", now->restore->ongoing);
  if (!now->restore->ongoing) xml.text("RestoreExpiryDate", format_iso8601(now->restore->until_ms));
  xml.close("RestoreStatus");
}

OperationResult list_objects_v1(Backend& backend, const Request& request, const Bytes&) {
  auto listing = parse_listing(request);
  if (!listing) return std::unexpected(listing.error());
  if (const auto sound = parse_optional_attributes(request, *listing); !sound) return std::unexpected(sound.error());
  listing->query.start_after = request.get("marker");
  const auto page = backend.objects.list(listing->query);
  if (!page) return std::unexpected(store_error(request, page.error()));
  Xml xml("ListBucketResult");
  write_head(xml, request, *listing);
  xml.text("Marker", listing->shown(listing->query.start_after));
  xml.text("IsTruncated", page->truncated ? "true" : "false");
  // Without a delimiter clients go on from the last key; S3 names it only with one.
  if (page->truncated && !listing->query.delimiter.empty()) xml.text("NextMarker", listing->shown(page->next));
  write_page(backend, xml, *listing, *page, true);
  return xml_response(*request.context, xml.finish());
}

OperationResult list_objects_v2(Backend& backend, const Request& request, const Bytes&) {
  auto listing = parse_listing(request);
  if (!listing) return std::unexpected(listing.error());
  if (request.get("list-type") != "2") {
    return std::unexpected(aws::s3::invalid_argument("Invalid List Type specified in Request", "list-type", request.get("list-type")));
  }
  if (const auto sound = parse_optional_attributes(request, *listing); !sound) return std::unexpected(sound.error());
  const std::string start_after = request.get("start-after");
  const std::string token = request.get("continuation-token");
  listing->query.start_after = start_after;
  if (!token.empty()) {
    const auto decoded = base64_decode(token);
    if (!decoded || decoded->empty()) {
      return std::unexpected(
          aws::s3::invalid_argument("The continuation token provided is incorrect", "continuation-token", token));
    }
    listing->query.start_after = as_text(*decoded);
  }
  const auto page = backend.objects.list(listing->query);
  if (!page) return std::unexpected(store_error(request, page.error()));
  Xml xml("ListBucketResult");
  write_head(xml, request, *listing);
  xml.number("KeyCount", page->objects.size() + page->common_prefixes.size());
  xml.text("IsTruncated", page->truncated ? "true" : "false");
  if (!start_after.empty()) xml.text("StartAfter", listing->shown(start_after));
  if (request.has("continuation-token")) xml.text("ContinuationToken", token);
  if (page->truncated) xml.text("NextContinuationToken", base64_encode(as_bytes(page->next)));
  write_page(backend, xml, *listing, *page, request.get("fetch-owner") == "true");
  return xml_response(*request.context, xml.finish());
}

}  // namespace eyrie::api::s3

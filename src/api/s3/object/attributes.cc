#include "api/s3/object/attributes.h"

#include <algorithm>
#include <set>

#include "api/s3/object/checksums.h"
#include "api/s3/permissions.h"
#include "api/s3/xml.h"
#include "base/time/clock.h"
#include "base/encoding.h"
#include "store/objects/customer_key.h"

namespace eyrie::api::s3 {
namespace {

constexpr std::size_t kMaxPartsAPage = 1000;

std::expected<std::set<std::string>, aws::WireError> asked_attributes(const net::Headers& headers) {
  static const std::set<std::string> kKnown = {"ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"};
  std::set<std::string> asked;
  for (std::string& one : names_in_header(headers, "x-amz-object-attributes")) {
    if (!kKnown.contains(one)) {
      return std::unexpected(
          aws::s3::invalid_argument("Invalid attribute name specified.", "x-amz-object-attributes", one));
    }
    asked.insert(std::move(one));
  }
  if (asked.empty()) {
    return std::unexpected(
        aws::s3::invalid_argument("The x-amz-object-attributes header specifying the attributes to be retrieved "
                                  "is either missing or empty",
                                  "x-amz-object-attributes", ""));
  }
  return asked;
}

std::expected<std::size_t, aws::WireError> number(const net::Headers& headers, const char* header,
                                                  std::size_t otherwise) {
  const std::string_view text = headers.get(header);
  if (text.empty()) return otherwise;
  if (const auto value = whole_number<std::size_t>(text)) return *value;
  return std::unexpected(aws::s3::invalid_argument("Provided value is not an integer", header, text));
}

// A page of the parts; parts by name only where they have checksums, as S3 lists them.
std::optional<aws::WireError> write_parts(Xml& xml, const Request& request, const store::ObjectInfo& object) {
  const auto most = number(request.headers(), "x-amz-max-parts", kMaxPartsAPage);
  if (!most) return most.error();
  const auto marker = number(request.headers(), "x-amz-part-number-marker", 0);
  if (!marker) return marker.error();
  const std::size_t max = std::min(*most, kMaxPartsAPage);
  xml.open("ObjectParts").number("PartsCount", object.parts.size());
  auto at = std::ranges::find_if(
      object.parts, [&](const auto& part) { return static_cast<std::size_t>(part.number) > *marker; });
  const bool listed = !object.checksums.empty() && !object.parts.front().checksum.empty();
  std::size_t written = 0, last = *marker;
  for (; listed && at != object.parts.end() && written < max; ++at, ++written) {
    last = static_cast<std::size_t>(at->number);
    xml.open("Part").number("PartNumber", last).number("Size", at->size);
    xml.text("Checksum" + object.checksums.begin()->first, at->checksum).close("Part");
  }
  xml.number("PartNumberMarker", *marker).number("NextPartNumberMarker", last).number("MaxParts", max);
  xml.text("IsTruncated", listed && at != object.parts.end() ? "true" : "false").close("ObjectParts");
  return std::nullopt;
}

}  // namespace

std::vector<std::string> names_in_header(const net::Headers& headers, std::string_view header) {
  std::vector<std::string> names;
  for (const auto& [name, value] : headers) {
    if (!net::equals_ignore_case(name, header)) continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      const std::size_t comma = rest.find(',');
      std::string_view one = rest.substr(0, comma);
      rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
      while (one.starts_with(' ')) one.remove_prefix(1);
      while (one.ends_with(' ')) one.remove_suffix(1);
      names.emplace_back(one);
    }
  }
  return names;
}

OperationResult get_object_attributes(Backend& backend, const Request& request, const Bytes&) {
  const auto asked = asked_attributes(request.headers());
  if (!asked) return std::unexpected(asked.error());
  const auto key = parse_customer_key(request);
  if (!key) return std::unexpected(key.error());
  const auto object = backend.objects.head(request.bucket, request.key);
  if (!object) return std::unexpected(store_error(request, object.error()));
  if (auto denied = permit_as_found(request, *object)) return std::unexpected(*denied);
  if (const Status fits = store::check_customer_key(object->customer_key, key_of(*key)); !fits)
    return std::unexpected(customer_key_error(fits.error()));
  if (object->kms && (asked->contains("Checksum") || asked->contains("ObjectParts"))) {
    if (const auto opened = open_envelope(backend, request, *object->kms); !opened) return std::unexpected(opened.error());
  }
  Xml xml("GetObjectAttributesResponse");
  if (asked->contains("ETag")) xml.text("ETag", object->etag);
  if (asked->contains("Checksum") && !object->checksums.empty()) {
    xml.open("Checksum");
    for (const auto& [name, value] : object->checksums) xml.text("Checksum" + name, value);
    xml.text("ChecksumType", checksum_type(object->checksums)).close("Checksum");
  }
  if (asked->contains("ObjectParts") && !object->parts.empty()) {
    if (auto wrong = write_parts(xml, request, *object)) return std::unexpected(*wrong);
  }
  if (asked->contains("StorageClass")) xml.text("StorageClass", object->storage_class);
  if (asked->contains("ObjectSize")) xml.number("ObjectSize", object->size);
  net::Response response = xml_response(*request.context, xml.finish());
  response.headers.set("Last-Modified", format_http_date(object->modified_ms));
  return response;
}

}  // namespace eyrie::api::s3

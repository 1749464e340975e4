// ListObjects, versions 1 and 2.
#pragma once

#include "api/s3/service.h"
#include "api/s3/xml.h"
#include "base/encoding.h"

namespace eyrie::api::s3 {

// What every kind of listing asks for.
struct Listing {
  store::ListQuery query;
  std::size_t max_keys = 1000;  // as asked, answered back
  bool url_encoded = false;
  bool restore_status = false;  // asked for

  std::string shown(std::string_view text) const {
    return url_encoded ? percent_encode(text, true) : std::string(text);
  }
};
// Prefix, delimiter, encoding-type and how many (named `most`); where it begins is the caller's.
std::expected<Listing, aws::WireError> parse_listing(const Request& request, const std::string& most = "max-keys");

// Reads x-amz-optional-object-attributes. InvalidArgument where it asks for what no listing has.
std::expected<void, aws::WireError> parse_optional_attributes(const Request& request, Listing& listing);
// <RestoreStatus>, where it is asked for and the object is being restored or is; by a look-up for each archived object.
void write_restore_status(Backend& backend, Xml& xml, const Listing& listing, const store::ObjectInfo& object);

OperationResult list_objects_v1(Backend& backend, const Request& request, const Bytes& body);
OperationResult list_objects_v2(Backend& backend, const Request& request, const Bytes& body);

}  // namespace eyrie::api::s3

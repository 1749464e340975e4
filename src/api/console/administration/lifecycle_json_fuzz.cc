// Lifecycle configurations of whatever JSON: what S3's parser takes comes out as JSON that says the same.
#include <cstdlib>

#include "api/console/administration/lifecycle_json.h"
#include "api/s3/lifecycle/rules_xml.h"
#include "base/bytes.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace eyrie;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)api::console::lifecycle_json_of(text);
  const auto xml = api::console::lifecycle_xml_of(text);
  if (!xml) return 0;
  const auto first = api::s3::parse_lifecycle_xml(as_bytes(*xml));
  if (!first) return 0;
  const auto again = api::console::lifecycle_xml_of(write_json(api::console::lifecycle_json_of(api::s3::write_lifecycle_xml(*first))));
  if (!again) std::abort();
  const auto second = api::s3::parse_lifecycle_xml(as_bytes(*again));
  if (!second || *second != *first) std::abort();
  return 0;
}

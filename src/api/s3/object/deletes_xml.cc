#include "api/s3/object/deletes_xml.h"

#include "api/s3/request_xml.h"
#include "net/http.h"

namespace eyrie::api::s3 {
namespace {

constexpr std::size_t kMaxDeletes = 1000;
constexpr ElementRule kDeleteRules[] = {{"Delete", "Object* Quiet"}, {"Object", "Key VersionId ETag LastModifiedTime Size"}};

}  // namespace

std::expected<AskedDeletes, aws::WireError> parse_deletes_xml(ByteView xml) {
  const auto malformed = [] { return std::unexpected(aws::s3::malformed_xml()); };
  const auto document = load_root(xml, kDeleteRules);
  if (!document) return std::unexpected(document.error());
  const pugi::xml_node root = document->document_element();
  AskedDeletes asked;
  if (const pugi::xml_node quiet = root.child("Quiet")) {
    asked.quiet = net::equals_ignore_case(quiet.child_value(), "true");
    if (!asked.quiet && !net::equals_ignore_case(quiet.child_value(), "false")) return malformed();
  }
  for (const pugi::xml_node object : root.children("Object")) {
    for (const char* condition : {"Size", "LastModifiedTime"}) {
      if (object.child(condition)) return std::unexpected(aws::s3::not_implemented(condition));
    }
    asked.objects.push_back({.key = object.child_value("Key"), .version = object.child_value("VersionId"), .etag = object.child_value("ETag")});
    if (asked.objects.back().key.empty() || asked.objects.size() > kMaxDeletes) return malformed();
  }
  if (asked.objects.empty()) return malformed();
  return asked;
}

}  // namespace eyrie::api::s3

#include "api/s3/tagging.h"

#include <re2/re2.h>

#include <algorithm>

#include "api/common/requester.h"
#include "api/s3/permissions.h"
#include "api/s3/request_xml.h"
#include "api/s3/xml.h"
#include "base/encoding.h"

namespace eyrie::api::s3 {
namespace {

constexpr std::size_t kMaxTagKey = 128;    // characters
constexpr std::size_t kMaxTagValue = 256;

aws::WireError invalid_tag(std::string_view message) { return {400, "InvalidTag", std::string(message)}; }
aws::WireError wrong_key() { return invalid_tag("The TagKey you have provided is invalid"); }
aws::WireError wrong_value() { return invalid_tag("The TagValue you have provided is invalid"); }

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

// Of characters that tags may have, as AWS's descriptions tell them. Not asked of lifecycle rules' filters, which are read anew from what is kept.
bool is_tag_text(std::string_view text) {
  static const re2::RE2 kForm(R"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)");
  return re2::RE2::FullMatch(text, kForm);
}

std::optional<aws::WireError> add_tag(store::StringMap& tags, std::string key, std::string value,
                                      std::size_t most = kMaxObjectTags) {
  if (auto wrong = check_tag(key, value)) return wrong;
  if (!is_tag_text(key)) return wrong_key();
  if (!is_tag_text(value)) return wrong_value();
  if (!tags.emplace(std::move(key), std::move(value)).second) {
    return invalid_tag("Cannot provide multiple Tags with the same key");
  }
  if (tags.size() > most) {
    const std::string whose = most == kMaxObjectTags ? "Object" : "Bucket";
    return aws::WireError{400, "BadRequest", whose + " tags cannot be greater than " + std::to_string(most)};
  }
  return std::nullopt;
}

}  // namespace

std::optional<aws::WireError> check_tag(std::string_view key, std::string_view value) {
  if (key.empty() || characters(key) > kMaxTagKey) return wrong_key();
  if (characters(value) > kMaxTagValue) return wrong_value();
  if (key.starts_with("aws:")) return invalid_tag("System tags cannot be added/updated by requester");
  return std::nullopt;
}

std::expected<store::StringMap, aws::WireError> parse_tag_header(std::string_view text) {
  store::StringMap tags;
  while (!text.empty()) {
    const std::size_t end = text.find('&');
    const std::string_view pair = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    const auto key = percent_decode(pair.substr(0, equals), true);
    const auto value = equals == std::string_view::npos ? std::optional<std::string>("")
                                                        : percent_decode(pair.substr(equals + 1), true);
    if (!key || !value || !valid_utf8(*key) || !valid_utf8(*value)) {
      return std::unexpected(aws::s3::invalid_argument(
          "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name "
          "duplicates.",
          "x-amz-tagging", pair));
    }
    if (auto error = add_tag(tags, *key, *value)) return std::unexpected(*error);
  }
  return tags;
}

std::expected<store::StringMap, aws::WireError> parse_tag_xml(ByteView xml, std::size_t most) {
  static constexpr ElementRule kRules[] = {{"Tagging", "TagSet"}, {"TagSet", "Tag*"}, {"Tag", "Key Value"}};
  const auto document = load_root(xml, kRules);
  if (!document) return std::unexpected(document.error());
  const pugi::xml_node set = document->document_element().child("TagSet");
  if (!set) return std::unexpected(aws::s3::malformed_xml());
  return read_tags(set, most);
}

std::expected<store::StringMap, aws::WireError> read_tags(const pugi::xml_node& set, std::size_t most) {
  store::StringMap tags;
  for (const pugi::xml_node tag : set.children("Tag")) {
    if (!tag.child("Key") || !tag.child("Value")) return std::unexpected(aws::s3::malformed_xml());
    if (auto error = add_tag(tags, tag.child_value("Key"), tag.child_value("Value"), most))
      return std::unexpected(*error);
  }
  return tags;
}

std::string write_tag_xml(const store::StringMap& tags) {
  Xml xml("Tagging");
  xml.open("TagSet");
  for (const auto& [key, value] : tags) xml.open("Tag").text("Key", key).text("Value", value).close("Tag");
  return xml.close("TagSet").finish();
}

OperationResult get_object_tagging(Backend& backend, const Request& request, const Bytes&) {
  const auto object = backend.objects.head(request.bucket, request.key);
  if (!object) return std::unexpected(store_error(request, object.error()));
  if (auto denied = permit_as_found(request, *object)) return std::unexpected(*denied);
  return xml_response(*request.context, write_tag_xml(object->tags));
}

OperationResult put_object_tagging(Backend& backend, const Request& request, const Bytes& body) {
  const auto tags = parse_tag_xml(body);
  if (!tags) return std::unexpected(tags.error());
  if (auto denied = permit_tagging(request, *tags)) return std::unexpected(*denied);
  const Status set_tags = backend.objects.set_tags(request.bucket, request.key, "", *tags, requester(*request.context));
  if (!set_tags) return std::unexpected(store_error(request, set_tags.error()));
  return empty_response(*request.context, 200);
}

OperationResult delete_object_tagging(Backend& backend, const Request& request, const Bytes&) {
  const Status cleared = backend.objects.delete_tags(request.bucket, request.key, requester(*request.context));
  if (!cleared) return std::unexpected(store_error(request, cleared.error()));
  return empty_response(*request.context, 204);
}

}  // namespace eyrie::api::s3

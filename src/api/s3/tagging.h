// Object tags: as query text (x-amz-tagging), as XML, and their operations. At most 10, keys to 128 characters, values to 256, of letters, digits, spaces and + - = . _ : / @.
#pragma once

#include <pugixml.hpp>

#include "api/s3/service.h"

namespace eyrie::api::s3 {

inline constexpr std::size_t kMaxObjectTags = 10;
inline constexpr std::size_t kMaxBucketTags = 50;

// "a=1&b=2", form-encoded.
std::expected<store::StringMap, aws::WireError> parse_tag_header(std::string_view text);

// InvalidTag where key or value is too long, or the key is reserved.
std::optional<aws::WireError> check_tag(std::string_view key, std::string_view value);

// <Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>; at most `most` tags.
std::expected<store::StringMap, aws::WireError> parse_tag_xml(ByteView xml, std::size_t most = kMaxObjectTags);
// The <Tag>s of an element.
std::expected<store::StringMap, aws::WireError> read_tags(const pugi::xml_node& set, std::size_t most);
// The same, written.
std::string write_tag_xml(const store::StringMap& tags);

OperationResult get_object_tagging(Backend& backend, const Request& request, const Bytes& body);
OperationResult put_object_tagging(Backend& backend, const Request& request, const Bytes& body);
OperationResult delete_object_tagging(Backend& backend, const Request& request, const Bytes& body);

}  // namespace eyrie::api::s3

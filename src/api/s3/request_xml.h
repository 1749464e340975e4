// XML in requests' bodies, as strict as S3: a document that its schema does not describe is refused as a whole. A filter that is misspelt would
// otherwise be none, and its rule would be about every object.
//
//   constexpr ElementRule kTagging[] = {{"Tagging", "TagSet"}, {"TagSet", "Tag*"}, {"Tag", "Key Value"}};
//   const auto document = load_root(body, kTagging);
//   if (!document) return std::unexpected(document.error());
//   for (const pugi::xml_node tag : document->document_element().child("TagSet").children("Tag")) ...
//
// Refused: what is not well-formed, another root, elements that are unknown there or come too often, text where elements are due and the
// other way round, attributes but S3's namespace and those of XMLSchema-instance, document types, text that is not UTF-8.
// Bounded: 100,000 elements, as deep as the schema goes. How many bytes come is the caller's to bound.
// Source: S3 API reference, 2006-03-01; XML 1.0. Thread-safe: pure function.
#pragma once

#include <expected>
#include <pugixml.hpp>
#include <span>
#include <string_view>

#include "aws/wire_error.h"
#include "base/bytes.h"

namespace eyrie::api::s3 {

// What may stand in an element: names separated by spaces, each once, one that ends with '*' any number of times. Elements that no rule is for hold
// text alone.
struct ElementRule {
  std::string_view element;
  std::string_view children;
};
// An element that holds whatever it likes.
inline constexpr std::string_view kUnchecked = "...";

// The first rule is the root's; an element has the same rule wherever it stands. MalformedXML, or the document. The text of an element is whole in its
// child_value(), whether it came as text, as CDATA or with comments within.
std::expected<pugi::xml_document, aws::WireError> load_root(ByteView body, std::span<const ElementRule> rules);

}  // namespace eyrie::api::s3

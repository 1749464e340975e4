// Whether all of an element's child elements are known. What S3's schema does not know is refused, as AWS does: a filter that is misspelt would otherwise
// be none, and its rule would be about every object.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <pugixml.hpp>
#include <string_view>

namespace eyrie::api::s3 {

inline bool has_only(pugi::xml_node element, std::initializer_list<std::string_view> names) {
  return std::ranges::all_of(element.children(), [&](const pugi::xml_node& child) {
    return child.type() != pugi::node_element || std::ranges::find(names, std::string_view(child.name())) != names.end();
  });
}

}  // namespace eyrie::api::s3

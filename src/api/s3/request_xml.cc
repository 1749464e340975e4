#include "api/s3/request_xml.h"

#include <algorithm>
#include <string>

#include "base/encoding.h"

namespace eyrie::api::s3 {
namespace {

// CompleteMultipartUpload names 10,000 parts by three elements each.
constexpr std::ptrdiff_t kMaxElements = 100'000;
// The second is that of S3's older documents, which are still copied.
constexpr std::string_view kNamespaces[] = {"http://s3.amazonaws.com/doc/2006-03-01/", "http://doc.s3.amazonaws.com/2006-03-01"};
constexpr std::string_view kInstanceNamespace = "http://www.w3.org/2001/XMLSchema-instance";

enum class Occurs { kNever, kOnce, kOften };

Occurs occurrence(std::string_view children, std::string_view name) {
  while (!children.empty()) {
    const std::string_view one = children.substr(0, children.find(' '));
    children.remove_prefix(std::min(one.size() + 1, children.size()));
    if (one == name) return Occurs::kOnce;
    if (one.ends_with('*') && one.substr(0, one.size() - 1) == name) return Occurs::kOften;
  }
  return Occurs::kNever;
}

bool is_text(const pugi::xml_node& node) { return node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata; }

bool is_space(const pugi::xml_node& node) {
  return node.type() == pugi::node_pcdata && std::string_view(node.value()).find_first_not_of(" \t\r\n") == std::string_view::npos;
}

bool has_known_attributes(const pugi::xml_node& element) {
  return std::ranges::all_of(element.attributes(), [](const pugi::xml_attribute& attribute) {
    const std::string_view name = attribute.name(), value = attribute.value();
    if (name == "xmlns") return std::ranges::find(kNamespaces, value) != std::end(kNamespaces);
    // Clients choose their own prefix for it.
    if (name.starts_with("xmlns:")) return value == kInstanceNamespace;
    return name.ends_with(":type") || name.ends_with(":schemaLocation");
  });
}

// Joins what comments and CDATA have split.
bool check_text(pugi::xml_node element) {
  std::string text;
  std::size_t pieces = 0;
  for (const pugi::xml_node& child : element.children()) {
    if (!is_text(child)) return false;
    text += child.value();
    ++pieces;
  }
  if (pieces > 1) {
    element.remove_children();
    element.append_child(pugi::node_pcdata).set_value(text.c_str());
  }
  return valid_utf8(text);
}

// As deep as the rules go: an element without one ends it.
bool check_element(pugi::xml_node element, std::span<const ElementRule> rules);

bool check_children(const pugi::xml_node& parent, std::string_view allowed, std::span<const ElementRule> rules) {
  for (const pugi::xml_node& child : parent.children()) {
    if (is_space(child)) continue;
    if (child.type() != pugi::node_element) return false;
    const Occurs occurs = occurrence(allowed, child.name());
    if (occurs == Occurs::kNever || (occurs == Occurs::kOnce && parent.child(child.name()) != child)) return false;
    if (!check_element(child, rules)) return false;
  }
  return true;
}

bool check_element(pugi::xml_node element, std::span<const ElementRule> rules) {
  if (!has_known_attributes(element)) return false;
  const auto rule = std::ranges::find(rules, std::string_view(element.name()), &ElementRule::element);
  if (rule == rules.end()) return check_text(element);
  return rule->children == kUnchecked || check_children(element, rule->children, rules);
}

}  // namespace

std::expected<pugi::xml_document, aws::WireError> load_root(ByteView body, std::span<const ElementRule> rules) {
  // Fragments too, so that what stands beside the root is seen; space alone is kept, since it may be a key.
  constexpr unsigned kFlags = pugi::parse_minimal | pugi::parse_escapes | pugi::parse_eol | pugi::parse_cdata | pugi::parse_ws_pcdata |
                              pugi::parse_fragment | pugi::parse_doctype;
  const auto malformed = [] { return std::unexpected(aws::s3::malformed_xml()); };
  // Each end counts too.
  if (std::ranges::count(body, static_cast<std::uint8_t>('<')) > 2 * kMaxElements) return malformed();
  pugi::xml_document document;
  if (!document.load_buffer(body.data(), body.size(), kFlags)) return malformed();
  const bool sound = document.document_element() && check_children(document, rules.front().element, rules);
  if (!sound) return malformed();
  return document;
}

}  // namespace eyrie::api::s3

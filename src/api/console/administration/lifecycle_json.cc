#include "api/console/administration/lifecycle_json.h"

#include <algorithm>
#include <pugixml.hpp>
#include <sstream>

#include "base/encoding.h"

namespace eyrie::api::console {
namespace {

// What SDKs call a list, and each of its elements in the XML.
struct List {
  std::string_view list, element;
};
constexpr List kLists[] = {{"Rules", "Rule"}, {"Transitions", "Transition"}, {"NoncurrentVersionTransitions", "NoncurrentVersionTransition"}, {"Tags", "Tag"}};
constexpr std::string_view kNumbers[] = {"Days", "DaysAfterInitiation", "NoncurrentDays", "NewerNoncurrentVersions", "ObjectSizeGreaterThan", "ObjectSizeLessThan"};
constexpr std::size_t kMaxRuleName = 64;

std::unexpected<Error> wrong(std::string_view name, const char* what) {
  return fail(Code::kInvalidArgument, std::string(name.substr(0, kMaxRuleName)) + " " + what);
}

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= kMaxRuleName && std::ranges::all_of(name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); });
}

Status add(pugi::xml_node into, std::string_view name, const json::value& value);

// parse_json() has bounded the depth.
Status add_members(pugi::xml_node into, const json::object& object) {
  for (const auto& member : object) EYRIE_CHECK_OK(add(into, member.key(), member.value()));
  return {};
}

Status add_list(pugi::xml_node into, const List& list, const json::value& value) {
  if (!value.is_array()) return wrong(list.list, "is no list.");
  for (const json::value& element : value.get_array()) {
    if (!element.is_object()) return wrong(list.list, "has an element that is no object.");
    EYRIE_CHECK_OK(add_members(into.append_child(std::string(list.element).c_str()), element.get_object()));
  }
  return {};
}

Status add(pugi::xml_node into, std::string_view name, const json::value& value) {
  if (!is_name(name)) return wrong(name, "is no member of a lifecycle configuration.");
  if (const auto list = std::ranges::find(kLists, name, &List::list); list != std::end(kLists)) return add_list(into, *list, value);
  pugi::xml_node node = into.append_child(std::string(name).c_str());
  if (value.is_object()) return add_members(node, value.get_object());
  if (value.is_string()) {
    const std::string text(value.get_string());
    if (!is_xml_text(text)) return wrong(name, "has a character that no XML can hold.");
    node.text().set(text.c_str());
    return {};
  }
  if (value.is_number() || value.is_bool()) {
    node.text().set(write_json(value).c_str());
    return {};
  }
  return wrong(name, "is neither a text, a number, true, false nor an object.");
}

json::value value_of(pugi::xml_node node);

json::object members_of(pugi::xml_node node) {
  json::object object;
  for (const pugi::xml_node child : node.children()) {
    if (child.type() != pugi::node_element) continue;
    const std::string_view name = child.name();
    const auto list = std::ranges::find(kLists, name, &List::element);
    // A filter's one tag is no list.
    const bool alone = list != std::end(kLists) && name == "Tag" && std::string_view(node.name()) == "Filter";
    if (list == std::end(kLists) || alone) {
      object[name] = value_of(child);
      continue;
    }
    json::value& elements = object[list->list];
    if (!elements.is_array()) elements = json::array();
    elements.get_array().push_back(members_of(child));
  }
  return object;
}

json::value value_of(pugi::xml_node node) {
  const std::string_view name = node.name();
  const bool has_elements = std::ranges::any_of(node.children(), [](const pugi::xml_node& child) { return child.type() == pugi::node_element; });
  if (has_elements || name == "Filter") return members_of(node);
  const std::string text = node.child_value();
  if (std::ranges::find(kNumbers, name) != std::end(kNumbers)) {
    if (const auto number = whole_number<std::int64_t>(text)) return *number;
  }
  if (name == "ExpiredObjectDeleteMarker") return text == "true";
  return json::string(text);
}

}  // namespace

Result<std::string> lifecycle_xml_of(std::string_view text) {
  EYRIE_TRY(const json::value parsed, parse_json(text));
  if (!parsed.is_object()) return fail(Code::kInvalidArgument, "A lifecycle configuration is a JSON object: {\"Rules\": [...]}.");
  pugi::xml_document document;
  EYRIE_CHECK_OK(add_members(document.append_child("LifecycleConfiguration"), parsed.get_object()));
  std::ostringstream out;
  document.save(out, "", pugi::format_raw | pugi::format_no_declaration);
  return out.str();
}

json::object lifecycle_json_of(std::string_view xml) {
  pugi::xml_document document;
  if (!document.load_buffer(xml.data(), xml.size(), pugi::parse_minimal | pugi::parse_escapes | pugi::parse_ws_pcdata)) return {};
  return members_of(document.child("LifecycleConfiguration"));
}

}  // namespace eyrie::api::console

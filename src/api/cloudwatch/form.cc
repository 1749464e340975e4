#include "api/cloudwatch/form.h"

#include "api/cloudwatch/cbor.h"
#include "api/common/form_tree.h"
#include "base/time/clock.h"

namespace eyrie::api::cloudwatch {
namespace {

constexpr int kDeepest = 16;
constexpr std::string_view kMember = "member";

json::value value_of(const FormTree& node) {
  if (const FormTree* list = node.find(kMember)) {
    json::array made;
    for (const FormTree* entry : list->entries()) made.push_back(value_of(*entry));
    return made;
  }
  if (node.below.empty()) return json::value(node.value.value_or(""));
  json::object made;
  for (const auto& [name, below] : node.below) made[name] = value_of(below);
  return made;
}

// Without fractions, as the query protocol's answers have always been.
std::string time_text(double seconds) {
  return format_iso8601(static_cast<std::int64_t>(seconds) * 1000).substr(0, 19) + "Z";
}

void write_value(std::string_view name, const json::value& value, bool time, XmlWriter& xml) {
  if (value.is_null()) return;
  if (const auto* text = value.if_string()) {
    xml.text(name, *text);
  } else if (const auto* list = value.if_array()) {
    xml.open(name);
    for (const json::value& one : *list) write_value(kMember, one, time, xml);
    xml.close(name);
  } else if (const auto* object = value.if_object()) {
    xml.open(name);
    if (name == "ExtendedStatistics") {
      for (const auto& [key, one] : *object) xml.open("entry").text("key", key).text("value", write_json(one)).close("entry");
    } else {
      write_answer(*object, xml);
    }
    xml.close(name);
  } else {
    xml.text(name, time ? time_text(value.to_number<double>()) : write_json(value));
  }
}

}  // namespace

JsonResult object_of_form(const Parameters& parameters) {
  const auto tree = form_tree(parameters, kDeepest);
  if (!tree) return std::unexpected(aws::WireError{400, "MalformedInput", "A parameter's name has too many parts."});
  json::value made = value_of(*tree);
  return made.is_object() ? std::move(made.get_object()) : json::object();
}

void write_answer(const json::object& answer, XmlWriter& xml) {
  for (const auto& [name, value] : answer) write_value(name, value, is_time_member(name), xml);
}

}  // namespace eyrie::api::cloudwatch

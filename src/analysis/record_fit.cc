#include "analysis/record_fit.h"

#include <algorithm>

#include "analysis/record_findings.h"
#include "store/items/item_rules.h"

namespace eyrie::analysis {
namespace {

constexpr const char* kLists[] = {"Labels", "FaceData", "Text", "ModerationLabels"};

json::array* list_in(json::object& attributes, std::string_view name) {
  json::value* attribute = attributes.if_contains(name);
  return attribute == nullptr ? nullptr : &attribute->at("L").as_array();
}

json::array& instances_of(json::value& label) { return *list_in(label.at("M").as_object(), "Instances"); }

std::uint64_t bytes_of(const json::array& list) { return store::item_bytes({{"", json::object{{"L", list}}}}); }

json::array* heaviest_list(store::Item& record) {
  json::array* heaviest = nullptr;
  std::uint64_t most = 0;
  for (const char* name : kLists) {
    json::array* list = list_in(record, name);
    if (list == nullptr || list->empty()) continue;
    const std::uint64_t bytes = bytes_of(*list);
    if (bytes <= most) continue;
    most = bytes;
    heaviest = list;
  }
  return heaviest;
}

// Halves the longest lists of instances; false where no label has more than one.
bool halve_instances(json::array& labels) {
  std::size_t longest = 0;
  for (json::value& label : labels) longest = std::max(longest, instances_of(label).size());
  if (longest < 2) return false;
  for (json::value& label : labels) {
    json::array& instances = instances_of(label);
    instances.resize(std::min(instances.size(), longest / 2));
  }
  return true;
}

}  // namespace

void fit_record(store::Item& record, std::uint64_t most) {
  while (store::item_bytes(record) > most) {
    json::array* list = heaviest_list(record);
    if (list == nullptr) return;
    if (list == list_in(record, "Labels") && halve_instances(*list)) continue;
    list->resize(list->size() - std::max<std::size_t>(1, list->size() / 8));
  }
}

void note_truncation(store::Item& record, const vision::Recognition& seen) {
  json::object truncated;
  auto note = [&](const char* name, std::size_t kept, std::size_t found) {
    if (kept < found) truncated[name] = number_value(static_cast<std::int64_t>(found));
  };
  if (json::array* labels = list_in(record, "Labels"); labels != nullptr && seen.labels) {
    std::size_t kept = 0, found = 0;
    for (json::value& label : *labels) kept += instances_of(label).size();
    for (const vision::Label& label : *seen.labels) found += label.instances.size();
    note("Labels", labels->size(), seen.labels->size());
    note("Instances", kept, found);
  }
  if (const json::array* faces = list_in(record, "FaceData"); faces != nullptr && seen.faces) {
    note("FaceData", faces->size(), seen.faces->size());
  }
  if (const json::array* lines = list_in(record, "Text"); lines != nullptr && seen.text) {
    const auto found = std::ranges::count(*seen.text, vision::TextType::kLine, &vision::TextDetection::type);
    note("Text", lines->size(), static_cast<std::size_t>(found));
  }
  if (const json::array* labels = list_in(record, "ModerationLabels"); labels != nullptr && seen.moderation) {
    note("ModerationLabels", labels->size(), seen.moderation->labels.size());
  }
  if (!truncated.empty()) record["Truncated"] = json::object{{"M", std::move(truncated)}};
}

}  // namespace eyrie::analysis

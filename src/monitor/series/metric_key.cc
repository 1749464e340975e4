#include "monitor/series/metric_key.h"

#include "base/json.h"

namespace eyrie::monitor {

std::string write_dimensions(const Dimensions& dimensions) {
  json::array pairs;
  for (const auto& [name, value] : dimensions) pairs.push_back(json::array{name, value});
  return write_json(pairs);
}

Result<Dimensions> read_dimensions(const std::string& text) {
  const auto corrupt = [&] { return fail(Code::kCorrupt, "metrics: these are no dimensions: " + text.substr(0, 256)); };
  const auto parsed = parse_json(text);
  if (!parsed || !parsed->is_array()) return corrupt();
  Dimensions dimensions;
  for (const json::value& pair : parsed->get_array()) {
    const json::array* both = pair.if_array();
    if (both == nullptr || both->size() != 2 || !both->front().is_string() || !both->back().is_string()) return corrupt();
    dimensions.emplace(both->front().get_string(), both->back().get_string());
  }
  return dimensions;
}

}  // namespace eyrie::monitor

// What a metric is called, as CloudWatch calls it: a namespace, a name and dimensions. Plain values.
#pragma once

#include <compare>
#include <map>
#include <string>

#include "base/result.h"

namespace eyrie::monitor {

using Dimensions = std::map<std::string, std::string>;

struct MetricKey {
  std::string name_space;  // "AWS/Lambda"
  std::string name;        // "Invocations"
  Dimensions dimensions = {};

  auto operator<=>(const MetricKey&) const = default;
};

// Values of one metric in different units are told apart.
struct SeriesKey {
  MetricKey metric;
  std::string unit = "None";  // one of CloudWatch's

  auto operator<=>(const SeriesKey&) const = default;
};

// Dimensions as one text, and back: [["FunctionName","resize"]], by name. kCorrupt.
std::string write_dimensions(const Dimensions& dimensions);
Result<Dimensions> read_dimensions(const std::string& text);

}  // namespace eyrie::monitor

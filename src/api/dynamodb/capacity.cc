#include "api/dynamodb/capacity.h"

#include <algorithm>

namespace eyrie::api::dynamodb {
namespace {

double blocks(std::uint64_t bytes, std::uint64_t size) {
  return static_cast<double>(std::max<std::uint64_t>(1, (bytes + size - 1) / size));
}

}  // namespace

Wire<Capacity> Capacity::read(const json::object& request) {
  EYRIE_TRY(const auto asked, enum_member(request, "ReturnConsumedCapacity", {"INDEXES", "TOTAL", "NONE"}));
  Capacity capacity;
  capacity.wanted_ = asked && *asked != "NONE";
  capacity.by_index_ = asked == "INDEXES";
  return capacity;
}

double Capacity::read_units(std::uint64_t bytes, bool consistent) {
  return blocks(bytes, 4096) * (consistent ? 1 : 0.5);
}

double Capacity::write_units(std::uint64_t bytes) {
  return blocks(bytes, 1024);
}

void Capacity::report_tables(json::object& answer, const Units& units) const {
  if (!wanted_) return;
  json::array all;
  for (const auto& [table, sum] : units) all.push_back(consumed(table, sum));
  answer["ConsumedCapacity"] = std::move(all);
}

void Capacity::report_read(json::object& answer, const std::string& table, std::uint64_t bytes,
                           bool consistent) const {
  if (wanted_) answer["ConsumedCapacity"] = consumed(table, read_units(bytes, consistent));
}

void Capacity::report_write(json::object& answer, const std::string& table, std::uint64_t bytes) const {
  if (wanted_) answer["ConsumedCapacity"] = consumed(table, write_units(bytes));
}

json::object Capacity::consumed(const std::string& table, double units) const {
  json::object consumed{{"TableName", table}, {"CapacityUnits", units}};
  if (by_index_) consumed["Table"] = json::object{{"CapacityUnits", units}};
  return consumed;
}

}  // namespace eyrie::api::dynamodb

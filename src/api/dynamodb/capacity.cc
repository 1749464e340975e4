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

void Capacity::report_read(json::object& answer, const std::string& table, std::uint64_t bytes,
                           bool consistent) const {
  report(answer, table, blocks(bytes, 4096) * (consistent ? 1 : 0.5));
}

void Capacity::report_write(json::object& answer, const std::string& table, std::uint64_t bytes) const {
  report(answer, table, blocks(bytes, 1024));
}

void Capacity::report(json::object& answer, const std::string& table, double units) const {
  if (!wanted_) return;
  json::object consumed{{"TableName", table}, {"CapacityUnits", units}};
  if (by_index_) consumed["Table"] = json::object{{"CapacityUnits", units}};
  answer["ConsumedCapacity"] = std::move(consumed);
}

}  // namespace eyrie::api::dynamodb

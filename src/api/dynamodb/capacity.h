// ReturnConsumedCapacity: what a request would have cost. Source: DynamoDB developer guide, "Read and write
// capacity". Thread-safe: plain values.
#pragma once

#include "api/dynamodb/members.h"

namespace eyrie::api::dynamodb {

class Capacity {
 public:
  static Wire<Capacity> read(const json::object& request);

  // Units of 4 KB read, half of it where not strongly consistent.
  void report_read(json::object& answer, const std::string& table, std::uint64_t bytes,
                   bool consistent) const;
  // Units of 1 KB written.
  void report_write(json::object& answer, const std::string& table, std::uint64_t bytes) const;

 private:
  void report(json::object& answer, const std::string& table, double units) const;

  bool wanted_ = false;
  bool by_index_ = false;
};

}  // namespace eyrie::api::dynamodb

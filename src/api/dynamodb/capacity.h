// ReturnConsumedCapacity: what a request would have cost. Source: DynamoDB developer guide, "Read and write
// capacity". Thread-safe: plain values.
#pragma once

#include <map>
#include <string>

#include "api/dynamodb/members.h"

namespace eyrie::api::dynamodb {

class Capacity {
 public:
  static Wire<Capacity> read(const json::object& request);

  // Of requests that name several tables, by table.
  using Units = std::map<std::string, double>;
  static double read_units(std::uint64_t bytes, bool consistent);
  static double write_units(std::uint64_t bytes);
  void report_tables(json::object& answer, const Units& units) const;

  // Units of 4 KB read, half of it where not strongly consistent.
  void report_read(json::object& answer, const std::string& table, std::uint64_t bytes,
                   bool consistent) const;
  // Units of 1 KB written.
  void report_write(json::object& answer, const std::string& table, std::uint64_t bytes) const;

 private:
  json::object consumed(const std::string& table, double units) const;

  bool wanted_ = false;
  bool by_index_ = false;
};

}  // namespace eyrie::api::dynamodb

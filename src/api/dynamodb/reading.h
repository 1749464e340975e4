// What Query and Scan have in common: filters, projections, pages, counts. Thread-safe: one request's.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>

#include "api/common/json_service.h"
#include "api/dynamodb/capacity.h"
#include "api/dynamodb/expressions/expression.h"
#include "api/dynamodb/expressions/projection.h"

namespace eyrie::api::dynamodb {

struct Reading {
  std::string table;
  store::PageOptions page;
  bool count_only = false;
  bool consistent = false;
  Capacity capacity;
  Placeholders placeholders;
  std::optional<Expression> filter;  // borrows from placeholders
  std::optional<Projection> projection;
};

// Reads the members that both have. `key_expression` is Query's, which uses the placeholders too; the caller
// parses it and then calls placeholders.check_all_used().
Wire<void> read_reading(const json::object& request, bool has_key_expression, Reading& reading);

// The answer for one page. Items that `belongs` refuses are not counted at all (Scan's segments).
json::object page_answer(const Reading& reading, const store::Page& page,
                         const std::function<bool(const store::Item&)>& belongs = {});

}  // namespace eyrie::api::dynamodb

// A document path: `a.b[2].#c`, resolved. The first part is always a name. Thread-safe: plain values.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "store/item_table.h"

namespace eyrie::api::dynamodb {

struct PathPart {
  std::string name;       // of a map's member; empty for an index
  std::size_t index = 0;  // into a list
  bool is_index = false;
  bool operator==(const PathPart&) const = default;
};
using DocumentPath = std::vector<PathPart>;

// "[a, b, [2]]", as DynamoDB writes paths in its errors.
std::string describe(const DocumentPath& path);

// The attribute value there, or nullptr.
const json::value* resolve(const DocumentPath& path, const store::Item& item);

}  // namespace eyrie::api::dynamodb

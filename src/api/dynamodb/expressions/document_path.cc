#include "api/dynamodb/expressions/document_path.h"

namespace eyrie::api::dynamodb {

std::string describe(const DocumentPath& path) {
  std::string text = "[";
  for (const PathPart& part : path) {
    if (text.size() > 1) text += ", ";
    text += part.is_index ? "[" + std::to_string(part.index) + "]" : part.name;
  }
  return text + "]";
}

const json::value* resolve(const DocumentPath& path, const store::Item& item) {
  const json::value* at = item.if_contains(path.front().name);
  for (std::size_t i = 1; i < path.size() && at != nullptr; ++i) {
    const PathPart& part = path[i];
    const json::value* inner = find(*at, part.is_index ? "L" : "M");
    if (inner == nullptr) return nullptr;
    if (part.is_index) {
      const json::array* list = inner->if_array();
      at = list == nullptr || part.index >= list->size() ? nullptr : &(*list)[part.index];
    } else {
      at = find(*inner, part.name);
    }
  }
  return at;
}

}  // namespace eyrie::api::dynamodb

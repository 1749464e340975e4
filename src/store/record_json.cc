#include "store/record_json.h"

#include <utility>

namespace eyrie::store {

std::unexpected<Error> corrupt(const Record& record, std::string_view what) {
  return fail(Code::kCorrupt, "the stored " + std::string(what) + " " + record.name + " is not what Eyrie writes");
}

Result<json::object> object_of(const Record& record, std::string_view what) {
  auto value = parse_json(record.value);
  if (!value || !value->is_object()) return corrupt(record, what);
  return std::move(value->get_object());
}

}  // namespace eyrie::store

#include "api/sqs/batch.h"

#include <algorithm>
#include <set>

namespace eyrie::api::sqs {
namespace {

constexpr std::size_t kMaxEntries = 10;
constexpr std::size_t kMaxId = 80;

bool sound_id(std::string_view id) {
  return !id.empty() && id.size() <= kMaxId &&
         std::ranges::all_of(id, [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_'; });
}

}  // namespace

Wire<std::vector<BatchEntry>> batch_entries(const json::object& request, std::string_view entry) {
  const json::value* value = request.if_contains("Entries");
  const json::array* list = value == nullptr ? nullptr : value->if_array();
  if (value != nullptr && !value->is_null() && list == nullptr) return refuse("SerializationException", "The member Entries is of another type.");
  if (list == nullptr || list->empty()) return refuse("EmptyBatchRequest", "There should be at least one " + std::string(entry) + " in the request.");
  if (list->size() > kMaxEntries) {
    return refuse("TooManyEntriesInBatchRequest",
                  "Maximum number of entries per request are 10. You have sent " + std::to_string(list->size()) + ".");
  }
  std::vector<BatchEntry> entries;
  std::set<std::string> ids;
  for (const json::value& one : *list) {
    if (!one.is_object()) return refuse("SerializationException", "The member Entries is of another type.");
    EYRIE_TRY(const std::string id, required_text(one.get_object(), "Id"));
    if (!sound_id(id)) {
      return refuse("InvalidBatchEntryId",
                    "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.");
    }
    if (!ids.insert(id).second) return refuse("BatchEntryIdsNotDistinct", "Id " + id + " repeated.");
    entries.push_back({.id = id, .members = &one.get_object()});
  }
  return entries;
}

void BatchAnswer::failed(const std::string& id, const aws::WireError& error) {
  failed_.push_back(json::object{{"Id", id}, {"SenderFault", error.status < 500}, {"Code", aws::sqs::query_code(error.code)}, {"Message", error.message}});
}

json::object BatchAnswer::finish() {
  return {{"Successful", std::move(successful_)}, {"Failed", std::move(failed_)}};
}

}  // namespace eyrie::api::sqs

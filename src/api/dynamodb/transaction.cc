#include "api/dynamodb/transaction.h"

namespace eyrie::api::dynamodb {

Wire<const json::array*> transact_items(const json::object& request) {
  constexpr std::string_view kMember = "TransactItems";
  constexpr std::size_t kMost = 100;
  EYRIE_TRY(const json::array* entries, array_member(request, kMember));
  if (entries == nullptr) return broken_constraint("null", kMember, "Member must not be null");
  if (entries->empty()) return broken_constraint("[]", kMember, "Member must have length greater than or equal to 1");
  if (entries->size() > kMost) return broken_constraint("[...]", kMember, "Member must have length less than or equal to 100");
  return entries;
}

}  // namespace eyrie::api::dynamodb

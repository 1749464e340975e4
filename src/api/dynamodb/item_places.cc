#include "api/dynamodb/item_places.h"

#include "store/items/item_rules.h"

namespace eyrie::api::dynamodb {

Wire<void> ItemPlaces::add(const std::string& table, const store::Item& item, Given given) {
  if (!tables_.contains(table)) {
    EYRIE_TRY(store::TableDescription description, wire(items_.describe(table)));
    tables_.emplace(table, std::move(description));
  }
  const store::TableDescription& description = tables_.at(table);
  EYRIE_TRY(store::EncodedKey key, wire(given == Given::kItem ? store::encode_key(description, item)
                                                              : store::encode_exact_key(description, item)));
  if (!seen_.emplace(table, std::move(key.partition), std::move(key.sort)).second) return invalid(twice_);
  return {};
}

}  // namespace eyrie::api::dynamodb

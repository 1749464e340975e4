// Which items a request of several names: no item twice. Thread safety: one request's.
#pragma once

#include <map>
#include <set>
#include <string>
#include <tuple>

#include "api/dynamodb/members.h"
#include "store/item_table.h"

namespace eyrie::api::dynamodb {

class ItemPlaces {
 public:
  enum class Given { kItem, kKey };

  // `twice`: what a request is refused with that names an item twice.
  ItemPlaces(store::ItemTable& items, std::string_view twice) : items_(items), twice_(twice) {}

  // Also refuses tables that are not there, and keys that do not fit.
  Wire<void> add(const std::string& table, const store::Item& item, Given given);

 private:
  store::ItemTable& items_;
  const std::string twice_;
  std::map<std::string, store::TableDescription> tables_;
  std::set<std::tuple<std::string, Bytes, Bytes>> seen_;  // table, partition key, sort key
};

}  // namespace eyrie::api::dynamodb

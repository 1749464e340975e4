// Update expressions: hostile text must be refused or applied, never worse; what comes of it is still an item.
#include <cstdlib>

#include "api/dynamodb/expressions/apply_update.h"
#include "store/items/item_rules.h"

using namespace eyrie;
using namespace eyrie::api::dynamodb;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const json::object request =
      parse_json(
          R"({"ExpressionAttributeNames": {"#n": "n", "#m": "m"}, "ExpressionAttributeValues": {":n": {"N": "1"}, ":s": {"S": "a"},
        ":l": {"L": [{"N": "1"}]}, ":b": {"B": "AA=="}, ":t": {"SS": ["a", "b"]}, ":u": {"NS": ["1", "2"]}, ":e": {"N": "9E125"}}})")
          ->as_object();
  static const store::Item item =
      parse_json(
          R"({"n": {"N": "1"}, "s": {"S": "abc"}, "l": {"L": [{"N": "1"}, {"L": []}, {"M": {}}]}, "m": {"M": {"b": {"B": "AAEC"}, "n": {"N": "-0.5"}}}, "t": {"SS": ["a"]}})")
          ->as_object();
  static const store::Item key = parse_json(R"({"p": {"S": "x"}})")->as_object();
  const std::string text(reinterpret_cast<const char*>(data), size);
  auto placeholders = Placeholders::read(request, true);
  const auto update = parse_update(text, *placeholders);
  if (!update || !check_leaves_key(*update, key)) return 0;
  for (const store::Item* current : {static_cast<const store::Item*>(nullptr), &item}) {
    auto made = apply_update(*update, current, key);
    if (made && *made && !store::normalize_item(**made)) std::abort();
  }
  return 0;
}

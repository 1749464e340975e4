// Expressions: hostile text must be refused or evaluated, never worse.
#include "api/dynamodb/expressions/evaluate.h"
#include "api/dynamodb/expressions/projection.h"

using namespace eyrie;
using namespace eyrie::api::dynamodb;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const json::object request =
      parse_json(
          R"({"ExpressionAttributeNames": {"#n": "n", "#m": "m"}, "ExpressionAttributeValues": {":n": {"N": "1"}, ":s": {"S": "a"},
        ":l": {"L": [{"N": "1"}]}, ":b": {"B": "AA=="}, ":t": {"S": "N"}}})")
          ->as_object();
  static const store::Item item =
      parse_json(
          R"({"n": {"N": "1"}, "s": {"S": "abc"}, "l": {"L": [{"N": "1"}]}, "m": {"M": {"b": {"B": "AAEC"}}}, "set": {"SS": ["a"]}})")
          ->as_object();
  const std::string text(reinterpret_cast<const char*>(data), size);
  auto placeholders = Placeholders::read(request, true);
  if (const auto expression = parse_expression("FilterExpression", text, *placeholders))
    (void)holds(*expression, item);
  if (const auto projection = Projection::parse(text, *placeholders)) (void)projection->apply(item);
  return 0;
}

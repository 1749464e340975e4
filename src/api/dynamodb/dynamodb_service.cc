#include "api/dynamodb/dynamodb_service.h"

#include "api/dynamodb/operations.h"
#include "api/dynamodb/permissions.h"

namespace eyrie::api::dynamodb {
namespace {

constexpr std::size_t kMaxBody = 16U << 20;
constexpr std::size_t kMaxValues = 1'000'000;

constexpr std::pair<const char*, JsonResult (*)(store::ItemTable&, const JsonCall&)> kOperations[] = {
    {"ListTables", list_tables},
    {"DescribeTable", describe_table},
    {"CreateTable", create_table},
    {"DeleteTable", delete_table},
    {"GetItem", get_item},
    {"PutItem", put_item},
    {"DeleteItem", delete_item},
    {"UpdateItem", update_item},
    {"BatchGetItem", batch_get_item},
    {"BatchWriteItem", batch_write_item},
    {"TransactGetItems", transact_get_items},
    {"TransactWriteItems", transact_write_items},
    {"Query", query},
    {"Scan", scan},
};

JsonServiceOptions service_options() {
  return {.name = "dynamodb",
          .target_prefix = "DynamoDB_20120810.",
          .content_type = "application/x-amz-json-1.0",
          .flavour = aws::JsonFlavour::kDynamoDb,
          .max_body = kMaxBody,
          .max_values = kMaxValues,
          .crc32_header = true,
          .needs = needs,
          .unknown_operation = aws::dynamodb::unknown_operation(),
          .too_large = {413, "RequestEntityTooLarge", "A request must be smaller than 16777216 bytes."},
          .busy = {503, "ServiceUnavailable", "No memory is left for this request now. Try again."},
          .serialization = aws::dynamodb::serialization("The request body is not a JSON object.")};
}

}  // namespace

DynamoDbService::DynamoDbService(store::ItemTable& items, const Door& door, net::MemoryBudget& budget)
    : JsonService(service_options(), door, budget) {
  for (const auto& [name, run] : kOperations) {
    add(name, [&items, run](const JsonCall& call) { return run(items, call); });
  }
}

}  // namespace eyrie::api::dynamodb

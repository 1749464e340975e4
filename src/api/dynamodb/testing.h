// For tests: DynamoDB's operations over a real table store, with the table `photos` (id: S, at: N).
#pragma once

#include <gmock/gmock.h>

#include <string>

#include "api/dynamodb/operations.h"
#include "store/testing.h"

namespace eyrie::api::dynamodb {

class OperationsTest : public store::testing::StoreTest {
 protected:
  using Operation = JsonResult (*)(store::ItemTable&, const JsonCall&);

  void SetUp() override {
    StoreTest::SetUp();
    ok(create_table, R"({"TableName": "photos", "BillingMode": "PAY_PER_REQUEST",
      "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "at", "KeyType": "RANGE"}],
      "AttributeDefinitions": [{"AttributeName": "at", "AttributeType": "N"}, {"AttributeName": "id", "AttributeType": "S"}]})");
  }

  JsonResult run(Operation operation, const std::string& request) {
    auto parsed = parse_json(request);
    EXPECT_TRUE(parsed) << request;
    error_members_.clear();
    return operation(items(), {parsed->as_object(), context_, error_members_});
  }
  json::object ok(Operation operation, const std::string& request) {
    const JsonResult result = run(operation, request);
    EXPECT_TRUE(result) << request << ": " << result.error().code << ": " << result.error().message;
    return result ? *result : json::object();
  }
  // "Code: message".
  std::string refused(Operation operation, const std::string& request) {
    const JsonResult result = run(operation, request);
    if (result) return "accepted: " + request;
    EXPECT_EQ(result.error().status, 400) << result.error().message;
    return result.error().code + ": " + result.error().message;
  }
  void put(const std::string& id, int at, const std::string& more = "") {
    ok(put_item, R"({"TableName":"photos","Item":{"id":{"S":")" + id + R"("},"at":{"N":")" +
                     std::to_string(at) + "\"}" + more + "}}");
  }
  std::string sorts(const json::object& answer) {
    std::string text;
    for (const json::value& item : answer.at("Items").as_array()) {
      text.append(text.empty() ? "" : " ").append(item.at("at").at("N").as_string().c_str());
    }
    return text;
  }
  std::string query_sorts(const std::string& condition, const std::string& values,
                          const std::string& more = "") {
    return sorts(ok(query, R"({"TableName":"photos","KeyConditionExpression":")" + condition +
                               R"(","ExpressionAttributeValues":{":p":{"S":"a"})" + values + "}" + more +
                               "}"));
  }

  Context context_;
  json::object error_members_;
};

}  // namespace eyrie::api::dynamodb

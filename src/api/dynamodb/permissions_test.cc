#include "api/dynamodb/permissions.h"

#include <gmock/gmock.h>

#include "base/json.h"

namespace eyrie::api::dynamodb {
namespace {

// "ACTION TABLE-OR-*" of each need.
std::vector<std::string> asked(const std::string& operation, const std::string& request) {
  const auto parsed = parse_json(request);
  EXPECT_TRUE(parsed) << request;
  constexpr std::string_view kTables = "arn:aws:dynamodb:us-east-1:000000000000:table/";
  std::vector<std::string> found;
  for (const Need& need : needs(operation, parsed->as_object())) {
    const bool table = need.resource.starts_with(kTables);
    found.push_back(need.action + " " + (table ? need.resource.substr(kTables.size()) : need.resource));
  }
  return found;
}

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

TEST(PermissionsTest, OneTable) {
  EXPECT_THAT(asked("GetItem", R"({"TableName":"photos"})"), ElementsAre("dynamodb:GetItem photos"));
  EXPECT_THAT(asked("Query", R"({"TableName":"photos","IndexName":"by-time"})"), ElementsAre("dynamodb:Query photos/index/by-time"));
  EXPECT_THAT(asked("ListTables", "{}"), ElementsAre("dynamodb:ListTables *"));
}

TEST(PermissionsTest, AnArnIsItsTableWhateverAccountItClaims) {
  for (const char* name : {"arn:aws:dynamodb:us-east-1:000000000000:table/photos", "arn:aws:dynamodb:eu-west-1:999999999999:table/photos"}) {
    const std::string arn = name;
    EXPECT_THAT(asked("Scan", R"({"TableName":")" + arn + "\"}"), ElementsAre("dynamodb:Scan photos"));
    EXPECT_THAT(asked("TagResource", R"({"ResourceArn":")" + arn + "\"}"), ElementsAre("dynamodb:TagResource photos"));
    EXPECT_THAT(asked("BatchGetItem", R"({"RequestItems":{")" + arn + "\":{}}}"), ElementsAre("dynamodb:BatchGetItem photos"));
  }
}

TEST(PermissionsTest, BatchesAndTransactionsNeedEachTable) {
  EXPECT_THAT(asked("BatchWriteItem", R"({"RequestItems":{"one":[],"two":[]}})"),
              UnorderedElementsAre("dynamodb:BatchWriteItem one", "dynamodb:BatchWriteItem two"));
  EXPECT_THAT(asked("TransactWriteItems", R"({"TransactItems":[{"Put":{"TableName":"one"}},{"ConditionCheck":{"TableName":"two"}},
                                              {"Delete":{"TableName":"one"}},{"Update":{"TableName":"two"}}]})"),
              ElementsAre("dynamodb:PutItem one", "dynamodb:ConditionCheckItem two", "dynamodb:DeleteItem one", "dynamodb:UpdateItem two"));
  EXPECT_THAT(asked("TransactGetItems", R"({"TransactItems":[{"Get":{"TableName":"one"}}]})"), ElementsAre("dynamodb:GetItem one"));
}

TEST(PermissionsTest, WhatIsMalformedStillNeedsSomething) {
  for (const char* request : {"{}", R"({"TableName":7})", R"({"RequestItems":[]})", R"({"TransactItems":[{"Put":7}]})", R"({"TransactItems":{}})"}) {
    EXPECT_THAT(asked("TransactWriteItems", request), ElementsAre("dynamodb:TransactWriteItems *")) << request;
  }
}

}  // namespace
}  // namespace eyrie::api::dynamodb

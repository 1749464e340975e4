// The operations over a real table store: what is answered, what is refused, what hostile requests get.
#include "api/dynamodb/operations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/dynamodb/testing.h"

namespace eyrie::api::dynamodb {
namespace {

using testing::HasSubstr;

TEST_F(OperationsTest, TablesAreDescribedAndListed) {
  const json::object described = ok(describe_table, R"({"TableName":"photos"})");
  const json::value& table = described.at("Table");
  EXPECT_EQ(table.at("TableStatus"), "ACTIVE");
  EXPECT_EQ(
      table.at("KeySchema"),
      *parse_json(R"([{"AttributeName":"id","KeyType":"HASH"},{"AttributeName":"at","KeyType":"RANGE"}])"));
  EXPECT_EQ(table.at("TableArn"), "arn:aws:dynamodb:us-east-1:000000000000:table/photos");
  EXPECT_EQ(ok(describe_table, R"({"TableName":"arn:aws:dynamodb:us-east-1:000000000000:table/photos"})"),
            described);

  for (const char* name : {"aaa", "zzz"}) {
    ok(create_table,
       R"({"TableName":")" + std::string(name) +
           R"(","KeySchema":[{"AttributeName":"p","KeyType":"HASH"}],"AttributeDefinitions":[{"AttributeName":"p","AttributeType":"B"}]})");
  }
  EXPECT_EQ(write_json(ok(list_tables, "{}")), R"({"TableNames":["aaa","photos","zzz"]})");
  EXPECT_EQ(write_json(ok(list_tables, R"({"Limit":2})")),
            R"({"TableNames":["aaa","photos"],"LastEvaluatedTableName":"photos"})");
  EXPECT_EQ(write_json(ok(list_tables, R"({"Limit":2,"ExclusiveStartTableName":"photos"})")),
            R"({"TableNames":["zzz"]})");
  EXPECT_EQ(write_json(ok(list_tables, R"({"ExclusiveStartTableName":"zzzz"})")), R"({"TableNames":[]})");
  EXPECT_THAT(refused(describe_table, R"({"TableName":"absent"})"),
              "ResourceNotFoundException: Requested resource not found: Table: absent not found");
}

TEST_F(OperationsTest, TablesThatCannotBeMade) {
  const std::string key = R"("KeySchema":[{"AttributeName":"p","KeyType":"HASH"}])";
  const std::string attribute = R"("AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"}])";
  EXPECT_THAT(refused(create_table, R"({"TableName":"photos",)" + key + "," + attribute + "}"),
              HasSubstr("ResourceInUseException: Table already exists"));
  EXPECT_THAT(refused(create_table, R"({"TableName":"new",)" + key + "}"),
              HasSubstr("not defined in AttributeDefinitions. Keys: [p]"));
  EXPECT_THAT(refused(create_table, R"({"TableName":"new",)" + attribute + "}"),
              HasSubstr("No hash key specified"));
  EXPECT_THAT(
      refused(create_table, R"({"TableName":"new",)" + key +
                                R"(,"AttributeDefinitions":[{"AttributeName":"p","AttributeType":"L"}]})"),
      HasSubstr("enum value set"));
  EXPECT_THAT(
      refused(create_table, R"({"TableName":"new","KeySchema":[{"AttributeName":"p","KeyType":"RANGE"}],)" +
                                attribute + "}"),
      HasSubstr("not a HASH key type"));
  EXPECT_THAT(
      refused(
          create_table,
          R"({"TableName":"new","KeySchema":[{"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"p","KeyType":"RANGE"}],)" +
              attribute + "}"),
      HasSubstr("same name"));
  EXPECT_THAT(
      refused(
          create_table,
          R"({"TableName":"new",)" + key +
              R"(,"AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"},{"AttributeName":"q","AttributeType":"S"}]})"),
      HasSubstr("does not exactly match"));
  EXPECT_THAT(refused(create_table,
                      R"({"TableName":"new",)" + key + "," + attribute + R"(,"GlobalSecondaryIndexes":[]})"),
              HasSubstr("GlobalSecondaryIndexes is not supported"));
}

TEST_F(OperationsTest, ItemsComeBack) {
  put("a", 1, R"(,"tags":{"L":[{"S":"x"}]},"v":{"N":"01.50"})");
  const std::string key = R"("Key":{"id":{"S":"a"},"at":{"N":"1.0"}})";
  EXPECT_EQ(ok(get_item, R"({"TableName":"photos",)" + key + "}").at("Item").at("v").at("N"), "1.5");
  EXPECT_EQ(
      write_json(ok(get_item, R"({"TableName":"photos","ProjectionExpression":"tags[0]",)" + key + "}")),
      R"({"Item":{"tags":{"L":[{"S":"x"}]}}})");
  EXPECT_EQ(write_json(ok(get_item, R"({"TableName":"photos","Key":{"id":{"S":"b"},"at":{"N":"1"}}})")),
            "{}");
  EXPECT_EQ(write_json(ok(get_item, R"({"TableName":"photos","ReturnConsumedCapacity":"TOTAL",)" + key + "}")
                           .at("ConsumedCapacity")),
            R"({"TableName":"photos","CapacityUnits":0.5})");
  EXPECT_EQ(ok(delete_item, R"({"TableName":"photos","ReturnValues":"ALL_OLD",)" + key + "}")
                .at("Attributes")
                .at("id")
                .at("S"),
            "a");
  EXPECT_EQ(write_json(ok(delete_item, R"({"TableName":"photos","ReturnValues":"ALL_OLD",)" + key + "}")),
            "{}");
}

TEST_F(OperationsTest, ConditionsGuardWrites) {
  const std::string item =
      R"({"TableName":"photos","Item":{"id":{"S":"a"},"at":{"N":"1"},"status":{"S":"PENDING"}})";
  const std::string once = R"j(,"ConditionExpression":"attribute_not_exists(id)")j";
  ok(put_item, item + once + "}");
  EXPECT_THAT(refused(put_item, item + once + "}"),
              "ConditionalCheckFailedException: The conditional request failed");
  EXPECT_TRUE(error_members_.empty());
  EXPECT_THAT(refused(put_item, item + once + R"(,"ReturnValuesOnConditionCheckFailure":"ALL_OLD"})"),
              HasSubstr("ConditionalCheckFailed"));
  EXPECT_EQ(error_members_.at("Item").at("status").at("S"), "PENDING");
  const std::string equals =
      R"(,"ConditionExpression":"#s = :v","ExpressionAttributeNames":{"#s":"status"},"ExpressionAttributeValues":{":v":{"S":)";
  EXPECT_THAT(refused(put_item, item + equals + R"("DONE"}}})"), HasSubstr("ConditionalCheckFailed"));
  EXPECT_EQ(ok(put_item, item + equals + R"("PENDING"}},"ReturnValues":"ALL_OLD"})")
                .at("Attributes")
                .at("status")
                .at("S"),
            "PENDING");
  EXPECT_THAT(refused(put_item, item + R"(,"ReturnValues":"ALL_NEW"})"),
              HasSubstr("ReturnValues can only be ALL_OLD or NONE"));
  EXPECT_THAT(refused(put_item, item + R"(,"Expected":{}})"),
              HasSubstr("Expected is not supported by Eyrie. Use ConditionExpression."));
  EXPECT_THAT(refused(put_item, item + once + R"(,"ExpressionAttributeValues":{":a":{"S":"x"}}})"),
              HasSubstr("unused in expressions: keys: {:a}"));
}

TEST_F(OperationsTest, QueriesReadRanges) {
  for (int at : {-20, -1, 0, 2, 10, 300})
    put("a", at, R"(,"even":{"BOOL":)" + std::string(at % 20 == 0 ? "true}" : "false}"));
  put("b", 1);
  const std::string zero = R"(,":x":{"N":"0"})", two = R"(,":x":{"N":"0"},":y":{"N":"1E1"})";
  EXPECT_EQ(query_sorts("id = :p", ""), "-20 -1 0 2 10 300");
  EXPECT_EQ(query_sorts("id = :p", "", R"(,"ScanIndexForward":false)"), "300 10 2 0 -1 -20");
  EXPECT_EQ(query_sorts("id = :p AND at = :x", zero), "0");
  EXPECT_EQ(query_sorts("at < :x AND id = :p", zero), "-20 -1");
  EXPECT_EQ(query_sorts(":p = id AND :x < at", zero), "2 10 300");
  EXPECT_EQ(query_sorts("id = :p AND at >= :x", zero), "0 2 10 300");
  EXPECT_EQ(query_sorts("(id = :p) AND (at BETWEEN :x AND :y)", two), "0 2 10");
  EXPECT_EQ(query_sorts("id = :p", R"(,":t":{"BOOL":true})", R"(,"FilterExpression":"even = :t")"),
            "-20 0 300");

  const json::object page = ok(
      query,
      R"({"TableName":"photos","KeyConditionExpression":"id = :p","ExpressionAttributeValues":{":p":{"S":"a"}},"Limit":2,"ScanIndexForward":false})");
  EXPECT_EQ(sorts(page), "300 10");
  EXPECT_EQ(write_json(page.at("LastEvaluatedKey")), R"({"id":{"S":"a"},"at":{"N":"10"}})");
  EXPECT_EQ(query_sorts("id = :p", "",
                        R"(,"ScanIndexForward":false,"Limit":2,"ExclusiveStartKey":)" +
                            write_json(page.at("LastEvaluatedKey"))),
            "2 0");
  const json::object counted = ok(
      query,
      R"({"TableName":"photos","KeyConditionExpression":"id = :p","ExpressionAttributeValues":{":p":{"S":"a"}},"Select":"COUNT"})");
  EXPECT_EQ(write_json(counted), R"({"Count":6,"ScannedCount":6})");
}

TEST_F(OperationsTest, KeyConditionsThatAreNone) {
  const std::pair<const char*, const char*> cases[] = {
      {"at = :x", "Query condition missed key schema element: id"},
      {"id > :p", "Query key condition not supported"},
      {"id = :p OR at = :x", "Invalid operator used in KeyConditionExpression: OR"},
      {"NOT id = :p", "Invalid operator used in KeyConditionExpression: NOT"},
      {"id = :p AND at <> :x", "Invalid operator used in KeyConditionExpression: <>"},
      {"id = :p AND at IN (:x)", "Invalid operator used in KeyConditionExpression: IN"},
      {"id = :p AND contains(at, :x)", "Invalid operator used in KeyConditionExpression: contains"},
      {"id = :p AND even = :x", "Query condition missed key schema element: at"},
      {"id = :p AND at = :x AND even = :x", "Query key condition not supported"},
      {"id = :p AND at = :p", "Condition parameter type does not match schema type"},
      {"id = :x", "Condition parameter type does not match schema type"},
      {"id = :p AND at > :x AND at < :x", "only contain one condition per key"},
      {"begins_with(id, :p)", "Query key condition not supported"},
      {"id = :p AND begins_with(at, :p)", "does not match schema type"},
      {"id = at", "Query key condition not supported"},
      {"id = :p AND size(at) = :x", "Query key condition not supported"},
      {"id.x = :p", "nested attributes"},
  };
  for (const auto& [condition, message] : cases) {
    std::string values;
    for (const auto& [name, value] :
         {std::pair{":p", R"(":p":{"S":"a"})"}, std::pair{":x", R"(":x":{"N":"1"})"}}) {
      if (std::string_view(condition).contains(name)) values.append(values.empty() ? "" : ",").append(value);
    }
    const std::string request =
        R"({"TableName":"photos","KeyConditionExpression":")" + std::string(condition) + "\"" +
        (values.empty() ? "" : R"(,"ExpressionAttributeValues":{)" + values + "}") + "}";
    EXPECT_THAT(refused(query, request), HasSubstr(message)) << condition;
  }
  EXPECT_THAT(refused(query, R"({"TableName":"photos"})"), HasSubstr("must be specified in the request"));
  EXPECT_THAT(refused(query, R"({"TableName":"photos","IndexName":"i","KeyConditionExpression":"id = :p"})"),
              HasSubstr("does not have the specified index: i"));
  EXPECT_THAT(
      refused(
          query,
          R"({"TableName":"photos","KeyConditionExpression":"id = :p","FilterExpression":"at = :p","ExpressionAttributeValues":{":p":{"S":"a"}}})"),
      HasSubstr("Primary key attribute: at"));
}

TEST_F(OperationsTest, ScansPageFilterAndDivide) {
  for (int i = 0; i < 40; ++i)
    put("item-" + std::to_string(i), i, R"(,"n":{"N":")" + std::to_string(i) + "\"}");
  const std::string low = R"("FilterExpression":"n < :n","ExpressionAttributeValues":{":n":{"N":"5"}})";
  const json::object filtered = ok(scan, R"({"TableName":"photos",)" + low + "}");
  EXPECT_EQ(filtered.at("Count"), 5);
  EXPECT_EQ(filtered.at("ScannedCount"), 40);
  EXPECT_FALSE(filtered.contains("LastEvaluatedKey"));

  std::set<std::string> seen;
  std::string start;
  int pages = 0;
  do {
    const json::object page =
        ok(scan, R"({"TableName":"photos","Limit":7,"ProjectionExpression":"at")" + start + "}");
    for (const json::value& item : page.at("Items").as_array()) {
      EXPECT_EQ(item.as_object().size(), 1U);
      EXPECT_TRUE(seen.insert(item.at("at").at("N").as_string().c_str()).second);
    }
    start = page.contains("LastEvaluatedKey")
                ? R"(,"ExclusiveStartKey":)" + write_json(page.at("LastEvaluatedKey"))
                : "";
  } while (!start.empty() && ++pages < 20);
  EXPECT_EQ(seen.size(), 40U);

  std::uint64_t total = 0;
  for (const char* segment : {"0", "1", "2"}) {
    const json::object part =
        ok(scan, R"({"TableName":"photos","TotalSegments":3,"Segment":)" + std::string(segment) + "}");
    const auto count = part.at("Count").to_number<std::uint64_t>();
    EXPECT_GT(count, 0U);
    total += count;
  }
  EXPECT_EQ(total, 40U);
  EXPECT_THAT(refused(scan, R"({"TableName":"photos","TotalSegments":3,"Segment":3})"),
              HasSubstr("zero-based"));
  EXPECT_THAT(refused(scan, R"({"TableName":"photos","TotalSegments":3})"),
              HasSubstr("Segment parameter is required"));
  EXPECT_THAT(refused(scan, R"({"TableName":"photos","Limit":0})"),
              HasSubstr("at 'limit' failed to satisfy constraint"));
  EXPECT_THAT(refused(scan, R"({"TableName":"photos","ExclusiveStartKey":{"q":{"S":"x"}}})"),
              HasSubstr("ValidationException"));
  EXPECT_THAT(refused(scan, R"({"TableName":"photos","Select":"SPECIFIC_ATTRIBUTES"})"),
              HasSubstr("Must specify the ProjectionExpression"));
}

// Every member, with every kind of value, of every operation: refused as AWS would, never anything worse.
TEST_F(OperationsTest, WrongTypesEverywhereAreRefused) {
  const std::pair<Operation, std::string> good[] = {
      {create_table,
       R"({"TableName":"other","KeySchema":[{"AttributeName":"p","KeyType":"HASH"}],"AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"}],"StreamSpecification":{"StreamEnabled":false}})"},
      {list_tables, R"({"Limit":3,"ExclusiveStartTableName":"abc"})"},
      {describe_table, R"({"TableName":"photos"})"},
      {get_item,
       R"({"TableName":"photos","Key":{"id":{"S":"a"},"at":{"N":"1"}},"ConsistentRead":true,"ProjectionExpression":"#a","ExpressionAttributeNames":{"#a":"a"},"ReturnConsumedCapacity":"INDEXES"})"},
      {put_item,
       R"({"TableName":"photos","Item":{"id":{"S":"a"},"at":{"N":"1"}},"ReturnValues":"NONE","ConditionExpression":"#a <> :v","ExpressionAttributeNames":{"#a":"a"},"ExpressionAttributeValues":{":v":{"S":"x"}},"ReturnValuesOnConditionCheckFailure":"NONE"})"},
      {delete_item, R"({"TableName":"photos","Key":{"id":{"S":"a"},"at":{"N":"1"}}})"},
      {update_item,
       R"({"TableName":"photos","Key":{"id":{"S":"a"},"at":{"N":"1"}},"UpdateExpression":"SET #a = :v","ConditionExpression":"#a <> :v","ExpressionAttributeNames":{"#a":"b"},"ExpressionAttributeValues":{":v":{"S":"x"}},"ReturnValues":"UPDATED_NEW","ReturnConsumedCapacity":"TOTAL"})"},
      {batch_get_item,
       R"({"RequestItems":{"photos":{"Keys":[{"id":{"S":"a"},"at":{"N":"1"}}],"ProjectionExpression":"#a","ExpressionAttributeNames":{"#a":"a"},"ConsistentRead":true}},"ReturnConsumedCapacity":"TOTAL"})"},
      {batch_write_item,
       R"({"RequestItems":{"photos":[{"PutRequest":{"Item":{"id":{"S":"a"},"at":{"N":"1"}}}},{"DeleteRequest":{"Key":{"id":{"S":"b"},"at":{"N":"1"}}}}]}})"},
      {transact_get_items, R"({"TransactItems":[{"Get":{"TableName":"photos","Key":{"id":{"S":"a"},"at":{"N":"1"}}}}],"ReturnConsumedCapacity":"NONE"})"},
      {transact_write_items,
       R"({"TransactItems":[{"Put":{"TableName":"photos","Item":{"id":{"S":"c"},"at":{"N":"1"}}}},{"Delete":{"TableName":"photos","Key":{"id":{"S":"b"},"at":{"N":"1"}}}}],"ClientRequestToken":"t"})"},
      {query,
       R"({"TableName":"photos","KeyConditionExpression":"id = :p","ExpressionAttributeValues":{":p":{"S":"a"}},"Limit":1,"ScanIndexForward":true,"ExclusiveStartKey":{"id":{"S":"a"},"at":{"N":"1"}},"Select":"ALL_ATTRIBUTES"})"},
      {scan,
       R"({"TableName":"photos","FilterExpression":"a = :p","ExpressionAttributeValues":{":p":{"S":"a"}},"Segment":0,"TotalSegments":2})"},
  };
  const char* const values[] = {"5",
                                "-1",
                                "1e300",
                                "\"\"",
                                "\"x\"",
                                "true",
                                "[]",
                                "{}",
                                "[[]]",
                                "[{}]",
                                "{\"a\":{}}",
                                "{\"a\":5}",
                                "{\"id\":{\"N\":5},\"at\":[]}",
                                "{\"id\":{\"S\":\"a\"},\"at\":{\"N\":{}}}",
                                "[{\"AttributeName\":[]}]"};
  for (const auto& [operation, text] : good) {
    EXPECT_TRUE(run(operation, text)) << text;
    const json::object request = parse_json(text)->as_object();
    for (const auto& [name, original] : request) {
      for (const char* value : values) {
        json::object changed = request;
        changed[name] = *parse_json(value);
        const JsonResult result = run(operation, write_json(changed));
        if (!result)
          EXPECT_EQ(result.error().status, 400) << write_json(changed) << ": " << result.error().code;
      }
    }
  }
}

}  // namespace
}  // namespace eyrie::api::dynamodb

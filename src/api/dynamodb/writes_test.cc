// UpdateItem, batches, transactions, and the deletion of tables over a real table store.
#include <gtest/gtest.h>

#include <thread>

#include "api/dynamodb/testing.h"

namespace eyrie::api::dynamodb {
namespace {

using ::testing::HasSubstr;

std::string photo_key(const std::string& id, int at = 1) {
  return R"({"id":{"S":")" + id + R"("},"at":{"N":")" + std::to_string(at) + "\"}}";
}

class WritesTest : public OperationsTest {
 protected:
  // An UpdateItem of photo `id`; `more` begins with a comma.
  static std::string update(const std::string& id, const std::string& expression, const std::string& more = "") {
    return R"({"TableName":"photos","Key":)" + photo_key(id) + R"(,"UpdateExpression":")" + expression + "\"" + more + "}";
  }
  std::string stored(const std::string& id, const std::string& attribute) {
    const json::object answer = ok(get_item, R"({"TableName":"photos","Key":)" + photo_key(id) + "}");
    if (!answer.contains("Item")) return "no item";
    const json::object& item = answer.at("Item").as_object();
    return item.contains(attribute) ? write_json(item.at(attribute)) : "absent";
  }
};

constexpr const char* kOne = R"(,"ExpressionAttributeValues":{":n":{"N":"1"}})";

TEST_F(WritesTest, UpdatesMakeAndChangeItems) {
  EXPECT_EQ(write_json(ok(update_item, update("a", "SET n = :n", kOne))), "{}");
  EXPECT_EQ(stored("a", "n"), R"({"N":"1"})");
  EXPECT_EQ(stored("a", "id"), R"({"S":"a"})");
  ok(update_item, update("a", "ADD n :n SET m = :n", kOne));
  EXPECT_EQ(stored("a", "n"), R"({"N":"2"})");
  EXPECT_EQ(write_json(ok(update_item, R"({"TableName":"photos","Key":)" + photo_key("b") + "}")), "{}");
  EXPECT_EQ(stored("b", "n"), "absent");
  ok(update_item, update("none", "REMOVE n"));
  EXPECT_EQ(stored("none", "n"), "no item");
}

TEST_F(WritesTest, UpdatesAnswerWhatIsAsked) {
  put("a", 1, R"(,"n":{"N":"1"},"m":{"M":{"x":{"S":"old"},"y":{"S":"kept"}}})");
  const std::string change = "SET n = n + :n, m.x = :n, new = :n";
  const auto answered = [&](const std::string& values) {
    const json::object answer = ok(update_item, update("a", change, std::string(kOne) + R"(,"ReturnValues":")" + values + "\""));
    return answer.contains("Attributes") ? write_json(answer.at("Attributes")) : "none";
  };
  EXPECT_EQ(answered("NONE"), "none");
  EXPECT_EQ(answered("UPDATED_OLD"), R"({"m":{"M":{"x":{"N":"1"}}},"n":{"N":"2"},"new":{"N":"1"}})");
  EXPECT_EQ(answered("UPDATED_NEW"), R"({"m":{"M":{"x":{"N":"1"}}},"n":{"N":"4"},"new":{"N":"1"}})");
  EXPECT_THAT(answered("ALL_OLD"), HasSubstr(R"("n":{"N":"4"})"));
  EXPECT_THAT(answered("ALL_NEW"), HasSubstr(R"("n":{"N":"6"})"));
  EXPECT_THAT(answered("ALL_NEW"), HasSubstr(R"("y":{"S":"kept"})"));
  for (const char* values : {"ALL_OLD", "UPDATED_OLD"}) {
    EXPECT_EQ(write_json(ok(update_item, update("new-" + std::string(values), "SET n = :n", std::string(kOne) + R"(,"ReturnValues":")" + values + "\""))), "{}");
  }
  EXPECT_EQ(write_json(ok(update_item, update("a", "REMOVE n", R"(,"ReturnValues":"UPDATED_NEW")"))), "{}");
  const std::string big = R"(,"ExpressionAttributeValues":{":n":{"S":")" + std::string(3000, 'x') + R"("}},"ReturnConsumedCapacity":"TOTAL")";
  EXPECT_EQ(write_json(ok(update_item, update("a", "SET s = :n", big)).at("ConsumedCapacity")), R"({"TableName":"photos","CapacityUnits":3})");
  EXPECT_EQ(write_json(ok(update_item, update("a", "REMOVE s", R"(,"ReturnConsumedCapacity":"TOTAL")")).at("ConsumedCapacity")),
            R"({"TableName":"photos","CapacityUnits":3})") << "the larger of before and after";
}

TEST_F(WritesTest, ConditionsGuardUpdates) {
  const std::string once = std::string(kOne) + R"j(,"ConditionExpression":"attribute_not_exists(id)")j";
  ok(update_item, update("a", "SET n = :n", once));
  EXPECT_EQ(refused(update_item, update("a", "SET n = :n", once)), "ConditionalCheckFailedException: The conditional request failed");
  EXPECT_TRUE(error_members_.empty());
  refused(update_item, update("a", "SET n = :n", once + R"(,"ReturnValuesOnConditionCheckFailure":"ALL_OLD")"));
  EXPECT_EQ(error_members_.at("Item").at("n").at("N"), "1");
  EXPECT_EQ(refused(update_item, update("a", "SET x.y = :n", once)), "ConditionalCheckFailedException: The conditional request failed");
}

TEST_F(WritesTest, UpdatesThatAreRefused) {
  put("a", 1);
  EXPECT_EQ(refused(update_item, update("a", "SET at = :n", kOne)),
            "ValidationException: One or more parameter values were invalid: Cannot update attribute at. This attribute is part of the key");
  EXPECT_EQ(refused(update_item, update("a", "SET x.y = :n", kOne)),
            "ValidationException: The document path provided in the update expression is invalid for update");
  EXPECT_THAT(refused(update_item, update("a", "SET x = y")), HasSubstr("refers to an attribute that does not exist in the item"));
  EXPECT_THAT(refused(update_item, update("a", "REMOVE x", kOne)), HasSubstr("unused in expressions: keys: {:n}"));
  EXPECT_THAT(refused(update_item, update("a", "")), HasSubstr("The expression can not be empty;"));
  EXPECT_THAT(refused(update_item, update("a", "REMOVE x", R"(,"AttributeUpdates":{})")), HasSubstr("AttributeUpdates is not supported by Eyrie. Use UpdateExpression."));
  EXPECT_THAT(refused(update_item, R"({"TableName":"photos","Key":{"id":{"S":"a"}}})"), HasSubstr("does not match the schema"));
  EXPECT_THAT(refused(update_item, R"({"TableName":"absent","Key":{"id":{"S":"a"}}})"), HasSubstr("ResourceNotFoundException"));
  const std::string half = R"(,"ExpressionAttributeValues":{":n":{"S":")" + std::string(250'000, 'x') + "\"}}";
  ok(update_item, update("a", "SET x = :n", half));
  EXPECT_EQ(refused(update_item, update("a", "SET y = :n", half)),
            "ValidationException: Item size to update has exceeded the maximum allowed size");
  EXPECT_EQ(stored("a", "y"), "absent");
}

TEST_F(WritesTest, NoAdditionIsLost) {
  constexpr int kThreads = 4, kEach = 50;
  const std::string request = update("counter", "ADD n :n", kOne);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      const Context context;
      for (int i = 0; i < kEach; ++i) {
        auto parsed = parse_json(request);
        json::object error_members;
        EXPECT_TRUE(update_item(items(), {parsed->as_object(), context, error_members}));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(stored("counter", "n"), R"({"N":")" + std::to_string(kThreads * kEach) + "\"}");
}

TEST_F(WritesTest, BatchesAreReadAndWritten) {
  ok(create_table, R"({"TableName":"other","KeySchema":[{"AttributeName":"p","KeyType":"HASH"}],"AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"}]})");
  put("gone", 1);
  const json::object wrote = ok(batch_write_item, R"({"ReturnConsumedCapacity":"TOTAL","RequestItems":{"photos":[{"PutRequest":{"Item":{"id":{"S":"a"},"at":{"N":"1"},"v":{"N":"01"}}}},
    {"DeleteRequest":{"Key":)" + photo_key("gone") + R"(}}],"other":[{"PutRequest":{"Item":{"p":{"S":"x"},"v":{"N":"2"}}}}]}})");
  EXPECT_EQ(write_json(wrote), R"({"UnprocessedItems":{},"ConsumedCapacity":[{"TableName":"other","CapacityUnits":1},{"TableName":"photos","CapacityUnits":2}]})");
  EXPECT_EQ(stored("gone", "id"), "no item");
  const json::object read = ok(batch_get_item, R"({"RequestItems":{"photos":{"Keys":[)" + photo_key("a") + "," + photo_key("none") +
                                                   R"(],"ProjectionExpression":"#v","ExpressionAttributeNames":{"#v":"v"}},"other":{"Keys":[{"p":{"S":"x"}}]}}})");
  EXPECT_EQ(write_json(read), R"({"Responses":{"photos":[{"v":{"N":"1"}}],"other":[{"p":{"S":"x"},"v":{"N":"2"}}]},"UnprocessedKeys":{}})");
}

TEST_F(WritesTest, BatchesThatAreRefused) {
  const auto keys = [](int count) {
    std::string text;
    for (int i = 0; i < count; ++i) text += (i == 0 ? "" : ",") + photo_key("k" + std::to_string(i));
    return text;
  };
  const auto gets = [](const std::string& all) { return R"({"RequestItems":{"photos":{"Keys":[)" + all + "]}}}"; };
  ok(batch_get_item, gets(keys(100)));
  EXPECT_THAT(refused(batch_get_item, gets(keys(101))), HasSubstr("Too many items requested for the BatchGetItem call"));
  EXPECT_THAT(refused(batch_get_item, gets(photo_key("a") + R"(,{"id":{"S":"a"},"at":{"N":"1.0"}})")), HasSubstr("Provided list of item keys contains duplicates"));
  EXPECT_THAT(refused(batch_get_item, gets("")), HasSubstr("Member must have length greater than or equal to 1"));
  EXPECT_THAT(refused(batch_get_item, gets(R"({"id":{"S":"a"}})")), HasSubstr("does not match the schema"));
  EXPECT_THAT(refused(batch_get_item, R"({"RequestItems":{}})"), HasSubstr("Member must have length greater than or equal to 1"));
  EXPECT_THAT(refused(batch_get_item, R"({"RequestItems":{"absent":{"Keys":[{"p":{"S":"x"}}]}}})"), HasSubstr("ResourceNotFoundException"));
  EXPECT_THAT(refused(batch_get_item, R"({"RequestItems":{"photos":{"Keys":[)" + keys(1) + R"(],"AttributesToGet":["a"]}}})"), HasSubstr("Use ProjectionExpression."));

  const auto puts = [](int count, int same = 0) {
    std::string text;
    for (int i = 0; i < count; ++i)
      text += std::string(i == 0 ? "" : ",") + R"({"PutRequest":{"Item":)" + photo_key("k" + std::to_string(i < count - same ? i : 0)) + "}}";
    return R"({"RequestItems":{"photos":[)" + text + "]}}";
  };
  ok(batch_write_item, puts(25));
  EXPECT_THAT(refused(batch_write_item, puts(26)), HasSubstr("Too many items requested for the BatchWriteItem call"));
  EXPECT_THAT(refused(batch_write_item, puts(3, 1)), HasSubstr("Provided list of item keys contains duplicates"));
  EXPECT_THAT(refused(batch_write_item, R"({"RequestItems":{"photos":[{}]}})"), HasSubstr("exactly one of PutRequest and DeleteRequest"));
  EXPECT_THAT(refused(batch_write_item, R"({"RequestItems":{"photos":[]}})"), HasSubstr("less than or equal to 25"));
  EXPECT_THAT(refused(batch_write_item, R"({"RequestItems":{"photos":[{"PutRequest":{"Item":)" + photo_key("fine") + R"(}},{"PutRequest":{"Item":{"id":{"S":"b"}}}}]}})"),
              HasSubstr("Missing the key at in the item"));
  EXPECT_EQ(stored("fine", "id"), "no item");
}

TEST_F(WritesTest, BatchesThatAreTooLargeAreAnsweredInPart) {
  std::string keys;
  for (int i = 0; i < 50; ++i) {
    put("big" + std::to_string(i), 1, R"(,"v":{"S":")" + std::string(390'000, 'x') + "\"}");
    keys += (i == 0 ? "" : ",") + photo_key("big" + std::to_string(i));
  }
  const json::object read = ok(batch_get_item, R"({"RequestItems":{"photos":{"ConsistentRead":true,"Keys":[)" + keys + "]}}}");
  const std::size_t found = read.at("Responses").at("photos").as_array().size();
  const json::object& left = read.at("UnprocessedKeys").at("photos").as_object();
  EXPECT_EQ(found, 43U);
  EXPECT_EQ(left.at("Keys").as_array().size(), 50 - found);
  EXPECT_EQ(left.at("ConsistentRead"), true);
  const json::object rest = ok(batch_get_item, R"({"RequestItems":)" + write_json(read.at("UnprocessedKeys")) + "}");
  EXPECT_EQ(rest.at("Responses").at("photos").as_array().size(), 50 - found);
  EXPECT_EQ(write_json(rest.at("UnprocessedKeys")), "{}");
}

std::string in_photos(const std::string& member, const std::string& key_or_item, const std::string& more = "") {
  return "{\"" + member + R"(":{"TableName":"photos",")" + (member == "Put" ? "Item" : "Key") + "\":" + key_or_item + more + "}}";
}
std::string transaction(const std::string& entries, const std::string& more = "") {
  return R"({"TransactItems":[)" + entries + "]" + more + "}";
}

TEST_F(WritesTest, TransactionsHappenWhole) {
  put("old", 1);
  put("checked", 1, R"(,"n":{"N":"1"})");
  const std::string if_one = R"(,"ConditionExpression":"n = :n")" + std::string(kOne);
  const json::object answer = ok(transact_write_items, transaction(
      in_photos("Put", photo_key("new")) + "," + in_photos("Delete", photo_key("old")) + "," + in_photos("ConditionCheck", photo_key("checked"), if_one) + "," +
          in_photos("Update", photo_key("counted"), R"(,"UpdateExpression":"ADD n :n")" + std::string(kOne)),
      R"(,"ClientRequestToken":"t","ReturnConsumedCapacity":"TOTAL")"));
  EXPECT_EQ(write_json(answer), R"({"ConsumedCapacity":[{"TableName":"photos","CapacityUnits":8}]})");
  EXPECT_EQ(stored("new", "id"), R"({"S":"new"})");
  EXPECT_EQ(stored("old", "id"), "no item");
  EXPECT_EQ(stored("counted", "n"), R"({"N":"1"})");
  EXPECT_EQ(write_json(ok(transact_get_items, transaction(in_photos("Get", photo_key("counted"), R"(,"ProjectionExpression":"n")") + "," + in_photos("Get", photo_key("none"))))),
            R"({"Responses":[{"Item":{"n":{"N":"1"}}},{}]})");
}

TEST_F(WritesTest, TransactionsHappenNotAtAll) {
  put("there", 1, R"(,"n":{"S":"text"})");
  const std::string absent = R"j(,"ConditionExpression":"attribute_not_exists(id)","ReturnValuesOnConditionCheckFailure":"ALL_OLD")j";
  EXPECT_EQ(refused(transact_write_items, transaction(in_photos("Put", photo_key("new")) + "," + in_photos("Put", photo_key("there"), absent))),
            "TransactionCanceledException: Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed]");
  const json::array reasons = error_members_.at("CancellationReasons").as_array();
  EXPECT_EQ(stored("new", "id"), "no item");
  EXPECT_EQ(write_json(reasons[0]), R"({"Code":"None"})");
  EXPECT_EQ(reasons[1].at("Message"), "The conditional request failed");
  EXPECT_EQ(reasons[1].at("Item").at("n").at("S"), "text");
  EXPECT_EQ(refused(transact_write_items, transaction(in_photos("Update", photo_key("there"), R"(,"UpdateExpression":"ADD n :n")" + std::string(kOne)) + "," +
                                                      in_photos("Put", photo_key("new")))),
            "TransactionCanceledException: Transaction cancelled, please refer cancellation reasons for specific reasons [ValidationError, None]");
  EXPECT_EQ(error_members_.at("CancellationReasons").as_array()[0].at("Message"), "An operand in the update expression has an incorrect data type");
  EXPECT_EQ(stored("new", "id"), "no item");
}

TEST_F(WritesTest, TransactionsHoldFourMegabytes) {
  const std::string large = R"(,"v":{"S":")" + std::string(390'000, 'x') + "\"}";
  std::string updates, gets;
  for (int i = 0; i < 11; ++i) {
    const std::string id = "large" + std::to_string(i);
    put(id, 1, large);
    updates += (i == 0 ? "" : ",") + in_photos("Update", photo_key(id), R"(,"UpdateExpression":"SET n = :n")" + std::string(kOne));
    gets += (i == 0 ? "" : ",") + in_photos("Get", photo_key(id));
  }
  EXPECT_THAT(refused(transact_write_items, transaction(updates)), HasSubstr("[None, None, None, None, None, None, None, None, None, None, ValidationError]"));
  EXPECT_THAT(refused(transact_get_items, transaction(gets)), HasSubstr("cannot exceed 4 MB"));
  EXPECT_EQ(stored("large0", "n"), "absent");
}

TEST_F(WritesTest, TransactionsThatAreNone) {
  const std::string put_a = in_photos("Put", photo_key("a"));
  EXPECT_THAT(refused(transact_write_items, transaction(put_a + "," + in_photos("Delete", R"({"id":{"S":"a"},"at":{"N":"1.0"}})"))),
              HasSubstr("Transaction request cannot include multiple operations on one item"));
  EXPECT_THAT(refused(transact_write_items, transaction("")), HasSubstr("greater than or equal to 1"));
  std::string many = put_a;
  for (int i = 0; i < 100; ++i) many += "," + in_photos("Put", photo_key("k" + std::to_string(i)));
  EXPECT_THAT(refused(transact_write_items, transaction(many)), HasSubstr("less than or equal to 100"));
  EXPECT_THAT(refused(transact_write_items, transaction("{}")), HasSubstr("TransactWriteRequest should contain"));
  EXPECT_THAT(refused(transact_write_items, transaction(R"({"Put":{"TableName":"photos","Item":{}},"Delete":{"TableName":"photos","Key":{}}})")), HasSubstr("can only contain one of"));
  EXPECT_THAT(refused(transact_write_items, transaction(in_photos("Update", photo_key("a")))), HasSubstr("'updateExpression' failed to satisfy constraint: Member must not be null"));
  EXPECT_THAT(refused(transact_write_items, transaction(in_photos("ConditionCheck", photo_key("a")))), HasSubstr("'conditionExpression' failed"));
  EXPECT_THAT(refused(transact_write_items, transaction(put_a, R"(,"ClientRequestToken":")" + std::string(37, 't') + "\"")), HasSubstr("less than or equal to 36"));
  EXPECT_THAT(refused(transact_get_items, transaction(in_photos("Get", photo_key("a")) + "," + in_photos("Get", photo_key("a")))), HasSubstr("multiple operations on one item"));
  EXPECT_THAT(refused(transact_get_items, transaction("{}")), HasSubstr("'get' failed to satisfy constraint: Member must not be null"));
}

TEST_F(WritesTest, TablesAreDeleted) {
  put("a", 1);
  const json::object deleted = ok(delete_table, R"({"TableName":"photos"})");
  EXPECT_EQ(deleted.at("TableDescription").at("TableStatus"), "DELETING");
  for (const Operation operation : {describe_table, delete_table})
    EXPECT_EQ(refused(operation, R"({"TableName":"photos"})"), "ResourceNotFoundException: Requested resource not found: Table: photos not found");
  EXPECT_THAT(refused(scan, R"({"TableName":"photos"})"), HasSubstr("ResourceNotFoundException"));
  EXPECT_EQ(write_json(ok(list_tables, "{}")), R"({"TableNames":[]})");
  ok(create_table, R"({"TableName":"photos","KeySchema":[{"AttributeName":"id","KeyType":"HASH"},{"AttributeName":"at","KeyType":"RANGE"}],
    "AttributeDefinitions":[{"AttributeName":"at","AttributeType":"N"},{"AttributeName":"id","AttributeType":"S"}],"DeletionProtectionEnabled":false})");
  EXPECT_EQ(stored("a", "id"), "no item");
  EXPECT_THAT(refused(create_table, R"({"TableName":"safe","DeletionProtectionEnabled":true})"), HasSubstr("Tables cannot be protected yet."));
}

}  // namespace
}  // namespace eyrie::api::dynamodb

#!/usr/bin/python3
"""DynamoDB's UpdateItem, batches, transactions and DeleteTable. Every raw answer is checked against the service description."""

import decimal
import pathlib
import sys
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.dynamo import DynamoCase  # noqa: E402


def key(partition, sort=1):
    return {"p": {"S": partition}, "s": {"N": str(sort)}}


class WritesCase(DynamoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.table = cls.make_table()

    def put(self, partition, **attributes):
        self.db.put_item(TableName=self.table, Item={**key(partition), **attributes})

    def item(self, partition, sort=1):
        """Without its key; None where there is none."""
        item = self.db.get_item(TableName=self.table, Key=key(partition, sort), ConsistentRead=True).get("Item")
        return item and {name: value for name, value in item.items() if name not in ("p", "s")}


class UpdateItemTest(WritesCase):
    def update(self, partition, expression, values=None, names=None, **more):
        if values:
            more["ExpressionAttributeValues"] = values
        if names:
            more["ExpressionAttributeNames"] = names
        status, document = self.call("UpdateItem", {"TableName": self.table, "Key": key(partition), "UpdateExpression": expression, **more})
        self.assertEqual(status, 200, document)
        return document

    def refuses(self, text, partition, expression, values=None, **more):
        if values:
            more["ExpressionAttributeValues"] = values
        self.invalid("UpdateItem", text, TableName=self.table, Key=key(partition), UpdateExpression=expression, **more)

    def test_set(self):
        self.assertEqual(self.update("set", "SET a = :a, b = :m", {":a": {"N": "1"}, ":m": {"M": {}}}), {})
        self.update("set", "SET #b.c = a, a = a + :n", {":n": {"N": "1"}}, {"#b": "b"})
        self.assertEqual(self.item("set"), {"a": {"N": "2"}, "b": {"M": {"c": {"N": "1"}}}})
        self.update("set", "SET d = if_not_exists(d, :zero) - :n, e = if_not_exists(a, :zero)", {":zero": {"N": "0"}, ":n": {"N": "0.5"}})
        self.assertEqual(self.item("set")["d"], {"N": "-0.5"})
        self.assertEqual(self.item("set")["e"], {"N": "2"})

    def test_lists(self):
        self.put("lists", l={"L": [{"N": "0"}, {"N": "1"}, {"N": "2"}]})
        self.update("lists", "SET l[1] = :x, l[70] = :y, l[60] = :x REMOVE l[0]", {":x": {"S": "x"}, ":y": {"S": "y"}})
        self.assertEqual(self.item("lists")["l"]["L"], [{"S": "x"}, {"N": "2"}, {"S": "x"}, {"S": "y"}])
        self.update("lists", "SET l = list_append(:new, l), m = list_append(if_not_exists(m, :new), :new)", {":new": {"L": [{"N": "9"}]}})
        self.assertEqual(self.item("lists")["l"]["L"][0], {"N": "9"})
        self.assertEqual(self.item("lists")["m"]["L"], [{"N": "9"}, {"N": "9"}])

    def test_remove_add_and_delete(self):
        self.put("sets", n={"N": "1"}, gone={"S": "x"}, ss={"SS": ["a", "b"]}, ns={"NS": ["1", "2"]})
        self.update("sets", "REMOVE gone ADD n :n, fresh :n, ss :ss DELETE ns :ns", {":n": {"N": "5"}, ":ss": {"SS": ["b", "c"]}, ":ns": {"NS": ["1", "2", "3"]}})
        item = self.item("sets")
        self.assertEqual(sorted(item["ss"].pop("SS")), ["a", "b", "c"])
        self.assertEqual(item, {"n": {"N": "6"}, "fresh": {"N": "5"}, "ss": {}})

    def test_what_only_takes_away_makes_no_item(self):
        self.update("nobody", "REMOVE a, b.c")
        self.update("nobody", "DELETE a :s", {":s": {"SS": ["x"]}})
        self.assertIsNone(self.item("nobody"))
        self.db.update_item(TableName=self.table, Key=key("nobody"))
        self.assertEqual(self.item("nobody"), {})

    def test_numbers_are_exact(self):
        self.put("exact", n={"N": "1234567890123456789012345678901234567"})
        self.update("exact", "SET n = n + :n, tenths = :a + :b", {":n": {"N": "1"}, ":a": {"N": "0.1"}, ":b": {"N": "0.2"}})
        item = self.item("exact")
        self.assertEqual(decimal.Decimal(item["n"]["N"]), decimal.Decimal("1234567890123456789012345678901234568"))
        self.assertEqual(item["tenths"]["N"], "0.3")
        self.refuses("number", "exact", "SET n = :a + :b", {":a": {"N": "1e50"}, ":b": {"N": "1"}})
        self.refuses("overflow", "exact", "SET n = :a + :a", {":a": {"N": "9e125"}})

    def test_return_values(self):
        self.put("returned", n={"N": "1"}, m={"M": {"x": {"S": "old"}, "y": {"S": "kept"}}}, l={"L": [{"N": "1"}, {"N": "2"}]})
        change = ("SET n = n + :n, m.x = :n, new = :n", {":n": {"N": "1"}})
        self.assertEqual(self.update("returned", *change, ReturnValues="UPDATED_OLD"), {"Attributes": {"n": {"N": "1"}, "m": {"M": {"x": {"S": "old"}}}}})
        self.assertEqual(self.update("returned", *change, ReturnValues="UPDATED_NEW"),
                         {"Attributes": {"n": {"N": "3"}, "m": {"M": {"x": {"N": "1"}}}, "new": {"N": "1"}}})
        self.assertEqual(self.update("returned", *change, ReturnValues="ALL_OLD")["Attributes"]["n"], {"N": "3"})
        self.assertEqual(self.update("returned", *change, ReturnValues="ALL_NEW")["Attributes"]["m"], {"M": {"x": {"N": "1"}, "y": {"S": "kept"}}})
        self.assertEqual(self.update("returned", "SET l[1] = :n", {":n": {"N": "7"}}, ReturnValues="UPDATED_OLD"), {"Attributes": {"l": {"L": [{"N": "2"}]}}})
        self.assertEqual(self.update("returned", "SET l[50] = :n", {":n": {"N": "7"}}, ReturnValues="UPDATED_NEW"), {})
        self.assertEqual(self.update("returned", "REMOVE n", ReturnValues="UPDATED_NEW"), {})
        self.assertEqual(self.update("fresh", "SET n = :n", {":n": {"N": "1"}}, ReturnValues="ALL_OLD"), {})
        self.invalid("UpdateItem", "ReturnValues", TableName=self.table, Key=key("x"), UpdateExpression="REMOVE a", ReturnValues="DOG")
        consumed = self.update("returned", "REMOVE n", ReturnConsumedCapacity="TOTAL")["ConsumedCapacity"]
        self.assertEqual(consumed, {"TableName": self.table, "CapacityUnits": 1})

    def test_conditions(self):
        self.put("guarded", n={"N": "1"})
        request = {"TableName": self.table, "Key": key("guarded"), "UpdateExpression": "SET n = :new", "ConditionExpression": "n = :old",
                   "ExpressionAttributeValues": {":new": {"N": "2"}, ":old": {"N": "5"}}}
        self.refused("ConditionalCheckFailedException", self.db.update_item, **request, status=400)
        status, document = self.call("UpdateItem", {**request, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"})
        self.assertEqual((status, document["Item"]["n"]), (400, {"N": "1"}))
        request["ExpressionAttributeValues"][":old"] = {"N": "1"}
        self.db.update_item(**request)
        self.assertEqual(self.item("guarded"), {"n": {"N": "2"}})

    def test_what_is_refused(self):
        self.put("refused", n={"N": "1"}, t={"S": "x"}, l={"L": []})
        one, text, names = {":v": {"N": "1"}}, {":v": {"S": "x"}}, {":v": {"SS": ["x"]}}
        for expression, values, why in (
                ("", None, "can not be empty"),
                ("SET s = :v", one, "Cannot update attribute s. This attribute is part of the key"),
                ("REMOVE p", None, "Cannot update attribute p. This attribute is part of the key"),
                ("SET a = :v, a.b = :v", one, "Two document paths overlap with each other"),
                ("SET a.b = :v, a[1] = :v", one, "Two document paths conflict with each other"),
                ("SET a = :v SET b = :v", one, 'The "SET" section can only be used once in an update expression'),
                ("SET a = b", None, "The provided expression refers to an attribute that does not exist in the item"),
                ("SET a.b = :v", one, "The document path provided in the update expression is invalid for update"),
                ("REMOVE n[0]", None, "The document path provided in the update expression is invalid for update"),
                ("SET n = n + :v", text, "Incorrect operand type for operator or function"),
                ("SET n = t + :v", one, "An operand in the update expression has an incorrect data type"),
                ("ADD n :v", text, "Incorrect operand type for operator or function; operator: ADD, operand type: STRING"),
                ("ADD t :v", one, "An operand in the update expression has an incorrect data type"),
                ("DELETE n :v", names, "An operand in the update expression has an incorrect data type"),
                ("DELETE n :v", one, "operator: DELETE, operand type: NUMBER"),
                ("SET l = list_append(l, :v)", text, "Incorrect operand type for operator or function; operator or function: list_append"),
                ("SET a = :v + :v + :v", one, "Syntax error"),
                ("SET a = :v REMOVE", one, "Syntax error"),
                ("HELLO a = :v", one, "Syntax error"),
                ("SET a = f(:v)", one, "Invalid function name; function: f"),
                ("SET a = :w", one, "not defined; attribute value: :w"),
                ("REMOVE a", one, "unused in expressions: keys: {:v}")):
            with self.subTest(expression=expression):
                self.refuses(why, "refused", expression, values)
        self.assertEqual(self.item("refused"), {"n": {"N": "1"}, "t": {"S": "x"}, "l": {"L": []}})
        self.invalid("UpdateItem", TableName=self.table, Key={"p": {"S": "x"}}, UpdateExpression="REMOVE a")
        status, document = self.call("UpdateItem", {"TableName": "eyrie-test-absent", "Key": key("x"), "UpdateExpression": "REMOVE a"})
        self.assertEqual((status, document["__type"].split("#")[-1]), (400, "ResourceNotFoundException"))

    def test_items_grow_to_400_kb(self):
        half = {":v": {"S": "x" * 300_000}}
        self.update("big", "SET a = :v", half)
        self.refuses("Item size to update has exceeded the maximum allowed size", "big", "SET b = :v", half)
        self.refuses("size", "big", "SET b = a, c = a, d = a")

    def test_two_threads_lose_nothing(self):
        def add():
            db = self.client("dynamodb")
            for _ in range(100):
                db.update_item(TableName=self.table, Key=key("counter"), UpdateExpression="ADD n :one SET m = if_not_exists(m, :one) + :one",
                               ExpressionAttributeValues={":one": {"N": "1"}})
        threads = [threading.Thread(target=add) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(self.item("counter"), {"n": {"N": "200"}, "m": {"N": "201"}})

    def test_resources(self):
        import boto3
        session = boto3.session.Session(aws_access_key_id=self.key, aws_secret_access_key=self.secret, region_name="us-east-1")
        table = session.resource("dynamodb", endpoint_url=self.endpoint).Table(self.table)
        with table.batch_writer() as batch:
            for number in range(60):
                batch.put_item(Item={"p": "batch", "s": number, "v": decimal.Decimal("0.1") * number})
            batch.delete_item(Key={"p": "batch", "s": 7})
        answer = table.update_item(Key={"p": "batch", "s": 3}, UpdateExpression="SET v = v + :v ADD tags :t", ReturnValues="ALL_NEW",
                                   ExpressionAttributeValues={":v": decimal.Decimal("1.25"), ":t": {"a", "b"}})
        self.assertEqual(answer["Attributes"], {"p": "batch", "s": 3, "v": decimal.Decimal("1.55"), "tags": {"a", "b"}})
        self.assertEqual(self.db.query(TableName=self.table, KeyConditionExpression="p = :p", Select="COUNT",
                                       ExpressionAttributeValues={":p": {"S": "batch"}})["Count"], 59)


class BatchTest(WritesCase):
    def test_several_tables(self):
        other = self.make_table(sort=None)
        self.put("old")
        status, document = self.call("BatchWriteItem", {"ReturnConsumedCapacity": "TOTAL", "RequestItems": {
            self.table: [{"PutRequest": {"Item": {**key("a"), "v": {"N": "1"}, "w": {"N": "2"}}}}, {"DeleteRequest": {"Key": key("old")}}],
            other: [{"PutRequest": {"Item": {"p": {"S": "x"}}}}]}})
        self.assertEqual((status, document["UnprocessedItems"]), (200, {}))
        self.assertEqual({entry["TableName"]: entry["CapacityUnits"] for entry in document["ConsumedCapacity"]}, {self.table: 2, other: 1})
        self.assertIsNone(self.item("old"))
        status, document = self.call("BatchGetItem", {"RequestItems": {
            self.table: {"Keys": [key("a"), key("none")], "ProjectionExpression": "#v", "ExpressionAttributeNames": {"#v": "v"}},
            other: {"Keys": [{"p": {"S": "x"}}], "ConsistentRead": True}}})
        self.assertEqual(status, 200, document)
        self.assertEqual(document["Responses"], {self.table: [{"v": {"N": "1"}}], other: [{"p": {"S": "x"}}]})
        self.assertEqual(document["UnprocessedKeys"], {})

    def test_limits(self):
        gets = [key("limit", number) for number in range(101)]
        puts = [{"PutRequest": {"Item": one}} for one in gets]
        self.assertEqual(self.call("BatchWriteItem", {"RequestItems": {self.table: puts[:25]}})[0], 200)
        self.assertEqual(len(self.call("BatchGetItem", {"RequestItems": {self.table: {"Keys": gets[:100]}}})[1]["Responses"][self.table]), 25)
        self.invalid("BatchWriteItem", RequestItems={self.table: puts[:26]})
        self.invalid("BatchGetItem", RequestItems={self.table: {"Keys": gets}})
        self.invalid("BatchWriteItem", "duplicates", RequestItems={self.table: [puts[0], puts[0]]})
        self.invalid("BatchGetItem", "duplicates", RequestItems={self.table: {"Keys": [gets[0], gets[0]]}})
        self.invalid("BatchGetItem", RequestItems={})
        self.invalid("BatchWriteItem", RequestItems={self.table: []})
        self.invalid("BatchWriteItem", RequestItems={self.table: [puts[30], {"PutRequest": {"Item": {"p": {"S": "x"}}}}]})
        self.assertIsNone(self.item("limit", 30), "a batch that is refused writes nothing")
        status, document = self.call("BatchGetItem", {"RequestItems": {"eyrie-test-absent": {"Keys": [key("x")]}}})
        self.assertEqual((status, document["__type"].split("#")[-1]), (400, "ResourceNotFoundException"))

    def test_answers_end_at_16_mb(self):
        keys = [key("large", number) for number in range(45)]
        for one in keys:
            self.db.put_item(TableName=self.table, Item={**one, "v": {"S": "x" * 390_000}})
        wanted, found, rounds = {self.table: {"Keys": keys, "ConsistentRead": True}}, 0, 0
        while wanted:
            answer = self.db.batch_get_item(RequestItems=wanted)
            found += len(answer["Responses"].get(self.table, []))
            wanted = answer["UnprocessedKeys"]
            rounds += 1
        self.assertEqual((found, rounds), (45, 2))


class TransactionTest(WritesCase):
    def test_all(self):
        self.put("replaced")
        self.put("deleted")
        self.put("checked", n={"N": "1"})
        one = {":n": {"N": "1"}}
        status, document = self.call("TransactWriteItems", {"ClientRequestToken": "token-1", "TransactItems": [
            {"Put": {"TableName": self.table, "Item": {**key("replaced"), "v": {"S": "new"}}}},
            {"Delete": {"TableName": self.table, "Key": key("deleted"), "ConditionExpression": "attribute_exists(p)"}},
            {"Update": {"TableName": self.table, "Key": key("counted"), "UpdateExpression": "ADD n :n", "ExpressionAttributeValues": one}},
            {"ConditionCheck": {"TableName": self.table, "Key": key("checked"), "ConditionExpression": "n = :n", "ExpressionAttributeValues": one}}]})
        self.assertEqual((status, document), (200, {}))
        status, document = self.call("TransactGetItems", {"TransactItems": [
            {"Get": {"TableName": self.table, "Key": key("counted"), "ProjectionExpression": "n"}},
            {"Get": {"TableName": self.table, "Key": key("deleted")}},
            {"Get": {"TableName": self.table, "Key": key("replaced"), "ProjectionExpression": "v"}}]})
        self.assertEqual((status, document), (200, {"Responses": [{"Item": {"n": {"N": "1"}}}, {}, {"Item": {"v": {"S": "new"}}}]}))

    def test_none(self):
        self.put("there", n={"S": "text"})
        absent = "attribute_not_exists(p)"
        request = {"TransactItems": [
            {"Put": {"TableName": self.table, "Item": key("fresh")}},
            {"Put": {"TableName": self.table, "Item": key("there"), "ConditionExpression": absent, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}}]}
        status, document = self.call("TransactWriteItems", request)
        self.assertEqual((status, document["__type"].split("#")[-1]), (400, "TransactionCanceledException"))
        self.assertEqual([reason["Code"] for reason in document["CancellationReasons"]], ["None", "ConditionalCheckFailed"])
        self.assertEqual(document["CancellationReasons"][1]["Item"]["n"], {"S": "text"})
        with self.assertRaises(self.db.exceptions.TransactionCanceledException) as caught:
            self.db.transact_write_items(**request)
        self.assertIn("[None, ConditionalCheckFailed]", caught.exception.response["Error"]["Message"])
        self.assertIsNone(self.item("fresh"))
        status, document = self.call("TransactWriteItems", {"TransactItems": [
            {"Update": {"TableName": self.table, "Key": key("there"), "UpdateExpression": "ADD n :n", "ExpressionAttributeValues": {":n": {"N": "1"}}}}]})
        self.assertEqual(document["CancellationReasons"], [
            {"Code": "ValidationError", "Message": "An operand in the update expression has an incorrect data type"}])

    def test_what_is_refused(self):
        put = {"Put": {"TableName": self.table, "Item": key("twice")}}
        self.invalid("TransactWriteItems", "multiple operations on one item", TransactItems=[put, {"Delete": {"TableName": self.table, "Key": key("twice")}}])
        self.invalid("TransactWriteItems", TransactItems=[])
        self.invalid("TransactWriteItems", TransactItems=[{"Put": {"TableName": self.table, "Item": key("many", number)}} for number in range(101)])
        self.invalid("TransactWriteItems", TransactItems=[{**put, "Delete": {"TableName": self.table, "Key": key("other")}}])
        self.invalid("TransactGetItems", TransactItems=[])
        status, document = self.call("TransactGetItems", {"TransactItems": [{"Get": {"TableName": "eyrie-test-absent", "Key": key("x")}}]})
        self.assertEqual((status, document["__type"].split("#")[-1]), (400, "ResourceNotFoundException"))


class DeleteTableTest(DynamoCase):
    def test_tables_go_with_their_items(self):
        name = self.make_table()
        for number in range(30):
            self.db.put_item(TableName=name, Item=key("x", number))
        status, document = self.call("DeleteTable", {"TableName": name})
        self.assertEqual((status, document["TableDescription"]["TableStatus"]), (200, "DELETING"))
        self.db.get_waiter("table_not_exists").wait(TableName=name)
        for operation, request in (("DescribeTable", {}), ("DeleteTable", {}), ("UpdateItem", {"Key": key("x"), "UpdateExpression": "REMOVE a"})):
            with self.subTest(operation=operation):
                status, document = self.call(operation, {"TableName": name, **request})
                self.assertEqual((status, document["__type"].split("#")[-1]), (400, "ResourceNotFoundException"))
        self.assertNotIn(name, self.db.list_tables()["TableNames"])
        self.db.create_table(TableName=name, BillingMode="PAY_PER_REQUEST", AttributeDefinitions=[{"AttributeName": "p", "AttributeType": "S"}],
                             KeySchema=[{"AttributeName": "p", "KeyType": "HASH"}])
        self.db.get_waiter("table_exists").wait(TableName=name)
        self.assertEqual(self.db.scan(TableName=name)["Count"], 0)

    def test_the_table_of_records_is_protected(self):
        if self.server is None:
            self.skipTest("another endpoint has no such table")
        # Debian's boto3 does not know the member.
        self.assertTrue(self.call("DescribeTable", {"TableName": "ImageMetadataStore"})[1]["Table"]["DeletionProtectionEnabled"])
        self.invalid("DeleteTable", "protected against deletion", TableName="ImageMetadataStore")
        self.db.describe_table(TableName="ImageMetadataStore")


if __name__ == "__main__":
    unittest.main()

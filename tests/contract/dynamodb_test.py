#!/usr/bin/python3
"""DynamoDB: tables, items, key conditions, pages, filters, refusals. Every raw answer is checked against the service description."""

import base64
import decimal
import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.dynamo import DynamoCase  # noqa: E402


class TablesTest(DynamoCase):
    def test_describe(self):
        name = self.make_table()
        status, document = self.call("DescribeTable", {"TableName": name})
        table = document["Table"]
        self.assertEqual((status, table["TableName"], table["TableStatus"]), (200, name, "ACTIVE"))
        self.assertEqual(table["KeySchema"], [{"AttributeName": "p", "KeyType": "HASH"}, {"AttributeName": "s", "KeyType": "RANGE"}])
        self.assertEqual(sorted((entry["AttributeName"], entry["AttributeType"]) for entry in table["AttributeDefinitions"]),
                         [("p", "S"), ("s", "N")])
        self.assertTrue(table["TableArn"].endswith(":table/" + name))
        self.assertLess(abs(time.time() - table["CreationDateTime"]), 600)

    def test_list(self):
        names = sorted(self.make_table() for _ in range(3))
        listed = [name for page in self.db.get_paginator("list_tables").paginate(PaginationConfig={"PageSize": 1})
                  for name in page["TableNames"]]
        self.assertEqual(listed, sorted(listed))
        self.assertEqual([name for name in listed if name in names], names)
        status, document = self.call("ListTables", {"Limit": 1})
        self.assertEqual((status, len(document["TableNames"])), (200, 1))
        self.assertEqual(document["LastEvaluatedTableName"], document["TableNames"][0])

    def test_unknown_table(self):
        key = {"p": {"S": "x"}, "s": {"N": "1"}}
        for operation, request in (("DescribeTable", {}), ("GetItem", {"Key": key}), ("PutItem", {"Item": key}), ("Scan", {}),
                                   ("Query", {"KeyConditionExpression": "p = :p", "ExpressionAttributeValues": {":p": {"S": "x"}}})):
            with self.subTest(operation=operation):
                status, document = self.call(operation, {"TableName": "eyrie-test-absent", **request})
                self.assertEqual((status, document["__type"].split("#")[-1]), (400, "ResourceNotFoundException"))

    def test_made_twice(self):
        name = self.make_table()
        self.refused("ResourceInUseException", self.db.create_table, TableName=name, BillingMode="PAY_PER_REQUEST",
                     AttributeDefinitions=[{"AttributeName": "p", "AttributeType": "S"}],
                     KeySchema=[{"AttributeName": "p", "KeyType": "HASH"}])


class ItemsTest(DynamoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.table = cls.make_table()

    def put(self, item, **more):
        return self.db.put_item(TableName=self.table, Item=item, **more)

    def get(self, partition, sort, **more):
        return self.db.get_item(TableName=self.table, Key={"p": {"S": partition}, "s": {"N": str(sort)}}, **more)

    def test_every_type_comes_back(self):
        item = {"p": {"S": "types"}, "s": {"N": "1"}, "string": {"S": "ü ✓ \" \\ \u0000 \u2028"}, "empty": {"S": ""},
                "number": {"N": "-12.5"}, "binary": {"B": b"\x00\xff\x10"}, "true": {"BOOL": True}, "null": {"NULL": True},
                "list": {"L": [{"S": "a"}, {"N": "1"}, {"L": []}]}, "map": {"M": {"a.b c": {"M": {"d": {"BOOL": False}}}}},
                "strings": {"SS": ["a", "b"]}, "numbers": {"NS": ["1", "2.5"]}, "binaries": {"BS": [b"a", b"b"]}}
        self.put(item)
        got = self.get("types", 1)["Item"]
        for name in ("strings", "numbers", "binaries"):
            kind, = item[name]
            got[name][kind] = sorted(got[name][kind])
        self.assertEqual(got, item)
        status, document = self.call("GetItem", {"TableName": self.table, "Key": {"p": {"S": "types"}, "s": {"N": "1"}}})
        self.assertEqual((status, document["Item"]["binary"]["B"]), (200, base64.b64encode(b"\x00\xff\x10").decode()))

    def test_numbers_are_one_value_however_written(self):
        self.put({"p": {"S": "numbers"}, "s": {"N": "1.50"}, "n": {"N": "0012.3400"}})
        got = self.get("numbers", "15e-1")["Item"]
        self.assertEqual((got["s"]["N"], got["n"]["N"]), ("1.5", "12.34"))
        exact = "1234567890.1234567890123456789012345678"
        self.put({"p": {"S": "numbers"}, "s": {"N": "2"}, "n": {"N": exact}})
        self.assertEqual(decimal.Decimal(self.get("numbers", 2)["Item"]["n"]["N"]), decimal.Decimal(exact))
        for wrong in ("", "1x", "NaN", "Infinity", "1" * 39, "1e126", "1e-131"):
            with self.subTest(number=wrong):
                self.invalid("PutItem", TableName=self.table, Item={"p": {"S": "n"}, "s": {"N": "3"}, "n": {"N": wrong}})

    def test_what_is_absent(self):
        self.assertNotIn("Item", self.get("absent", 1))

    def test_replacing_and_old_values(self):
        first, second = ({"p": {"S": "old"}, "s": {"N": "1"}, "v": {"S": value}} for value in ("first", "second"))
        self.assertNotIn("Attributes", self.put(first, ReturnValues="ALL_OLD"))
        self.assertEqual(self.put(second, ReturnValues="ALL_OLD")["Attributes"], first)
        self.assertNotIn("Attributes", self.put(second))
        self.assertEqual(self.get("old", 1)["Item"], second)
        self.invalid("PutItem", "ReturnValues", TableName=self.table, Item=second, ReturnValues="ALL_NEW")

    def test_conditions(self):
        item = {"p": {"S": "condition"}, "s": {"N": "1"}, "v": {"N": "5"}, "status": {"S": "PENDING"}}
        once = {"ConditionExpression": "attribute_not_exists(p)"}
        self.put(item, **once)
        self.refused("ConditionalCheckFailedException", self.put, item, **once, status=400)
        names, values = {"#s": "status"}, {":p": {"S": "PENDING"}, ":n": {"N": "4"}, ":m": {"N": "6"}}
        holds = ["#s = :p AND v > :n", "v BETWEEN :n AND :m", "NOT (v < :n)", "#s IN (:p, :n)", "begins_with(#s, :p)",
                 "contains(#s, :p)", "attribute_type(v, :t)", "size(#s) > :m", "v <> :n OR v = :n", "attribute_exists(#s)"]
        fails = ["#s <> :p", "v < :n", "attribute_not_exists(#s)", "v = :p", "size(#s) = :n", "absent = :n", "NOT v > :n"]

        def attempt(expression):
            used = {name: value for name, value in {**values, ":t": {"S": "N"}}.items() if name in expression}
            more = {"ExpressionAttributeNames": names} if "#s" in expression else {}
            more |= {"ExpressionAttributeValues": used} if used else {}
            return self.put(item, ConditionExpression=expression, **more)

        for expression in holds:
            with self.subTest(holds=expression):
                attempt(expression)
        for expression in fails:
            with self.subTest(fails=expression):
                self.refused("ConditionalCheckFailedException", attempt, expression)

    def test_conditions_that_are_not_understood(self):
        item = {"p": {"S": "bad"}, "s": {"N": "1"}}
        for expression in ("v =", "= v", "v = 5", "v ; v", "nonsense(v)", "(v = :a", "v = :a AND", "size(v)", "a" * 5000, "v = :b",
                           "#x = :a"):
            with self.subTest(expression=expression[:40]):
                self.invalid("PutItem", "ConditionExpression", TableName=self.table, Item=item, ConditionExpression=expression,
                             ExpressionAttributeValues={":a": {"S": "x"}})
        self.invalid("PutItem", "unused", TableName=self.table, Item=item, ConditionExpression="attribute_exists(p)",
                     ExpressionAttributeValues={":a": {"S": "x"}})

    def test_projections(self):
        self.put({"p": {"S": "projected"}, "s": {"N": "1"}, "a": {"M": {"b": {"S": "x"}, "c": {"S": "y"}}},
                  "l": {"L": [{"N": "1"}, {"N": "2"}]}})
        got = self.get("projected", 1, ProjectionExpression="#a.b, l[1]", ExpressionAttributeNames={"#a": "a"})["Item"]
        self.assertEqual(got, {"a": {"M": {"b": {"S": "x"}}}, "l": {"L": [{"N": "2"}]}})

    def test_keys_that_do_not_fit(self):
        for item in ({"p": {"S": "x"}}, {"p": {"N": "1"}, "s": {"N": "1"}}, {"p": {"S": ""}, "s": {"N": "1"}},
                     {"p": {"S": "x" * 2049}, "s": {"N": "1"}}, {"p": {"S": "x"}, "s": {"N": "1"}, "v": {"S": "a", "N": "1"}},
                     {"p": {"S": "x"}, "s": {"N": "1"}, "v": {}}, {"p": {"S": "x"}, "s": {"N": "1"}, "v": {"SS": []}},
                     {"p": {"S": "x"}, "s": {"N": "1"}, "v": {"SS": ["a", "a"]}}):
            with self.subTest(item=str(item)[:60]):
                self.invalid("PutItem", TableName=self.table, Item=item)
        self.invalid("GetItem", TableName=self.table, Key={"p": {"S": "x"}})
        self.invalid("GetItem", TableName=self.table, Key={"p": {"S": "x"}, "s": {"N": "1"}, "t": {"N": "1"}})

    def test_items_over_400_kb(self):
        key = {"p": {"S": "big"}, "s": {"N": "1"}}
        self.put({**key, "v": {"S": "x" * 400_000}})
        self.invalid("PutItem", "size", TableName=self.table, Item={**key, "v": {"S": "x" * 410_000}})

    def test_deleting(self):
        item = {"p": {"S": "deleted"}, "s": {"N": "1"}, "v": {"S": "x"}}
        key = {"p": {"S": "deleted"}, "s": {"N": "1"}}
        self.put(item)
        self.refused("ConditionalCheckFailedException", self.db.delete_item, TableName=self.table, Key=key,
                     ConditionExpression="v = :v", ExpressionAttributeValues={":v": {"S": "y"}})
        self.assertEqual(self.db.delete_item(TableName=self.table, Key=key, ReturnValues="ALL_OLD")["Attributes"], item)
        self.assertNotIn("Item", self.get("deleted", 1))
        self.db.delete_item(TableName=self.table, Key=key)

    def test_capacity_is_told_where_asked(self):
        status, document = self.call("GetItem", {"TableName": self.table, "Key": {"p": {"S": "x"}, "s": {"N": "1"}},
                                                 "ReturnConsumedCapacity": "TOTAL"})
        self.assertEqual((status, document["ConsumedCapacity"]["TableName"]), (200, self.table))


class ProtocolTest(DynamoCase):
    def test_what_is_no_request(self):
        for body in (b"", b"{", b"[]", b"null", b'{"TableName": 5}', b'{"TableName": "a', b"\xff\xfe"):
            with self.subTest(body=body):
                status, document = self.call("DescribeTable", body)
                self.assertEqual(status, 400)
                self.assertIn(document["__type"].split("#")[-1], ("SerializationException", "ValidationException"))

    def test_unknown_operations(self):
        if self.wire is None:
            self.skipTest("raw calls are not made against AWS")
        answer = self.wire.call("dynamodb", "MakeCoffee", {})
        self.assertEqual((answer.status, answer.json()["__type"].split("#")[-1]), (400, "UnknownOperationException"))

    def test_signatures(self):
        self.refused(("InvalidSignatureException", "UnrecognizedClientException"), self.client("dynamodb", secret="x" * 40).list_tables)
        self.refused("UnrecognizedClientException", self.client("dynamodb", key="AKIAIOSFODNN7EXAMPLE").list_tables, status=400)
        import botocore
        nobody = self.client("dynamodb", signature_version=botocore.UNSIGNED)
        self.refused(("MissingAuthenticationTokenException", "MissingAuthenticationToken"), nobody.list_tables, status=400)


if __name__ == "__main__":
    unittest.main()

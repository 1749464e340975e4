#!/usr/bin/python3
"""DynamoDB's Query and Scan: every key condition, both directions, pages, filters, projections, counts, refusals."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.dynamo import DynamoCase  # noqa: E402

NUMBERS = ["-20", "-1.5", "-1", "0", "0.5", "2", "10", "1E+10"]


class QueryByNumberTest(DynamoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.table = cls.make_table(sort="N")
        for number in reversed(NUMBERS):
            cls.db.put_item(TableName=cls.table, Item={"p": {"S": "a"}, "s": {"N": number}, "even": {"BOOL": float(number) % 2 == 0}})
        for partition in ("b", "A", "a ", ""):
            if partition:
                cls.db.put_item(TableName=cls.table, Item={"p": {"S": partition}, "s": {"N": "0"}})

    def query(self, condition, values=None, **more):
        status, document = self.call("Query", {
            "TableName": self.table, "KeyConditionExpression": condition,
            "ExpressionAttributeValues": {":p": {"S": "a"}, **(values or {})}, **more})
        self.assertEqual(status, 200, document)
        return document

    def sorts(self, document):
        return [float(item["s"]["N"]) for item in document["Items"]]

    def test_every_condition(self):
        zero, two = {":x": {"N": "0"}}, {":x": {"N": "0"}, ":y": {"N": "2.0"}}
        everything = [float(number) for number in NUMBERS]
        for condition, values, wanted in (
                ("p = :p", {}, everything),
                ("p = :p AND s = :x", zero, [0]),
                ("p = :p AND s < :x", zero, [-20, -1.5, -1]),
                ("p = :p AND s <= :x", zero, [-20, -1.5, -1, 0]),
                ("p = :p AND s > :x", zero, [0.5, 2, 10, 1e10]),
                ("p = :p AND s >= :x", zero, [0, 0.5, 2, 10, 1e10]),
                ("p = :p AND s BETWEEN :x AND :y", two, [0, 0.5, 2]),
                ("(p = :p) AND (s BETWEEN :x AND :y)", two, [0, 0.5, 2]),
                ("s > :x AND p = :p", zero, [0.5, 2, 10, 1e10]),
                (":p = p AND :x < s", zero, [0.5, 2, 10, 1e10])):
            with self.subTest(condition=condition):
                document = self.query(condition, values)
                self.assertEqual(self.sorts(document), wanted)
                self.assertEqual((document["Count"], document["ScannedCount"]), (len(wanted), len(wanted)))
                self.assertNotIn("LastEvaluatedKey", document)

    def test_backwards(self):
        self.assertEqual(self.sorts(self.query("p = :p", ScanIndexForward=False)), [float(number) for number in reversed(NUMBERS)])
        document = self.query("p = :p AND s < :x", {":x": {"N": "0"}}, ScanIndexForward=False, Limit=2)
        self.assertEqual(self.sorts(document), [-1, -1.5])
        document = self.query("p = :p AND s < :x", {":x": {"N": "0"}}, ScanIndexForward=False, Limit=2,
                              ExclusiveStartKey=document["LastEvaluatedKey"])
        self.assertEqual(self.sorts(document), [-20])

    def test_pages(self):
        for size in (1, 3, 7):
            with self.subTest(size=size):
                pages = self.db.get_paginator("query").paginate(
                    TableName=self.table, KeyConditionExpression="p = :p", ExpressionAttributeValues={":p": {"S": "a"}},
                    PaginationConfig={"PageSize": size})
                found = [item["s"]["N"] for page in pages for item in page["Items"]]
                self.assertEqual([float(number) for number in found], [float(number) for number in NUMBERS])

    def test_filters_come_after_the_page(self):
        document = self.query("p = :p", {":e": {"BOOL": True}}, FilterExpression="even = :e", Limit=3)
        self.assertEqual((document["Count"], document["ScannedCount"], self.sorts(document)), (1, 3, [-20]))
        self.assertIn("LastEvaluatedKey", document)

    def test_projection_and_count(self):
        document = self.query("p = :p AND s = :x", {":x": {"N": "2"}}, ProjectionExpression="even")
        self.assertEqual(document["Items"], [{"even": {"BOOL": True}}])
        document = self.query("p = :p", Select="COUNT")
        self.assertEqual((document["Count"], document.get("Items")), (len(NUMBERS), None))

    def test_names_may_stand_for_attributes(self):
        document = self.query("#p = :p AND #s > :x", {":x": {"N": "2"}}, ExpressionAttributeNames={"#p": "p", "#s": "s"})
        self.assertEqual(self.sorts(document), [10, 1e10])

    def test_what_is_no_key_condition(self):
        values = {":p": {"S": "a"}, ":x": {"N": "0"}}
        for condition in ("s = :x", "p > :p", "p = :p OR s = :x", "p = :p AND s <> :x", "p = :p AND even = :x", "p = :p AND s = :p",
                          "p = :p AND s > :x AND s < :x", "NOT p = :p", "begins_with(p, :p)", "p = :p AND begins_with(s, :x)",
                          "p = :absent", "p = ", "p = :p AND s IN (:x)", "p = :p AND contains(s, :x)"):
            with self.subTest(condition=condition):
                used = {name: value for name, value in values.items() if name in condition}
                request = {"ExpressionAttributeValues": used} if used else {}
                self.invalid("Query", TableName=self.table, KeyConditionExpression=condition, **request)
        self.invalid("Query", TableName=self.table)
        self.invalid("Query", TableName=self.table, KeyConditionExpression="p = :p", Limit=0,
                     ExpressionAttributeValues={":p": {"S": "a"}})


class QueryByTextTest(DynamoCase):
    TEXTS = ["2026-01-01", "2026-01-02", "2026-02-01", "2027", "Z", "a", "é", "日本", "🦅"]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.table = cls.make_table(sort="S")
        for text in reversed(cls.TEXTS):
            cls.db.put_item(TableName=cls.table, Item={"p": {"S": "a"}, "s": {"S": text}})

    def found(self, condition, **values):
        answer = self.db.query(TableName=self.table, KeyConditionExpression="p = :p" + condition,
                               ExpressionAttributeValues={":p": {"S": "a"}, **{":" + n: {"S": v} for n, v in values.items()}})
        return [item["s"]["S"] for item in answer["Items"]]

    def test_order_is_that_of_utf8_bytes(self):
        self.assertEqual(self.found(""), sorted(self.TEXTS, key=lambda text: text.encode()))

    def test_conditions(self):
        self.assertEqual(self.found(" AND begins_with(s, :x)", x="2026-01"), ["2026-01-01", "2026-01-02"])
        self.assertEqual(self.found(" AND begins_with(s, :x)", x="日"), ["日本"])
        self.assertEqual(self.found(" AND begins_with(s, :x)", x="2028"), [])
        self.assertEqual(self.found(" AND s BETWEEN :x AND :y", x="2026-01-02", y="2027"), ["2026-01-02", "2026-02-01", "2027"])
        self.assertEqual(self.found(" AND s > :x", x="a"), ["é", "日本", "🦅"])


class ScanTest(DynamoCase):
    ITEMS = 57

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.table = cls.make_table(sort=None)
        for index in range(cls.ITEMS):
            cls.db.put_item(TableName=cls.table, Item={"p": {"S": f"item-{index}"}, "n": {"N": str(index)},
                                                       "labels": {"L": [{"S": "cat" if index % 3 else "dog"}]}})

    def test_pages_hold_every_item_once(self):
        for size in (1, 10, 57, 100):
            with self.subTest(size=size):
                found, start = [], {}
                while True:
                    status, page = self.call("Scan", {"TableName": self.table, "Limit": size, **start})
                    self.assertEqual(status, 200)
                    self.assertLessEqual(page["Count"], size)
                    found += [item["p"]["S"] for item in page["Items"]]
                    if "LastEvaluatedKey" not in page:
                        break
                    start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
                self.assertEqual(sorted(found), sorted(f"item-{index}" for index in range(self.ITEMS)))

    def test_filters(self):
        status, page = self.call("Scan", {"TableName": self.table, "FilterExpression": "contains(labels, :l) AND n >= :n",
                                          "ExpressionAttributeValues": {":l": {"S": "dog"}, ":n": {"N": "30"}}})
        self.assertEqual(sorted(int(item["n"]["N"]) for item in page["Items"]), list(range(30, self.ITEMS, 3)))
        self.assertEqual((status, page["Count"], page["ScannedCount"]), (200, 9, self.ITEMS))
        status, page = self.call("Scan", {"TableName": self.table, "Limit": 5, "FilterExpression": "n < :n",
                                          "ExpressionAttributeValues": {":n": {"N": "-1"}}})
        self.assertEqual((page["Count"], page["ScannedCount"], page["Items"]), (0, 5, []))
        self.assertIn("LastEvaluatedKey", page)

    def test_pages_end_at_one_megabyte(self):
        table = self.make_table(sort=None)
        for index in range(8):
            self.db.put_item(TableName=table, Item={"p": {"S": str(index)}, "v": {"S": "x" * 300_000}})
        pages = list(self.db.get_paginator("scan").paginate(TableName=table))
        self.assertEqual(sum(page["Count"] for page in pages), 8)
        self.assertTrue(all(page["Count"] in (3, 4) for page in pages[:-1]), [page["Count"] for page in pages])

    def test_count_and_projection(self):
        status, page = self.call("Scan", {"TableName": self.table, "Select": "COUNT"})
        self.assertEqual((status, page["Count"], page.get("Items")), (200, self.ITEMS, None))
        status, page = self.call("Scan", {"TableName": self.table, "ProjectionExpression": "n", "Limit": 2})
        self.assertEqual([list(item) for item in page["Items"]], [["n"], ["n"]])

    def test_segments_divide_the_table(self):
        found = []
        for segment in range(3):
            for page in self.db.get_paginator("scan").paginate(TableName=self.table, Segment=segment, TotalSegments=3):
                found += [item["p"]["S"] for item in page["Items"]]
        self.assertEqual(sorted(found), sorted(f"item-{index}" for index in range(self.ITEMS)))

    def test_what_is_refused(self):
        self.invalid("Scan", TableName=self.table, FilterExpression="n <")
        self.invalid("Scan", TableName=self.table, Limit=0)
        self.invalid("Scan", TableName=self.table, ExclusiveStartKey={"q": {"S": "x"}})
        self.invalid("Scan", TableName=self.table, Segment=3, TotalSegments=3)


if __name__ == "__main__":
    unittest.main()

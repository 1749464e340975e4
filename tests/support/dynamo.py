"""Contract cases of DynamoDB: tables of their own, raw answers held against the service description."""

import time
import uuid

from .contract import ContractCase
from .shapes import Shapes


class DynamoCase(ContractCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shapes = Shapes("dynamodb")
        cls.db = cls.client("dynamodb")
        cls.wire = None if cls.endpoint is None else cls.raw()

    @classmethod
    def make_table(cls, partition="S", sort="N"):
        name = "eyrie-test-" + uuid.uuid4().hex[:20]
        keys, types = [("p", partition, "HASH")] + ([("s", sort, "RANGE")] if sort else []), []
        types = [{"AttributeName": attribute, "AttributeType": kind} for attribute, kind, _ in keys]
        schema = [{"AttributeName": attribute, "KeyType": role} for attribute, _, role in keys]
        cls.db.create_table(TableName=name, AttributeDefinitions=types, KeySchema=schema, BillingMode="PAY_PER_REQUEST")
        cls.addClassCleanup(cls._remove_table, name)
        for _ in range(300):
            if cls.db.describe_table(TableName=name)["Table"]["TableStatus"] == "ACTIVE":
                return name
            time.sleep(0.2)
        raise AssertionError(f"table {name} does not become ACTIVE")

    @classmethod
    def _remove_table(cls, name):
        import botocore.exceptions
        try:
            cls.db.delete_table(TableName=name)
        except botocore.exceptions.BotoCoreError:
            pass
        except botocore.exceptions.ClientError as error:  # not every endpoint has DeleteTable
            if error.response["Error"]["Code"] != "UnknownOperationException":
                raise

    def call(self, operation, request):
        """A raw call whose answer is held against the description."""
        if self.wire is None:
            self.skipTest("raw calls are not made against AWS")
        answer = self.wire.call("dynamodb", operation, request)
        document = answer.json()
        check = self.shapes.of_output if answer.status == 200 else self.shapes.of_error
        self.assertEqual(check(operation, document), [], f"{operation} answered {document}")
        self.assertEqual(answer.headers["content-type"], "application/x-amz-json-1.0")
        self.assertTrue(answer.request_id)
        return answer.status, document

    def invalid(self, operation, text="", **request):
        """The request is refused with ValidationException, saying `text`."""
        status, document = self.call(operation, request)
        self.assertEqual((status, document["__type"].split("#")[-1]), (400, "ValidationException"), document)
        self.assertIn(text.lower(), document["message"].lower())

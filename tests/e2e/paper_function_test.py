#!/usr/bin/python3
"""The job of the paper that Eyrie began with, by a function of one's own: a photo is uploaded, a Python handler asks Rekognition what is on it
and writes what it learns to a table. The handler is written anew from the description, as anybody would write it for AWS: it knows
nothing of Eyrie."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import functions, paths  # noqa: E402
from support.case import SMALL_MODELS, ServerCase  # noqa: E402
from support.server import eventually  # noqa: E402

HANDLER = '''
import urllib.parse
from decimal import Decimal

import boto3

rekognition = boto3.client("rekognition")
table = boto3.resource("dynamodb").Table("Detected")


def handler(event, context):
    for record in event["Records"]:
        bucket = record["s3"]["bucket"]["name"]
        key = urllib.parse.unquote_plus(record["s3"]["object"]["key"])
        found = rekognition.detect_labels(Image={"S3Object": {"Bucket": bucket, "Name": key}}, MaxLabels=10, MinConfidence=90)
        labels = [{"Name": label["Name"], "Confidence": Decimal(str(label["Confidence"]))} for label in found["Labels"]]
        table.put_item(Item={"ImageName": key, "Labels": labels, "Request": context.aws_request_id})
        print(key, "has", ", ".join(label["Name"] for label in labels))
    return {"statusCode": 200}
'''


class PaperFunctionTest(ServerCase):
    config = SMALL_MODELS

    def deploy(self):
        iam, lambda_, s3 = self.server.client("iam"), self.server.client("lambda"), self.server.client("s3")
        self.server.client("dynamodb").create_table(
            TableName="Detected", KeySchema=[{"AttributeName": "ImageName", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "ImageName", "AttributeType": "S"}], BillingMode="PAY_PER_REQUEST")
        role = functions.make_role(
            iam, "detector", functions.allow("s3:GetObject", "arn:aws:s3:::photos/*"), functions.allow("rekognition:DetectLabels"),
            functions.allow("dynamodb:PutItem", "arn:aws:dynamodb:us-east-1:000000000000:table/Detected"))
        made = lambda_.create_function(FunctionName="detect", Runtime="python3.11", Role=role, Handler="app.handler", Timeout=60,
                                       MemorySize=512, Code={"ZipFile": functions.python(HANDLER)})
        s3.create_bucket(Bucket="photos")
        rule = {"LambdaFunctionArn": made["FunctionArn"], "Events": ["s3:ObjectCreated:*"],
                "Filter": {"Key": {"FilterRules": [{"Name": "suffix", "Value": ".png"}]}}}
        configure = {"Bucket": "photos", "NotificationConfiguration": {"LambdaFunctionConfigurations": [rule]}}
        # Not before it lets S3.
        with self.assertRaises(s3.exceptions.ClientError) as refused:
            s3.put_bucket_notification_configuration(**configure)
        self.assertEqual(refused.exception.response["Error"]["Code"], "InvalidArgument")
        lambda_.add_permission(FunctionName="detect", StatementId="s3", Action="lambda:InvokeFunction", Principal="s3.amazonaws.com",
                               SourceArn="arn:aws:s3:::photos", SourceAccount="000000000000")
        s3.put_bucket_notification_configuration(**configure)
        shown = s3.get_bucket_notification_configuration(Bucket="photos")["LambdaFunctionConfigurations"]
        self.assertEqual(shown[0]["LambdaFunctionArn"], made["FunctionArn"])

    def test_upload_is_understood(self):
        self.deploy()
        s3, dynamodb = self.server.client("s3"), self.server.client("dynamodb")
        s3.put_object(Bucket="photos", Key="holiday/the cat.png", Body=paths.sample("cat.png").read_bytes())

        def record():
            return dynamodb.get_item(TableName="Detected", Key={"ImageName": {"S": "holiday/the cat.png"}}).get("Item")

        item = eventually(record, "the function's record")
        labels = {entry["M"]["Name"]["S"]: float(entry["M"]["Confidence"]["N"]) for entry in item["Labels"]["L"]}
        self.assertLessEqual(len(labels), 10)
        self.assertTrue(labels.keys() & {"Cat", "Animal", "Pet"}, labels)
        self.assertTrue(all(confidence >= 90 for confidence in labels.values()), labels)
        # As the caller of the API itself is told.
        direct = self.server.client("rekognition").detect_labels(
            Image={"S3Object": {"Bucket": "photos", "Name": "holiday/the cat.png"}}, MaxLabels=10, MinConfidence=90)
        told = {label["Name"]: label["Confidence"] for label in direct["Labels"]}
        self.assertEqual(labels.keys(), told.keys())
        for name, confidence in labels.items():
            self.assertAlmostEqual(confidence, told[name], places=2)
        log = eventually(lambda: "REPORT RequestId" in self.log() and self.log(), "the function's log")
        self.assertIn("holiday/the cat.png has", log)
        self.assertNotIn("denied", (self.server.data / "audit/denied.jsonl").read_text() if (self.server.data / "audit/denied.jsonl").exists() else "")

    def log(self):
        path = self.server.data / "functions/logs/detect.log"
        return path.read_text() if path.exists() else ""


if __name__ == "__main__":
    unittest.main()

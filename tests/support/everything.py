"""Some of each thing that is stored, made through AWS's APIs, and looked at again later: on another server, after damage.

    everything = Everything(server)          # makes it
    everything.check(test, other_server)     # all of it is there as it was
    everything.read_objects(other_server)    # {(bucket, key): bytes, or the error's code}
"""

import datetime
import io
import json
import random

from . import functions, paths
from .server import eventually

BUCKET = "kept"
CUSTOMER_KEY = bytes(range(32))
CUSTOMER = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": CUSTOMER_KEY}
FUNCTION = "def handler(event, context):\n    return event\n"


def some_bytes(seed, size):
    return random.Random(seed).randbytes(size)


def picture():
    """A JPEG of a cat."""
    image = paths.pillow().open(paths.sample("cat.png")).convert("RGB").resize((320, 213))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()


class Everything:
    def __init__(self, server, with_picture=True):
        self.objects = {}  # (bucket, key) -> bytes
        self.given = {}    # (bucket, key) -> what reading it needs besides
        self.s3 = server.client("s3")
        self.s3.create_bucket(Bucket=BUCKET)
        self.s3.put_bucket_tagging(Bucket=BUCKET, Tagging={"TagSet": [{"Key": "kept", "Value": "yes"}]})
        self._put_objects()
        self._put_archived(server)
        self._put_multipart()
        self._put_encrypted(server)
        if with_picture:
            self._put_picture(server)
        self._put_rest(server)

    # --- making ---

    def _put(self, key, body, bucket=BUCKET, **more):
        self.s3.put_object(Bucket=bucket, Key=key, Body=body, **more)
        self.objects[bucket, key] = body

    def _put_objects(self):
        for size in (0, 1, 65_535, 65_536, 65_537, 300_000):
            self._put(f"size-{size}", some_bytes(size, size), Metadata={"size": str(size)}, Tagging="tagged=yes")
        self._put("written/over", b"before")
        self._put("written/over", b"after")

    def _put_archived(self, server):
        for name, body in (("dense", some_bytes(1, 200_000)), ("loose", b"the same again " * 20_000), ("restored", b"once more " * 9000)):
            self._put(f"archived/{name}", body, StorageClass="GLACIER")
        self.s3.restore_object(Bucket=BUCKET, Key="archived/restored", RestoreRequest={"Days": 1000})
        eventually(lambda: 'ongoing-request="false"' in self.s3.head_object(Bucket=BUCKET, Key="archived/restored").get("Restore", ""), "the restored copy", timeout=60)
        cold = server.data / "cold"
        eventually(lambda: sum(path.is_file() for path in cold.glob("??/*")) >= 3, "files in the cold folder", timeout=60)

    def _put_multipart(self):
        parts = [some_bytes(11, 5 << 20), some_bytes(12, 70_000)]
        upload = self.s3.create_multipart_upload(Bucket=BUCKET, Key="multipart")["UploadId"]
        etags = [self.s3.upload_part(Bucket=BUCKET, Key="multipart", UploadId=upload, PartNumber=number, Body=body)["ETag"] for number, body in enumerate(parts, 1)]
        self.s3.complete_multipart_upload(Bucket=BUCKET, Key="multipart", UploadId=upload, MultipartUpload={
            "Parts": [{"PartNumber": number, "ETag": etag} for number, etag in enumerate(etags, 1)]})
        self.objects[BUCKET, "multipart"] = b"".join(parts)
        self.upload = self.s3.create_multipart_upload(Bucket=BUCKET, Key="begun")["UploadId"]
        self.part = self.s3.upload_part(Bucket=BUCKET, Key="begun", UploadId=self.upload, PartNumber=3, Body=some_bytes(13, 90_000))["ETag"]

    def _put_encrypted(self, server):
        self._put("customers", some_bytes(21, 100_000), **CUSTOMER)
        self.given[BUCKET, "customers"] = CUSTOMER
        self.kms_key = server.client("kms").create_key(Description="kept")["KeyMetadata"]["KeyId"]
        self._put("under-kms", some_bytes(22, 100_000), ServerSideEncryption="aws:kms", SSEKMSKeyId=self.kms_key)
        self.ciphertext = server.client("kms").encrypt(KeyId=self.kms_key, Plaintext=b"kept")["CiphertextBlob"]

    def _put_picture(self, server):
        self._put("uploads/cat.jpg", picture(), bucket="images")
        dynamodb = server.client("dynamodb")

        def done():
            items = dynamodb.scan(TableName="ImageMetadataStore")["Items"]
            return [item for item in items if item.get("ProcessingStatus", {}).get("S") == "COMPLETED"]

        self.record = eventually(done, "the picture's record")[0]
        eventually(lambda: self.s3.get_object_tagging(Bucket="images", Key="uploads/cat.jpg")["TagSet"], "the picture's tag")
        result = f"processed/{self.record['ImageID']['S']}.json"
        self.objects["images", result] = self.s3.get_object(Bucket="images", Key=result)["Body"].read()

    def _put_rest(self, server):
        server.client("dynamodb").put_item(TableName="ImageMetadataStore", Item={"ImageID": {"S": "kept"}, "UploadTimestamp": {"N": "7"}, "Note": {"S": "an item"}})
        sqs = server.client("sqs")
        self.queue = sqs.create_queue(QueueName="kept")["QueueUrl"]
        sqs.send_message(QueueUrl=self.queue, MessageBody="a message", DelaySeconds=900)
        server.client("sns").create_topic(Name="kept")
        iam = server.client("iam")
        iam.create_user(UserName="kept")
        self.access_key = iam.create_access_key(UserName="kept")["AccessKey"]
        role = functions.make_role(iam, "kept")
        created = server.client("lambda").create_function(FunctionName="kept", Runtime="python3.11", Handler="app.handler", Role=role, Code={"ZipFile": functions.python(FUNCTION)})
        self.code = created["CodeSha256"]
        rekognition = server.client("rekognition")
        rekognition.create_collection(CollectionId="kept", Tags={"kept": "yes"})
        rekognition.create_user(CollectionId="kept", UserId="somebody")
        self.noted = datetime.datetime.now(datetime.timezone.utc).replace(second=0, microsecond=0)
        server.client("cloudwatch").put_metric_data(Namespace="kept", MetricData=[{"MetricName": "noted", "Value": 7.5, "Timestamp": self.noted}])

    # --- looking ---

    def read_objects(self, server):
        """What a GET of each object answers: its bytes, or the code of the error. An answer that breaks off is one too."""
        s3 = server.client("s3", read_timeout=30)
        found = {}
        for bucket, key in self.objects:
            try:
                found[bucket, key] = s3.get_object(Bucket=bucket, Key=key, **self.given.get((bucket, key), {}))["Body"].read()
            except s3.exceptions.ClientError as error:
                found[bucket, key] = error.response["Error"]["Code"]
            except Exception as error:  # botocore has many names for a connection that ends
                found[bucket, key] = type(error).__name__
        return found

    def check(self, test, server):
        expected = {name: "InvalidObjectState" if name[1] in ("archived/dense", "archived/loose") else body for name, body in self.objects.items()}
        found = self.read_objects(server)
        test.assertEqual([name for name in expected if found[name] != expected[name]], [])
        s3 = server.client("s3")
        head = s3.head_object(Bucket=BUCKET, Key="size-65537")
        test.assertEqual(head["Metadata"], {"size": "65537"})
        test.assertEqual(s3.get_object_tagging(Bucket=BUCKET, Key="size-65537")["TagSet"], [{"Key": "tagged", "Value": "yes"}])
        test.assertEqual(s3.get_bucket_tagging(Bucket=BUCKET)["TagSet"], [{"Key": "kept", "Value": "yes"}])
        listed = {item["Key"] for item in s3.list_objects_v2(Bucket=BUCKET)["Contents"]}
        test.assertEqual(listed, {key for bucket, key in self.objects if bucket == BUCKET})
        parts = s3.list_parts(Bucket=BUCKET, Key="begun", UploadId=self.upload)["Parts"]
        test.assertEqual([(part["PartNumber"], part["ETag"]) for part in parts], [(3, self.part)])
        dynamodb = server.client("dynamodb")
        item = dynamodb.get_item(TableName="ImageMetadataStore", Key={"ImageID": {"S": "kept"}, "UploadTimestamp": {"N": "7"}})["Item"]
        test.assertEqual(item["Note"], {"S": "an item"})
        if hasattr(self, "record"):
            key = {name: self.record[name] for name in ("ImageID", "UploadTimestamp")}
            test.assertEqual(dynamodb.get_item(TableName="ImageMetadataStore", Key=key)["Item"], self.record)
        sqs = server.client("sqs")
        attributes = sqs.get_queue_attributes(QueueUrl=sqs.get_queue_url(QueueName="kept")["QueueUrl"], AttributeNames=["All"])["Attributes"]
        test.assertEqual(attributes["ApproximateNumberOfMessagesDelayed"], "1")
        test.assertIn("kept", json.dumps(server.client("sns").list_topics()["Topics"]))
        keys = server.client("iam").list_access_keys(UserName="kept")["AccessKeyMetadata"]
        test.assertEqual([key["AccessKeyId"] for key in keys], [self.access_key["AccessKeyId"]])
        test.assertEqual(server.client("lambda").get_function(FunctionName="kept")["Configuration"]["CodeSha256"], self.code)
        test.assertEqual(server.client("kms").decrypt(CiphertextBlob=self.ciphertext)["Plaintext"], b"kept")
        users = server.client("rekognition").list_users(CollectionId="kept")["Users"]
        test.assertEqual([user["UserId"] for user in users], ["somebody"])
        points = server.client("cloudwatch").get_metric_statistics(
            Namespace="kept", MetricName="noted", StartTime=self.noted, EndTime=self.noted + datetime.timedelta(minutes=1), Period=60, Statistics=["Sum"])["Datapoints"]
        test.assertEqual([point["Sum"] for point in points], [7.5])

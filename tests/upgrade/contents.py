"""Some of each thing that a data directory keeps, told so that another program's server can be asked for it later.

    facts = make(server, since)    # of what the server's format knows: plain data, for JSON
    check(test, server, facts)     # all of it is there as it was

What is checked comes from the facts alone: those of a fixture were written when it was made, by this file as it was then.
"""

import base64
import datetime
import json
import pathlib
import sqlite3
import tempfile

from support import functions, paths
from support.console import Console, add_user, owner
from support.everything import some_bytes
from support.receivers import Hook
from support.rekognition import encoded
from support.server import eventually, run_eyrie
from support.signing import raw_client

BUCKET = "kept"
PASSWORD = "a long enough password"
MARK = "a-word-that-is-kept-secret"  # in whatever is sealed today; formats of before may have it in clear
ARN = "arn:aws:{}:us-east-1:000000000000:{}"


def format_of(data):
    """Of a database that is open, or that was closed."""
    with sqlite3.connect(f"file:{data}/eyrie.db?mode=ro", uri=True) as database:
        return database.execute("PRAGMA user_version").fetchone()[0]


def format_of_header(data):
    """The same from the file alone, which is not touched."""
    return int.from_bytes((data / "eyrie.db").read_bytes()[60:64], "big")


# --- objects ---

def _bodies(sizes):
    return {key: some_bytes(seed, size) for key, (seed, size) in sizes.items()}


def make_objects(server):
    s3 = server.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    sizes = {"empty": (1, 0), "one": (2, 1), "two/chunks": (3, 65_537), "name with spaces, ümlaute & ?": (4, 300), "written/over": (5, 500)}
    s3.put_object(Bucket=BUCKET, Key="written/over", Body=b"before")
    for key, body in _bodies(sizes).items():
        s3.put_object(Bucket=BUCKET, Key=key, Body=body, ContentType="text/x-kept", Metadata={"mark": MARK})
        s3.put_object_tagging(Bucket=BUCKET, Key=key, Tagging={"TagSet": [{"Key": "mark", "Value": MARK}]})
    s3.put_object(Bucket=BUCKET, Key="gone", Body=b"gone")
    s3.delete_object(Bucket=BUCKET, Key="gone")
    return {"sizes": sizes, "etags": {key: s3.head_object(Bucket=BUCKET, Key=key)["ETag"] for key in sizes}}


def check_objects(test, server, facts):
    s3 = server.client("s3")
    for key, body in _bodies(facts["sizes"]).items():
        found = s3.get_object(Bucket=BUCKET, Key=key)
        test.assertEqual(found["Body"].read(), body, key)
        test.assertEqual((found["ETag"], found["ContentType"], found["Metadata"]), (facts["etags"][key], "text/x-kept", {"mark": MARK}))
        test.assertEqual(s3.get_object_tagging(Bucket=BUCKET, Key=key)["TagSet"], [{"Key": "mark", "Value": MARK}])
    listed = {entry["Key"]: entry["Size"] for entry in s3.list_objects_v2(Bucket=BUCKET)["Contents"]}
    test.assertLessEqual({key: size for key, (_, size) in facts["sizes"].items()}.items(), listed.items())
    test.assertNotIn("gone", listed)


def make_multipart(server):
    s3 = server.client("s3")
    part = some_bytes(11, 6_000)
    upload = s3.create_multipart_upload(Bucket=BUCKET, Key="parts/whole", Metadata={"mark": MARK})["UploadId"]
    tag = s3.upload_part(Bucket=BUCKET, Key="parts/whole", UploadId=upload, PartNumber=1, Body=part)["ETag"]
    s3.complete_multipart_upload(Bucket=BUCKET, Key="parts/whole", UploadId=upload, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": tag}]})
    begun = s3.create_multipart_upload(Bucket=BUCKET, Key="parts/begun", Metadata={"mark": MARK})["UploadId"]
    tag = s3.upload_part(Bucket=BUCKET, Key="parts/begun", UploadId=begun, PartNumber=3, Body=some_bytes(12, 3_000))["ETag"]
    noted = format_of(server.data) >= 3  # what an object was made of, and a bucket's tags
    if noted:
        s3.put_bucket_tagging(Bucket=BUCKET, Tagging={"TagSet": [{"Key": "of", "Value": "the bucket"}]})
    return {"etag": s3.head_object(Bucket=BUCKET, Key="parts/whole")["ETag"], "upload": begun, "part": tag, "noted": noted}


def check_multipart(test, server, facts):
    s3 = server.client("s3")
    found = s3.get_object(Bucket=BUCKET, Key="parts/whole", PartNumber=1)
    test.assertEqual((found["Body"].read(), found["ETag"], found["Metadata"]), (some_bytes(11, 6_000), facts["etag"], {"mark": MARK}))
    parts = s3.list_parts(Bucket=BUCKET, Key="parts/begun", UploadId=facts["upload"])["Parts"]
    test.assertEqual([(part["PartNumber"], part["ETag"], part["Size"]) for part in parts], [(3, facts["part"], 3_000)])
    if facts.get("noted", True):
        test.assertEqual(found["PartsCount"], 1)
        test.assertEqual(s3.get_bucket_tagging(Bucket=BUCKET)["TagSet"], [{"Key": "of", "Value": "the bucket"}])


def finish_multipart(test, server, facts):
    """An upload that was begun before is completed after."""
    s3 = server.client("s3")
    s3.complete_multipart_upload(Bucket=BUCKET, Key="parts/begun", UploadId=facts["upload"], MultipartUpload={"Parts": [{"PartNumber": 3, "ETag": facts["part"]}]})
    found = s3.get_object(Bucket=BUCKET, Key="parts/begun")
    test.assertEqual((found["Body"].read(), found["Metadata"]), (some_bytes(12, 3_000), {"mark": MARK}))


def make_archive(server):
    s3 = server.client("s3")
    bodies = {"archived/dense": some_bytes(21, 5_000), "archived/loose": b"the same again " * 20_000, "archived/restored": b"once more " * 900}
    for key, body in bodies.items():
        s3.put_object(Bucket=BUCKET, Key=key, Body=body, StorageClass="GLACIER")
    cold = server.data / "cold"
    eventually(lambda: sum(path.is_file() for path in cold.glob("??/*")) == len(bodies), "files in the cold folder")
    s3.restore_object(Bucket=BUCKET, Key="archived/restored", RestoreRequest={"Days": 100})
    eventually(lambda: 'ongoing-request="false"' in s3.head_object(Bucket=BUCKET, Key="archived/restored").get("Restore", ""), "the restored copy")
    return {}


def check_archive(test, server, _):
    s3 = server.client("s3")
    for key, size in (("archived/dense", 5_000), ("archived/loose", 300_000)):
        head = s3.head_object(Bucket=BUCKET, Key=key)
        test.assertEqual((head["StorageClass"], head["ContentLength"]), ("GLACIER", size))
        with test.assertRaises(s3.exceptions.ClientError) as refused:
            s3.get_object(Bucket=BUCKET, Key=key)
        test.assertEqual(refused.exception.response["Error"]["Code"], "InvalidObjectState")
    test.assertEqual(s3.get_object(Bucket=BUCKET, Key="archived/restored")["Body"].read(), b"once more " * 900)


def finish_archive(test, server, _):
    """What lies in the cold folder since before comes back."""
    s3 = server.client("s3")
    for key, body in (("archived/dense", some_bytes(21, 5_000)), ("archived/loose", b"the same again " * 20_000)):
        s3.restore_object(Bucket=BUCKET, Key=key, RestoreRequest={"Days": 1})
        eventually(lambda: 'ongoing-request="false"' in s3.head_object(Bucket=BUCKET, Key=key).get("Restore", ""), "the restored copy")
        test.assertEqual(s3.get_object(Bucket=BUCKET, Key=key)["Body"].read(), body)


CUSTOMER = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": bytes(range(32))}


def make_customer(server):
    server.client("s3").put_object(Bucket=BUCKET, Key="customers", Body=some_bytes(31, 2_000), **CUSTOMER)
    return {}


def check_customer(test, server, _):
    s3 = server.client("s3")
    test.assertEqual(s3.get_object(Bucket=BUCKET, Key="customers", **CUSTOMER)["Body"].read(), some_bytes(31, 2_000))
    with test.assertRaises(s3.exceptions.ClientError):
        s3.get_object(Bucket=BUCKET, Key="customers", **{**CUSTOMER, "SSECustomerKey": bytes(32)})


CORS = [{"ID": "kept", "AllowedOrigins": ["https://*.example.com"], "AllowedMethods": ["GET", "PUT"], "AllowedHeaders": ["x-kept-*"], "ExposeHeaders": ["ETag"], "MaxAgeSeconds": 77}]


def make_settings(server):
    s3 = server.client("s3")
    cors = [dict(CORS[0])]
    if format_of(server.data) < 8:
        cors[0]["ExposeHeaders"] = ["ETag", "x-amz-meta-*"]  # taken then, refused since
    s3.put_bucket_cors(Bucket=BUCKET, CORSConfiguration={"CORSRules": cors})
    s3.put_bucket_encryption(Bucket=BUCKET, ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": True}]})
    return {"cors": cors, "encryption": s3.get_bucket_encryption(Bucket=BUCKET)["ServerSideEncryptionConfiguration"]["Rules"]}


def check_settings(test, server, facts):
    s3 = server.client("s3")
    test.assertEqual(s3.get_bucket_cors(Bucket=BUCKET)["CORSRules"], facts["cors"])
    answer = raw_client(server).request("s3", "OPTIONS", f"/{BUCKET}/one", headers={"origin": "https://a.example.com", "access-control-request-method": "PUT"})
    test.assertEqual((answer.status, answer.headers.get("access-control-expose-headers")), (200, ", ".join(facts["cors"][0]["ExposeHeaders"])))
    test.assertEqual(s3.get_bucket_encryption(Bucket=BUCKET)["ServerSideEncryptionConfiguration"]["Rules"], facts["encryption"])


LIFECYCLE = [{"ID": "kept", "Status": "Enabled", "Filter": {"And": {"Prefix": "temporary/", "Tags": [{"Key": "a", "Value": "b"}], "ObjectSizeGreaterThan": 3}}, "Expiration": {"Days": 400},
              "Transitions": [{"Days": 300, "StorageClass": "GLACIER"}]},
             {"ID": "parts", "Status": "Disabled", "Filter": {"Prefix": "parts/"}, "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}}]


def make_lifecycle(server):
    s3 = server.client("s3")
    s3.put_bucket_lifecycle_configuration(Bucket=BUCKET, LifecycleConfiguration={"Rules": LIFECYCLE})
    s3.put_object(Bucket=BUCKET, Key="temporary/one", Body=b"for a while", Tagging="a=b")
    return {"rules": LIFECYCLE, "expires": s3.head_object(Bucket=BUCKET, Key="temporary/one")["Expiration"]}


def check_lifecycle(test, server, facts):
    s3 = server.client("s3")
    test.assertEqual(s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"], facts["rules"])
    test.assertEqual(s3.head_object(Bucket=BUCKET, Key="temporary/one")["Expiration"], facts["expires"])


# --- items and pictures ---

def make_items(server):
    dynamodb = server.client("dynamodb")
    dynamodb.create_table(TableName="Kept", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "p", "KeyType": "HASH"}, {"AttributeName": "s", "KeyType": "RANGE"}],
                          AttributeDefinitions=[{"AttributeName": "p", "AttributeType": "S"}, {"AttributeName": "s", "AttributeType": "N"}])
    numbers = ["-1E+20", "-7", "0", "0.5", "12", "1E+20"]
    for number in numbers:
        dynamodb.put_item(TableName="Kept", Item={"p": {"S": "kept"}, "s": {"N": number}, "mark": {"S": MARK}, "list": {"L": [{"BOOL": True}, {"NULL": True}, {"M": {"a": {"N": "1.25"}}}]},
                                                  "bytes": {"B": b"\x00\xff"}, "words": {"SS": ["a", "b"]}})
    items = dynamodb.query(TableName="Kept", KeyConditionExpression="p = :p", ExpressionAttributeValues={":p": {"S": "kept"}})["Items"]
    return {"numbers": [item["s"]["N"] for item in items], "count": len(numbers)}


def check_items(test, server, facts):
    dynamodb = server.client("dynamodb")
    items = dynamodb.query(TableName="Kept", KeyConditionExpression="p = :p", ExpressionAttributeValues={":p": {"S": "kept"}})["Items"]
    test.assertEqual(([item["s"]["N"] for item in items], len(items)), (facts["numbers"], facts["count"]))
    for item in items:
        test.assertEqual((item["mark"], item["bytes"], sorted(item["words"]["SS"])), ({"S": MARK}, {"B": b"\x00\xff"}, ["a", "b"]))
        test.assertEqual(item["list"], {"L": [{"BOOL": True}, {"NULL": True}, {"M": {"a": {"N": "1.25"}}}]})
    test.assertEqual(dynamodb.describe_table(TableName="Kept")["Table"]["ItemCount"], facts["count"])


def record_of(server, key):
    found = [item for item in server.client("dynamodb").scan(TableName="ImageMetadataStore")["Items"] if item["Key"]["S"] == key]
    return found[0] if len(found) == 1 and found[0]["ProcessingStatus"]["S"] != "PENDING" else None


def picture():
    """A small one of a cat."""
    return encoded(paths.pillow().open(paths.sample("cat.png")).convert("RGB").resize((160, 106)), "JPEG", quality=70)


def make_picture(server):
    s3 = server.client("s3")
    s3.put_object(Bucket="images", Key="uploads/cat.jpg", Body=picture())
    record = eventually(lambda: record_of(server, "uploads/cat.jpg"), "the picture's record", timeout=600)
    if record["ProcessingStatus"]["S"] == "FAILED" and format_of(server.data) == 1:
        return {"record": record}  # its programs looked at no picture whole: they gave up after five attempts
    eventually(lambda: s3.get_object_tagging(Bucket="images", Key="uploads/cat.jpg")["TagSet"], "the picture's tag")
    result = s3.get_object(Bucket="images", Key=f"processed/{record['ImageID']['S']}.json")["Body"].read()
    return {"record": record, "result": json.loads(result)}


def check_picture(test, server, facts):
    s3 = server.client("s3")
    test.assertEqual(record_of(server, "uploads/cat.jpg"), facts["record"])
    if "result" not in facts:
        test.assertEqual(facts["record"]["ProcessingStatus"], {"S": "FAILED"})
        return
    test.assertEqual(facts["record"]["ProcessingStatus"], {"S": "COMPLETED"})
    test.assertEqual(json.loads(s3.get_object(Bucket="images", Key=f"processed/{facts['record']['ImageID']['S']}.json")["Body"].read()), facts["result"])
    test.assertEqual(s3.get_object_tagging(Bucket="images", Key="uploads/cat.jpg")["TagSet"], [{"Key": "status", "Value": "analyzed"}])


# --- faces ---

def rekognition(server, operation, **request):
    """Raw: an old botocore knows no users."""
    answer = raw_client(server).call("rekognition", operation, request)
    assert answer.status == 200, answer.body[:500]
    return answer.json()


def somebody():
    return paths.pillow().open(paths.sample("astronaut.png")).convert("RGB").crop((120, 0, 376, 256))


def make_faces(server):
    rekognition(server, "CreateCollection", CollectionId="kept", Tags={"of": "the collection"})
    faces = {}
    for name, size in (("one.jpg", 256), ("two.jpg", 230)):
        picture_of = base64.b64encode(encoded(somebody().resize((size, size)), "JPEG", quality=90)).decode()
        found, = rekognition(server, "IndexFaces", CollectionId="kept", Image={"Bytes": picture_of}, ExternalImageId=f"{MARK}-{name}")["FaceRecords"]
        faces[found["Face"]["FaceId"]] = found["Face"]["ExternalImageId"]
    rekognition(server, "CreateUser", CollectionId="kept", UserId=f"{MARK}-user")
    rekognition(server, "AssociateFaces", CollectionId="kept", UserId=f"{MARK}-user", FaceIds=list(faces)[:1])
    return {"faces": faces, "listed": rekognition(server, "ListFaces", CollectionId="kept")["Faces"], "user": f"{MARK}-user"}


def check_faces(test, server, facts):
    listed = rekognition(server, "ListFaces", CollectionId="kept")["Faces"]
    test.assertEqual(listed, facts["listed"])
    test.assertEqual({face["FaceId"]: face["ExternalImageId"] for face in listed}, facts["faces"])
    one, other = facts["faces"]
    match, = rekognition(server, "SearchFaces", CollectionId="kept", FaceId=one)["FaceMatches"]
    test.assertEqual(match["Face"]["FaceId"], other)
    test.assertGreater(match["Similarity"], 90)
    match, = rekognition(server, "SearchUsers", CollectionId="kept", FaceId=other)["UserMatches"]
    test.assertEqual(match["User"]["UserId"], facts["user"])
    test.assertEqual([user["UserId"] for user in rekognition(server, "ListUsers", CollectionId="kept")["Users"]], [facts["user"]])
    arn = rekognition(server, "DescribeCollection", CollectionId="kept")["CollectionARN"]
    test.assertEqual(rekognition(server, "ListTagsForResource", ResourceArn=arn)["Tags"], {"of": "the collection"})


def make_gallery(server):
    eventually(lambda: (server.data / "celebrities.gallery").exists(), "the example's gallery", timeout=600)
    with tempfile.TemporaryDirectory(prefix="eyrie-portraits-") as folder:
        somebody().save(pathlib.Path(folder) / "Some_Body.jpg")
        done = run_eyrie("celebrities", "--data", server.data, "import", folder, "--replace")
        assert done.returncode == 0, done.stderr
    known = json.loads(run_eyrie("celebrities", "--data", server.data, "list", "--json").stdout)
    return {"known": known}


def check_gallery(test, server, facts):
    listed = run_eyrie("celebrities", "--data", server.data, "list", "--json")
    test.assertEqual((json.loads(listed.stdout), bool(facts["known"])), (facts["known"], True))


# --- who may, and keys ---

def make_identities(server):
    iam = server.client("iam")
    iam.create_user(UserName="kept", Path="/team/")
    iam.put_user_policy(UserName="kept", PolicyName="own", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": functions.allow("s3:ListBucket", f"arn:aws:s3:::{BUCKET}")}))
    policy = iam.create_policy(PolicyName="reads", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": functions.allow("s3:GetObject", f"arn:aws:s3:::{BUCKET}/one")}))["Policy"]["Arn"]
    iam.attach_user_policy(UserName="kept", PolicyArn=policy)
    key = iam.create_access_key(UserName="kept")["AccessKey"]
    facts = {"policy": policy, "key": key["AccessKeyId"], "secret": key["SecretAccessKey"]}
    denied(server, facts)
    facts["denied"] = json.loads((server.data / "audit" / "denied.jsonl").read_text().splitlines()[-1])
    return facts


def denied(server, facts):
    """The code that an object beyond the user's rights is answered with."""
    theirs = server.client("s3", facts["key"], facts["secret"])
    try:
        theirs.get_object(Bucket=BUCKET, Key="empty")
    except theirs.exceptions.ClientError as error:
        return error.response["Error"]["Code"]


def check_identities(test, server, facts):
    theirs = server.client("s3", facts["key"], facts["secret"])
    test.assertEqual(theirs.get_object(Bucket=BUCKET, Key="one")["Body"].read(), some_bytes(2, 1))
    test.assertTrue(theirs.list_objects_v2(Bucket=BUCKET)["Contents"])
    test.assertEqual(denied(server, facts), "AccessDenied")
    test.assertEqual(server.client("iam").get_user(UserName="kept")["User"]["Path"], "/team/")
    lines = [json.loads(line) for line in (server.data / "audit" / "denied.jsonl").read_text().splitlines()]
    test.assertEqual(lines[0], facts["denied"])
    test.assertGreater(len(lines), 1)


def make_policy(server):
    iam, s3 = server.client("iam"), server.client("s3")
    blocks = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": False, "RestrictPublicBuckets": False}
    s3.put_public_access_block(Bucket=BUCKET, PublicAccessBlockConfiguration=blocks)
    document = {"Version": "2012-10-17", "Statement": [{"Sid": "kept", "Effect": "Allow", "Principal": {"AWS": iam.get_user(UserName="kept")["User"]["Arn"]}, "Action": "s3:GetObject",
                                                        "Resource": f"arn:aws:s3:::{BUCKET}/two/*", "Condition": {"DateGreaterThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}}}]}
    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(document))
    key = iam.create_access_key(UserName="kept")["AccessKey"]
    return {"document": document, "blocks": blocks, "key": key["AccessKeyId"], "secret": key["SecretAccessKey"]}


def check_policy(test, server, facts):
    s3 = server.client("s3")
    test.assertEqual(json.loads(s3.get_bucket_policy(Bucket=BUCKET)["Policy"]), facts["document"])
    test.assertEqual(s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"], facts["blocks"])
    theirs = server.client("s3", facts["key"], facts["secret"])
    test.assertEqual(theirs.get_object(Bucket=BUCKET, Key="two/chunks")["Body"].read(), some_bytes(3, 65_537))


def make_kms(server):
    kms, s3 = server.client("kms"), server.client("s3")
    key = kms.create_key(Description=MARK)["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/kept", TargetKeyId=key)
    s3.put_object(Bucket=BUCKET, Key="under-kms", Body=some_bytes(41, 2_000), ServerSideEncryption="aws:kms", SSEKMSKeyId="alias/kept")
    return {"key": key, "sealed": base64.b64encode(kms.encrypt(KeyId=key, Plaintext=b"kept", EncryptionContext={"a": "b"})["CiphertextBlob"]).decode()}


def check_kms(test, server, facts):
    kms = server.client("kms")
    opened = kms.decrypt(CiphertextBlob=base64.b64decode(facts["sealed"]), EncryptionContext={"a": "b"})
    test.assertEqual((opened["Plaintext"], opened["KeyId"].rpartition("/")[2]), (b"kept", facts["key"]))
    described = kms.describe_key(KeyId="alias/kept")["KeyMetadata"]
    test.assertEqual((described["KeyId"], described["Description"]), (facts["key"], MARK))
    test.assertEqual(server.client("s3").get_object(Bucket=BUCKET, Key="under-kms")["Body"].read(), some_bytes(41, 2_000))


def make_console(server):
    add_user(owner(server), "ann", "admin", PASSWORD, email="ann@example.com")
    console = Console(server)
    assert console.sign_in("ann", PASSWORD).status == 200
    return {"cookie": console.cookie}


def check_console(test, server, facts):
    console = Console(server)
    test.assertEqual(console.sign_in("ann", "another long password").code, "WrongCredentials")
    test.assertEqual(console.sign_in("ann", PASSWORD).status, 200)
    test.assertEqual(console.request("GET", "users").json["users"][0]["email"], "ann@example.com")
    # She is still signed in where she was.
    console.cookie = facts["cookie"]
    test.assertEqual(console.request("GET", "session").status, 200)


# --- functions, queues, topics ---

HANDLER = "import os\ndef handler(event, context):\n    return {'event': event, 'word': os.environ['WORD'], 'version': context.function_version}\n"


def make_functions(server):
    lambda_ = server.client("lambda")
    role = functions.make_role(server.client("iam"), "kept-role", functions.allow("sqs:*"))
    made = lambda_.create_function(FunctionName="kept", Runtime="python3.11", Handler="app.handler", Role=role, Timeout=60, Code={"ZipFile": functions.python(HANDLER)},
                                   Environment={"Variables": {"WORD": MARK}}, Tags={"of": "the function"})
    version = lambda_.publish_version(FunctionName="kept")["Version"]
    lambda_.create_alias(FunctionName="kept", Name="live", FunctionVersion=version)
    lambda_.add_permission(FunctionName="kept", StatementId="s3", Action="lambda:InvokeFunction", Principal="s3.amazonaws.com", SourceArn=f"arn:aws:s3:::{BUCKET}")
    server.client("s3").put_bucket_notification_configuration(Bucket=BUCKET, NotificationConfiguration={"LambdaFunctionConfigurations": [
        {"Id": "kept", "LambdaFunctionArn": made["FunctionArn"], "Events": ["s3:ObjectRemoved:*"]}]})
    return {"sha256": made["CodeSha256"], "version": version, "role": role}


def check_functions(test, server, facts):
    lambda_ = server.client("lambda")
    for qualifier, version in (("$LATEST", "$LATEST"), ("live", facts["version"])):
        answer = json.loads(lambda_.invoke(FunctionName="kept", Qualifier=qualifier, Payload='{"a": 1}')["Payload"].read())
        test.assertEqual(answer, {"event": {"a": 1}, "word": MARK, "version": version})
    found = lambda_.get_function(FunctionName="kept")
    test.assertEqual((found["Configuration"]["CodeSha256"], found["Configuration"]["Role"], found["Tags"]), (facts["sha256"], facts["role"], {"of": "the function"}))
    test.assertIn("s3.amazonaws.com", lambda_.get_policy(FunctionName="kept")["Policy"])
    rules = server.client("s3").get_bucket_notification_configuration(Bucket=BUCKET)["LambdaFunctionConfigurations"]
    test.assertEqual([rule["Id"] for rule in rules], ["kept"])


def make_queues(server):
    sqs = server.client("sqs")
    dead = sqs.create_queue(QueueName="kept-dead")["QueueUrl"]
    url = sqs.create_queue(QueueName="kept", Attributes={"VisibilityTimeout": "77", "MessageRetentionPeriod": "1209600",
                                                         "RedrivePolicy": json.dumps({"deadLetterTargetArn": ARN.format("sqs", "kept-dead"), "maxReceiveCount": 50})})["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody=MARK, MessageAttributes={"n": {"DataType": "Number", "StringValue": "5"}})
    sqs.send_message(QueueUrl=dead, MessageBody="later", DelaySeconds=900)
    return {}


def check_queues(test, server, _):
    sqs = server.client("sqs")
    url = sqs.get_queue_url(QueueName="kept")["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    test.assertEqual((attributes["VisibilityTimeout"], json.loads(attributes["RedrivePolicy"])["maxReceiveCount"], attributes["ApproximateNumberOfMessages"]), ("77", 50, "1"))
    message, = sqs.receive_message(QueueUrl=url, VisibilityTimeout=0, MessageAttributeNames=["All"])["Messages"]
    test.assertEqual((message["Body"], message["MessageAttributes"]["n"]["StringValue"]), (MARK, "5"))
    dead = sqs.get_queue_attributes(QueueUrl=sqs.get_queue_url(QueueName="kept-dead")["QueueUrl"], AttributeNames=["All"])["Attributes"]
    test.assertEqual(dead["ApproximateNumberOfMessagesDelayed"], "1")


def make_topics(server):
    sns, sqs = server.client("sns"), server.client("sqs")
    topic = sns.create_topic(Name="kept", Attributes={"DisplayName": MARK})["TopicArn"]
    url = sqs.create_queue(QueueName="kept-told", Attributes={"Policy": json.dumps({"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": ARN.format("sqs", "kept-told")}})})["QueueUrl"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=ARN.format("sqs", "kept-told"), Attributes={"FilterPolicy": '{"kind": ["wanted"]}', "RawMessageDelivery": "true"})
    # A message that nobody has taken yet: its endpoint went away when it had confirmed.
    with Hook() as hook:
        away = sns.create_topic(Name="kept-away")["TopicArn"]
        hook.subscribe(sns, away)
    sns.publish(TopicArn=away, Message=MARK)
    return {"topic": topic, "queue": url.rpartition("/")[2], "away": hook.url}


def check_topics(test, server, facts):
    sns, sqs = server.client("sns"), server.client("sqs")
    test.assertEqual(sns.get_topic_attributes(TopicArn=facts["topic"])["Attributes"]["DisplayName"], MARK)
    for kind in ("unwanted", "wanted"):
        sns.publish(TopicArn=facts["topic"], Message=f"{kind} by the filter", MessageAttributes={"kind": {"DataType": "String", "StringValue": kind}})
    url = sqs.get_queue_url(QueueName=facts["queue"])["QueueUrl"]
    message, = eventually(lambda: sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1).get("Messages"), "the topic's message")
    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    test.assertEqual(message["Body"], "wanted by the filter")
    endpoints = [one["Endpoint"] for one in sns.list_subscriptions()["Subscriptions"]]
    test.assertIn(facts["away"], endpoints)


def make_alerts(server):
    made = owner_of(server).request("PUT", "alerts/kept", {"when": {"label": "Cat"}, "threshold": 77, "quiet_seconds": 60})
    assert made.status == 200, made
    return {}


def owner_of(server):
    console = Console(server)
    answer = console.sign_in("ann", PASSWORD)
    assert answer.status == 200, answer
    return console


def check_alerts(test, server, _):
    rule = owner_of(server).request("GET", "alerts/kept").json
    test.assertEqual((rule["when"], rule["threshold"], rule["quiet_seconds"]), ({"label": "Cat"}, 77, 60))


# --- metrics ---

def make_metrics(server):
    watch = server.client("cloudwatch")
    noted = datetime.datetime.now(datetime.timezone.utc).replace(second=0, microsecond=0)
    for value in (1.5, 6):
        watch.put_metric_data(Namespace="kept", MetricData=[{"MetricName": "noted", "Value": value, "Timestamp": noted, "Dimensions": [{"Name": "mark", "Value": MARK}]}])
    watch.put_metric_alarm(AlarmName="kept", AlarmDescription=MARK, Namespace="kept", MetricName="noted", Statistic="Sum", Period=60, EvaluationPeriods=1, Threshold=1000,
                           ComparisonOperator="GreaterThanThreshold", TreatMissingData="ignore")
    watch.set_alarm_state(AlarmName="kept", StateValue="ALARM", StateReason=MARK)
    return {"noted": noted.timestamp()}


def check_metrics(test, server, facts):
    watch = server.client("cloudwatch")
    noted = datetime.datetime.fromtimestamp(facts["noted"], datetime.timezone.utc)
    point, = watch.get_metric_statistics(Namespace="kept", MetricName="noted", StartTime=noted, EndTime=noted + datetime.timedelta(minutes=1), Period=60, Statistics=["Sum", "Maximum", "SampleCount"],
                                         Dimensions=[{"Name": "mark", "Value": MARK}])["Datapoints"]
    test.assertEqual((point["Sum"], point["Maximum"], point["SampleCount"]), (7.5, 6, 2))
    alarm, = watch.describe_alarms(AlarmNames=["kept"])["MetricAlarms"]
    test.assertEqual((alarm["AlarmDescription"], alarm["Threshold"]), (MARK, 1000))
    said = [entry["HistorySummary"] for entry in watch.describe_alarm_history(AlarmName="kept")["AlarmHistoryItems"]]
    test.assertTrue(any("ALARM" in summary for summary in said), said)


# --- all of it ---

# name, the database's format that it came with, how it is made, looked at, and what can be done once more with it.
KINDS = [("objects", 1, make_objects, check_objects, None),
         ("items", 1, make_items, check_items, None),
         ("picture", 1, make_picture, check_picture, None),
         ("multipart", 1, make_multipart, check_multipart, finish_multipart),
         ("faces", 2, make_faces, check_faces, None),
         ("gallery", 3, make_gallery, check_gallery, None),
         ("settings", 3, make_settings, check_settings, None),
         ("archive", 4, make_archive, check_archive, finish_archive),
         ("customer", 4, make_customer, check_customer, None),
         ("lifecycle", 4, make_lifecycle, check_lifecycle, None),
         ("identities", 5, make_identities, check_identities, None),
         ("policy", 5, make_policy, check_policy, None),
         ("kms", 6, make_kms, check_kms, None),
         ("console", 7, make_console, check_console, None),
         ("functions", 7, make_functions, check_functions, None),
         ("queues", 8, make_queues, check_queues, None),
         ("topics", 9, make_topics, check_topics, None),
         ("alerts", 9, make_alerts, check_alerts, None),
         ("metrics", 10, make_metrics, check_metrics, None)]


def make(server, format_):
    return {name: maker(server) for name, since, maker, _, _ in KINDS if since <= format_}


def check(test, server, facts):
    for name, _, _, checker, _ in KINDS:
        if name in facts:
            with test.subTest(name):
                checker(test, server, facts[name])


def finish(test, server, facts):
    """What is left to do since before; once."""
    for name, _, _, _, finisher in KINDS:
        if name in facts and finisher:
            with test.subTest(name):
                finisher(test, server, facts[name])

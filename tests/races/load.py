"""Clients at work on all of a server at once, until they are told to stop.

    load = Load(server)            # makes what they work on
    load.start(); ...; load.stop() # what went wrong, and how often each step was done

Each step runs in threads of its own, on things that other threads change too. What two of them may well answer each other by (it is gone, there is one already, too
many at once) is no failure; an answer of 500, or none, is.
"""

import http.client
import io
import json
import pathlib
import random
import shutil
import socket
import tempfile
import threading
import time

from support import functions, paths
from support.console import Console, add_user, owner
from support.everything import picture
from support.receivers import Hook
from support.server import run_eyrie

PASSWORD = "a long enough password"
BUCKET, TABLE, FUNCTION, COLLECTION = "races", "Races", "echo", "races"
ECHO = "def handler(event, context):\n    print('heard')\n    return event\n"
# How many threads each step has, where that is more than one.
THREADS = {"objects": 3, "items": 2, "pictures": 2, "faces": 2, "invoke": 2, "messages": 2, "look": 2}
MOST_ROTATIONS = 20  # of a key on demand: KMS allows 25
# What others' work may be answered by.
MEANWHILE = {"NoSuchKey", "NoSuchUpload", "404", "InvalidPart", "InvalidObjectState", "RestoreAlreadyInProgress", "ResourceNotFoundException", "ResourceConflictException", "ResourceInUseException",
             "ResourceNotFound", "TooManyRequestsException", "ThrottlingException", "SlowDown", "NoSuchEntity", "EntityAlreadyExists", "NotFound", "OperationAborted", "ConditionalCheckFailedException",
             "ReceiptHandleIsInvalid"}


def face():
    """A JPEG of somebody's face."""
    image = paths.pillow().open(paths.sample("astronaut.png")).convert("RGB").crop((120, 0, 376, 256))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()


class _Worker(threading.Thread):
    def __init__(self, load, step, number):
        super().__init__(daemon=True)
        self.load, self.step, self.number, self.done, self.failure = load, step, number, 0, None
        self.random, self._clients = random.Random(f"{step.__name__} {number}"), {}

    def client(self, service):
        if service not in self._clients:
            self._clients[service] = self.load.server.client(service, read_timeout=300)
        return self._clients[service]

    @property
    def name_now(self):
        """Of what this turn makes."""
        return f"{self.step.__name__}-{self.number}-{self.done}"

    def run(self):
        import botocore.exceptions
        while not self.load.stopped.is_set() and self.failure is None:
            try:
                self.step(self)
                self.done += 1
            except botocore.exceptions.ClientError as error:
                if error.response["Error"]["Code"] not in MEANWHILE:
                    self.failure = error
            except Exception as error:
                self.failure = error
        # A server that is told to stop lets connections go.
        if self.load.stopped.is_set() and isinstance(self.failure, (botocore.exceptions.BotoCoreError, OSError, http.client.HTTPException)):
            self.failure = None


class Load:
    def __init__(self, server):
        self.server, self.stopped = server, threading.Event()
        self.cat, self.face = picture(), face()
        self.hook = Hook().__enter__()
        self.elsewhere = pathlib.Path(tempfile.mkdtemp(prefix="eyrie-races-"))
        self._furnish()
        steps = [self.objects, self.multipart, self.archive, self.listing, self.items, self.pictures, self.recognize, self.faces, self.invoke, self.functions, self.messages, self.topics,
                 self.metrics, self.keys, self.identities, self.look, self.change, self.watch, self.rude, self.back_up]
        self.workers = [_Worker(self, step, number) for step in steps for number in range(THREADS.get(step.__name__, 1))]

    def start(self):
        for worker in self.workers:
            worker.start()

    def wait(self, seconds):
        """So long, and until each has done something; less where one fails."""
        until = time.monotonic() + seconds
        while not any(worker.failure for worker in self.workers) and (time.monotonic() < until or not all(worker.done for worker in self.workers)):
            if time.monotonic() > until + 600:
                raise AssertionError(f"nothing done by {[worker.name_now for worker in self.workers if not worker.done]}")
            time.sleep(0.2)

    def stop(self):
        """Failures, by step."""
        self.stopped.set()
        for worker in self.workers:
            worker.join(120)
        self.hook.close()
        shutil.rmtree(self.elsewhere, ignore_errors=True)
        return {worker.name_now: repr(worker.failure) for worker in self.workers if worker.failure is not None or worker.is_alive()}

    def told(self):
        counts = {}
        for worker in self.workers:
            counts[worker.step.__name__] = counts.get(worker.step.__name__, 0) + worker.done
        return ", ".join(f"{name} {count}" for name, count in counts.items())

    def _furnish(self):
        client = self.server.client
        client("s3").create_bucket(Bucket=BUCKET)
        client("s3").put_bucket_lifecycle_configuration(Bucket=BUCKET, LifecycleConfiguration={"Rules": [
            {"ID": "old", "Status": "Enabled", "Filter": {"Prefix": "plain/"}, "Expiration": {"Days": 30}, "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1}}]})
        client("dynamodb").create_table(TableName=TABLE, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "p", "KeyType": "HASH"}, {"AttributeName": "s", "KeyType": "RANGE"}],
                                        AttributeDefinitions=[{"AttributeName": "p", "AttributeType": "S"}, {"AttributeName": "s", "AttributeType": "N"}])
        self.role = functions.make_role(client("iam"), "races", functions.allow(["sqs:*", "s3:*"]))
        client("lambda").create_function(FunctionName=FUNCTION, Runtime="python3.11", Role=self.role, Handler="app.handler", Timeout=120, Code={"ZipFile": functions.python(ECHO)})
        client("rekognition").create_collection(CollectionId=COLLECTION)
        self.queue = client("sqs").create_queue(QueueName="plain", Attributes={"VisibilityTimeout": "1"})["QueueUrl"]
        self.mapped = client("sqs").create_queue(QueueName="mapped", Attributes={"VisibilityTimeout": "120"})["QueueUrl"]
        client("lambda").create_event_source_mapping(EventSourceArn="arn:aws:sqs:us-east-1:000000000000:mapped", FunctionName=FUNCTION, BatchSize=5)
        self.topic = client("sns").create_topic(Name="races")["TopicArn"]
        client("sqs").set_queue_attributes(QueueUrl=self.queue, Attributes={"Policy": json.dumps({"Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:000000000000:plain"}})})
        client("sns").subscribe(TopicArn=self.topic, Protocol="sqs", Endpoint="arn:aws:sqs:us-east-1:000000000000:plain")
        self.hook.subscribe(client("sns"), self.topic)
        add_user(owner(self.server), "ann", "admin", PASSWORD)

    # --- what they do, a turn each ---

    def objects(self, worker):
        """A few keys that all of them write, read and remove: whoever reads gets one version, whole."""
        s3, key = worker.client("s3"), f"plain/{worker.random.randrange(4)}"
        s3.put_object(Bucket=BUCKET, Key=key, Body=bytes([worker.random.randrange(256)]) * worker.random.choice((0, 5_000, 70_000, 400_000)), Tagging="a=b", Metadata={"n": "1"})
        body = s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
        assert len(set(body)) <= 1, "two versions in one answer"
        s3.copy_object(Bucket=BUCKET, Key=key + "-copy", CopySource={"Bucket": BUCKET, "Key": key})
        s3.put_object_tagging(Bucket=BUCKET, Key=key, Tagging={"TagSet": [{"Key": "c", "Value": "d"}]})
        s3.head_object(Bucket=BUCKET, Key=key)
        s3.delete_object(Bucket=BUCKET, Key=key)

    def multipart(self, worker):
        s3 = worker.client("s3")
        upload = s3.create_multipart_upload(Bucket=BUCKET, Key="parts")["UploadId"]
        sizes = (5 << 20, 70_000) if worker.done % 4 == 0 else (70_000,)
        parts = [{"PartNumber": number, "ETag": s3.upload_part(Bucket=BUCKET, Key="parts", UploadId=upload, PartNumber=number, Body=bytes(size))["ETag"]} for number, size in enumerate(sizes, 1)]
        if worker.done % 3 == 2:
            s3.abort_multipart_upload(Bucket=BUCKET, Key="parts", UploadId=upload)
        else:
            s3.complete_multipart_upload(Bucket=BUCKET, Key="parts", UploadId=upload, MultipartUpload={"Parts": parts})
            s3.get_object(Bucket=BUCKET, Key="parts", Range="bytes=100-70000")["Body"].read()

    def archive(self, worker):
        s3, key = worker.client("s3"), f"archived/{worker.done % 5}"
        s3.put_object(Bucket=BUCKET, Key=key, Body=b"again " * 20_000, StorageClass="GLACIER")
        s3.restore_object(Bucket=BUCKET, Key=key, RestoreRequest={"Days": 1})
        time.sleep(0.5)
        if worker.done % 2:
            s3.delete_object(Bucket=BUCKET, Key=key)

    def listing(self, worker):
        s3 = worker.client("s3")
        s3.list_buckets()
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, PaginationConfig={"PageSize": 5}):
            page.get("Contents")
        s3.list_objects_v2(Bucket=BUCKET, Delimiter="/")
        s3.list_multipart_uploads(Bucket=BUCKET)
        s3.put_bucket_tagging(Bucket=BUCKET, Tagging={"TagSet": [{"Key": "turn", "Value": str(worker.done)}]})

    def items(self, worker):
        dynamodb, key = worker.client("dynamodb"), {"p": {"S": str(worker.random.randrange(3))}, "s": {"N": str(worker.random.randrange(5))}}
        dynamodb.put_item(TableName=TABLE, Item={**key, "text": {"S": "x" * worker.random.randrange(3000)}})
        dynamodb.query(TableName=TABLE, KeyConditionExpression="p = :p", ExpressionAttributeValues={":p": key["p"]})
        dynamodb.scan(TableName=TABLE)
        dynamodb.describe_table(TableName=TABLE)
        dynamodb.delete_item(TableName=TABLE, Key=key)

    def pictures(self, worker):
        """The function of events looks at them, and whoever watches is told."""
        s3, key = worker.client("s3"), f"uploads/{worker.number}-{worker.done % 3}.jpg"
        s3.put_object(Bucket="images", Key=key, Body=self.cat)
        until = time.monotonic() + 20
        while time.monotonic() < until and not self.stopped.is_set() and not s3.get_object_tagging(Bucket="images", Key=key)["TagSet"]:
            time.sleep(0.3)

    def recognize(self, worker):
        worker.client("rekognition").detect_labels(Image={"Bytes": self.cat}, MaxLabels=5)
        worker.client("rekognition").detect_faces(Image={"Bytes": self.face})

    def faces(self, worker):
        rekognition = worker.client("rekognition")
        made = rekognition.index_faces(CollectionId=COLLECTION, Image={"Bytes": self.face}, ExternalImageId=worker.name_now)["FaceRecords"]
        rekognition.search_faces_by_image(CollectionId=COLLECTION, Image={"Bytes": self.face})
        rekognition.list_faces(CollectionId=COLLECTION)
        if made and hasattr(rekognition, "create_user"):  # an old botocore knows no users
            rekognition.create_user(CollectionId=COLLECTION, UserId=worker.name_now)
            rekognition.associate_faces(CollectionId=COLLECTION, UserId=worker.name_now, FaceIds=[made[0]["Face"]["FaceId"]])
            rekognition.search_users(CollectionId=COLLECTION, FaceId=made[0]["Face"]["FaceId"])
        if made:
            rekognition.delete_faces(CollectionId=COLLECTION, FaceIds=[made[0]["Face"]["FaceId"]])
        if worker.done % 3 == 2:
            rekognition.create_collection(CollectionId=worker.name_now)
            rekognition.delete_collection(CollectionId=worker.name_now)

    def invoke(self, worker):
        lambda_ = worker.client("lambda")
        answer = lambda_.invoke(FunctionName=FUNCTION, Payload=json.dumps({"turn": worker.done}), LogType="Tail")
        assert json.loads(answer["Payload"].read()) == {"turn": worker.done}, answer
        lambda_.invoke(FunctionName=FUNCTION, InvocationType="Event", Payload="{}")

    def functions(self, worker):
        """One that is made, changed while it is at work, and removed."""
        lambda_, name = worker.client("lambda"), worker.name_now
        lambda_.create_function(FunctionName=name, Runtime="python3.11", Role=self.role, Handler="app.handler", Timeout=60, Code={"ZipFile": functions.python(ECHO)})
        lambda_.invoke(FunctionName=name, InvocationType="Event", Payload="{}")
        lambda_.update_function_configuration(FunctionName=name, Environment={"Variables": {"TURN": name}})
        version = lambda_.publish_version(FunctionName=name)["Version"]
        lambda_.create_alias(FunctionName=name, Name="live", FunctionVersion=version)
        lambda_.invoke(FunctionName=name + ":live", Payload="{}")
        lambda_.list_functions()
        lambda_.delete_function(FunctionName=name)

    def messages(self, worker):
        sqs = worker.client("sqs")
        sqs.send_message(QueueUrl=self.mapped, MessageBody=worker.name_now)
        sqs.send_message_batch(QueueUrl=self.queue, Entries=[{"Id": str(i), "MessageBody": f"{worker.name_now} {i}"} for i in range(3)])
        for message in sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10, WaitTimeSeconds=1).get("Messages", []):
            sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
        sqs.get_queue_attributes(QueueUrl=self.queue, AttributeNames=["All"])
        own = sqs.create_queue(QueueName=worker.name_now)["QueueUrl"]
        sqs.send_message(QueueUrl=own, MessageBody="x", DelaySeconds=1)
        sqs.delete_queue(QueueUrl=own)

    def topics(self, worker):
        sns = worker.client("sns")
        for _ in range(5):
            sns.publish(TopicArn=self.topic, Message=worker.name_now)
        own = sns.create_topic(Name=worker.name_now)["TopicArn"]
        sns.subscribe(TopicArn=own, Protocol="http", Endpoint="http://127.0.0.1:1/", ReturnSubscriptionArn=True)  # nobody there
        sns.list_subscriptions()
        sns.delete_topic(TopicArn=own)

    def metrics(self, worker):
        watch, now = worker.client("cloudwatch"), time.time()
        watch.put_metric_data(Namespace="races", MetricData=[{"MetricName": "m", "Value": worker.done, "Dimensions": [{"Name": "turn", "Value": str(worker.done % 7)}]}])
        watch.put_metric_alarm(AlarmName="races", Namespace="AWS/Lambda", MetricName="Invocations", Statistic="Sum", Period=10, EvaluationPeriods=1, Threshold=worker.done % 5,
                               ComparisonOperator="GreaterThanThreshold", AlarmActions=[self.topic], OKActions=[self.topic])
        watch.set_alarm_state(AlarmName="races", StateValue=("ALARM", "OK")[worker.done % 2], StateReason="drill")
        watch.describe_alarms()
        watch.describe_alarm_history(AlarmName="races")
        watch.list_metrics()
        watch.get_metric_statistics(Namespace="races", MetricName="m", StartTime=now - 600, EndTime=now, Period=60, Statistics=["Sum"])

    def keys(self, worker):
        kms, s3 = worker.client("kms"), worker.client("s3")
        if worker.done % MOST_ROTATIONS == 0:
            worker.key = kms.create_key()["KeyMetadata"]["KeyId"]
        sealed = kms.encrypt(KeyId=worker.key, Plaintext=b"secret")["CiphertextBlob"]
        s3.put_object(Bucket=BUCKET, Key="sealed", Body=b"x" * 1000, ServerSideEncryption="aws:kms", SSEKMSKeyId=worker.key)
        if hasattr(kms, "rotate_key_on_demand"):
            kms.rotate_key_on_demand(KeyId=worker.key)
        assert kms.decrypt(CiphertextBlob=sealed)["Plaintext"] == b"secret"
        s3.get_object(Bucket=BUCKET, Key="sealed")["Body"].read()

    def identities(self, worker):
        iam, name = worker.client("iam"), worker.name_now
        iam.create_user(UserName=name)
        iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": functions.allow("s3:ListAllMyBuckets")}))
        key = iam.create_access_key(UserName=name)["AccessKey"]
        theirs = self.server.client("s3", key["AccessKeyId"], key["SecretAccessKey"])
        theirs.list_buckets()
        try:
            theirs.list_objects_v2(Bucket=BUCKET)
        except theirs.exceptions.ClientError as error:
            assert error.response["Error"]["Code"] == "AccessDenied", error
        iam.delete_access_key(UserName=name, AccessKeyId=key["AccessKeyId"])
        iam.delete_user_policy(UserName=name, PolicyName="own")
        iam.delete_user(UserName=name)

    def look(self, worker):
        """At all that the console shows, and at what monitoring asks for."""
        if worker.done % 10 == 0:
            worker.console = Console(self.server)
            answer = worker.console.sign_in("ann", PASSWORD)
            assert answer.status in (200, 201), answer
        for path in ("session", "overview", "pictures", "identities", "functions", "topics", "alerts", "models", "settings", "buckets", "users", "sessions", "audit"):
            answer = worker.console.request("GET", path)
            assert answer.status < 500, (path, answer)
            if path == "pictures" and answer.json["pictures"]:
                worker.console.request("GET", f"pictures/{answer.json['pictures'][0]['id']}/thumbnail")
        for path in ("health", "metrics"):
            assert self.server.get("/_eyrie/" + path)[0] == 200, path

    def change(self, worker):
        if worker.done % 20 == 0:
            worker.console = Console(self.server)
            assert worker.console.sign_in("ann", PASSWORD).status < 300
        for method, path, body in (("PUT", "alerts/races", {"when": {"label": "Cat"}, "threshold": 50 + worker.done % 40}), ("GET", "alerts", None), ("POST", "alerts/races/test", None),
                                   ("DELETE", "alerts/races", None)):
            answer = worker.console.request(method, path, body)
            assert answer.status < 500, (path, answer)

    def watch(self, worker):
        """The stream of changes, left in the middle."""
        console = Console(self.server)
        assert console.sign_in("ann", PASSWORD).status < 300
        connection = http.client.HTTPConnection(*self.server.address, timeout=3)
        connection.request("GET", "/_console/api/live", headers={"Cookie": console.cookie})
        stream = connection.getresponse()
        until = time.monotonic() + 2
        try:
            while stream.status == 200 and time.monotonic() < until and stream.readline():
                pass
        except TimeoutError:
            pass
        connection.close()

    def rude(self, worker):
        """Who goes away in the middle, and who speaks no HTTP."""
        for text in (f"PUT /{BUCKET}/x HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n{'x' * 5000}", "GET / HTTP/1.1\r\nHost: x\r\n", "\x16\x03\x01\x02 what", f"GET /{BUCKET}/parts HTTP/1.1\r\nHost: x\r\n\r\n"):
            with socket.create_connection(self.server.address, timeout=10) as connection:
                connection.sendall(text.encode())
                time.sleep(0.05)

    def back_up(self, worker):
        to = self.elsewhere / worker.name_now
        done = run_eyrie("backup", "--data", self.server.data, "--to", to)
        assert done.returncode == 0 or self.stopped.is_set(), done.stderr
        shutil.rmtree(to, ignore_errors=True)
        time.sleep(1)

"""Reading table ImageMetadataStore in tests."""

from . import server as server_module

TABLE = "ImageMetadataStore"


def plain(value):
    """An attribute value as plain Python; numbers as float."""
    (kind, content), = value.items()
    if kind == "N":
        return float(content)
    if kind == "L":
        return [plain(item) for item in content]
    if kind == "M":
        return {name: plain(item) for name, item in content.items()}
    return content


def all_records(raw, attributes=None):
    """Every record, attribute values made plain; `attributes`: only these of them, which costs far less to tell."""
    asked = {"TableName": TABLE} | ({"ProjectionExpression": ", ".join(attributes)} if attributes else {})
    found, start = [], {}
    while True:
        answer = raw.call("dynamodb", "Scan", {**asked, **start})
        if answer.status != 200:
            raise AssertionError(f"Scan answered {answer.status}: {answer.body[:1000]}")
        page = answer.json()
        found += [{name: plain(value) for name, value in item.items()} for item in page["Items"]]
        if "LastEvaluatedKey" not in page:
            return found
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def records_of(raw, key, bucket="images"):
    return [record for record in all_records(raw) if (record["Bucket"], record["Key"]) == (bucket, key)]


def finished(raw, key, bucket="images", timeout=120):
    """The one record of this key, once it is COMPLETED or FAILED. (While an overwrite is in work, the older record may be there too.)"""
    found = []

    def check():
        found[:] = records_of(raw, key, bucket)
        return len(found) == 1 and found[0]["ProcessingStatus"] != "PENDING"

    try:
        server_module.eventually(check, f"one finished record of {bucket}/{key}", timeout)
    except AssertionError as error:
        raise AssertionError(f"{error}; records: {found}") from None
    return found[0]


def finished_by_id(raw, image_id, timeout=120):
    """The same for a key whose name is a UUID, which is the record's ImageID then: a query, however many records there are."""
    def check():
        answer = raw.call("dynamodb", "Query", {
            "TableName": TABLE, "KeyConditionExpression": "ImageID = :id", "ExpressionAttributeValues": {":id": {"S": image_id}}})
        if answer.status != 200:
            raise AssertionError(f"Query answered {answer.status}: {answer.body[:1000]}")
        records = [{name: plain(value) for name, value in item.items()} for item in answer.json()["Items"]]
        return records[0] if len(records) == 1 and records[0]["ProcessingStatus"] != "PENDING" else None

    return server_module.eventually(check, f"the finished record {image_id}", timeout)


def label_names(record):
    return [label["Name"] for label in record["Labels"]]

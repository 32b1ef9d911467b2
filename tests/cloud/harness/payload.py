"""CloudWatch Logs payloads and the envelopes they arrive in, written from AWS's documentation alone and sharing no code with the Rust crate that
the functions decode with: where the two agree, neither is wrong in the same way by accident.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html, and the event formats in Lambda's developer guide."""

import base64
import gzip
import json
import zlib

OWNER = "123456789012"
REGION = "us-east-1"
START = 1_795_260_000_000  # 2026-11-21T10:00:00Z
DELIVERY_STREAM_ARN = f"arn:aws:firehose:{REGION}:{OWNER}:deliverystream/"
KINESIS_STREAM_ARN = f"arn:aws:kinesis:{REGION}:{OWNER}:stream/logweir"


def event_id(number):
    """An id as CloudWatch Logs writes it: 56 decimal digits."""
    return f"{35_000_000_000_000_000_000_000_000_000_000_000_000_000_000_000_000_000_000 + number:056d}"


class Identifiers:
    """Hands out event ids, each once: one for each test, so that ids of different payloads never meet."""

    def __init__(self, first=1):
        self.next = first

    def take(self):
        self.next += 1
        return event_id(self.next - 1)


def log_events(messages, identifiers, start=START, step=1):
    """Log events in order of time, one for each message."""
    return [{"id": identifiers.take(), "timestamp": start + index * step, "message": message} for index, message in enumerate(messages)]


def document(events, *, group="/app/web", stream="web-1", owner=OWNER, message_type="DATA_MESSAGE", filters=("logweir",), **more):
    """The JSON object of a payload, with its keys in the order in which AWS writes them. `more` adds keys, such as policyLevel."""
    return {"messageType": message_type, "owner": owner, "logGroup": group, "logStream": stream,
            "subscriptionFilters": list(filters), "logEvents": events, **more}


def control(owner=OWNER):
    """The payload by which CloudWatch Logs tries whether a destination can be reached."""
    event = {"id": "", "timestamp": START, "message": "CWL CONTROL MESSAGE: Checking health of destination Kinesis stream."}
    return document([event], group="", stream="", owner="CloudwatchLogs", message_type="CONTROL_MESSAGE", filters=())


def pack(payload, level=6):
    """The bytes of a payload: gzip of its JSON. AWS escapes no more than JSON asks for; characters outside ASCII stay as they are, except lone
    surrogates, which UTF-8 cannot hold and which stay escapes."""
    try:
        text = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        text = json.dumps(payload, separators=(",", ":")).encode()
    return gzip.compress(text, level, mtime=0)


def inflate(data):
    """The text of gzip data with any number of members."""
    output = []
    while data:
        member = zlib.decompressobj(wbits=31)
        output.append(member.decompress(data) + member.flush())
        if not member.eof:
            raise ValueError(f"the last of {len(output)} gzip members is cut")
        data = member.unused_data
    return b"".join(output)


def readable(message):
    """A message as every output shows it: a lone surrogate, which no UTF-8 can hold, becomes U+FFFD."""
    return message.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def expected_lines(payload):
    """The records of contract 1 (design.md) that a payload must become, as dictionaries with their keys in order."""
    lines = []
    for event in payload["logEvents"]:
        line = {"timestamp": int(event["timestamp"]), "id": event["id"], "owner": payload["owner"], "log_group": payload["logGroup"],
                "log_stream": payload["logStream"], "message": readable(event["message"])}
        fields = event.get("extractedFields")
        if fields is not None:
            line["extracted_fields"] = fields
        if payload.get("policyLevel") is not None:
            line["policy_level"] = payload["policyLevel"]
        for name, key in (("source_account", "@aws.account"), ("region", "@aws.region"), ("source_log_group", "@source.log")):
            if fields and fields.get(key) is not None:
                line[name] = fields[key]
        lines.append(line)
    return lines


def identity(line):
    """By what a reader recognises a repeat (design.md: readers deduplicate by owner, group, stream and id)."""
    return line["owner"], line["log_group"], line["log_stream"], line["id"]


def text_of(data):
    return base64.b64encode(data).decode()


def awslogs_event(data):
    """What a subscription filter hands to a function."""
    return {"awslogs": {"data": text_of(data)}}


def kinesis_event(records, stream_arn=KINESIS_STREAM_ARN, shard="shardId-000000000000"):
    """What an event source mapping hands to a function; `records` as the poller keeps them (sequence number, partition key, data, arrival)."""
    return {"Records": [{
        "kinesis": {"kinesisSchemaVersion": "1.0", "partitionKey": record.partition_key, "sequenceNumber": record.sequence_number,
                    "data": text_of(record.data), "approximateArrivalTimestamp": record.arrival},
        "eventSource": "aws:kinesis", "eventVersion": "1.0", "eventID": f"{shard}:{record.sequence_number}", "eventName": "aws:kinesis:record",
        "invokeIdentityArn": f"arn:aws:iam::{OWNER}:role/logweir", "awsRegion": REGION, "eventSourceARN": stream_arn,
    } for record in records]}


def firehose_event(datas, *, source="direct", delivery_stream="logweir", first_record=1, invocation="1f6d8b2e-6d64-4a59-b3a9-5d1c0de1f0aa"):
    """What Firehose hands to a transform: `source` is "direct" (PutRecordBatch) or "kinesis" (KinesisStreamAsSource)."""
    records = []
    for index, data in enumerate(datas):
        number = first_record + index
        record = {"recordId": f"{49_590_000_000_000_000_000_000_000_000_000_000_000_000_000_000_000_000_000 + number}" + "0" * 18,
                  "approximateArrivalTimestamp": START, "data": text_of(data)}
        if source == "kinesis":
            record["kinesisRecordMetadata"] = {
                "sequenceNumber": f"{49_590_338_271_490_256_608_559_692_538_361_571_095_921_575_989_136_588_898 + number}",
                "subsequenceNumber": 0, "partitionKey": f"partition-{number}", "shardId": "shardId-000000000000",
                "approximateArrivalTimestamp": START}
        records.append(record)
    event = {"invocationId": invocation, "deliveryStreamArn": DELIVERY_STREAM_ARN + delivery_stream, "region": REGION, "records": records}
    if source == "kinesis":
        event["sourceKinesisStreamArn"] = KINESIS_STREAM_ARN
    return event

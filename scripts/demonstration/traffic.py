"""Puts log lines in: with PutLogEvents, as an application does, and into the Kinesis stream and the delivery stream, as CloudWatch Logs would."""

import sys

from .screen import ROOT

sys.path.insert(0, str(ROOT / "tests" / "cloud"))

from harness.payload import Identifiers, document, pack  # noqa: E402

# "The maximum batch size is 1,048,576 bytes. This size is calculated as the sum of all event messages in UTF-8, plus 26 bytes for each log event." and
# "The maximum number of log events in a batch is 10,000"; in order of time.
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
CALL_BYTES, CALL_EVENTS, EVENT_OVERHEAD = 1_048_576, 10_000, 26
# What CloudWatch Logs puts into one payload is its own choice; some hundreds of lines are usual.
PAYLOAD_EVENTS = 250


def calls(events, most=CALL_EVENTS):
    """Cuts events of a log stream, which are in order of time, into calls within the limits."""
    call, size = [], 0
    for timestamp, message in events:
        cost = len(message.encode()) + EVENT_OVERHEAD
        if call and (len(call) >= most or size + cost > CALL_BYTES):
            yield call
            call, size = [], 0
        call.append((timestamp, message))
        size += cost
    if call:
        yield call


def create_log_groups(clients, streams):
    """Idempotent."""
    for group in dict.fromkeys(stream.group for stream in streams):
        try:
            clients.logs.create_log_group(logGroupName=group)
        except clients.logs.exceptions.ResourceAlreadyExistsException:
            pass
    for stream in streams:
        try:
            clients.logs.create_log_stream(logGroupName=stream.group, logStreamName=stream.name)
        except clients.logs.exceptions.ResourceAlreadyExistsException:
            pass


def put_log_events(clients, streams, most=PAYLOAD_EVENTS):
    """Writes all; the number of calls."""
    count = 0
    for stream in streams:
        for call in calls(stream.events, most):
            answer = clients.logs.put_log_events(logGroupName=stream.group, logStreamName=stream.name,
                                                 logEvents=[{"timestamp": timestamp, "message": message} for timestamp, message in call])
            if rejected := answer.get("rejectedLogEventsInfo"):
                raise RuntimeError(f"PutLogEvents of {stream.group} refused events: {rejected}")
            count += 1
    return count


def payloads(streams, owner, first_id=1, most=PAYLOAD_EVENTS):
    """The payloads that a subscription filter would have sent for these streams."""
    identifiers = Identifiers(first_id)
    for stream in streams:
        for call in calls(stream.events, most):
            events = [{"id": identifiers.take(), "timestamp": timestamp, "message": message} for timestamp, message in call]
            yield document(events, group=stream.group, stream=stream.name, owner=owner, filters=["logweir-stream-stream"])


def feed_stream(clients, stream_name, datas):
    """A stand-in for what the local AWS does not do, deliver a subscription to a stream: one PutRecord for each payload, as CloudWatch Logs does it.
    The number of records."""
    count = 0
    for key, data in datas:
        clients.kinesis.put_record(StreamName=stream_name, PartitionKey=key, Data=data)
        count += 1
    return count


def feed_delivery_stream(clients, stream_name, datas):
    """The same for the subscription of a delivery stream. One by one, because the local AWS takes nothing else while it transforms what came in a call.
    The number of records."""
    for _, data in datas:
        clients.firehose.put_record(DeliveryStreamName=stream_name, Record={"Data": data})
    return len(datas)


def packed(documents):
    """Partition key (by log stream) and bytes of each payload."""
    return [(payload["logStream"], pack(payload)) for payload in documents]

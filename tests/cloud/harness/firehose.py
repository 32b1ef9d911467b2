"""Two stand-ins for Firehose, named as such. `FirehoseIntake` answers PutRecordBatch and refuses what Firehose would refuse (the local AWS checks one
of the three limits, and runs the transform before it answers). `drive` hands records to a transform as Firehose does, and hands it again what the
transform put back, until nothing is left."""

import base64
from dataclasses import dataclass, field

from .intake import Intake
from .payload import firehose_event, inflate

# "Each PutRecordBatch request supports up to 500 records. Each record in the request can be as large as 1,000 KB (before base64 encoding), up to a
# limit of 4 MB for the entire request." https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html
RECORDS_LIMIT, RECORD_LIMIT, CALL_LIMIT = 500, 1_024_000, 4_194_304
# The largest transform buffer that can be asked for, 3 MB, and what template.yaml asks for where the output is plain.
# https://docs.aws.amazon.com/firehose/latest/APIReference/API_ProcessorParameter.html
BUFFER_LIMIT, PLAIN_BUFFER = 3 << 20, 256 << 10


class FirehoseIntake(Intake):
    """Keeps (delivery stream, bytes)."""

    def put(self, call):
        datas = [base64.b64decode(record["Data"], validate=True) for record in call["Records"]]
        problem = None
        if not 0 < len(datas) <= RECORDS_LIMIT:
            problem = f"{len(datas)} records"
        elif max(map(len, datas)) > RECORD_LIMIT:
            problem = f"a record of {max(map(len, datas))} bytes"
        elif sum(map(len, datas)) > CALL_LIMIT:
            problem = f"{sum(map(len, datas))} bytes in one call"
        elif min(map(len, datas)) == 0:
            problem = "an empty record"
        if problem:
            return self.refuse("InvalidArgumentException", problem)
        first = len(self.taken)
        self.taken.extend((call["DeliveryStreamName"], data) for data in datas)
        return 200, {"FailedPutCount": 0, "Encrypted": False,
                     "RequestResponses": [{"RecordId": f"record-{first + index}"} for index in range(len(datas))]}


@dataclass
class Delivered:
    """What became of the records handed to a transform."""

    outputs: list = field(default_factory=list)  # The data of records answered Ok, decoded from base64.
    keys: list = field(default_factory=list)  # Their partition keys, in step.
    dropped: list = field(default_factory=list)  # The input of records answered Dropped.
    failed: list = field(default_factory=list)  # The input of records answered ProcessingFailed.
    returned: int = 0  # Records put back.
    outcomes: list = field(default_factory=list)

    def text(self):
        """All output, plain, in order."""
        return b"".join(inflate(output) if output[:2] == b"\x1f\x8b" else output for output in self.outputs)


def batches(datas, buffer):
    """As Firehose fills its transform buffer: until the next record would pass the size; a larger one goes alone."""
    batch, size = [], 0
    for data in datas:
        if batch and size + len(data) > buffer:
            yield batch
            batch, size = [], 0
        batch.append(data)
        size += len(data)
    if batch:
        yield batch


def drive(runtime, datas, intake, *, buffer=BUFFER_LIMIT, source="direct", at_most=200, attempts=1):
    """Hands records to a transform, and again what it put back, until nothing is left. A failed invocation is repeated `attempts` times in all."""
    result, queue = Delivered(), list(datas)
    while queue:
        batch = next(batches(queue, buffer))
        queue = queue[len(batch):]
        event = firehose_event(batch, source=source)
        for _ in range(attempts):
            outcome = runtime.invoke(event)
            result.outcomes.append(outcome)
            if outcome.error_type is None:
                break
        put_back = [data for _stream, data in intake.take()]
        result.returned += len(put_back)
        sort_answer(outcome.json(), event, batch, result)
        queue.extend(put_back)
        source = "direct" if put_back and not queue[:-len(put_back)] else source
        assert len(result.outcomes) <= at_most, f"no end after {at_most} invocations; {len(queue)} records are still to come"
    return result


def sort_answer(answer, event, batch, result):
    """Each record must be answered once, under its own id, in one of the three ways."""
    answered = {record["recordId"]: record for record in answer["records"]}
    expected = [record["recordId"] for record in event["records"]]
    assert len(answer["records"]) == len(expected) and list(answered) == expected, "records are missing, repeated or out of order in the answer"
    for name, data in zip(expected, batch):
        record = answered[name]
        match record["result"]:
            case "Ok":
                result.outputs.append(base64.b64decode(record["data"], validate=True))
                result.keys.append(record.get("metadata", {}).get("partitionKeys"))
            case "Dropped":
                result.dropped.append(data)
            case "ProcessingFailed":
                result.failed.append(data)
            case other:
                raise AssertionError(f"Firehose knows no result {other!r}")

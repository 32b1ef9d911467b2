"""A stand-in for Lambda's event source mapping of a Kinesis shard, because the local AWS keeps none of the rules of failure (ministack loses what a
function returns as failed). It reads a list of records in memory and calls a handler: a Python function from the event to the answer, which raises
FunctionError where the invocation fails, such as `Runtime.call`. Each rule stands above the code that keeps it, with the page it is from."""

import json
import random
import uuid
from dataclasses import dataclass, field

from .payload import KINESIS_STREAM_ARN, kinesis_event
from .runtime import FunctionError

# "The payload size reaches 6 MB. You cannot modify this limit."
# https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html
PAYLOAD_LIMIT = 6_291_456


@dataclass(frozen=True)
class Record:
    sequence_number: str
    partition_key: str
    data: bytes
    arrival: float


@dataclass(frozen=True)
class Settings:
    """The mapping's parameters, under the names and with the defaults that AWS gives them (-1: no limit).
    https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-parameters.html"""

    BatchSize: int = 100
    BisectBatchOnFunctionError: bool = False
    MaximumRecordAgeInSeconds: int = -1
    MaximumRetryAttempts: int = -1
    ReportBatchItemFailures: bool = True


@dataclass
class Batch:
    records: list
    attempts: int = 0


@dataclass
class Invocation:
    sequence_numbers: list
    result: str  # success, partial, failure


@dataclass
class Shard:
    """What a Kinesis shard holds; sequence numbers grow, with gaps, as they do at AWS."""

    records: list = field(default_factory=list)

    def put(self, data, *, arrival=1_795_260_000.0, partition_key="partition"):
        number = 49_590_338_271_490_256_608_559_692_538_361_571_095_921_575_989_136_588_898 + len(self.records) * 7
        record = Record(str(number), partition_key, data, arrival)
        self.records.append(record)
        return record


class Poller:
    """Reads one shard from TRIM_HORIZON on."""

    def __init__(self, shard, handler, settings=Settings(), *, clock=lambda: 1_795_260_000.0, stream_arn=KINESIS_STREAM_ARN):
        self.shard, self.handler, self.settings, self.clock, self.stream_arn = shard, handler, settings, clock, stream_arn
        self.checkpoint = 0  # Index of the first record that is not done.
        self.position = 0  # Index of the first record not yet in a batch.
        self.pending = []  # Batches to run before more is read, in order.
        self.discarded = []  # What the on-failure destination got.
        self.invocations = []
        self._slice = None  # A generator of batch sizes after a restart.

    def run(self, at_most=1_000):
        """Invokes until all is done; an AssertionError after too many invocations names where it stands."""
        for _ in range(at_most):
            if not self.step():
                return self
        raise AssertionError(f"the shard is still at record {self.checkpoint} of {len(self.shard.records)} after {at_most} invocations")

    def step(self):
        """One invocation at most; False when nothing is left to do."""
        if not self.pending:
            batch = self._read()
            if batch is None:
                return False
            self.pending.append(batch)
        # "exceed the maximum age (MaximumRecordAgeInSeconds)": records that are too old are discarded before they are sent again.
        # https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
        if self._drop_old(self.pending[0]):
            return True
        self._invoke(self.pending.pop(0))
        return True

    def restart(self, seed):
        """The poller dies and another goes on from the checkpoint. What was under way since is read again, and nothing makes it cut the batches
        where the first one did: "Lambda event source mappings process each event at least once, and duplicate processing of records can occur."
        https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html"""
        chance = random.Random(seed)
        self.pending, self.position = [], self.checkpoint
        self._slice = iter(lambda: chance.randint(1, max(1, self.settings.BatchSize)), None)
        return self

    def repeat(self, first, last):
        """Delivers records once more that are done already: a duplicate, as above."""
        self._call(self.shard.records[first:last])

    # "By default, an event source mapping batches records together into a single payload": up to BatchSize records, or 6 MB of event, base64 included.
    # https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html
    def _read(self):
        available = self.shard.records[self.position:]
        if not available:
            return None
        wanted = next(self._slice) if self._slice else self.settings.BatchSize
        records, size = [], 32
        for record in available[:wanted]:
            size += len(json.dumps(kinesis_event([record], self.stream_arn)["Records"][0])) + 1
            if records and size > PAYLOAD_LIMIT:
                break
            records.append(record)
        self.position += len(records)
        return Batch(records)

    def _call(self, records):
        """(True, answer) or (False, error)."""
        try:
            return True, self.handler(kinesis_event(records, self.stream_arn))
        except FunctionError as error:
            return False, error

    def _invoke(self, batch):
        answered, answer = self._call(batch.records)
        failed_at = first_failure(answer, batch.records) if answered and self.settings.ReportBatchItemFailures else (None if answered else 0)
        numbers = [record.sequence_number for record in batch.records]
        self.invocations.append(Invocation(numbers, "success" if failed_at is None else "partial" if answered and failed_at else "failure"))
        if failed_at is None:
            self._done(batch.records)
        elif answered and self.settings.ReportBatchItemFailures:
            # "Lambda uses the record with the lowest sequence number as the checkpoint. Lambda then retries all records starting from that
            # checkpoint." With bisecting on as well "the batch is bisected at the returned sequence number and Lambda retries only the remaining
            # records", which comes to the same. https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
            self._done(batch.records[:failed_at])
            self._retry(Batch(batch.records[failed_at:], batch.attempts), may_split=failed_at == 0)
        else:
            # "Lambda treats all other results as a complete failure and retries processing the batch up to the retry limit." (the same page)
            self._retry(batch, may_split=True)

    def _retry(self, batch, may_split):
        # "BisectBatchOnFunctionError, which splits a failed batch into two smaller batches, isolating bad records and avoiding timeouts. Splitting
        # batches doesn't consume the retry quota." https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
        if self.settings.BisectBatchOnFunctionError and may_split and len(batch.records) > 1:
            half = len(batch.records) // 2
            self.pending[:0] = [Batch(batch.records[:half], batch.attempts), Batch(batch.records[half:], batch.attempts)]
            return
        # "Lambda retries until the records expire, exceed the maximum age, or reach the configured retry quota (MaximumRetryAttempts)." (the same page)
        if 0 <= self.settings.MaximumRetryAttempts <= batch.attempts:
            self._discard(batch.records, batch.attempts + 1, "RetryAttemptsExhausted")
            return
        self.pending.insert(0, Batch(batch.records, batch.attempts + 1))

    def _drop_old(self, batch):
        limit = self.settings.MaximumRecordAgeInSeconds
        fresh = next((index for index, record in enumerate(batch.records) if limit < 0 or self.clock() - record.arrival <= limit), len(batch.records))
        if fresh == 0:
            return False
        self._discard(batch.records[:fresh], batch.attempts, "RecordAgeExceeded")
        self.pending[0] = Batch(batch.records[fresh:], batch.attempts)
        if not self.pending[0].records:
            self.pending.pop(0)
        return True

    # "If the error handling measures fail, Lambda discards the records and continues processing batches from the stream." An S3 destination gets the
    # invocation record with the whole event as its payload, an escaped JSON string; SQS and SNS get the metadata alone. (the same page)
    def _discard(self, records, count, condition):
        self.discarded.append({
            "requestContext": {"requestId": str(uuid.uuid4()), "functionArn": "arn:aws:lambda:us-east-1:123456789012:function:test",
                               "condition": condition, "approximateInvokeCount": count},
            "version": "1.0",
            "KinesisBatchInfo": {"shardId": "shardId-000000000000", "startSequenceNumber": records[0].sequence_number,
                                 "endSequenceNumber": records[-1].sequence_number, "batchSize": len(records), "streamArn": self.stream_arn},
            "payload": json.dumps(kinesis_event(records, self.stream_arn)),
        })
        self._done(records)

    def _done(self, records):
        """Batches of a shard are done in order, so what is done is always a prefix."""
        for record in records:
            if self.shard.records[self.checkpoint] is not record:
                raise AssertionError(f"record {record.sequence_number} is done before {self.shard.records[self.checkpoint].sequence_number}")
            self.checkpoint += 1


def first_failure(answer, records):
    """Where a batch failed by the function's own word: the index of the first record to repeat, None for success.

    "Lambda treats a batch as a complete success if you return any of the following: An empty batchItemFailure list. A null batchItemFailure list. An
    empty EventResponse. A null EventResponse. Lambda treats a batch as a complete failure if you return any of the following: An empty string
    itemIdentifier. A null itemIdentifier. An itemIdentifier with a bad key name." A number that is not in the batch is of the latter kind too.
    https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html"""
    failures = answer.get("batchItemFailures") if isinstance(answer, dict) else None
    if not failures:
        return None
    places = {record.sequence_number: index for index, record in enumerate(records)}
    identifiers = [failure.get("itemIdentifier") if isinstance(failure, dict) else None for failure in failures]
    if any(identifier not in places for identifier in identifiers):
        return 0
    return min(places[identifier] for identifier in identifiers)

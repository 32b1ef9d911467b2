"""The stand-in for Lambda's event source mapping keeps Lambda's rules: against plain Python handlers, one rule a test."""

import base64
import json

import pytest

from harness.poller import Poller, Settings, Shard
from harness.runtime import FunctionError


class Handler:
    """Remembers what it was given; `behave(numbers)` may raise or return an answer."""

    def __init__(self, shard, behave=lambda numbers: None):
        self.shard, self.behave, self.seen = shard, behave, []

    def __call__(self, event):
        numbers = [record["kinesis"]["sequenceNumber"] for record in event["Records"]]
        places = [self.place(number) for number in numbers]
        self.seen.append(places)
        return self.behave(places)

    def place(self, number):
        return next(index for index, record in enumerate(self.shard.records) if record.sequence_number == number)

    def failures(self, *places):
        return {"batchItemFailures": [{"itemIdentifier": self.shard.records[place].sequence_number} for place in places]}


def shard_of(count, size=10):
    shard = Shard()
    for index in range(count):
        shard.put(bytes([index % 256]) * size)
    return shard


def fail(*_):
    raise FunctionError("Test", "as told")


def test_batches_by_count():
    shard = shard_of(25)
    handler = Handler(shard)
    Poller(shard, handler, Settings(BatchSize=10)).run()
    assert [len(batch) for batch in handler.seen] == [10, 10, 5]


def test_batches_by_payload_size():
    shard = shard_of(10, size=1_000_000)
    sizes = []
    Poller(shard, lambda event: sizes.append(len(json.dumps(event))), Settings(BatchSize=10)).run()
    assert len(sizes) == 3 and max(sizes) <= 6_291_456


def test_the_event_has_the_form_that_aws_gives_it():
    shard = Shard()
    record = shard.put(b"data", arrival=12.5, partition_key="p")
    events = []
    Poller(shard, events.append).run()
    (sent,) = events[0]["Records"]
    assert sent["eventSource"] == "aws:kinesis" and sent["eventID"] == f"shardId-000000000000:{record.sequence_number}"
    assert sent["kinesis"] == {"kinesisSchemaVersion": "1.0", "partitionKey": "p", "sequenceNumber": record.sequence_number,
                               "data": base64.b64encode(b"data").decode(), "approximateArrivalTimestamp": 12.5}


@pytest.mark.parametrize("answer", [None, {}, {"batchItemFailures": []}, {"batchItemFailures": None}, {"somethingElse": 1}])
def test_what_counts_as_success(answer):
    shard = shard_of(5)
    poller = Poller(shard, lambda event: answer, Settings(BatchSize=5)).run()
    assert len(poller.invocations) == 1 and poller.checkpoint == 5


@pytest.mark.parametrize("item", [{"itemIdentifier": ""}, {"itemIdentifier": None}, {"itemidentifier": "1"}, {"itemIdentifier": "unknown"}, {}])
def test_a_bad_identifier_fails_the_whole_batch(item):
    shard = shard_of(4)
    answers = [{"batchItemFailures": [item]}, None]
    poller = Poller(shard, lambda event: answers.pop(0), Settings(BatchSize=4)).run()
    assert [invocation.result for invocation in poller.invocations] == ["failure", "success"]
    assert poller.invocations[0].sequence_numbers == poller.invocations[1].sequence_numbers


def test_repeats_from_the_lowest_failure():
    shard = shard_of(6)
    handler = Handler(shard)
    answers = [handler.failures(4, 2, 5), None]
    handler.behave = lambda places: answers.pop(0)
    poller = Poller(shard, handler, Settings(BatchSize=6)).run()
    assert handler.seen == [[0, 1, 2, 3, 4, 5], [2, 3, 4, 5]]
    assert poller.checkpoint == 6 and poller.discarded == []


def test_without_reporting_the_answer_is_not_read():
    shard = shard_of(3)
    handler = Handler(shard)
    handler.behave = lambda places: handler.failures(1)
    poller = Poller(shard, handler, Settings(BatchSize=3, ReportBatchItemFailures=False)).run()
    assert handler.seen == [[0, 1, 2]] and poller.checkpoint == 3


def test_an_error_repeats_the_whole_batch_and_blocks_what_follows():
    shard = shard_of(4)
    handler = Handler(shard, lambda places: fail() if len(handler.seen) < 4 else None)
    Poller(shard, handler, Settings(BatchSize=2)).run()
    assert handler.seen == [[0, 1], [0, 1], [0, 1], [0, 1], [2, 3]]


def test_attempts_are_capped_and_the_rest_goes_on():
    shard = shard_of(4)
    handler = Handler(shard, lambda places: fail() if 1 in places else None)
    poller = Poller(shard, handler, Settings(BatchSize=2, MaximumRetryAttempts=2)).run()
    assert handler.seen == [[0, 1]] * 3 + [[2, 3]]
    (lost,) = poller.discarded
    assert lost["requestContext"] | {"requestId": ""} == {"requestId": "", "functionArn": "arn:aws:lambda:us-east-1:123456789012:function:test",
                                                          "condition": "RetryAttemptsExhausted", "approximateInvokeCount": 3}
    assert [base64.b64decode(record["kinesis"]["data"]) for record in json.loads(lost["payload"])["Records"]] == [bytes([0]) * 10, bytes([1]) * 10]


def test_bisecting_isolates_the_bad_record_and_costs_no_attempt():
    shard = shard_of(8)
    handler = Handler(shard, lambda places: fail() if 5 in places else None)
    poller = Poller(shard, handler, Settings(BatchSize=8, BisectBatchOnFunctionError=True, MaximumRetryAttempts=1)).run()
    assert handler.seen == [list(range(8)), [0, 1, 2, 3], [4, 5, 6, 7], [4, 5], [4], [5], [5], [6, 7]]
    assert [lost["KinesisBatchInfo"]["batchSize"] for lost in poller.discarded] == [1]


def test_old_records_are_discarded_by_the_given_clock():
    shard = Shard()
    for arrival in (0, 50, 100):
        shard.put(b"x", arrival=arrival)
    now = [100]
    handler = Handler(shard)

    def behave(_places):
        now[0] += 30
        fail() if now[0] < 180 else None

    handler.behave = behave
    poller = Poller(shard, handler, Settings(BatchSize=3, MaximumRecordAgeInSeconds=60), clock=lambda: now[0]).run()
    # 0 is too old at 100, 1 after the first failure (130), 2 after the second and third (at 160: 60 s old, which is allowed).
    assert handler.seen == [[1, 2], [2], [2]]
    assert [lost["requestContext"]["condition"] for lost in poller.discarded] == ["RecordAgeExceeded"] * 2
    assert poller.checkpoint == 3


def test_a_restart_reads_again_from_the_checkpoint_and_cuts_anew():
    shard = shard_of(30)
    handler = Handler(shard, lambda places: fail() if 10 in places and len(handler.seen) == 2 else None)
    poller = Poller(shard, handler, Settings(BatchSize=10))
    poller.step(), poller.step()
    poller.restart(seed=3).run()
    assert handler.seen[0] == list(range(10)) and handler.seen[1] == list(range(10, 20))
    assert [place for batch in handler.seen[2:] for place in batch] == list(range(10, 30))
    assert len({len(batch) for batch in handler.seen[2:]}) > 1, "the same batch boundaries as before"
    again = Poller(shard, Handler(shard), Settings(BatchSize=10)).restart(seed=3).run()
    other = Poller(shard, Handler(shard), Settings(BatchSize=10)).restart(seed=4).run()
    assert again.invocations != other.invocations


def test_a_shard_that_never_gets_better_is_named():
    with pytest.raises(AssertionError, match="still at record 0 of 3 after 20 invocations"):
        Poller(shard_of(3), fail).run(at_most=20)

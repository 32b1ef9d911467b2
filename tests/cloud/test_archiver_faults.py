"""The real archiver with what the network, S3 and Lambda do to it: nothing is lost, nothing is rewritten, and a reader that deduplicates as documented
sees each event once."""

import random
from collections import Counter

import pytest

from harness import balance, corpus
from harness.cloud import objects, records
from harness.faults import Fault, slow_down
from harness.payload import kinesis_event, pack
from harness.poller import Poller, Settings, Shard
from harness.records import as_counter, expected, once
from harness.runtime import FunctionError


@pytest.fixture
def run(run_archiver):
    return run_archiver


@pytest.fixture
def versioned(cloud, buckets):
    """With versions on, a second write of an object leaves a trace."""
    cloud.s3.put_bucket_versioning(Bucket=buckets[0], VersioningConfiguration={"Status": "Enabled"})


def never_rewritten(cloud, bucket):
    versions = [version for page in cloud.s3.get_paginator("list_object_versions").paginate(Bucket=bucket) for version in page.get("Versions", [])]
    twice = [key for key, count in Counter(version["Key"] for version in versions).items() if count > 1]
    assert not twice, f"written more than once: {twice[:3]}"


@pytest.mark.parametrize("concurrency", ["1", "8"])
def test_killed_between_puts_and_run_again(cloud, run, buckets, versioned, proxy, concurrency):
    payloads = corpus.spread(3, hours=12)
    event = corpus.event_of(payloads)
    runtime = run(PUT_CONCURRENCY=concurrency)
    proxy.rule = lambda request: runtime.kill() if request.is_put_object and request.nth == 4 else None
    assert runtime.invoke(event).error_type == "Runtime.ExitError"
    before = set(objects(cloud.s3, buckets[0]))
    proxy.reset()
    outcome = runtime.invoke(event)
    assert outcome.error_type is None and runtime.starts == 2
    stored = objects(cloud.s3, buckets[0])
    assert before and before < set(stored), "the first run must have stored some objects, under keys that the second run kept"
    assert as_counter(records(stored)) == expected(payloads)
    never_rewritten(cloud, buckets[0])
    balance.check(outcome)


def test_an_answer_lost_is_no_failure(cloud, run, buckets, versioned, proxy):
    """The object is there, the answer is not: the retry finds it (412) and goes on."""
    payloads = corpus.spread(4)
    proxy.rule = lambda request: Fault(cut="after") if request.is_put_object and request.nth in (1, 3) else None
    outcome = run().invoke(corpus.event_of(payloads))
    assert outcome.error_type is None, outcome.error_message
    assert 412 in [request.status for request in proxy.put_objects()]
    assert as_counter(records(objects(cloud.s3, buckets[0]))) == expected(payloads)
    never_rewritten(cloud, buckets[0])
    balance.check(outcome)


def test_a_slow_s3_is_asked_again(cloud, run, buckets, versioned, proxy):
    seen = Counter()

    def twice_busy(request):
        seen[request.path] += 1
        return slow_down() if request.is_put_object and seen[request.path] <= 2 else None

    proxy.rule = twice_busy
    payloads = corpus.spread(5, count=10)
    outcome = run().invoke(corpus.event_of(payloads))
    assert outcome.error_type is None, outcome.error_message
    assert as_counter(records(objects(cloud.s3, buckets[0]))) == expected(payloads)
    balance.check(outcome)


def test_an_s3_that_stays_down_fails_the_batch_before_the_deadline(cloud, run, buckets, proxy):
    """The whole batch comes again, in time, and is then stored once."""
    payloads = corpus.spread(6, count=10)
    runtime = run(timeout=8)
    proxy.rule = lambda request: slow_down() if request.is_put_object else None
    outcome = runtime.invoke(corpus.event_of(payloads))
    assert outcome.error_type not in (None, "Sandbox.Timedout")
    line = balance.check(outcome)
    assert line["ReturnedRecords"] == len(payloads) and line.get("DeliveredRecords", 0) == 0
    proxy.reset()
    assert runtime.invoke(corpus.event_of(payloads)).error_type is None and runtime.starts == 1
    assert as_counter(records(objects(cloud.s3, buckets[0]))) == expected(payloads)


def test_an_s3_that_stays_silent_does_not_outlast_the_invocation(cloud, run, buckets, proxy):
    """An answer that never comes ends with the deadline, in the middle of the call: else Lambda would end the function, and nothing be told."""
    payloads = corpus.spread(8, count=3)
    runtime = run(timeout=6)
    proxy.rule = lambda request: Fault(delay=15) if request.is_put_object else None
    outcome = runtime.invoke(corpus.event_of(payloads))
    assert outcome.error_type == "ArchiveIncomplete"
    assert balance.check(outcome)["ReturnedRecords"] == len(payloads)


def test_a_batch_of_nothing_but_poison_is_put_aside_in_one_invocation(cloud, run, buckets):
    shard = Shard()
    for index in range(400):
        shard.put(b"poison %d" % index)
    outcome = run(timeout=30).invoke(kinesis_event(shard.records))
    assert outcome.error_type is None, outcome.error_message
    assert balance.check(outcome)["DeadLetteredRecords"] == 400
    assert len(objects(cloud.s3, buckets[1])) == 400


def test_a_dead_letter_that_cannot_be_stored_fails_the_batch(cloud, run, buckets, proxy):
    payloads = corpus.spread(7, count=4)
    runtime = run(timeout=8)
    shard = Shard()
    for data in [pack(payload) for payload in payloads] + [b"poison"]:
        shard.put(data)
    proxy.rule = lambda request: slow_down() if request.is_put_object and f"/{buckets[1]}/" in request.path else None
    outcome = runtime.invoke(kinesis_event(shard.records))
    failed = outcome.error_type is not None or outcome.json().get("batchItemFailures")
    assert failed, "poison that lies nowhere counts as handled"
    balance.check(outcome)
    proxy.reset()
    assert runtime.invoke(kinesis_event(shard.records)).json() in (None, {"batchItemFailures": []})
    assert len(objects(cloud.s3, buckets[1])) == 1


@pytest.mark.parametrize("mode", ["batch", "payload"])
@pytest.mark.parametrize("seed", [11, 12, 13])
def test_a_stream_with_everything_going_wrong(cloud, run, buckets, versioned, proxy, mode, seed):
    """The poller dies and cuts the batches anew, records come twice, S3 is busy, answers are lost, the function is killed, poison is in between."""
    chance = random.Random(seed)
    payloads = corpus.spread(seed, count=40)
    poison = list(corpus.undecodable(pack(payloads[0])).values())[:3]
    shard = Shard()
    for index, payload in enumerate(payloads):
        shard.put(pack(payload))
        if index % 15 == 7:
            shard.put(poison[index // 15])
    shard.put(pack(payloads[0]))  # The same payload in a second record.
    runtime = run(ARCHIVE_OBJECT_PER=mode)
    outcomes = []

    def trouble(request):
        if not request.is_put_object:
            return None
        draw = chance.random()
        if draw < 0.04:
            return runtime.kill()
        return slow_down() if draw < 0.12 else Fault(cut="after") if draw < 0.18 else Fault(cut="before") if draw < 0.24 else None

    def handler(event):
        outcomes.append(runtime.invoke(event))
        return outcomes[-1].json()

    proxy.rule = trouble
    poller = Poller(shard, handler, Settings(BatchSize=12))
    for turn in range(6):
        if not poller.step():
            break
        if turn % 2:
            poller.restart(seed + turn)
        first = chance.randrange(len(shard.records))
        try:
            poller.repeat(first, first + 5)
        except FunctionError:
            pass
    poller.run()
    assert poller.discarded == []
    stored = objects(cloud.s3, buckets[0])
    assert once(records(stored)) == expected(payloads)
    assert set(as_counter(records(stored))) == set(expected(payloads)), "a record in two versions"
    assert len(objects(cloud.s3, buckets[1])) == len(poison)
    never_rewritten(cloud, buckets[0])
    balance.check_all(outcome for outcome in outcomes if outcome.error_type != "Runtime.ExitError")
    assert any(outcome.error_type for outcome in outcomes) or len(proxy.requests) > len(stored), "nothing went wrong: the test tests nothing"


def test_one_object_a_payload_has_the_same_keys_however_it_is_sliced(cloud, run, buckets, versioned):
    payloads = corpus.spread(20)
    runtime = run(ARCHIVE_OBJECT_PER="payload")
    for size in (24, 7, 1):
        shard = Shard()
        for payload in payloads:
            shard.put(pack(payload))
        Poller(shard, runtime.call, Settings(BatchSize=size)).run()
    assert as_counter(records(objects(cloud.s3, buckets[0]))) == expected(payloads)
    never_rewritten(cloud, buckets[0])

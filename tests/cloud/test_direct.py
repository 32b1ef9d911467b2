"""The real transformer fed by subscriptions and by a stream: decoded records go to a delivery stream without a transform of its own; poison goes to
the dead letters, and what cannot be sent is asked for again, from the lowest sequence number on."""

import base64
import json
import random

import pytest

from harness import balance, corpus
from harness.cloud import lines, objects
from harness.faults import Fault, FaultProxy, firehose_unavailable
from harness.firehose import FirehoseIntake
from harness.payload import Identifiers, awslogs_event, control, document, expected_lines, identity, kinesis_event, log_events, pack
from harness.poller import Poller, Settings, Shard
from harness.records import as_counter, expected, once
from harness.runtime import REQUEST_LIMIT, Runtime


@pytest.fixture
def intake():
    taken = FirehoseIntake()
    yield taken
    taken.close()
    assert taken.refused == [], "the function sent what Firehose would refuse"


@pytest.fixture
def proxy(cloud_port, intake):
    with FaultProxy(f"http://127.0.0.1:{cloud_port}", firehose=intake.url) as running:
        yield running


@pytest.fixture
def run(transformer, proxy, buckets):
    running = []

    def start(timeout=60, **environment):
        runtime = Runtime(transformer, {"AWS_ENDPOINT_URL": proxy.url, "DELIVERY_STREAM": "logweir", "DEAD_LETTER_BUCKET": buckets[1], **environment},
                          timeout=timeout, name="transformer")
        running.append(runtime)
        return runtime

    yield start
    for runtime in running:
        runtime.close()


def some(seed, count=30, size=400):
    chance, identifiers = random.Random(seed), Identifiers(seed * 1_000_000)
    return [corpus.payload(chance, identifiers, chance.randint(1, 80), size, group=f"/app/{chance.randint(1, 3)}") for _ in range(count)]


def shard_of(datas):
    shard = Shard()
    for data in datas:
        shard.put(data)
    return shard


def delivered(intake):
    assert {name for name, _data in intake.taken} <= {"logweir"}
    return [line for _name, data in intake.taken for line in lines(data)]


@pytest.mark.parametrize("environment", [{}, {"OUTPUT_COMPRESSION": "none"}], ids=["gzip", "plain"])
def test_a_direct_subscription(run, intake, environment):
    payload = corpus.nasty(Identifiers())
    outcome = run(**environment).invoke(awslogs_event(pack(payload)))
    assert outcome.error_type is None, outcome.error_message
    assert as_counter(delivered(intake)) == expected([payload])
    balance.check(outcome)


def test_lines_are_packed_into_few_records(run, intake):
    """Firehose bills each record rounded up to 5 KB: lines travel in records close to the limit."""
    payloads = some(1, count=60)
    outcome = run(OUTPUT_COMPRESSION="none").invoke(kinesis_event(shard_of(map(pack, payloads)).records))
    assert outcome.json() in (None, {"batchItemFailures": []})
    assert as_counter(delivered(intake)) == expected(payloads)
    total = sum(len(data) for _name, data in intake.taken)
    assert len(intake.taken) <= total // 900_000 + 1, f"{len(intake.taken)} records for {total} bytes"
    balance.check(outcome)


def test_bulky_batches_are_cut_into_calls(run, intake):
    payloads = corpus.sizes("8 of 3 MB")
    outcome = run(OUTPUT_COMPRESSION="none").invoke(kinesis_event(shard_of(map(pack, payloads)).records))
    assert outcome.json() in (None, {"batchItemFailures": []})
    assert as_counter(delivered(intake)) == expected(payloads)
    balance.check(outcome)


def test_control_messages_send_nothing(run, intake):
    outcome = run().invoke(awslogs_event(pack(control())))
    assert outcome.error_type is None and intake.taken == []
    assert balance.check(outcome)["DroppedRecords"] == 1


def test_poison_becomes_dead_letters_and_the_rest_goes_on(run, intake, cloud, buckets):
    payloads = some(2)
    bad = corpus.undecodable(pack(payloads[0]))
    datas = [pack(payload) for payload in payloads]
    outcome = run().invoke(kinesis_event(shard_of(datas[:10] + list(bad.values()) + datas[10:]).records))
    assert outcome.json() in (None, {"batchItemFailures": []})
    assert as_counter(delivered(intake)) == expected(payloads)
    letters = [json.loads(data) for data in objects(cloud.s3, buckets[1]).values()]
    assert {base64.b64decode(letter["rawData"]) for letter in letters} == set(bad.values())
    line = balance.check(outcome)
    assert line["DeadLetteredRecords"] == len(bad) and line["DeadLetteredBytes"] == sum(map(len, bad.values()))


def test_poison_by_direct_subscription(run, intake, cloud, buckets):
    outcome = run().invoke(awslogs_event(b"no payload at all"))
    assert outcome.error_type is None, "an error would only make Lambda try the same again, twice"
    (letter,) = objects(cloud.s3, buckets[1]).values()
    assert base64.b64decode(json.loads(letter)["rawData"]) == b"no payload at all"
    balance.check(outcome)


def test_a_firehose_that_stays_silent_does_not_outlast_the_invocation(run, intake, proxy):
    proxy.rule = lambda request: Fault(delay=15) if request.is_put_batch else None
    outcome = run(timeout=6).invoke(awslogs_event(pack(some(3, count=1)[0])))
    assert outcome.error_type == "DeliveryFailed"
    assert balance.check(outcome)["ReturnedRecords"] == 1


def test_a_firehose_that_stays_busy_fails_a_direct_event(run, intake, proxy):
    proxy.rule = lambda request: firehose_unavailable() if request.is_put_batch else None
    outcome = run(timeout=8).invoke(awslogs_event(pack(some(3, count=1)[0])))
    assert outcome.error_type not in (None, "Sandbox.Timedout")
    assert balance.check(outcome)["ReturnedRecords"] == 1


def test_the_lowest_number_that_was_not_sent_is_asked_for_again(run, intake, proxy):
    """Calls after the second fail for good: what was sent before stays sent, the number of the first record not sent in full is returned, and it alone."""
    payloads = corpus.sizes("8 of 3 MB")
    shard = shard_of(map(pack, payloads))
    proxy.rule = lambda request: firehose_unavailable() if request.is_put_batch and len(intake.taken) >= 8 else None
    outcome = run(timeout=10, OUTPUT_COMPRESSION="none").invoke(kinesis_event(shard.records))
    (failure,) = outcome.json()["batchItemFailures"]
    place = [record.sequence_number for record in shard.records].index(failure["itemIdentifier"])
    sent = {identity(line) for line in delivered(intake)}
    whole = [all(identity(line) in sent for line in expected_lines(payload)) for payload in payloads]
    assert place == whole.index(False), "not the first record that is not sent in full"
    line = balance.check(outcome)
    assert line["ReturnedRecords"] == len(payloads) - place and line["DeliveredRecords"] == place


def test_entries_that_fail_are_sent_again(run, intake, proxy):
    payloads = corpus.sizes("8 of 3 MB")
    proxy.rule = lambda request: Fault(failed_entries=(0, 2)) if request.is_put_batch and request.nth in (1, 2, 4) else None
    outcome = run(OUTPUT_COMPRESSION="none").invoke(kinesis_event(shard_of(map(pack, payloads)).records))
    assert outcome.json() in (None, {"batchItemFailures": []})
    assert as_counter(delivered(intake)) == expected(payloads), "entries that were taken must not be sent again"
    balance.check(outcome)


@pytest.mark.parametrize("seed", [21, 22, 23])
def test_a_stream_with_everything_going_wrong(run, intake, proxy, cloud, buckets, seed):
    """Throttles, failed entries, lost requests and answers, kills, batches cut anew: nothing is lost, and ids tell the repeats."""
    chance = random.Random(seed)
    payloads = some(seed, count=50, size=3_000)
    poison = list(corpus.undecodable(pack(payloads[0])).values())[:3]
    datas = [pack(payload) for payload in payloads]
    datas[10:10], datas[30:30], datas[45:45] = [poison[0]], [poison[1]], [poison[2]]
    shard = shard_of(datas)
    runtime = run(timeout=15, OUTPUT_COMPRESSION="none")
    outcomes = []

    def trouble(request):
        if not request.is_put_batch:
            return None
        draw = chance.random()
        if draw < 0.05:
            return runtime.kill()
        faults = [(0.15, firehose_unavailable()), (0.30, Fault(failed_entries=(0, 3))), (0.38, Fault(cut="after")), (0.45, Fault(cut="before"))]
        return next((fault for limit, fault in faults if draw < limit), None)

    def handler(event):
        outcomes.append(runtime.invoke(event))
        return outcomes[-1].json()

    proxy.rule = trouble
    poller = Poller(shard, handler, Settings(BatchSize=10))
    for turn in range(4):
        poller.step()
        poller.restart(seed * 10 + turn)
    poller.run()
    assert poller.discarded == []
    assert once(delivered(intake)) == expected(payloads)
    assert set(as_counter(delivered(intake))) == set(expected(payloads)), "a record in two versions"
    assert {base64.b64decode(json.loads(data)["rawData"]) for data in objects(cloud.s3, buckets[1]).values()} == set(poison)
    balance.check_all(outcome for outcome in outcomes if outcome.error_type != "Runtime.ExitError")


def test_memory_of_a_maximal_event(run, intake):
    datas = [pack(payload) for payload in corpus.maximal(REQUEST_LIMIT - 200_000)]
    runtime = run()
    runtime.invoke(awslogs_event(pack(control())))
    idle = runtime.resident()
    assert runtime.call(kinesis_event(shard_of(datas).records)) in (None, {"batchItemFailures": []})
    above = runtime.resident("VmHWM") - idle
    print(f"\nmemory at a maximal event: {above / 2**20:.0f} MiB above {idle / 2**20:.0f} MiB")
    assert above < 128 << 20


def test_without_a_delivery_stream_it_says_so(transformer, buckets, cloud_port):
    with Runtime(transformer, {"DEAD_LETTER_BUCKET": buckets[1], "AWS_ENDPOINT_URL": f"http://127.0.0.1:{cloud_port}"}) as runtime:
        outcome = runtime.invoke(awslogs_event(pack(document(log_events(["a"], Identifiers())))))
    assert outcome.error_type is not None and "DELIVERY_STREAM" in outcome.error_message

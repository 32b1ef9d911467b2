"""The real transformer fed by a stream: what that holds goes to another stream, or to a delivery stream, as it came. Poison goes to the dead letters, and
what cannot be put is asked for again, from the lowest sequence number on; a log stream keeps its order."""

import base64
import json
import random

import pytest

from harness import balance, corpus
from harness.cloud import objects
from harness.faults import Fault, FaultProxy, firehose_unavailable, slow_down
from harness.firehose import FirehoseIntake
from harness.kinesis import KinesisIntake
from harness.payload import KINESIS_STREAM_ARN, Identifiers, awslogs_event, control, document, expected_lines, identity, inflate, kinesis_event, log_events, pack
from harness.poller import Poller, Settings, Shard
from harness.records import as_counter, expected, once
from harness.runtime import REQUEST_LIMIT, Runtime

OTHER = "arn:aws:kinesis:us-east-1:210987654321:stream/central"
TO = {"stream": {"FORWARD_STREAM": OTHER}, "delivery stream": {"FORWARD_DELIVERY_STREAM": "central"}}


class Intakes:
    """What arrives in the other stream and in the delivery stream."""

    def __init__(self):
        self.kinesis, self.firehose = KinesisIntake(), FirehoseIntake()

    def taken(self):
        """Payloads, in their order."""
        assert {stream for stream, *_ in self.kinesis.taken} <= {OTHER} and {stream for stream, _ in self.firehose.taken} <= {"central"}
        return [data for _, _, data in self.kinesis.taken] + [data for _, data in self.firehose.taken]

    def lines(self):
        """What a reader of them would make of them, in their order."""
        return [line for data in self.taken() for line in expected_lines(json.loads(inflate(data)))]


@pytest.fixture
def intakes():
    running = Intakes()
    yield running
    running.kinesis.close()
    running.firehose.close()
    assert running.kinesis.refused + running.firehose.refused == [], "the function sent what the service would refuse"


@pytest.fixture
def proxy(cloud_port, intakes):
    with FaultProxy(f"http://127.0.0.1:{cloud_port}", firehose=intakes.firehose.url, kinesis=intakes.kinesis.url) as running:
        yield running


@pytest.fixture
def run(transformer, proxy, buckets):
    running = []

    def start(to="stream", timeout=60, **environment):
        runtime = Runtime(transformer, {"AWS_ENDPOINT_URL": proxy.url, "DEAD_LETTER_BUCKET": buckets[1], **TO.get(to, {}), **environment}, timeout=timeout,
                          name="transformer")
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


def letters(cloud, buckets):
    return [json.loads(data) for data in objects(cloud.s3, buckets[1]).values()]


def assert_in_order(lines):
    """What a reader that leaves repeats out sees of each log stream; ids grow with time."""
    last, seen = {}, set()
    for line in lines:
        stream = line["owner"], line["log_group"], line["log_stream"]
        if identity(line) not in seen:
            seen.add(identity(line))
            assert last.get(stream, "") < line["id"], f"{stream}: {line['id']} behind {last[stream]}"
            last[stream] = line["id"]


@pytest.mark.parametrize("to", TO)
def test_payloads_leave_as_they_came(run, intakes, to):
    datas = [pack(payload) for payload in [*some(1), corpus.nasty(Identifiers())]]
    outcome = run(to).invoke(kinesis_event(shard_of([*datas, pack(control())]).records))
    assert outcome.json() == {"batchItemFailures": []}
    assert sorted(intakes.taken()) == sorted(datas)
    assert_in_order(intakes.lines())
    line = balance.check(outcome)
    assert (line["DroppedRecords"], line["DeliveredRecords"]) == (1, len(datas))


def test_a_call_holds_one_record_of_a_log_stream(run, intakes, proxy):
    """Kinesis promises no order within a call, so few calls are as many as the payloads of the busiest log stream."""
    payloads = [document(log_events([f"{number}"], Identifiers(number * 10)), stream=f"s-{number % 40}") for number in range(400)]
    assert run().invoke(kinesis_event(shard_of(map(pack, payloads)).records)).json() == {"batchItemFailures": []}
    calls = [request.json()["Records"] for request in proxy.put_batches()]
    assert [len(call) for call in calls] == [40] * 10
    assert all(len({record["PartitionKey"] for record in call}) == 40 for call in calls)
    assert_in_order(intakes.lines())


@pytest.mark.parametrize("to", TO)
def test_bulky_batches_are_cut_into_calls(run, intakes, to):
    payloads = corpus.sizes("1 MB messages")
    outcome = run(to).invoke(kinesis_event(shard_of(map(pack, payloads)).records))
    assert outcome.json() == {"batchItemFailures": []}
    assert as_counter(intakes.lines()) == expected(payloads)
    balance.check(outcome)


def test_an_event_that_no_record_holds_is_set_aside_without_its_neighbours(run, intakes, cloud, buckets):
    """A4. A stream that is set to take large records holds what Firehose takes in no form."""
    chance, identifiers = random.Random(4), Identifiers()
    messages = [f"{number}" for number in range(50)] + [base64.b64encode(chance.randbytes(1_600_000)).decode()] + [f"{number}" for number in range(50)]
    payload = document(log_events(messages, identifiers))
    outcome = run("delivery stream").invoke(kinesis_event(shard_of([pack(payload)]).records))
    assert outcome.json() == {"batchItemFailures": []}
    found = intakes.lines()
    assert [line["message"] for line in found] == [message for message in messages if len(message) < 3]
    (letter,) = letters(cloud, buckets)
    (kept,) = expected_lines(json.loads(inflate(base64.b64decode(letter["rawData"]))))
    assert letter["errorCode"] == "EventTooLarge" and kept["message"] == messages[50]
    line = balance.check(outcome)
    assert (line["DeliveredEvents"], line["DeadLetteredEvents"], line["DeadLetteredRecords"]) == (100, 1, 0)


@pytest.mark.parametrize("to", TO)
def test_poison_becomes_dead_letters_and_the_rest_goes_on(run, intakes, cloud, buckets, to):
    payloads = some(2)
    bad = corpus.undecodable(pack(payloads[0]))
    datas = [pack(payload) for payload in payloads]
    outcome = run(to).invoke(kinesis_event(shard_of(datas[:10] + list(bad.values()) + datas[10:]).records))
    assert outcome.json() == {"batchItemFailures": []}
    assert as_counter(intakes.lines()) == expected(payloads)
    assert {base64.b64decode(letter["rawData"]) for letter in letters(cloud, buckets)} == set(bad.values())
    line = balance.check(outcome)
    assert line["DeadLetteredRecords"] == len(bad) and line["DeadLetteredBytes"] == sum(map(len, bad.values()))


@pytest.mark.parametrize("to", TO)
def test_nothing_is_put_behind_a_dead_letter_that_cannot_be_kept(run, intakes, proxy, to):
    """It would come again with it, each time. What is before it is done."""
    datas = [pack(payload) for payload in some(6, count=20)]
    shard = shard_of([*datas[:12], b"poison", *datas[12:]])
    proxy.rule = lambda request: slow_down() if request.is_put_object else None
    outcome = run(to, timeout=6).invoke(kinesis_event(shard.records))
    assert outcome.json() == {"batchItemFailures": [{"itemIdentifier": shard.records[12].sequence_number}]}
    assert sorted(intakes.taken()) == sorted(datas[:12])
    line = balance.check(outcome)
    assert (line["DeliveredRecords"], line["ReturnedRecords"], line["RepeatedRecords"]) == (12, 9, 0)


@pytest.mark.parametrize("to", TO)
@pytest.mark.parametrize("trouble", [Fault(delay=15), firehose_unavailable()], ids=["silent", "busy"])
def test_what_is_not_taken_comes_again_before_the_deadline(run, intakes, proxy, to, trouble):
    proxy.rule = lambda request: trouble if request.is_put_batch else None
    shard = shard_of(map(pack, some(3, count=3)))
    outcome = run(to, timeout=6).invoke(kinesis_event(shard.records))
    assert outcome.json() == {"batchItemFailures": [{"itemIdentifier": shard.records[0].sequence_number}]}
    assert balance.check(outcome)["ReturnedRecords"] == 3


@pytest.mark.parametrize("to", TO)
def test_the_lowest_number_that_was_not_taken_is_asked_for_again(run, intakes, proxy, to):
    """Calls after the first fail for good: what was taken before stays taken, and all comes again from the first record that was not wholly taken."""
    payloads = [payload for seed in range(5) for payload in some(seed + 50, count=2, size=20_000)]
    shard = shard_of(map(pack, payloads))
    proxy.rule = lambda request: firehose_unavailable() if request.is_put_batch and request.nth > 1 else Fault(failed_entries=(3, 5)) if request.is_put_batch else None
    outcome = run(to, timeout=8).invoke(kinesis_event(shard.records))
    (failure,) = outcome.json()["batchItemFailures"]
    place = [record.sequence_number for record in shard.records].index(failure["itemIdentifier"])
    sent = {identity(line) for line in intakes.lines()}
    whole = [all(identity(line) in sent for line in expected_lines(payload)) for payload in payloads]
    assert 0 < place == whole.index(False), "not the first record that is not taken whole"
    assert_in_order(intakes.lines())
    line = balance.check(outcome)
    assert line["ReturnedRecords"] == len(payloads) - place and line["DeliveredRecords"] == place
    assert line["RepeatedRecords"] == sum(whole[place:])


@pytest.mark.parametrize("to", TO)
def test_entries_that_fail_are_sent_again(run, intakes, proxy, to):
    payloads = some(7, count=60)
    proxy.rule = lambda request: Fault(failed_entries=(0, 2)) if request.is_put_batch and request.nth in (1, 2, 4) else None
    outcome = run(to).invoke(kinesis_event(shard_of(map(pack, payloads)).records))
    assert outcome.json() == {"batchItemFailures": []}
    assert as_counter(intakes.lines()) == expected(payloads), "entries that were taken must not be sent again"
    if to == "stream":
        assert_in_order(intakes.lines())
    balance.check(outcome)


@pytest.mark.parametrize("to", TO)
def test_without_partial_answers_a_failure_fails_the_batch(run, intakes, proxy, to):
    """A1. AWS's default mapping takes any answer for success, a partial one too: what it names would be gone."""
    payloads = some(8, count=6)
    proxy.rule = lambda request: firehose_unavailable() if request.is_put_batch and len(outcomes) < 2 else None
    runtime, outcomes = run(to, timeout=5, REPORT_BATCH_ITEM_FAILURES=""), []

    def handler(event):
        outcomes.append(runtime.invoke(event))
        return outcomes[-1].json()

    poller = Poller(shard_of(map(pack, payloads)), handler, Settings(BatchSize=3, ReportBatchItemFailures=False))
    poller.run()
    assert [invocation.result for invocation in poller.invocations] == ["failure", "failure", "success", "success"]
    assert {outcome.error_type for outcome in outcomes} == {None, "ForwardIncomplete"} and "central" in outcomes[0].error_message
    assert as_counter(intakes.lines()) == expected(payloads)
    balance.check_all(outcomes)


@pytest.mark.parametrize("seed", [21, 22, 23])
@pytest.mark.parametrize("to", TO)
def test_with_everything_going_wrong(run, intakes, proxy, cloud, buckets, to, seed):
    """Throttles, failed entries, lost requests and answers, kills, batches cut anew: nothing is lost, and ids tell the repeats."""
    chance = random.Random(seed)
    payloads = some(seed, count=50, size=3_000)
    poison = list(corpus.undecodable(pack(payloads[0])).values())[:3]
    datas = [pack(payload) for payload in payloads]
    datas[10:10], datas[30:30], datas[45:45] = [poison[0]], [poison[1]], [poison[2]]
    shard = shard_of(datas)
    runtime = run(to, timeout=15)
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
    assert once(intakes.lines()) == expected(payloads)
    assert set(as_counter(intakes.lines())) == set(expected(payloads)), "a record in two versions"
    if to == "stream":
        assert_in_order(intakes.lines())
    assert {base64.b64decode(letter["rawData"]) for letter in letters(cloud, buckets)} == set(poison)
    balance.check_all(outcome for outcome in outcomes if outcome.error_type != "Runtime.ExitError")


@pytest.mark.parametrize("own", [KINESIS_STREAM_ARN, KINESIS_STREAM_ARN.rpartition("/")[2]], ids=["ARN", "name"])
def test_a_stream_is_not_forwarded_to_itself(run, intakes, own):
    outcome = run(FORWARD_STREAM=own).invoke(kinesis_event(shard_of([pack(some(9, count=1)[0])]).records))
    assert outcome.error_type == "ForwardingLoop"
    assert own in outcome.error_message and KINESIS_STREAM_ARN in outcome.error_message
    assert intakes.taken() == []


def test_an_event_of_another_kind_says_what_to_do_instead(run, intakes):
    payload = document(log_events(["a"], Identifiers()))
    outcome = run().invoke(awslogs_event(pack(payload)))
    assert outcome.error_type == "UnknownEvent" and "subscribe the delivery stream" in outcome.error_message
    outcome = run("nowhere").invoke(kinesis_event(shard_of([pack(payload)]).records))
    assert outcome.error_type == "NotConfigured" and "FORWARD_STREAM" in outcome.error_message
    outcome = run(FORWARD_DELIVERY_STREAM="central").invoke(awslogs_event(pack(payload)))
    assert outcome.error_type is not None and intakes.taken() == []


def test_memory_of_a_maximal_event(run, intakes):
    datas = [pack(payload) for payload in corpus.maximal(REQUEST_LIMIT - 200_000)]
    runtime = run()
    runtime.invoke(kinesis_event(shard_of([pack(control())]).records))
    idle = runtime.resident()
    assert runtime.call(kinesis_event(shard_of(datas).records)) == {"batchItemFailures": []}
    above = runtime.resident("VmHWM") - idle
    print(f"\nmemory at a maximal event: {above / 2**20:.0f} MiB above {idle / 2**20:.0f} MiB")
    assert above < 128 << 20

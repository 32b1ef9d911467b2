"""The real transformer as a Firehose transform: whatever comes in, no event is lost, each comes out exactly once, and every answer fits."""

import json
import random
import time
from collections import Counter

import pytest

from harness import balance, corpus
from harness.faults import Fault, FaultProxy, firehose_unavailable
from harness.firehose import BUFFER_LIMIT, PLAIN_BUFFER, FirehoseIntake, drive
from harness.payload import Identifiers, control, document, expected_lines, firehose_event, identity, inflate, log_events, pack, readable
from harness.runtime import REQUEST_LIMIT, Runtime

OUTPUTS = {"ndjson, gzip": {}, "ndjson, plain": {"OUTPUT_COMPRESSION": "none"}, "message, gzip": {"OUTPUT_FORMAT": "message"},
           "message, plain": {"OUTPUT_FORMAT": "message", "OUTPUT_COMPRESSION": "none"}}


@pytest.fixture
def firehose():
    """(where puts arrive, the proxy in front)"""
    intake = FirehoseIntake()
    with FaultProxy(intake.url) as proxy:
        yield intake, proxy
    intake.close()
    assert intake.refused == [], "the function sent what Firehose would refuse"


@pytest.fixture
def run(transformer, firehose):
    """Starts the transformer with more environment; ended with the test."""
    running = []

    def start(timeout=60, **environment):
        runtime = Runtime(transformer, {"AWS_ENDPOINT_URL": firehose[1].url, **environment}, timeout=timeout, name="transformer")
        running.append(runtime)
        return runtime

    yield start
    for runtime in running:
        runtime.close()


def expected_counter(payloads, output_format="ndjson"):
    if output_format == "message":
        return Counter(line.encode() for payload in payloads for event in payload["logEvents"] for line in readable(event["message"]).split("\n"))
    return Counter(json.dumps(line) for payload in payloads for line in expected_lines(payload))


def found_counter(delivered, output_format="ndjson"):
    text = delivered.text()
    assert text == b"" or text.endswith(b"\n")
    if output_format == "message":
        return Counter(text.split(b"\n")[:-1])
    return Counter(json.dumps(json.loads(line)) for line in text.split(b"\n")[:-1])


def assert_same(found, expected):
    missing, surplus = expected - found, found - expected
    shown = [[str(entry)[:200] for entry in list(part)[:2]] for part in (missing, surplus)]
    assert not missing and not surplus, f"{missing.total()} missing, {surplus.total()} too many of {expected.total()}: missing {shown[0]}, too many {shown[1]}"


def undecodable_keys(delivered):
    return [keys for keys in delivered.keys if not keys or not {"year", "month", "day", "hour", "owner"} <= set(keys)]


@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize("case", corpus.CASES)
def test_nothing_lost_and_each_exactly_once(run, firehose, case, output):
    payloads = corpus.sizes(case)
    runtime = run(**OUTPUTS[output])
    buffer = PLAIN_BUFFER if "plain" in output else BUFFER_LIMIT
    delivered = drive(runtime, [pack(payload, level=1) for payload in payloads], firehose[0], buffer=buffer)
    assert delivered.failed == [] and undecodable_keys(delivered) == []
    output_format = OUTPUTS[output].get("OUTPUT_FORMAT", "ndjson")
    assert_same(found_counter(delivered, output_format), expected_counter(payloads, output_format))
    lines = balance.check_all(delivered.outcomes)
    assert sum(line.get("DeliveredEvents", 0) for line in lines) == sum(len(payload["logEvents"]) for payload in payloads)
    assert sum(line.get("DeliveredBytes", 0) for line in lines) == balance.message_bytes(payloads)
    assert runtime.starts == 1


@pytest.mark.parametrize("buffer", [PLAIN_BUFFER, BUFFER_LIMIT])
@pytest.mark.parametrize("case", ["60 MB in one", "8 of 3 MB"])
def test_surplus_is_not_shattered(run, firehose, case, buffer):
    """Firehose bills each record rounded up to 5 KB, and each costs a place in a later answer. What would fit an answer of its own needs no smaller
    pieces: a few records put back for each answer will do, whatever the buffer."""
    delivered = drive(run(OUTPUT_COMPRESSION="none"), [pack(payload) for payload in corpus.sizes(case)], firehose[0], buffer=buffer)
    returned, answers = delivered.returned, len(delivered.outcomes)
    assert returned <= 30 * answers, "too many records put back for so many answers"


def test_each_record_gets_its_own_verdict(run, firehose):
    identifiers = Identifiers()
    good = [document(log_events(["a", "b"], identifiers)), document(log_events(["c"], identifiers))]
    bad = corpus.undecodable(pack(good[0]))
    datas = [pack(good[0]), pack(control()), *bad.values(), json.dumps(good[1]).encode(), pack(document([]))]
    outcome = run().invoke(firehose_event(datas))
    answers = [record["result"] for record in outcome.json()["records"]]
    assert answers[:2] == ["Ok", "Dropped"] and answers[-2] == "Ok", "the last but one is what Firehose's own decompression hands on"
    assert dict(zip(bad, answers[2:])) == dict.fromkeys(bad, "ProcessingFailed")
    line = balance.check(outcome)
    assert line["ReceivedRecords"] == len(datas) and line["DeadLetteredRecords"] == len(bad) and line["ReceivedEvents"] == 3
    own_bytes = sum(map(len, bad.values()))
    assert line["DeadLetteredBytes"] == own_bytes, "an undecodable record counts with its own bytes, not with those of its base64"


def test_partition_keys_are_of_the_first_event(run, firehose):
    payload = document(log_events(["a", "b"], Identifiers(), start=1_795_258_799_999), group="/app/a b")  # 2026-11-21T10:59:59.999Z… 
    delivered = drive(run(PARTITION_BY_LOG_GROUP="true"), [pack(payload)], firehose[0])
    (keys,) = delivered.keys
    assert {name: keys[name] for name in ("year", "month", "day", "hour", "owner")} == {
        "year": "2026", "month": "11", "day": "21", "hour": "10", "owner": "123456789012"}
    assert keys["log_group"] == "app/a%20b"


def test_events_of_several_hours_lie_each_under_its_own(run, firehose):
    """Firehose has one set of keys for a record, so with dynamic partitioning such payloads come back an hour a piece (docs/decisions/0012)."""
    payloads = [document(log_events([f"{number}" for number in range(60)], Identifiers(seed * 100), start=1_795_258_000_000, step=600_000)) for seed in range(5)]
    delivered = drive(run(CUT_BY_HOUR="true"), [pack(payload) for payload in payloads], firehose[0])
    assert_same(found_counter(delivered), expected_counter(payloads))
    assert delivered.failed == [] and len(delivered.outputs) == delivered.returned > 50
    for keys, output in zip(delivered.keys, delivered.outputs):
        hours = {time.strftime("%Y%m%d%H", time.gmtime(json.loads(line)["timestamp"] / 1000)) for line in inflate(output).splitlines()}
        assert hours == {"".join(keys[name] for name in ("year", "month", "day", "hour"))}
    balance.check_all(delivered.outcomes)


def test_a_surplus_stream_of_its_own_takes_it_all(run, firehose):
    payloads = corpus.sizes("15 MB in one")
    runtime = run(OUTPUT_COMPRESSION="none", SURPLUS_DELIVERY_STREAM="logweir-surplus")
    first = runtime.invoke(firehose_event([pack(payload) for payload in payloads], source="kinesis"))
    assert first.error_type is None and {name for name, _data in firehose[0].taken} == {"logweir-surplus"}
    firehose[0].taken.clear()
    delivered = drive(runtime, [pack(payload) for payload in payloads], firehose[0], source="kinesis")
    assert_same(found_counter(delivered), expected_counter(payloads))


def test_a_stream_that_others_read_gets_nothing_back(run, firehose):
    """Kinesis source, no surplus stream: what does not fit is failed, record by record, and stays whole there."""
    payloads = corpus.sizes("8 of 3 MB")
    datas = [pack(payload) for payload in payloads]
    delivered = drive(run(OUTPUT_COMPRESSION="none"), datas, firehose[0], source="kinesis")
    assert firehose[1].requests == [] and delivered.failed != []
    kept = [payload for payload, data in zip(payloads, datas) if data not in delivered.failed]
    assert_same(found_counter(delivered), expected_counter(kept))
    balance.check_all(delivered.outcomes)


def test_an_event_too_large_for_any_answer_is_failed_visibly(run, firehose):
    giant = document(log_events(["y" * 8_000_000], Identifiers()))
    small = document(log_events(["small"], Identifiers(50)))
    delivered = drive(run(OUTPUT_COMPRESSION="none"), [pack(small), pack(giant)], firehose[0])
    assert [line["message"] for line in map(json.loads, delivered.text().splitlines())] == ["small"]
    assert len(delivered.failed) == 1
    balance.check_all(delivered.outcomes)


def first_calls_fail(request):
    """Two throttled calls, then one with entries failed, then all is well."""
    if request.is_put_batch:
        if request.nth <= 2:
            return firehose_unavailable()
        if request.nth == 3:
            return Fault(failed_entries=(0, 2))
    return None


def test_throttles_and_failed_entries_are_tried_again(run, firehose):
    payloads = corpus.sizes("8 of 3 MB")
    firehose[1].rule = first_calls_fail
    delivered = drive(run(OUTPUT_COMPRESSION="none"), [pack(payload) for payload in payloads], firehose[0])
    assert len(firehose[1].put_batches()) > 3
    assert_same(found_counter(delivered), expected_counter(payloads))
    balance.check_all(delivered.outcomes)


def test_an_answer_lost_makes_repeats_that_their_ids_tell(run, firehose):
    payloads = corpus.sizes("15 MB in one")
    firehose[1].rule = lambda request: Fault(cut="after") if request.is_put_batch and request.nth == 1 else None
    delivered = drive(run(OUTPUT_COMPRESSION="none"), [pack(payload) for payload in payloads], firehose[0], attempts=3)
    lines = [json.loads(line) for line in delivered.text().splitlines()]
    distinct = {identity(line): line for line in lines}
    assert len(lines) > len(distinct), "the put whose answer was lost was not repeated"
    assert_same(Counter(map(json.dumps, distinct.values())), expected_counter(payloads))
    balance.check_all(delivered.outcomes)


def test_no_way_to_put_back_ends_before_the_deadline(run, firehose):
    """Nothing may be answered Dropped whose surplus went nowhere: it is failed, or the invocation is, and Firehose keeps it."""
    payloads = corpus.sizes("8 of 3 MB")
    datas = [pack(payload) for payload in payloads]
    firehose[1].rule = lambda request: firehose_unavailable()
    outcome = run(timeout=12, OUTPUT_COMPRESSION="none").invoke(firehose_event(datas))
    assert outcome.error_type != "Sandbox.Timedout"
    if outcome.error_type is None:
        results = Counter(record["result"] for record in outcome.json()["records"])
        assert results["Dropped"] == 0 and results["ProcessingFailed"] > 0
    balance.check(outcome)


def test_repeating_an_invocation_gives_the_same_bytes(run, firehose):
    event = firehose_event([pack(payload) for payload in corpus.sizes("mixed")])
    runtime = run()
    assert runtime.invoke(event).response == runtime.invoke(event).response


def test_memory_of_a_maximal_event(run, firehose):
    payloads = corpus.maximal(REQUEST_LIMIT - 200_000)
    datas = [pack(payload) for payload in payloads]
    event = json.dumps(firehose_event(datas)).encode()
    inflated = sum(len(json.dumps(payload)) for payload in payloads)
    ratio = inflated / sum(map(len, datas))
    assert 9 < ratio < 13 and len(event) > 5_500_000, f"the event is not what the bar is set for: {ratio:.1f} to 1, {len(event)} bytes"
    runtime = run()
    runtime.invoke(firehose_event([pack(control())]))
    idle = runtime.resident()
    outcome = runtime.invoke(event)
    answers = Counter(record["result"] for record in outcome.json()["records"])
    assert set(answers) <= {"Ok", "Dropped"} and answers["Ok"] >= 0.9 * len(datas), answers
    above = runtime.resident("VmHWM") - idle
    print(f"\nmemory at a maximal event ({len(event):,} bytes, {ratio:.1f} to 1): {above / 2**20:.0f} MiB above {idle / 2**20:.0f} MiB")
    assert above < 128 << 20


@pytest.mark.parametrize("environment", [{}, {"OUTPUT_COMPRESSION": "none"}], ids=["gzip", "plain"])
def test_memory_of_a_hostile_event(run, firehose, environment):
    """A18. Payloads that decompress at hundreds to one: of as many empty events as are read, and of nearly as much text as may be."""
    event = {"id": "", "timestamp": 1_795_260_000_000, "message": ""}
    many = pack(document([event] * (1 << 19)), level=9)
    large = pack(document([{**event, "message": "x" * 1_000}] * 120_000), level=9)
    datas = [many, large] * 6
    assert sum(map(len, datas)) < BUFFER_LIMIT
    runtime = run(timeout=120, **environment)
    runtime.invoke(firehose_event([pack(control())]))
    idle = runtime.resident()
    outcome = runtime.invoke(firehose_event(datas))
    assert outcome.error_type is None and len(outcome.json()["records"]) == len(datas)
    peak = runtime.resident("VmHWM")
    print(f"\nmemory at a hostile event: {(peak - idle) / 2**20:.0f} MiB above {idle / 2**20:.0f} MiB")
    assert peak < 400 << 20


def test_hundred_warm_invocations_do_not_grow(run, firehose):
    chance, identifiers = random.Random(7), Identifiers()
    event = firehose_event([pack(corpus.payload(chance, identifiers, 100, 300)) for _ in range(10)])
    runtime = run()
    for _ in range(30):
        runtime.invoke(event)
    before = runtime.resident()
    for _ in range(70):
        assert runtime.invoke(event).error_type is None
    assert runtime.resident() - before < 8 << 20

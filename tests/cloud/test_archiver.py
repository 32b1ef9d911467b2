"""The real archiver against the local S3: what was put is what is stored, exactly, and poison lies apart. What goes wrong on the way is in
test_archiver_faults.py."""

import base64
import hashlib
import json
import random
import re
from datetime import datetime, timezone

import pytest

from harness import balance, corpus
from harness.cloud import lines, objects, records
from harness.payload import Identifiers, awslogs_event, control, document, kinesis_event, log_events, pack
from harness.poller import Shard
from harness.records import as_counter, expected
from harness.runtime import REQUEST_LIMIT, Runtime


@pytest.fixture
def run(run_archiver):
    return run_archiver


def test_what_was_put_is_what_is_stored(cloud, run, buckets):
    identifiers = Identifiers()
    fields = {"@aws.account": "210987654321", "@aws.region": "eu-north-1", "level": "warn"}
    enriched = document([{**log_events(["enriched"], identifiers)[0], "extractedFields": fields}], policyLevel="ACCOUNT_LEVEL_POLICY")
    payloads = [corpus.nasty(identifiers), enriched, document(log_events([corpus.text(random.Random(1), 1_000_000, 0.9)], identifiers)),
                document(log_events(["of another owner"], identifiers), owner="999999999999"), *corpus.spread(1)]
    outcome = run().invoke(corpus.event_of([*payloads, control()]))
    assert outcome.error_type is None, outcome.error_message
    stored = objects(cloud.s3, buckets[0])
    assert as_counter(records(stored)) == expected(payloads)
    for key, data in stored.items():
        prefix, _, name = key.rpartition("/")
        assert re.fullmatch(r"\d+-[0-9a-z]+\.ndjson\.gz", name), key
        for line in lines(data):
            assert prefix == hour_of(line), f"a record of {line['timestamp']} and {line['owner']} lies under {key}"
        assert int(name.split("-")[0]) == min(line["timestamp"] for line in lines(data))
    line = balance.check(outcome)
    assert line["DeliveredEvents"] == sum(len(payload["logEvents"]) for payload in payloads) and line["ReceivedRecords"] == len(payloads) + 1
    assert line["DeliveredBytes"] == balance.message_bytes(payloads)


def hour_of(line):
    return datetime.fromtimestamp(line["timestamp"] / 1000, timezone.utc).strftime("logs/%Y/%m/%d/%H/") + line.get("source_account", line["owner"])


def test_a_direct_subscription(cloud, run, buckets):
    payload = corpus.nasty(Identifiers())
    outcome = run().invoke(awslogs_event(pack(payload)))
    assert outcome.error_type is None, outcome.error_message
    assert as_counter(records(objects(cloud.s3, buckets[0]))) == expected([payload])
    balance.check(outcome)


@pytest.mark.parametrize("mode", ["batch", "payload"])
def test_bad_records_become_dead_letters_and_block_nothing(cloud, run, buckets, mode):
    payloads = corpus.spread(2)
    bad = corpus.undecodable(pack(payloads[0]))
    shard = Shard()
    for payload in payloads[:12]:
        shard.put(pack(payload))
    for data in bad.values():
        shard.put(data)
    for payload in payloads[12:]:
        shard.put(pack(payload))
    outcome = run(ARCHIVE_OBJECT_PER=mode).invoke(kinesis_event(shard.records))
    assert outcome.json() in (None, {"batchItemFailures": []})
    assert as_counter(records(objects(cloud.s3, buckets[0]))) == expected(payloads)
    letters = objects(cloud.s3, buckets[1])
    for key, data in letters.items():
        letter = json.loads(data)
        raw = base64.b64decode(letter["rawData"])
        prefix, _function, code, name = key.split("/")
        assert (prefix, code, name) == ("dead-letter", letter["errorCode"], hashlib.sha256(raw).hexdigest() + ".json")
        assert letter["errorMessage"]
    assert {base64.b64decode(json.loads(data)["rawData"]) for data in letters.values()} == set(bad.values())
    line = balance.check(outcome)
    assert line["DeadLetteredRecords"] == len(bad) and line["DeadLetteredBytes"] == sum(map(len, bad.values()))


@pytest.mark.parametrize("mode", ["batch", "payload"])
def test_memory_of_a_maximal_event(run, mode):
    shard = Shard()
    for payload in corpus.maximal(REQUEST_LIMIT - 200_000):
        shard.put(pack(payload))
    runtime = run(ARCHIVE_OBJECT_PER=mode)
    runtime.invoke(awslogs_event(pack(control())))
    idle = runtime.resident()
    assert runtime.call(kinesis_event(shard.records)) in (None, {"batchItemFailures": []})
    above = runtime.resident("VmHWM") - idle
    print(f"\nmemory at a maximal event: {above / 2**20:.0f} MiB above {idle / 2**20:.0f} MiB")
    assert above < 128 << 20


def test_a_bad_configuration_names_every_variable_at_init(archiver, cloud_port):
    with Runtime(archiver, {"ARCHIVE_OBJECT_PER": "nonsense", "PUT_CONCURRENCY": "many"}) as runtime:
        outcome = runtime.invoke(awslogs_event(pack(control())))
    text = f"{outcome.error_message} {outcome.logs}"
    for name in ("ARCHIVE_BUCKET", "DEAD_LETTER_BUCKET", "ARCHIVE_OBJECT_PER", "PUT_CONCURRENCY"):
        assert name in text, f"{name} is not named in: {text[:500]}"


def test_how_an_object_is_stored(cloud, run, buckets, proxy):
    assert run().invoke(corpus.event_of(corpus.spread(30, count=2))).error_type is None
    put = proxy.put_objects()[0]
    assert put.headers.get("if-none-match") == "*"
    assert any(name.startswith("x-amz-checksum-") for name in put.headers) or "x-amz-trailer" in put.headers
    key = next(iter(objects(cloud.s3, buckets[0])))
    head = cloud.s3.head_object(Bucket=buckets[0], Key=key)
    assert head["ContentType"] in ("application/x-ndjson", "application/gzip", "application/x-ndjson; charset=utf-8"), head["ContentType"]

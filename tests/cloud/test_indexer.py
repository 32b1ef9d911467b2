"""The real indexer fed by subscriptions and by a stream, with a real OpenSearch behind it: what was logged is found, once, in the index of its day.
What goes wrong on the way is in test_indexer_faults.py, ten thousand events with all of it in test_indexer_bar.py."""

import base64
import json
import random
import threading
from pathlib import Path

import pytest

from harness import balance, corpus
from harness.cloud import objects
from harness.payload import OWNER, START, Identifiers, awslogs_event, control, document, kinesis_event, log_events, pack, readable
from harness.poller import Shard
from harness.runtime import REQUEST_LIMIT, Runtime
from harness.search import every, phrase, term, value
from harness.search_corpus import day_of, everything, ids_of, iso_of
from harness.search_faults import Fault, bulk_only
from harness.search_formats import EVENT_DATASETS

ROOT = Path(__file__).resolve().parents[2]
HOUR = 3_600_000


def shard_of(datas):
    shard = Shard()
    for data in datas:
        shard.put(data)
    return shard


def check_documents(search, index, payloads):
    """Every event is found once, with its line and where it came from."""
    found = {value(hit["_source"], "event.id"): hit for hit in search.hits(index)}
    assert sorted(found) == sorted(set(ids_of(payloads)))
    for payload in payloads:
        for event in payload["logEvents"]:
            hit = found[event["id"]]
            fields = event.get("extractedFields") or {}
            expected = {"@timestamp": iso_of(int(event["timestamp"])), "message": readable(event["message"]), "event.id": event["id"], "cloud.provider": "aws",
                        "cloud.account.id": fields.get("@aws.account", payload["owner"]), "aws.cloudwatch.log_group": payload["logGroup"],
                        "aws.cloudwatch.log_stream": payload["logStream"]}
            if "@aws.region" in fields:
                expected["cloud.region"] = fields["@aws.region"]
            source = hit["_source"]
            assert {path: value(source, path) for path in expected} == expected
            dataset = value(source, "event.dataset")
            of_index = next((ours for ours, elastics in EVENT_DATASETS.items() if elastics == dataset), dataset)
            assert hit["_index"] == f"{index.removesuffix('-*')}-{of_index}-{day_of(int(event['timestamp']))}"


@pytest.mark.parametrize("trigger", ["awslogs", "kinesis"])
def test_what_was_logged_is_found(search, run_indexer, prefix, trigger):
    identifiers = Identifiers()
    fields = {"@aws.account": "210987654321", "@aws.region": "eu-north-1", "level": "warn", "count": 5}
    enriched = document([{**log_events(["enriched"], identifiers)[0], "extractedFields": fields}], policyLevel="ACCOUNT_LEVEL_POLICY")
    payloads = [corpus.nasty(identifiers), enriched, document(log_events(["of another owner"], identifiers), owner="999999999999")]
    runtime = run_indexer()
    events = [kinesis_event(shard_of(map(pack, payloads)).records)] if trigger == "kinesis" else [awslogs_event(pack(payload)) for payload in payloads]
    lines = []
    for event in events:
        outcome = runtime.invoke(event)
        assert outcome.error_type is None, outcome.error_message
        assert outcome.json() in ((None,) if trigger == "awslogs" else (None, {"batchItemFailures": []}))
        lines.append(balance.check(outcome))
    check_documents(search, f"{prefix}-*", payloads)
    assert sum(line["DeliveredEvents"] for line in lines) == len(ids_of(payloads))
    assert sum(line["DeliveredBytes"] for line in lines) == balance.message_bytes(payloads)
    extracted = search.one(f"{prefix}-*", enriched["logEvents"][0]["id"])["_source"]
    assert value(extracted, "aws.cloudwatch.extracted_fields.level") == "warn"


def test_every_dataset_has_its_index_and_a_second_delivery_changes_nothing(search, run_indexer, prefix):
    payloads = everything(400, hours=30)
    runtime, event = run_indexer(), corpus.event_of(payloads)
    assert runtime.call(event) in (None, {"batchItemFailures": []})
    datasets = {name.split("-")[1] for name in search.indices(f"{prefix}*")}
    assert datasets == {"vpcflow", "cloudtrail", "lambda", "apigateway", "access", "route53resolver", "waf", "app"}
    check_documents(search, f"{prefix}-*", payloads)
    before = search.versions(f"{prefix}-*")
    again = runtime.invoke(event)
    assert again.json() in (None, {"batchItemFailures": []})
    assert balance.check(again)["DeliveredEvents"] == 400, "what is there already counts as delivered"
    assert search.versions(f"{prefix}-*") == before


def test_events_lie_in_the_index_of_their_day(search, run_indexer, prefix):
    """By their own time in UTC: a batch around midnight, an event of years ago, one of next year."""
    midnight = START - START % (24 * HOUR)
    moments = [0, 951_782_399_999, midnight - 1, midnight, midnight + 24 * HOUR - 1, midnight + 24 * HOUR, START + 400 * 24 * HOUR]
    identifiers = Identifiers()
    payload = document([{"id": identifiers.take(), "timestamp": moment, "message": f"at {moment}"} for moment in moments])
    assert run_indexer().call(awslogs_event(pack(payload))) is None
    assert search.indices(f"{prefix}*") == sorted({f"{prefix}-app-{day_of(moment)}" for moment in moments})
    check_documents(search, f"{prefix}-*", [payload])


def test_control_messages_and_empty_ones_send_nothing(run_indexer, search_proxy):
    runtime = run_indexer()
    for payload in (control(), document([])):
        outcome = runtime.invoke(awslogs_event(pack(payload)))
        assert outcome.error_type is None and balance.check(outcome)["DroppedRecords"] == 1
    assert search_proxy.bulks == []


@pytest.mark.parametrize("trigger", ["awslogs", "kinesis"])
def test_poison_becomes_dead_letters_and_the_rest_goes_on(search, run_indexer, prefix, cloud, buckets, trigger):
    payloads = [payload for payload in corpus.spread(2, count=8)]
    bad = corpus.undecodable(pack(payloads[0]))
    datas = [pack(payload) for payload in payloads]
    datas[4:4] = bad.values()
    runtime = run_indexer()
    events = [kinesis_event(shard_of(datas).records)] if trigger == "kinesis" else [awslogs_event(data) for data in datas]
    lines = []
    for event in events:
        outcome = runtime.invoke(event)
        assert outcome.json() in (None, {"batchItemFailures": []})
        lines.append(balance.check(outcome))
    check_documents(search, f"{prefix}-*", payloads)
    letters = [json.loads(data) for data in objects(cloud.s3, buckets[1]).values()]
    assert {base64.b64decode(letter["rawData"]) for letter in letters} == set(bad.values())
    assert sum(line["DeadLetteredRecords"] for line in lines) == len(bad) == len(letters)


@pytest.mark.parametrize("name", sorted(path.name for path in (ROOT / "events").glob("*.json") if path.name.startswith(("awslogs", "kinesis"))))
def test_example_events(search, run_indexer, prefix, cloud, buckets, name):
    """Each example event of events/ either becomes documents, or dead letters, or is dropped; nothing in between."""
    outcome = run_indexer(MAX_DECOMPRESSED_BYTES=str(1 << 20)).invoke((ROOT / "events" / name).read_bytes())
    assert outcome.error_type is None, outcome.error_message
    line = balance.check(outcome)
    assert search.count(f"{prefix}-*") == line["DeliveredEvents"]
    assert len(objects(cloud.s3, buckets[1])) == line["DeadLetteredRecords"]
    assert line["ReturnedRecords"] == 0 and line["ReceivedRecords"] > 0


def test_requests_are_bounded_packed_and_several_at_once(search, run_indexer, prefix, search_proxy):
    chance, identifiers = random.Random(40), Identifiers()
    payloads = [corpus.payload(chance, identifiers, 100, 600) for _ in range(30)]
    search_proxy.rule = bulk_only(Fault(delay=0.15))
    outcome = run_indexer(BULK_BYTES="200000", BULK_DOCUMENTS="150", BULK_CONCURRENCY="3").invoke(corpus.event_of(payloads))
    assert outcome.error_type is None and outcome.json() in (None, {"batchItemFailures": []})
    bulks = search_proxy.bulks
    assert sum(len(request.items) for request in bulks) == 3_000 and max(search_proxy.times_sent().values()) == 1
    assert all(len(request.text) <= 200_000 and len(request.items) <= 150 for request in bulks)
    assert len(bulks) <= 3_000 // 100, "requests are not filled"
    assert all(request.is_packed and request.headers["content-type"].startswith("application/x-ndjson") for request in bulks)
    assert {action for request in bulks for action, _target, _lines in request.items} == {"create"}
    ids = {(target["_id"], source["event"]["id"]) for request in bulks for (_action, target, _lines), source in zip(request.items, request.sources)}
    assert len(ids) == len({of_document for of_document, _ in ids}) == len({of_event for _, of_event in ids}) == 3_000
    assert search_proxy.most_at_once == 3
    assert search.count(f"{prefix}-*") == 3_000
    balance.check(outcome)


def test_repeats_within_a_batch_are_one_document(search, run_indexer, prefix):
    """The same payload in two records, and one event in two payloads."""
    payloads = corpus.spread(41, count=6)
    overlap = document(payloads[0]["logEvents"][:3], group=payloads[0]["logGroup"], stream=payloads[0]["logStream"])
    outcome = run_indexer().invoke(corpus.event_of([*payloads, payloads[2], overlap]))
    assert outcome.json() in (None, {"batchItemFailures": []})
    assert balance.check(outcome)["DeliveredRecords"] == 8
    check_documents(search, f"{prefix}-*", payloads)


def test_without_ids_of_ours_each_delivery_is_a_document(search, run_indexer, prefix):
    """For collections that refuse ids (DOCUMENT_IDS=server): repeats are recognised by event.id alone."""
    payload = document(log_events(["one", "two"], Identifiers()))
    runtime = run_indexer(DOCUMENT_IDS="server")
    for _ in range(2):
        assert runtime.call(awslogs_event(pack(payload))) is None
    assert search.identifiers(f"{prefix}-*") == sorted(ids_of([payload]) * 2)


# What becomes of items at the first time, and how many MiB the function may need. What is set aside holds its line twice.
ONCE = {"taken slowly": (None, 128), "turned away at first": (429, 128), "refused at first": (400, 160)}


@pytest.mark.parametrize("name", ONCE)
def test_memory_of_a_maximal_event(run_indexer, search_proxy, name):
    """A stand-in takes the documents, slowly, so that as many requests are under way as may be; all of them at the second time, in two of the cases."""
    payloads = corpus.maximal(REQUEST_LIMIT - 200_000)
    (status, limit), sent, lock = ONCE[name], set(), threading.Lock()

    def rule(request):
        if not request.is_bulk:
            return None
        with lock:
            new = [place for place, identifier in enumerate(request.ids) if identifier not in sent]
            sent.update(request.ids)
        return Fault(taken=True, delay=0.3, rejected=dict.fromkeys(new, status) if status else {})

    search_proxy.rule = rule
    runtime = run_indexer(timeout=60)
    runtime.invoke(awslogs_event(pack(control())))
    idle = runtime.resident()
    outcome = runtime.invoke(corpus.event_of(payloads))
    assert outcome.json() in (None, {"batchItemFailures": []})
    assert balance.check(outcome)["DeliveredEvents"] == len(sent) == len(ids_of(payloads))
    above = runtime.resident("VmHWM") - idle
    print(f"\nmemory at a maximal event, {name}: {above / 2**20:.0f} MiB above {idle / 2**20:.0f} MiB, in {outcome.seconds:.1f} s")
    assert search_proxy.most_at_once == 4
    assert above < limit << 20


def test_templates_are_installed_once_and_make_the_mappings(search, run_indexer, fresh_prefix):
    payload = document(log_events(['{"a": 1}'], Identifiers()))
    assert run_indexer(INDEX_PREFIX=fresh_prefix).call(awslogs_event(pack(payload))) is None
    templates = search.templates(fresh_prefix)
    assert templates, "no template is installed"
    ((_index, mapping),) = search.mapping(f"{fresh_prefix}-app-*").items()
    assert mapping["properties"]["message"]["type"] in ("text", "match_only_text") and mapping["properties"]["source"]["properties"]["ip"] == {"type": "ip"}
    assert mapping.get("date_detection") is False and mapping.get("numeric_detection") in (None, False)
    assert run_indexer(INDEX_PREFIX=fresh_prefix).call(awslogs_event(pack(document(log_events(["b"], Identifiers(9)))))) is None
    assert search.templates(fresh_prefix) == templates


def test_without_templates_of_ours_it_works_as_well(search, run_indexer, fresh_prefix):
    """Somebody who may not install templates still gets every event, exactly once."""
    payloads = everything(80)
    assert run_indexer(INSTALL_TEMPLATES="false", INDEX_PREFIX=fresh_prefix).call(corpus.event_of(payloads)) in (None, {"batchItemFailures": []})
    assert search.templates(fresh_prefix) == {} and search.count(f"{fresh_prefix}-*") == 80


def test_a_bad_configuration_names_every_variable_at_init(indexer, cloud_port):
    environment = {"BULK_BYTES": "many", "BULK_CONCURRENCY": "0", "INDEX_PREFIX": "Upper*", "SEARCH_AUTHENTICATION": "trust", "DOCUMENT_IDS": "mine",
                   "LOG_GROUP_DATASETS": "/a=nonsense", "INSTALL_TEMPLATES": "perhaps"}
    with Runtime(indexer, environment) as runtime:
        outcome = runtime.invoke(awslogs_event(pack(control())))
    text = f"{outcome.error_message} {outcome.logs}"
    for name in ("SEARCH_ENDPOINT", "DEAD_LETTER_BUCKET", *environment):
        assert name in text, f"{name} is not named in: {text[:900]}"


def test_what_it_logs_holds_no_log_text(search, run_indexer, prefix, search_proxy):
    """Lines of users are theirs: an error of ours names events, never their words."""
    lines = [json.dumps({"n": 1}), json.dumps({"n": "secretword"}), "plain secretword"]
    search_proxy.rule = lambda request: Fault(status=503) if request.is_bulk and request.nth == 2 else None
    outcome = run_indexer().invoke(awslogs_event(pack(document(log_events(lines, Identifiers())))))
    assert outcome.error_type is None, outcome.error_message
    assert search.count(f"{prefix}-*", every(phrase("message", "secretword"))) == 2
    assert "secretword" not in str(outcome.logs)
    assert search.count(f"{prefix}-*", term("cloud.account.id", OWNER)) == 3


def test_a_filled_server_has_every_dataset(filled_server):
    search, payloads = filled_server
    assert search.count("cwl-*") == len(ids_of(payloads))
    buckets = search.aggregate("cwl-*", {"terms": {"field": "event.dataset", "size": 20}})["buckets"]
    assert {bucket["key"]: bucket["doc_count"] for bucket in buckets} == dict.fromkeys(
        (*EVENT_DATASETS.values(), "access", "app"), len(ids_of(payloads)) // 8)
    assert search.count("cwl-*", {"exists": {"field": "tags"}}) == 0, "lines of known formats are set aside"

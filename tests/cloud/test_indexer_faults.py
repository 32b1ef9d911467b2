"""The real indexer with what networks, busy servers and Lambda do to it, before a real OpenSearch: nothing is lost, nothing is there twice, and the
balance holds. Where a server refuses for good, what it refused lies in S3, ready to be sent again."""

import base64
import json
import threading
import time
import uuid
import zlib

import pytest

from harness import balance, corpus
from harness.cloud import objects
from harness.faults import slow_down
from harness.payload import START, Identifiers, awslogs_event, document, inflate, kinesis_event, log_events, pack
from harness.poller import Poller, Settings, Shard
from harness.search import free_port, phrase, term, value, wait_for
from harness.search_corpus import day_of, ids_of
from harness.search_faults import Fault, SearchProxy, bulk_only, busy, no_larger_than, nth_bulk, reject_all, reject_items, together

DONE = (None, {"batchItemFailures": []})
DAY = day_of(START)


def some(count=6, each=20, seed=1, words="plain"):
    identifiers = Identifiers(seed * 1_000_000)
    return [document(log_events([f"{words} line {number} of {payload}" for number in range(each)], identifiers, start=START + payload), group="/app/faults")
            for payload in range(count)]


def shard_of(payloads):
    shard = Shard()
    for payload in payloads:
        shard.put(pack(payload) if isinstance(payload, dict) else payload)
    return shard


def letters_of(cloud, bucket):
    return [json.loads(data) for data in objects(cloud.s3, bucket).values()]


def check_all_there(search, prefix, payloads):
    assert search.identifiers(f"{prefix}-*") == sorted(ids_of(payloads))


@pytest.fixture
def batch():
    return some()


# --- What passes ---

PASSING = {  # What happens, and how long it takes at least.
    "busy": ({1: busy(), 2: busy()}, 0),
    "busy, come again in a second": ({1: busy(1)}, 1.0),
    "unavailable": ({1: busy(status=503), 2: busy(status=502), 3: busy(status=504)}, 0),
    "a time-out of its own": ({1: busy(status=408)}, 0),
    "an error": ({1: busy(status=500)}, 0),
    "cut before": ({1: Fault(cut="before")}, 0),
    "cut after": ({1: Fault(cut="after"), 2: Fault(cut="after")}, 0),
    "cut in the middle of the answer": ({1: Fault(cut="middle")}, 0),
    "a slow answer": ({1: Fault(slow=1.5)}, 1.5),
    "an answer that is no JSON": ({1: Fault(status=200, body=b"<html>sign in</html>")}, 0),
    "an answer that is not whole": ({1: Fault(status=200, body=b'{"took":1,"errors":false,"items":[')}, 0),
    "an answer for fewer items": ({1: Fault(status=200, body=b'{"took":1,"errors":false,"items":[]}')}, 0),
    "an answer of something else": ({1: Fault(status=200, body=b'{"acknowledged":true}')}, 0),
    "an error of a load balancer": ({1: Fault(status=503, body=b"<html>503</html>")}, 0),
}


@pytest.mark.parametrize("name", PASSING)
def test_what_passes_is_tried_again(search, run_indexer, prefix, search_proxy, batch, name):
    faults, least = PASSING[name]
    search_proxy.rule = nth_bulk(faults)
    outcome = run_indexer().invoke(corpus.event_of(batch))
    assert outcome.error_type is None and outcome.json() in DONE, outcome.error_message
    check_all_there(search, prefix, batch)
    assert balance.check(outcome)["DeliveredEvents"] == len(ids_of(batch))
    assert len(search_proxy.bulks) > 1 or name == "a slow answer", "nothing was tried again: the fault did not strike"
    assert outcome.seconds >= least


def test_items_that_are_turned_away_are_sent_again_alone(search, run_indexer, prefix, search_proxy, batch):
    ids = ids_of(batch)
    search_proxy.rule = together(reject_items(ids[::7], times=3), reject_items(ids[1::50], status=503))
    outcome = run_indexer().invoke(corpus.event_of(batch))
    assert outcome.json() in DONE
    check_all_there(search, prefix, batch)
    sent = search_proxy.times_sent()
    assert all(sent[identifier] == 4 for identifier in ids[::7] if identifier not in ids[1::50])
    assert all(sent[identifier] == 1 for identifier in ids if identifier not in ids[::7] + ids[1::50]), "what was taken was sent again"
    assert balance.check(outcome)["DeliveredEvents"] == len(ids)


def test_retries_wait_longer_and_longer(run_indexer, search_proxy, batch):
    search_proxy.rule = nth_bulk({number: busy() for number in range(1, 6)})
    assert run_indexer(BULK_CONCURRENCY="1").call(corpus.event_of(batch[:1])) in DONE
    moments = [request.began for request in search_proxy.bulks]
    assert len(moments) == 6 and moments[-1] - moments[0] > 0.2, "it hammers a busy server"


def test_requests_that_are_too_large_are_halved(search, run_indexer, prefix, search_proxy):
    payloads = some(count=4, each=100)
    search_proxy.rule = no_larger_than(20_000)
    outcome = run_indexer().invoke(corpus.event_of(payloads))
    assert outcome.json() in DONE
    check_all_there(search, prefix, payloads)
    assert [request.status for request in search_proxy.bulks].count(413) >= 1
    assert max(search_proxy.times_sent().values()) <= 12, "halving 400 documents takes nine steps at most"
    balance.check(outcome)


def test_a_document_that_is_too_large_alone_becomes_a_dead_letter(search, run_indexer, prefix, search_proxy, cloud, buckets):
    """The others of its payload are delivered; the letter holds it alone and is a payload as it came."""
    events = log_events(["small one", "large " + "x" * 50_000, "small two"], Identifiers())
    search_proxy.rule = no_larger_than(20_000)
    outcome = run_indexer().invoke(awslogs_event(pack(document(events, group="/app/large"))))
    assert outcome.error_type is None, outcome.error_message
    line = balance.check(outcome)
    assert (line["DeliveredEvents"], line["DeadLetteredEvents"]) == (2, 1)
    assert search.identifiers(f"{prefix}-*") == [events[0]["id"], events[2]["id"]]
    (letter,) = letters_of(cloud, buckets[1])
    kept = json.loads(inflate(base64.b64decode(letter["rawData"])))
    assert [event["id"] for event in kept["logEvents"]] == [events[1]["id"]] and kept["logEvents"][0]["message"] == events[1]["message"]


# --- What does not pass in time ---

DOWN = {"cut": Fault(cut="before"), "unavailable": busy(status=503), "busy": busy(), "busy for an hour": busy(3600), "silent": Fault(delay=15, cut="before")}


@pytest.mark.parametrize("name", DOWN)
def test_a_server_that_is_down_loses_nothing(search, run_indexer, prefix, search_proxy, batch, name):
    """The lowest number comes back before Lambda would end the function; once the server is there again, all is delivered."""
    runtime, shard, outcomes = run_indexer(timeout=6), shard_of(batch), []
    search_proxy.rule = bulk_only(DOWN[name])

    def handler(event):
        outcomes.append(runtime.invoke(event))
        search_proxy.reset()
        return outcomes[-1].json()

    poller = Poller(shard, handler, Settings(BatchSize=6))
    poller.step()
    (first,) = outcomes
    assert first.json() == {"batchItemFailures": [{"itemIdentifier": shard.records[0].sequence_number}]}
    assert first.seconds < 6
    line = balance.check(first)
    assert (line["ReturnedRecords"], line["DeliveredRecords"], line["ReturnedEvents"]) == (6, 0, len(ids_of(batch)))
    poller.run()
    check_all_there(search, prefix, batch)
    assert balance.check(outcomes[-1])["DeliveredEvents"] == len(ids_of(batch)) and runtime.starts == 1


@pytest.mark.parametrize("templates", ["true", "false"])
def test_nothing_listens(run_indexer, batch, templates):
    """The port is closed: all comes again, and the log says whom it could not reach."""
    port = free_port()
    outcome = run_indexer(timeout=5, SEARCH_ENDPOINT=f"http://127.0.0.1:{port}", INSTALL_TEMPLATES=templates).invoke(corpus.event_of(batch))
    assert outcome.error_type or outcome.json()["batchItemFailures"]
    assert outcome.error_type not in ("Sandbox.Timedout", "Runtime.ExitError")
    assert balance.check(outcome)["ReturnedRecords"] == len(batch)
    assert f"127.0.0.1:{port}" in f"{outcome.error_message} {outcome.logs}"


def test_a_server_that_is_down_fails_a_direct_subscription(search, run_indexer, prefix, search_proxy):
    """Lambda tries twice more then, and hands the event to the on-failure destination."""
    payload = some(1)[0]
    runtime = run_indexer(timeout=6)
    search_proxy.rule = bulk_only(busy(status=503))
    outcome = runtime.invoke(awslogs_event(pack(payload)))
    assert outcome.error_type not in (None, "Sandbox.Timedout", "Runtime.ExitError")
    assert balance.check(outcome)["ReturnedRecords"] == 1
    search_proxy.reset()
    assert runtime.invoke(awslogs_event(pack(payload))).error_type is None
    check_all_there(search, prefix, [payload])


def test_the_lowest_number_that_is_not_there_is_asked_for_again(search, run_indexer, prefix, search_proxy, batch):
    """Some items of the third and the fifth record stay busy: the third's number comes back, what could be delivered is."""
    stuck = ids_of(batch[2:3])[3:5] + ids_of(batch[4:5])[:1]
    runtime, shard, outcomes = run_indexer(timeout=6), shard_of(batch), []
    search_proxy.rule = reject_items(stuck, times=None)

    def handler(event):
        outcomes.append(runtime.invoke(event))
        return outcomes[-1].json()

    poller = Poller(shard, handler)
    poller.step()
    assert outcomes[0].json() == {"batchItemFailures": [{"itemIdentifier": shard.records[2].sequence_number}]}
    line = balance.check(outcomes[0])
    assert line["DeliveredRecords"] == 2 and line["ReturnedRecords"] == 4, "from the first failure on all records come again"
    assert search.identifiers(f"{prefix}-*") == sorted(set(ids_of(batch)) - set(stuck)), "what could be delivered waits for what could not"
    assert line["RepeatedEvents"] == len(ids_of(batch[2:])) - len(stuck)
    search_proxy.reset()
    poller.run()
    check_all_there(search, prefix, batch)
    assert [outcome.json() in DONE for outcome in outcomes] == [False, True]


@pytest.mark.parametrize("forwarded", [False, True], ids=["before the server got it", "after the server got it"])
def test_killed_in_the_middle_of_sending(search, run_indexer, prefix, search_proxy, forwarded):
    payloads = some(count=10, each=50)
    # One at a time where the kill takes a while: others would all be through by then on a fast machine.
    runtime = run_indexer(BULK_DOCUMENTS="50", BULK_CONCURRENCY="1" if forwarded else "2")

    def killing(request):
        if not (request.is_bulk and request.nth == 4):
            return None
        if not forwarded:
            runtime.kill()
            return Fault(cut="before")
        threading.Timer(0.3, runtime.kill).start()
        return Fault(slow=0.6)

    search_proxy.rule = killing
    event = corpus.event_of(payloads)
    assert runtime.invoke(event).error_type == "Runtime.ExitError"
    there = search.identifiers(f"{prefix}-*")
    assert 0 < len(there) < 500, "the kill came too early or too late to test anything"
    before = search.versions(f"{prefix}-*")
    search_proxy.reset()
    outcome = runtime.invoke(event)
    assert outcome.json() in DONE and runtime.starts == 2
    check_all_there(search, prefix, payloads)
    after = search.versions(f"{prefix}-*")
    assert {key: after[key] for key in before} == before, "what was there was written again"
    balance.check(outcome)


# --- What the server refuses ---

def make_index(search, prefix, properties=None, **settings):
    """The index of the day, made beforehand by somebody with ideas of their own."""
    ours = {"event": {"properties": {"id": {"type": "keyword"}, "original": {"type": "text"}}}, "tags": {"type": "keyword"}}
    search.call("PUT", f"{prefix}-app-{DAY}", {"mappings": {"properties": ours | (properties or {})}, "settings": {"index": {"number_of_replicas": 0, **settings}}})


def replay(runtime, letters):
    """Gives the payloads of dead letters to the function, as a redrive does."""
    for letter in letters:
        assert runtime.call(awslogs_event(base64.b64decode(letter["rawData"]))) is None


@pytest.mark.parametrize("trigger", ["awslogs", "kinesis"])
def test_what_is_refused_twice_is_a_dead_letter_that_can_be_replayed(search, run_indexer, prefix, cloud, buckets, trigger):
    """Somebody's mapping wants numbers for the lines themselves, so setting aside what they hold does not help."""
    make_index(search, prefix, {"message": {"type": "integer", "coerce": True}})
    events = log_events(["41", "no number", "42", '{"neither": "this"}'], Identifiers())
    payload, runtime = document(events, group="/app/numbers", stream="n", policyLevel="ACCOUNT_LEVEL_POLICY"), run_indexer()
    outcome = runtime.invoke(awslogs_event(pack(payload)) if trigger == "awslogs" else kinesis_event(shard_of([payload]).records))
    assert outcome.error_type is None and outcome.json() in DONE
    line = balance.check(outcome)
    assert (line["DeliveredEvents"], line["DeadLetteredEvents"], line["ReturnedEvents"]) == (2, 2, 0)
    assert search.identifiers(f"{prefix}-*") == [events[0]["id"], events[2]["id"]]
    letters = letters_of(cloud, buckets[1])
    kept = [json.loads(inflate(base64.b64decode(letter["rawData"]))) for letter in letters]
    assert sorted(ids_of(kept)) == [events[1]["id"], events[3]["id"]], "the letters hold what was refused and nothing else"
    for inner in kept:
        assert {name: inner[name] for name in ("owner", "logGroup", "logStream", "messageType", "policyLevel")} == {
            name: payload[name] for name in ("owner", "logGroup", "logStream", "messageType", "policyLevel")}
        assert all(event in events for event in inner["logEvents"])
    assert all(letter["errorMessage"] and letter["errorCode"] for letter in letters)
    assert "mapper_parsing_exception" in str(letters) or "integer" in str(letters), "the letter does not say why"

    # The same again is the same letter; with the cause removed, a replay delivers.
    runtime.invoke(awslogs_event(pack(payload)))
    assert len(letters_of(cloud, buckets[1])) == len(letters)
    search.call("DELETE", f"{prefix}-app-{DAY}")
    replay(runtime, letters)
    assert search.identifiers(f"{prefix}-*") == [events[1]["id"], events[3]["id"]]


def test_dead_letters_that_cannot_be_stored_fail_the_batch(search, run_indexer, prefix, cloud, buckets, proxy):
    make_index(search, prefix, {"message": {"type": "integer", "coerce": True}})
    payloads = [document(log_events([line], Identifiers(number))) for number, line in ((1, "41"), (2, "no number"), (3, "43"))]
    runtime, shard = run_indexer(timeout=8), shard_of(payloads)
    proxy.rule = lambda request: slow_down() if request.is_put_object else None
    outcome = runtime.invoke(kinesis_event(shard.records))
    assert outcome.json() == {"batchItemFailures": [{"itemIdentifier": shard.records[1].sequence_number}]}, "what lies nowhere counts as handled"
    assert balance.check(outcome)["ReturnedRecords"] == 2
    proxy.reset()
    outcome = runtime.invoke(kinesis_event(shard.records[1:]))
    assert outcome.json() in DONE and len(letters_of(cloud, buckets[1])) == 1
    assert search.identifiers(f"{prefix}-*") == ids_of(payloads[:1] + payloads[2:])


def test_a_conflict_costs_only_its_own_document(search, run_indexer, prefix, search_proxy):
    """One event in a thousand does not fit: the others are sent once, and the value that does not is found at its path of the flat field."""
    make_index(search, prefix, {"json": {"properties": {"basket": {"type": "long"}}}})
    lines = [json.dumps({"basket": number}) for number in range(1_000)]
    lines[500] = json.dumps({"basket": {"not": "needleconflict"}})
    payload = document(log_events(lines, Identifiers()))
    outcome = run_indexer().invoke(awslogs_event(pack(payload)))
    assert balance.check(outcome)["DeliveredEvents"] == 1_000
    check_all_there(search, prefix, [payload])
    (hit,) = search.hits(f"{prefix}-*", term("json_flat.basket.not", "needleconflict"))
    assert value(hit["_source"], "event.id") == payload["logEvents"][500]["id"]
    sent = search_proxy.times_sent()
    assert sent.pop(payload["logEvents"][500]["id"]) == 2 and set(sent.values()) == {1}


def test_a_read_only_index_is_waited_for(search, run_indexer, prefix, batch):
    """As when a disk is full: the server answers 429 for each item; then somebody makes room, while the function tries."""
    runtime = run_indexer(timeout=20)
    assert runtime.call(corpus.event_of(batch[:1])) in DONE
    index = f"{prefix}-app-{DAY}"
    search.settings(index, index__blocks__read_only_allow_delete=True)
    threading.Timer(2, lambda: search.settings(index, index__blocks__read_only_allow_delete=None)).start()
    outcome = runtime.invoke(corpus.event_of(batch))
    assert outcome.json() in DONE and 1.5 < outcome.seconds < 18
    assert balance.check(outcome)["DeliveredEvents"] == len(ids_of(batch))
    check_all_there(search, prefix, batch)


def test_a_read_only_index_is_returned_and_delivered_later(search, run_indexer, prefix, batch, cloud, buckets):
    runtime, index = run_indexer(timeout=6), f"{prefix}-app-{DAY}"
    assert runtime.call(corpus.event_of(batch[:2])) in DONE
    search.settings(index, index__blocks__read_only_allow_delete=True)
    shard = shard_of(batch)
    outcome = runtime.invoke(kinesis_event(shard.records))
    failed = outcome.json()["batchItemFailures"]
    assert failed == [{"itemIdentifier": shard.records[0].sequence_number}] or failed == [{"itemIdentifier": shard.records[2].sequence_number}]
    balance.check(outcome)
    search.settings(index, index__blocks__read_only_allow_delete=None)
    assert runtime.call(kinesis_event(shard.records)) in DONE
    check_all_there(search, prefix, batch)
    assert letters_of(cloud, buckets[1]) == [], "what passes is no dead letter"


def problems_of(outcome):
    """What the log says of why not all was indexed."""
    return [line["fields"]["problem"] for line in outcome.logs if isinstance(line, dict) and "problem" in line.get("fields", {})]


def check_returned(outcome, batch, letters, words):
    """All of it comes again, none of it is a dead letter, and the log has the server's words once."""
    assert outcome.json() == {"batchItemFailures": [{"itemIdentifier": kinesis_event(shard_of(batch).records)["Records"][0]["kinesis"]["sequenceNumber"]}]}
    line = balance.check(outcome)
    assert (line["ReturnedEvents"], line["DeliveredEvents"], line["DeadLetteredEvents"]) == (len(ids_of(batch)), 0, 0)
    assert letters == [], "what would be taken elsewhere, or later, is no dead letter"
    assert str(outcome.logs).count(words) == 1 and words in "".join(problems_of(outcome))


def test_an_index_that_takes_no_writes(search, run_indexer, prefix, search_proxy, batch, cloud, buckets):
    """The server forbids each item (403). The stream keeps them all, and they are there once when somebody lifted the block."""
    runtime, index = run_indexer(timeout=8, BULK_DOCUMENTS="20", BULK_CONCURRENCY="1"), f"{prefix}-app-{DAY}"
    assert runtime.call(corpus.event_of(some(1, seed=9))) in DONE
    search.settings(index, index__blocks__write=True)
    search_proxy.reset()
    try:
        outcome = runtime.invoke(kinesis_event(shard_of(batch).records))
    finally:
        search.settings(index, index__blocks__write=None)
    check_returned(outcome, batch, letters_of(cloud, buckets[1]), "blocked by: [FORBIDDEN/8/index write (api)]")
    assert len(search_proxy.bulks) == 1 and outcome.seconds < 4, "what is refused is asked for again, in vain"
    again = runtime.invoke(kinesis_event(shard_of(batch).records))
    assert again.json() in DONE and balance.check(again)["DeliveredEvents"] == len(ids_of(batch))
    check_all_there(search, prefix, some(1, seed=9) + batch)


def test_an_index_that_may_not_be_made(search, run_indexer, prefix, batch, cloud, buckets):
    """The server makes no index by itself (404 for each item), until somebody allows it. The stream keeps them all until then."""
    runtime = run_indexer(timeout=8)
    search.cluster_setting("action.auto_create_index", f"-{prefix}*,+*")
    try:
        outcome = runtime.invoke(kinesis_event(shard_of(batch).records))
    finally:
        search.cluster_setting("action.auto_create_index", None)
    check_returned(outcome, batch, letters_of(cloud, buckets[1]), "forbids automatic creation of the index")
    again = runtime.invoke(kinesis_event(shard_of(batch).records))
    assert again.json() in DONE and balance.check(again)["DeliveredEvents"] == len(ids_of(batch))
    check_all_there(search, prefix, batch)


ACCESS = '203.0.113.7 - - [21/Nov/2026:11:20:00 +0000] "GET / HTTP/1.1" 200 88'


def test_an_index_that_is_blocked_does_not_hold_up_others(search, run_indexer, prefix, search_proxy, cloud, buckets):
    """Lines of two datasets in each record: those of the other index are there, and not written again when the batch comes again."""
    runtime, index = run_indexer(timeout=8, BULK_DOCUMENTS="4", BULK_CONCURRENCY="1"), f"{prefix}-app-{DAY}"
    assert runtime.call(corpus.event_of(some(1, seed=9))) in DONE
    identifiers = Identifiers()
    payloads = [document(log_events(["plain", ACCESS] * 5, identifiers), group="/app/both") for _ in range(3)]
    search.settings(index, index__blocks__write=True)
    search_proxy.reset()
    try:
        outcome = runtime.invoke(kinesis_event(shard_of(payloads).records))
    finally:
        search.settings(index, index__blocks__write=None)
    line = balance.check(outcome)
    assert (line["ReturnedEvents"], line["RepeatedEvents"], line["DeadLetteredEvents"]) == (30, 15, 0) and letters_of(cloud, buckets[1]) == []
    assert search.count(f"{prefix}-access-*") == 15
    asked = [target["_index"] for request in search_proxy.bulks for _action, target, _lines in request.items]
    assert asked.count(index) == 2, "an index that takes nothing is asked again and again"
    before = search.versions(f"{prefix}-access-*")
    assert runtime.call(kinesis_event(shard_of(payloads).records)) in DONE
    check_all_there(search, prefix, some(1, seed=9) + payloads)
    assert search.versions(f"{prefix}-access-*") == before


def test_a_server_that_fails_over_everything_loses_nothing(search, run_indexer, prefix, search_proxy, batch, cloud, buckets):
    """500 for each item: no document is to blame where all are refused."""
    runtime = run_indexer(timeout=8)
    search_proxy.rule = reject_all(500, {"type": "null_pointer_exception", "reason": None})
    outcome = runtime.invoke(kinesis_event(shard_of(batch).records))
    check_returned(outcome, batch, letters_of(cloud, buckets[1]), "null_pointer_exception")
    search_proxy.reset()
    assert runtime.call(kinesis_event(shard_of(batch).records)) in DONE
    check_all_there(search, prefix, batch)
    assert search.count(f"{prefix}-*", {"exists": {"field": "event.original"}}) == 0, "a line was set aside for the server's trouble"


def test_lines_without_their_fields_are_counted(search, run_indexer, prefix):
    """They are delivered, and counted once more: somebody should know. Here somebody's mapping takes neither the line's fields nor flat ones."""
    make_index(search, prefix, {"json": {"properties": {"needle": {"type": "long"}}}, "json_flat": {"type": "long"}})
    outcome = run_indexer().invoke(awslogs_event(pack(document(log_events(['{"needle": {"a": 1}}', "plain"], Identifiers()), group="/app/aside"))))
    line = balance.check(outcome)
    assert (line["DeliveredEvents"], line["SetAsideEvents"], line["DeadLetteredEvents"]) == (2, 1, 0)
    (hit,) = search.hits(f"{prefix}-*", phrase("event.original", "needle"))
    assert value(hit["_source"], "tags") in ("mapping_conflict", ["mapping_conflict"]) and "json" in value(hit["_source"], "error.message")


def test_a_dead_letter_and_its_log_quote_no_document(search, run_indexer, prefix, cloud, buckets):
    """What is refused twice is logged and kept with the server's words: without what these quote."""
    make_index(search, prefix, {"message": {"type": "integer", "coerce": True}})
    outcome = run_indexer().invoke(awslogs_event(pack(document(log_events(["geheimnis4111"], Identifiers())))))
    assert balance.check(outcome)["DeadLetteredEvents"] == 1
    (letter,) = letters_of(cloud, buckets[1])
    assert "geheimnis4111" not in letter["errorMessage"] and "message" in letter["errorMessage"]
    assert "geheimnis4111" not in str(outcome.logs)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 307, 302])
def test_a_request_that_is_refused_as_a_whole_is_returned_with_its_reason(search, run_indexer, prefix, search_proxy, batch, status, cloud, buckets):
    """Its events may be in order: it is the access, the address or the server that is not. Redirects are not followed."""
    runtime, shard = run_indexer(timeout=8), shard_of(batch)
    with SearchProxy(search.url) as elsewhere:
        search_proxy.rule = bulk_only(Fault(status=status, headers={"Location": f"{elsewhere.url}/_bulk"} if status < 400 else {}))
        outcome = runtime.invoke(kinesis_event(shard.records))
        assert elsewhere.requests == [], "it followed a redirect, with its credentials"
    assert outcome.json() == {"batchItemFailures": [{"itemIdentifier": shard.records[0].sequence_number}]}
    assert balance.check(outcome)["ReturnedRecords"] == len(batch) and outcome.seconds < 8
    assert str(status) in str(outcome.logs), "the log does not say what the server said"
    assert letters_of(cloud, buckets[1]) == []
    search_proxy.reset()
    assert runtime.call(kinesis_event(shard.records)) in DONE
    check_all_there(search, prefix, batch)


# --- Credentials: OpenSearch here asks for none, so the proxy does ---

def asks_for(header):
    """Stands in for a server that knows one user: 401 for all others, templates included."""
    return lambda request: None if request.headers.get("authorization") == header() else Fault(status=401, headers={"WWW-Authenticate": "Basic"})


def basic(user, password):
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def test_a_secret_that_was_changed_is_fetched_again(search, run_indexer, prefix, search_proxy, batch, cloud):
    """Rotated under a warm function: the batch that meets it comes again, and then goes through."""
    arn = cloud.secretsmanager.create_secret(Name=f"search-{uuid.uuid4()}", SecretString=json.dumps({"username": "logs", "password": "old"}))["ARN"]
    current = ["old"]
    search_proxy.rule = asks_for(lambda: basic("logs", current[0]))
    runtime = run_indexer(timeout=8, SEARCH_AUTHENTICATION="basic", SEARCH_SECRET_ARN=arn)
    assert runtime.call(corpus.event_of(batch[:2])) in DONE
    current[0] = "new: ü"
    cloud.secretsmanager.put_secret_value(SecretId=arn, SecretString=json.dumps({"username": "logs", "password": "new: ü"}))
    answers = [runtime.invoke(corpus.event_of(batch)) for _ in range(2)]
    assert answers[-1].json() in DONE and runtime.starts == 1
    check_all_there(search, prefix, batch)
    balance.check_all(answers)
    assert "old" not in str(runtime.logs) and "new: ü" not in str(runtime.logs), "a password stands in the log"


@pytest.mark.parametrize("secret", [json.dumps({"api_key": "aWQ6a2V5"}), "aWQ6a2V5"], ids=["named", "bare"])
@pytest.mark.parametrize("kept_in", ["secretsmanager", "ssm"])
def test_an_api_key(search, run_indexer, prefix, search_proxy, batch, cloud, secret, kept_in):
    if kept_in == "ssm":
        cloud.ssm.put_parameter(Name=f"/search/{prefix}", Value=secret, Type="SecureString", Overwrite=True)
        arn = f"arn:aws:ssm:us-east-1:000000000000:parameter/search/{prefix}"
    else:
        arn = cloud.secretsmanager.create_secret(Name=f"key-{uuid.uuid4()}", SecretString=secret)["ARN"]
    search_proxy.rule = asks_for(lambda: "ApiKey aWQ6a2V5")
    outcome = run_indexer(SEARCH_AUTHENTICATION="api-key", SEARCH_SECRET_ARN=arn).invoke(corpus.event_of(batch))
    assert outcome.json() in DONE, outcome.logs[-3:]
    check_all_there(search, prefix, batch)
    assert "aWQ6a2V5" not in str(outcome.logs)


def test_a_secret_that_is_missing_loses_nothing(search, run_indexer, prefix, batch, search_proxy):
    runtime = run_indexer(timeout=8, SEARCH_AUTHENTICATION="basic", SEARCH_SECRET_ARN="arn:aws:secretsmanager:us-east-1:000000000000:secret:none-AbCdEf")
    outcome = runtime.invoke(corpus.event_of(batch))
    assert outcome.error_type is not None or outcome.json()["batchItemFailures"]
    assert "secret" in f"{outcome.error_message} {outcome.logs}".lower()
    assert search_proxy.bulks == [], "it sent events without credentials"


def test_templates_that_cannot_be_installed_do_not_stop_events_for_ever(search, run_indexer, fresh_prefix, search_proxy, batch):
    """The server is busy while templates are installed, then not: all is delivered, with the mapping of the templates."""
    search_proxy.rule = lambda request: busy(status=503) if not request.is_bulk and request.nth <= 2 else None
    runtime, outcomes = run_indexer(timeout=10, INDEX_PREFIX=fresh_prefix), []
    for _ in range(3):
        outcomes.append(runtime.invoke(corpus.event_of(batch)))
        if outcomes[-1].error_type is None and outcomes[-1].json() in DONE:
            break
    assert outcomes[-1].json() in DONE
    check_all_there(search, fresh_prefix, batch)
    assert search.types(f"{fresh_prefix}-*", "event.id") == {"event.id": "keyword"}, "documents were written before their templates"


def test_slow_answers_do_not_pile_up(run_indexer, search_proxy):
    """However slow the server is, no more than BULK_CONCURRENCY requests are under way."""
    search_proxy.rule = bulk_only(Fault(delay=0.2))
    began = time.monotonic()
    assert run_indexer(BULK_DOCUMENTS="20", BULK_CONCURRENCY="2").call(corpus.event_of(some(count=10, each=20))) in DONE
    assert search_proxy.most_at_once == 2 and time.monotonic() - began < 10
    wait_for(lambda: all(request.status for request in search_proxy.bulks))


def test_gzip_bodies_are_whole(run_indexer, search_proxy, batch):
    assert run_indexer().call(corpus.event_of(batch)) in DONE
    for request in search_proxy.bulks:
        member = zlib.decompressobj(wbits=31)
        member.decompress(request.body)
        assert member.eof and not member.unused_data

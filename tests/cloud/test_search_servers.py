"""The indexer before the other servers: OpenSearch 2.19 with its security plugin (TLS with a CA of its own, basic authentication, roles), Elasticsearch 7.10
and 8.19; and a real server that is busy, not a proxy that says so. Each starts a server: `-m "not slow"` leaves them out."""

import json
import uuid

import pytest

from harness import balance
from harness.cloud import objects
from harness.corpus import event_of
from harness.payload import START, Identifiers, awslogs_event, document, log_events, pack
from harness.poller import Poller, Settings, Shard
from harness.runtime import Runtime
from harness.search import Server, term, value
from harness.search_cases import CASES, NEED_FLAT, check as check_case
from harness.search_corpus import bar, ids_of
from harness.search_faults import Fault, SearchProxy, busy, first_of, nth_bulk, reject_items
from harness.search_formats import LINES, check as check_line

pytestmark = pytest.mark.slow
DONE = (None, {"batchItemFailures": []})
FLAVOURS = ["opensearch-secure", "elasticsearch7", "elasticsearch8"]


@pytest.fixture(scope="module")
def secure():
    with Server("opensearch-secure") as running:
        yield running


@pytest.fixture(scope="module", params=FLAVOURS)
def server(request):
    if request.param == "opensearch-secure":
        yield request.getfixturevalue("secure")
        return
    with Server(request.param) as running:
        yield running


def secret_of(cloud, server, user=None, password=None):
    """The ARN of a secret with the user of a server, or another one, in the local Secrets Manager."""
    text = json.dumps({"username": user or server.user, "password": password or server.password})
    return cloud.secretsmanager.create_secret(Name=f"search-{uuid.uuid4()}", SecretString=text)["ARN"]


@pytest.fixture
def run(indexer, proxy, cloud, buckets):
    """Starts the indexer before a server, as its user where it has users."""
    running = []

    def start(server, timeout=60, **environment):
        if server.user and "SEARCH_AUTHENTICATION" not in environment:
            environment = {"SEARCH_AUTHENTICATION": "basic", "SEARCH_SECRET_ARN": secret_of(cloud, server), **environment}
        if server.ca:
            environment.setdefault("SEARCH_CA_CERTIFICATE", server.ca)
        runtime = Runtime(indexer, {"AWS_ENDPOINT_URL": proxy.url, "SEARCH_ENDPOINT": server.url, "INSTALL_TEMPLATES": "true", "DEAD_LETTER_BUCKET": buckets[1],
                                    **environment}, timeout=timeout, name="indexer")
        running.append(runtime)
        return runtime

    yield start
    for runtime in running:
        runtime.close()


@pytest.fixture
def clean():
    """Makes sure that a server holds nothing under a prefix, before and after."""
    used = []

    def forget(server, prefix):
        used.append((server, prefix))
        server.forget(prefix)
        return prefix

    yield forget
    for server, prefix in used:
        server.forget(prefix)


def failures_of(checks):
    """Runs all checks; what failed, by name. One server for a hundred cases: a test each would start as many functions."""
    failed = {}
    for name, check in checks.items():
        try:
            check()
        except AssertionError as error:
            failed[name] = str(error).splitlines()[0]
    return failed


def test_every_value_of_a_json_line(server, run, clean):
    identifiers, events, last = Identifiers(), [], {}
    for name, case in CASES.items():
        events += log_events(case.lines, identifiers, start=START + len(events))
        last[name] = events[-1]
    outcome = run(server, INDEX_PREFIX=clean(server, "tvalues")).invoke(awslogs_event(pack(document(events, group="/app/values", stream="only"))))
    assert outcome.error_type is None, outcome.error_message
    has_flat = server.flavour != "elasticsearch7"
    assert balance.check(outcome)["DeliveredEvents"] == len(events)
    assert server.identifiers("tvalues-*") == [event["id"] for event in events]
    assert failures_of({name: lambda name=name: check_case(server, "tvalues-*", CASES[name], last[name], has_flat=has_flat) for name in CASES
                        if has_flat or name not in NEED_FLAT}) == {}


def test_every_format(server, run, clean):
    identifiers, groups, events = Identifiers(), {}, {}
    for place, (name, (group, line, *_)) in enumerate(LINES.items()):
        (events[name],) = log_events([line], identifiers, start=START + place)
        groups.setdefault(group, []).append(events[name])
    payloads = [document(of_group, group=group) for group, of_group in groups.items()]
    assert run(server, INDEX_PREFIX=clean(server, "tformats")).call(event_of(payloads)) in DONE
    assert failures_of({name: lambda name=name: check_line(server, "tformats", name, events[name]) for name in LINES}) == {}


def test_two_thousand_events_with_everything_going_wrong(server, run, clean):
    """The bar, smaller; the faults before servers that speak plain HTTP only, because the proxy does not speak TLS."""
    it, outcomes = bar(2_000, 7), []
    chosen = it.identifiers[::50]
    with SearchProxy(server.url) as proxy:
        runtime = run(server, INDEX_PREFIX=clean(server, "tbar"), BULK_DOCUMENTS="250", **({} if server.ca else {"SEARCH_ENDPOINT": proxy.url}))

        def handler(event):
            outcomes.append(runtime.invoke(event))
            return outcomes[-1].json()

        def deliver(payloads):
            shard = Shard()
            for payload in payloads:
                shard.put(pack(payload))
            Poller(shard, handler, Settings(BatchSize=12)).run()

        deliver(it.payloads[:1])
        proxy.reset(first_of(nth_bulk({2: busy(1), 3: Fault(cut="middle"), 4: Fault(cut="after")}), reject_items(chosen, times=2)))
        deliver(it.payloads[1:])
        assert server.identifiers("tbar-*") == it.identifiers
        lines = balance.check_all(outcomes)
        assert sum(line["DeliveredEvents"] for line in lines) == it.received and not any(line["ReturnedEvents"] for line in lines)
        moved = {value(hit["_source"], "event.id"): hit["_source"]["json_flat"] for hit in server.hits("tbar-*") if "json_flat" in hit["_source"]}
        assert {event: list(flat.values()) for event, flat in moved.items()} == {event: [word] for event, word in it.conflicts.items()}
        assert server.count("tbar-*", {"exists": {"field": "tags"}}) == 0
        before = server.versions("tbar-*")
        proxy.reset()
        deliver(it.payloads)
        assert server.versions("tbar-*") == before


# --- Who may do what ---

@pytest.mark.parametrize("form", ["path", "text"])
def test_tls_with_a_ca_of_ones_own(secure, run, clean, form):
    text = open(secure.ca).read()
    payload = document(log_events([form], Identifiers()))
    outcome = run(secure, INDEX_PREFIX=clean(secure, f"ttls{form}"), SEARCH_CA_CERTIFICATE=secure.ca if form == "path" else text).invoke(awslogs_event(pack(payload)))
    assert outcome.error_type is None, outcome.logs[-3:]
    assert secure.count(f"ttls{form}-*") == 1


def test_a_server_that_nobody_vouches_for_gets_nothing(secure, run, clean):
    payload = document(log_events(["secret words"], Identifiers()))
    outcome = run(secure, timeout=20, INDEX_PREFIX=clean(secure, "tnoca"), SEARCH_CA_CERTIFICATE=None).invoke(awslogs_event(pack(payload)))
    assert outcome.error_type is not None and outcome.error_type != "Sandbox.Timedout"
    assert "certificate" in f"{outcome.error_message} {outcome.logs}".lower()
    assert balance.check(outcome)["ReturnedRecords"] == 1 and secure.indices("tnoca*") == []


def test_a_wrong_password_is_returned_with_its_reason(secure, run, clean, cloud):
    payload = document(log_events(["a"], Identifiers()))
    runtime = run(secure, timeout=20, INDEX_PREFIX=clean(secure, "twrong"), SEARCH_AUTHENTICATION="basic", SEARCH_SECRET_ARN=secret_of(cloud, secure, password="Wrong-9!kQz7"))
    outcome = runtime.invoke(event_of([payload]))
    assert outcome.error_type is not None or outcome.json()["batchItemFailures"]
    assert balance.check(outcome)["ReturnedRecords"] == 1
    assert "Wrong-9!kQz7" not in str(outcome.logs)
    problems = [line["fields"].get("problem") for line in outcome.logs if isinstance(line, dict) and "fields" in line]
    assert "401" in str(problems)


@pytest.fixture(scope="module")
def writer(secure):
    """A user who may write to indices of `trole-app-*` and to no others, and may not install templates."""
    security = "_plugins/_security/api"
    secure.call("PUT", f"{security}/roles/app_writer", {"cluster_permissions": ["cluster_monitor", "indices:data/write/bulk"], "index_permissions": [
        {"index_patterns": ["trole-app-*"], "allowed_actions": ["create_index", "index", "indices:data/write/bulk*", "indices:admin/mapping/put"]}]})
    secure.call("PUT", f"{security}/internalusers/app", {"password": "Only-Apps-5!xW2", "backend_roles": []})
    secure.call("PUT", f"{security}/rolesmapping/app_writer", {"users": ["app"]})
    return "app", "Only-Apps-5!xW2"


def test_a_role_that_may_not_write_some_indices(secure, run, clean, cloud, buckets, writer):
    """The server forbids some items of a request and takes the others. Those come again, and are there once the role is widened."""
    payload = document(log_events(['{"a": 1}', '203.0.113.7 - - [21/Nov/2026:11:20:00 +0000] "GET / HTTP/1.1" 200 88', "plain"], Identifiers()))
    environment = {"SEARCH_AUTHENTICATION": "basic", "SEARCH_SECRET_ARN": secret_of(cloud, secure, *writer), "INDEX_PREFIX": clean(secure, "trole"), "INSTALL_TEMPLATES": "false"}
    # The templates are installed by somebody who may.
    assert run(secure, INDEX_PREFIX="trole").call(event_of([payload])) in DONE
    secure.delete("trole")
    runtime = run(secure, timeout=20, **environment)
    outcome = runtime.invoke(event_of([payload]))
    ids = ids_of([payload])
    assert secure.identifiers("trole-app-*") == [ids[0], ids[2]]
    line = balance.check(outcome)
    assert outcome.json() not in DONE and (line["ReturnedEvents"], line["RepeatedEvents"], line["DeadLetteredEvents"]) == (3, 2, 0)
    assert objects(cloud.s3, buckets[1]) == {}, "a right that is missing is no fault of the event"
    assert str(outcome.logs).count("no permissions for") == 1 and "look at its credentials and their permissions" in str(outcome.logs)
    secure.call("PATCH", "_plugins/_security/api/roles/app_writer", [{"op": "add", "path": "/index_permissions/0/index_patterns/-", "value": "trole-access-*"}])
    again = runtime.invoke(event_of([payload]))
    assert again.json() in DONE and balance.check(again)["DeliveredEvents"] == 3
    assert secure.identifiers("trole-*") == ids


def test_a_role_that_may_not_install_templates(secure, run, clean, cloud, writer):
    """Whoever asks for templates without the right to install them is told, and loses nothing."""
    payload = document(log_events(["a"], Identifiers()))
    environment = {"SEARCH_AUTHENTICATION": "basic", "SEARCH_SECRET_ARN": secret_of(cloud, secure, *writer), "INDEX_PREFIX": clean(secure, "trole")}
    outcome = run(secure, timeout=20, **environment).invoke(event_of([payload]))
    assert "template" in f"{outcome.error_message} {outcome.logs}".lower()
    returned = outcome.error_type is not None or outcome.json() not in DONE
    assert returned or secure.identifiers("trole-*") == ids_of([payload])


# --- A server that is really busy ---

def test_a_server_with_little_memory_for_requests(run):
    """It turns whole requests away (429) that are larger than 20 kB in all; halves of them fit, sooner or later."""
    with Server("opensearch", indexing_pressure__memory__limit="20kb") as server:
        payloads = [document(log_events([f"line {number} of {payload} " + "x" * 200 for number in range(30)], Identifiers(payload * 1_000))) for payload in range(6)]
        runtime = run(server, timeout=30, INDEX_PREFIX="tbusy", BULK_BYTES="10000", BULK_CONCURRENCY="4")
        shard, outcomes = Shard(), []
        for payload in payloads:
            shard.put(pack(payload))

        def handler(event):
            outcomes.append(runtime.invoke(event))
            return outcomes[-1].json()

        Poller(shard, handler, Settings(BatchSize=6)).run(at_most=20)
        assert server.identifiers("tbusy-*") == sorted(ids_of(payloads))
        balance.check_all(outcomes)
        statistics = server.call("GET", "_nodes/stats/indexing_pressure")["nodes"].popitem()[1]
        rejections = statistics["indexing_pressure"]["memory"]["total"]
        assert rejections["coordinating_rejections"] + rejections["primary_rejections"] > 0, f"the server was not busy: {rejections}"

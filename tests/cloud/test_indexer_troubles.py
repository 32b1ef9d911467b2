"""A server in trouble loses nothing: the real indexer before OpenSearch 3.8, OpenSearch 2.19 with security and Elasticsearch 8.19 while these are blocked,
closed, full, forbidden, busy and broken, one trouble at a time and one after the other. Nothing is a dead letter, what is refused comes again, and
everything is indexed once when it is over. Each starts a server of its own: `-m "not slow"` leaves them out."""

import json
import uuid
from contextlib import contextmanager

import pytest

from harness import balance
from harness.cloud import objects
from harness.payload import START, Identifiers, document, kinesis_event, log_events, pack
from harness.poller import Poller, Settings, Shard
from harness.runtime import Runtime
from harness.search import Server
from harness.search_corpus import day_of, ids_of
from harness.search_faults import Fault, SearchProxy, bulk_only, busy, pass_all, reject_all

pytestmark = pytest.mark.slow
DONE = {"batchItemFailures": []}
PREFIX = "trouble"
DAY = day_of(START)
APP, OTHER = f"{PREFIX}-app-{DAY}", f"{PREFIX}-access-{DAY}"
ACCESS = '203.0.113.7 - - [21/Nov/2026:11:20:00 +0000] "GET / HTTP/1.1" 200 88'
USER = "trouble", "Only-Apps-5!xW2"
SECURITY = "_plugins/_security/api"
NO_BLOCK = {"type": "index_create_block_exception", "reason": "blocked by: [FORBIDDEN/10/cluster create-index blocked (api)];"}


@pytest.fixture(scope="module", params=["opensearch", "opensearch-secure", "elasticsearch8"])
def server(request, indexer, cloud, cloud_port):
    """A server with the templates, which whoever may has installed."""
    with Server(request.param) as running:
        environment = {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{cloud_port}", "SEARCH_ENDPOINT": running.url, "INDEX_PREFIX": PREFIX, "INSTALL_TEMPLATES": "true",
                       "DEAD_LETTER_BUCKET": "dead-letters"} | as_user(cloud, running, running.user, running.password)
        with Runtime(indexer, environment, name="indexer") as runtime:
            assert runtime.call(kinesis_event(shard_of(some(1, seed=9)).records)) == DONE
        if request.param == "opensearch-secure":
            running.call("PUT", f"{SECURITY}/internalusers/{USER[0]}", {"password": USER[1], "backend_roles": []})
            permit(running, f"{PREFIX}-*")
            running.call("PUT", f"{SECURITY}/rolesmapping/trouble", {"users": [USER[0]]})
        yield running


def as_user(cloud, server, name, password):
    """The environment that makes the function this user, where the server has users."""
    if not name:
        return {}
    arn = cloud.secretsmanager.create_secret(Name=f"trouble-{uuid.uuid4()}", SecretString=json.dumps({"username": name, "password": password}))["ARN"]
    return {"SEARCH_AUTHENTICATION": "basic", "SEARCH_SECRET_ARN": arn} | ({"SEARCH_CA_CERTIFICATE": server.ca} if server.ca else {})


def permit(server, *patterns):
    """What the function's user may write to."""
    server.call("PUT", f"{SECURITY}/roles/trouble", {
        "cluster_permissions": ["cluster_monitor", "indices:data/write/bulk"],
        "index_permissions": [{"index_patterns": list(patterns), "allowed_actions": ["create_index", "index", "indices:data/write/bulk*", "indices:admin/mapping/put"]}]})


class Scene:
    """The function before a server, with a proxy between them where that speaks plain HTTP."""

    def __init__(self, server, run, proxy):
        self.server, self.run, self.proxy = server, run, proxy


@pytest.fixture
def scene(server, indexer, proxy, cloud, buckets):
    server.delete(PREFIX)
    with SearchProxy(server.url) as between:
        environment = {"AWS_ENDPOINT_URL": proxy.url, "SEARCH_ENDPOINT": server.url if server.ca else between.url, "INDEX_PREFIX": PREFIX,
                       "INSTALL_TEMPLATES": "false", "DEAD_LETTER_BUCKET": buckets[1], "BULK_DOCUMENTS": "50"} | as_user(cloud, server, *(USER if server.ca else (server.user, server.password)))
        with Runtime(indexer, environment, timeout=8, name="indexer") as runtime:
            yield Scene(server, runtime, between)
    assert objects(cloud.s3, buckets[1]) == {}, "a server's trouble made dead letters"
    server.delete(PREFIX)


def some(count, seed, each=10):
    """Payloads of lines of two datasets, so of two indices."""
    identifiers = Identifiers(seed * 1_000_000)
    return [document(log_events(["plain", ACCESS] * (each // 2), identifiers, start=START + payload), group="/app/trouble") for payload in range(count)]


def shard_of(payloads):
    shard = Shard()
    for payload in payloads:
        shard.put(pack(payload))
    return shard


@contextmanager
def index_setting(scene, name, index=APP):
    scene.server.settings(index, **{name: True})
    yield
    scene.server.settings(index, **{name: None})


@contextmanager
def closed(scene):
    scene.server.call("POST", f"{APP}/_close")
    yield
    scene.server.call("POST", f"{APP}/_open")
    scene.server.call("GET", f"_cluster/health/{APP}?wait_for_status=yellow&timeout=30s")


@contextmanager
def cluster_setting(scene, name, content):
    scene.server.cluster_setting(name, content)
    yield
    scene.server.cluster_setting(name, None)


@contextmanager
def no_right(scene):
    permit(scene.server, f"{PREFIX}-access-*")
    yield
    permit(scene.server, f"{PREFIX}-*")


@contextmanager
def rule(scene, it):
    scene.proxy.rule = it
    yield
    scene.proxy.rule = pass_all


def of_app(index):
    return index == APP


# How it is brought about, what the log says, and whether the other index takes documents meanwhile.
REAL = {
    "a write block": (lambda scene: index_setting(scene, "index__blocks__write"), "index write (api)", True),
    "a read-only index": (lambda scene: index_setting(scene, "index__blocks__read_only"), "index read-only (api)", True),
    "a disk over its flood stage": (lambda scene: index_setting(scene, "index__blocks__read_only_allow_delete"), "read-only-allow-delete", True),
    "a closed index": (closed, "index_closed_exception", True),
    "a cluster that is read-only": (lambda scene: cluster_setting(scene, "cluster.blocks.read_only", True), "cluster read-only (api)", False),
}
SECURE = {"no right to an index": (no_right, "no permissions for", True)}
PROXIED = {
    "429 for items": (lambda scene: rule(scene, reject_all(429, {"type": "es_rejected_execution_exception", "reason": "full"}, of_app)), "could not take some documents", True),
    "503 for items": (lambda scene: rule(scene, reject_all(503, {"type": "unavailable_shards_exception", "reason": "away"}, of_app)), "could not take some documents", True),
    "500 for all items": (lambda scene: rule(scene, reject_all(500, {"type": "null_pointer_exception", "reason": None})), "null_pointer_exception", False),
    "500 for all items of an index": (lambda scene: rule(scene, reject_all(500, {"type": "null_pointer_exception", "reason": None}, of_app)), "null_pointer_exception", True),
    "an unknown 403": (lambda scene: rule(scene, reject_all(403, {"type": "new_exception", "reason": "no"}, of_app)), "new_exception", True),
    "no indices may be made": (lambda scene: rule(scene, reject_all(403, NO_BLOCK, of_app)), "create-index blocked", True),
    "a block below another error": (lambda scene: rule(scene, reject_all(400, {"type": "exception", "reason": "r", "caused_by": NO_BLOCK}, of_app)), "takes no documents", True),
    "429": (lambda scene: rule(scene, bulk_only(busy())), "429", False),
    "503": (lambda scene: rule(scene, bulk_only(busy(status=503))), "503", False),
    "cut": (lambda scene: rule(scene, bulk_only(Fault(cut="before"))), "cut", False),
    "cut after it is done": (lambda scene: rule(scene, bulk_only(Fault(cut="after"))), "cut", None),
    "half of an answer": (lambda scene: rule(scene, bulk_only(Fault(cut="middle"))), "", None),
}


def troubles_of(server):
    return REAL | (SECURE if server.ca else PROXIED)


@pytest.mark.parametrize("name", [*REAL, *SECURE, *PROXIED])
def test_a_trouble_passes_and_nothing_is_lost(scene, name):
    if name not in troubles_of(scene.server):
        pytest.skip("needs users" if name in SECURE else "the proxy does not speak TLS")
    cause, words, others_go_on = troubles_of(scene.server)[name]
    before, batch = some(1, seed=1), some(12, seed=2)
    assert scene.run.call(kinesis_event(shard_of(before).records), timeout=60) == DONE
    with cause(scene):
        outcome = scene.run.invoke(kinesis_event(shard_of(batch).records))
    assert outcome.json() == {"batchItemFailures": [{"itemIdentifier": shard_of(batch).records[0].sequence_number}]}, outcome.error_message
    line = balance.check(outcome)
    assert (line["ReturnedEvents"], line["DeadLetteredEvents"], line["DeliveredEvents"]) == (120, 0, 0)
    problems = [entry["fields"]["problem"] for entry in outcome.logs if isinstance(entry, dict) and "problem" in entry.get("fields", {})]
    assert len(problems) == 1 and words in problems[0], problems
    if others_go_on is not None:
        assert scene.server.count(OTHER) == 5 + (60 if others_go_on else 0)
    there = scene.server.versions(f"{PREFIX}-*")
    again = scene.run.invoke(kinesis_event(shard_of(batch).records), timeout=60)
    assert again.json() == DONE, again.logs[-3:]
    assert balance.check(again)["DeliveredEvents"] == 120
    assert scene.server.identifiers(f"{PREFIX}-*") == sorted(ids_of(before + batch))
    after = scene.server.versions(f"{PREFIX}-*")
    assert {key: after[key] for key in there} == there, "what was there was written again"
    assert scene.server.count(f"{PREFIX}-*", {"exists": {"field": "event.original"}}) == 0, "a line was set aside for the server's trouble"


def test_one_trouble_after_the_other(scene):
    """Traffic for many invocations; between troubles there is a moment of peace, as in a bad night."""
    payloads, outcomes = some(120, seed=3), []
    assert scene.run.call(kinesis_event(shard_of(some(1, seed=1)).records), timeout=60) == DONE
    limit = [60]

    def handler(event):
        outcomes.append(scene.run.invoke(event, timeout=limit[0]))
        return outcomes[-1].json()

    poller = Poller(shard_of(payloads), handler, Settings(BatchSize=5))
    for cause, _words, _others in troubles_of(scene.server).values():
        limit[0] = 8
        with cause(scene):
            poller.step()
        limit[0] = 60
        poller.step()
    troubled = len(outcomes)
    poller.run()
    lines = balance.check_all(outcomes)
    assert sum(line["DeliveredEvents"] for line in lines) == len(ids_of(payloads)), "an event was counted as delivered twice, or never"
    assert sum(line["DeadLetteredEvents"] for line in lines) == 0
    assert sum(bool(line["ReturnedEvents"]) for line in lines[:troubled]) >= len(troubles_of(scene.server)) - 1
    assert scene.server.identifiers(f"{PREFIX}-*") == sorted(ids_of(some(1, seed=1) + payloads))

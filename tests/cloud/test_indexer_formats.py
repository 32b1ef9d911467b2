"""Each format that is known, through the real indexer into a real server: its fields have the types that dashboards need, by what the server itself
says of them, and can be aggregated."""

import pytest

from harness import balance
from harness.payload import START, Identifiers, awslogs_event, document, log_events, pack
from harness.runtime import Runtime
from harness.search import every, phrase, term
from harness.search_corpus import access, day_of, flow
from harness.search_formats import LINES, TRACE, check

@pytest.fixture(scope="module")
def indexed(indexer, search, cloud_port):
    """One payload a log group: the server, the prefix, and the event of each line."""
    prefix, identifiers = "tformats0000", Identifiers(6_000_000)
    search.forget(prefix)
    groups, events = {}, {}
    for place, (name, (group, line, *_)) in enumerate(LINES.items()):
        (events[name],) = log_events([line], identifiers, start=START + place)
        groups.setdefault(group, []).append(events[name])
    environment = {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{cloud_port}", "SEARCH_ENDPOINT": search.url, "INDEX_PREFIX": prefix, "INSTALL_TEMPLATES": "true",
                   "DEAD_LETTER_BUCKET": "formats"}
    with Runtime(indexer, environment, name="indexer") as runtime:
        for group, of_group in groups.items():
            outcome = runtime.invoke(awslogs_event(pack(document(of_group, group=group, stream="s"))))
            assert outcome.error_type is None, outcome.error_message
            assert balance.check(outcome)["DeliveredEvents"] == len(of_group)
    yield search, prefix, events
    search.forget(prefix)


@pytest.mark.parametrize("name", LINES)
def test_fields_have_their_types_and_values(indexed, name):
    search, prefix, events = indexed
    check(search, prefix, name, events[name])


def test_common_fields_are_the_same_everywhere(indexed):
    search, prefix, _events = indexed
    types = search.types(f"{prefix}-*")
    mixed = {field: kinds for field, kinds in types.items() if "/" in kinds}
    assert not mixed, "fields whose type depends on the index: one panel over all of them would fail"
    assert {field: types[field] for field in ("@timestamp", "message", "event.id", "cloud.account.id", "source.ip", "event.duration")} == {
        "@timestamp": "date", "message": "match_only_text", "event.id": "keyword", "cloud.account.id": "keyword", "source.ip": "ip", "event.duration": "long"}


def test_what_dashboards_ask_for(indexed):
    """Sums, counts by value, ranges of addresses, percentiles: each over the columns of the server."""
    search, prefix, _events = indexed
    index = f"{prefix}-*"
    assert search.aggregate(index, {"sum": {"field": "network.bytes"}}, term("event.action", "accept"))["value"] >= 18420
    assert search.aggregate(index, {"percentiles": {"field": "aws.lambda.duration_ms", "percents": [50]}})["values"]["50.0"] > 0
    by_status = search.aggregate(index, {"terms": {"field": "http.response.status_code"}}, term("event.dataset", "access"))["buckets"]
    assert {bucket["key"] for bucket in by_status} == {200, 304, 503}
    by_hour = search.aggregate(index, {"date_histogram": {"field": "@timestamp", "fixed_interval": "1h"}})["buckets"]
    assert sum(bucket["doc_count"] for bucket in by_hour) == len(LINES)
    assert search.count(index, {"term": {"source.ip": "203.0.113.0/24"}}) >= 4, "addresses by network"
    assert search.count(index, every(term("trace.id", TRACE))) == 2
    assert search.count(index, phrase("message", "Task timed out")) == 1, "a line by its words"
    assert search.count(index, term("aws.cloudtrail.request_parameters.bucketName", "reports")) == 2, "a parameter of a service, by its path"
    assert search.count(index, term("aws.cloudtrail.request_parameters.maxKeys", "9007199254740993")) + search.count(
        index, term("json_big.request_parameters.maxKeys", "9007199254740993")) == 2


def test_a_flow_format_of_ones_own(search, run_indexer, prefix):
    """By configuration, and by a header in the log stream."""
    lines = ["10.0.0.1 10.0.0.2 77 REJECT", "- 10.0.0.2 - ACCEPT"]
    with_header = ["srcaddr dstaddr bytes action vpc-id", "10.0.0.3 10.0.0.4 78 ACCEPT vpc-1"]
    payload, other = document(log_events(lines, Identifiers()), group="/vpc/own"), document(log_events(with_header, Identifiers(50)), group="/vpc/header")
    environment = {"VPC_FLOW_FORMAT": "${srcaddr} ${dstaddr} ${bytes} ${action}", "LOG_GROUP_DATASETS": "/vpc/*=vpcflow"}
    runtime = run_indexer(**environment)
    assert runtime.call(awslogs_event(pack(payload))) is None and runtime.call(awslogs_event(pack(other))) is None
    index, fields = f"{prefix}-vpcflow-*", ["source.ip", "network.bytes", "event.action", "aws.vpcflow.vpc_id"]
    ids = [event["id"] for event in payload["logEvents"] + other["logEvents"]]
    assert search.identifiers(index) == ids
    assert search.typed(index, ids[0], fields) == {"source.ip": "10.0.0.1", "network.bytes": 77, "event.action": "reject"}
    assert search.typed(index, ids[1], fields) == {"event.action": "accept"}
    assert search.typed(index, ids[3], fields) == {"source.ip": "10.0.0.3", "network.bytes": 78, "event.action": "accept", "aws.vpcflow.vpc_id": "vpc-1"}


def test_a_log_group_may_be_said_to_hold_something(search, run_indexer, prefix):
    """A line that is not in the format of its dataset is text there, and nothing else."""
    payload = document(log_events([access(START), flow(START), "words"], Identifiers()), group="/mixed/access")
    assert run_indexer(LOG_GROUP_DATASETS="/mixed/*=access").call(awslogs_event(pack(payload))) is None
    assert search.indices(f"{prefix}*") == [f"{prefix}-access-{day_of(START)}"]
    ids = [event["id"] for event in payload["logEvents"]]
    assert search.identifiers(f"{prefix}-*") == ids
    assert search.count(f"{prefix}-*", {"exists": {"field": "http.response.status_code"}}) == 1
    assert search.count(f"{prefix}-*", {"exists": {"field": "source.port"}}) == 0


def test_a_log_group_may_have_indices_of_its_own(search, run_indexer, prefix):
    payload = document(log_events(['{"level": 30}'], Identifiers()), group="/noisy/orders")
    other = document(log_events(['{"level": "info"}'], Identifiers(50)), group="/quiet/basket")
    runtime = run_indexer(LOG_GROUP_DATASETS="/noisy/*=app/noisy")
    assert runtime.call(awslogs_event(pack(payload))) is None and runtime.call(awslogs_event(pack(other))) is None
    assert search.indices(f"{prefix}*") == [f"{prefix}-app-{day_of(START)}", f"{prefix}-app-noisy-{day_of(START)}"]
    assert search.count(f"{prefix}-*", {"exists": {"field": "tags"}}) == 0, "neither takes a type from the other"

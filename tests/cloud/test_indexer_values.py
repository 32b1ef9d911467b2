"""Every value that a line of JSON can hold, through the real indexer into a real server: found by a term or a range in its own type, or, where the
index has another type for its path, at the same path of `json_flat`."""

import json

import pytest

from harness import balance
from harness.payload import START, Identifiers, awslogs_event, document, log_events, pack
from harness.runtime import Runtime
from harness.search import every, phrase, term
from harness.search_cases import CASES, check


@pytest.fixture(scope="module")
def indexed(indexer, search, cloud_port):
    """All lines of all cases in one payload: the server, the pattern of the indices, and by case the event of its last line."""
    prefix, identifiers = "tvalues00000", Identifiers(7_000_000)
    search.forget(prefix)
    events, last = [], {}
    for name, case in CASES.items():
        events += log_events(case.lines, identifiers, start=START + len(events))
        last[name] = events[-1]
    environment = {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{cloud_port}", "SEARCH_ENDPOINT": search.url, "INDEX_PREFIX": prefix, "INSTALL_TEMPLATES": "true",
                   "DEAD_LETTER_BUCKET": "values"}
    payload = document(events, group="/app/values", stream="only")
    with Runtime(indexer, environment, name="indexer") as runtime:
        outcome = runtime.invoke(awslogs_event(pack(payload)))
    yield search, f"{prefix}-*", last, outcome, payload
    search.forget(prefix)


def test_all_is_delivered_and_each_event_is_there_once(indexed):
    search, index, _last, outcome, payload = indexed
    assert outcome.error_type is None, outcome.error_message
    line = balance.check(outcome)
    assert (line["DeliveredEvents"], line["DeadLetteredEvents"], line["ReturnedEvents"]) == (len(payload["logEvents"]), 0, 0)
    assert search.identifiers(index) == [event["id"] for event in payload["logEvents"]]


@pytest.mark.parametrize("name", CASES)
def test_a_value(indexed, name):
    search, index, last, _outcome, _payload = indexed
    check(search, index, CASES[name], last[name])


def test_fields_are_of_few_types_and_only_text_cannot_be_aggregated(indexed):
    search, index, _last, _outcome, _payload = indexed
    fields = search.call("GET", f"{index}/_field_caps?fields=*")["fields"]
    unlike = {name: kinds for name, kinds in fields.items() for kind, what in kinds.items()
              if not name.startswith("_") and kind not in ("object", "text", "match_only_text", "flat_object", "flattened") and not what["aggregatable"]}
    assert not unlike
    assert {name for name, kinds in fields.items() if {"text", "match_only_text"} & set(kinds)} <= {"message", "event.original", "error.message", "error.stack_trace"}
    assert not [name for name in fields if name.startswith("json") and set(fields[name]) & {"date", "ip", "float", "text"}]


@pytest.mark.parametrize("name, lines", {
    "2,000 keys in a line": [json.dumps({"needle0": "n0"} | {f"key{number}": number for number in range(2_000)})],
    "4,000 keys in twenty lines": [json.dumps({"needle": f"n{line}"} | {f"key{line}_{number}": number for number in range(200)}) for line in range(20)],
    "2,000 keys as objects": [json.dumps({"needle0": "n0"} | {f"key{number}": {"a": {"b": number}} for number in range(2_000)})],
    "10,000 dots": ['{"needle0": "n0", "' + "a." * 10_000 + 'b": 1}'],
}.items())
def test_an_explosion_of_fields_is_contained(search, run_indexer, prefix, name, lines):
    """All are searchable, as fields or by words, and the lines that follow are as if nothing had been."""
    payload = document(log_events(lines, Identifiers()), group="/app/wide")
    runtime = run_indexer()
    outcome = runtime.invoke(awslogs_event(pack(payload)))
    assert outcome.error_type is None, outcome.error_message
    assert balance.check(outcome)["DeliveredEvents"] == len(lines)
    assert search.identifiers(f"{prefix}-*") == [event["id"] for event in payload["logEvents"]]
    assert search.count(f"{prefix}-*", {"exists": {"field": "event.original"}}) == 0, "a line lost its fields"
    ((_name, settings),) = search.settings(f"{prefix}-app-*").items()
    limit = int(settings["settings"].get("index.mapping.total_fields.limit", 1_000))
    assert len(search.types(f"{prefix}-*", "json*")) < limit <= 5_000
    flat = 0
    for place, event in enumerate(payload["logEvents"]):
        needle = "needle" if len(lines) > 1 else "needle0"
        found = [search.count(f"{prefix}-*", every(term("event.id", event["id"]), term(f"{root}.{needle}", f"n{place}"))) for root in ("json", "json_flat")]
        assert sum(found) == 1, f"line {place} is found {found} times by its needle"
        flat += found[1]
    assert flat, "all fitted: the case does not test what it says"
    after = document(log_events(["plain needleafter"], Identifiers(500)), group="/app/wide")
    assert balance.check(runtime.invoke(awslogs_event(pack(after))))["DeliveredEvents"] == 1
    assert search.count(f"{prefix}-*", phrase("message", "needleafter")) == 1

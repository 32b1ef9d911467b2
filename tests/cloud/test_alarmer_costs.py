"""What the real alarmer asks of its table, counted by a proxy in front of it and by what the table says it charges. docs/alarms.md has the figures;
`-s` prints them."""

import json
from collections import Counter

import pytest

from harness.alarmer import SCHEDULE, alarm, counts, logs, minutes_ago, not_found, rules, stream

WRITES = {"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem"}


def charged(requests):
    """(read units, write units) that the table itself says. A write that was refused for its condition costs too, and is not in it."""
    reads = writes = 0.0
    for request in requests:
        consumed = json.loads(request.answer).get("ConsumedCapacity", [])
        units = sum(one["CapacityUnits"] for one in (consumed if isinstance(consumed, list) else [consumed]))
        reads, writes = (reads, writes + units) if request.operation in WRITES else (reads + units, writes)
    return reads, writes


def spent(scene, function, event):
    """Requests by operation, read and write units of one invocation. What it says itself is what the table says."""
    scene.proxy.reset()
    outcome = function.invoke(event)
    assert outcome.error_type is None, outcome.error_message
    requests = scene.table_requests()
    reads, writes = charged(requests)
    line = counts(outcome)
    assert (line["StateReadUnits"], line["StateWriteUnits"]) == (reads, writes)
    return Counter(request.operation for request in requests), reads, writes


def quiet(scene, count=1_000):
    return scene.payload(["GET /health 200"] * count, minutes_ago(5), step=1)


@pytest.mark.parametrize("kind", ["count", "sum", "groups"])
def test_writes_do_not_grow_with_the_rules_that_do_not_match(scenes, kind):
    """The same batches with 1 rule and with 200."""
    more = {"count": {}, "sum": {"pattern": "{ $.ms = * }", "value": "$.ms", "measure": "sum"}, "groups": {"group_by": ["$user"]}}[kind]
    found = []
    for others in (0, 199):
        scene = scenes(rules(alarm(**more), *[alarm(f"other-{number}", pattern=f'"word {number}" -never') for number in range(others)]))
        function, at = scene.start(), minutes_ago(5)
        line = (lambda: json.dumps({"ms": 5})) if kind == "sum" else not_found
        function.call(logs(quiet(scene, 1)))
        batches = [stream([scene.payload([line(), "GET /health 200"], at + number, step=1), quiet(scene)]) for number in range(3)]
        requests = [spent(scene, function, batch)[0] for batch in batches]
        found.append([(sum(one.values()), sum(one[name] for name in WRITES)) for one in requests])
        assert sum(spent(scene, function, stream([quiet(scene)] * 3))[0].values()) == 0
    assert found[0] == found[1], "requests and writes of each batch: with 1 rule, with 200"


def test_what_is_charged(scenes):
    """The figures of the docs, and that they stay of this size."""
    scene = scenes(rules(alarm("many", threshold=1_000), alarm("rare", pattern="rare", threshold=3), alarm("sums", pattern="{ $.ms = * }", value="$.ms",
                                                                                                          measure="sum", threshold=1e9)))
    function, at = scene.start(), minutes_ago(5)
    cases = {
        "1,000 events, nothing matches": lambda: logs(quiet(scene)),
        "1,000 events, one matches (first of its alarm)": lambda: stream([quiet(scene, 999), scene.payload(["rare"], at)]),
        "1,000 events, one matches": lambda: stream([quiet(scene, 999), scene.payload(["rare"], at + 1)]),
        "1,000 events, the one that turns to ALARM": lambda: stream([quiet(scene, 999), scene.payload(["rare"] * 3, at + 2)]),
        "1,000 events, 100 match an alarm of a few (first after ALARM)": lambda: stream([quiet(scene, 900), scene.payload(["rare"] * 100, at + 200, step=1)]),
        "1,000 events, 100 match an alarm of a few": lambda: stream([quiet(scene, 900), scene.payload(["rare"] * 100, at + 400, step=1)]),
        "1,000 events, 100 match an alarm of many (first)": lambda: stream([quiet(scene, 900), scene.missing(100, at, step=1)]),
        "1,000 events, 100 match an alarm of many": lambda: stream([quiet(scene, 900), scene.missing(100, at + 500, step=1)]),
        "1,000 events, 100 match a sum (first)": lambda: stream([quiet(scene, 900), scene.payload([json.dumps({"ms": 7})] * 100, at, step=1)]),
        "1,000 events, 100 match a sum": lambda: stream([quiet(scene, 900), scene.payload([json.dumps({"ms": 7})] * 100, at + 300, step=1)]),
        "schedule, 3 alarms": lambda: SCHEDULE,
        "schedule again": lambda: SCHEDULE,
    }
    function.call(logs(quiet(scene, 1)))
    found = {}
    for name, event in cases.items():
        requests, reads, writes = found[name] = spent(scene, function, event())
        print(f"{name:65} {sum(requests.values()):3} requests, {reads:6.1f} read, {writes:6.1f} write units {dict(requests)}")
    units = {name: (reads, writes) for name, (_, reads, writes) in found.items()}
    assert units["1,000 events, nothing matches"] == (0, 0)
    assert units["1,000 events, one matches"][1] <= 2

"""The default lines of the loggers that teams use, in one index, in random orders: whichever writes first on a day, every value of every line is found
by its own path. LOGWEIR_TEST_ORDERS says how many orders are tried, each in an index of its own."""

import json
import os
import random

from harness import balance
from harness.payload import Identifiers, awslogs_event, document, log_events, pack
from harness.search import every, term, value
from harness.search_loggers import LOGGERS, found_by, lines, values

ORDERS = int(os.environ.get("LOGWEIR_TEST_ORDERS", "40"))
AT_ONCE = 10  # As many indices are there at a time.
DAY = 86_400_000
FIRST = 1_700_000_000_000


def test_any_order_of_loggers_keeps_every_value(search, run_indexer, prefix):
    chance, index, made = random.Random(14), f"{prefix}-app-*", lines()
    runtime = run_indexer()
    assert len(LOGGERS) == 11 and len(made) == 22
    for first in range(0, ORDERS, AT_ONCE):
        orders = range(first, min(first + AT_ONCE, ORDERS))
        identifiers, events = Identifiers(1 + first * 100), []
        for order in orders:
            shuffled = chance.sample(made, len(made))
            events += log_events(shuffled, identifiers, start=FIRST + order * DAY, step=1)
        outcome = runtime.invoke(awslogs_event(pack(document(events, group="/ecs/all"))))
        assert outcome.error_type is None, outcome.error_message
        assert balance.check(outcome)["DeliveredEvents"] == len(events) == search.count(index)
        assert len(search.indices(index)) == len(orders), "each order has an index of its own"
        assert search.count(index, {"exists": {"field": "tags"}}) == 0, "a line lost its fields"
        missing = {}
        for line in made:
            parsed = json.loads(line)
            for path, content in values(parsed):
                found = search.count(index, every(term("json.needle", parsed["needle"]), found_by(path, content)))
                if found != len(orders):
                    missing[(parsed["needle"], path)] = (found, content)
        assert not missing, f"values that are not found in all {len(orders)} orders"
        # Over all of these days no type of a shared key differs, so no search and no panel fails.
        types = search.types(index, "json.*")
        assert {name: kinds for name, kinds in types.items() if "/" in kinds and name.removeprefix("json.") not in ("hit", "fields.count", "request")} == {}
        for field in ("json.level", "json.time", "json.message", "json.error", "json.user", "log.level"):
            assert search.aggregate(index, {"terms": {"field": field}})["buckets"], field
        search.delete(prefix)


def test_a_conflict_is_met_once_an_invocation(search, run_indexer, prefix, search_proxy):
    """The second body does not send again what the first was refused for."""
    runtime = run_indexer(BULK_DOCUMENTS="50", BULK_CONCURRENCY="1")
    assert runtime.call(awslogs_event(pack(document(log_events([json.dumps({"weight": 1})], Identifiers()), group="/a")))) is None
    search_proxy.reset()
    conflicting = [json.dumps({"weight": "heavy", "n": number}) for number in range(400)]
    payload = document(log_events(conflicting, Identifiers(100)), group="/a")
    assert runtime.call(awslogs_event(pack(payload))) is None
    sent = search_proxy.times_sent()
    assert sorted(sent) == sorted(event["id"] for event in payload["logEvents"])
    again = sum(times - 1 for times in sent.values())
    assert 50 <= again <= 150, f"{again} documents were sent twice"
    assert search.count(f"{prefix}-*", term("json_flat.weight", "heavy")) == 400
    hit = search.one(f"{prefix}-*", payload["logEvents"][-1]["id"])
    assert value(hit["_source"], "json") == {"n": 399}

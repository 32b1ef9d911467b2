"""The bar: ten thousand events with everything going wrong at once, into a real OpenSearch. Each is searchable exactly once, the balance holds, and
delivering all of it again changes nothing."""

import random
import threading

import pytest

from harness import balance
from harness.corpus import event_of
from harness.payload import pack
from harness.poller import Poller, Settings, Shard
from harness.runtime import FunctionError
from harness.search import every, term, value
from harness.search_corpus import bar, ids_of
from harness.search_faults import Fault, busy, first_of, no_larger_than, nth_bulk, reject_items, together

LIMIT = 400_000  # What is larger is answered with 413.


@pytest.fixture(scope="module")
def everything_at_once():
    return bar()


def stream_of(payloads):
    shard = Shard()
    for payload in payloads:
        shard.put(pack(payload))
    return shard


class Driver:
    """Runs a shard through the function and keeps what came of each invocation."""

    def __init__(self, runtime):
        self.runtime, self.outcomes = runtime, []

    def __call__(self, event):
        self.outcomes.append(self.runtime.invoke(event))
        return self.outcomes[-1].json()

    def totals(self):
        """The sums of all balances, of which none may fail to balance. An invocation that was killed reports none."""
        lines = balance.check_all(outcome for outcome in self.outcomes if outcome.error_type != "Runtime.ExitError")
        return {name: sum(line[name] for line in lines) for name in ("ReceivedEvents", "DeliveredEvents", "DroppedEvents", "DeadLetteredEvents", "ReturnedEvents")}


def check_conflicts(search, index, conflicts):
    """Of those that do not fit the mapping, and of no others, the one member that does not is in the flat field; all else is where it always is."""
    moved = search.hits(index, {"exists": {"field": "json_flat"}})
    assert {value(hit["_source"], "event.id") for hit in moved} == set(conflicts)
    for hit in moved:
        source = hit["_source"]
        assert value(source, "tags") is None and value(source, "event.original") is None
        assert set(source["json_flat"]) in ({"codes"}, {"shape"}) and {"word", "user", "paid"} < set(source["json"])
    for identifier, word in conflicts.items():
        paths = [{"term": {f"json_flat.{name}": word}} for name in ("codes", "shape")]
        assert search.count(index, every(term("event.id", identifier), {"bool": {"should": paths, "minimum_should_match": 1}})) == 1


def test_the_bar(search, run_indexer, prefix, search_proxy, everything_at_once):
    it, index = everything_at_once, f"{prefix}-*"
    identifiers = it.identifiers
    chosen = random.Random(1).sample(identifiers[1:], len(identifiers) // 100)
    runtime = run_indexer(BULK_DOCUMENTS="1000")
    driver = Driver(runtime)
    # The first payload alone: its types are the ones that the conflicts run into.
    Poller(stream_of(it.payloads[:1]), driver).run()
    search_proxy.reset(first_of(
        nth_bulk({2: busy(1), 3: Fault(cut="middle"), 5: Fault(cut="after"), 6: busy(status=503), 7: Fault(cut="before")}),
        no_larger_than(LIMIT), together(reject_items(chosen[:60], times=2), reject_items(chosen[60:], status=503))))
    shard = stream_of(it.payloads[1:])
    Poller(shard, driver, Settings(BatchSize=60)).run()

    assert search.identifiers(index) == identifiers, "not every event exactly once"
    assert len(identifiers) == 10_000 and search.count(index) == 10_000
    totals = driver.totals()
    assert totals == {"ReceivedEvents": it.received, "DeliveredEvents": it.received, "DroppedEvents": 0, "DeadLetteredEvents": 0, "ReturnedEvents": 0}
    assert it.received == 10_100
    check_conflicts(search, index, it.conflicts)
    assert len(it.conflicts) == 100

    # What was to go wrong went wrong.
    statuses = [request.status for request in search_proxy.bulks]
    assert {200, 413, 429, 503, None} <= set(statuses), statuses
    assert all(len(request.text) <= LIMIT for request in search_proxy.bulks if request.status == 200)
    assert [request.forwarded for request in search_proxy.bulks if request.status is None] == [True, True, False]
    sent = search_proxy.times_sent()
    assert all(sent[identifier] >= 3 for identifier in chosen[:60]) and all(sent[identifier] >= 2 for identifier in chosen[60:])

    # A second delivery of everything, nothing in its way, changes nothing.
    before = search.versions(index)
    search_proxy.reset()
    again = Driver(runtime)
    Poller(stream_of(it.payloads), again, Settings(BatchSize=35)).run()
    assert again.totals()["DeliveredEvents"] == it.received
    assert search.versions(index) == before and search.count(index) == 10_000
    assert runtime.starts == 1


@pytest.mark.parametrize("seed", [51, 52])
def test_a_stream_with_everything_going_wrong_by_chance(search, run_indexer, prefix, search_proxy, seed):
    """The function is killed, the poller dies and cuts the batches anew, records come twice; requests, answers and items are lost, turned away, slow."""
    it, index, chance = bar(1_500, seed, each=30), f"{prefix}-*", random.Random(seed)
    runtime = run_indexer(timeout=20, BULK_DOCUMENTS="200")
    driver = Driver(runtime)
    Poller(stream_of(it.payloads[:1]), driver).run()
    reject = reject_items(chance.sample(it.identifiers, 40), times=2)
    lock = threading.Lock()

    def trouble(request):
        if not request.is_bulk:
            return None
        with lock:
            draw = chance.random()
        if draw < 0.04:
            return runtime.kill()
        faults = [(0.07, busy()), (0.09, busy(1)), (0.12, busy(status=503)), (0.16, Fault(cut="before")), (0.20, Fault(cut="middle")), (0.24, Fault(cut="after")),
                  (0.27, Fault(slow=0.3)), (0.29, Fault(status=200, body=b"<html>busy</html>"))]
        return next((fault for limit, fault in faults if draw < limit), None) or no_larger_than(120_000)(request) or reject(request)

    search_proxy.rule = trouble
    poller = Poller(stream_of(it.payloads[1:]), driver, Settings(BatchSize=12))
    for turn in range(6):
        if not poller.step():
            break
        if turn % 2:
            poller.restart(seed + turn)
        first = chance.randrange(len(poller.shard.records))
        try:
            poller.repeat(first, first + 5)
        except FunctionError:
            pass
    poller.run(at_most=200)
    print("\ninvocations:", [(round(outcome.seconds, 1), outcome.error_type) for outcome in driver.outcomes], len(search_proxy.bulks), "requests")
    assert poller.discarded == []
    assert search.identifiers(index) == it.identifiers
    totals = driver.totals()
    assert totals["DroppedEvents"] == totals["DeadLetteredEvents"] == 0
    check_conflicts(search, index, it.conflicts)
    before = search.versions(index)
    search_proxy.reset()
    Poller(stream_of(it.payloads), driver, Settings(BatchSize=30)).run()
    assert search.versions(index) == before
    assert any(request.status != 200 for request in search_proxy.bulks) or len(driver.outcomes) > 4


def test_two_invocations_at_once_of_the_same_batch(search, run_indexer, prefix):
    """As when the poller that was thought dead is not: both succeed, each event is there once."""
    it, index = bar(3_000, 6), f"{prefix}-*"
    first, second = run_indexer(), run_indexer()
    assert first.call(event_of(it.payloads[:1])) in (None, {"batchItemFailures": []})
    second.start()
    event, outcomes = event_of(it.payloads), []
    threads = [threading.Thread(target=lambda runtime=runtime: outcomes.append(runtime.invoke(event))) for runtime in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [outcome.json() in (None, {"batchItemFailures": []}) for outcome in outcomes] == [True, True]
    assert {balance.check(outcome)["DeliveredEvents"] for outcome in outcomes} == {it.received}
    assert search.identifiers(index) == sorted(set(ids_of(it.payloads)))
    check_conflicts(search, index, it.conflicts)
    assert {hit["_version"] for hit in search.hits(index)} == {1}

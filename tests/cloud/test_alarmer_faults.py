"""The real alarmer with what networks, DynamoDB, SNS and Lambda do to it: no transition is lost, and none is told twice but for a kill between publish
and mark, and then with the same `notification_id`."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness.alarmer import DONE, SCHEDULE, accounts, alarm, at_once, counts, logs, minutes_ago, rules, shuffled, stream
from harness.cloud import wait_until
from harness.faults import Fault

# How long an invocation may take. Who is killed holds a lease until five seconds after that.
TIMEOUT = 6


def steps_of(scene, at):
    """Three that do nothing, the fourth, twenty more, quiet."""
    return [logs(scene.missing(3, at)), logs(scene.missing(1, at + 100_000)), stream([scene.missing(10, at + 110_000), scene.missing(10, at + 115_000)]), SCHEDULE]


def run(function, steps):
    """As Lambda does: a batch comes again until it is done, the schedule comes again in its time."""
    for event in steps:
        for _ in range(3 if event is not SCHEDULE else 1):
            outcome = function.invoke(event)
            if outcome.error_type is None and (event is SCHEDULE or outcome.json() in DONE):
                break


# --- Killed ---

def killed_at(number, moment, function):
    """Kills the function at its request of this number: before it reaches AWS, or after AWS has done it, before the answer is back."""

    def rule(request):
        if request.index != number:
            return None
        if moment == "before":
            function.kill()
            return Fault(cut="before")
        return Fault(done=function.kill, cut="after")

    return rule


def is_between_publish_and_mark(requests, number, moment):
    if moment == "after":
        return requests[number].is_publish
    return number > 0 and requests[number - 1].is_publish


def test_killed_at_any_request_and_run_again_tells_each_transition(scenes):
    dry = scenes(rules(alarm()), topics=("high",))
    run(dry.start(), steps_of(dry, minutes_ago(12)))
    assert dry.states() == ["ALARM", "OK"]
    # Whether evidence has to be pruned is chance: there may be a request more or two.
    total = len(dry.proxy.requests)

    def case(place):
        number, moment = place
        scene = scenes(rules(alarm()), topics=("high",), timeout=TIMEOUT)
        function = scene.start()
        scene.proxy.rule = killed_at(number, moment, function)
        run(function, steps_of(scene, minutes_ago(12)))
        requests = list(scene.proxy.requests)
        scene.proxy.reset()
        return number, moment, scene, function, requests

    with ThreadPoolExecutor(6) as pool:
        cases = list(pool.map(case, [(number, moment) for moment in ("before", "after") for number in range(total + 2)]))
    for _, _, scene, *_ in cases:
        scene.wait_for_leases()
    with ThreadPoolExecutor(6) as pool:
        assert all(answer["failed"] == 0 for answer in pool.map(lambda case: case[3].call(SCHEDULE), cases))
    struck, twice = 0, 0
    for number, moment, scene, function, requests in cases:
        is_struck = number < len(requests)
        where = f"killed {moment} request {number} ({requests[number].operation if is_struck else 'none'}) of {[request.operation for request in requests]}"
        ids, states = scene.ids(), scene.states()
        assert sorted(one.rpartition("/")[0] for one in set(ids)) == ["too-many-404/[]/1", "too-many-404/[]/2"], where
        assert scene.outbox() == [], where
        assert function.starts == 1 + is_struck, where
        is_twice = is_struck and is_between_publish_and_mark(requests, number, moment)
        assert len(ids) == 2 + is_twice, where
        assert (states[0], states[-1]) == ("ALARM", "OK"), f"what is told late is told in its order: {states}; {where}"
        struck, twice = struck + is_struck, twice + is_twice
    assert struck >= 2 * total - 4 and twice == 4, f"{struck} of {2 * total} requests"


def test_a_schedule_does_not_touch_what_another_invocation_is_at(scenes):
    """The one that holds the lease is slow, not dead: both would tell."""
    scene = scenes(rules(alarm()), timeout=TIMEOUT)
    slow, other = scene.start(), scene.start()
    scene.proxy.rule = lambda request: Fault(delay=3) if request.is_publish and request.nth == 1 else None
    taking = threading.Thread(target=slow.call, args=[logs(scene.missing(4, minutes_ago(2)))])
    taking.start()
    wait_until(lambda: any(request.is_publish for request in scene.proxy.requests), what="the message to be on its way")
    assert other.call(SCHEDULE)["published"] == 0
    taking.join()
    assert scene.states() == ["ALARM"] and scene.outbox() == []


# --- What passes ---

THROTTLED = Fault(status=400, code="com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException")
PASSING = {
    "throttled": lambda request: THROTTLED if request.is_table and request.index % 2 else None,
    "errors of the server": lambda request: Fault(status=500, code="InternalServerError") if request.is_table and request.index % 2 else None,
    "not reached": lambda request: Fault(cut="before") if request.index % 2 else None,
    "answers of the table lost": lambda request: Fault(cut="after") if request.is_table and request.index % 2 else None,
    "SNS throttled": lambda request: Fault(status=400, code="Throttled") if request.is_publish and request.nth % 3 else None,
    "SNS unavailable": lambda request: Fault(status=503, code="ServiceUnavailable") if request.is_publish and request.nth % 3 else None,
}


@pytest.mark.parametrize("name", PASSING)
def test_what_passes_is_tried_again_and_told_once(scenes, name):
    scene = scenes(rules(alarm()))
    function = scene.start()
    scene.proxy.rule = PASSING[name]
    outcomes = [function.invoke(event) for event in steps_of(scene, minutes_ago(12))]
    assert [outcome.error_type for outcome in outcomes] == [None] * 4, outcomes[-1].logs[-3:]
    assert outcomes[2].json() in DONE and outcomes[3].json()["failed"] == 0
    for outcome in outcomes[:3]:
        accounts(outcome)
    assert (scene.states(), scene.outbox()) == (["ALARM", "OK"], [])
    assert any(request.status != 200 for request in scene.proxy.requests if request.target), "nothing was tried again: the fault did not strike"


def test_an_answer_of_sns_that_is_lost_repeats_the_message_with_its_id(scenes):
    scene = scenes(rules(alarm()))
    function = scene.start()
    scene.proxy.rule = lambda request: Fault(cut="after") if request.is_publish and request.nth == 1 else None
    run(function, steps_of(scene, minutes_ago(12)))
    assert scene.states() == ["ALARM", "ALARM", "OK"]
    assert len(set(scene.ids("ALARM"))) == 1


# --- What does not pass in time ---

@pytest.mark.parametrize("name", ["throttled", "silent"])
def test_a_table_that_is_down_returns_the_batch_in_time_and_loses_nothing(scenes, name):
    scene = scenes(rules(alarm()), timeout=4)
    function, at = scene.start(), minutes_ago(12)
    function.call(logs(scene.payload(["nothing"], at)))
    down = THROTTLED if name == "throttled" else Fault(delay=5, cut="before")
    scene.proxy.rule = lambda request: down if request.is_table else None
    four = [scene.missing(2, at), scene.payload(["nothing"], at), scene.missing(2, at + 60_000)]
    outcome = function.invoke(stream(four))
    failures = outcome.json()["batchItemFailures"]
    assert [failure["itemIdentifier"] for failure in failures] == [stream(four)["Records"][0]["kinesis"]["sequenceNumber"]]
    assert accounts(outcome)["ReturnedEvents"] == 5
    outcome = function.invoke(logs(four[0]))
    assert outcome.error_type == "AlarmsIncomplete" and accounts(outcome)["ReturnedEvents"] == 2
    assert function.call(SCHEDULE, timeout=4)["failed"] == 1, "the schedule says that it could not look"
    scene.proxy.reset()
    run(function, [stream(four), logs(four[0])])
    function.call(SCHEDULE)
    assert scene.states() == ["ALARM", "OK"] and function.starts == 1


def test_while_sns_cannot_be_reached_nothing_is_lost_and_it_is_told_later(scenes):
    scene = scenes(rules(alarm()), timeout=4)
    function = scene.start()
    scene.proxy.rule = lambda request: Fault(cut="before") if request.is_publish else None
    outcome = function.invoke(logs(scene.missing(4, minutes_ago(12))))
    assert outcome.error_type is None and counts(outcome)["NotificationsPending"] == 1, "the batch is kept, and does not come again"
    assert function.call(SCHEDULE, timeout=4)["published"] == 0
    assert len(scene.outbox()) >= 1 and scene.told() == []
    scene.proxy.reset()
    scene.wait_for_leases()
    for _ in range(2):  # What comes behind something that waited is told by the schedule after.
        function.call(SCHEDULE)
    assert (scene.states(), scene.outbox()) == (["ALARM", "OK"], [])


def test_what_a_topic_refuses_is_told_once_it_takes_it_by_one_of_two_schedules(scenes):
    """As where its policy denies it, or it is gone and made again."""
    scene = scenes(rules(alarm(), alarm("denied", severity="medium")))
    one, other = scene.start(), scene.start()
    scene.cloud.sns.delete_topic(TopicArn=scene.arns["high"])
    scene.proxy.rule = lambda request: (Fault(status=403, code="AuthorizationError")
                                        if request.is_publish and request.form()["TopicArn"] == scene.arns["medium"] else None)
    outcome = one.invoke(logs(scene.missing(4, minutes_ago(12))))
    assert outcome.error_type is None and counts(outcome)["NotificationsPending"] == 2
    text = str(outcome.logs)
    assert "create it, or name another in TOPIC_ARNS" in text and "sns:Publish" in text
    assert one.call(SCHEDULE)["published"] == 0 and len(scene.outbox()) == 4
    scene.proxy.reset()
    scene.subscribe("high")
    published = [answer["published"] for answer in at_once(lambda: one.call(SCHEDULE), lambda: other.call(SCHEDULE))]
    assert sum(published) == 4 and sorted(scene.states()) == ["ALARM", "ALARM", "OK", "OK"]
    assert len(set(scene.ids())) == 4 and scene.outbox() == []


# --- All of it ---

def test_with_everything_going_wrong_each_transition_is_told(scenes):
    """Two functions and their schedules, killed, throttled, cut off: what is told twice has the same id, and nothing is missing."""
    users, names = ["frank", "alice", "frank", "bob", "alice"], ["too-many-404/[]", *[f'by-user/["{user}"]' for user in ("alice", "bob", "frank")]]

    def case(seed):
        scene = scenes(rules(alarm(), alarm("by-user", group_by=["$user"], threshold=1)), timeout=TIMEOUT)
        functions = [scene.start(), scene.start()]
        chance, lock, at = random.Random(seed), threading.Lock(), minutes_ago(14)

        def trouble(request):
            with lock:
                draw, victim = chance.random(), chance.choice(functions)
            if draw < 0.02:
                return victim.kill()
            if not request.is_table:
                return Fault(cut="before") if draw < 0.1 else None
            return THROTTLED if draw < 0.1 else Fault(cut="after") if draw < 0.16 else Fault(cut="before") if draw < 0.22 else None

        payloads = [scene.missing(2, at + number * 1_000, user) for number, user in enumerate(users)]
        scene.proxy.rule = trouble
        at_once(*[lambda function=function, place=place: run(function, [logs(one) for one in shuffled(payloads, seed + place)] + [stream(payloads), SCHEDULE])
                  for place, function in enumerate(functions)])
        scene.proxy.reset()
        assert functions[0].call(stream(payloads)) in DONE and functions[0].call(SCHEDULE)["failed"] == 0
        scene.wait_for_leases()
        assert functions[1].call(SCHEDULE)["failed"] == 0
        return scene

    for scene in at_once(*[lambda seed=seed: case(seed) for seed in range(4)]):
        told = sorted((one.rsplit("/", 2)[0], state) for state in ("ALARM", "OK") for one in set(scene.ids(state)))
        assert told == sorted((name, state) for name in names for state in ("ALARM", "OK")), scene.explain()
        assert len(set(scene.ids())) == 8 and scene.outbox() == []

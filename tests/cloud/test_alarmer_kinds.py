"""What alarms can be and whom they tell, by the real alarmer: groups, values, silence, what is new, chat, named topics, quiet hours, storms."""

import json
import random
from collections import Counter
from datetime import datetime, timedelta, timezone

import pytest

from harness.alarmer import MINUTE, SCHEDULE, accounts, alarm, at_once, counts, logs, measures, minutes_ago, not_found, rules, shuffled, stream


def clock(hours):
    """The time of day in so many hours, in UTC."""
    return (datetime.now(timezone.utc) + timedelta(hours=hours)).strftime("%H:%M")


def value_alarm(name, measure, threshold, **more):
    return alarm(name, pattern="{ $.ms = * }", value="$.ms", measure=measure, threshold=threshold, **more)


def values(scene, numbers, at, step=100):
    return scene.payload([json.dumps({"ms": number}) for number in numbers], at, step)


# --- Groups ---

def test_each_group_has_an_alarm_of_its_own(scenes):
    scene = scenes(rules(alarm(group_by=["$user", "@log_group"])))
    function, at = scene.start(), minutes_ago(12)
    mixed = scene.payload([not_found(user) for user in ("frank", "alice", "frank", "frank", "alice", "frank", "alice")], at)
    function.call(logs(mixed))
    function.call(logs(scene.payload([not_found("alice")], at + 90_000, group="/app/other")))
    (told,) = scene.told()
    assert told.document["group"] == {"$user": "frank", "@log_group": "/app/web"}
    assert [line["id"] for line in told.document["lines"]] == [mixed["logEvents"][place]["id"] for place in (0, 2, 3, 5)]
    assert "$user=frank" in told.subject
    function.call(logs(scene.payload([not_found("alice")], at + 95_000)))
    function.call(SCHEDULE)
    assert sorted(told.states[0][1] + told.document["group"]["$user"] for told in scene.told()) == ["ALARMalice", "ALARMfrank", "OKalice", "OKfrank"]


def test_beyond_the_most_groups_the_others_share_a_state(scenes):
    scene = scenes(rules(alarm(group_by=["$user"], max_groups=2, threshold=1)))
    function, at = scene.start(), minutes_ago(12)
    outcome = function.invoke(logs(scene.payload([not_found(user) for user in ("a", "b")], at)))
    outcome = function.invoke(logs(scene.payload([not_found(user) for user in ("c", "d", "c", "a")], at + 10_000)))
    assert outcome.error_type is None and "the others share a state" in str(outcome.logs)
    assert sorted(told.document["group"]["$user"] for told in scene.told()) == ["(others)", "a"]


def test_a_storm_is_told_one_by_one_up_to_a_bound_and_the_rest_in_one_message(scenes):
    scene = scenes(rules(alarm(group_by=["$user"])), NOTIFICATIONS_PER_MINUTE="7", timeout=30)
    function, at = scene.start(), minutes_ago(3)
    users = [f"user-{number}" for number in range(60)]
    # The minute by the clock may change on the way: then the bound counts anew.
    outcome = function.invoke(logs(scene.payload([not_found(user) for user in users for _ in range(4)], at, step=10)))
    assert outcome.error_type is None and counts(outcome)["Transitions"] == 60
    single = len(scene.told())
    assert single == 7 == counts(outcome)["NotificationsPublished"]
    answer = function.call(SCHEDULE)
    messages = scene.told()[single:]
    assert answer["published"] == len(messages) and answer["pending"] == 0
    assert len(messages) in (1, 8), "one that lists them all, or in a new minute seven more before it"
    assert len(messages[-1].each) == 60 - single - (len(messages) - 1) and messages[-1].document["kind"] == "group"
    assert Counter(scene.ids()) == Counter(set(scene.ids())) and len(scene.ids()) == 60
    assert {one["group"]["$user"] for told in scene.told() for one in told.each} == set(users)
    assert function.call(SCHEDULE)["published"] == 0 and scene.outbox() == []


# --- Values, through many payloads ---

@pytest.mark.parametrize("seed", [1, 2])
def test_measures_of_values_are_those_of_all_events_however_they_came(scenes, seed):
    chance = random.Random(seed)
    numbers = [chance.randint(1, 1_000) for _ in range(400)]
    ordered = sorted(numbers)
    wanted = {"sum": sum(numbers), "average": sum(numbers) / 400, "minimum": ordered[0], "maximum": ordered[-1], "p99": ordered[395],
              "distinct_count": len(set(numbers))}
    # Nearly what they are: each is in ALARM, and OK once its window is over, for no data is no breach.
    scene = scenes(rules(*[value_alarm(measure.replace("_", "-"), measure, wanted[measure] * 0.9, treat_missing_data="notBreaching") for measure in wanted]))
    one, other = scene.start(), scene.start()
    at = minutes_ago(12) + 1_000
    payloads = [values(scene, numbers[place:place + 40], at + place * 100) for place in range(0, 400, 40)]
    # Of a payload with many events a sum is kept, which is known by its events: that payloads are sliced anew never happens to one that was sent.
    again = chance.sample(payloads, len(payloads))
    at_once(lambda: one.call(stream(payloads)), lambda: other.call(stream(again)))
    for payload in again:
        other.call(logs(payload))
    assert scene.told() == [], "a measure of values is seen when its minute is over"
    one.call(SCHEDULE)
    found = {told.document["alarm"].replace("-", "_"): told.document for told in scene.told() if told.document["state"] == "ALARM"}
    assert set(found) == set(wanted)
    for measure, value in wanted.items():
        assert found[measure]["value"] == pytest.approx(value, rel=0.02 if measure in ("p99", "distinct_count") else 1e-9), measure
        assert found[measure]["timestamp"] == at - 1_000 + MINUTE
    assert Counter(scene.states()) == {"ALARM": 6, "OK": 6} and scene.outbox() == []


def test_m_of_n_periods_and_events_without_a_value(scenes):
    scene = scenes(rules(value_alarm("slow", "average", 100, period=60, evaluation_periods=3, datapoints_to_alarm=2, treat_missing_data="notBreaching")))
    function, at = scene.start(), minutes_ago(12)
    for minute, number in enumerate([200, 50, 300, 50, 50, 50]):
        function.call(logs(values(scene, [number] * 3, at + minute * MINUTE + 1_000)))
    outcome = function.invoke(logs(scene.payload([json.dumps({"ms": "many"})], at)))
    assert (counts(outcome)["EventsWithoutValue"], measures(outcome)) == (1, [])
    function.call(SCHEDULE)
    assert [(told.document["state"], told.document["timestamp"]) for told in scene.told()] == [("ALARM", at + 3 * MINUTE), ("OK", at + 4 * MINUTE)]
    accounts(outcome)


# --- Silence, what is new, what changes ---

def test_silence_is_found_by_the_schedule_and_ends_with_a_line(scenes):
    scene = scenes(rules({"name": "payments-quiet", "kind": "flatline", "severity": "high", "where": {"log_groups": ["/app/payments"]}, "pattern": "",
                          "period": 300}))
    function, at = scene.start(), minutes_ago(20)
    function.call(SCHEDULE)
    # It is judged once it was looked at for a period.
    scene.begun_earlier(minutes=25)
    for minute in (0, 10):
        function.call(logs(scene.payload(["paid"], at + minute * MINUTE, group="/app/payments")))
    assert scene.told() == []
    function.call(SCHEDULE)
    found = [(told.document["state"], told.document["timestamp"], told.document["value"]) for told in scene.told()]
    assert found == [("ALARM", at + 5 * MINUTE, 0), ("OK", at + 10 * MINUTE, 1), ("ALARM", at + 15 * MINUTE, 0)]


def test_what_never_came_is_looked_at_all_the_same(scenes):
    scene = scenes(rules({"name": "never", "kind": "flatline", "where": {"log_groups": ["/app/payments"]}, "pattern": "", "period": 60}))
    function = scene.start()
    assert function.call(SCHEDULE)["failed"] == 0 and function.call(SCHEDULE)["failed"] == 0
    assert [item["pk"]["S"] for item in scene.items("status/")] == ["status/never"]


def test_a_new_value_is_told_once_and_what_was_learned_is_not(scenes):
    def never_seen(name, **more):
        return {"name": name, "kind": "new_value", "severity": "high", "pattern": "{ $.level = ERROR }", "group_by": ["$.type"], "period": 300, **more}

    scene = scenes(rules(never_seen("learns", learn="1h"), never_seen("knows-nothing", learn=0)))
    function, at = scene.start(), minutes_ago(20)

    def errors(*types):
        return logs(scene.payload([json.dumps({"level": "ERROR", "type": one}) for one in types], at))

    function.call(errors("Timeout", "Timeout", "Refused"))
    function.call(errors("Timeout"))
    assert sorted((told.document["alarm"], told.document["group"]["$.type"], told.document["state"]) for told in scene.told()) == [
        ("knows-nothing", "Refused", "ALARM"), ("knows-nothing", "Timeout", "ALARM")]
    function.call(SCHEDULE)
    function.call(errors("Timeout", "Refused"))
    function.call(SCHEDULE)
    assert Counter(scene.states()) == {"ALARM": 2, "OK": 2}


def test_a_change_is_told_with_the_line_that_made_it(scenes):
    scene = scenes(rules({"name": "version-changed", "kind": "change", "severity": "high", "pattern": "{ $.version = * }", "value": "$.version",
                          "group_by": ["$.service"], "period": 300, "remember": "1h"}))
    function, at = scene.start(), minutes_ago(20)

    def version(text, minute):
        return scene.payload([json.dumps({"service": "shop", "version": text})] * 3, at + minute * MINUTE, step=100)

    payloads = [version("1.0", 0), version("1.0", 2), version("1.1", 3)]
    function.call(stream(payloads))
    function.call(stream(shuffled(payloads, 1)))
    function.call(SCHEDULE)
    assert scene.states() == ["ALARM", "OK"]
    assert scene.told()[0].document["timestamp"] == at + 3 * MINUTE and "1.1" in scene.told()[0].document["lines"][-1]["message"]


# --- Who is told, and when ---

def test_chat_has_a_topic_and_a_schema_of_its_own_and_rules_name_topics(scenes):
    scene = scenes(rules(alarm(notification={"topic": "payments"}), alarm("unknown-topic", notification={"topic": "nobody"}), alarm("low", severity="low")),
                   topics=("high", "medium", "payments"), chat=True)
    function = scene.start()
    function.call(logs(scene.missing(4, minutes_ago(12))))
    function.call(SCHEDULE)
    assert sorted(told.states[0][0] for told in scene.told("payments")) == ["too-many-404"] * 2
    assert sorted(told.states[0][0] for told in scene.told("high")) == ["unknown-topic"] * 2, "that of its severity"
    assert sorted(told.states[0][0] for told in scene.told("medium")) == ["low"] * 2, "the nearest severity that has one"
    chat = [told.document for told in scene.chat()]
    assert len(chat) == 6 and all((one["version"], one["source"]) == ("1.0", "custom") and one["content"]["description"] for one in chat)
    assert {one["id"].rpartition("#")[0] or one["id"] for one in chat} <= {*scene.ids()} and scene.outbox() == []


def test_what_happens_in_quiet_hours_is_told_when_they_end(scenes):
    quiet = {"from": clock(-1), "to": clock(1)}
    scene = scenes(rules(alarm(notification={"quiet_hours": quiet}), alarm("loud", notification={"quiet_hours": {"from": clock(2), "to": clock(4)}})))
    function = scene.start()
    function.call(logs(scene.missing(4, minutes_ago(12))))
    function.call(SCHEDULE)
    assert [told.states[0] for told in scene.told()] == [("loud", "ALARM"), ("loud", "OK")]
    assert len(scene.outbox()) == 2
    scene.end_quiet_hours()
    function.call(SCHEDULE)
    assert [told.states[0] for told in scene.told()[2:]] == [("too-many-404", "ALARM"), ("too-many-404", "OK")]
    assert scene.outbox() == []


def test_an_alarm_that_stays_is_told_again(scenes):
    scene = scenes(rules(alarm(notification={"renotify": "1h", "on": ["ALARM"]})))
    function = scene.start()
    function.call(logs(scene.missing(4, minutes_ago(1))))
    function.call(SCHEDULE)
    assert scene.states() == ["ALARM"]
    scene.told_earlier(hours=1)
    assert function.call(SCHEDULE)["published"] == 1 and function.call(SCHEDULE)["published"] == 0
    first, again = scene.told()
    assert again.document["repeat"] == 1 and again.document["notification_id"] == first.document["notification_id"] + "/1"
    assert again.subject.startswith("ALARM again") and again.document["lines"]

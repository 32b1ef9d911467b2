"""The real alarmer before a real table, real topics and queues: the seed case, and that no way in which events can come changes what is told."""

import json
import urllib.request

import pytest

from harness.alarmer import (DONE, NOT_FOUND, SCHEDULE, accounts, alarm, at_once, counts, logs, measures, minutes_ago, not_found, rules, shuffled, stream)
from harness.cloud import objects
from harness.payload import control, inflate, kinesis_event, pack
from harness.poller import Poller, Settings, Shard


# --- The seed case ---

def test_the_fourth_page_that_is_not_found_sends_one_message_with_the_four_lines_and_quiet_sends_one_ok(scenes, cloud, cloud_port):
    scene = scenes(rules(alarm(runbook="https://wiki.example/404")))
    phone = "+15550100"
    cloud.sns.subscribe(TopicArn=scene.arns["high"], Protocol="sms", Endpoint=phone)
    function, at = scene.start(), minutes_ago(12)
    lines = [not_found(page=f"/{number}") for number in range(4)]

    found = scene.payload(["GET / 200", *lines[:3], not_found().replace(" 404 ", " 200 ")], at)
    outcome = function.invoke(logs(found))
    assert outcome.json() is None and accounts(outcome)["DeliveredEvents"] == 5
    assert (measures(outcome), counts(outcome)["Matches"]) == ([("too-many-404", 3, None)], 3)
    assert scene.told() == [], "three do nothing"

    fourth = scene.payload(lines[3:], at + 100_000)
    outcome = function.invoke(logs(fourth))
    assert outcome.json() is None and (counts(outcome)["Transitions"], counts(outcome)["NotificationsPublished"]) == (1, 1)
    (told,) = scene.told()
    events = [*found["logEvents"][1:4], *fourth["logEvents"]]
    document = told.document
    assert [(line["id"], line["timestamp"], line["message"]) for line in document["lines"]] == [
        (event["id"], event["timestamp"], event["message"]) for event in events]
    assert [document[key] for key in ("alarm", "state", "previous_state", "severity", "timestamp", "value", "condition", "runbook")] == [
        "too-many-404", "ALARM", "OK", "high", at + 100_000, 4, "count > 3 in 5 minutes", "https://wiki.example/404"]
    assert document["notification_id"] == f"too-many-404/[]/1/{at + 100_000}" and document["window"] == {"from": at - 200_000, "to": at + 100_000}
    assert told.attributes == {"alarm": "too-many-404", "state": "ALARM", "severity": "high", "owner": "123456789012", "log_group": "/app/web"}
    (published,) = scene.published()
    texts = json.loads(published["Message"])
    assert all(line in texts["email"] for line in lines) and texts["email"] == texts["default"]
    assert len(texts["sms"]) <= 140 and texts["sms"].startswith("ALARM too-many-404") and json.loads(texts["sqs"]) == document
    assert published["Subject"] == told.subject == "ALARM: too-many-404 (high)"
    assert len(published["Message"].encode()) < 256 << 10

    assert function.call(logs(scene.missing(20, at + 110_000, step=1_000))) is None
    assert function.call(SCHEDULE)["published"] == 1, "quiet"
    assert scene.states() == ["ALARM", "OK"], "20 more send none"
    assert function.call(SCHEDULE) | {"evaluated": 0} == {"evaluated": 0, "transitions": 0, "published": 0, "pending": 0, "failed": 0}
    ok = scene.told()[1].document
    # The last window that breaches holds the four newest of the 24: it ends before the minute at which no more than three are left.
    assert (ok["previous_state"], ok["timestamp"], ok["lines"]) == ("ALARM", at + 8 * 60_000, [])
    with urllib.request.urlopen(f"http://127.0.0.1:{cloud_port}/_ministack/sns/sms-messages") as answer:
        sent = json.dumps(json.load(answer))
    assert scene.items("evidence/") and scene.outbox() == [], sent


def test_three_pages_that_are_not_found_stay_untold_when_their_time_is_over(scenes):
    scene = scenes(rules(alarm()))
    function, at = scene.start(), minutes_ago(12)
    function.call(logs(scene.missing(3, at)))
    assert function.call(SCHEDULE)["transitions"] == 0
    function.call(logs(scene.missing(1, at + 100_000)))
    function.call(SCHEDULE)
    assert scene.states() == ["ALARM", "OK"], "the fourth comes late, but it comes"


# --- However they come ---

@pytest.mark.parametrize("seed", range(4))
def test_events_that_come_thrice_shuffled_sliced_anew_and_at_once_are_told_once(scenes, seed):
    scene = scenes(rules(alarm()))
    one, other = scene.start(), scene.start()
    at = minutes_ago(12)
    payloads = [scene.missing(3, at), scene.missing(1, at + 100_000), scene.missing(20, at + 110_000, step=1_000)]
    again, thrice = shuffled(payloads, seed), shuffled(payloads, seed + 100)
    half = len(thrice) // 2

    def take(function, *events):
        return lambda: [function.call(event) for event in events]

    answers = at_once(take(one, stream(again), *map(logs, payloads), stream(thrice[half:])), take(other, *map(logs, thrice), stream(payloads), stream(again)))
    assert all(answer in DONE for answers in answers for answer in answers)
    at_once(take(one, SCHEDULE), take(other, SCHEDULE))
    at_once(take(one, stream(thrice)), take(other, stream(again)))
    at_once(take(one, SCHEDULE), take(other, SCHEDULE))
    assert scene.states() == ["ALARM", "OK"]
    assert scene.outbox() == []


def test_four_functions_at_once_with_one_event_each_see_all_four(scenes):
    """Of those who write at the same time the last one sees all evidence, whoever that is."""
    scene = scenes(rules(alarm("first"), alarm("second", pattern=None, patterns=[NOT_FOUND, "GET"])))
    functions = [scene.start() for _ in range(4)]
    at_once(*[function.start for function in functions])
    for turn in range(4):
        at = minutes_ago(50 - 12 * turn)
        payloads = [scene.missing(1, at + number * 1_000) for number in range(4)]
        at_once(*[lambda function=function, payload=payload: function.call(logs(payload)) for function, payload in zip(functions, payloads)])
        functions[0].call(SCHEDULE)
        assert sorted(scene.ids("ALARM")) == sorted({*scene.ids("ALARM")}) and len(scene.ids("ALARM")) == 2 * turn + 2, f"turn {turn}"
        assert len(scene.ids("OK")) == 2 * turn + 2


def test_a_stream_read_again_from_anywhere_tells_nothing_twice(scenes):
    scene = scenes(rules(alarm(), alarm("slow", pattern="{ $.slow IS TRUE }", measure="sum", value="$.ms", threshold=50, treat_missing_data="notBreaching")))
    function, at = scene.start(), minutes_ago(30)
    shard = Shard()
    for number in range(12):
        shard.put(pack(scene.missing(2, at + number * 5_000, step=100)))
        shard.put(pack(scene.payload([json.dumps({"slow": True, "ms": 5})], at + number * 5_000)))
    poller = Poller(shard, function.call, Settings(BatchSize=7))
    for seed in range(4):
        poller.step()
        poller.restart(seed)
        poller.repeat(0, 9)
    poller.run(20)
    function.call(SCHEDULE)
    assert sorted(told.states[0] for told in scene.told()) == [("slow", "ALARM"), ("slow", "OK"), ("too-many-404", "ALARM"), ("too-many-404", "OK")]
    (slow,) = [told.document for told in scene.told() if told.states == [("slow", "ALARM")]]
    assert (slow["value"], slow["condition"]) == (60, "sum > 50 in 5 minutes"), "each event counts once, in however many payloads it came"


# --- What is no event, and what matches nothing ---

def test_what_matches_nothing_asks_the_table_nothing(scenes):
    scene = scenes(rules(*[alarm(f"alarm-{number}", pattern=f"word{number}") for number in range(50)]))
    function = scene.start()
    function.call(logs(scene.payload(["first"], minutes_ago(3))))
    scene.proxy.reset()
    for form in (logs, lambda payload: stream([payload] * 5)):
        outcome = function.invoke(form(scene.payload(["nothing of interest"] * 200, minutes_ago(3), step=1)))
        assert outcome.json() in DONE
        assert accounts(outcome)["DeliveredEvents"] in (200, 1_000)
        assert (counts(outcome)["StateReadUnits"], counts(outcome)["StateWriteUnits"], measures(outcome)) == (0, 0, [])
    assert scene.proxy.requests == []


def test_control_messages_are_dropped_and_poison_is_set_aside(scenes):
    scene = scenes(rules(alarm()))
    function, shard = scene.start(), Shard()
    good = scene.missing(4, minutes_ago(4))
    for data in (pack(control()), b"poison", pack(good)):
        shard.put(data)
    outcome = function.invoke(kinesis_event(shard.records))
    assert outcome.json() == {"batchItemFailures": []}
    line = accounts(outcome)
    assert (line["DroppedRecords"], line["DeadLetteredRecords"], line["DeliveredRecords"], line["DeliveredEvents"]) == (1, 1, 1, 4)
    assert scene.states() == ["ALARM"], "what came with poison counts"
    (letter,) = objects(scene.cloud.s3, f"{scene.name}-dead").values()
    assert b"poison" in letter or json.loads(letter)["rawData"]
    assert inflate(pack(good))


def test_an_event_of_no_known_kind_is_an_error(scenes):
    function = scenes(rules(alarm())).start()
    for event in ({"logweir": "replay"}, {"Records": [{"eventSource": "aws:sqs"}]}, {"records": []}, {}):
        assert function.invoke(event).error_type == "UnknownEvent", event


def test_events_that_come_too_late_are_counted_and_change_nothing(scenes):
    scene = scenes(rules(alarm(allowed_lateness="10m")))
    function = scene.start()
    outcome = function.invoke(logs(scene.missing(6, minutes_ago(15))))
    assert (counts(outcome)["EventsTooLate"], measures(outcome)) == (6, [])
    function.call(logs(scene.missing(3, minutes_ago(9))))
    function.call(SCHEDULE)
    assert scene.states() == []

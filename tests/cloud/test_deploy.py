"""The real `sam build` and `sam deploy` of both stacks into a local AWS, and lines through every path: what was put is what arrives. It takes the
steps of the demo (scripts/demonstration); there the same is to be seen."""

import json
import random
import sys
import time

import pytest

from conftest import ROOT
from harness.cloud import lines, objects, records, wait_until
from harness.payload import awslogs_event

sys.path.insert(0, str(ROOT / "scripts"))

from demonstration import alarms, building, deployment, result, sources, traffic  # noqa: E402


PREFIXES = {"logweir-stream": "deployed-stream", "logweir-direct": "deployed-direct"}
BY_HAND = "/demo/access-by-hand"
STACKS = ["logweir-direct", "logweir-stream"]


@pytest.fixture(scope="module")
def deployed(cloud, cloud_port, search):
    """Both stacks, and the log streams whose lines they are to carry."""
    # In a place of its own: SAM empties the folder first, and other workers run what lies in the usual one.
    built = building.as_shipped(cloud_port, ROOT / ".local" / "tests" / "build")
    streams = sources.generate(int(time.time() * 1000), seed=7, share=0.2)
    traffic.create_log_groups(cloud, [*streams, sources.LogStream(BY_HAND, "one")])
    for prefix in PREFIXES.values():
        search.forget(prefix)
    deployment.deploy(cloud_port, cloud, built, [*sources.KINDS, BY_HAND], search.url, PREFIXES)
    return streams


@pytest.fixture(scope="module")
def listeners(cloud, cloud_port, deployed):
    """Who hears what the alarmers tell, by stack."""
    return {listener.stack: listener for listener in alarms.listen(cloud, cloud_port)}


@pytest.fixture(scope="module")
def delivered(cloud, deployed, listeners, search):
    """The six paths, read back after lines have gone in at both ends."""
    traffic.put_log_events(cloud, deployed)
    payloads = traffic.packed(traffic.payloads(deployed, sources.ACCOUNT))
    traffic.feed_stream(cloud, result.outputs(cloud, "logweir-stream")["StreamName"], payloads)
    traffic.feed_delivery_stream(cloud, result.outputs(cloud, "logweir-direct")["DeliveryStreamName"], payloads)
    return result.await_all(cloud, result.paths(cloud, search, PREFIXES), result.expected_of(deployed).total())


@pytest.fixture(scope="module")
def told(cloud, delivered, listeners):
    """The listeners, when all that is due was told."""
    alarms.await_all(cloud, listeners.values())
    return listeners


@pytest.mark.parametrize("place", range(6), ids=["direct archiver", "direct Firehose", "stream archiver", "stream Firehose",
                                                 "direct indexer", "stream indexer"])
def test_every_line_arrives_once(deployed, delivered, place):
    balance = result.balance(delivered[place], result.expected_of(deployed))
    assert balance.holds and balance.repeated == 0, balance


def test_nothing_was_given_up(cloud, delivered):
    assert result.dead_letters(cloud) == []


def test_ids_of_the_stream_arrive_as_they_were_sent(deployed, delivered):
    sent = {event["id"] for payload in traffic.payloads(deployed, sources.ACCOUNT) for event in payload["logEvents"]}
    for path in delivered[1:4] + delivered[5:]:
        assert {record["id"] for record in path.records()} == sent, path.name


def test_with_dynamic_partitioning_each_line_lies_under_its_hour(delivered):
    """Most payloads here have lines of several hours."""
    stored = delivered[3].stored
    assert len({key.split("/")[4] for key in stored}) > 2
    for key, data in stored.items():
        hours = {time.strftime("logs/%Y/%m/%d/%H/", time.gmtime(line["timestamp"] / 1000)) for line in lines(data)}
        assert len(hours) == 1 and key.startswith(*hours), f"{hours} under {key}"


def test_poison_goes_to_the_dead_letters_of_the_stack(cloud, delivered):
    names = result.outputs(cloud, "logweir-direct")
    for function in (names["ArchiverFunctionName"], names["IndexerFunctionName"], names["AlarmerFunctionName"]):
        answer = getattr(cloud, "lambda").invoke(FunctionName=function, Payload=json.dumps(awslogs_event(b"poison " + function.encode())))
        assert "FunctionError" not in answer, answer["Payload"].read()
    assert len(objects(cloud.s3, names["DeadLetterBucketName"], "dead-letter/")) == 3


def test_what_the_functions_print_is_in_their_log_groups(cloud, delivered):
    """Among it the lines of metrics, which CloudWatch reads there."""
    names = result.outputs(cloud, "logweir-direct")

    def metrics():
        events = cloud.logs.filter_log_events(logGroupName=names["ArchiverLogGroupName"])["events"]
        return [event for event in events if "CloudWatchMetrics" in event["message"]]

    assert wait_until(metrics, what=f"metrics in {names['ArchiverLogGroupName']}", seconds=10)


def test_alarms_watch_the_metrics_that_the_functions_write(cloud, told):
    """Same namespace, name and dimensions: an alarm on anything else never rings."""
    names = result.outputs(cloud, "logweir-direct")
    written = set()
    for group in (names["ArchiverLogGroupName"], names["TransformerLogGroupName"], names["IndexerLogGroupName"], names["AlarmerLogGroupName"]):
        for event in cloud.logs.filter_log_events(logGroupName=group)["events"]:
            if '"CloudWatchMetrics"' in event["message"]:
                line = json.loads(event["message"])
                for directive in line["_aws"]["CloudWatchMetrics"]:
                    for dimensions in directive["Dimensions"]:
                        values = frozenset((name, line[name]) for name in dimensions)
                        written |= {(directive["Namespace"], metric["Name"], values) for metric in directive["Metrics"]}
    alarms = [alarm for page in cloud.cloudwatch.get_paginator("describe_alarms").paginate() for alarm in page["MetricAlarms"]
              if alarm.get("Namespace") == "Logweir" and alarm["AlarmName"].startswith("logweir-direct")]
    assert alarms
    for alarm in alarms:
        # That rules are refused is said while it is so; all else that a function counts has the same dimension.
        name = "Imbalance" if alarm["MetricName"] == "RulesRejected" else alarm["MetricName"]
        watched = (alarm["Namespace"], name, frozenset((entry["Name"], entry["Value"]) for entry in alarm["Dimensions"]))
        alike = [entry for entry in written if entry[1] == watched[1]]
        assert watched in written, f"{alarm['AlarmName']} watches {watched}; of that name is written: {alike}"


def test_a_single_payload_by_hand(cloud, delivered):
    """As a person would try it: one record into the stream, one object in the archive."""
    names = result.outputs(cloud, "logweir-stream")
    moment = int(time.time() * 1000) - 86_400_000
    stream = sources.LogStream("/demo/by-hand", "one", [(moment, "by hand: ä ö ü")])
    traffic.feed_stream(cloud, names["StreamName"], traffic.packed(traffic.payloads([stream], sources.ACCOUNT, first_id=900_000_000)))

    def arrived():
        return [line for line in records(objects(cloud.s3, names["ArchiveBucketName"])) if line["log_group"] == "/demo/by-hand"]

    (line,) = wait_until(arrived, what="the record in the archive", seconds=20)
    assert (line["message"], line["timestamp"]) == ("by hand: ä ö ü", moment)


@pytest.mark.parametrize("stack", STACKS)
def test_each_alarm_is_told_once_and_that_it_is_well_again_once(told, stack):
    """As document, e-mail and text message. The lines of the message are the four that made the alarm ring; 20 more told nothing."""
    verdict = alarms.verdict(told[stack])
    assert verdict.holds and verdict.repeated == 0, (verdict, told[stack].states())
    alarm = told[stack].document("access-404", "ALARM")
    assert (alarm["value"], alarm["severity"], alarm["group"]) == (4, "high", {"@log_group": "/demo/access-log"})
    assert len(alarm["lines"]) == 4 and all('" 404 ' in line["message"] for line in alarm["lines"])
    (launch,) = told[stack].document("cloudtrail-expensive-instances", "ALARM")["lines"]
    assert json.loads(launch["message"])["requestParameters"]["instanceType"] == "p5.48xlarge"
    (mail,) = [mail for key, mail in told[stack].emails() if key == ("access-404", "ALARM")]
    assert all(line["message"] in mail["text"] for line in alarm["lines"]) and alarm["notification_id"] in mail["text"]
    assert all(len(text["text"]) <= 140 for _, text in told[stack].texts())


def pages_of_state(cloud, stack):
    return cloud.dynamodb.get_paginator("scan").paginate(TableName=result.outputs(cloud, stack)["StateTableName"])


@pytest.mark.parametrize("stack", STACKS)
def test_the_fourth_page_that_is_not_found_rings(cloud, told, stack):
    """Three tell nothing, nor do 20 more; that it is over tells the schedule's event, or the fourth page itself where the minutes after it were closed."""
    listener = told[stack]
    moment = int(time.time()) // 60 * 60_000 - 600_000
    chance = random.Random(stack)
    lines = [sources.access_line(chance, moment, f"GET /{number}", 404, "curl/8.11.0") for number in range(24)]
    heard = len(listener.refresh(cloud).documents)

    def put(first, last):
        stream = sources.LogStream(BY_HAND, "one", [(moment + 2_000 * number, lines[number]) for number in range(first, last)])
        if stack == "logweir-direct":
            return traffic.put_log_events(cloud, [stream])
        payloads = traffic.payloads([stream], sources.ACCOUNT, first_id=910_000_000 + first)
        return traffic.feed_stream(cloud, result.outputs(cloud, stack)["StreamName"], traffic.packed(payloads))

    def known():
        """What the table holds of it."""
        items = [item for page in pages_of_state(cloud, stack) for item in page["Items"]]
        return {element for item in items if item["pk"]["S"].startswith("evidence/") and BY_HAND in item["pk"]["S"] for element in item["elements"]["BS"]}

    def new():
        return [(one["alarm"], one["state"]) for one in listener.refresh(cloud).documents[heard:]]

    put(0, 3)
    wait_until(known, what="three events in the table")
    assert new() == []
    put(3, 4)
    wait_until(new, what="the alarm")
    alarm = listener.documents[heard]
    assert (alarm["alarm"], alarm["state"], alarm["value"]) == ("access-404", "ALARM", 4)
    assert [line["message"] for line in alarm["lines"]] == lines[:4]
    before = known()
    put(4, 24)
    wait_until(lambda: known() != before, what="more events in the table")
    wait_until(lambda: alarms.evaluate(cloud, stack) and len(new()) > 1, what="the alarm to be over", interval=1)
    alarms.evaluate(cloud, stack)
    assert new() == [("access-404", "ALARM"), ("access-404", "OK")]


@pytest.mark.parametrize("stack", STACKS)
def test_the_alarmers_table_forgets_and_its_schedule_evaluates(cloud, told, stack):
    """By the attribute that the template names; the local CloudFormation leaves that of the template out."""
    assert "TimeToLiveSpecification: {AttributeName: expires, Enabled: true}" in (ROOT / "template.yaml").read_text()
    lives = {}
    for item in (item for page in pages_of_state(cloud, stack) for item in page["Items"]):
        lives.setdefault(item["pk"]["S"].partition("/")[0], []).append(int(item["expires"]["N"]) - time.time() if "expires" in item else None)
    assert {"status", "evidence"} <= set(lives)
    # What stays is one item for each alarm, and the last good rules.
    stays = sum(life.count(None) for life in lives.values())
    assert stays <= len(alarms.NAMES) + 1, lives
    assert all(0 < life < 100 * 86_400 for kind in ("status", "evidence") for life in lives[kind]), lives
    schedule = alarms.schedule(cloud, stack)
    assert (schedule["State"], schedule["ScheduleExpression"], schedule["Target"]["Input"]) == ("ENABLED", "cron(* * * * ? *)", '{"logweir":"evaluate"}')
    answer = alarms.evaluate(cloud, stack)
    assert answer["failed"] == 0 and set(answer) == {"evaluated", "transitions", "published", "pending", "failed"}

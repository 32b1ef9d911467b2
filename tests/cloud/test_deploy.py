"""The real `sam build` and `sam deploy` of both stacks into a local AWS, and lines through every path: what was put is what arrives. It takes the
steps of the demo (scripts/demonstration); there the same is to be seen."""

import json
import sys
import time

import pytest

from conftest import ROOT
from harness.cloud import objects, records, wait_until
from harness.payload import awslogs_event

sys.path.insert(0, str(ROOT / "scripts"))

from demonstration import deployment, result, sources, traffic  # noqa: E402


PREFIXES = {"logweir-stream": "deployed-stream", "logweir-direct": "deployed-direct"}


@pytest.fixture(scope="module")
def deployed(cloud, cloud_port, search):
    """Both stacks, and the log streams whose lines they are to carry."""
    streams = sources.generate(int(time.time() * 1000), seed=7, share=0.2)
    deployment.build(cloud_port, title="sam build")
    traffic.create_log_groups(cloud, streams)
    for prefix in PREFIXES.values():
        search.forget(prefix)
    deployment.deploy(cloud_port, cloud, list(sources.KINDS), search.url, PREFIXES)
    return streams


@pytest.fixture(scope="module")
def delivered(cloud, deployed, search):
    """The six paths, read back after lines have gone in at both ends."""
    traffic.put_log_events(cloud, deployed)
    stream = result.outputs(cloud, "logweir-stream")["StreamName"]
    traffic.feed_stream(cloud, stream, traffic.packed(traffic.payloads(deployed, sources.ACCOUNT)))
    return result.await_all(cloud, result.paths(cloud, search, PREFIXES), result.expected_of(deployed).total())


@pytest.mark.parametrize("place", range(6), ids=["direct archiver", "direct transformer", "stream archiver", "stream transformer",
                                                 "direct indexer", "stream indexer"])
def test_every_line_arrives_once(deployed, delivered, place):
    balance = result.balance(delivered[place], result.expected_of(deployed))
    assert balance.holds and balance.repeated == 0, balance


def test_nothing_was_given_up(cloud, delivered):
    assert result.dead_letters(cloud) == []


def test_ids_of_the_stream_arrive_as_they_were_sent(deployed, delivered):
    sent = {event["id"] for payload in traffic.payloads(deployed, sources.ACCOUNT) for event in payload["logEvents"]}
    for path in delivered[2:4] + delivered[5:]:
        assert {record["id"] for record in path.records()} == sent, path.name


def test_poison_goes_to_the_dead_letters_of_the_stack(cloud, delivered):
    names = result.outputs(cloud, "logweir-direct")
    for function in (names["ArchiverFunctionName"], names["TransformerFunctionName"], names["IndexerFunctionName"]):
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


def test_alarms_watch_the_metrics_that_the_functions_write(cloud, delivered):
    """Same namespace, name and dimensions: an alarm on anything else never rings."""
    names = result.outputs(cloud, "logweir-direct")
    written = set()
    for group in (names["ArchiverLogGroupName"], names["TransformerLogGroupName"], names["IndexerLogGroupName"]):
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
        watched = (alarm["Namespace"], alarm["MetricName"], frozenset((entry["Name"], entry["Value"]) for entry in alarm["Dimensions"]))
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

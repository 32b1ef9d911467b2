"""Rules of streams by the real archiver, read from S3: what they drop is counted, what they redact leaves in no object, and a file that cannot be
used leaves the last good one in force, or stops a function that knows none."""

import json
import time

import pytest

from harness import balance
from harness.cloud import objects, records
from harness.payload import Identifiers, awslogs_event, document, log_events, pack

RULES = """
version: 1
streams:
  - {name: secrets, redact: [email, card]}
  - {name: health, pattern: healthz, drop: true}
  - {name: pay, where: {log_groups: ["/pay"]}, prefix: payments, fields: {team: pay}}
"""
LINES = ["GET /healthz", "anna@mail.example.org paid", json.dumps({"card": 4111111111111111, "to": "anna@mail.example.org"})]


@pytest.fixture
def rules(cloud, buckets):
    """Puts a rules file, and says where it is."""
    def put(text):
        cloud.s3.put_object(Bucket=buckets[1], Key="rules.yaml", Body=text.encode())
        return f"s3://{buckets[1]}/rules.yaml"
    return put


def event():
    return awslogs_event(pack(document(log_events(LINES, Identifiers()), group="/pay")))


def stored(cloud, buckets):
    return objects(cloud.s3, buckets[0])


def test_rules_are_obeyed_and_what_they_drop_is_counted(cloud, run_archiver, buckets, rules):
    outcome = run_archiver(RULES_SOURCE=rules(RULES)).invoke(event())
    assert outcome.error_type is None, outcome.error_message
    found = stored(cloud, buckets)
    assert len(found) == 1 and next(iter(found)).startswith("logs/payments/")
    lines = records(found)
    assert [line["message"] for line in lines] == ["[email] paid", '{"card": "[card]", "to": "[email]"}']
    assert all(line["extracted_fields"] == {"team": "pay"} for line in lines)
    line = balance.check(outcome)
    assert (line["DroppedEventsByReason"], line["DeliveredEvents"], line["Imbalance"]) == ({"health": 1}, 2, 0)
    assert "anna@" not in str(outcome.logs)


def test_the_archive_may_keep_what_it_gets(cloud, run_archiver, buckets, rules):
    outcome = run_archiver(RULES_SOURCE=rules(RULES), ARCHIVE_RAW="true").invoke(event())
    assert outcome.error_type is None, outcome.error_message
    found = stored(cloud, buckets)
    assert next(iter(found)).startswith("logs/raw/") and [line["message"] for line in records(found)] == LINES


def test_bad_rules_stop_a_function_that_knows_no_good_ones(cloud, run_archiver, buckets, rules):
    """Nothing is lost: the stream keeps it. And nothing leaves that the rules might have left out."""
    function = run_archiver(RULES_SOURCE=rules("version: 1\nstreams: [{name: a, redact: [emial]}]\n"))
    outcome = function.invoke(event())
    assert outcome.error_type == "NoRules" and "did you mean email" in outcome.error_message
    assert not stored(cloud, buckets)
    rules(RULES)
    assert function.invoke(event()).error_type is None, "not before RULES_REFRESH_SECONDS, were there rules; there are none, so at once"
    assert len(records(stored(cloud, buckets))) == 2


def test_bad_rules_leave_good_ones_in_force_and_are_a_metric(cloud, run_archiver, buckets, rules):
    function = run_archiver(RULES_SOURCE=rules(RULES), RULES_REFRESH_SECONDS="10")
    assert balance.check(function.invoke(event()))["DroppedEventsByReason"] == {"health": 1}
    rules("version: 1\nstreams: [{name: a}]\n")
    time.sleep(10.5)
    outcome = function.invoke(event())
    assert outcome.error_type is None, outcome.error_message
    refused, counted = sorted(outcome.metrics, key=lambda line: "ReceivedRecords" in line)
    assert refused["RulesRejected"] == 1 and counted["DroppedEventsByReason"] == {"health": 1}

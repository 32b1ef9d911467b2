"""Where the real alarmer has its rules from: S3 and Systems Manager, asked again now and then; what is bad is refused, and the last good rules stay."""

import time

import pytest

from harness.alarmer import SCHEDULE, alarm, at_once, counts, logs, minutes_ago, rules
from harness.faults import Fault

# The least that is taken.
REFRESH = 10
BAD = rules(alarm("Bad Name", threshold="many"), alarm("second", patern="x"))
PROBLEMS = ("Bad Name", "threshold", "patern")


class S3:
    def __init__(self, scenes, text, **more):
        self.scene = scenes(text, RULES_REFRESH_SECONDS=str(REFRESH), **more)
        self.place = self.scene.environment["RULES_SOURCE"]
        self.put = self.scene.put_rules

    def remove(self):
        self.scene.cloud.s3.delete_object(Bucket=self.scene.name, Key=self.scene.key)

    def asked(self):
        return sum(request.method == "GET" for request in self.scene.proxy.requests)


class Parameter:
    def __init__(self, scenes, text, **more):
        self.scene = scenes(None, RULES_REFRESH_SECONDS=str(REFRESH), **more)
        self.name = f"/{self.scene.name}/rules"
        self.place = self.scene.environment["RULES_SOURCE"] = f"ssm:{self.name}"
        if text:
            self.put(text)

    def put(self, text):
        self.scene.cloud.ssm.put_parameter(Name=self.name, Value=text, Type="String", Overwrite=True)

    def remove(self):
        self.scene.cloud.ssm.delete_parameter(Name=self.name)

    def asked(self):
        return sum(request.target == "AmazonSSM.GetParameter" for request in self.scene.proxy.requests)


SOURCES = [S3, Parameter]


def took(scene, function):
    """One line that is not found: the alarms that counted it, and the outcome."""
    outcome = function.invoke(logs(scene.missing(1, minutes_ago(3))))
    assert outcome.error_type is None, outcome.error_message
    return {line["Alarm"] for line in outcome.metrics if "Alarm" in line}, outcome


def check_bad_ones_are_refused(source):
    scene, function = source.scene, source.scene.start()
    assert took(scene, function)[0] == {"first"}
    source.put(rules(alarm("second")))
    asked = source.asked()
    assert took(scene, function)[0] == {"first"} and source.asked() == asked == 1, "asked more often than configured"
    time.sleep(REFRESH)
    assert took(scene, function)[0] == {"second"} and source.asked() == 2

    source.put(BAD)
    time.sleep(REFRESH)
    for process in (function, scene.start()):
        found, outcome = took(scene, process)
        assert found == {"second"} and counts(outcome)["RulesRejected"] == 1
        text = str(outcome.logs)
        assert all(problem in text for problem in PROBLEMS) and "last good" in text and source.place in text
    asked = source.asked()
    found, outcome = took(scene, function)
    assert found == {"second"} and counts(outcome)["RulesRejected"] == 1, "it is bad as long as it is not put right"
    assert source.asked() == asked and not any(problem in str(outcome.logs) for problem in PROBLEMS)

    source.remove()
    found, outcome = took(scene, scene.start())
    assert found == {"second"} and counts(outcome)["RulesRejected"] == 1, "also where there are none any more"
    source.put(rules(alarm("third")))
    found, outcome = took(scene, scene.start())
    assert found == {"third"} and counts(outcome)["RulesRejected"] == 0


def test_rules_are_read_again_and_bad_ones_refused_while_the_last_good_ones_stay(scenes):
    at_once(*[lambda source=source: check_bad_ones_are_refused(source(scenes, rules(alarm("first")))) for source in SOURCES])


@pytest.mark.parametrize("source", SOURCES)
def test_without_any_rules_every_invocation_fails_and_says_why(scenes, source):
    source = source(scenes, None, timeout=4)
    scene, event = source.scene, logs(source.scene.missing(4, minutes_ago(3)))
    for text, problems in ((None, ()), (BAD, PROBLEMS)):
        if text:
            source.put(text)
        for each in (event, SCHEDULE):
            outcome = scene.start().invoke(each)
            assert outcome.error_type == "NoRules" and source.place in outcome.error_message, outcome.error_message
            assert all(problem in outcome.error_message for problem in problems), outcome.error_message
    source.put(rules(alarm()))
    assert scene.start().call(event) is None and scene.states() == ["ALARM"], "what was refused comes again"


@pytest.mark.parametrize("fault", [Fault(status=503, code="SlowDown"), Fault(cut="before"), Fault(status=403, code="AccessDenied"), Fault(delay=10, cut="before")],
                         ids=["busy", "cut", "denied", "silent"])
def test_a_source_that_is_down_leaves_a_new_process_the_last_good_rules(scenes, fault):
    source = S3(scenes, rules(alarm("first")), timeout=6)
    assert took(source.scene, source.scene.start())[0] == {"first"}
    source.scene.proxy.rule = lambda request: fault if request.method == "GET" else None
    assert took(source.scene, source.scene.start())[0] == {"first"}


def test_the_rules_that_are_built_in_need_no_source(scenes):
    scene = scenes(None, RULES_SOURCE="")
    outcome = scene.start().invoke(SCHEDULE)
    assert outcome.json()["failed"] == 0 and counts(outcome)["RulesRejected"] == 0
    assert not [request for request in scene.proxy.requests if not request.is_table]


def test_an_alarm_that_is_gone_from_the_rules_is_left_alone(scenes):
    """Its status stays until it expires; nothing is told of it."""
    scene = scenes(rules(alarm("first"), alarm("second")))
    scene.start().call(logs(scene.missing(4, minutes_ago(12))))
    scene.put_rules(rules(alarm("second")))
    scene.start().call(SCHEDULE)
    assert sorted(told.states[0] for told in scene.told()) == [("first", "ALARM"), ("second", "ALARM"), ("second", "OK")]

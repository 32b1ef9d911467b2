"""The alarmer in template.yaml: what is made for which parameters, who is told of what, and what its roles may do then."""

import json
import re

import pytest
from reading import (CONDITIONS, DOCUMENT, PARAMETERS, RESOURCES, ROOT, accepts, alarms, allowed, broken_rules, flatten, length_of_variables, made,
                     of_type, ranges, referred, shared_code, statements)

ON = {"AlarmerEnabled": "true"}
DIRECT = {**ON, "Source": "direct", "FiltersPerLogGroup": "3"}
SEVERITIES = ["critical", "high", "medium", "low", "info"]
TOPICS = [f"{severity.capitalize()}Topic" for severity in SEVERITIES]
PAYMENTS = "payments=arn:aws:sns:eu-west-1:123456789012:payments-oncall"
FRAUD = "fraud-2=arn:aws-us-gov:sns:us-gov-west-1:123456789012:Fraud_1.fifo"
KEY = "arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-0000-1111-2222-333344445555"
IN_S3 = {**ON, "RulesBucketName": "team-rules", "RulesKey": "logweir/rules.yaml"}
POLICIES = "NamedTopicPolicies/NamedTopicPolicy&{Topic}"


# --- parameters and rules


@pytest.mark.parametrize("name, value, accepted", [
    ("NotificationEmail", "on.call+logs@ops.example.org", True),
    ("NotificationEmail", "ops@example", False),
    ("NotificationEmail", "a@example.org,b@example.org", False),
    ("NotificationEmail", "Ops <ops@example.org>", False),
    ("NotificationPhone", "+4915112345678", True),
    ("NotificationPhone", "015112345678", False),
    ("NotificationPhone", "+49 151 1234", False),
    ("NamedTopicArns", PAYMENTS, True),
    ("NamedTopicArns", f"{PAYMENTS},{FRAUD}", True),
    ("NamedTopicArns", f"{PAYMENTS}, {FRAUD}", False),
    ("NamedTopicArns", "arn:aws:sns:eu-west-1:123456789012:payments", False),
    ("NamedTopicArns", PAYMENTS.replace("payments=", "Payments="), False),
    ("NamedTopicArns", PAYMENTS.replace("payments=", "high="), False),
    ("NamedTopicArns", PAYMENTS.replace("payments=", "high-up="), True),
    ("NamedTopicArns", "payments=arn:aws:sns:eu-west-1:123456789012:*", False),
    ("NamedTopicArns", "payments=arn:aws:sns:*:123456789012:payments", False),
    ("NamedTopicArns", "payments=arn:aws:sqs:eu-west-1:123456789012:payments", False),
    ("NamedTopicArns", "", False),
    ("DashboardsUrl", "https://search.example/_dashboards/", True),
    ("DashboardsUrl", "search.example", False),
    ("DashboardsUrl", "https://search.example/?x", False),
    ("NotificationEmailSeverity", "warning", False),
    ("AlarmerBatchingWindowSeconds", "0", True),
    ("AlarmerBatchingWindowSeconds", "31", False),
])
def test_what_a_parameter_takes(name, value, accepted):
    assert accepts(name, value) is accepted


@pytest.mark.parametrize("overrides, broken", [
    (ON, None),
    (DIRECT, None),
    ({**ON, "NamedTopicArns": f"{PAYMENTS},{FRAUD}"}, None),
    ({**ON, "NamedTopicArns": f"{PAYMENTS},none"}, "NoNamedTopicStandsAlone"),
    ({**ON, "NamedTopicArns": f"none,{PAYMENTS}"}, "NoNamedTopicStandsAlone"),
    ({**ON, "Source": "direct"}, "DirectSinksFitTheFilterQuota"),
])
def test_nonsense_is_refused_before_anything_is_made(overrides, broken):
    assert broken_rules(**overrides) == ({broken} if broken else set())


def test_ranges_and_defaults_are_those_of_the_function():
    variables = RESOURCES["AlarmerFunction"]["Properties"]["Environment"]["Variables"]
    assert ranges("alarmer").keys() == {"STATE_CONCURRENCY", "NOTIFICATIONS_PER_MINUTE"}
    for name, bounds in ranges("alarmer").items():
        parameter = PARAMETERS[variables[name]["Ref"]]
        assert [parameter["MinValue"], parameter["MaxValue"], parameter["Default"]] == bounds, name


def test_severities_are_those_of_the_alarms():
    names = re.findall(r'Self::\w+ => "(\w+)"', (ROOT / "shared" / "alarms" / "src" / "notification.rs").read_text())
    assert [name for name in names if name in SEVERITIES] == SEVERITIES
    for name in ("NotificationEmailSeverity", "NotificationPhoneSeverity"):
        assert PARAMETERS[name]["AllowedValues"] == SEVERITIES and PARAMETERS[name]["Default"] == "high"
    assert not any(accepts("NamedTopicArns", f"{severity}=arn:aws:sns:eu-west-1:123456789012:x") for severity in SEVERITIES)


def test_the_variables_fit_into_four_kilobytes_with_twenty_named_topics():
    # https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    topics = ",".join(f"topic-{number:02}=arn:aws:sns:eu-west-1:123456789012:team-{number:02}-{'x' * 30}" for number in range(20))
    assert 2500 < length_of_variables("AlarmerFunction", **IN_S3, NamedTopicArns=topics, ChatTopicEnabled="true", DashboardsUrl="https://x.example") <= 4096


# --- what is made


def test_the_alarmer_stands_wherever_the_archiver_stands():
    twins = {name: name.replace("Archiver", "Alarmer") for name in RESOURCES if "Archiver" in name}
    assert len(twins) == 16
    for archiver, alarmer in twins.items():
        one, other = RESOURCES[archiver], RESOURCES[alarmer]
        if alarmer == "AlarmerAsync":
            continue
        assert (one["Type"], one["Condition"].replace("Archiver", "Alarmer")) == (other["Type"], other["Condition"])
        if one["Type"] not in ("AWS::IAM::Role", "AWS::Serverless::Function", "AWS::Lambda::EventSourceMapping", "AWS::CloudWatch::Alarm"):
            assert json.loads(json.dumps(one).replace("Archiver", "Alarmer").replace("archiver", "alarmer")) == other, alarmer
    source, indexers = RESOURCES["AlarmerSource"], RESOURCES["IndexerSource"]
    assert json.loads(json.dumps(indexers).replace("Indexer", "Alarmer")) == source
    conditions = {name: json.dumps(of).replace("Archiver", "Alarmer") for name, of in CONDITIONS.items() if "Archiver" in name}
    assert conditions == {name: json.dumps(CONDITIONS[name.replace("Archiver", "Alarmer")]) for name in conditions}
    outputs = [name for name in DOCUMENT["Outputs"] if name.startswith("Archiver")]
    assert all(name.replace("Archiver", "Alarmer") in DOCUMENT["Outputs"] for name in outputs) and len(outputs) == 3


def test_nothing_of_the_alarmer_is_made_unless_asked_for():
    contacts = {"NotificationEmail": "ops@example.org", "NotificationPhone": "+4915112345678", "ChatTopicEnabled": "true", "NamedTopicArns": PAYMENTS}
    for overrides in ({}, contacts, {**contacts, "Source": "direct"}):
        found = {name: resource["Type"] for name, resource in made(**overrides).items()}
        assert not [name for name in found if "Alarmer" in name or "Topic" in name]
        assert not [kind for kind in found.values() if kind.startswith(("AWS::SNS::", "AWS::DynamoDB::", "AWS::Scheduler::"))]


@pytest.mark.parametrize("overrides, extra, missing", [
    (ON, {"AlarmerSource", "AlarmerIteratorAgeAlarm"}, {"AlarmerPermission", "AlarmerConsumer", "AlarmerAsyncEventsDroppedAlarm", "ChatTopic", POLICIES}),
    ({**ON, "EnhancedFanOut": "true", "ArchiverEnabled": "false"}, {"AlarmerSource", "AlarmerConsumer"}, {"ArchiverConsumer", "ArchiverSource"}),
    ({**DIRECT, "LogGroupNames": "/app/web"},
     {"AlarmerPermission", "AlarmerAsyncEventsDroppedAlarm", "AlarmerSubscriptions/AlarmerSubscription&{LogGroup}",
      "AlarmerSubscriptionAlarms/AlarmerSubscription${Metric}Alarm"}, {"AlarmerSource", "AlarmerConsumer", "AlarmerIteratorAgeAlarm", "Stream"}),
    (DIRECT, {"AlarmerPermission"}, {"AlarmerSubscriptions/AlarmerSubscription&{LogGroup}"}),
    ({**ON, "ChatTopicEnabled": "true", "NamedTopicArns": PAYMENTS}, {"ChatTopic", "ChatTopicPolicy", POLICIES}, set()),
    ({**ON, "TransformerEnabled": "false", "ArchiverEnabled": "false"}, {"AlarmerSource", "Stream"}, {"ArchiveBucket"}),
])
def test_what_the_parameters_make(overrides, extra, missing):
    found = made(**overrides).keys()
    always = {"AlarmerFunction", "AlarmerRole", "AlarmerLogGroup", "AlarmerAsync", "AlarmerSchedule", "StateTable", *TOPICS, "AlarmerEvaluationsAlarm"}
    assert always | extra <= found
    assert not missing & found


@pytest.mark.parametrize("more", [{}, {"ChatTopicEnabled": "true", "NamedTopicArns": PAYMENTS, "DataKmsKeyArn": KEY},
                                  {"NotificationEmail": "ops@example.org", "NotificationEmailSeverity": "info", "NotificationPhone": "+4915112345678"}])
def test_what_is_made_refers_to_what_is_made(more):
    for given in (ON, {**ON, "EnhancedFanOut": "true"}, {**DIRECT, "LogGroupNames": "/app/web"}):
        found = made(**given, **more)
        for name, resource in found.items():
            for other in referred(resource):
                assert other in found or other not in RESOURCES, f"{name} refers to {other}"


# --- the table


def test_the_table_is_encrypted_kept_recoverable_and_forgets():
    table = RESOURCES["StateTable"]
    assert (table["DeletionPolicy"], table["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")
    properties = table["Properties"]
    assert properties["BillingMode"] == "PAY_PER_REQUEST"
    assert properties["TimeToLiveSpecification"] == {"AttributeName": "expires", "Enabled": True}
    assert properties["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert {key["AttributeName"]: key["KeyType"] for key in properties["KeySchema"]} == {"pk": "HASH", "sk": "RANGE"}
    assert {attribute["AttributeName"]: attribute["AttributeType"] for attribute in properties["AttributeDefinitions"]} == {"pk": "S", "sk": "S"}
    assert "SSESpecification" not in made(**ON)["StateTable"]["Properties"], "DynamoDB's own key, always there"
    assert made(**ON, DataKmsKeyArn=KEY)["StateTable"]["Properties"]["SSESpecification"] == {
        "SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": {"Ref": "DataKmsKeyArn"}}


# --- topics


def test_every_severity_has_its_topic_and_the_function_knows_them_all():
    assert list(of_type("AWS::SNS::Topic")) == [*TOPICS, "ChatTopic"]
    given = made(**ON)["AlarmerFunction"]["Properties"]["Environment"]["Variables"]
    pattern, values = given["TOPIC_ARNS"]["Fn::Sub"]
    assert pattern == ",".join(f"{severity}=${{{topic}}}" for severity, topic in zip(SEVERITIES, TOPICS, strict=True)) + "${Named}"
    assert (values, given["CHAT_TOPIC_ARN"]) == ({"Named": ""}, "")
    given = made(**ON, NamedTopicArns=f"{PAYMENTS},{FRAUD}", ChatTopicEnabled="true")["AlarmerFunction"]["Properties"]["Environment"]["Variables"]
    assert given["TOPIC_ARNS"]["Fn::Sub"][1] == {"Named": {"Fn::Sub": [",${List}", {"List": {"Fn::Join": [",", {"Ref": "NamedTopicArns"}]}}]}}
    assert given["CHAT_TOPIC_ARN"] == {"Ref": "ChatTopic"}
    assert {name for name in DOCUMENT["Outputs"] if name.endswith("TopicArn")} == {f"{topic}Arn" for topic in [*TOPICS, "ChatTopic"]}


@pytest.mark.parametrize("name", [*TOPICS, "ChatTopic"])
def test_a_topic_is_encrypted_and_tls_only(name):
    for overrides, key in (({}, "alias/aws/sns"), ({"DataKmsKeyArn": KEY}, {"Ref": "DataKmsKeyArn"})):
        topic = made(**ON, **overrides, ChatTopicEnabled="true")[name]
        assert topic["Properties"]["KmsMasterKeyId"] == key and topic["Properties"]["SignatureVersion"] == "2"
    # One topic a policy, one resource, which is that topic's ARN:
    # https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html
    (policy,) = [policy for policy in of_type("AWS::SNS::TopicPolicy").values() if {"Ref": name} in policy["Properties"]["Topics"]]
    assert policy["Condition"] == RESOURCES[name]["Condition"] and policy["Properties"]["Topics"] == [{"Ref": name}]
    (tls_only,) = policy["Properties"]["PolicyDocument"]["Statement"]
    assert (tls_only["Effect"], tls_only["Principal"], tls_only["Action"], tls_only["Resource"], tls_only["Condition"]) == (
        "Deny", "*", "sns:Publish", {"Ref": name}, {"Bool": {"aws:SecureTransport": "false"}})


@pytest.mark.parametrize("medium, protocol, address", [("Email", "email", "ops@example.org"), ("Phone", "sms", "+4915112345678")])
@pytest.mark.parametrize("least", SEVERITIES)
def test_who_gives_an_address_is_told_of_a_severity_and_of_what_is_worse(medium, protocol, address, least):
    found = made(**ON, **{f"Notification{medium}": address, f"Notification{medium}Severity": least})
    subscribed = [resource["Properties"] for resource in found.values() if resource["Type"] == "AWS::SNS::Subscription"]
    assert [subscription["TopicArn"]["Ref"] for subscription in subscribed] == TOPICS[:SEVERITIES.index(least) + 1]
    assert all((subscription["Protocol"], subscription["Endpoint"]) == (protocol, {"Ref": f"Notification{medium}"}) for subscription in subscribed)


def test_nobody_is_subscribed_who_was_not_named():
    assert not [name for name, resource in made(**ON).items() if resource["Type"] == "AWS::SNS::Subscription"]


def test_what_the_suites_own_alarms_tell_goes_elsewhere():
    for name, alarm in of_type("AWS::CloudWatch::Alarm").items():
        told = {other for key in ("AlarmActions", "OKActions") for other in referred(alarm["Properties"][key])}
        assert told == {"AlarmTopicArn", "AWS::NoValue"}, name


# --- what its roles may do


BASE = {("logs:CreateLogStream", "AlarmerLogGroup"), ("logs:PutLogEvents", "AlarmerLogGroup"), ("s3:PutObject", "${DeadLetterBucket.Arn}/dead-letter/*"),
        ("s3:PutObject", "${DeadLetterBucket.Arn}/aws/lambda/*"), ("s3:ListBucket", "DeadLetterBucket"), ("kms:GenerateDataKey", "SuiteKey")}
STATE = {(f"dynamodb:{action}", "StateTable") for action in ("GetItem", "PutItem", "Query", "UpdateItem")}
TELLS = {("sns:Publish", topic) for topic in TOPICS}
READS = {(f"kinesis:{action}", "Stream") for action in ("DescribeStream", "DescribeStreamSummary", "GetRecords", "GetShardIterator", "ListShards")} | {
    ("kms:Decrypt", "SuiteKey")}


@pytest.mark.parametrize("overrides, more", [
    (DIRECT, set()),
    (ON, READS),
    ({**ON, "EnhancedFanOut": "true"}, READS | {("kinesis:SubscribeToShard", "AlarmerConsumer"), ("kinesis:SubscribeToShard", "ConsumerARN")}),
    ({**ON, "ChatTopicEnabled": "true"}, READS | {("sns:Publish", "ChatTopic")}),
    ({**ON, "NamedTopicArns": PAYMENTS}, READS),
    ({**ON, "DataKmsKeyArn": KEY}, READS | {("kms:Decrypt", "DataKmsKeyArn"), ("kms:GenerateDataKey", "DataKmsKeyArn")}),
])
def test_the_role_may_do_what_its_parameters_need_and_no_more(overrides, more):
    assert allowed("AlarmerRole", **overrides) == BASE | STATE | TELLS | more


def test_the_keys_open_what_they_are_for_and_nothing_else():
    via = {"DataKmsKeyArn": ["dynamodb", "sns"]}
    role = made(**ON, DataKmsKeyArn=KEY)["AlarmerRole"]
    found = {statement["Resource"]["Ref"]: statement["Condition"] for _, statement in statements({"AlarmerRole": role}) if "Condition" in statement}
    assert found == {key: {"StringLike": {"kms:ViaService": [{"Fn::Sub": service + ".*.${AWS::URLSuffix}"} for service in services]}}
                     for key, services in via.items()}


def test_a_named_topic_may_be_published_to_by_its_own_arn():
    policy = RESOURCES[POLICIES]["Properties"]
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert policy["Roles"] == [{"Ref": "AlarmerRole"}] and (statement["Effect"], statement["Action"]) == ("Allow", "sns:Publish")
    for item in (PAYMENTS, FRAUD):
        name, arn = item.split("=")
        assert expanded(statement["Resource"], item) == arn
        assert expanded(policy["PolicyName"], item) == f"topic-{name}"
    assert expanded(statement["Resource"], "none") == "none", "there is something to select, though the policy is not made"


def expanded(node, topic):
    """What a part of the loop over topics comes to for one item."""
    (function, of), = node.items()
    if function == "Fn::Select":
        return expanded(of[1], topic)[of[0]]
    if function == "Fn::Split":
        return expanded(of[1], topic).split(of[0])
    pattern, values = of if isinstance(of, list) else (of, {})
    for name, value in ({name: expanded(value, topic) for name, value in values.items()} | {"Topic": topic}).items():
        pattern = pattern.replace("${" + name + "}", value)
    return pattern


def test_the_longest_name_of_a_topic_makes_a_logical_name():
    longest = f"{'a' * 64}=arn:aws-us-gov:sns:us-gov-west-1:123456789012:{'b' * 128}.fifo"
    assert accepts("NamedTopicArns", longest) and not accepts("NamedTopicArns", longest.replace("=", "c=")) and not accepts("NamedTopicArns", longest[:-5] + "b")
    assert len("NamedTopicPolicy" + re.sub("[^A-Za-z0-9]", "", longest)) <= 255


def test_the_store_asks_for_nothing_that_the_role_may_not_do():
    sources = "".join(path.read_text() for path in sorted((ROOT / "functions" / "alarmer" / "src").rglob("*.rs")))
    asked = set(re.findall(r"\.(batch_get_item|batch_write_item|delete_item|execute_statement|get_item|put_item|query|scan|update_item)\(\)", sources))
    assert asked and asked <= {"get_item", "put_item", "query", "update_item"}
    assert ".condition_check(" not in sources and ".delete(" not in sources, "parts of a transaction that need permissions of their own"


# --- the schedule


def test_the_schedule_evaluates_each_minute():
    schedule = RESOURCES["AlarmerSchedule"]["Properties"]
    assert schedule["ScheduleExpression"] == "cron(* * * * ? *)" and schedule["FlexibleTimeWindow"] == {"Mode": "OFF"}
    target = schedule["Target"]
    assert json.loads(target["Input"]) == {"logweir": "evaluate"} == json.loads((ROOT / "events" / "schedule-evaluate.json").read_text())
    assert (target["Arn"], target["RoleArn"]) == ({"Fn::GetAtt": ["AlarmerFunction", "Arn"]}, {"Fn::GetAtt": ["AlarmerScheduleRole", "Arn"]})
    assert target["RetryPolicy"] == {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 60}, "within its minute"


def test_the_schedules_role_may_invoke_the_alarmer_for_this_schedule_alone():
    assert allowed("AlarmerScheduleRole", **ON) == {("lambda:InvokeFunction", "AlarmerFunction")}
    (trust,) = RESOURCES["AlarmerScheduleRole"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "scheduler.amazonaws.com"}
    assert trust["Condition"] == {"StringEquals": {
        "aws:SourceAccount": {"Ref": "AWS::AccountId"}, "aws:SourceArn": {"Fn::GetAtt": ["AlarmerScheduleGroup", "Arn"]}}}
    assert RESOURCES["AlarmerSchedule"]["Properties"]["GroupName"] == {"Ref": "AlarmerScheduleGroup"}


def test_a_missed_evaluation_is_left_to_the_next_one():
    config = made(**ON)["AlarmerAsync"]["Properties"]
    assert (config["MaximumRetryAttempts"], config["MaximumEventAgeInSeconds"], "DestinationConfig" in config) == (0, 60, False)
    # But what subscriptions bring is tried again and kept.
    assert made(**DIRECT)["AlarmerAsync"]["Properties"]["DestinationConfig"]["OnFailure"]["Destination"] == {"Fn::GetAtt": ["DeadLetterBucket", "Arn"]}


# --- alarms


def test_the_alarmer_reads_at_once_and_is_late_before_the_others():
    window, late = PARAMETERS["AlarmerBatchingWindowSeconds"], PARAMETERS["AlarmerIteratorAgeAlarmMilliseconds"]
    assert window["Default"] <= 1 and window["MaxValue"] * 1000 < late["MinValue"]
    assert late["Default"] < PARAMETERS["IndexerIteratorAgeAlarmMilliseconds"]["Default"]
    assert RESOURCES["AlarmerIteratorAgeAlarm"]["Properties"]["Threshold"] == {"Ref": "AlarmerIteratorAgeAlarmMilliseconds"}


def test_an_invocation_ends_within_a_period_of_the_alarm_on_what_it_returns():
    alarm = RESOURCES["AlarmerReturnedAlarm"]["Properties"]
    assert PARAMETERS["AlarmerTimeout"]["MaxValue"] <= alarm["Period"]
    assert 1 < alarm["DatapointsToAlarm"] < alarm["EvaluationPeriods"]


def test_silence_of_the_schedule_is_told_after_five_minutes():
    alarm = RESOURCES["AlarmerEvaluationsAlarm"]["Properties"]
    assert (alarm["Statistic"], alarm["ComparisonOperator"], alarm["Threshold"], alarm["TreatMissingData"]) == ("Sum", "LessThanThreshold", 1, "breaching")
    assert alarm["Period"] * alarm["EvaluationPeriods"] == 300


def test_a_message_that_waits_for_minutes_is_told_and_one_that_waits_once_is_not():
    alarm = RESOURCES["AlarmerNotificationsPendingAlarm"]["Properties"]
    assert (alarm["Statistic"], alarm["Period"], alarm["Threshold"]) == ("Maximum", 60, 0), "invocations that have nothing to tell say 0 in between"
    assert 1 < alarm["DatapointsToAlarm"] < alarm["EvaluationPeriods"] == 5


def test_undelivered_messages_of_every_severity_are_told():
    _, severities, alarm = DOCUMENT["Resources"]["Fn::ForEach::NotificationAlarms"]
    assert [f"{severity}Topic" for severity in severities] == TOPICS
    (alarm,) = alarm.values()
    assert alarm["Properties"]["Dimensions"] == [{"Name": "TopicName", "Value": {"Fn::GetAtt": [{"Fn::Sub": "${Severity}Topic"}, "TopicName"]}}]


def test_the_alarms_watch_metrics_that_the_function_writes():
    sources = "".join(path.read_text() for path in sorted((ROOT / "functions" / "alarmer" / "src").rglob("*.rs")))
    balance = shared_code()
    watched = {metric: alarm for condition, metric, alarm in alarms() if condition == "Alarmer" and alarm.get("Namespace") == {"Ref": "MetricsNamespace"}}
    assert watched.keys() == {"DeadLetteredRecords", "ReturnedRecords", "Evaluations", "RulesRejected", "NotificationsPending", "Imbalance"}
    for metric, alarm in watched.items():
        assert alarm["Dimensions"] == [{"Name": "Function", "Value": {"Ref": "AlarmerFunction"}}]
        counted = metric.removesuffix("Records")
        assert f'"{metric}"' in sources + balance or (counted != metric and f'("{counted}", ' in balance), metric


def test_an_alarm_of_the_alarmer_says_what_to_do():
    verbs = ("has the reason", "has its answer", "Mend", "mend", "raise", "redrive", "logweir rules test", "Retryable errors", "can be read again")
    found = [alarm["AlarmDescription"]["Fn::Sub"] for name, resource in flatten(DOCUMENT["Resources"])
             if resource["Type"] == "AWS::CloudWatch::Alarm" and re.search("Alarmer|Notifications", name) for alarm in [resource["Properties"]]]
    assert len(found) == 12
    assert all(any(verb in text for verb in verbs) for text in found)

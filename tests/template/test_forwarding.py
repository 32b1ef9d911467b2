"""Subscriptions of a delivery stream, and what the transformer forwards, in template.yaml."""

import json

import pytest
from reading import DOCUMENT, RESOURCES, accepts, allowed, broken_rules, made, of_type, referred, texts, variables

KEY = "arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-0000-1111-2222-333344445555"
STREAM = {"ForwardStreamArn": "arn:aws:kinesis:eu-west-1:123456789012:stream/central.logs"}
DELIVERY = {"ForwardDeliveryStreamName": "central.logs"}
DIRECT = {"Source": "direct", "LogGroupNames": "/app/web"}


@pytest.mark.parametrize("name, value, accepted", [
    ("ForwardStreamArn", STREAM["ForwardStreamArn"], True),
    ("ForwardStreamArn", "central.logs", False),
    ("ForwardStreamArn", "arn:aws:kinesis:eu-west-1:123456789012:stream/*", False),
    ("ForwardStreamArn", "arn:aws:firehose:eu-west-1:123456789012:deliverystream/x", False),
    ("ForwardDeliveryStreamName", "central.logs", True),
    ("ForwardDeliveryStreamName", "central*", False),
    ("ForwardDeliveryStreamName", "arn:aws:firehose:eu-west-1:123456789012:deliverystream/x", False),
    ("ForwardStreamKmsKeyArn", "alias/mine", False),
])
def test_what_a_parameter_takes(name, value, accepted):
    assert accepts(name, value) is accepted


@pytest.mark.parametrize("overrides, broken", [
    (STREAM, set()),
    (DELIVERY, set()),
    ({**STREAM, "ForwardStreamKmsKeyArn": KEY}, set()),
    ({**DELIVERY, "ForwardStreamKmsKeyArn": KEY}, {"AKeyOfTheForwardStreamNeedsTheStream"}),
    ({**STREAM, **DELIVERY}, {"ForwardingGoesOneWay"}),
    ({**STREAM, "Source": "direct"}, {"ForwardingReadsTheStream"}),
    ({**DELIVERY, "Source": "direct"}, {"ForwardingReadsTheStream"}),
    ({**STREAM, "TransformerEnabled": "false"}, {"ForwardingReadsTheStream"}),
    ({**STREAM, "EnhancedFanOut": "true", "ArchiverEnabled": "false"}, set()),
])
def test_nonsense_is_refused_before_anything_is_made(overrides, broken):
    assert broken_rules(**overrides) == broken


FORWARDING = {"ForwardSource", "ForwardIteratorAgeAlarm", "ForwardSourceAlarms/ForwardSource${Metric}Alarm"}


@pytest.mark.parametrize("overrides, extra, missing", [
    ({}, {"StreamDelivery", "DirectPutDelivery"}, FORWARDING | {"LogsToFirehoseRole", "ForwardConsumer"}),
    (STREAM, FORWARDING, {"ForwardConsumer"}),
    (DELIVERY, FORWARDING, {"ForwardConsumer"}),
    ({**STREAM, "EnhancedFanOut": "true"}, FORWARDING | {"ForwardConsumer"}, set()),
    (DIRECT, {"DirectPutDelivery", "LogsToFirehoseRole", "TransformerSubscriptions/TransformerSubscription&{LogGroup}"}, FORWARDING | {"StreamDelivery"}),
    ({**DIRECT, "TransformerEnabled": "false"}, set(), {"DirectPutDelivery", "LogsToFirehoseRole"}),
])
def test_what_the_parameters_make(overrides, extra, missing):
    found = made(**overrides)
    assert extra <= found.keys() and not missing & found.keys()
    for name, resource in found.items():
        for other in referred(resource):
            assert other in found or other not in RESOURCES, f"{name} refers to {other}"


BASE = {("logs:CreateLogStream", "TransformerLogGroup"), ("logs:PutLogEvents", "TransformerLogGroup"),
        ("firehose:PutRecordBatch", "arn:${AWS::Partition}:firehose:${AWS::Region}:${AWS::AccountId}:deliverystream/${AWS::StackName}-direct-put")}
READS = {(f"kinesis:{action}", "Stream") for action in ("DescribeStream", "DescribeStreamSummary", "GetRecords", "GetShardIterator", "ListShards")} | {
    ("s3:PutObject", "${DeadLetterBucket.Arn}/dead-letter/*"), ("s3:PutObject", "${DeadLetterBucket.Arn}/aws/lambda/*"),
    ("s3:ListBucket", "DeadLetterBucket"), ("kms:Decrypt", "SuiteKey"), ("kms:GenerateDataKey", "SuiteKey")}
PUTS = {("kinesis:PutRecords", "ForwardStreamArn")}


@pytest.mark.parametrize("overrides, more", [
    ({}, set()),
    (DIRECT, set()),
    (STREAM, READS | PUTS),
    ({**STREAM, "ForwardStreamKmsKeyArn": KEY}, READS | PUTS | {("kms:GenerateDataKey", "ForwardStreamKmsKeyArn")}),
    ({**STREAM, "EnhancedFanOut": "true"}, READS | PUTS | {("kinesis:SubscribeToShard", name) for name in ("ForwardConsumer", "ConsumerARN")}),
    (DELIVERY, READS | {("firehose:PutRecordBatch",
                         "arn:${AWS::Partition}:firehose:${AWS::Region}:${AWS::AccountId}:deliverystream/${ForwardDeliveryStreamName}")}),
])
def test_the_transformer_may_do_what_its_parameters_need_and_no_more(overrides, more):
    assert allowed("TransformerRole", **overrides) == BASE | more


def test_what_forwards_reads_the_stream_as_the_indexer_does():
    ours, indexers = RESOURCES["ForwardSource"]["Properties"], RESOURCES["IndexerSource"]["Properties"]
    of_parameters = {"MaximumBatchingWindowInSeconds", "ParallelizationFactor", "FunctionName", "EventSourceArn"}
    assert {key: value for key, value in ours.items() if key not in of_parameters} == {
        key: value for key, value in indexers.items() if key not in of_parameters}


def test_a_function_answers_in_part_where_its_mapping_listens():
    """Without FunctionResponseTypes Lambda takes any answer for success, and what was not delivered is gone:
    https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html"""
    functions = {"IndexerEnabled": "true", "SearchEndpoint": "https://search.example", "AlarmerEnabled": "true", **STREAM}
    mappings = {mapping["Properties"]["FunctionName"]["Ref"]: mapping["Properties"] for mapping in of_type("AWS::Lambda::EventSourceMapping").values()}
    assert mappings.keys() == of_type("AWS::Serverless::Function").keys()
    for function, mapping in mappings.items():
        says = variables(function, **functions).get("REPORT_BATCH_ITEM_FAILURES") == "true"
        assert says == (mapping.get("FunctionResponseTypes") == ["ReportBatchItemFailures"]), function


def test_cloudwatch_logs_puts_into_the_delivery_stream_and_does_nothing_else():
    assert allowed("LogsToFirehoseRole", **DIRECT) == {("firehose:PutRecord", "DirectPutDelivery"), ("firehose:PutRecordBatch", "DirectPutDelivery")}
    stream, firehose = (RESOURCES[name]["Properties"]["AssumeRolePolicyDocument"] for name in ("LogsToStreamRole", "LogsToFirehoseRole"))
    assert stream == firehose, "each is bound to this account's log groups"
    subscription = RESOURCES["TransformerSubscriptions/TransformerSubscription&{LogGroup}"]["Properties"]
    assert (subscription["DestinationArn"], subscription["RoleArn"]) == (
        {"Fn::GetAtt": ["DirectPutDelivery", "Arn"]}, {"Fn::GetAtt": ["LogsToFirehoseRole", "Arn"]})


def test_an_account_policy_can_leave_out_the_suites_own_log_groups():
    """The one form of criteria that there is: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Subscriptions-recursion-prevention.html"""
    criteria = DOCUMENT["Outputs"]["AccountPolicySelectionCriteria"]["Value"]["Fn::Sub"]
    names = json.loads(criteria.removeprefix("LogGroupName NOT IN "))
    groups = [text for group in of_type("AWS::Logs::LogGroup").values() for text in texts(group["Properties"]["LogGroupName"])]
    assert sorted(names) == sorted(groups)

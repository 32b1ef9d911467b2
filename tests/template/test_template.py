"""template.yaml: what the linters say, and what no linter knows of this suite.

Nothing is deployed here (tests/cloud does that). SAM's tools are in .venv/sam/bin, or where LOGWEIR_SAM_BIN says.
"""

import os
import re
import subprocess
import tomllib
from itertools import product
from pathlib import Path

import pytest
from reading import (DOCUMENT, PARAMETERS, RESOURCES, ROOT, TEMPLATE, TEXT, accepts, alarms, as_list, broken_rules, decided, flatten, of_type, shared_code,
                     statements, texts, values_with, walk)

SAM_BIN = Path(os.environ.get("LOGWEIR_SAM_BIN", ROOT / ".venv" / "sam" / "bin"))
ENVIRONMENT = {
    **os.environ, "PATH": f"{SAM_BIN}{os.pathsep}{os.environ['PATH']}", "SAM_CLI_TELEMETRY": "0", "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_EC2_METADATA_DISABLED": "true", "PYTHONWARNINGS": "ignore",
}

COMMON = {"DEAD_LETTER_PREFIX", "DEAD_LETTER_BUCKET", "MAX_DECOMPRESSED_BYTES", "METRICS_NAMESPACE", "RULES_SOURCE", "RULES_REFRESH_SECONDS",
          "REDACTION_KEY_PARAMETER", "LOG_GROUP_DATASETS", "VPC_FLOW_FORMAT"}
VARIABLES = {
    "TransformerFunction": COMMON
    | {"OUTPUT_FORMAT", "OUTPUT_COMPRESSION", "GZIP_LEVEL", "PARTITION_BY_LOG_GROUP", "CUT_BY_HOUR", "SURPLUS_DELIVERY_STREAM",
       "FORWARD_STREAM", "FORWARD_DELIVERY_STREAM", "REPORT_BATCH_ITEM_FAILURES"},
    "ArchiverFunction": COMMON
    | {"ARCHIVE_BUCKET", "ARCHIVE_PREFIX", "ARCHIVE_KEY_TEMPLATE", "ARCHIVE_RAW", "ARCHIVE_OBJECT_PER", "ARCHIVE_STORAGE_CLASS", "ARCHIVE_KMS_KEY_ARN", "GZIP_LEVEL",
       "PUT_CONCURRENCY"},
    "IndexerFunction": COMMON
    | {"SEARCH_ENDPOINT", "SEARCH_AUTHENTICATION", "SEARCH_SIGNING_SERVICE", "SEARCH_SECRET_ARN", "SEARCH_CA_CERTIFICATE", "INDEX_PREFIX", "DOCUMENT_IDS",
       "BULK_BYTES", "BULK_DOCUMENTS", "BULK_CONCURRENCY", "INSTALL_TEMPLATES", "SEARCH_RETENTION_DAYS",
       "REPORT_BATCH_ITEM_FAILURES"},
    "AlarmerFunction": COMMON
    | {"STATE_TABLE", "TOPIC_ARNS", "CHAT_TOPIC_ARN", "DASHBOARDS_URL", "STATE_CONCURRENCY", "NOTIFICATIONS_PER_MINUTE", "REPORT_BATCH_ITEM_FAILURES"},
}
# An indexer, of a server that is there.
SEARCH = {"IndexerEnabled": "true", "SearchEndpoint": "https://search.example:9200"}

# (resource, what it allows): why it may hold a star.
STARS = {
    ("SuiteKey", "kms:*"): "the account's own root: without it nobody could administer the key, and roles could not be given it",
    ("SuiteKey", "*"): "in a key policy the resource can only be the key itself, and its ARN is not known to itself",
    ("IndexerRole", "*"): "network interfaces and subnets are described all or not at all; only Lambda itself may",
}


def run(*command):
    return subprocess.run([SAM_BIN / command[0], *command[1:]], cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False)


# --- the linters


def test_cfn_lint_has_nothing_to_say():
    found = run("cfn-lint", "--non-zero-exit-code", "informational", TEMPLATE)
    assert (found.returncode, found.stdout.strip()) == (0, ""), found.stdout + found.stderr


def test_sam_validates_and_lints():
    found = run("sam", "validate", "--lint")
    assert found.returncode == 0, found.stdout + found.stderr


def sam_expands(folder, log_groups):
    copy = folder / "template.yaml"
    copy.write_text(TEXT.replace("    Type: CommaDelimitedList\n    Default: none\n", f"    Type: CommaDelimitedList\n    Default: {log_groups}\n", 1))
    assert copy.read_text() != TEXT or log_groups == "none"
    return run("sam", "validate", "--language-extensions", "--template-file", copy)


@pytest.mark.parametrize("log_groups", ["none", "/app/a-b", "/app/a-b,/app/abc,app.log"])
def test_log_groups_whose_logical_names_differ_are_taken(tmp_path, log_groups):
    found = sam_expands(tmp_path, log_groups)
    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.parametrize("log_groups", ["/app/a-b,/app/ab", "/app/web,/app/web", "app.log,/x,app/log"])
def test_log_groups_whose_logical_names_collide_are_refused(tmp_path, log_groups):
    found = sam_expands(tmp_path, log_groups)
    assert found.returncode != 0
    assert "produced logical IDs that conflict" in found.stdout + found.stderr


def test_samconfig_lets_sam_expand_the_loops():
    configured = tomllib.loads((ROOT / "samconfig.toml").read_text())["default"]
    assert configured["global"]["parameters"]["language_extensions"] is True
    assert configured["build"]["parameters"]["beta_features"] is True
    assert configured["deploy"]["parameters"]["capabilities"].split() == ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]


def test_the_template_stays_within_what_cloudformation_takes():
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html; from S3, as sam deploy has it.
    assert len(TEXT.encode()) <= 1 << 20 and len(PARAMETERS) <= 200 and len(DOCUMENT["Outputs"]) <= 200
    loops = [value for key, value in DOCUMENT["Resources"].items() if key.startswith("Fn::ForEach::")]
    # Each log group of a direct stack takes a resource a sink, so what is left is how many there can be.
    fixed = len(DOCUMENT["Resources"]) + sum(len(values) for _, values, _ in loops if isinstance(values, list))
    assert 500 - fixed >= 4 * 80, "eighty log groups fit, to every sink"
    assert all(len(parameter["Description"]) <= 4000 for parameter in PARAMETERS.values())


# --- parameters and rules


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_parameter_says_what_it_is_and_what_it_takes(name):
    parameter = PARAMETERS[name]
    assert parameter["Description"].strip()
    assert {"AllowedValues", "AllowedPattern"} & parameter.keys() or {"MinValue", "MaxValue"} <= parameter.keys()
    if "AllowedPattern" in parameter:
        assert parameter["ConstraintDescription"].strip(), "CloudFormation would answer with the pattern"
    assert accepts(name, str(parameter["Default"]))


def test_every_parameter_is_in_one_group_of_the_console():
    groups = DOCUMENT["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    assert sorted(name for group in groups for name in group["Parameters"]) == sorted(PARAMETERS)


@pytest.mark.parametrize("name, value, accepted", [
    ("LogGroupNames", "/app/web,/aws/lambda/x,RDS_log#1", True),
    ("LogGroupNames", "/logweir/mine/archiver", False),
    ("LogGroupNames", "/app/web,logweir/x", False),
    ("LogGroupNames", "/app/web,", False),
    ("LogGroupNames", "/app/*", False),
    ("LogGroupNames", "/app/logweir/x", True),
    ("DeliveryPrefix", "a/b=c", True),
    ("DeliveryPrefix", "errors", False),
    ("DeliveryPrefix", "errors/x", False),
    ("DeliveryPrefix", "logs/", False),
    ("DeliveryPrefix", "/logs", False),
    ("ArchivePrefix", "", False),
    ("ArchiveKeyTemplate", "{prefix}/{yyyy}/{log_group}/{digest}.ndjson.gz", True),
    ("ArchiveKeyTemplate", "{yyyy}/{digest}.ndjson.gz", False),
    ("ArchiveKeyTemplate", "{prefix}/{yyyy}.ndjson.gz", False),
    ("DataKmsKeyArn", "alias/aws/s3", False),
    ("DataKmsKeyArn", "arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-0000-1111-2222-333344445555", True),
    ("AlarmTopicArn", "arn:aws:sns:eu-west-1:123456789012:ops", True),
    ("AlarmTopicArn", "ops", False),
    ("AlarmTopicArn", "arn:aws:sns:eu-west-1:123456789012:ops.fifo", False),
    ("MetricsNamespace", "AWS/Logweir", False),
    ("LogLevel", "WARN", False),
])
def test_what_a_parameter_takes(name, value, accepted):
    assert accepts(name, value) is accepted


@pytest.mark.parametrize("overrides, broken", [
    ({}, None),
    ({"Source": "direct"}, None),
    ({"TransformerEnabled": "false"}, None),
    ({"TransformerEnabled": "false", "ArchiverEnabled": "false"}, "ASinkIsOn"),
    ({"TransformerEnabled": "false", "ArchiverEnabled": "false", **SEARCH}, None),
    ({"TransformerEnabled": "false", "ArchiverEnabled": "false", "AlarmerEnabled": "true"}, None),
    ({"LogGroupNames": "/app/web,/app/db"}, None),
    ({"LogGroupNames": "none,/app/db"}, "NoneStandsAlone"),
    ({"Source": "direct", "FiltersPerLogGroup": "1"}, "DirectSinksFitTheFilterQuota"),
    ({"Source": "direct", "FiltersPerLogGroup": "1", "ArchiverEnabled": "false"}, None),
    ({"FiltersPerLogGroup": "1"}, None),
    ({"DynamicPartitioning": "true"}, None),
    ({"DynamicPartitioning": "true", "PartitionByLogGroup": "true"}, None),
    ({"DynamicPartitioning": "true", "FirehoseBufferMiB": "32"}, "DynamicPartitioningNeedsTheTransform"),
    ({"DynamicPartitioning": "true", "Source": "direct"}, None),
    ({"DynamicPartitioning": "true", "TransformerEnabled": "false"}, "DynamicPartitioningNeedsTheTransform"),
    ({"PartitionByLogGroup": "true"}, "PartitionByLogGroupNeedsDynamicPartitioning"),
    ({"EnhancedFanOut": "true"}, None),
    ({"EnhancedFanOut": "true", "Source": "direct"}, "EnhancedFanOutNeedsAConsumer"),
    ({"EnhancedFanOut": "true", "ArchiverEnabled": "false"}, "EnhancedFanOutNeedsAConsumer"),
    ({"EnhancedFanOut": "true", "ArchiverEnabled": "false", **SEARCH}, None),
    ({"EnhancedFanOut": "true", "ArchiverEnabled": "false", "AlarmerEnabled": "true"}, None),
    ({"EnhancedFanOut": "true", "Source": "direct", "FiltersPerLogGroup": "3", **SEARCH}, "EnhancedFanOutNeedsAConsumer"),
    ({"ExpireAfterDays": "90"}, "GlacierIrIsWorthItsMinimum"),
    ({"ExpireAfterDays": "90", "GlacierIrAfterDays": "0"}, None),
    ({"ExpireAfterDays": "180"}, None),
    ({"ColderStorageClass": "GLACIER"}, None),
    ({"ColderStorageClass": "GLACIER", "ExpireAfterDays": "400"}, "ColderIsReachedBeforeExpiry"),
    ({"ColderStorageClass": "DEEP_ARCHIVE", "ExpireAfterDays": "731"}, None),
])
def test_nonsense_is_refused_before_anything_is_made(overrides, broken):
    assert broken_rules(**overrides) == ({broken} if broken else set())


@pytest.mark.parametrize("filters", range(1, 7))
def test_direct_sinks_are_as_many_as_the_filters_at_most(filters):
    switches = ("TransformerEnabled", "ArchiverEnabled", "IndexerEnabled", "AlarmerEnabled")
    for sinks in product(("true", "false"), repeat=4):
        given = SEARCH | dict(zip(switches, sinks, strict=True)) | {"FiltersPerLogGroup": str(filters)}
        on = sinks.count("true")
        refused = {"ASinkIsOn"} if on == 0 else {"DirectSinksFitTheFilterQuota"} if on > filters else set()
        assert broken_rules(**given, Source="direct") == refused, sinks
        assert broken_rules(**given, Source="stream") == ({"ASinkIsOn"} if on == 0 else set()), sinks


def test_wherever_the_colder_class_is_taken_it_lasts_its_minimum():
    for colder in PARAMETERS["ColderAfterDays"]["AllowedValues"]:
        assert colder >= max(PARAMETERS["GlacierIrAfterDays"]["AllowedValues"]) + 90
        for expires in PARAMETERS["ExpireAfterDays"]["AllowedValues"]:
            taken = not broken_rules(ColderStorageClass="GLACIER", ColderAfterDays=str(colder), ExpireAfterDays=str(expires), GlacierIrAfterDays="0")
            assert taken == (expires == 0 or expires >= colder + 180), (colder, expires)


# --- least privilege


def test_no_action_and_no_resource_is_a_star():
    used = set()
    for name, statement in statements():
        found = [text for text in texts(statement["Resource"]) if text == "*"] if "Resource" in statement else []
        if statement["Effect"] == "Allow":
            found += [action for action in texts(statement["Action"]) if "*" in action]
        for star in found:
            assert (name, star) in STARS, f"{name} allows {star}"
            used.add((name, star))
    assert used == set(STARS), "an exception that nothing needs"


def test_no_policy_is_taken_from_elsewhere():
    for name, role in of_type("AWS::IAM::Role").items():
        assert "ManagedPolicyArns" not in role["Properties"], name
    for name, function in of_type("AWS::Serverless::Function").items():
        assert "Role" in function["Properties"] and "Policies" not in function["Properties"], name


def test_a_role_that_others_could_borrow_is_bound_to_the_account():
    for name, role in of_type("AWS::IAM::Role").items():
        for statement in role["Properties"]["AssumeRolePolicyDocument"]["Statement"]:
            if statement["Principal"]["Service"] != "lambda.amazonaws.com":
                assert {"Ref": "AWS::AccountId"} in walk(statement["Condition"]), name


def test_cloudwatch_logs_has_one_permission_a_function():
    looped = [name for key, value in DOCUMENT["Resources"].items() if key.startswith("Fn::ForEach::")
              for name, resource in flatten(value[2]) if resource["Type"] == "AWS::Lambda::Permission"]
    assert looped == []
    permissions = [p["Properties"] for p in of_type("AWS::Lambda::Permission").values()]
    # The transformer has none: it is Firehose that calls it.
    assert sorted(p["FunctionName"]["Ref"] for p in permissions) == sorted(set(of_type("AWS::Serverless::Function")) - {"TransformerFunction"})
    for permission in permissions:
        assert permission["Principal"] == "logs.amazonaws.com" and permission["SourceAccount"] == {"Ref": "AWS::AccountId"}
        assert permission["SourceArn"]["Fn::Sub"].endswith(":${AWS::AccountId}:log-group:*")


# --- buckets


@pytest.mark.parametrize("name", of_type("AWS::S3::Bucket"))
def test_a_bucket_is_encrypted_private_tls_only_and_kept(name):
    bucket = RESOURCES[name]
    properties = bucket["Properties"]
    assert properties["PublicAccessBlockConfiguration"] == dict.fromkeys(
        ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"], True)
    (encryption,) = properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert "aws:kms" in texts(encryption["ServerSideEncryptionByDefault"]["SSEAlgorithm"])
    assert bucket["DeletionPolicy"] == "RetainExceptOnCreate" and bucket["UpdateReplacePolicy"] == "Retain"
    assert any("AbortIncompleteMultipartUpload" in rule for rule in properties["LifecycleConfiguration"]["Rules"])

    (policy,) = [p for p in of_type("AWS::S3::BucketPolicy").values() if p["Properties"]["Bucket"] == {"Ref": name}]
    assert policy.get("Condition") == bucket.get("Condition")
    (tls_only,) = [s for s in policy["Properties"]["PolicyDocument"]["Statement"] if s["Effect"] == "Deny"]
    assert (tls_only["Principal"], tls_only["Action"], tls_only["Condition"]) == ("*", "s3:*", {"Bool": {"aws:SecureTransport": "false"}})
    assert tls_only["Resource"] == [{"Fn::GetAtt": [name, "Arn"]}, {"Fn::Sub": "${" + name + ".Arn}/*"}]


def test_every_move_to_a_colder_class_has_a_least_size():
    rules = [n for b in of_type("AWS::S3::Bucket").values() for n in walk(b) if isinstance(n, dict) and "Transitions" in n]
    assert len(rules) == 2
    for rule in rules:
        assert rule["ObjectSizeGreaterThan"] == {"Ref": "TransitionMinBytes"}


def test_dead_letters_are_under_a_key_that_rotates_and_are_short_lived():
    bucket = RESOURCES["DeadLetterBucket"]["Properties"]
    assert {"Fn::GetAtt": ["SuiteKey", "Arn"]} in walk(bucket["BucketEncryption"])
    assert RESOURCES["SuiteKey"]["Properties"]["EnableKeyRotation"] is True
    assert RESOURCES["SuiteKey"]["DeletionPolicy"] == RESOURCES["DeadLetterBucket"]["DeletionPolicy"], "a kept bucket without its key is lost"
    (rule,) = bucket["LifecycleConfiguration"]["Rules"]
    assert rule["ExpirationInDays"] == {"Ref": "DeadLetterDays"} and "Prefix" not in rule


# --- failure (contract 6)


@pytest.mark.parametrize("name", of_type("AWS::Lambda::EventSourceMapping"))
def test_a_reader_of_the_stream_waits_out_an_outage_and_loses_nothing(name):
    mapping = RESOURCES[name]["Properties"]
    assert mapping["StartingPosition"] == "TRIM_HORIZON"
    assert mapping["MaximumRetryAttempts"] == -1
    assert mapping["MaximumRecordAgeInSeconds"] == {"Fn::FindInMap": ["Retention", {"Ref": "StreamRetentionHours"}, "MaximumRecordAge"]}
    assert mapping["DestinationConfig"]["OnFailure"]["Destination"] == {"Fn::GetAtt": ["DeadLetterBucket", "Arn"]}


def test_the_archiver_takes_large_batches_and_repeats_them_whole():
    mapping = RESOURCES["ArchiverSource"]["Properties"]
    assert mapping["BisectBatchOnFunctionError"] is False
    assert "FunctionResponseTypes" not in mapping
    assert mapping["BatchSize"] == 10000 and PARAMETERS["BatchingWindowSeconds"]["Default"] == 300


def test_records_are_given_up_on_before_the_stream_forgets_them():
    ages = {hours: row["MaximumRecordAge"] for hours, row in DOCUMENT["Mappings"]["Retention"].items()}
    assert list(ages) == PARAMETERS["StreamRetentionHours"]["AllowedValues"]
    for hours, age in ages.items():
        assert age == min(int(hours) * 3600 - 4 * 3600, 604800)


def test_a_direct_event_is_tried_three_times_and_then_kept():
    configs = [decided(config["Properties"], values_with(Source="direct")) for config in of_type("AWS::Lambda::EventInvokeConfig").values()]
    assert sorted(config["FunctionName"]["Ref"] for config in configs) == sorted(set(of_type("AWS::Serverless::Function")) - {"TransformerFunction"})
    for config in configs:
        assert (config["MaximumRetryAttempts"], config["MaximumEventAgeInSeconds"]) == (2, 21600)
        assert config["DestinationConfig"]["OnFailure"]["Destination"] == {"Fn::GetAtt": ["DeadLetterBucket", "Arn"]}


@pytest.mark.parametrize("role", ["TransformerRole", "ArchiverRole", "IndexerRole", "AlarmerRole"])
def test_who_hands_on_failures_may_write_them(role):
    allowed = [(a, t) for name, s in statements() if name == role for a in as_list(s["Action"]) for t in texts(s.get("Resource", []))]
    for needed in [("s3:PutObject", "${DeadLetterBucket.Arn}/dead-letter/*"), ("s3:PutObject", "${DeadLetterBucket.Arn}/aws/lambda/*"),
                   ("s3:ListBucket", "DeadLetterBucket"), ("kms:GenerateDataKey", "SuiteKey")]:
        assert needed in allowed


# --- functions


@pytest.mark.parametrize("name", VARIABLES)
def test_a_function_gets_the_variables_it_reads(name):
    given = DOCUMENT["Globals"]["Function"]["Environment"]["Variables"] | RESOURCES[name]["Properties"]["Environment"]["Variables"]
    assert set(given) == VARIABLES[name]


def test_functions_are_built_from_rust_for_the_architecture_asked_for():
    assert DOCUMENT["Globals"]["Function"]["Architectures"] == [{"Ref": "Architecture"}]
    assert PARAMETERS["Architecture"] | {"Description": ""} == {
        "Type": "String", "Default": "arm64", "AllowedValues": ["arm64", "x86_64"], "Description": ""}
    for name, function in of_type("AWS::Serverless::Function").items():
        assert function["Metadata"] == {"BuildMethod": "rust-cargolambda"}, name
        assert (ROOT / function["Properties"]["CodeUri"] / "Cargo.toml").is_file(), name


def test_the_suites_own_log_groups_end_and_cannot_be_subscribed():
    groups = of_type("AWS::Logs::LogGroup")
    for name, group in groups.items():
        log_group = group["Properties"]["LogGroupName"]["Fn::Sub"].replace("${AWS::StackName}", "logweir")
        assert group["Properties"]["RetentionInDays"] == {"Ref": "FunctionLogRetentionDays"}, name
        assert not accepts("LogGroupNames", log_group) and not accepts("LogGroupNames", f"/app/web,{log_group}"), name
    for name, function in of_type("AWS::Serverless::Function").items():
        logging = function["Properties"]["LoggingConfig"]
        assert logging["LogGroup"]["Ref"] in groups and logging["LogFormat"] == "JSON", name


# --- Firehose


def test_delivery_streams_with_a_transform_share_its_destination():
    stream, direct = (RESOURCES[name]["Properties"]["ExtendedS3DestinationConfiguration"] for name in ("StreamDelivery", "DirectPutDelivery"))
    assert stream == direct and stream["ProcessingConfiguration"]["Enabled"] is True
    assert stream["CompressionFormat"] == "UNCOMPRESSED"


def test_the_transforms_input_fits_its_answer_and_firehoses_bounds():
    transform = DOCUMENT["Mappings"]["Transform"]
    assert 0.2 <= float(transform["none"]["BufferMB"]) <= 0.25 < float(transform["gzip"]["BufferMB"]) <= 3
    assert {c: (row["ndjson"], row["message"]) for c, row in transform.items()} == {
        "gzip": (".ndjson.gz", ".log.gz"), "none": (".ndjson", ".log")}


def test_a_prefix_by_event_time_has_a_timestamp_so_that_firehose_adds_none():
    (dynamic, arrival) = RESOURCES["StreamDelivery"]["Properties"]["ExtendedS3DestinationConfiguration"]["Prefix"]["Fn::If"][1:]
    pattern, values = dynamic["Fn::Sub"]
    keys = re.findall(r"!\{partitionKeyFromLambda:(\w+)\}", pattern + "".join(texts(values)))
    assert sorted(keys) == ["day", "hour", "log_group", "month", "owner", "year"]
    assert "!{timestamp:" in pattern and "!{timestamp:" in arrival["Fn::Sub"]


def test_the_surplus_stream_has_the_name_that_the_function_and_its_role_know():
    name = RESOURCES["DirectPutDelivery"]["Properties"]["DeliveryStreamName"]
    assert name in walk(RESOURCES["TransformerFunction"]["Properties"]["Environment"]["Variables"]["SURPLUS_DELIVERY_STREAM"])
    assert any(text.endswith(":deliverystream/" + name["Fn::Sub"]) for text in texts(RESOURCES["TransformerRole"]))


# --- alarms


def test_what_can_go_wrong_has_an_alarm():
    found = {(condition, metric) for condition, metric, _ in alarms()}
    for function in ("Transformer", "Archiver", "Indexer", "Alarmer"):
        for metric in ("Errors", "Throttles", "DeadLetteredRecords", "Imbalance", "DestinationDeliveryFailures"):
            assert (function, metric) in found
        if function != "Transformer":
            assert (f"Direct{function}", "AsyncEventsDropped") in found
        assert (f"Watch{function}Subscriptions", "DeliveryErrors") in found
    for wanted in [("StreamArchiver", "IteratorAge"), ("StreamArchiver", "DroppedEventCount"), ("Forwards", "IteratorAge"),
                   ("Forwards", "DroppedEventCount"), ("Forwards", "OnFailureDestinationDeliveredEventCount"), ("Transformer", "DeadLetteredEvents"),
                   ("FromStream", "ReadProvisionedThroughputExceeded"),
                   ("FromStream", "WriteProvisionedThroughputExceeded"), ("Transformer", "DeliveryToS3.DataFreshness"),
                   ("StreamTransformer", "DeliveryToS3.DataFreshness"), ("Transformer", "DeliveryToS3.Success"), ("Transformer", "ThrottledRecords"),
                   ("Transformer", "ExecuteProcessing.Success"), ("StreamTransformer", "ExecuteProcessing.Success"),
                   ("Dynamic", "PartitionCountExceeded"), ("StreamDynamic", "PartitionCountExceeded"),
                   ("WatchStreamSubscriptions", "DeliveryErrors"), ("StreamIndexer", "IteratorAge"), ("StreamIndexer", "DroppedEventCount"),
                   ("StreamIndexer", "OnFailureDestinationDeliveredEventCount"),
                   ("Indexer", "DeadLetteredEvents"), ("Indexer", "SetAsideEvents"), ("Indexer", "ReturnedRecords"), ("CreateDomain", "ClusterStatus.red"),
                   ("CreateDomain", "ClusterIndexWritesBlocked"), ("CreateDomain", "FreeStorageSpace"), ("StreamAlarmer", "IteratorAge"),
                   ("StreamAlarmer", "DroppedEventCount"), ("StreamAlarmer", "OnFailureDestinationDeliveredEventCount"),
                   ("Alarmer", "ReturnedRecords"), ("Alarmer", "Evaluations"), ("Alarmer", "RulesRejected"),
                   ("Transformer", "RulesRejected"), ("Archiver", "RulesRejected"), ("Indexer", "RulesRejected"),
                   ("Alarmer", "NotificationsPending"), ("Alarmer", "NumberOfNotificationsFailed")]:
        assert wanted in found


@pytest.mark.parametrize("function", ["transformer", "archiver", "indexer"])
def test_an_alarm_on_what_the_function_counts_watches_the_metric_that_it_writes(function):
    handler = (ROOT / "functions" / function / "src" / "handler.rs").read_text()
    assert re.search(r"\b(report|conclude)\(", handler) and "self.config.metrics_namespace" in handler, "a batch ends with its balance"
    written = shared_code()
    assert "function = &context.env_config.function_name" in written, "its Lambda name is the dimension, so that two stacks in one namespace do not mix"
    watched = [(metric, alarm) for condition, metric, alarm in alarms()
               if condition == function.capitalize() and alarm.get("Namespace") == {"Ref": "MetricsNamespace"}]
    assert "DeadLetteredRecords" in [metric for metric, _ in watched]
    for metric, alarm in watched:
        assert alarm["Dimensions"] == [{"Name": "Function", "Value": {"Ref": f"{function.capitalize()}Function"}}]
        if f'"{metric}"' in written:
            continue
        what = re.fullmatch("(DeadLettered|Returned)(Records|Events)", metric)
        assert f'("{what[1]}", ' in written and f'"{{name}}{what[2]}"' in written, metric


# Alarms to which nothing is bad news.
SILENCE = {"AlarmerEvaluationsAlarm"}


def test_an_alarm_tells_the_topic_when_it_begins_and_ends():
    told = {"Fn::If": ["HasAlarmTopic", [{"Ref": "AlarmTopicArn"}], {"Ref": "AWS::NoValue"}]}
    for name, alarm in of_type("AWS::CloudWatch::Alarm").items():
        properties = alarm["Properties"]
        assert properties["AlarmDescription"]["Fn::Sub"].startswith("${AWS::StackName} ") and len(properties["AlarmDescription"]["Fn::Sub"]) <= 1000, name
        assert properties["AlarmActions"] == properties["OKActions"] == told, name
        assert properties["TreatMissingData"] == ("breaching" if name in SILENCE else "notBreaching"), name

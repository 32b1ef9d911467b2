"""The indexer in template.yaml: what is made for which parameters, and what its role may do then."""

import json
import re

import pytest
from reading import (CONDITIONS, DOCUMENT, PARAMETERS, RESOURCES, ROOT, accepts, alarms, allowed, as_list, broken_rules, flatten, made, ranges, referred,
                     statements, walk)

SEARCH = {"IndexerEnabled": "true", "SearchEndpoint": "https://search.example:9200"}
OWN = {"IndexerEnabled": "true", "CreateSearchDomain": "true"}
DOMAIN = "arn:aws:es:eu-west-1:123456789012:domain/logs"
COLLECTION = "arn:aws:aoss:eu-west-1:123456789012:collection/abc123"
SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:team/search-AbCdEf"
KEY = "arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-0000-1111-2222-333344445555"
IN_VPC = {"IndexerSubnetIds": "subnet-0123456789abcdef0,subnet-12345678", "IndexerSecurityGroupIds": "sg-12345678"}
PEM = "-----BEGIN CERTIFICATE-----\n" + "MIIB+/=\n" * 40 + "-----END CERTIFICATE-----\n"


# --- parameters and rules


@pytest.mark.parametrize("name, value, accepted", [
    ("SearchEndpoint", "http://10.0.0.1:9200", True),
    ("SearchEndpoint", "https://[2001:db8::1]:9200/es/", True),
    ("SearchEndpoint", "search.example:9200", False),
    ("SearchEndpoint", "ftp://search.example", False),
    ("SearchEndpoint", "https://elastic:secret@search.example", False),
    ("SearchEndpoint", "https://search.example/?pretty", False),
    ("SearchEndpoint", "https://search.example/ x", False),
    ("SearchDomainArn", DOMAIN, True),
    ("SearchDomainArn", DOMAIN + "/*", False),
    ("SearchDomainArn", "arn:aws:es:eu-west-1:123456789012:domain/*", False),
    ("SearchDomainArn", COLLECTION, False),
    ("SearchCollectionArn", COLLECTION, True),
    ("SearchCollectionArn", "arn:aws:aoss:eu-west-1:123456789012:collection/*", False),
    ("SearchSecretArn", SECRET, True),
    ("SearchSecretArn", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:search", False),
    ("SearchSecretArn", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:*-AbCdEf", False),
    ("SearchSecretArn", "arn:aws:ssm:eu-west-1:123456789012:parameter/team/search", True),
    ("SearchSecretArn", "arn:aws:ssm:eu-west-1:123456789012:parameter/*", False),
    ("SearchSecretArn", "team/search", False),
    ("SearchSecretKmsKeyArn", KEY, True),
    ("SearchSecretKmsKeyArn", "alias/mine", False),
    ("SearchCaCertificate", PEM, True),
    ("SearchCaCertificate", PEM + PEM, True),
    ("SearchCaCertificate", "/opt/ca.pem", True),
    ("SearchCaCertificate", "ca.pem", False),
    ("SearchCaCertificate", PEM.replace("CERTIFICATE", "PRIVATE KEY"), False),
    ("SearchCaCertificate", PEM * 12, False),
    ("IndexPrefix", "team-1_logs", True),
    ("IndexPrefix", "Logs", False),
    ("IndexPrefix", "-logs", False),
    ("IndexPrefix", "lo*gs", False),
    ("IndexPrefix", "l" * 65, False),
    ("LogGroupDatasets", "/vpc/*=vpcflow,/trail=cloudtrail", True),
    ("LogGroupDatasets", "/shop/pay=app/pay-2,/eks=eks", True),
    ("LogGroupDatasets", "/shop/pay=app/", False),
    ("LogGroupDatasets", "/shop/pay=app/Pay", False),
    ("LogGroupDatasets", "/vpc/*=vpc", False),
    ("LogGroupDatasets", "/vpc/*", False),
    ("LogGroupDatasets", "/vpc=vpcflow,", False),
    ("LogGroupDatasets", ",".join(["/vpc=vpcflow"] * 200), False),
    ("VpcFlowFormat", "${version} ${account-id} ${srcaddr}", True),
    ("VpcFlowFormat", "/vpc/a*=${version} ${srcaddr};${version} ${dstaddr};/vpc/b=${srcaddr} ${dstaddr}", True),
    ("VpcFlowFormat", "=${version} ${srcaddr}", False),
    ("VpcFlowFormat", "${version} ${srcaddr};", False),
    ("VpcFlowFormat", "${version}${srcaddr}", False),
    ("VpcFlowFormat", "${version}", False),
    ("IndexerSubnetIds", "subnet-12345678,subnet-0123456789abcdef0", True),
    ("IndexerSubnetIds", "subnet-12345678, subnet-12345679", False),
    ("IndexerSubnetIds", "", False),
    ("IndexerSecurityGroupIds", "sg-12345678", True),
    ("IndexerSecurityGroupIds", "default", False),
    ("SearchDomainName", "Logs", False),
    ("SearchDomainName", "a" * 29, False),
    ("SearchDomainVersion", "OpenSearch_2.19", True),
    ("SearchDomainVersion", "Elasticsearch_7.10", False),
    ("SearchDomainInstanceType", "t3.small.search", True),
    ("SearchDomainInstanceType", "t3.small", False),
    ("SearchDomainInstances", "4", False),
])
def test_what_a_parameter_takes(name, value, accepted):
    assert accepts(name, value) is accepted


@pytest.mark.parametrize("overrides, broken", [
    (SEARCH, None),
    (OWN, None),
    ({"IndexerEnabled": "true"}, "TheIndexerHasOneServer"),
    ({**SEARCH, **OWN}, "TheIndexerHasOneServer"),
    ({**SEARCH, "IndexerEnabled": "false"}, None),
    ({**OWN, "IndexerEnabled": "false"}, "ADomainOfItsOwnIsTheIndexers"),
    ({**OWN, "SearchAuthentication": "sigv4", "SearchSigningService": "es"}, None),
    ({**OWN, "SearchAuthentication": "none"}, "ADomainOfItsOwnIsTheIndexers"),
    ({**OWN, "SearchSigningService": "aoss"}, "ADomainOfItsOwnIsTheIndexers"),
    ({**OWN, "SearchSecretArn": SECRET}, "ADomainOfItsOwnIsTheIndexers"),
    ({**OWN, "SearchDomainArn": DOMAIN}, "ADomainOfItsOwnIsTheIndexers"),
    ({**OWN, "SearchCollectionArn": COLLECTION}, "ADomainOfItsOwnIsTheIndexers"),
    ({**OWN, "DocumentIds": "server"}, "ADomainOfItsOwnIsTheIndexers"),
    ({**SEARCH, "SearchDomainArn": DOMAIN}, None),
    ({**SEARCH, "SearchCollectionArn": COLLECTION}, None),
    ({**SEARCH, "SearchDomainArn": DOMAIN, "SearchCollectionArn": COLLECTION}, "ADomainOrACollection"),
    ({**SEARCH, "SearchAuthentication": "basic"}, "ASecretIsThereWhereItIsUsed"),
    ({**SEARCH, "SearchAuthentication": "api-key"}, "ASecretIsThereWhereItIsUsed"),
    ({**SEARCH, "SearchAuthentication": "api-key", "SearchSecretArn": SECRET}, None),
    ({**SEARCH, "SearchSecretArn": SECRET}, None),
    ({**SEARCH, "SearchAuthentication": "sigv4", "SearchSecretArn": SECRET}, "ASecretIsUsedWhereItIsThere"),
    ({**SEARCH, "SearchAuthentication": "none", "SearchSecretArn": SECRET}, "ASecretIsUsedWhereItIsThere"),
    ({**SEARCH, "SearchSecretArn": SECRET, "SearchSecretKmsKeyArn": KEY}, None),
    ({**SEARCH, "SearchSecretKmsKeyArn": KEY}, "AKeyOfTheSecretNeedsTheSecret"),
    ({**SEARCH, "SearchRetentionDays": "30"}, None),
    ({**SEARCH, "InstallTemplates": "false"}, None),
    ({**SEARCH, "SearchRetentionDays": "30", "InstallTemplates": "false"}, "RetentionIsInstalledWithTheTemplates"),
    ({**SEARCH, **IN_VPC}, None),
    ({**SEARCH, **IN_VPC, "IndexerSecurityGroupIds": "none"}, "SubnetsHaveSecurityGroups"),
    ({**SEARCH, **IN_VPC, "IndexerSubnetIds": "none"}, "SubnetsHaveSecurityGroups"),
    ({**SEARCH, **IN_VPC, "IndexerSubnetIds": "none,subnet-12345678"}, "SubnetsHaveSecurityGroups"),
    ({**SEARCH, **IN_VPC, "IndexerSecurityGroupIds": "sg-12345678,none"}, "SubnetsHaveSecurityGroups"),
])
def test_nonsense_is_refused_before_anything_is_made(overrides, broken):
    assert broken_rules(**overrides) == ({broken} if broken else set())


def test_ranges_and_defaults_are_within_what_the_function_takes():
    variables = RESOURCES["IndexerFunction"]["Properties"]["Environment"]["Variables"]
    assert {"BULK_BYTES", "BULK_DOCUMENTS", "BULK_CONCURRENCY", "SEARCH_RETENTION_DAYS"} <= ranges("indexer").keys()
    for name, (least, most, default) in ranges("indexer").items():
        parameter = PARAMETERS[variables[name]["Ref"]]
        assert least <= parameter["MinValue"] <= parameter["MaxValue"] <= most and parameter["Default"] == default, name


def test_choices_are_those_that_the_function_knows():
    code = (ROOT / "functions" / "indexer" / "src" / "config.rs").read_text()
    for name in ("SearchAuthentication", "DocumentIds"):
        assert all(f'Some("{choice}")' in code for choice in PARAMETERS[name]["AllowedValues"] if choice), name
    datasets = re.findall(r'Self::\w+ => "(\w+)"', (ROOT / "shared" / "log-formats" / "src" / "dataset.rs").read_text())
    assert len(datasets) == 9
    assert all(accepts("LogGroupDatasets", f"/x={dataset}") and dataset in PARAMETERS["LogGroupDatasets"]["ConstraintDescription"] for dataset in datasets)


def test_the_variables_fit_into_four_kilobytes_unless_somebody_fills_them():
    # https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    function = made(**SEARCH, SearchSecretArn=SECRET)["IndexerFunction"]["Properties"]["Environment"]["Variables"]
    everything = DOCUMENT["Globals"]["Function"]["Environment"]["Variables"] | function
    with_defaults = sum(len(name) + len(str(PARAMETERS.get(value.get("Ref"), {}).get("Default", "")) if isinstance(value, dict) else value)
                        for name, value in everything.items())
    assert with_defaults + 3000 + 128 + len(SEARCH["SearchEndpoint"] + SECRET) <= 4096, "a certificate, beside the least of the others"


# --- what is made


def test_the_indexer_stands_wherever_the_archiver_stands():
    twins = {name: name.replace("Archiver", "Indexer") for name in RESOURCES if "Archiver" in name}
    # In a loop, of two metrics.
    twins["ArchiverDeadLetteredAlarm"] = "IndexerDeadLetterAlarms/Indexer${Metric}Alarm"
    assert len(twins) == 16
    for archiver, indexer in twins.items():
        one, other = RESOURCES[archiver], RESOURCES[indexer]
        assert (one["Type"], one["Condition"].replace("Archiver", "Indexer")) == (other["Type"], other["Condition"])
        if one["Type"] not in ("AWS::IAM::Role", "AWS::Serverless::Function", "AWS::Lambda::EventSourceMapping", "AWS::CloudWatch::Alarm"):
            assert json.loads(json.dumps(one).replace("Archiver", "Indexer").replace("archiver", "indexer")) == other, indexer
    conditions = {name: json.dumps(of).replace("Archiver", "Indexer") for name, of in CONDITIONS.items() if "Archiver" in name}
    assert conditions == {name: json.dumps(CONDITIONS[name.replace("Archiver", "Indexer")]) for name in conditions}
    outputs = [name for name in DOCUMENT["Outputs"] if name.startswith("Archiver")]
    assert all(name.replace("Archiver", "Indexer") in DOCUMENT["Outputs"] for name in outputs) and len(outputs) == 3


def test_nothing_of_search_is_made_unless_asked_for():
    assert not [name for name in made() if "Indexer" in name or "Search" in name]
    assert not [name for name in made(**SEARCH) if "SearchDomain" in name]
    assert {condition for condition, *_ in alarms() if "Domain" in condition} == {"CreateDomain"}


@pytest.mark.parametrize("overrides, extra, missing", [
    ({}, {"IndexerSource", "IndexerIteratorAgeAlarm"}, {"IndexerPermission", "IndexerAsync", "IndexerConsumer", "IndexerAsyncEventsDroppedAlarm"}),
    ({"EnhancedFanOut": "true"}, {"IndexerSource", "IndexerConsumer", "ArchiverConsumer"}, {"IndexerPermission"}),
    ({"EnhancedFanOut": "true", "ArchiverEnabled": "false"}, {"IndexerSource", "IndexerConsumer"}, {"ArchiverConsumer", "ArchiverSource"}),
    ({"Source": "direct", "FiltersPerLogGroup": "3", "LogGroupNames": "/app/web"},
     {"IndexerPermission", "IndexerAsync", "IndexerAsyncEventsDroppedAlarm", "IndexerSubscriptions/IndexerSubscription&{LogGroup}",
      "IndexerSubscriptionAlarms/IndexerSubscription${Metric}Alarm"}, {"IndexerSource", "IndexerConsumer", "IndexerIteratorAgeAlarm", "Stream"}),
    ({"Source": "direct", "FiltersPerLogGroup": "3"}, {"IndexerPermission"}, {"IndexerSubscriptions/IndexerSubscription&{LogGroup}"}),
])
def test_what_the_source_makes(overrides, extra, missing):
    found = made(**SEARCH, **overrides).keys()
    assert {"IndexerFunction", "IndexerRole", "IndexerLogGroup", "IndexerReturnedAlarm"} | extra <= found
    assert not missing & found


@pytest.mark.parametrize("overrides", [{}, {"EnhancedFanOut": "true"}, {"EnhancedFanOut": "true", "ArchiverEnabled": "false"}])
def test_what_is_made_refers_to_what_is_made(overrides):
    for given in (SEARCH, OWN, {**SEARCH, **IN_VPC, "SearchDomainArn": DOMAIN}):
        for source in ("stream", "direct") if "EnhancedFanOut" not in overrides else ("stream",):
            found = made(**given, **overrides, Source=source, FiltersPerLogGroup="3", LogGroupNames="/app/web")
            for name, resource in found.items():
                for other in referred(resource):
                    assert other in found or other not in RESOURCES, f"{name} refers to {other}"


def test_the_indexer_answers_in_part_and_reads_at_once():
    mapping = RESOURCES["IndexerSource"]["Properties"]
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"] and mapping["BisectBatchOnFunctionError"] is True
    assert mapping["MaximumBatchingWindowInSeconds"] == {"Ref": "IndexerBatchingWindowSeconds"}
    assert mapping["ParallelizationFactor"] == {"Ref": "IndexerParallelizationFactor"}
    assert PARAMETERS["IndexerBatchingWindowSeconds"]["Default"] <= 1, "searchable a second or two after it was written"
    for overrides, source in (({}, "Stream"), ({"EnhancedFanOut": "true"}, "IndexerConsumer")):
        assert made(**SEARCH, **overrides)["IndexerSource"]["Properties"]["EventSourceArn"]["Fn::GetAtt"][0] == source


def test_it_is_in_a_vpc_only_where_that_is_asked_for():
    assert "VpcConfig" not in made(**SEARCH)["IndexerFunction"]["Properties"]
    assert made(**SEARCH, **IN_VPC)["IndexerFunction"]["Properties"]["VpcConfig"] == {
        "SubnetIds": {"Ref": "IndexerSubnetIds"}, "SecurityGroupIds": {"Ref": "IndexerSecurityGroupIds"}}


def test_the_endpoint_is_the_given_one_or_the_domains():
    endpoint = [made(**given)["IndexerFunction"]["Properties"]["Environment"]["Variables"]["SEARCH_ENDPOINT"] for given in (SEARCH, OWN)]
    assert endpoint == [{"Ref": "SearchEndpoint"}, {"Fn::Sub": "https://${SearchDomain.DomainEndpoint}"}]


# --- what its role may do


BASE = {("logs:CreateLogStream", "IndexerLogGroup"), ("logs:PutLogEvents", "IndexerLogGroup"), ("s3:PutObject", "${DeadLetterBucket.Arn}/dead-letter/*"),
        ("s3:PutObject", "${DeadLetterBucket.Arn}/aws/lambda/*"), ("s3:ListBucket", "DeadLetterBucket"), ("kms:GenerateDataKey", "SuiteKey")}
READS = {(f"kinesis:{action}", "Stream") for action in ("DescribeStream", "DescribeStreamSummary", "GetRecords", "GetShardIterator", "ListShards")} | {
    ("kms:Decrypt", "SuiteKey")}
WRITES = {("es:ESHttpPost", "/_bulk")}
INSTALLS = {(f"es:ESHttp{method}", path) for method in ("Get", "Put")
            for path in ("/_index_template/${IndexPrefix}-*", "/_component_template/${IndexPrefix}-*", "/${IndexPrefix}-*/_settings")} | {
    ("es:ESHttpGet", "/_plugins/_ism/policies/logweir-${IndexPrefix}"), ("es:ESHttpGet", "/")}
EXPIRES = {("es:ESHttpPut", "/_plugins/_ism/policies/logweir-${IndexPrefix}"), ("es:ESHttpPost", "/_plugins/_ism/add/${IndexPrefix}-*"),
           ("es:ESHttpPost", "/_plugins/_ism/change_policy/${IndexPrefix}-*")}
NETWORK = "arn:${AWS::Partition}:ec2:${AWS::Region}:"
INTERFACES = NETWORK + "${AWS::AccountId}:network-interface/*"


def on(arn, permissions):
    return {(action, arn + path) for action, path in permissions}


@pytest.mark.parametrize("overrides, more", [
    ({"Source": "direct", "FiltersPerLogGroup": "3"}, set()),
    ({}, READS),
    ({"EnhancedFanOut": "true"}, READS | {("kinesis:SubscribeToShard", "IndexerConsumer"), ("kinesis:SubscribeToShard", "ConsumerARN")}),
    ({"SearchDomainArn": DOMAIN}, READS | on("${SearchDomainArn}", WRITES | INSTALLS)),
    ({"SearchDomainArn": DOMAIN, "SearchRetentionDays": "30"}, READS | on("${SearchDomainArn}", WRITES | INSTALLS | EXPIRES)),
    ({"SearchRetentionDays": "30"}, READS),
    ({"SearchDomainArn": DOMAIN, "InstallTemplates": "false"}, READS | on("${SearchDomainArn}", WRITES)),
    ({"SearchCollectionArn": COLLECTION}, READS | {("aoss:APIAccessAll", "SearchCollectionArn")}),
    ({"SearchSecretArn": SECRET}, READS | {("secretsmanager:GetSecretValue", "SearchSecretArn"), ("ssm:GetParameter", "SearchSecretArn")}),
    ({"SearchSecretArn": SECRET, "SearchSecretKmsKeyArn": KEY},
     READS | {("secretsmanager:GetSecretValue", "SearchSecretArn"), ("ssm:GetParameter", "SearchSecretArn"), ("kms:Decrypt", "SearchSecretKmsKeyArn")}),
    (IN_VPC, READS | {("ec2:CreateNetworkInterface", INTERFACES), ("ec2:CreateNetworkInterface", NETWORK + "*:subnet/*"),
                      ("ec2:CreateNetworkInterface", NETWORK + "*:security-group/*"), ("ec2:DescribeNetworkInterfaces", "*"), ("ec2:DescribeSubnets", "*")}
     | {(f"ec2:{action}", INTERFACES) for action in ("AssignPrivateIpAddresses", "DeleteNetworkInterface", "UnassignPrivateIpAddresses")}),
])
def test_the_role_may_do_what_its_parameters_need_and_no_more(overrides, more):
    assert allowed("IndexerRole", **SEARCH, **overrides) == BASE | more


def test_the_keys_of_the_secret_and_of_lambda_open_nothing_else():
    for _, statement in statements({"IndexerRole": made(**SEARCH, **IN_VPC, SearchSecretArn=SECRET, SearchSecretKmsKeyArn=KEY)["IndexerRole"]}):
        actions = as_list(statement["Action"])
        if {"Ref": "SearchSecretKmsKeyArn"} == statement.get("Resource"):
            assert statement["Condition"] == {"StringLike": {"kms:ViaService": [
                {"Fn::Sub": "secretsmanager.*.${AWS::URLSuffix}"}, {"Fn::Sub": "ssm.*.${AWS::URLSuffix}"}]}}
        elif any(action.startswith("ec2:") for action in actions):
            assert statement["Condition"] == {"Null": {"lambda:SourceFunctionArn": "true"}}
        else:
            assert statement.get("Condition") is None, actions


def test_paths_are_those_that_are_asked_for():
    sources = "".join((ROOT / "shared" / "search-client" / "src" / "install" / name).read_text() for name in ("index_template.rs", "lifecycle.rs", "custom.rs", "settings.rs"))
    for path in ("_index_template/{}", "_component_template/{name}", "{indices}/_settings", "_plugins/_ism/policies/{}", "_plugins/_ism/add/{}", "_plugins/_ism/change_policy/{}", '"logweir-{prefix}"'):
        assert path in sources
    assert '"_bulk"' in "".join(path.read_text() for path in (ROOT / "functions" / "indexer" / "src").glob("*.rs"))


# --- a domain of its own


def test_a_domain_is_encrypted_kept_and_upgraded_in_place():
    domain = RESOURCES["SearchDomain"]
    assert (domain["DeletionPolicy"], domain["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")
    assert RESOURCES["SuiteKey"]["DeletionPolicy"] == domain["DeletionPolicy"], "a kept domain without its key is lost"
    assert domain["UpdatePolicy"] == {"EnableVersionUpgrade": True}
    properties = domain["Properties"]
    assert properties["EncryptionAtRestOptions"] == {"Enabled": True, "KmsKeyId": {"Fn::GetAtt": ["SuiteKey", "Arn"]}}
    assert properties["NodeToNodeEncryptionOptions"] == {"Enabled": True}
    assert properties["DomainEndpointOptions"] == {"EnforceHTTPS": True, "TLSSecurityPolicy": "Policy-Min-TLS-1-2-PFS-2023-10"}


@pytest.mark.parametrize("overrides, permissions", [
    ({}, WRITES | INSTALLS), ({"SearchRetentionDays": "30"}, WRITES | INSTALLS | EXPIRES), ({"InstallTemplates": "false"}, WRITES)])
def test_a_domain_lets_the_indexers_role_in_and_nobody_else(overrides, permissions):
    domain = {"SearchDomain": made(**OWN, **overrides)["SearchDomain"]}
    found = [statement for _, statement in statements(domain)]
    assert found and all(s["Principal"] == {"AWS": {"Fn::GetAtt": ["IndexerRole", "Arn"]}} and s["Effect"] == "Allow" for s in found)
    itself = "arn:${AWS::Partition}:es:${AWS::Region}:${AWS::AccountId}:domain/${SearchDomainName}"
    assert allowed("SearchDomain", **OWN, **overrides) == on(itself, permissions)
    assert domain["SearchDomain"]["Properties"]["DomainName"] == {"Ref": "SearchDomainName"}, "the policy names it"
    assert not [action for action, _ in allowed("IndexerRole", **OWN) if action.startswith("es:")], "the role would wait for the domain, and it for the role"


@pytest.mark.parametrize("instances, zones", [(1, None), (2, 2), (3, 3), (18, 3)])
def test_a_domain_is_spread_over_zones(instances, zones):
    cluster = made(**OWN, SearchDomainInstances=str(instances))["SearchDomain"]["Properties"]["ClusterConfig"]
    assert cluster["ZoneAwarenessEnabled"] is (zones is not None)
    assert cluster.get("ZoneAwarenessConfig") == (zones and {"AvailabilityZoneCount": zones})
    assert all(n in (1, 2) or n % 3 == 0 for n in PARAMETERS["SearchDomainInstances"]["AllowedValues"]), "a whole number of nodes a zone"


# --- alarms


def test_an_invocation_ends_within_a_period_of_the_alarm_on_what_it_returns():
    alarm = RESOURCES["IndexerReturnedAlarm"]["Properties"]
    assert PARAMETERS["IndexerTimeout"]["MaxValue"] <= alarm["Period"], "or periods without a report would stand between those with one"
    assert 1 < alarm["DatapointsToAlarm"] < alarm["EvaluationPeriods"], "a hiccup alarms nobody, a pause in between does not hide an outage"


def test_the_alarm_on_lateness_is_the_searchs_own():
    assert RESOURCES["IndexerIteratorAgeAlarm"]["Properties"]["Threshold"] == {"Ref": "IndexerIteratorAgeAlarmMilliseconds"}
    late, window = PARAMETERS["IndexerIteratorAgeAlarmMilliseconds"], PARAMETERS["IndexerBatchingWindowSeconds"]
    assert late["Default"] < PARAMETERS["IteratorAgeAlarmMilliseconds"]["Default"] and late["Default"] >= window["Default"] * 1000


def test_an_alarm_of_search_says_what_to_do():
    verbs = ("has the reason", "has its answer", "Mend", "mend", "Raise", "raise", "redriven", "are parameters", "Retryable errors", "can be read again")
    found = [alarm["AlarmDescription"]["Fn::Sub"] for name, resource in flatten(DOCUMENT["Resources"])
             if resource["Type"] == "AWS::CloudWatch::Alarm" and re.search("Indexer|SearchDomain", name) for alarm in [resource["Properties"]]]
    assert len(found) == 12
    assert all(any(verb in text for verb in verbs) for text in found)


def test_domain_alarms_are_of_the_domain_of_this_account():
    dimensions = [{"Name": "DomainName", "Value": {"Ref": "SearchDomain"}}, {"Name": "ClientId", "Value": {"Ref": "AWS::AccountId"}}]
    found = [alarm for condition, _, alarm in alarms() if condition == "CreateDomain"]
    assert len(found) == 5
    assert all(dimensions in walk(alarm) for alarm in found)
    storage = RESOURCES["SearchDomainStorageAlarm"]["Properties"]
    assert storage["Metrics"][0]["Expression"] == {"Fn::Sub": "100 * free / (1024 * ${SearchDomainVolumeGiB})"}, "MiB of GiB, in percent"
    assert (storage["ComparisonOperator"], storage["Metrics"][1]["MetricStat"]["Stat"]) == ("LessThanThreshold", "Minimum")

"""Where the rules and the redaction key come from, in template.yaml: every function that is on reads them, and may read nothing else."""

import re

import pytest
from reading import (DOCUMENT, PARAMETERS, RESOURCES, ROOT, accepts, allowed, broken_rules, made, of_type, shifted, statements,
                     variables)

KEY = "arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-0000-1111-2222-333344445555"
IN_S3 = {"RulesBucketName": "team-rules", "RulesKey": "logweir/rules.yaml"}
IN_PARAMETER = {"RulesParameterName": "/logweir/rules"}
REDACTS = {"RedactionKeyParameterName": "/logweir/redaction-key"}
ALL = {"IndexerEnabled": "true", "SearchEndpoint": "https://search.example:9200", "AlarmerEnabled": "true"}


@pytest.mark.parametrize("name, value, accepted", [
    ("RulesBucketName", "team.rules-1", True),
    ("RulesBucketName", "Rules", False),
    ("RulesBucketName", "rules*", False),
    ("RulesBucketName", "rules/x", False),
    ("RulesKey", "a/b=c/rules.yaml", True),
    ("RulesKey", "/rules.yaml", False),
    ("RulesKey", "*", False),
    ("RulesKey", "rules?.yaml", False),
    ("RulesKey", "${aws:username}", False),
    ("RulesKey", "", False),
    ("RulesParameterName", "/logweir/rules", True),
    ("RulesParameterName", "rules", False),
    ("RulesParameterName", "/logweir/*", False),
    ("RulesParameterName", "/logweir/", False),
    ("RulesKmsKeyArn", KEY, True),
    ("RulesKmsKeyArn", "alias/mine", False),
    ("RedactionKeyParameterName", "/logweir/redaction-key", True),
    ("RedactionKeyParameterName", "/logweir/*", False),
    ("RedactionKmsKeyArn", "alias/mine", False),
])
def test_what_a_parameter_takes(name, value, accepted):
    assert accepts(name, value) is accepted


@pytest.mark.parametrize("overrides, broken", [
    (IN_S3, None),
    (IN_PARAMETER, None),
    ({**IN_S3, **IN_PARAMETER}, "RulesComeFromOnePlace"),
    ({**IN_S3, "RulesKmsKeyArn": KEY}, None),
    ({**IN_PARAMETER, "RulesKmsKeyArn": KEY}, None),
    ({"RulesKmsKeyArn": KEY}, "AKeyOfTheRulesNeedsTheRules"),
    (REDACTS, None),
    ({**REDACTS, "RedactionKmsKeyArn": KEY}, None),
    ({"RedactionKmsKeyArn": KEY}, "AKeyOfTheRedactionKeyNeedsIt"),
])
def test_nonsense_is_refused_before_anything_is_made(overrides, broken):
    assert broken_rules(**overrides) == ({broken} if broken else set())


@pytest.mark.parametrize("overrides, source", [
    ({}, ""),
    (IN_S3, {"Fn::Sub": "s3://${RulesBucketName}/${RulesKey}"}),
    (IN_PARAMETER, {"Fn::Sub": "ssm:${RulesParameterName}"}),
])
def test_every_function_reads_the_rules_from_where_they_are_said_to_be(overrides, source):
    for function in of_type("AWS::Serverless::Function"):
        given = variables(function, **ALL, **overrides)
        assert (given["RULES_SOURCE"], given["REDACTION_KEY_PARAMETER"]) == (source, {"Ref": "RedactionKeyParameterName"})


def test_how_often_they_are_asked_for_has_the_range_of_the_functions():
    code = (ROOT / "shared" / "rules-source" / "src" / "config.rs").read_text()
    (bounds,) = re.findall(r"in_range\(Self::REFRESH_SECONDS, ([^)]*)\)", code)
    parameter = PARAMETERS["RulesRefreshSeconds"]
    assert [parameter["MinValue"], parameter["MaxValue"], parameter["Default"]] == [shifted(bound) for bound in bounds.split(", ")]


RULES = ("s3:GetObject", "arn:${AWS::Partition}:s3:::${RulesBucketName}/${RulesKey}")
PARAMETER = ("ssm:GetParameter", "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter${RulesParameterName}")
HASH_KEY = ("ssm:GetParameter", "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter${RedactionKeyParameterName}")


@pytest.mark.parametrize("overrides, may", [
    (IN_S3, {RULES}),
    (IN_PARAMETER, {PARAMETER}),
    ({**IN_S3, "RulesKmsKeyArn": KEY}, {RULES, ("kms:Decrypt", "RulesKmsKeyArn")}),
    (REDACTS, {HASH_KEY}),
    ({**IN_S3, **REDACTS, "RedactionKmsKeyArn": KEY}, {RULES, HASH_KEY, ("kms:Decrypt", "RedactionKmsKeyArn")}),
])
def test_the_roles_of_all_functions_may_read_that_and_nothing_else(overrides, may):
    assert allowed("RulesPolicy", **overrides) == may
    assert made(**ALL, **overrides)["RulesPolicy"]["Properties"]["Roles"] == [
        {"Ref": f"{function}Role"} for function in ("Transformer", "Archiver", "Indexer", "Alarmer")]
    assert made(**overrides, TransformerEnabled="false")["RulesPolicy"]["Properties"]["Roles"] == [{"Ref": "ArchiverRole"}]
    assert "RulesPolicy" not in made(**ALL)


def test_the_keys_open_what_they_are_for_and_nothing_else():
    policy = made(**IN_S3, **REDACTS, RulesKmsKeyArn=KEY, RedactionKmsKeyArn=KEY)["RulesPolicy"]
    found = {statement["Resource"]["Ref"]: statement["Condition"] for _, statement in statements({"RulesPolicy": policy}) if "Condition" in statement}
    assert found == {"RulesKmsKeyArn": {"StringLike": {"kms:ViaService": [{"Fn::Sub": "s3.*.${AWS::URLSuffix}"}, {"Fn::Sub": "ssm.*.${AWS::URLSuffix}"}]}},
                     "RedactionKmsKeyArn": {"StringLike": {"kms:ViaService": {"Fn::Sub": "ssm.*.${AWS::URLSuffix}"}}}}


def test_a_function_waits_for_the_right_to_read_them():
    assert DOCUMENT["Globals"]["Function"]["Tags"] == {"logweir:rules": {"Fn::If": ["ReadsRules", {"Ref": "RulesPolicy"}, "none"]}}
    assert "Tags" not in set().union(*(function["Properties"] for function in of_type("AWS::Serverless::Function").values()))
    assert RESOURCES["RulesPolicy"]["Condition"] == "ReadsRules"

use logweir_log_formats::Hints;
use serde_json::{Value as Json, json};

use super::*;

/// Categories of ECS that are said here, with the types that ECS expects in each
/// (<https://www.elastic.co/docs/reference/ecs/ecs-allowed-values-event-category>).
const EXPECTED: [(&str, &[&str]); 8] = [
    ("authentication", &["start", "end", "info"]),
    ("configuration", &["access", "change", "creation", "deletion", "info"]),
    ("database", &["access", "change", "info", "error"]),
    ("file", &["access", "change", "creation", "deletion", "info"]),
    ("iam", &["admin", "change", "creation", "deletion", "group", "info", "user"]),
    ("network", &["access", "allowed", "connection", "denied", "end", "info", "protocol", "start"]),
    ("web", &["access", "error", "info"]),
    ("process", &["access", "change", "end", "info", "start"]),
];

/// What is said of a line with these values.
fn said(line: &str, log_group: &str, values: &[(Field, &'static str)]) -> Json {
    let mut known = Values::new();
    for (field, text) in values {
        known.text(*field, Some(*text));
    }
    let hints = Hints::of_log_group(log_group);
    let members = of(&LogLine::parse(line, &hints), &known);
    serde_json::from_str(&format!("{{{}}}", &members[1..])).expect("members")
}

fn pair(said: &Json) -> (Vec<&str>, Vec<&str>) {
    let strings = |name: &str| said[name].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
    (strings("category"), strings("type"))
}

fn is_of_ecs(said: &Json) -> bool {
    let (categories, types) = pair(said);
    let expected = |of: &&str| EXPECTED.iter().find(|(name, _)| name == of).map(|(_, types)| *types);
    // Of two categories each type need be one of either.
    categories.iter().all(|category| expected(category).is_some())
        && (categories.is_empty()
            || types.iter().all(|of| categories.iter().filter_map(expected).any(|types| types.contains(of))))
}

fn trail(source: &str, name: &str, more: &str) -> String {
    format!(
        r#"{{"eventVersion":"1.11","eventTime":"2026-11-21T11:20:00Z","eventSource":"{source}.amazonaws.com","eventName":"{name}","awsRegion":"eu-west-1"{more}}}"#
    )
}

#[test]
fn each_format_by_its_outcome() {
    let flow = "2 123456789012 eni-0a1b2c3d4e5f60718 10.0.1.17 198.51.100.9 443 51532 6 25 18420 1795260000 1795260059 ACCEPT OK";
    let request = r#"203.0.113.7 - - [21/Nov/2026:11:20:00 +0000] "GET / HTTP/1.1" 200 5 "-" "curl""#;
    let waf = r#"{"timestamp":1795260000000,"formatVersion":1,"webaclId":"a","terminatingRuleId":"Default_Action","action":"ALLOW","httpRequest":{"clientIp":"203.0.113.9"}}"#;
    let query = r#"{"query_timestamp":"2020-05-22T03:25:36Z","query_name":"a.","query_type":"A","query_class":"IN","rcode":"NOERROR","srcaddr":"9.9.9.70"}"#;
    let start = "START RequestId: 6f1b7a0e-2d8e-4a6c-9a53-1f4de0c2b7aa Version: $LATEST\n";
    let end = "END RequestId: 6f1b7a0e-2d8e-4a6c-9a53-1f4de0c2b7aa\n";
    let action = |text| vec![(Field::EventAction, text)];
    let failure = vec![(Field::EventOutcome, "failure")];
    let source = vec![(Field::SourceIp, "10.0.1.17")];
    for (line, group, values, expected) in [
        (
            flow,
            "",
            action("accept"),
            json!({"kind": "event", "category": ["network"], "type": ["connection", "allowed"]}),
        ),
        (
            flow,
            "",
            action("reject"),
            json!({"kind": "event", "category": ["network"], "type": ["connection", "denied"]}),
        ),
        (flow, "", source, json!({"kind": "event", "category": ["network"], "type": ["connection"]})),
        (flow, "", vec![], json!({"kind": "event", "category": ["network"], "type": ["info"]})),
        (request, "", vec![], json!({"kind": "event", "category": ["web"], "type": ["access"]})),
        (request, "", failure.clone(), json!({"kind": "event", "category": ["web"], "type": ["access", "error"]})),
        (
            waf,
            "",
            action("allow"),
            json!({"kind": "alert", "category": ["web", "network"], "type": ["access", "allowed"]}),
        ),
        (
            waf,
            "",
            action("block"),
            json!({"kind": "alert", "category": ["web", "network"], "type": ["access", "denied"]}),
        ),
        (waf, "", action("captcha"), json!({"kind": "alert", "category": ["web", "network"], "type": ["access"]})),
        (query, "", vec![], json!({"kind": "event", "category": ["network"], "type": ["protocol"]})),
        (query, "", action("block"), json!({"kind": "event", "category": ["network"], "type": ["protocol", "denied"]})),
        (start, "/aws/lambda/a", vec![], json!({"kind": "event", "type": ["start"]})),
        (end, "/aws/lambda/a", vec![], json!({"kind": "event", "type": ["end"]})),
        (end, "/aws/lambda/a", failure, json!({"kind": "event", "type": ["end", "error"]})),
        ("anything", "", vec![], json!({"kind": "event"})),
        ("anything", "", vec![(Field::ErrorType, "E")], json!({"kind": "event", "type": ["error"]})),
    ] {
        let found = said(line, group, &values);
        assert_eq!(found, expected, "{line}");
        assert!(is_of_ecs(&found), "{found}");
    }
}

#[test]
fn calls_of_aws_as_elastic_says_them() {
    for (source, names, category, types) in [
        (
            "iam",
            "AddUserToGroup AttachGroupPolicy DeleteGroupPolicy PutGroupPolicy RemoveUserFromGroup UpdateGroup",
            "iam",
            "group change",
        ),
        ("iam", "CreateGroup", "iam", "group creation"),
        ("iam", "DeleteGroup", "iam", "group deletion"),
        ("iam", "GetGroup GetGroupPolicy ListAttachedGroupPolicies ListGroups ListGroupsForUser", "iam", "group info"),
        ("iam", "CreateUser", "iam", "user creation"),
        ("iam", "DeleteUser", "iam", "user deletion"),
        (
            "iam",
            "GetUser GetUserPolicy ListUsers ListUserTags ListUserPolicies ListAttachedUserPolicies",
            "iam",
            "user info",
        ),
        (
            "iam",
            "AttachUserPolicy ChangePassword CreateAccessKey CreateVirtualMFADevice DeactivateMFADevice",
            "iam",
            "user change",
        ),
        (
            "iam",
            "DeleteAccessKey DeleteSSHPublicKey DeleteUserPolicy DeleteUserPermissionsBoundary",
            "iam",
            "user change",
        ),
        (
            "iam",
            "DeleteVirtualMFADevice DetachUserPolicy EnableMFADevice PutUserPolicy TagUser UntagUser",
            "iam",
            "user change",
        ),
        ("iam", "UpdateAccessKey UpdateLoginProfile UpdateSSHPublicKey UpdateUser", "iam", "user change"),
        ("iam", "SetDefaultPolicyVersion SetSecurityTokenServicePreferences UpdateRole", "iam", "admin change"),
        ("iam", "UpdateAccountPasswordPolicy", "iam", "admin change"),
        ("ec2", "CreateKeyPair", "iam", "admin creation"),
        ("sts", "AssumeRole AssumeRoleWithSAML", "authentication", "info"),
        ("signin", "ConsoleLogin", "authentication", "info"),
        ("s3", "CreateBucket", "file", "creation"),
        ("s3", "DeleteBucket", "file", "deletion"),
        ("ec2", "RunInstances", "configuration", "creation"),
        ("ec2", "TerminateInstances", "configuration", "deletion"),
        ("cloudtrail", "StopLogging PutEventSelectors", "configuration", "change"),
    ] {
        for name in names.split(' ') {
            let found = said(&trail(source, name, r#","readOnly":false"#), "", &[]);
            assert_eq!(pair(&found), (vec![category], types.split(' ').collect()), "{name}");
            assert!(found["kind"] == "event" && is_of_ecs(&found), "{found}");
        }
    }
    for (source, name, more) in [
        ("ec2", "DescribeInstances", r#","readOnly":true"#),
        ("s3", "PutObject", r#","readOnly":false,"managementEvent":false"#),
        ("ec2", "RunInstances", ""),
    ] {
        assert_eq!(said(&trail(source, name, more), "", &[]), json!({"kind": "event", "type": ["info"]}), "{name}");
    }
}

#[test]
fn datasets_by_the_names_of_elastic() {
    for of in Dataset::ALL {
        let json: Json = serde_json::from_str(&format!("{{\"dataset\":{}}}", dataset(of))).expect("members");
        assert_eq!(json["dataset"], event_dataset(of));
        assert_eq!(event_dataset(of).starts_with("aws."), json["module"] == "aws", "{of}");
    }
}

//! Each ready alarm sees what it is for, in lines as AWS writes them, and not what is like it.

use std::collections::BTreeSet;

use logweir_rules::{Rules, library};
use serde_json::{Value, json};

use crate::{counted, rules};

fn all() -> Rules {
    rules("version: 1\nlibrary: [\"*\"]")
}

/// A line is counted by these alarms and no other.
fn check(log_group: &str, line: &str, alarms: &[&str], seen: &mut BTreeSet<String>) {
    let found = counted(&all(), log_group, line);
    assert_eq!(found, alarms, "{line}");
    seen.extend(found);
}

/// A call in `CloudTrail`.
fn call(source: &str, name: &str, more: Value) -> String {
    let mut event = json!({
        "eventVersion": "1.11",
        "userIdentity": {"type": "IAMUser", "principalId": "AIDAMARYEXAMPLE", "accountId": "123456789012",
            "arn": "arn:aws:iam::123456789012:user/mary", "userName": "mary"},
        "eventTime": "2026-11-21T11:20:00Z", "eventSource": format!("{source}.amazonaws.com"), "eventName": name,
        "awsRegion": "eu-west-1", "sourceIPAddress": "203.0.113.7", "userAgent": "aws-cli/2.31.0",
        "requestParameters": null, "responseElements": null, "requestID": "6f1b7a0e-2d8e-4a6c-9a53-1f4de0c2b7aa",
        "eventID": "5b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0", "readOnly": false, "eventType": "AwsApiCall",
        "managementEvent": true, "recipientAccountId": "123456789012", "eventCategory": "Management",
    });
    let (Value::Object(event_map), Value::Object(more)) = (&mut event, more) else { panic!("objects") };
    event_map.extend(more);
    event.to_string()
}

#[test]
fn every_ready_alarm_counts_what_it_is_for_and_nothing_like_it() {
    let mut seen = BTreeSet::new();
    let seen = &mut seen;
    access(seen);
    lambda(seen);
    flows(seen);
    cloudtrail(seen);
    expensive(seen);
    let names: BTreeSet<String> = all().alarms.into_iter().map(|alarm| alarm.name).collect();
    assert_eq!(*seen, names, "a line for each ready alarm");
}

fn access(seen: &mut BTreeSet<String>) {
    let group = "/demo/access-log";
    for (line, alarms) in [
        (r#"203.0.113.7 - - [21/Nov/2026:11:20:00 +0000] "GET /a HTTP/1.1" 404 88"#, &["access-404"][..]),
        (
            r#"203.0.113.7 - anna [21/Nov/2026:11:20:00 +0000] "GET /a HTTP/1.1" 404 88 "-" "curl/8.11.0""#,
            &["access-404"],
        ),
        (
            r#"shop.example:443 203.0.113.7 - - [21/Nov/2026:11:20:00 +0000] "GET /a HTTP/1.1" 404 88 "-" "c""#,
            &["access-404"],
        ),
        (
            r#"shop.example:443 203.0.113.7 - - [21/Nov/2026:11:20:00 +0000] "GET /a HTTP/1.1" 503 88 "-" "c""#,
            &["access-5xx"],
        ),
        // Behind load balancers, with whatever stands in front.
        (r#"203.0.113.7, 10.0.3.4 - - [21/Nov/2026:11:20:00 +0000] "GET /a HTTP/1.1" 502 88"#, &["access-5xx"]),
        (
            r#"203.0.113.7, 10.0.3.4, 10.0.9.9 - - [21/Nov/2026:11:20:00 +0000] "GET /a HTTP/1.1" 502 -"#,
            &["access-5xx"],
        ),
        (r#"203.0.113.7,10.0.3.4 - - [21/Nov/2026:11:20:00 +0000] "GET /a HTTP/1.1" 404 88"#, &["access-404"]),
        (r#""203.0.113.7, 10.0.3.4" - - [21/Nov/2026:11:20:00 +0000] "GET /a HTTP/1.1" 502 88"#, &["access-5xx"]),
        (
            r#"10.0.2.100 (203.0.113.7, 10.0.3.4) - - [21/Nov/2026:11:20:00 +0000] "GET /a HTTP/1.1" 502 88"#,
            &["access-5xx"],
        ),
        (r#"203.0.113.7 - frank smith [21/Nov/2026:11:20:00 +0000] "GET /a HTTP/1.1" 502 88"#, &["access-5xx"]),
        (r#"203.0.113.7, 10.0.3.4 - - [21/Nov/2026:11:20:00 +0000] "GET /500 HTTP/1.1" 200 500"#, &[]),
        (r#"203.0.113.7 - - [21/Nov/2026:11:20:00 +0000] "GET /a HTTP/1.1" 200 404"#, &[]),
        (r#"203.0.113.7 - - [21/Nov/2026:11:20:00 +0000] "GET /a HTTP/1.1" 200 404 "-" "404""#, &[]),
        (r#"203.0.113.7 - - [21/Nov/2026:11:20:00 +0000] "GET /500 HTTP/1.1" 200 500"#, &[]),
        (r#"203.0.113.7 - - [21/Nov/2026:11:20:00 +0000] "GET /a HTTP/1.1" 502 0 "-" "curl""#, &["access-5xx"]),
    ] {
        check(group, line, alarms, seen);
    }
    let gateway = |status: &str| {
        json!({"requestId": "6f1b7a0e-2d8e-4a6c-9a53-1f4de0c2b7aa", "ip": "203.0.113.7", "requestTime": "21/Nov/2026:11:20:00 +0000",
            "httpMethod": "GET", "resourcePath": "/orders", "status": status, "protocol": "HTTP/1.1", "responseLength": "500"})
        .to_string()
    };
    for (status, alarms) in [("404", &["access-404"][..]), ("500", &["access-5xx"]), ("429", &[]), ("201", &[])] {
        check("/demo/api-gateway", &gateway(status), alarms, seen);
    }
    // Other JSON with a status is no access log.
    check("/demo/application", r#"{"status":404,"job":"import"}"#, &[], seen);
}

fn lambda(seen: &mut BTreeSet<String>) {
    let group = "/aws/lambda/demo-orders";
    let id = "6f1b7a0e-2d8e-4a6c-9a53-1f4de0c2b7aa";
    let report = |tail: &str| {
        format!(
            "REPORT RequestId: {id}\tDuration: 143.21 ms\tBilled Duration: 144 ms\tMemory Size: 256 MB\tMax Memory Used: 91 MB\t{tail}\n"
        )
    };
    let platform = |status: &str, more: Value| {
        let mut record = json!({"requestId": id, "status": status, "metrics": {"durationMs": 143.21}});
        let (Value::Object(map), Value::Object(more)) = (&mut record, more) else { panic!("objects") };
        map.extend(more);
        json!({"time": "2026-11-21T11:20:00.301Z", "type": "platform.report", "record": record}).to_string()
    };
    for (line, alarms) in [
        (format!("2026-11-21T11:20:00.000Z\t{id}\tERROR\torder 7 failed: no such customer\n"), &["lambda-errors"][..]),
        (format!("[ERROR]\t2026-11-21T11:20:00.301Z\t{id}\tValueError"), &["lambda-errors"]),
        ("[ERROR] KeyError: 'order'".to_owned(), &["lambda-errors"]),
        (
            format!("RequestId: {id} Error: Runtime exited with error: exit status 1\nRuntime.ExitError\n"),
            &["lambda-errors"],
        ),
        (
            format!("RequestId: {id} Error: Runtime exited with error: signal: killed\nRuntime.ExitError\n"),
            &["lambda-errors", "lambda-out-of-memory"],
        ),
        (report("Status: error\tError Type: Runtime.ExitError"), &["lambda-errors"]),
        (report("Status: error\tError Type: Runtime.OutOfMemory"), &["lambda-errors", "lambda-out-of-memory"]),
        (report("Status: timeout"), &["lambda-timeouts"]),
        (format!("2026-11-21T11:20:03.301Z {id} Task timed out after 3.00 seconds\n"), &["lambda-timeouts"]),
        (
            json!({"timestamp": "2026-11-21T11:20:00.301Z", "level": "ERROR", "requestId": id, "message": "failed"})
                .to_string(),
            &["lambda-errors"],
        ),
        (platform("error", json!({"errorType": "Runtime.OutOfMemory"})), &["lambda-errors", "lambda-out-of-memory"]),
        (platform("timeout", json!({})), &["lambda-timeouts"]),
        (platform("success", json!({})), &[]),
        (report(""), &[]),
        (format!("START RequestId: {id} Version: $LATEST\n"), &[]),
        (format!("2026-11-21T11:20:00.000Z\t{id}\tINFO\tno ERROR at all\n"), &[]),
        (json!({"level": "INFO", "message": "stored"}).to_string(), &[]),
    ] {
        check(group, &line, alarms, seen);
    }
    check("/demo/application", "[ERROR] of no function", &[], seen);
}

fn flows(seen: &mut BTreeSet<String>) {
    let flow = |port: u16, action: &str| {
        format!(
            "2 123456789012 eni-0a1b2c3d4e5f60718 203.0.113.7 10.0.1.17 51532 {port} 6 25 18420 1795260000 1795260059 {action} OK"
        )
    };
    for (port, action, alarms) in [
        (443, "REJECT", &["vpc-rejects"][..]),
        (22, "REJECT", &["vpc-rejects", "vpc-rejects-of-administration"]),
        (3389, "REJECT", &["vpc-rejects", "vpc-rejects-of-administration"]),
        (22, "ACCEPT", &[]),
    ] {
        check("/demo/vpc-flow-logs", &flow(port, action), alarms, seen);
    }
    check(
        "/demo/vpc-flow-logs",
        "2 123456789012 eni-0a1b2c3d4e5f60718 - - - - - - - 1795260000 1795260060 - NODATA",
        &[],
        seen,
    );
}

fn cloudtrail(seen: &mut BTreeSet<String>) {
    let group = "/demo/cloudtrail";
    let root = json!({"type": "Root", "principalId": "123456789012", "accountId": "123456789012", "arn": "arn:aws:iam::123456789012:root"});
    let mut by_a_service = root.clone();
    by_a_service["invokedBy"] = json!("support.amazonaws.com");
    let login = |result: &str, mfa: &str| {
        let failed = if result == "Failure" { json!("Failed authentication") } else { Value::Null };
        let mut event = json!({"responseElements": {"ConsoleLogin": result}, "eventType": "AwsConsoleSignIn", "additionalEventData": {"MFAUsed": mfa}});
        if !failed.is_null() {
            event["errorMessage"] = failed;
        }
        call("signin", "ConsoleLogin", event)
    };
    let denied =
        |code: &str| call("ec2", "DescribeInstances", json!({"errorCode": code, "errorMessage": "not authorized"}));
    let plain = |source: &str, name: &str| call(source, name, json!({}));
    for (line, alarms) in [
        (call("ec2", "DescribeInstances", json!({"userIdentity": root.clone()})), &["cloudtrail-root-use"][..]),
        (call("ec2", "DescribeInstances", json!({"userIdentity": by_a_service})), &[]),
        (call("ec2", "Service", json!({"userIdentity": root, "eventType": "AwsServiceEvent"})), &[]),
        (login("Success", "No"), &["cloudtrail-sign-in-without-mfa"]),
        (login("Success", "Yes"), &[]),
        (login("Failure", "No"), &["cloudtrail-sign-in-failures"]),
        (denied("AccessDenied"), &["cloudtrail-unauthorized-calls"]),
        (denied("Client.UnauthorizedOperation"), &["cloudtrail-unauthorized-calls"]),
        (denied("ThrottlingException"), &[]),
        (plain("iam", "PutRolePolicy"), &["cloudtrail-iam-policy-changes"]),
        (plain("iam", "CreateAccessKey"), &[]),
        (plain("cloudtrail", "StopLogging"), &["cloudtrail-trail-changes"]),
        (plain("cloudtrail", "DescribeTrails"), &[]),
        (plain("kms", "ScheduleKeyDeletion"), &["cloudtrail-key-deletion"]),
        (plain("kms", "Decrypt"), &[]),
        (plain("s3", "PutBucketPolicy"), &["cloudtrail-bucket-policy-changes"]),
        (plain("s3", "GetBucketAcl"), &[]),
        (plain("config", "StopConfigurationRecorder"), &["cloudtrail-config-changes"]),
        (plain("config", "DescribeConfigRules"), &[]),
        (plain("ec2", "AuthorizeSecurityGroupIngress"), &["cloudtrail-security-group-changes"]),
        (plain("ec2", "DescribeSecurityGroups"), &[]),
        (plain("ec2", "ReplaceNetworkAclEntry"), &["cloudtrail-network-acl-changes"]),
        (plain("ec2", "DescribeNetworkAcls"), &[]),
        (plain("ec2", "AttachInternetGateway"), &["cloudtrail-network-gateway-changes"]),
        (plain("ec2", "CreateRoute"), &["cloudtrail-route-table-changes"]),
        (plain("appmesh", "CreateRoute"), &[]),
        (plain("ec2", "CreateVpcPeeringConnection"), &["cloudtrail-vpc-changes"]),
        (plain("ec2", "DescribeVpcs"), &[]),
        (plain("organizations", "LeaveOrganization"), &["cloudtrail-organization-changes"]),
        (plain("iam", "CreatePolicy"), &["cloudtrail-iam-policy-changes"]),
        (plain("organizations", "DescribeOrganization"), &[]),
    ] {
        check(group, &line, alarms, seen);
    }
}

fn expensive(seen: &mut BTreeSet<String>) {
    let instance = |kind: &str| call("ec2", "RunInstances", json!({"requestParameters": {"instanceType": kind}}));
    let database =
        |kind: &str| call("rds", "CreateDBInstance", json!({"requestParameters": {"dBInstanceClass": kind}}));
    for (line, alarms) in [
        (instance("p5.48xlarge"), &["cloudtrail-expensive-instances"][..]),
        (instance("g4dn.xlarge"), &["cloudtrail-expensive-instances"]),
        (instance("m7i.metal-48xl"), &["cloudtrail-expensive-instances"]),
        (instance("c7i.24xlarge"), &["cloudtrail-expensive-instances"]),
        (instance("u-6tb1.112xlarge"), &["cloudtrail-expensive-instances"]),
        (instance("m7i.large"), &[]),
        (instance("t4g.micro"), &[]),
        (
            call(
                "ec2",
                "RunInstances",
                json!({"requestParameters": {"instanceType": "p5.48xlarge"}, "errorCode": "Client.InstanceLimitExceeded"}),
            ),
            &[],
        ),
        (database("db.r6g.16xlarge"), &["cloudtrail-expensive-databases"]),
        (database("db.t4g.micro"), &[]),
        (call("redshift", "CreateCluster", json!({})), &["cloudtrail-expensive-databases"]),
        (call("es", "CreateDomain", json!({})), &["cloudtrail-expensive-databases"]),
        (call("eks", "CreateCluster", json!({})), &[]),
        (call("elasticmapreduce", "RunJobFlow", json!({})), &["cloudtrail-expensive-computing"]),
        (call("sagemaker", "CreateEndpoint", json!({})), &["cloudtrail-expensive-computing"]),
        (call("sagemaker", "DescribeEndpoint", json!({})), &[]),
        (call("savingsplans", "CreateSavingsPlan", json!({})), &["cloudtrail-purchases"]),
        (call("ec2", "PurchaseReservedInstancesOffering", json!({})), &["cloudtrail-purchases"]),
        (call("ec2", "DescribeReservedInstances", json!({})), &[]),
    ] {
        check("/demo/cloudtrail", &line, alarms, seen);
    }
}

#[test]
fn each_file_is_a_rules_file_without_a_warning_and_says_what_to_do() {
    for (file, text) in library() {
        let checked = Rules::parse(text).unwrap_or_else(|problems| panic!("{file}: {problems}"));
        assert_eq!(checked.warnings, [], "{file}");
        for alarm in &checked.rules.alarms {
            assert!(alarm.name.starts_with(&format!("{file}-")), "{}", alarm.name);
            assert!(alarm.description.len() > 60 && text.contains("severity:"), "{}", alarm.name);
        }
    }
}

#[test]
fn ready_alarms_are_named_left_out_and_changed() {
    let text = r#"
version: 1
defaults:
  severity: info
  notification: {sample_lines: 3}
library:
  - "cloudtrail-*"
  - "!cloudtrail-vpc-changes"
  - alarms: [lambda-errors, cloudtrail-root-use]
    severity: low
    where: {accounts: ["123456789012"]}
"#;
    let rules = rules(text);
    let alarm = |name: &str| rules.alarms.iter().find(|alarm| alarm.name == name);
    assert!(alarm("cloudtrail-vpc-changes").is_none() && alarm("lambda-timeouts").is_none());
    // What the file says of the alarm comes first, then what the alarm says, then the defaults.
    let root = alarm("cloudtrail-root-use").expect("named");
    assert_eq!((root.severity.as_str(), root.line, root.notification.sample_lines), ("low", 9, 3));
    assert_eq!((root.scope.accounts.len(), root.scope.datasets.len()), (1, 1));
    assert_eq!(alarm("cloudtrail-purchases").expect("named").severity.as_str(), "critical");
}

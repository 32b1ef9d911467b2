//! The ready alarms of VPC Flow Logs count refused flows of every format that the indexer knows, by the same settings.

use logweir_log_formats::LogGroups;
use logweir_rules::{Rules, Watch};

use crate::{payload, rules, see};

/// What the alarms count in a line, with the group of the first.
fn seen(rules: &Rules, log_groups: &LogGroups, line: &str) -> Vec<(String, String)> {
    let mut watch = Watch::new(rules).expect("ready").with_log_groups(log_groups.clone());
    let (found, _) = see(rules, &mut watch, &payload("/vpc/flow", &[line]));
    found.into_iter().map(|(alarm, group, _)| (alarm, group)).collect()
}

/// A flow from 203.0.113.7 to port 22, in each order.
const REFUSED: [(&str, &str); 13] = [
    (
        "default",
        "2 111122223333 eni-0a1b2c3d4e5f60718 203.0.113.7 10.0.1.5 40000 22 6 1 40 1795260000 1795260060 REJECT OK",
    ),
    (
        "version 3",
        "3 111122223333 eni-0a1b2c3d4e5f60718 203.0.113.7 10.0.1.5 40000 22 6 1 40 1795260000 1795260060 REJECT OK vpc-0a1b2c3d4e5f60718 subnet-0a1b2c3d4e5f60718 i-0a1b2c3d4e5f60718 2 IPv4 203.0.113.7 10.0.1.5",
    ),
    (
        "version 4",
        "4 111122223333 eni-0a1b2c3d4e5f60718 203.0.113.7 10.0.1.5 40000 22 6 1 40 1795260000 1795260060 REJECT OK vpc-0a1b2c3d4e5f60718 subnet-0a1b2c3d4e5f60718 i-0a1b2c3d4e5f60718 2 IPv4 203.0.113.7 10.0.1.5 eu-west-1 euw1-az1 - -",
    ),
    (
        "version 5",
        "5 111122223333 eni-0a1b2c3d4e5f60718 203.0.113.7 10.0.1.5 40000 22 6 1 40 1795260000 1795260060 REJECT OK vpc-0a1b2c3d4e5f60718 subnet-0a1b2c3d4e5f60718 i-0a1b2c3d4e5f60718 2 IPv4 203.0.113.7 10.0.1.5 eu-west-1 euw1-az1 - - - - ingress -",
    ),
    (
        "ASEA",
        "4 111122223333 eni-0a1b2c3d4e5f60718 203.0.113.7 10.0.1.5 40000 22 6 1 40 1795260000 1795260060 REJECT OK vpc-0a1b2c3d4e5f60718 subnet-0a1b2c3d4e5f60718 i-0a1b2c3d4e5f60718 2 IPv4 203.0.113.7 10.0.1.5 eu-west-1 euw1-az1",
    ),
    (
        "default and vpc-id",
        "3 111122223333 eni-0a1b2c3d4e5f60718 203.0.113.7 10.0.1.5 40000 22 6 1 40 1795260000 1795260060 REJECT OK vpc-0a1b2c3d4e5f60718",
    ),
    (
        "alphabet, version 5",
        "111122223333 REJECT euw1-az1 40 10.0.1.5 22 1795260060 ingress i-0a1b2c3d4e5f60718 eni-0a1b2c3d4e5f60718 OK 1 - 10.0.1.5 - 203.0.113.7 6 eu-west-1 203.0.113.7 40000 1795260000 - - subnet-0a1b2c3d4e5f60718 2 - IPv4 5 vpc-0a1b2c3d4e5f60718",
    ),
    (
        "alphabet, version 2",
        "111122223333 REJECT 40 10.0.1.5 22 1795260060 eni-0a1b2c3d4e5f60718 OK 1 6 203.0.113.7 40000 1795260000 2",
    ),
    (
        "AWS's example of flags",
        "3 vpc-0a1b2c3d4e5f60718 subnet-0a1b2c3d4e5f60718 i-0a1b2c3d4e5f60718 eni-0a1b2c3d4e5f60718 111122223333 IPv4 203.0.113.7 10.0.1.5 40000 22 203.0.113.7 10.0.1.5 6 40 1 1795260000 1795260060 REJECT 2 OK",
    ),
    (
        "AWS's example of a transit gateway",
        "3 eni-33333333333333333 123456789010 vpc-abcdefab012345678 subnet-22222222bbbbbbbbb i-01234567890123456 203.0.113.7 10.40.2.236 39812 22 6 3 IPv4 10.20.33.164 10.40.2.236 REJECT OK",
    ),
    (
        "AWS's example of paths",
        "5 203.0.113.7 10.0.0.71 40000 22 6 1616729292 1616729349 IPv4 14 15044 123456789012 vpc-abcdefab012345678 subnet-aaaaaaaa012345678 i-0c50d5961bcb2d47b eni-1235b8ca123456789 ap-southeast-2 apse2-az3 - - REJECT 2 52.95.128.179 10.0.0.71 S3 - - ingress OK",
    ),
    (
        "version 8",
        "8 111122223333 eni-0a1b2c3d4e5f60718 203.0.113.7 10.0.1.5 40000 22 6 1 40 1795260000 1795260060 REJECT OK vpc-0a1b2c3d4e5f60718 subnet-0a1b2c3d4e5f60718 i-0a1b2c3d4e5f60718 2 IPv4 203.0.113.7 10.0.1.5 eu-west-1 euw1-az1 - - - - ingress - - - - - - - - - - - BPA",
    ),
    (
        "alphabet, version 3",
        "111122223333 REJECT 40 10.0.1.5 22 1795260060 i-0a1b2c3d4e5f60718 eni-0a1b2c3d4e5f60718 OK 1 10.0.1.5 203.0.113.7 6 203.0.113.7 40000 1795260000 subnet-0a1b2c3d4e5f60718 2 IPv4 3 vpc-0a1b2c3d4e5f60718",
    ),
];

#[test]
fn refused_flows_count_in_every_order_that_needs_no_setting() {
    let rules = rules("version: 1\nlibrary: [\"vpc-*\"]");
    for (order, line) in REFUSED {
        let group = r#"["203.0.113.7"]"#.to_owned();
        let expected = ["vpc-rejects", "vpc-rejects-of-administration"].map(|alarm| (alarm.to_owned(), group.clone()));
        assert_eq!(seen(&rules, &LogGroups::default(), line), expected, "{order}");
        let accepted = line.replace("REJECT", "ACCEPT");
        assert_eq!(seen(&rules, &LogGroups::default(), &accepted), [], "{order}");
        // Another port is a refusal, but none of administration.
        let other = line.replace(" 22 ", " 443 ");
        assert_eq!(seen(&rules, &LogGroups::default(), &other), expected[..1], "{order}");
    }
}

#[test]
fn the_settings_of_the_indexer_count_for_alarms_too() {
    let text = "version: 1\nlibrary: [vpc-rejects]\nalarms:\n  - {name: flows, where: {datasets: [vpcflow]}, pattern: REJECT, \
                comparison: '>=', threshold: 1, period: 5m, group_by: ['@flow.dstport', '@flow.vpc-id']}\n";
    let rules = rules(text);
    let line = "REJECT 203.0.113.7 22 -";
    let names = |log_groups: &LogGroups| {
        let mut seen = seen(&rules, log_groups, line);
        seen.sort();
        seen
    };
    assert_eq!(names(&LogGroups::default()), []);
    let formats = |text: &str| LogGroups { vpc_flow: text.parse().expect("formats"), ..LogGroups::default() };
    let found = [("flows", r#"["22","-"]"#), ("vpc-rejects", r#"["203.0.113.7"]"#)];
    let found = found.map(|(alarm, group)| (alarm.to_owned(), group.to_owned()));
    for text in [
        "${action} ${srcaddr} ${dstport} ${vpc-id}",
        "/other=${srcaddr};/vpc/*=action srcaddr dstport vpc-id",
        "${srcaddr} ${dstaddr};${action} ${srcaddr} ${dstport} ${vpc-id}",
    ] {
        assert_eq!(names(&formats(text)), found, "{text}");
    }
    assert_eq!(names(&formats("/other=${action} ${srcaddr} ${dstport} ${vpc-id}")), []);
    // What a log group holds counts although no line is in a format.
    let held = LogGroups { datasets: "/vpc/*=vpcflow".parse().expect("datasets"), ..LogGroups::default() };
    let unknown = |(alarm, _): (String, String)| (alarm, "-".to_owned());
    assert_eq!(
        names(&held).into_iter().map(unknown).map(|(alarm, _)| alarm).collect::<Vec<_>>(),
        ["flows", "vpc-rejects"]
    );
    let other = LogGroups {
        datasets: "/vpc/*=access".parse().expect("datasets"),
        ..formats("${action} ${srcaddr} ${dstport} ${vpc-id}")
    };
    assert_eq!(names(&other), []);
}

#[test]
fn a_column_that_no_flow_has_is_refused() {
    let text = "version: 1\nalarms:\n  - {name: flows, pattern: REJECT, comparison: '>=', threshold: 1, period: 5m, group_by: ['@flow.srcadr']}\n";
    let problems = Rules::parse(text).expect_err("no such column").to_string();
    assert!(problems.contains("there is no `@flow.srcadr`") && problems.contains("@flow.srcaddr"), "{problems}");
}

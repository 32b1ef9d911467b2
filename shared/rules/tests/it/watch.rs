//! Which events count for which alarm.

use std::fmt::Write;

use logweir_alarms::Reading;
use logweir_rules::{MAX_LINE_BYTES, Watch};
use logweir_subscription::{Decoder, Message};

use crate::{payload, rules, see};

const RULES: &str = r#"
version: 1
alarms:
  - name: errors
    where: {log_groups: ["/app/*"]}
    patterns: [ERROR, "{ $.level = ERROR }"]
    comparison: ">"
    threshold: 3
    period: 5m
  - name: slow
    pattern: "{ $.latency > 100 }"
    measure: p99
    value: $.latency
    group_by: [$.user, "@log_group"]
    comparison: ">="
    threshold: 500
    period: 5m
  - name: bytes
    where: {datasets: [access]}
    pattern: "[ip, id, user, time, request, status, bytes]"
    measure: sum
    value: $bytes
    group_by: [$status]
    comparison: ">="
    threshold: 5000
    period: 5m
  - name: versions
    kind: change
    pattern: "{ $.version = * }"
    value: $.version
"#;

const ACCESS: &str = r#"203.0.113.7 - - [21/Nov/2026:11:20:00 +0000] "GET /a HTTP/1.1" 200 88"#;

#[test]
fn centralised_events_are_of_the_log_group_that_they_were_written_to() {
    let rules = rules(
        "version: 1\nalarms:\n  - {name: a, where: {log_groups: [/app/*], accounts: ['111111111111']}, pattern: ERROR, group_by: ['@owner', '@log_group', '@central_log_group', '@aws.account', '@source.log'], comparison: '>', threshold: 3, period: 5m}\n  - {name: b, pattern: ERROR, group_by: ['@aws.region'], comparison: '>', threshold: 3, period: 5m}",
    );
    let fields = r#"{"@aws.account":"111111111111","@source.log":"/app/web","@aws.region":"eu-west-1"}"#;
    let json = format!(
        r#"{{"messageType":"DATA_MESSAGE","owner":"999999999999","logGroup":"/central","logStream":"s","logEvents":[{{"id":"1","timestamp":1,"message":"ERROR","extractedFields":{fields}}}]}}"#
    );
    let Ok(Message::Data(mut data)) = Message::parse(&json) else { panic!("no data message") };
    assert!(data.by_source().is_none());
    let mut groups = Vec::new();
    Watch::new(&rules).expect("ready").observe(&data, &mut |found| groups.push(found.group.key()));
    assert_eq!(groups, [r#"["111111111111","/app/web","/central","111111111111","/app/web"]"#, r#"["eu-west-1"]"#]);
}

#[test]
fn events_count_once_for_each_alarm_with_what_they_say() {
    let rules = rules(RULES);
    let mut watch = Watch::new(&rules).expect("ready");
    let lines = [
        r#"{"level":"ERROR","latency":250.5,"user":"anna"}"#,
        r#"{"level":"INFO","latency":"300","version":"1.2"}"#,
        ACCESS,
        "INFO nothing",
        &ACCESS.replace(" 88", " -"),
    ];
    let (found, observed) = see(&rules, &mut watch, &payload("/app/web", &lines));
    let of = |name: &str| found.iter().filter(|(alarm, ..)| alarm == name).collect::<Vec<_>>();
    // It matches both patterns of the alarm.
    assert_eq!(of("errors").len(), 1);
    let slow: Vec<_> = of("slow").iter().map(|(_, group, observation)| (group.as_str(), observation.reading)).collect();
    assert_eq!(
        slow,
        [(r#"["anna","/app/web"]"#, Reading::Number(250.5)), (r#"["-","/app/web"]"#, Reading::Number(300.0))]
    );
    let bytes: Vec<_> =
        of("bytes").iter().map(|(_, group, observation)| (group.as_str(), observation.reading)).collect();
    assert_eq!(bytes, [(r#"["200"]"#, Reading::Number(88.0))]);
    assert!(matches!(of("versions")[..], [(_, _, observation)] if matches!(observation.reading, Reading::Text(_))));
    assert_eq!((observed.events, observed.matches, observed.without_value), (5, 5, 1));
    let keys: std::collections::BTreeSet<_> = found.iter().map(|(_, _, observation)| observation.key).collect();
    assert_eq!(keys.len(), 3, "an event has one key, whatever it counts for");
}

#[test]
fn the_same_event_has_the_same_key_and_another_has_another() {
    let rules = rules(RULES);
    let mut watch = Watch::new(&rules).expect("ready");
    let mut key = |log_group: &str| see(&rules, &mut watch, &payload(log_group, &["ERROR"])).0[0].2.key;
    assert_eq!(key("/app/web"), key("/app/web"));
    assert_ne!(key("/app/web"), key("/app/other"));
    // SHA-256 of "123456789012\0/app/web\0stream\00\0".
    assert_eq!(format!("{:032x}", key("/app/web").0), "d9f658ab8c681963547fb8dca5bea2b6");
}

#[test]
fn log_groups_that_nobody_looks_at_are_left_alone() {
    let rules = rules(
        "version: 1\nalarms: [{name: a, where: {log_groups: [/app/*]}, pattern: '', comparison: '>', threshold: 3, period: 60}]",
    );
    let mut watch = Watch::new(&rules).expect("ready");
    assert_eq!(see(&rules, &mut watch, &payload("/other", &["a"])).0, []);
    assert_eq!(see(&rules, &mut watch, &payload("/app/web", &["a", ""])).0.len(), 2);
}

#[test]
fn any_number_of_log_groups_and_of_choices_of_alarms() {
    let mut text = "version: 1\nalarms:\n".to_owned();
    for number in 0..60 {
        let _ = writeln!(
            text,
            "  - {{name: a{number}, where: {{log_groups: [\"/app/{number}*\", \"/many/*\"]}}, pattern: ERROR, comparison: '>', threshold: 3, period: 60}}"
        );
    }
    let rules = rules(&text);
    let mut watch = Watch::new(&rules).expect("ready");
    for round in 0..2 {
        for number in 0..60 {
            let found = see(&rules, &mut watch, &payload(&format!("/app/{number}x"), &["ERROR", "fine"])).0;
            let expected: Vec<String> = match number {
                0..=9 => vec![format!("a{number}")],
                _ => vec![format!("a{}", number / 10), format!("a{number}")],
            };
            assert_eq!(found.into_iter().map(|(name, ..)| name).collect::<Vec<_>>(), expected, "{round}");
        }
        for number in 0..1_100 {
            assert_eq!(see(&rules, &mut watch, &payload(&format!("/many/{number}"), &["ERROR"])).0.len(), 60);
        }
    }
}

#[test]
fn groups_are_short_and_written_as_json() {
    let rules = rules(RULES);
    let mut watch = Watch::new(&rules).expect("ready");
    let user = format!("\\\"\\n{}", "é".repeat(200));
    let line = format!("{{\"latency\":101,\"user\":\"{user}\"}}");
    let (found, _) = see(&rules, &mut watch, &payload("/x", &[&line]));
    let values: Vec<String> = serde_json::from_str(&found[0].1).expect("JSON");
    assert_eq!(values, [format!("\"\n{}", "é".repeat(126)), "/x".to_owned()]);
}

#[test]
fn lines_are_redacted_and_cut_between_characters() {
    let text = "version: 1\nalarms: [{name: a, pattern: ERROR, comparison: '>', threshold: 3, period: 60, notification: {redact: [email]}}]";
    let rules = rules(text);
    let mut watch = Watch::new(&rules).expect("ready");
    let line = format!("ERROR anna@example.org {}\n", "é".repeat(1_000));
    let payload = payload("/app/web", &[&line]);
    let mut decoder = Decoder::default();
    let Ok(Message::Data(data)) = decoder.decode(&payload) else { panic!("no data message") };
    let mut lines = Vec::new();
    watch.observe(&data, &mut |found| lines.push(rules.alarms[found.alarm].line(&found)));
    let [line] = lines.as_slice() else { panic!("one line") };
    assert!(
        line.message.starts_with("ERROR [email] é")
            && line.message.len() <= MAX_LINE_BYTES
            && line.message.len() > MAX_LINE_BYTES - 2
    );
    assert_eq!((line.owner.as_str(), line.log_group.as_str(), line.id.as_str()), ("123456789012", "/app/web", "0"));
}

//! What becomes of events: which stay, what of them changes, where they go.

use std::collections::BTreeMap;
use std::fmt::Write;

use logweir_log_formats::Dataset;
use logweir_rules::{Applied, Fate, Labels, RedactionKey, Rules, Streams, StreamsError};
use logweir_subscription::{DataMessage, Message};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::rules;

/// A payload of events with their fields.
pub(crate) fn payload(log_group: &str, events: &[(&str, Value)]) -> String {
    let event = |(number, (message, fields)): (usize, &(&str, Value))| json!({"id": format!("3{number:055}"), "timestamp": 1_795_260_000_000_u64, "message": message, "extractedFields": fields});
    let events: Vec<Value> = events.iter().enumerate().map(event).collect();
    json!({"messageType": "DATA_MESSAGE", "owner": "123456789012", "logGroup": log_group, "logStream": "web",
        "subscriptionFilters": ["all"], "logEvents": events})
    .to_string()
}

pub(crate) fn message(json: &str) -> DataMessage<'_> {
    let Ok(Message::Data(data)) = Message::parse(json) else { panic!("no data message: {json}") };
    data
}

fn lines(log_group: &str, lines: &[&str]) -> String {
    payload(log_group, &lines.iter().map(|line| (*line, Value::Null)).collect::<Vec<_>>())
}

/// By rule: how many events and bytes.
type Dropped = BTreeMap<String, (u64, u64)>;

/// Messages of each part, and what was dropped by whom.
fn told(applied: &Applied<'_>) -> (Vec<Vec<String>>, Dropped) {
    let of_part =
        |part: &logweir_rules::Part<'_>| part.data.log_events.iter().map(|event| event.message.to_string()).collect();
    let dropped = applied.dropped.iter().map(|dropped| (dropped.rule.to_owned(), (dropped.events, dropped.bytes)));
    (applied.parts.iter().map(of_part).collect(), dropped.collect())
}

#[test]
fn the_first_rule_that_says_so_decides_and_all_that_match_change() {
    let rules = rules(
        r#"
version: 1
streams:
  - {name: mask, redact: [email], fields: {team: web, kind: any}}
  - {name: errors, patterns: [ERROR, "{ $.level = ERROR }"], keep: true, fields: {kind: error, more: x}}
  - {name: health, where: {log_groups: ["/app/*"]}, pattern: '"/health"', drop: true}
  - {name: app, where: {datasets: [access]}, dataset: app, index: edge, prefix: edge/logs}
  - {name: json, pattern: "{ $.level = * }", fields: {level: $.level, who: $.user.mail, gone: $.no}, redact: [$.user.id]}
  - {name: rest, where: {accounts: ["123456789012"]}, pattern: DEBUG, drop: true}
"#,
    );
    let access = r#"10.0.0.1 - - [21/Nov/2026:11:20:00 +0000] "GET /a HTTP/1.1" 200 12"#;
    let input = lines(
        "/app/web",
        &[
            "ERROR /health of a@b.cd",
            "GET /health",
            "fine",
            access,
            r#"{"level":"DEBUG","user":{"id":7,"mail":"a@b.cd"}}"#,
            r#"{"level":"INFO","user":{"id":7,"mail":"a@b.cd"}}"#,
        ],
    );
    let mut streams = Streams::new(&rules, None).expect("ready");
    let applied = streams.apply(&[message(&input)]);
    let (parts, dropped) = told(&applied);
    assert_eq!(
        parts,
        [
            vec!["ERROR /health of [email]", "fine", r#"{"level":"INFO","user":{"id":"[redacted]","mail":"[email]"}}"#],
            vec![access]
        ]
    );
    assert_eq!(dropped, BTreeMap::from([("health".to_owned(), (1, 11)), ("rest".to_owned(), (1, 49))]));
    assert_eq!(applied.parts[0].places.as_deref(), Some(&[0, 2, 5][..]));
    assert_eq!(applied.parts[1].places.as_deref(), Some(&[3][..]));
    assert_eq!(applied.parts[0].labels, Labels::default());
    let labels = Labels { dataset: Some(Dataset::App), index: Some("edge"), prefix: Some("edge/logs") };
    assert_eq!(applied.parts[1].labels, labels);
    let fields = |part: usize, event: usize| {
        applied.parts[part].data.log_events[event].extracted_fields.map(|fields| fields.as_json())
    };
    assert_eq!(fields(0, 0), Some(r#"{"team":"web","kind":"any","more":"x"}"#));
    assert_eq!(fields(0, 2), Some(r#"{"team":"web","kind":"any","level":"INFO","who":"[email]"}"#));
}

#[test]
fn what_no_rule_touches_comes_out_as_it_came() {
    let rules =
        rules("version: 1\nstreams: [{name: a, where: {log_groups: [/app/*]}, pattern: ERROR, redact: [email]}]");
    let mut streams = Streams::new(&rules, None).expect("ready");
    let inputs = [lines("/other", &["ERROR a@b.cd"]), lines("/app/x", &["a@b.cd", "ERROR"]), lines("/app/x", &[])];
    let messages: Vec<_> = inputs.iter().map(|input| message(input)).collect();
    let applied = streams.apply(&messages);
    assert!(applied.dropped.is_empty() && applied.parts.len() == 3);
    for (number, part) in applied.parts.iter().enumerate() {
        assert_eq!((part.message, &part.data, &part.places), (number, &messages[number], &None));
        for (event, came) in part.data.log_events.iter().zip(&messages[number].log_events) {
            let literals = (event.message.canonical_literal(), came.message.canonical_literal());
            assert!(matches!(literals, (Some(now), Some(before)) if std::ptr::eq(now, before)), "not copied");
        }
    }
    assert!(Streams::new(&Rules::default(), None).expect("ready").is_empty() && !streams.is_empty());
}

#[test]
fn a_sample_is_the_same_everywhere() {
    let rules = rules("version: 1\nstreams: [{name: some, sample: 1/4}]");
    let Some(Fate::Sample(share)) = rules.streams[0].fate else { panic!("a sample") };
    let input = lines("/app", &["x"; 1_000]);
    let data = message(&input);
    let expected: Vec<u32> = data
        .log_events
        .iter()
        .zip(0..)
        .filter(|(event, _)| share.holds("some", &event.id.decode()))
        .map(|(_, place)| place)
        .collect();
    assert!((200..300).contains(&expected.len()), "{}", expected.len());
    for _ in 0..2 {
        let mut streams = Streams::new(&rules, None).expect("ready");
        assert_eq!(streams.apply(std::slice::from_ref(&data)).parts[0].places.as_ref(), Some(&expected));
    }
}

#[test]
fn equal_values_have_equal_hashes_and_no_key_is_said() {
    let rules = rules("version: 1\nstreams: [{name: hashed, redact: [email, $.id], redact_with: hash}]");
    let error = Streams::new(&rules, None).expect_err("no key");
    assert_eq!(error, StreamsError::NoKey("hashed".to_owned()));
    assert!(error.to_string().contains("stream hashed") && error.to_string().contains("redaction key"));
    let marks = |key: &[u8]| {
        let mut streams = Streams::new(&rules, Some(&RedactionKey::new(key))).expect("ready");
        let input = lines("/app", &["a@b.cd a@b.cd x@b.cd", r#"{"id":"a@b.cd"}"#]);
        told(&streams.apply(&[message(&input)])).0.concat()
    };
    let (one, other) = (marks(b"one"), marks(b"other"));
    let words: Vec<&str> = one[0].split(' ').collect();
    assert!(
        words[0] == words[1] && words[0] != words[2] && words[0].starts_with("[email:") && words[0].len() == 20,
        "{one:?}"
    );
    assert_eq!(one[1], format!(r#"{{"id":"{}"}}"#, words[0].replace("email", "redacted")));
    assert_ne!(one, other);
}

/// A rule of a generated file: pattern, log groups, what it says.
const PATTERNS: [Option<&str>; 5] = [None, Some("ERROR"), Some("'{ $.a = 1 }'"), Some("-ERROR"), Some("'[w, n = 1*]'")];
const PLACES: [&str; 4] = [
    "",
    ", where: {log_groups: [/app/*]}",
    ", where: {log_groups: ['!/app/a']}",
    ", where: {accounts: ['000000000000']}",
];
const SAYS: [&str; 6] = ["keep: true", "drop: true", "sample: 50%", "fields: {f: x}", "index: i", "redact: [email]"];
const LINES: [&str; 6] = ["ERROR 12", "fine 12", r#"{"a":1}"#, r#"{"a":1,"b":"ERROR a@b.cd"}"#, "a@b.cd", ""];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    /// A second evaluator, rule by rule and event by event.
    #[test]
    fn a_slow_evaluator_agrees(
        chosen in prop::collection::vec((0..5_usize, 0..4_usize, 0..6_usize), 1..7),
        picked in prop::collection::vec(prop::collection::vec(0..6_usize, 0..12), 1..3),
        group in 0..2_usize,
    ) {
        let mut text = "version: 1\nstreams:\n".to_owned();
        for (number, (pattern, place, says)) in chosen.iter().enumerate() {
            let pattern = PATTERNS[*pattern].map_or(String::new(), |pattern| format!(", pattern: {pattern}"));
            let _ = writeln!(text, "  - {{name: r{number}{pattern}{}, {}}}", PLACES[*place], SAYS[*says]);
        }
        let rules = rules(&text);
        let log_group = ["/app/a", "/app/b"][group];
        let inputs: Vec<String> = picked.iter().map(|picked| lines(log_group, &picked.iter().map(|line| LINES[*line]).collect::<Vec<_>>())).collect();
        let messages: Vec<_> = inputs.iter().map(|input| message(input)).collect();
        let mut expected = BTreeMap::new();
        let mut dropped: BTreeMap<String, (u64, u64)> = BTreeMap::new();
        for (number, data) in messages.iter().enumerate() {
            for (event, place) in data.log_events.iter().zip(0_u32..) {
                let line = event.message.decode();
                let matching: Vec<_> = rules.streams.iter().filter(|rule| {
                    rule.scope.matches("123456789012", log_group, Dataset::of_log_group(log_group)) && (rule.patterns.is_empty() || rule.patterns.iter().any(|pattern| pattern.matches(&line)))
                }).collect();
                let decides = matching.iter().find(|rule| rule.fate.is_some());
                let stays = decides.is_none_or(|rule| match rule.fate {
                    Some(Fate::Drop) => false,
                    Some(Fate::Sample(share)) => share.holds(&rule.name, &event.id.decode()),
                    _ => true,
                });
                if let (false, Some(rule)) = (stays, decides) {
                    let counts = dropped.entry(rule.name.clone()).or_default();
                    *counts = (counts.0 + 1, counts.1 + line.len() as u64);
                    continue;
                }
                let redacts = matching.iter().any(|rule| !rule.redaction.is_empty());
                let line = if redacts { line.replace("a@b.cd", "[email]") } else { line.into_owned() };
                let index = matching.iter().find_map(|rule| rule.index.clone());
                let field = matching.iter().any(|rule| !rule.fields.is_empty()).then(|| r#"{"f":"x"}"#.to_owned());
                expected.insert((number, place), (line, index, field));
            }
        }
        let mut streams = Streams::new(&rules, None).expect("ready");
        let applied = streams.apply(&messages);
        let mut came = BTreeMap::new();
        for part in &applied.parts {
            for (index, event) in part.data.log_events.iter().enumerate() {
                let place = part.places.as_ref().map_or(u32::try_from(index).expect("few"), |places| places[index]);
                let field = event.extracted_fields.map(|fields| fields.as_json().to_owned());
                let event = (event.message.to_string(), part.labels.index.map(str::to_owned), field);
                prop_assert!(came.insert((part.message, place), event).is_none(), "an event came out twice");
            }
            prop_assert!(part.places.as_ref().is_none_or(|places| places.is_sorted() && places.len() == part.data.log_events.len()));
        }
        prop_assert_eq!(came, expected, "{}", text);
        prop_assert_eq!(told(&applied).1, dropped, "{}", text);
    }
}

#[test]
fn rules_that_never_count_are_warned_of() {
    for (streams, said) in [
        (
            "{name: a, drop: true}, {name: b, pattern: ERROR, keep: true}",
            &["a in line 3 decides about all events that it matches"][..],
        ),
        (
            "{name: a, pattern: ERROR, keep: true}, {name: b, pattern: ERROR, drop: true, fields: {x: y}}",
            &["a in line 3 decides"],
        ),
        ("{name: a, pattern: ERROR, keep: true}, {name: b, drop: true}", &[]),
        (
            "{name: a, where: {log_groups: [/app/*]}, drop: true}, {name: b, where: {log_groups: [/app/x, '/app/y*']}, sample: 1%}",
            &["a in line 3 decides"],
        ),
        (
            "{name: a, where: {log_groups: [/app/x]}, drop: true}, {name: b, where: {log_groups: [/app/*]}, sample: 1%}",
            &[],
        ),
        ("{name: a, redact: [email]}, {name: b, patterns: ['', x], drop: true}", &["b in line 3 drops all events"]),
        ("{name: a, pattern: x, keep: true}, {name: b, redact: [email]}, {name: c, drop: true}", &[]),
        ("{name: a, where: {log_groups: ['!*']}, keep: true}", &["it never sees an event"]),
        ("{name: a, pattern: x -x, keep: true}", &["no line can match"]),
        ("{name: a, pattern: ERROR, drop: true}", &["it never sees an event: stream a in line 3 drops them"]),
        ("{name: b, pattern: ERROR, where: {datasets: [app]}, keep: true}, {name: a, pattern: ERROR, drop: true}", &[]),
    ] {
        let alarm = "{name: errors, pattern: ERROR, comparison: '>', threshold: 3, period: 60}";
        let alarms = if streams.contains("pattern: ERROR") && !streams.contains("name: b, pattern: ERROR, drop") {
            alarm
        } else {
            ""
        };
        let text = format!("version: 1\nalarms: [{alarms}]\nstreams: [{streams}]");
        let told: Vec<String> = Rules::parse(&text).expect("valid").warnings.iter().map(ToString::to_string).collect();
        let is_told = |said: &str| told.iter().any(|told| told.contains(said));
        assert!(said.iter().all(|said| is_told(said)) && (!said.is_empty() || told.is_empty()), "{streams}: {told:?}");
    }
    assert!(Rules::parse("version: 1\nstreams: [{name: a, drop: true}]").expect("valid").warnings.is_empty());
}

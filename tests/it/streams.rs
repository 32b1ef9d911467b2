//! Rules of streams through what the functions make of a payload: archive objects, documents, lines of alarms. What is redacted is
//! found in none of them, and what is dropped is counted.

use std::io::Read;

use logweir_accounting::Fate;
use logweir_intake::{Batch, Content, Reader, Settings};
use logweir_lambda_support::Environment;
use logweir_rules::{Rules, Streams, Watch};
use logweir_search::{DocumentWriter, Settings as Documents};
use logweir_subscription::{Event, encode, gzip};
use serde_json::json;

const RULES: &str = r#"
version: 1
streams:
  - {name: secrets, redact: [email, card, aws_access_key, "$.token"]}
  - {name: health, pattern: healthz, drop: true}
  - {name: pay, where: {log_groups: ["/pay*"]}, index: payments, prefix: payments, fields: {team: pay}}
alarms:
  - {name: all, pattern: "", group_by: ["@log_group"], comparison: ">", threshold: 0, period: 5m, notification: {sample_lines: 5}}
"#;
const SECRETS: [&str; 3] = ["anna@mail.example.org", "4111 1111 1111 1111", "AKIAIOSFODNN7EXAMPLE"];

/// Lines with a secret in each of the ways that it can be written.
fn lines(secret: &str) -> Vec<String> {
    let escaped = secret.chars().fold(String::new(), |all, character| format!("{all}\\u{:04x}", u32::from(character)));
    vec![
        secret.to_owned(),
        format!("user {secret} logged in"),
        json!({"user": {"name": secret}, "ok": true}).to_string(),
        format!(r#"{{"user":"{escaped}","{escaped}":1}}"#),
        format!(r#"INFO done {{"a":["{escaped}"]}}"#),
        json!({"body": json!({"to": secret}).to_string()}).to_string(),
        json!({"token": "t0psecret", "n": 1}).to_string(),
    ]
}

fn event(log_group: &str, lines: &[String]) -> String {
    let event = |(index, line): (usize, &String)| {
        // A pattern of JSON extracts what it tests, under its selector.
        let fields = if line.contains("t0psecret") { json!({"$.token": "t0psecret"}) } else { json!({"$.line": line}) };
        json!({"id": format!("{index:056}"), "timestamp": 1_795_260_000_000_i64, "message": line, "extractedFields": fields})
    };
    let events: Vec<_> = lines.iter().enumerate().map(event).collect();
    let payload = json!({"messageType": "DATA_MESSAGE", "owner": "123456789012", "logGroup": log_group, "logStream": "s",
        "subscriptionFilters": [], "logEvents": events});
    encode::kinesis_event(&[encode::gzip(payload.to_string().as_bytes())]).to_string()
}

fn settings() -> (Rules, Settings) {
    let rules = Rules::parse(RULES).expect("rules").rules;
    let settings = Settings::default().with_streams(Streams::new(&rules, None).expect("ready"));
    (rules, settings)
}

/// The text, and all that the strings of its JSON say.
fn decoded(text: &str) -> String {
    text.replace("\\\\u", "\\u")
        .split("\\u")
        .enumerate()
        .map(|(index, part)| match part.get(..4).and_then(|digits| u32::from_str_radix(digits, 16).ok()) {
            Some(code) if index > 0 => format!("{}{}", char::from_u32(code).unwrap_or('?'), &part[4..]),
            _ => part.to_owned(),
        })
        .collect()
}

#[test]
fn what_is_redacted_leaves_no_function() {
    let (rules, settings) = settings();
    let config =
        logweir_archiver::Config::read(Environment::from_pairs([("ARCHIVE_BUCKET", "a"), ("DEAD_LETTER_BUCKET", "d")]))
            .expect("a configuration");
    for secret in SECRETS {
        let event = event("/app", &lines(secret));
        let event = Event::parse(event.as_bytes()).expect("an event");
        let batch = Batch::of(&event).expect("a batch");
        let mut left = Vec::new();

        for object in logweir_archiver::plan(&config, &settings, &batch.records).objects {
            let mut text = String::new();
            gzip::reader(object.body.as_slice()).read_to_string(&mut text).expect("gzip of UTF-8");
            assert_eq!(text.lines().count(), lines(secret).len());
            left.push(text);
        }
        let mut reader = Reader::new(&settings);
        let Content::Parts(parts) = reader.read(batch.records[0].data) else { panic!("parts") };
        let documents = Documents::default();
        let mut watch = Watch::new(&rules).expect("ready");
        for part in parts.iter() {
            let mut writer = DocumentWriter::new(&documents, part.data);
            for event in &part.data.log_events {
                let mut document = Vec::new();
                writer.write(event, &mut document);
                left.push(String::from_utf8(document).expect("UTF-8"));
            }
            watch.observe(part.data, &mut |found| left.push(rules.alarms[found.alarm].line(&found).message));
        }
        assert_eq!(left.len(), 1 + 2 * lines(secret).len());
        for text in left {
            for form in [text.clone(), decoded(&text), decoded(&decoded(&text))] {
                assert!(!form.contains(secret) && !form.contains("t0psecret"), "{secret}: {form}");
            }
        }
    }
}

/// In a central account every payload is of that account; rules look at where the event was written.
#[test]
fn rules_of_an_account_hold_for_its_events_wherever_they_were_copied() {
    let rules =
        "version: 1\nstreams:\n  - {name: of-one, where: {accounts: ['111111111111'], log_groups: [/app]}, drop: true}";
    let rules = Rules::parse(rules).expect("rules").rules;
    let settings = Settings::default().with_streams(Streams::new(&rules, None).expect("ready"));
    let event = |(id, account): (usize, &str)| {
        json!({"id": id.to_string(), "timestamp": 1, "message": account,
            "extractedFields": {"@aws.account": account, "@source.log": "/app"}})
    };
    let events: Vec<_> = ["111111111111", "222222222222", "111111111111"].into_iter().enumerate().map(event).collect();
    let payload = json!({"messageType": "DATA_MESSAGE", "owner": "999999999999", "logGroup": "/central", "logStream": "s",
        "logEvents": events});
    let data = encode::base64(payload.to_string().as_bytes());
    let mut reader = Reader::new(&settings);
    let Content::Parts(parts) = reader.read(&data) else { panic!("parts") };
    let left: Vec<_> =
        parts.iter().map(|part| (part.data.account().to_string(), part.place(0), part.data.log_events.len())).collect();
    assert_eq!(left, [("222222222222".to_owned(), 1, 1)]);
}

#[test]
fn what_rules_drop_is_counted_by_their_names_and_labels_say_where_the_rest_goes() {
    let (_, settings) = settings();
    let pairs = [("ARCHIVE_BUCKET", "a"), ("DEAD_LETTER_BUCKET", "d")];
    let config = logweir_archiver::Config::read(Environment::from_pairs(pairs)).expect("a configuration");
    let event = event("/pay", &["GET /healthz".to_owned(), "paid".to_owned(), "healthz again".to_owned()]);
    let event = Event::parse(event.as_bytes()).expect("an event");
    let plan = logweir_archiver::plan(&config, &settings, &Batch::of(&event).expect("a batch").records);
    assert!(plan.objects[0].key.starts_with("logs/payments/2026/11/21/"), "{}", plan.objects[0].key);
    assert_eq!((plan.objects.len(), plan.objects[0].events, plan.ledger.entries()[0].fate), (1, 1, Fate::Delivered));
    let balance = plan.ledger.balance(None);
    assert_eq!((balance.check(), balance.dropped["health"].events, balance.delivered.events), (Ok(()), 2, 1));
    let mut text = String::new();
    gzip::reader(plan.objects[0].body.as_slice()).read_to_string(&mut text).expect("gzip of UTF-8");
    assert!(text.contains(r#""team":"pay""#), "{text}");
}

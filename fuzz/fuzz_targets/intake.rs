//! Records of any kind through the intake, by rules of streams: every event is delivered, dropped by a named rule, dead-lettered or
//! returned, exactly once; what goes on can be read, and holds no secret that was planted.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use logweir_archive::EventWriter;
use logweir_intake::{Content, Incoming, Lane, Problem, Settings, Verdict, take_in};
use logweir_rules::{RedactionKey, Rules, Streams};
use logweir_subscription::encode;
use serde_json::{Value, json};

const SECRET: &str = "anna.planted@mail.example.org";

/// No rules, and some of every kind.
static SETTINGS: LazyLock<Vec<Settings>> = LazyLock::new(|| {
    let files = [
        "streams:\n  - {name: nothing, pattern: nosuchword, drop: true}",
        "streams:\n  - {name: secrets, redact: [email, ip, card, jwt, bearer, aws_access_key, phone]}\n  - {name: a, pattern: a, drop: true}",
        "streams:\n  - {name: hashed, redact: [email, $.b], redact_with: hash, fields: {team: x, b: $.b}, pattern: '{ $.b = * }'}\n  - {name: all, redact: [email], index: one, where: {log_groups: ['/a*']}}\n  - {name: half, sample: 50%}",
        "streams:\n  - {name: errors, pattern: '?ERROR ?\"{\"', keep: true}\n  - {name: labelled, pattern: e, dataset: access, prefix: p, redact: [email]}\n  - {name: rest, drop: true}",
    ];
    let key = RedactionKey::new(b"0123456789abcdef0123456789abcdef");
    let by_rules = |file: &str| {
        let rules = Rules::parse(&format!("version: 1\n{file}\n")).unwrap_or_else(|problems| panic!("{problems}")).rules;
        Settings::default().with_streams(Streams::new(&rules, Some(&key)).expect("ready"))
    };
    std::iter::once(Settings::default()).chain(files.map(by_rules)).collect()
});

/// Takes the next byte of what the fuzzer says.
fn next(bytes: &mut &[u8]) -> usize {
    let Some((first, rest)) = bytes.split_first() else { return 0 };
    *bytes = rest;
    usize::from(*first)
}

/// A line of what the fuzzer says, with a secret in it somewhere if it says so.
fn line(bytes: &mut &[u8]) -> (String, bool) {
    let (form, length) = (next(bytes), next(bytes).min(bytes.len()));
    let (text, rest) = bytes.split_at(length);
    *bytes = rest;
    let text = String::from_utf8_lossy(text).into_owned();
    match form % 8 {
        0 | 1 => (text, false),
        2 => (format!("{text} {SECRET}"), true),
        3 => (json!({"a": text, "b": SECRET}).to_string(), true),
        4 => (json!({"b": [text, {"c": format!("x {SECRET}")}]}).to_string().replace('@', "\\u0040"), true),
        5 => (json!({"body": json!({"text": text, "to": SECRET}).to_string()}).to_string(), true),
        6 => (format!("INFO {}", json!({"b": text, SECRET: 4_111_111_111_111_111_u64})), true),
        _ => (format!("{SECRET} {text}"), true),
    }
}

fuzz_target!(|bytes: &[u8]| {
    let mut bytes = bytes;
    let rules = next(&mut bytes) % SETTINGS.len();
    let (mut records, mut lines, mut verdicts) = (Vec::new(), Vec::new(), Vec::new());
    while !bytes.is_empty() && records.len() < 6 {
        let form = next(&mut bytes);
        if form % 7 == 0 {
            let (text, _) = line(&mut bytes);
            records.push(encode::base64(text.as_bytes()));
            lines.push(None);
        } else {
            let events: Vec<_> = (0..next(&mut bytes) % 5).map(|_| line(&mut bytes)).collect();
            let json = |(id, (message, _)): (usize, &(String, bool))| match form % 4 {
                0 => json!({"id": id.to_string(), "timestamp": 1, "message": message, "extractedFields":
                    {"@aws.account": id % 2, "@source.log": (if id % 2 == 0 { "/app" } else { "/logweir/x" }), "f": message}}),
                1 => json!({"id": id.to_string(), "timestamp": 1, "message": message, "extractedFields": {"@aws.account": (if id % 2 == 0 { "1" } else { "2" })}}),
                _ => json!({"id": id.to_string(), "timestamp": 1, "message": message}),
            };
            let log_events: Vec<Value> = events.iter().enumerate().map(json).collect();
            let payload = json!({"messageType": "DATA_MESSAGE", "owner": "1", "logGroup": (if form < 128 { "/app" } else { "b" }),
                "logStream": "s", "logEvents": log_events});
            records.push(encode::base64(payload.to_string().as_bytes()));
            lines.push(Some(events));
        }
        verdicts.push(form % 5);
    }
    let incoming: Vec<_> = records.iter().map(|data| Incoming { name: "n", data }).collect();
    let mut lanes = [Lane::new(&SETTINGS[rules], ())];
    let done = take_in(&mut lanes, &incoming, Vec::new(), |(), _, content, turn| {
        let mut books = turn.take(|| false);
        let record = books.ledger.entries().len();
        let Content::Parts(parts) = content else { return Verdict::Delivered };
        let mut places = Vec::new();
        for part in parts.iter() {
            assert!(!part.data.log_events.is_empty());
            let writer = EventWriter::new(part.data);
            for (index, event) in part.data.log_events.iter().enumerate() {
                let place = part.place(index);
                places.push(place);
                let original = &parts.original.log_events[place];
                assert_eq!((&original.id, original.timestamp), (&event.id, event.timestamp));
                let message = event.message.decode();
                assert!(!parts.are_the_payload() || original.message == event.message);
                let mut written = Vec::new();
                writer.write(event, &mut written);
                let read: Value = serde_json::from_slice(&written).expect("a record is JSON");
                assert_eq!(read["message"], *message);
                let was_json = serde_json::from_str::<Value>(&original.message.decode()).is_ok_and(|value| value.is_object());
                let inner = serde_json::from_str::<Value>(&message);
                assert!(!was_json || inner.is_ok(), "a line that was JSON is none: {message}");
                // Rules that redact everywhere let no secret through, in no form.
                if rules == 2 {
                    let all = format!("{message}{}", inner.map(|value| format!("{value}")).unwrap_or_default());
                    assert!(!all.contains(SECRET) && !String::from_utf8_lossy(&written).contains(SECRET), "{all}");
                }
            }
        }
        places.sort_unstable();
        assert!(places.windows(2).all(|pair| pair[0] < pair[1]), "an event goes on twice");
        assert!(!parts.are_the_payload() || places.len() == parts.original.log_events.len());
        books.shared.push((record, places.len()));
        match verdicts[record] {
            0 => Verdict::Returned,
            1 => Verdict::Refused(Problem { code: "Refused", message: String::new() }),
            _ => Verdict::Delivered,
        }
    });
    assert_eq!(done.ledger.entries().len(), records.len());
    for (record, (entry, lines)) in done.ledger.entries().iter().zip(&lines).enumerate() {
        let Some(events) = lines else { continue };
        let went_on = done.shared.iter().find(|(number, _)| *number == record).map_or(0, |(_, events)| *events as u64);
        let dropped: u64 = entry.dropped.iter().map(|(_, amount)| amount.events).sum();
        assert!(entry.dropped.iter().all(|(reason, _)| !reason.is_empty()));
        let is_whole = matches!(entry.fate, logweir_accounting::Fate::Dropped(_));
        assert_eq!(entry.received.events, events.len() as u64);
        assert!(is_whole && went_on == 0 || went_on + dropped == entry.received.events, "{entry:?}");
    }
    for failed_from in [None, Some(0), Some(records.len() / 2)] {
        assert_eq!(done.ledger.balance(failed_from).check(), Ok(()));
    }
});

//! No secret that is planted anywhere in an event leaves, and what was JSON before is JSON after.

use logweir_archive::EventWriter;
use logweir_log_formats::Embedded;
use logweir_rules::Streams;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::rules;
use crate::streams::{message, payload};

/// A secret of each kind, in each way that it is written.
pub(crate) const SECRETS: [&str; 19] = [
    "anna.b+c@mail.example.org",
    "jörg@exämple.de",
    "203.0.113.7",
    "2001:db8::8:800:200c:417a",
    "::ffff:192.0.2.1",
    "1:2:3:4:5:6:7:8",
    "4111111111111111",
    "5500 0000 0000 0004",
    "3782-822463-10005",
    "+49 30 1234567",
    "+1 (202) 555-0143",
    "202-555-0143",
    "AKIAIOSFODNN7EXAMPLE",
    "ASIAY34FZKBOKMUTVV7A",
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dozjgNryP4J3",
    "Bearer mF_9.B5f-4.1JqM",
    "bearer abcdef",
    "6011-1111-1111-1117",
];
const ALL: &str =
    "version: 1\nstreams: [{name: all, redact: [email, ip, card, phone, aws_access_key, aws_secret_key, jwt, bearer]}]";

/// A string literal in which each character is escaped in one of the ways that JSON allows.
fn literal(text: &str, choices: &[u8]) -> String {
    let mut out = "\"".to_owned();
    for (character, choice) in text.chars().zip(choices.iter().cycle()) {
        let mut units = [0; 2];
        let units = character.encode_utf16(&mut units).iter();
        let usual = json!(character.to_string()).to_string();
        match choice % 4 {
            0 => out.extend(units.map(|unit| format!("\\u{unit:04x}"))),
            1 => out.extend(units.map(|unit| format!("\\u{unit:04X}"))),
            2 if character == '/' => out += "\\/",
            _ => out += &usual[1..usual.len() - 1],
        }
    }
    out + "\""
}

/// A text, and all that its JSON says, however deep.
fn everything(text: &str, all: &mut Vec<String>) {
    all.push(text.to_owned());
    let mut rest = text;
    while let Some(found) = Embedded::find(rest) {
        if let Ok(value) = serde_json::from_str(found.json) {
            values(&value, all);
        }
        rest = found.suffix;
    }
}

fn values(value: &Value, all: &mut Vec<String>) {
    match value {
        Value::String(text) => everything(text, all),
        Value::Array(items) => items.iter().for_each(|item| values(item, all)),
        Value::Object(members) => members.iter().for_each(|(key, value)| {
            everything(key, all);
            values(value, all);
        }),
        Value::Number(number) => all.push(number.to_string()),
        Value::Null | Value::Bool(_) => {}
    }
}

/// All that the record of the first event says, decoded or not.
fn said(line: &str, fields: &Value) -> (Vec<String>, String) {
    said_of(&json!(line).to_string(), fields)
}

/// The same of a message that is escaped already.
fn said_of(literal: &str, fields: &Value) -> (Vec<String>, String) {
    let rules = rules(ALL);
    let mut streams = Streams::new(&rules, None).expect("ready");
    let input = payload("/app", &[("MESSAGE", fields.clone())]).replace("\"MESSAGE\"", literal);
    let applied = streams.apply(&[message(&input)]);
    let data = &applied.parts[0].data;
    // A literal is redacted as its text is.
    let came = message(&input).log_events[0].message.to_string();
    assert_eq!(data.log_events[0].message.to_string(), rules.streams[0].redaction.redact(&came), "{came:?}");
    let mut record = Vec::new();
    EventWriter::new(data).write(&data.log_events[0], &mut record);
    let record = String::from_utf8(record).expect("UTF-8");
    let value: Value = serde_json::from_str(&record).expect("a record");
    let mut all = vec![record];
    for key in ["message", "extracted_fields"] {
        values(&value[key], &mut all);
    }
    (all, value["message"].as_str().expect("a message").to_owned())
}

/// Whether a message is JSON, or where its first JSON is.
fn has_json(line: &str) -> Option<bool> {
    Embedded::find(line).map(|found| found.is_whole())
}

const CASES: u32 = 1_000;

/// What may stand before and behind a secret: nothing that it could go on with.
const BEFORE: &str = "([ -~é\n\t]{0,70}[ \"'(,;<>|é\n\\\\{}\\[\\]\t])?";
const AFTER: &str = "([ \"'(,;<>|é\n\\\\{}\\[\\]\t][ -~é\n\t]{0,70})?";

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(CASES) })]

    #[test]
    fn no_secret_leaves(
        secret in prop::sample::select(&SECRETS[..]),
        before in BEFORE,
        after in AFTER,
        is_odd: bool,
        choices in prop::collection::vec(any::<u8>(), 1..60),
        form in 0..10_usize,
    ) {
        let text = format!("{before}{secret}{after}");
        let inner = literal(&text, &choices);
        let (mut line, mut fields) = (String::from("nothing"), Value::Null);
        match form {
            0 => line = text.clone(),
            1 => line = format!("{{\"a\":[1,{inner}],\"b\":null}}"),
            2 => line = format!("INFO {{\"n\":1}} took {{ {inner} : 17 }} ms"),
            3 => line = format!("[{inner}]"),
            4 => line = json!({"outer": format!("{{\"a\":{inner}}}")}).to_string(),
            5 => line = format!("{{\"outer\":{}}}", literal(&format!("x {{\"a\":{inner}}}"), &choices)),
            6 => fields = json!({"field": text, "other": {"a": [text.as_str()]}}),
            7 => line = inner,
            8 => fields = json!({"json": format!("{{\"a\":{inner}}}")}),
            _ => {
                let digits: String = secret.chars().filter(char::is_ascii_digit).collect();
                if secret.bytes().all(|byte| byte.is_ascii_digit() || b" -".contains(&byte)) && digits.len() > 13 {
                    line = format!("{{\"card\": {digits},\"cards\":[{digits} ]}}");
                } else {
                    line = secret.to_owned();
                }
            }
        }
        let outer = if is_odd { literal(&line, &choices) } else { json!(line).to_string() };
        let (all, message) = said_of(&outer, &fields);
        for said in &all {
            prop_assert!(!said.contains(secret), "{secret:?} of {line:?} {fields} is in {said:?}");
        }
        if let Some(is_whole) = has_json(&line) {
            prop_assert!(has_json(&message).is_some_and(|now| now || !is_whole), "{line:?} became {message:?}");
        }
    }

    /// Whatever a line is, it is redacted to a record, and JSON stays JSON.
    #[test]
    fn any_line_stays_readable(
        parts in prop::collection::vec(prop_oneof![
            prop::sample::select(&SECRETS[..]).prop_map(str::to_owned),
            prop::sample::select(&["{", "}", "[", "]", "\"", ":", ",", "\\", "\\u0040", "\\u004", " ", "{\"a\":", "\"b\"", "1", "null", "{\\\"c\\\":"][..]).prop_map(str::to_owned),
            any::<String>(),
        ], 0..12),
    ) {
        let line = parts.concat();
        let (_, message) = said(&line, &Value::Null);
        if serde_json::from_str::<Value>(&line).is_ok_and(|value| !value.is_number()) {
            prop_assert!(serde_json::from_str::<Value>(&message).is_ok(), "{line:?} became {message:?}");
        }
        if let Some(is_whole) = has_json(&line) {
            prop_assert!(has_json(&message).is_some_and(|now| now || !is_whole), "{line:?} became {message:?}");
        }
    }
}

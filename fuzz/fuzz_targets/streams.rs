//! Any text, with a secret planted in it or not, as the message of an event, through rules of streams: the event comes out once or is
//! dropped by a rule, no secret comes out, what was JSON is JSON, and a literal is redacted as its text is.
//!
//! The first bytes of an input choose the rules, the secret and the form; the rest is the text.
#![no_main]

use std::cell::RefCell;

use libfuzzer_sys::fuzz_target;
use logweir_log_formats::Embedded;
use logweir_rules::{RedactionKey, Rules, Streams};
use logweir_subscription::Message;
use serde_json::{Value, json};

const RULES: [&str; 4] = [
    "{name: all, redact: [email, ip, card, phone, aws_access_key, aws_secret_key, jwt, bearer]}",
    "{name: hashed, redact: [email, ip, card, phone, aws_access_key, aws_secret_key, jwt, bearer], redact_with: hash}, {name: drop, pattern: ERROR, drop: true}",
    "{name: more, redact: [email, ip, card, phone, aws_access_key, aws_secret_key, jwt, bearer, $.a, '$.b[*].c', 'regex:x+y']}, {name: some, sample: 50%}",
    "{name: fields, pattern: '{ $.a = * }', fields: {a: $.a, b: x}}, {name: all, redact: [email, ip, card, phone, aws_access_key, aws_secret_key, jwt, bearer]}",
];
const SECRETS: [&str; 12] = [
    "anna.b+c@mail.example.org",
    "203.0.113.7",
    "2001:db8::8:800:200c:417a",
    "1:2:3:4:5:6:7:8",
    "4111111111111111",
    "5500 0000 0000 0004",
    "+49 30 1234567",
    "(202) 555-0143",
    "AKIAIOSFODNN7EXAMPLE",
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "eyJhbGciOi.eyJzdWIi.dozj",
    "Bearer mF_9.B5f-4.1JqM",
];

thread_local! {
    static STREAMS: RefCell<Vec<(Rules, Streams)>> = RefCell::new(RULES.iter().map(|rules| {
        let rules = Rules::parse(&format!("version: 1\nstreams: [{rules}]")).expect("valid").rules;
        let streams = Streams::new(&rules, Some(&RedactionKey::new(b"key"))).expect("ready");
        (rules, streams)
    }).collect());
}

/// A string literal in which characters are escaped as the choice says.
fn literal(text: &str, choice: u8) -> String {
    let mut out = "\"".to_owned();
    for (place, character) in text.chars().enumerate() {
        if (choice >> (place % 8)) & 1 == 1 {
            character.encode_utf16(&mut [0; 2]).iter().for_each(|unit| out += &format!("\\u{unit:04x}"));
        } else {
            let usual = json!(character.to_string()).to_string();
            out += &usual[1..usual.len() - 1];
        }
    }
    out + "\""
}

fuzz_target!(|input: (u8, u8, u8, u8, &str, &str)| {
    let (rules, secret, form, choice, before, after) = input;
    let secret = SECRETS.get(usize::from(secret) % (SECRETS.len() + 1));
    // Nothing that the secret could go on with.
    let text = match secret {
        Some(secret) => format!("{before}\t{secret}\t{after}"),
        None => format!("{before}{after}"),
    };
    let line = match form % 5 {
        0 => text,
        1 => format!("{{\"a\":{}}}", literal(&text, choice)),
        2 => format!("x {{{}:[1, true]}} y", literal(&text, choice)),
        3 => json!({"a": format!("{{\"b\":{}}}", literal(&text, choice))}).to_string(),
        _ => format!("[{}]", literal(&text, choice)),
    };
    let message = literal(&line, choice.rotate_left(3));
    let json = format!(
        "{{\"messageType\":\"DATA_MESSAGE\",\"owner\":\"1\",\"logGroup\":\"/a\",\"logStream\":\"s\",\"logEvents\":[{{\"id\":\"7\",\"timestamp\":1,\"message\":{message}}}]}}"
    );
    let Ok(Message::Data(data)) = Message::parse(&json) else { panic!("a message") };
    STREAMS.with_borrow_mut(|all| {
        let (rules, streams) = &mut all[usize::from(rules) % RULES.len()];
        let applied = streams.apply(std::slice::from_ref(&data));
        let stays: usize = applied.parts.iter().map(|part| part.data.log_events.len()).sum();
        let dropped: u64 = applied.dropped.iter().map(|dropped| dropped.events).sum();
        assert_eq!((stays, dropped), if stays == 1 { (1, 0) } else { (0, 1) });
        let Some(event) = applied.parts.first().and_then(|part| part.data.log_events.first()) else { return };
        let came = event.message.to_string();
        if rules.streams[0].name == "all" {
            assert_eq!(came, rules.streams[0].redaction.redact(&line));
        }
        if let Some(found) = Embedded::find(&line) {
            let now = Embedded::find(&came).expect("JSON");
            assert!(now.is_whole() || !found.is_whole(), "{line:?} became {came:?}");
        }
        let mut all = vec![came.clone()];
        if let Ok(value) = serde_json::from_str::<Value>(&came) {
            strings(&value, &mut all);
        }
        all.extend(event.extracted_fields.map(|fields| fields.as_json().to_owned()));
        // The text may hold it as a part of something longer.
        if let Some(secret) = secret.filter(|secret| !before.contains(**secret) && !after.contains(**secret)) {
            assert!(all.iter().all(|said| !said.contains(secret)), "{secret} of {line:?} is in {all:?}");
        }
    });
});

fn strings(value: &Value, all: &mut Vec<String>) {
    match value {
        Value::String(text) => {
            all.push(text.clone());
            if let Ok(inner @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str(text) {
                strings(&inner, all);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| strings(item, all)),
        Value::Object(members) => members.values().for_each(|value| strings(value, all)),
        _ => {}
    }
}

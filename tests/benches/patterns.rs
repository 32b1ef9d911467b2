//! What filter patterns cost beside decoding, searching and parsing, in one run, as ratios.
//!
//! `cargo bench -p logweir-tests --bench patterns`.
#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a benchmark measures and prints")]
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "figures are printed with two digits"
)]

mod common;

use common::{Candidate, compare, corpus};
use logweir_filter_pattern::{FilterPattern, PatternSet};
use logweir_subscription::{Decoder, Message};

/// As in the functions.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    println!("MB/s of the messages; rounds interleaved, the fastest counts.\n");
    let batch = corpus("9 records, 9,000 events", 9, 1000);
    let mut messages = Vec::new();
    for data in &batch.data {
        if let Ok(Message::Data(data)) = Decoder::default().decode_base64(data) {
            messages.extend(data.log_events.iter().map(|event| event.message.decode().into_owned()));
        }
    }
    let bytes = messages.iter().map(String::len).sum();

    // Decoding the batch is what it costs to have the messages at all.
    let mut decoder = Decoder::default();
    let decode = || -> usize {
        let count = |data: &String| match decoder.decode_base64(data) {
            Ok(Message::Data(data)) => data.log_events.iter().map(|event| event.message.decode().len()).sum(),
            _ => 0,
        };
        batch.data.iter().map(count).sum()
    };
    let (rare, frequent) = (set(&rare_terms()), set(&frequent_terms()));
    let times = compare(
        "\n100 patterns of terms beside decoding the batch",
        bytes,
        &mut [
            ("decode the batch, messages unescaped", Box::new(decode)),
            ("100 patterns, none of whose words is there", all(&rare, &messages)),
            ("100 patterns, half of whose words are there", all(&frequent, &messages)),
        ],
    );
    println!("  cost beside decoding: {:.2} and {:.2} (bar: less than 1)\n", times[1] / times[0], times[2] / times[0]);

    let json: Vec<&String> = messages.iter().filter(|message| message.starts_with('{')).collect();
    let json_bytes = json.iter().map(|message| message.len()).sum();
    let (absent, present, compound) = (set(&absent_values()), set(&present_values()), set(&compound()));
    let parse = || -> usize {
        let is_object =
            |message: &&&String| serde_json::from_str::<serde_json::Value>(message).is_ok_and(|v| v.is_object());
        json.iter().filter(is_object).count()
    };
    let times = compare(
        "100 JSON patterns of equality beside a tree of values",
        json_bytes,
        &mut [
            ("serde_json::Value of each message", Box::new(parse)),
            ("100 patterns, none of whose values is there", all(&absent, &json)),
            ("100 patterns, ten of which match each message", all(&present, &json)),
            ("100 patterns of two tests, most candidates each time", all(&compound, &json)),
        ],
    );
    println!("  cost beside parsing: {:.2} and {:.2} (bar: at most 1.2)\n", times[1] / times[0], times[2] / times[0]);

    let mut single = Vec::new();
    for word in ["OutOfMemory", "handled", "e"] {
        let (pattern, finder) = (parsed(word), memchr::memmem::Finder::new(word));
        let times = compare(
            &format!("one term: {word}"),
            bytes,
            &mut [
                ("bare search", Box::new(|| messages.iter().filter(|m| finder.find(m.as_bytes()).is_some()).count())),
                ("the pattern", Box::new(|| messages.iter().filter(|message| pattern.matches(message)).count())),
            ],
        );
        single.push(times[1] / times[0]);
    }
    println!("  cost beside the bare search: {single:.2?} (bar: at most 2)\n");

    let mut others = Vec::new();
    for pattern in [
        "%Exception|Task timed out%",
        "[ip, id, user, time, request, status = 5*, size, ...]",
        "[..., status = 5*, size, referrer, agent]",
        "{ $.level = \"error\" && $.user.country = \"DE\" }",
        "{ $.user.id > 1e9 }",
        "{ $.* = \"DE\" }",
    ] {
        others.push((pattern, parsed(pattern)));
    }
    let mut candidates: Vec<Candidate<'_>> = Vec::new();
    for (name, pattern) in &others {
        candidates.push((*name, Box::new(|| messages.iter().filter(|message| pattern.matches(message)).count())));
    }
    compare("one pattern of each kind", bytes, &mut candidates);
}

fn parsed(pattern: &str) -> FilterPattern {
    FilterPattern::parse(pattern).unwrap_or_else(|error| panic!("{error}"))
}

fn set(patterns: &[String]) -> PatternSet {
    PatternSet::new(patterns.iter().map(|pattern| parsed(pattern))).expect("a set")
}

/// Matches every message against a set.
fn all<'c, M: AsRef<str>>(set: &'c PatternSet, messages: &'c [M]) -> Box<dyn FnMut() -> usize + 'c> {
    let mut matcher = set.matcher();
    Box::new(move || messages.iter().map(|message| matcher.matches(message.as_ref()).len()).sum())
}

/// Names of exceptions and the like, as alarms look for.
fn rare_terms() -> Vec<String> {
    let subjects = [
        "OutOfMemory",
        "Timeout",
        "Deadlock",
        "Connection",
        "Throttling",
        "Access",
        "Certificate",
        "Disk",
        "Quota",
        "Null",
    ];
    let events =
        ["Error", "Exception", "Refused", "Exceeded", "Failure", "Denied", "Expired", "Full", "Reset", "Panic"];
    subjects.iter().flat_map(|subject| events.iter().map(move |event| format!("{subject}{event}"))).collect()
}

/// Half of them words of many lines, half in none.
fn frequent_terms() -> Vec<String> {
    let words = "GET api orders HTTP 200 Mozilla Linux AppleWebKit INFO service request handled items cache hit level info warn \
                 error time payment authorised trace amount user country DE v1 x86_64 537 2026 404 500 11 20 Nov ms in msg id";
    let frequent = words.split_whitespace().map(str::to_owned).take(40);
    let excluding = [
        "GET -304",
        "INFO -hit",
        "payment -error",
        "orders -500",
        "request -items",
        "user -warn",
        "?GET ?INFO",
        "?warn ?404",
        "cache -\"0 ms\"",
        "level -info",
    ];
    frequent.chain(excluding.map(str::to_owned)).chain(rare_terms().into_iter().take(50)).collect()
}

fn absent_values() -> Vec<String> {
    rare_terms().iter().map(|value| format!("{{ $.msg = \"{value}\" }}")).collect()
}

/// Equality with strings and numbers of four properties; some hold for each message.
fn present_values() -> Vec<String> {
    let level = (0..25)
        .map(|number| format!("{{ $.level = \"{}\" }}", ["info", "warn", "error", "fatal", "debug"][number % 5]));
    let country =
        (0..25).map(|number| format!("{{ $.user.country = \"{}\" }}", ["DE", "FR", "IT", "ES", "PL"][number % 5]));
    let amount = (0..25).map(|number| format!("{{ $.amount = {number}.5 }}"));
    let trace = (0..25).map(|number| format!("{{ $.trace = \"{number:032x}\" }}"));
    level.chain(country).chain(amount).chain(trace).collect()
}

/// Two tests each, of which one holds for most messages.
fn compound() -> Vec<String> {
    let level = (0..25)
        .map(|number| format!("{{ $.level = \"{}\" && $.amount > {number} }}", ["info", "warn", "error"][number % 3]));
    let country = (0..25)
        .map(|number| format!("{{ $.user.country = \"{}\" && $.user.id != {number} }}", ["DE", "FR"][number % 2]));
    let message = (0..50).map(|number| format!("{{ $.msg = \"payment authorised\" && $.time < {number} }}"));
    level.chain(country).chain(message).collect()
}

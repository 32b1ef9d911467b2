//! What the alarmer's rules cost beside decoding, in one run, as ratios.
//!
//! `cargo bench -p logweir-tests --bench rules`.
#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a benchmark measures and prints")]
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "figures are printed with two digits"
)]

mod common;

use std::fmt::Write;

use common::{Candidate, compare, corpus};
use logweir_alarms::Evidence;
use logweir_rules::{Rules, Watch};
use logweir_subscription::{DataMessage, Decoder, Message};

/// As in the functions.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    println!("MB/s of the messages; rounds interleaved, the fastest counts.\n");
    let batch = corpus("9 records, 9,000 events", 9, 1000);
    let mut decoders: Vec<Decoder> = batch.data.iter().map(|_| Decoder::default()).collect();
    let decoded: Vec<DataMessage<'_>> = decoders
        .iter_mut()
        .zip(&batch.data)
        .filter_map(|(decoder, data)| match decoder.decode_base64(data) {
            Ok(Message::Data(data)) => Some(data),
            _ => None,
        })
        .collect();
    let bytes = decoded.iter().flat_map(|data| &data.log_events).map(|event| event.message.text_len()).sum();

    let mut fresh = Decoder::default();
    let decode = move || -> usize {
        let count = |data: &String| match fresh.decode_base64(data) {
            Ok(Message::Data(data)) => data.log_events.iter().map(|event| event.message.decode().len()).sum(),
            _ => 0,
        };
        batch.data.iter().map(count).sum()
    };
    let sets = [
        ("100 rules, none of which matches", rules(|number| format!("absent{number:03}"), false)),
        ("100 rules as an application has them, 14 of which match", rules(|number| format!("service_{number}"), true)),
    ];
    let mut candidates: Vec<Candidate<'_>> = vec![("decode the batch, messages unescaped", Box::new(decode))];
    for (name, rules) in &sets {
        candidates.push((name, Box::new(observe(rules, &decoded))));
    }
    let times = compare("\n100 rules beside decoding the batch", bytes, &mut candidates);
    println!("  cost beside decoding: {:.2} and {:.2} (bar: less than 1)\n", times[1] / times[0], times[2] / times[0]);
}

/// Looks at every event of the batch, and keeps the evidence of those that count.
fn observe<'c>(rules: &'c Rules, batch: &'c [DataMessage<'c>]) -> impl FnMut() -> usize + 'c {
    let mut watch = Watch::new(rules).expect("rules");
    move || {
        let mut evidence: Vec<Evidence> = rules.alarms.iter().map(|_| Evidence::default()).collect();
        for data in batch {
            watch.observe(data, &mut |found| evidence[found.alarm].add(found.observation));
        }
        evidence.iter().map(|evidence| evidence.observations().len()).sum()
    }
}

/// A hundred rules: terms, regular expressions, space-delimited and JSON patterns, in turn.
fn rules(word: impl Fn(usize) -> String, matches: bool) -> Rules {
    let mut text = "version: 1\nalarms:\n".to_owned();
    for number in 0..100 {
        let word = word(number);
        let pattern = match number % 4 {
            0 => format!("ERROR {word}"),
            1 => format!("{{ $.level = \\\"error\\\" && $.service = \\\"{word}\\\" }}"),
            2 => format!("[ip, id, user, time, request = \\\"*{word}*\\\", status = 5*, size, ...]"),
            _ => format!("\\\"Task timed out\\\" {word}"),
        };
        let pattern = match (matches, number) {
            // One line in 18 is a 404, one in 9 an error of JSON: most alarms see far less.
            (true, 0) => "[ip, id, user, time, request, status = 404, ...]".to_owned(),
            (true, 4) => "{ $.level = \\\"error\\\" && $.amount > 990 }".to_owned(),
            (true, 8..=50) if number % 4 == 0 => format!("\\\"handled in {number} ms\\\""),
            _ => pattern,
        };
        let _ = writeln!(
            text,
            "  - {{name: rule-{number}, pattern: \"{pattern}\", comparison: GreaterThanThreshold, threshold: 3, period: 300}}"
        );
    }
    match Rules::parse(&text) {
        Ok(checked) => checked.rules,
        Err(problems) => panic!("{problems}"),
    }
}

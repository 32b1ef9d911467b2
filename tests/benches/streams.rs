//! What stream rules cost beside decoding a batch and writing its records, and beside all that a function does, in one run, as
//! ratios.
//!
//! `cargo bench -p logweir-tests --bench streams`.
#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a benchmark measures and prints")]
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "figures are printed with two digits"
)]

mod common;

use common::{Candidate, Corpus, compare, corpus, corpus_of};
use logweir_alarms::Evidence;
use logweir_archive::EventWriter;
use logweir_archiver::plan;
use logweir_intake::{Batch, Content, Incoming, Lane, Reader, Settings, Verdict, take_in};
use logweir_lambda_support::Environment;
use logweir_rules::{Rules, Streams, Watch};
use logweir_search::{Body, BodyBuilder, DocumentWriter, Limits, Source};
use logweir_subscription::gzip::Compressor;
use logweir_subscription::{Decoder, Event, Message};
use logweir_transformer::{MAX_ANSWER_BYTES, Transform};

/// As in the functions.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// As an application has them; one line in twenty or so is dropped.
const PATTERNS: &str = r#"
  - {name: errors, patterns: ["?ERROR ?FATAL", "{ $.level = \"error\" }"], keep: true}
  - {name: health, patterns: ['"GET /health"', '"ELB-HealthChecker"', '"kube-probe"'], drop: true}
  - {name: debug, patterns: [DEBUG, "{ $.level = \"debug\" }"], drop: true}
  - {name: unmodified, pattern: "[ip, id, user, time, request, status = 304, ...]", drop: true}
  - {name: fast, pattern: '"handled in 7 ms"', sample: 10%}
  - {name: heartbeat, pattern: "{ $.msg = \"heartbeat\" && $.latency < 10 }", drop: true}
"#;
const DETECTORS: &str =
    "  - {name: secrets, redact: [email, ip, card, phone, aws_access_key, aws_secret_key, jwt, bearer]}\n";

/// Of alarms, as an application has them, beside those of the library.
const ALARMS: &str = r#"
library: ["lambda-*", "access-*"]
alarms:
  - {name: errors, pattern: "?ERROR ?FATAL", comparison: GreaterThanThreshold, threshold: 3, period: 300}
  - {name: payments, pattern: '{ $.level = "error" && $.amount > 990 }', comparison: GreaterThanThreshold, threshold: 3, period: 300}
"#;
/// Memory with which functions have one thread: what is measured is work, and not how many processors are idle.
const MEMORY: (&str, &str) = ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1769");
/// Those of the indexer.
const LIMITS: Limits = Limits { bytes: 5 << 20, documents: 2_000 };

fn main() {
    println!("MB/s of decompressed payload, rounds interleaved, the fastest counts.\n");
    let mixed = corpus("9 records, 9,000 events, a third with an address", 9, 1000);
    let access = corpus_of(1, "access logs alone, each with an address", 9, 1000);
    for corpus in [&mixed, &access, &corpus("1 record, 20 events", 1, 20)] {
        streams(corpus);
    }
    for corpus in [&mixed, &access] {
        functions(corpus);
    }
}

fn ready(streams: &str) -> Streams {
    let rules =
        Rules::parse(&format!("version: 1\nstreams:\n{streams}")).unwrap_or_else(|problems| panic!("{problems}"));
    Streams::new(&rules.rules, None).expect("rules")
}

fn streams(corpus: &Corpus) {
    let none = String::new();
    let both = format!("{PATTERNS}{DETECTORS}");
    let candidates = [
        ("decode the batch, write its records", none.as_str()),
        ("  with ten patterns that keep and drop", PATTERNS),
        ("  with all detectors", DETECTORS),
        ("  with both", &both),
    ];
    let mut jobs: Vec<Candidate<'_>> = Vec::new();
    for (name, rules) in candidates {
        let mut streams = ready(rules);
        let mut decoder = Decoder::default();
        jobs.push((
            name,
            Box::new(move || corpus.data.iter().map(|data| records(data, &mut decoder, &mut streams)).sum()),
        ));
    }
    let times = compare(&format!("\nstreams, {}", corpus.name), corpus.decompressed, &mut jobs);
    println!("  with both: {:.2} of without", times[0] / times[3]);
}

fn records(data: &str, decoder: &mut Decoder, streams: &mut Streams) -> usize {
    let Ok(Message::Data(data)) = decoder.decode_base64(data) else { return 0 };
    let mut out = Vec::new();
    if streams.is_empty() {
        let writer = EventWriter::new(&data);
        data.log_events.iter().for_each(|event| writer.write(event, &mut out));
        return out.len();
    }
    for part in &streams.apply(&[data]).parts {
        let writer = EventWriter::new(&part.data);
        part.data.log_events.iter().for_each(|event| writer.write(event, &mut out));
    }
    out.len()
}

/// All that functions do with a batch, but for what they send: without rules, and with both.
fn functions(corpus: &Corpus) {
    let settings = [Settings::default(), Settings::default().with_streams(ready(&format!("{PATTERNS}{DETECTORS}")))];
    let records: Vec<Incoming<'_>> = corpus.data.iter().map(|data| Incoming { name: "1", data }).collect();
    let alarms = Rules::parse(&format!("version: 1\n{ALARMS}")).unwrap_or_else(|problems| panic!("{problems}")).rules;
    let mut jobs: Vec<Candidate<'_>> = Vec::new();
    let names =
        ["transformer, plain", "transformer, level 8", "archiver, level 8", "archiver, level 2", "indexer", "alarmer"];
    for name in names {
        for (settings, heading) in settings.iter().zip([name, "  with both"]) {
            let records = &records;
            let job: Box<dyn FnMut() -> usize + '_> = match name {
                "transformer, plain" => transformer(("OUTPUT_COMPRESSION", "none"), settings, &corpus.event),
                "transformer, level 8" => transformer(("GZIP_LEVEL", "8"), settings, &corpus.event),
                "archiver, level 8" => archiver("8", settings, records),
                "archiver, level 2" => archiver("2", settings, records),
                "indexer" => Box::new(move || index(settings, records)),
                _ => {
                    let (alarms, mut watch) = (&alarms, Watch::new(&alarms).expect("rules"));
                    Box::new(move || observe(alarms, &mut watch, settings, records))
                }
            };
            jobs.push((heading, job));
        }
    }
    let times = compare(&format!("\nfunctions, {}", corpus.name), corpus.decompressed, &mut jobs);
    for (name, times) in names.iter().zip(times.chunks(2)) {
        println!("  {name} with both: {:.2} of without (bar: 0.70)", times[0] / times[1]);
    }
}

fn transformer<'c>(
    output: (&'static str, &'static str),
    settings: &'c Settings,
    event: &'c [u8],
) -> Box<dyn FnMut() -> usize + 'c> {
    let config = logweir_transformer::Config::read(Environment::from_pairs([MEMORY, output])).expect("valid");
    let mut transform = Transform::new(&config, settings);
    Box::new(move || {
        let Ok(Event::Firehose(event)) = Event::parse(event) else { panic!("a Firehose event") };
        let done = transform.transform(&Batch::from(&event).records, MAX_ANSWER_BYTES, true);
        assert!(done.ledger.balance(None).dead_lettered.records == 0, "all is answered");
        done.answer.finish().len()
    })
}

fn archiver<'c>(
    level: &'static str,
    settings: &'c Settings,
    records: &'c [Incoming<'c>],
) -> Box<dyn FnMut() -> usize + 'c> {
    let pairs = [("ARCHIVE_BUCKET", "a"), ("DEAD_LETTER_BUCKET", "d"), ("GZIP_LEVEL", level), MEMORY];
    let config = logweir_archiver::Config::read(Environment::from_pairs(pairs)).expect("valid");
    Box::new(move || plan(&config, settings, records).objects.iter().map(|object| object.body.len()).sum())
}

fn index(intake: &Settings, records: &[Incoming<'_>]) -> usize {
    let settings = logweir_search::Settings::default();
    let (mut reader, mut builder, mut bytes) = (Reader::new(intake), BodyBuilder::new(LIMITS), 0);
    let mut send = |body: &Body| {
        let mut compressed = Vec::new();
        Compressor::new(1).member(body.bytes(), &mut compressed);
        bytes += compressed.len();
    };
    for (record, incoming) in records.iter().enumerate() {
        let Content::Parts(parts) = reader.read(incoming.data) else { continue };
        for part in parts.iter() {
            let mut writer = DocumentWriter::new(&settings, part.data).labelled(part.labels.dataset, part.labels.index);
            for (index, event) in part.data.log_events.iter().enumerate() {
                let source = Source { record, event: part.place(index) };
                if let Some(body) = builder.push(&mut writer, event, source) {
                    send(&body);
                }
            }
        }
    }
    if let Some(body) = builder.finish() {
        send(&body);
    }
    bytes
}

fn observe(alarms: &Rules, watch: &mut Watch, settings: &Settings, records: &[Incoming<'_>]) -> usize {
    let evidence: Vec<Evidence> = alarms.alarms.iter().map(|_| Evidence::default()).collect();
    let mut lane = [Lane::new(settings, watch)];
    let books = take_in(&mut lane, records, evidence, |watch, _, content, turn| {
        let Content::Parts(parts) = content else { return Verdict::Delivered };
        let evidence = &mut turn.take(|| false).shared;
        for part in parts.iter() {
            watch.observe(part.data, &mut |found| evidence[found.alarm].add(found.observation));
        }
        Verdict::Delivered
    });
    books.shared.iter().map(|evidence| evidence.observations().len()).sum()
}

//! Throughput of each job beside what it is made of and what people write, in one run, as ratios.
//!
//! Only ratios of one run mean anything: machines differ, and so do minutes on one machine. Rounds are interleaved and
//! the fastest of each candidate counts. `cargo bench -p logweir-tests --bench ratios`.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a benchmark measures and prints"
)]
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::needless_for_each,
    reason = "figures are printed with two digits"
)]

use std::io::Read;

use aws_lambda_events::cloudwatch_logs::LogData;
use aws_lambda_events::firehose::{
    KinesisFirehoseEvent, KinesisFirehoseResponse, KinesisFirehoseResponseRecord, KinesisFirehoseResponseRecordMetadata,
};
use flate2::{Decompress, FlushDecompress};
use logweir_archiver::plan;
use logweir_intake::{Batch, Incoming};
use logweir_lambda_support::Environment;
use logweir_subscription::encode;
use logweir_subscription::gzip::Compressor;
use logweir_subscription::{Decoder, Event as LambdaEvent, Message};
use logweir_transformer::{Config, MAX_ANSWER_BYTES, Transform};
use serde::Serialize;

mod common;
use common::{Candidate, Corpus, compare, corpus};

/// As in the functions.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// As many threads as there are processors, as in a function of so much memory; `taskset` leaves one.
const MEMORY: (&str, &str) = ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "10240");
/// The level that rows are compared at; the default is another (docs/decisions/0008).
const LEVEL: (&str, &str) = ("GZIP_LEVEL", "6");
const FAST: (&str, &str) = ("GZIP_LEVEL", "2");

fn main() {
    println!("Throughput in MB/s of decompressed payload; rounds interleaved, the fastest counts.\n");
    let small = corpus("small: 1 record, 20 events", 1, 20);
    let medium = corpus("medium: 9 records, 9,000 events", 9, 1000);
    // The largest whose plain answer fits 6 MB; and a Lambda event of nearly 6 MB.
    let fitting = corpus("largest plain: 12 records, 11,400 events", 12, 950);
    let maximal = corpus("maximal gzipped", 24, 2700);
    stages(&medium);
    let mut over_floor = Vec::new();
    for corpus in [&small, &medium, &fitting] {
        transform_plain(corpus);
    }
    for corpus in [&small, &medium, &maximal] {
        over_floor.push(transform_gzip(corpus));
    }
    println!(
        "time a byte at the maximal event beside the medium one, each relative to its floor: {:.2} (bar: at most 1.30)\n",
        over_floor[1] / over_floor[2]
    );
    for corpus in [&medium, &maximal] {
        archive(corpus);
    }
}

/// Where the time of the plain transform goes.
fn stages(corpus: &Corpus) {
    let payloads: Vec<Vec<u8>> =
        corpus.data.iter().map(|data| base64_simd::STANDARD.decode_to_vec(data).expect("base64")).collect();
    let mut decoders: Vec<Decoder> = corpus.data.iter().map(|_| Decoder::default()).collect();
    let texts: Vec<String> =
        payloads.iter().map(|payload| Decoder::default().text(payload).expect("decodes").to_owned()).collect();
    let messages: Vec<_> = decoders
        .iter_mut()
        .zip(&corpus.data)
        .map(|(decoder, data)| decoder.decode_base64(data).expect("decodes"))
        .collect();
    let lines = lines(corpus).concat();
    let (mut decoder, mut out, mut answer) = (Decoder::default(), Vec::new(), Vec::new());
    let mut candidates: [Candidate<'_>; 6] = [
        (
            "base64, inflate, check, scan: a decoded message",
            Box::new({
                let mut decoder = Decoder::default();
                move || {
                    corpus
                        .data
                        .iter()
                        .map(|data| match decoder.decode_base64(data) {
                            Ok(Message::Data(data)) => data.log_events.len(),
                            _ => 0,
                        })
                        .sum()
                }
            }),
        ),
        ("  of which the envelope", Box::new(|| usize::from(LambdaEvent::parse(&corpus.event).is_ok()))),
        (
            "  of which inflate and check",
            Box::new(|| payloads.iter().map(|payload| decoder.text(payload).map_or(0, str::len)).sum()),
        ),
        (
            "  of which scan",
            Box::new(|| {
                texts
                    .iter()
                    .map(|text| match Message::parse(text) {
                        Ok(Message::Data(data)) => data.log_events.len(),
                        _ => 0,
                    })
                    .sum()
            }),
        ),
        (
            "write records",
            Box::new(|| {
                out.clear();
                for message in &messages {
                    if let Message::Data(data) = message {
                        let writer = logweir_archive::EventWriter::new(data);
                        data.log_events.iter().for_each(|event| writer.write(event, &mut out));
                    }
                }
                out.len()
            }),
        ),
        (
            "base64 of the answer",
            Box::new(|| {
                answer.clear();
                base64_simd::STANDARD.encode_append(&lines, &mut answer);
                answer.len()
            }),
        ),
    ];
    compare("where the time goes, medium", corpus.decompressed, &mut candidates);
    println!();
}

fn transform(transform: &mut Transform, event: &[u8]) -> Vec<u8> {
    let Ok(LambdaEvent::Firehose(event)) = LambdaEvent::parse(event) else { panic!("a Firehose event") };
    let done = transform.transform(&Batch::from(&event).records, MAX_ANSWER_BYTES, true);
    assert!(done.surplus.is_empty() && done.ledger.balance(None).dead_lettered.records == 0, "the answer does not fit");
    done.answer.finish()
}

/// Base64 and inflate, nothing else: no job that reads the events can be faster with this inflater.
fn floor(data: &[String], out: &mut Vec<u8>, payload: &mut Vec<u8>) -> usize {
    let mut inflate = Decompress::new_gzip(15);
    let mut total = 0;
    for data in data {
        payload.clear();
        base64_simd::STANDARD.decode_append(data, payload).expect("base64");
        let size = u32::from_le_bytes(*payload.last_chunk().expect("a trailer")) as usize;
        out.clear();
        out.reserve(size + 16);
        inflate.reset(true);
        inflate.decompress_vec(payload, out, FlushDecompress::Finish).expect("gzip");
        total += out.len();
    }
    total
}

#[derive(Serialize)]
struct IdiomaticRecord<'a> {
    timestamp: i64,
    id: &'a str,
    owner: &'a str,
    log_group: &'a str,
    log_stream: &'a str,
    message: &'a str,
}

/// The job as one writes it with the public crates: their types, inflate to a Vec, `from_slice`, typed `Serialize`.
fn idiomatic(event: &[u8]) -> usize {
    let event: KinesisFirehoseEvent = serde_json::from_slice(event).expect("an event");
    let mut response = KinesisFirehoseResponse::default();
    for record in event.records {
        let mut json = Vec::new();
        flate2::read::GzDecoder::new(record.data.as_slice()).read_to_end(&mut json).expect("gzip");
        let message: LogData = serde_json::from_slice(&json).expect("a message");
        let mut lines = Vec::new();
        for event in &message.log_events {
            let record = IdiomaticRecord {
                timestamp: event.timestamp,
                id: &event.id,
                owner: &message.owner,
                log_group: &message.log_group,
                log_stream: &message.log_stream,
                message: &event.message,
            };
            serde_json::to_writer(&mut lines, &record).expect("serializes");
            lines.push(b'\n');
        }
        let mut answer = KinesisFirehoseResponseRecord::default();
        answer.record_id = record.record_id;
        answer.result = Some("Ok".to_owned());
        answer.data.0 = lines;
        answer.metadata = KinesisFirehoseResponseRecordMetadata::default();
        response.records.push(answer);
    }
    serde_json::to_vec(&response).expect("serializes").len()
}

fn transform_plain(corpus: &Corpus) {
    let config = Config::read(Environment::from_pairs([("OUTPUT_COMPRESSION", "none"), MEMORY])).expect("valid");
    let mut ours = Transform::new(&config, &config.intake);
    let (mut out, mut payload) = (Vec::new(), Vec::new());
    let mut candidates: [Candidate<'_>; 3] = [
        ("ours, event to answer, ndjson", Box::new(|| transform(&mut ours, &corpus.event).len())),
        ("floor: base64 + inflate", Box::new(|| floor(&corpus.data, &mut out, &mut payload))),
        ("idiomatic: aws_lambda_events and serde", Box::new(|| idiomatic(&corpus.event))),
    ];
    let times = compare(corpus.name, corpus.decompressed, &mut candidates);
    println!(
        "  => {:.2} of the floor (bar: 0.50), {:.2} times idiomatic (bar: 2.00)\n",
        times[1] / times[0],
        times[2] / times[0]
    );
}

fn lines(corpus: &Corpus) -> Vec<Vec<u8>> {
    let mut decoder = Decoder::default();
    let mut all = Vec::new();
    for data in &corpus.data {
        let Ok(Message::Data(data)) = decoder.decode_base64(data) else { panic!("data") };
        let writer = logweir_archive::EventWriter::new(&data);
        let mut lines = Vec::new();
        data.log_events.iter().for_each(|event| writer.write(event, &mut lines));
        all.push(lines);
    }
    all
}

fn gzip_alone(texts: &[Vec<u8>], level: u32, out: &mut Vec<u8>) -> usize {
    let mut compressor = Compressor::new(level);
    out.clear();
    texts.iter().for_each(|text| compressor.member(text, out));
    out.len()
}

/// Returns our throughput as a part of the floor's.
fn transform_gzip(corpus: &Corpus) -> f64 {
    let config = Config::read(Environment::from_pairs([MEMORY, LEVEL])).expect("valid");
    let fast = Config::read(Environment::from_pairs([MEMORY, FAST])).expect("valid");
    let (mut ours, mut at_the_fast_level) =
        (Transform::new(&config, &config.intake), Transform::new(&fast, &fast.intake));
    let level = config.output.gzip_level.expect("gzipped by default");
    let texts = lines(corpus);
    let (mut out, mut payload, mut compressed) = (Vec::new(), Vec::new(), Vec::new());
    let mut candidates: [Candidate<'_>; 3] = [
        ("ours, event to answer, ndjson gzipped", Box::new(|| transform(&mut ours, &corpus.event).len())),
        (
            "floor: base64 + inflate + gzip of the same bytes",
            Box::new(|| floor(&corpus.data, &mut out, &mut payload) + gzip_alone(&texts, level, &mut compressed)),
        ),
        (
            "ours, event to answer, ndjson gzipped, fast level",
            Box::new(|| transform(&mut at_the_fast_level, &corpus.event).len()),
        ),
    ];
    let times = compare(corpus.name, corpus.decompressed, &mut candidates);
    println!("  => {:.2} of the floor at level {level} (bar at the maximal event: 0.80)\n", times[1] / times[0]);
    times[1] / times[0]
}

fn archive(corpus: &Corpus) {
    let pairs = [("ARCHIVE_BUCKET", "a"), ("DEAD_LETTER_BUCKET", "d"), MEMORY];
    let [config, fast] = [LEVEL, FAST].map(|level| {
        let pairs = [&pairs[..], &[level]].concat();
        logweir_archiver::Config::read(Environment::from_pairs(pairs)).expect("valid")
    });
    let gzips: Vec<Vec<u8>> =
        corpus.data.iter().map(|data| base64_simd::STANDARD.decode_to_vec(data).expect("base64")).collect();
    let event = encode::kinesis_event(&gzips).to_string().into_bytes();
    let mut decoders: Vec<Decoder> = corpus.data.iter().map(|_| Decoder::default()).collect();
    let messages: Vec<_> = decoders
        .iter_mut()
        .zip(&corpus.data)
        .map(|(decoder, data)| match decoder.decode_base64(data) {
            Ok(Message::Data(data)) => data,
            other => panic!("{other:?}"),
        })
        .collect();
    let texts = vec![lines(corpus).concat()];
    let mut compressed = Vec::new();
    let objects = |config: &logweir_archiver::Config| -> usize {
        let Ok(LambdaEvent::Kinesis(records)) = LambdaEvent::parse(&event) else { panic!("a Kinesis event") };
        let payloads: Vec<_> =
            records.iter().map(|record| Incoming { name: &record.sequence_number, data: &record.data }).collect();
        plan(config, &config.intake, &payloads).objects.iter().map(|object| object.body.len()).sum()
    };
    println!("  objects of the fast level: {:.3} of the size", objects(&fast) as f64 / objects(&config) as f64);
    let mut candidates: [Candidate<'_>; 4] = [
        ("ours, event to finished objects", Box::new(|| objects(&config))),
        (
            "ours, decoded batch to finished objects",
            Box::new(|| {
                let mut batch = logweir_archive::Batch::new(&config.template, config.grouping, config.gzip_level);
                messages.iter().for_each(|message| batch.add(message, None).expect("short keys"));
                batch.finish().iter().map(|object| object.body.len()).sum()
            }),
        ),
        ("gzip alone, the same bytes and level", Box::new(|| gzip_alone(&texts, config.gzip_level, &mut compressed))),
        ("ours, event to finished objects, fast level", Box::new(|| objects(&fast))),
    ];
    let times = compare(&format!("archive, {}", corpus.name), corpus.decompressed, &mut candidates);
    println!(
        "  => from the decoded batch {:.2} of gzip alone (bar: 0.85), from the event {:.2} (bar: 0.70), level {}\n",
        times[2] / times[1],
        times[2] / times[0],
        config.gzip_level,
    );
}

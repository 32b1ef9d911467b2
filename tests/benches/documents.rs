//! Documents of a search server beside what people write: a tree an event, and JavaScript.
//!
//! `cargo bench -p logweir-tests --bench documents`. JavaScript runs in node, started here and measured by its own clock; without
//! node that row is left out and said to be.
#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a benchmark measures, prints and starts node")]
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "figures are printed with two digits"
)]

use std::io::Write;
use std::process::{Command, Stdio};

use logweir_log_formats::{Hints, LogLine};
use logweir_search::{BodyBuilder, DocumentWriter, Limits, Settings, Source};
use logweir_subscription::{DataMessage, Decoder, LogEvent, Message};
use serde_json::{Value, json};

mod common;
use common::{Candidate, Corpus, compare, corpus};

/// As in the functions.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Those of the function.
const LIMITS: Limits = Limits { bytes: 5 << 20, documents: 2_000 };
const ROUNDS: usize = 15;

fn main() {
    println!("Bodies of bulk requests; MB/s of decompressed payload, rounds interleaved, the fastest counts.\n");
    for corpus in [corpus("9 records, 9,000 events", 9, 1000), corpus("1 record, 20 events", 1, 20)] {
        let ours = documents(&corpus);
        if common::is_profiled() {
            continue;
        }
        match javascript(&corpus) {
            Some(time) => {
                println!(
                    "  {:<52} {:>8.0} MB/s   {:>5.2} of ours (bar: at most 0.20)\n",
                    "payloads to bulk bytes in JavaScript (node)",
                    corpus.decompressed as f64 / time / 1e6,
                    ours / time
                );
            }
            None => println!("  JavaScript is left out: there is no node here\n"),
        }
    }
}

/// Returns the time from payloads to bulk bytes.
fn documents(corpus: &Corpus) -> f64 {
    let settings = Settings::default();
    let mut decoders: Vec<Decoder> = corpus.data.iter().map(|_| Decoder::default()).collect();
    let messages: Vec<_> = decoders
        .iter_mut()
        .zip(&corpus.data)
        .filter_map(|(decoder, data)| match decoder.decode_base64(data).expect("decodes") {
            Message::Data(data) => Some(data),
            Message::Control => None,
        })
        .collect();
    let mut decoder = Decoder::default();
    let mut candidates: [Candidate<'_>; 4] = [
        ("decoded batch to bulk bytes", Box::new(|| messages.iter().map(|data| bodies(&settings, data)).sum())),
        ("  by a serde_json::Value an event (bar: at most 0.40)", Box::new(|| messages.iter().map(tree).sum())),
        ("  of which what a line is", Box::new(|| messages.iter().map(recognise).sum())),
        (
            "payloads to bulk bytes",
            Box::new(|| {
                let body = |data: &String| match decoder.decode_base64(data) {
                    Ok(Message::Data(data)) => bodies(&settings, &data),
                    _ => 0,
                };
                corpus.data.iter().map(body).sum()
            }),
        ),
    ];
    compare(&format!("documents, {}", corpus.name), corpus.decompressed, &mut candidates)[3]
}

fn bodies(settings: &Settings, data: &DataMessage<'_>) -> usize {
    let mut writer = DocumentWriter::new(settings, data);
    let mut builder = BodyBuilder::new(LIMITS);
    let mut bytes = 0;
    for (event, log_event) in data.log_events.iter().enumerate() {
        if let Some(body) = builder.push(&mut writer, log_event, Source { record: 0, event }) {
            bytes += body.bytes().len();
        }
    }
    bytes + builder.finish().map_or(0, |body| body.bytes().len())
}

fn recognise(data: &DataMessage<'_>) -> usize {
    let hints = Hints::default();
    let is_known = |event: &LogEvent<'_>| {
        let message = event.message.decode();
        let record = LogLine::parse(&message, &hints);
        usize::from(!matches!(record, LogLine::Text(_))) + usize::from(record.traces(&message).is_empty())
    };
    data.log_events.iter().map(is_known).sum()
}

/// The same documents, for the lines of this corpus, by a tree an event.
fn tree(data: &DataMessage<'_>) -> usize {
    let hints = Hints::default();
    let (owner, group, stream) = (data.owner.decode(), data.log_group.decode(), data.log_stream.decode());
    let mut out = Vec::new();
    for event in &data.log_events {
        let message = event.message.decode();
        let id = event.id.decode();
        let record = LogLine::parse(&message, &hints);
        let dataset = record.dataset(&hints);
        let time = jiff::Timestamp::from_millisecond(event.timestamp).unwrap_or_default();
        let mut document = json!({
            "@timestamp": time.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
            "message": message,
            "cloud": {"provider": "aws", "account": {"id": owner}},
            "event": {"dataset": dataset.as_str(), "id": id},
            "aws": {"cloudwatch": {"log_group": group, "log_stream": stream}},
        });
        match &record {
            LogLine::Access(access) => {
                let request = access.request_line();
                document["http"] = json!({
                    "version": request.and_then(|request| request.protocol),
                    "request": {"method": request.map(|request| request.method), "referrer": access.referer},
                    "response": {"status_code": access.status.parse::<i64>().ok(),
                        "body": {"bytes": access.response_bytes.and_then(|bytes| bytes.parse::<i64>().ok())}},
                });
                document["url"] = json!({"original": request.map(|request| request.target), "path": request.map(|request| request.target)});
                document["source"] = json!({"address": access.remote_host, "ip": access.remote_host});
                document["user_agent"] = json!({"original": access.user_agent});
            }
            LogLine::Json(found) => {
                let value: Value = serde_json::from_str(found.json).unwrap_or_default();
                document["log"] = json!({"level": value["level"]});
                document["json"] = value;
            }
            _ => document["log"] = json!({"level": "info"}),
        }
        let traces = record.traces(&message);
        if let Some(id) = traces.trace_id() {
            document["trace"] = json!({"id": id});
        }
        let index = format!("cwl-{dataset}-{}", time.strftime("%Y.%m.%d"));
        let action = json!({"create": {"_index": index, "_id": id}});
        serde_json::to_writer(&mut out, &action).expect("serializes");
        out.push(b'\n');
        serde_json::to_writer(&mut out, &document).expect("serializes");
        out.push(b'\n');
    }
    out.len()
}

/// The fastest round of the usual JavaScript, in seconds.
fn javascript(corpus: &Corpus) -> Option<f64> {
    let mut node = Command::new("node")
        .args(["-e", include_str!("documents.js"), &ROUNDS.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    node.stdin.take()?.write_all(corpus.data.join("\n").as_bytes()).ok()?;
    let output = node.wait_with_output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

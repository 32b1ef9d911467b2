//! Gzip levels beside each other: speed, size, and what a TB of archived text costs a year. The default level was chosen by
//! this table. `cargo bench -p logweir-tests --bench levels`.
#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a benchmark measures and prints")]
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::needless_for_each,
    reason = "figures are printed with few digits"
)]

use std::time::Instant;

use logweir_archive::{Batch, DEFAULT_TEMPLATE, Grouping, KeyTemplate};
use logweir_subscription::gzip::Compressor;
use logweir_subscription::{Decoder, Message};

mod common;
mod cost;
use common::{Corpus, corpus, corpus_of};
use cost::Prices;

/// As in the functions.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What levels are compared with: level 6, a member a MiB, as objects were until decision 0008.
const FORMER_LEVEL: u32 = 6;
const FORMER_MEMBER: usize = 1 << 20;

fn main() {
    levels(&corpus("maximal, three kinds of lines, full of random digits", 24, 2700));
    levels(&corpus_of(1, "a web server's lines alone", 24, 2700));
}

fn levels(corpus: &Corpus) {
    let mut decoders: Vec<Decoder> = corpus.data.iter().map(|_| Decoder::default()).collect();
    let started = Instant::now();
    let messages: Vec<_> = decoders
        .iter_mut()
        .zip(&corpus.data)
        .map(|(decoder, data)| match decoder.decode_base64(data) {
            Ok(Message::Data(data)) => data,
            other => panic!("{other:?}"),
        })
        .collect();
    let decoding = started.elapsed().as_secs_f64();
    let mut text = Vec::new();
    for data in &messages {
        let writer = logweir_archive::EventWriter::new(data);
        data.log_events.iter().for_each(|event| writer.write(event, &mut text));
    }
    let template = KeyTemplate::new(DEFAULT_TEMPLATE, "logs").expect("valid");

    let mut former = Compressor::new(FORMER_LEVEL);
    let mut rows = vec![row("6, members", || {
        let mut body = Vec::new();
        text.chunks(FORMER_MEMBER).for_each(|text| former.member(text, &mut body));
        body.len()
    })];
    for level in 1..=9 {
        rows.push(row(&level.to_string(), || {
            let mut batch = Batch::new(&template, Grouping::Batch, level);
            messages.iter().for_each(|message| batch.add(message, None).expect("short keys"));
            batch.finish().iter().map(|object| object.body.len()).sum()
        }));
    }
    // The first row compresses only: what comes before it, all others pay for.
    let before = rows[usize::try_from(FORMER_LEVEL).expect("small")].seconds - rows[0].seconds;
    rows[0].seconds += before.max(0.0);

    let bytes = text.len() as f64;
    println!(
        "{:<12}{:>8}{:>9}{:>9}{:>16}{:>16}",
        "level", "MB/s", "of text", "size", "cost, default", "cost, Standard"
    );
    let cost = |row: &Row, prices: Prices| prices.of_a_terabyte(bytes / (row.seconds + decoding), row.bytes / bytes);
    for row in &rows {
        println!(
            "{:<12}{:>8.0}{:>9.4}{:>9.3}{:>9.2} ={:>5.3}{:>9.2} ={:>5.3}",
            row.name,
            bytes / (row.seconds + decoding) / 1e6,
            row.bytes / bytes,
            row.bytes / rows[0].bytes,
            cost(row, Prices::DEFAULT),
            cost(row, Prices::DEFAULT) / cost(&rows[0], Prices::DEFAULT),
            cost(row, Prices::STANDARD),
            cost(row, Prices::STANDARD) / cost(&rows[0], Prices::STANDARD),
        );
    }
}

struct Row {
    name: String,
    seconds: f64,
    bytes: f64,
}

/// The fastest of a few rounds.
fn row(name: &str, mut job: impl FnMut() -> usize) -> Row {
    let (mut seconds, mut bytes) = (f64::MAX, 0);
    for _ in 0..4 {
        let started = Instant::now();
        bytes = job();
        seconds = seconds.min(started.elapsed().as_secs_f64());
    }
    Row { name: name.to_owned(), seconds, bytes: bytes as f64 }
}

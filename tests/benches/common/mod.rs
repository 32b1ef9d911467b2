//! What the benchmarks share: what they work on, and how they compare.
//!
//! Only ratios of one run mean anything: machines differ, and so do minutes on one machine. Rounds are interleaved and
//! the fastest of each candidate counts.

#![allow(dead_code, reason = "each benchmark uses what it needs")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use logweir_subscription::encode::{self, Event, Payload};

/// One way to do a job; its result is the number of bytes made, so that none is optimised away.
pub(crate) type Candidate<'c> = (&'static str, Box<dyn FnMut() -> usize + 'c>);

/// Payloads, and the event that holds them.
pub(crate) struct Corpus {
    pub(crate) name: &'static str,
    pub(crate) event: Vec<u8>,
    /// Base64 of the payloads.
    pub(crate) data: Vec<String>,
    pub(crate) decompressed: usize,
}

/// Lines of a web server, an application and a JSON logger, which compress about 5:1.
pub(crate) fn corpus(name: &'static str, records: usize, events: usize) -> Corpus {
    corpus_of(3, name, records, events)
}

/// The same of the first so many `kinds` of lines alone.
pub(crate) fn corpus_of(kinds: u64, name: &'static str, records: usize, events: usize) -> Corpus {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    let mut payloads = Vec::new();
    let mut decompressed = 0;
    for record in 0..records {
        let log_events = (0..events).map(|index| {
            let message = match random(kinds) {
                0 => format!(
                    "10.{}.{}.{} - - [21/Nov/2026:11:20:00 +0000] \"GET /api/v1/orders/{} HTTP/1.1\" {} {} \"-\" \"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36\"",
                    random(256), random(256), random(256), random(1 << 40), [200, 200, 200, 304, 404, 500][random(6) as usize], random(100_000),
                ),
                1 => format!("2026-11-21T11:20:00.{:03}Z INFO orders::service request {:016x} handled in {} ms, {} items, cache hit", random(1000), random(u64::MAX), random(900), random(40)),
                _ => format!(
                    "{{\"level\":\"{}\",\"time\":{},\"msg\":\"payment authorised\",\"trace\":\"{:016x}{:016x}\",\"amount\":{}.{:02},\"user\":{{\"id\":{},\"country\":\"DE\"}}}}",
                    ["info", "warn", "error"][random(3) as usize], 1_795_260_000_000 + random(1 << 20), random(u64::MAX), random(u64::MAX), random(1000), random(100), random(1 << 30),
                ),
            };
            Event { id: format!("3{:055}", record * events + index), timestamp: 1_795_260_000_000 + (index as i64), message, extracted_fields: None }
        });
        let payload = Payload {
            owner: "123456789012".into(),
            log_group: "/app/orders".into(),
            log_stream: "web/0123456789abcdef0123456789abcdef".into(),
            subscription_filters: vec!["logweir".into()],
            policy_level: None,
            log_events: log_events.collect(),
        };
        decompressed += payload.to_json().len();
        payloads.push(payload.to_gzip());
    }
    let event = encode::firehose_event(&payloads).to_string().into_bytes();
    let data = payloads.iter().map(|payload| encode::base64(payload)).collect();
    println!("{name}: {:.2} MB event, {:.2} MB decompressed", event.len() as f64 / 1e6, decompressed as f64 / 1e6);
    Corpus { name, event, data, decompressed }
}

/// Names the one row that a profiler looks at (`scripts/flame-graph`): `heading: row`.
const ONLY: &str = "LOGWEIR_BENCH_ONLY";
const PROFILED: Duration = Duration::from_secs(5);

/// Whether a profiler looks: then nothing else may run beside the row.
pub(crate) fn is_profiled() -> bool {
    std::env::var(ONLY).is_ok()
}

/// Runs the one row for some seconds, and no other; the times mean nothing.
fn profile(title: &str, only: &str, candidates: &mut [Candidate<'_>]) -> Vec<f64> {
    for (_, job) in candidates.iter_mut().filter(|(name, _)| format!("{}: {}", title.trim(), name.trim()) == only) {
        let start = Instant::now();
        while start.elapsed() < PROFILED {
            black_box(job());
        }
        println!("profiled {only}");
    }
    vec![1.0; candidates.len()]
}

/// Times the candidates round by round and prints each beside the first. Returns the fastest times.
pub(crate) fn compare(title: &str, bytes: usize, candidates: &mut [Candidate<'_>]) -> Vec<f64> {
    if let Ok(only) = std::env::var(ONLY) {
        return profile(title, &only, candidates);
    }
    let mut fastest = vec![f64::MAX; candidates.len()];
    let start = Instant::now();
    let mut rounds = 0;
    while rounds < 12 || start.elapsed() < Duration::from_secs(6) {
        for (index, (_, job)) in candidates.iter_mut().enumerate() {
            let round = Instant::now();
            black_box(job());
            fastest[index] = fastest[index].min(round.elapsed().as_secs_f64());
        }
        rounds += 1;
    }
    println!("{title}");
    for ((name, _), time) in candidates.iter().zip(&fastest) {
        println!("  {name:<52} {:>8.0} MB/s   {:>5.2} of ours", bytes as f64 / time / 1e6, fastest[0] / time);
    }
    fastest
}

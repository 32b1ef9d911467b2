//! The put-back loop as Firehose would run it, against the pure transform: nothing is lost, everything comes out once,
//! every answer keeps the limit, and it ends.

use std::collections::{HashMap, VecDeque};
use std::io::Read;

use logweir_intake::Incoming;
use logweir_subscription::encode::{self, Event, Payload};
use logweir_subscription::gzip;
use logweir_transformer::{Config, Format, MAX_ANSWER_BYTES, Output, Transform};
use proptest::prelude::*;
use serde_json::Value;

fn config(format: Format, gzip_level: Option<u32>) -> Config {
    Config {
        output: Output { format, gzip_level },
        partition_by_log_group: false,
        surplus_delivery_stream: None,
        cut_by_hour: false,
        forward: None,
        reports_batch_item_failures: false,
        intake: logweir_intake::Settings::default(),
        rules: logweir_rules_source::RulesConfig::default(),
        threads: 1,
        metrics_namespace: "Logweir".into(),
    }
}

/// Text that gzip makes `ratio` times smaller, or nearly.
fn text(length: usize, ratio: usize, seed: &mut u64) -> String {
    let mut next = || {
        *seed ^= *seed << 13;
        *seed ^= *seed >> 7;
        *seed ^= *seed << 17;
        *seed
    };
    let mut text = String::with_capacity(length + 16);
    while text.len() < length {
        let word = format!("{:012x} ", next());
        for _ in 0..ratio.div_ceil(2).min(length / word.len() + 1) {
            text.push_str(&word);
        }
    }
    text.truncate(length);
    text
}

fn payload(number: usize, messages: Vec<String>) -> Payload {
    let event = |(index, message)| Event {
        id: format!("{:056}", number * 1_000_000 + index),
        timestamp: 1_795_260_000_000,
        message,
        extracted_fields: None,
    };
    Payload {
        owner: "123456789012".into(),
        log_group: "/app".into(),
        log_stream: "s".into(),
        subscription_filters: vec!["all".into()],
        policy_level: None,
        log_events: messages.into_iter().enumerate().map(event).collect(),
    }
}

#[derive(Default)]
struct Outcome {
    ids: HashMap<String, usize>,
    failed: usize,
    invocations: usize,
}

/// Runs the loop with buffers of `buffer` bytes of records, as Firehose fills them.
fn drive(config: &Config, payloads: &[Payload], limit: usize, buffer: usize, can_put_back: bool) -> Outcome {
    let mut queue: VecDeque<Vec<u8>> = payloads.iter().map(Payload::to_gzip).collect();
    let mut outcome = Outcome::default();
    let mut transform = Transform::new(config, &config.intake);
    while !queue.is_empty() {
        outcome.invocations += 1;
        assert!(outcome.invocations < 2000, "it does not end");
        let (mut batch, mut bytes) = (Vec::new(), 0);
        while let Some(next) = queue.front() {
            if !batch.is_empty() && bytes + next.len() > buffer {
                break;
            }
            bytes += next.len();
            batch.extend(queue.pop_front());
        }
        let data: Vec<String> = batch.iter().map(|payload| encode::base64(payload)).collect();
        let names: Vec<_> = (0..data.len()).map(|i| format!("record-{i}")).collect();
        let records: Vec<_> = names.iter().zip(&data).map(|(name, data)| Incoming { name, data }).collect();
        let done = transform.transform(&records, limit, can_put_back);
        let largest = batch.iter().map(Vec::len).max().unwrap_or(0);
        for surplus in &done.surplus {
            for piece in &surplus.payloads {
                assert!(piece.len() <= 1_024_000 && piece.len() <= largest + 64, "{} of {largest}", piece.len());
                queue.push_back(piece.clone());
            }
        }
        let answer = done.answer.finish();
        assert!(answer.len() <= limit, "{} bytes", answer.len());
        let answer: Value = serde_json::from_slice(&answer).expect("JSON");
        let answers = answer["records"].as_array().expect("records");
        assert_eq!(answers.len(), records.len());
        for (record, answer) in records.iter().zip(answers) {
            assert_eq!(answer["recordId"], record.name);
            match answer["result"].as_str() {
                Some("Ok") => {
                    let data =
                        base64_simd::STANDARD.decode_to_vec(answer["data"].as_str().expect("data")).expect("base64");
                    let mut lines = String::new();
                    if config.output.gzip_level.is_some() {
                        gzip::reader(data.as_slice()).read_to_string(&mut lines).expect("gzip");
                    } else {
                        lines = String::from_utf8(data).expect("UTF-8");
                    }
                    for line in lines.lines() {
                        let record: Value = serde_json::from_str(line).expect("a record");
                        let hour = record["timestamp"].as_i64().expect("a time") / 3_600_000 % 24;
                        let key = &answer["metadata"]["partitionKeys"]["hour"];
                        assert!(!config.cut_by_hour || *key == format!("{hour:02}"), "hour {hour} under {key}");
                        *outcome.ids.entry(record["id"].as_str().expect("id").to_owned()).or_default() += 1;
                    }
                }
                Some("ProcessingFailed") => outcome.failed += 1,
                other => assert_eq!(other, Some("Dropped")),
            }
        }
    }
    outcome
}

fn check(payloads: &[Payload], gzip_level: Option<u32>, limit: usize, buffer: usize, expect_failed: usize) {
    let outcome = drive(&config(Format::Ndjson, gzip_level), payloads, limit, buffer, true);
    let events: usize = payloads.iter().map(|payload| payload.log_events.len()).sum();
    assert_eq!(outcome.failed, expect_failed);
    assert_eq!(outcome.ids.len(), events - expect_failed, "events were lost");
    assert!(outcome.ids.values().all(|count| *count == 1), "events came twice");
}

#[test]
fn from_one_byte_to_sixty_megabytes_each_event_comes_out_once() {
    let mut seed = 88_172_645_463_325_252;
    for total in [1, 1_000, 1_000_000, 4_000_000, 8_000_000, 60_000_000] {
        for (line, ratio) in [(60, 8), (100_000, 30)] {
            // An event's JSON is some 120 bytes longer than its message: `total` is what the payload decompresses to.
            let count = (total / (line + 120)).max(1);
            let messages = (0..count).map(|_| text(line.min(total), ratio, &mut seed)).collect();
            let payloads = [payload(1, messages)];
            for level in [None, Some(1)] {
                check(&payloads, level, MAX_ANSWER_BYTES, 3 << 20, 0);
            }
        }
    }
}

#[test]
fn threads_change_nothing() {
    let mut seed = 99;
    // Sizes from nothing to a megabyte, more than an answer can hold, an undecodable one and an empty one among them.
    let mut data: Vec<String> = (0..30_usize)
        .map(|i| payload(i, (0..i * i % 97 * 20).map(|_| text(60, 4, &mut seed)).collect()))
        .map(|payload| encode::base64(&payload.to_gzip()))
        .collect();
    data[7] = "no base64!".into();
    data[9] = encode::base64(&encode::gzip(&encode::control_message()));
    data[11] =
        encode::base64(&payload(11, vec![text(4_000_000, 4, &mut seed), text(3_000_000, 4, &mut seed)]).to_gzip());
    let records: Vec<_> = data.iter().map(|data| Incoming { name: "record", data }).collect();
    for (format, level) in [(Format::Ndjson, None), (Format::Ndjson, Some(1)), (Format::Message, None)] {
        let outcome = |threads: usize, limit: usize, can_put_back: bool| {
            let config = Config { threads, ..config(format, level) };
            let mut transform = Transform::new(&config, &config.intake);
            // Twice, because buffers are used again.
            let done = [(); 2].map(|()| {
                let done = transform.transform(&records, limit, can_put_back);
                let surplus: Vec<_> = done.surplus.iter().map(|surplus| surplus.payloads.clone()).collect();
                (done.answer.finish(), surplus, done.ledger)
            });
            assert!(done[0] == done[1]);
            done
        };
        for (limit, can_put_back) in [(MAX_ANSWER_BYTES, true), (400_000, false)] {
            let one = outcome(1, limit, can_put_back);
            for threads in [2, 5] {
                assert!(outcome(threads, limit, can_put_back) == one, "{threads} threads");
            }
        }
    }
}

#[test]
fn many_single_events_that_cannot_be_cut_all_come_out() {
    let mut seed = 1;
    let payloads: Vec<_> = (0..12).map(|i| payload(i, vec![text(900_000, 1000, &mut seed)])).collect();
    check(&payloads, None, MAX_ANSWER_BYTES, 3 << 20, 0);
}

#[test]
fn a_single_event_that_no_answer_can_hold_fails_visibly_and_alone() {
    // Each control character takes six bytes as a record: one event of 1 MB becomes six.
    let mut messages = vec!["\u{1}".repeat(1_000_000)];
    messages.extend((0..50).map(|i| format!("line {i}")));
    check(&[payload(1, messages)], None, MAX_ANSWER_BYTES, 3 << 20, 1);
}

/// It fits an answer of its own, though not beside the records whose answers are still to come: which of them comes first decides
/// nothing.
#[test]
fn a_single_event_goes_back_beside_others_wherever_it_stands() {
    let large = || payload(0, vec!["\u{1}".repeat(746_500)]);
    let small = (1..900).map(|number| payload(number, vec!["small".into()]));
    for at in [0, 450, 899] {
        let mut payloads: Vec<_> = small.clone().collect();
        payloads.insert(at, large());
        check(&payloads, None, MAX_ANSWER_BYTES, 3 << 20, 0);
    }
    check(&[large()], None, MAX_ANSWER_BYTES, 3 << 20, 0);
}

/// What only lacks room goes back with the bytes that it came with, keys that nobody knows and all.
#[test]
fn what_need_not_be_cut_goes_back_as_it_came() {
    let mut sent: Vec<_> = (1..900).map(|number| payload(number, vec!["small".into()]).to_json()).collect();
    let large = String::from_utf8(payload(0, vec!["\u{1}".repeat(746_500)]).to_json()).expect("UTF-8");
    sent.push(large.replacen('{', r#"{"new":7,"#, 1).into_bytes());
    let sent: Vec<_> = sent.iter().map(|json| encode::gzip(json)).collect();
    let data: Vec<_> = sent.iter().map(|payload| encode::base64(payload)).collect();
    let records: Vec<_> = data.iter().map(|data| Incoming { name: "record", data }).collect();
    let config = config(Format::Ndjson, None);
    let done = Transform::new(&config, &config.intake).transform(&records, MAX_ANSWER_BYTES, true);
    let back: Vec<_> = done.surplus.iter().flat_map(|surplus| &surplus.payloads).collect();
    assert!(back == [&sent[899]], "{} payloads", back.len());
}

/// Events of several hours, in any order, each under its own where Firehose is to partition by event time.
#[test]
fn each_event_lies_under_the_hour_in_which_it_happened() {
    let mut seed = 3;
    let mut hours = |number: usize, hours: &[i64]| {
        let mut payload = payload(number, hours.iter().map(|_| text(300, 4, &mut seed)).collect());
        for (event, hour) in payload.log_events.iter_mut().zip(hours) {
            event.timestamp += hour * 3_600_000;
        }
        payload
    };
    let payloads = [hours(1, &[0, 0, 1, 1]), hours(2, &[2, 0, 2, 25, 0]), hours(3, &[4; 7]), hours(4, &[-1])];
    let cut = Config { cut_by_hour: true, ..config(Format::Ndjson, Some(6)) };
    let outcome = drive(&cut, &payloads, MAX_ANSWER_BYTES, 3 << 20, true);
    assert_eq!((outcome.ids.len(), outcome.failed, outcome.invocations), (17, 0, 2));
    assert!(outcome.ids.values().all(|count| *count == 1));
    // Where nothing can be put back they lie under the hour of the first.
    let outcome = drive(&config(Format::Ndjson, Some(6)), &payloads, MAX_ANSWER_BYTES, 3 << 20, false);
    assert_eq!((outcome.ids.len(), outcome.failed, outcome.invocations), (17, 0, 1));
}

#[test]
fn with_nowhere_to_put_back_surplus_fails_record_by_record() {
    let mut seed = 7;
    let payloads: Vec<_> =
        (0..8).map(|i| payload(i, (0..10).map(|_| text(100_000, 50, &mut seed)).collect())).collect();
    let outcome = drive(&config(Format::Ndjson, None), &payloads, MAX_ANSWER_BYTES, 3 << 20, false);
    assert_eq!((outcome.invocations, outcome.ids.len() + outcome.failed * 10), (1, 80));
    assert!(outcome.failed > 0 && outcome.failed < 8);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]
    /// The same on a small scale, where every edge is near.
    #[test]
    fn any_mix_comes_out_once(
        shapes in proptest::collection::vec(proptest::collection::vec(0_usize..2_000, 0..30), 1..12),
        limit in 12_000_usize..60_000, buffer in 1_000_usize..20_000, seed in 1_u64.., gzipped: bool,
    ) {
        let mut seed = seed;
        let payloads: Vec<_> = shapes.iter().enumerate()
            .map(|(i, lengths)| payload(i, lengths.iter().map(|length| text(*length, 4, &mut seed)).collect()))
            .collect();
        check(&payloads, gzipped.then_some(6), limit, buffer, 0);
    }
}

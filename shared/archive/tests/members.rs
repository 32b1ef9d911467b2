//! An object is one gzip member, whose text and bytes do not depend on how it was made.

use std::io::Read;
use std::sync::Arc;

use logweir_archive::{Batch, DEFAULT_TEMPLATE, EventWriter, Grouping, KeyTemplate, Object, Press};
use logweir_subscription::encode::{Event, Payload};
use logweir_subscription::{Decoder, Message};
use proptest::prelude::*;

const HOUR: i64 = 3_600_000;

/// A payload of events in these hours, with messages of these lengths.
fn payload(number: usize, events: &[(i64, usize)]) -> Payload {
    let event = |(index, (hour, length)): (usize, &(i64, usize))| Event {
        id: format!("{number}-{index}"),
        timestamp: 1_795_260_000_000 + hour * HOUR,
        message: format!("{number} {index} {hour:x}|").repeat(length / 6),
        extracted_fields: None,
    };
    Payload {
        owner: (number % 2).to_string(),
        log_group: "g".into(),
        log_stream: "s".into(),
        subscription_filters: vec![],
        policy_level: None,
        log_events: events.iter().enumerate().map(event).collect(),
    }
}

/// The text of the one member that `file` is: its frame, its checksum, its length and its end are looked at here, and
/// read as readers do that know of one member only.
fn text_of_the_member(file: &[u8]) -> Vec<u8> {
    assert_eq!(file[..4], [0x1f, 0x8b, 8, 0], "the header of a member without names");
    let (deflate, trailer) = file[10..].split_at(file.len() - 18);
    let mut text = Vec::new();
    let mut inflate = flate2::bufread::DeflateDecoder::new(deflate);
    inflate.read_to_end(&mut text).expect("deflate");
    assert_eq!(inflate.total_in(), deflate.len() as u64, "the stream ends before the member does");
    let mut check = flate2::Crc::new();
    check.update(&text);
    assert_eq!(trailer[..4], check.sum().to_le_bytes());
    assert_eq!(trailer[4..], u32::try_from(text.len()).expect("small").to_le_bytes());
    text
}

#[derive(Clone, Copy)]
struct Way {
    grouping: Grouping,
    level: u32,
    piece: usize,
    pending: usize,
    threads: usize,
}

fn objects(payloads: &[Payload], way: Way) -> Vec<Object> {
    let template = KeyTemplate::new(DEFAULT_TEMPLATE, "logs").expect("valid");
    let press = Arc::new(Press::new(way.level));
    let mut batch = Batch::beside(&template, way.grouping, Arc::clone(&press), (way.threads - 1) * 3)
        .with_bounds(way.piece, way.pending);
    let ended = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 1..way.threads {
            scope.spawn(|| {
                let mut compressor = None;
                while press.work(&mut compressor) || !ended.load(std::sync::atomic::Ordering::Acquire) {
                    std::thread::yield_now();
                }
            });
        }
        let mut decoder = Decoder::default();
        for payload in payloads {
            let Ok(Message::Data(data)) = decoder.decode(&payload.to_json()) else { panic!("no data") };
            batch.add(&data, None).expect("short keys");
        }
        batch.seal();
        ended.store(true, std::sync::atomic::Ordering::Release);
    });
    batch.finish()
}

/// What was written, as lines.
fn lines(payloads: &[Payload]) -> Vec<String> {
    let mut decoder = Decoder::default();
    let mut text = Vec::new();
    for payload in payloads {
        let Ok(Message::Data(data)) = decoder.decode(&payload.to_json()) else { panic!("no data") };
        let writer = EventWriter::new(&data);
        data.log_events.iter().for_each(|event| writer.write(event, &mut text));
    }
    String::from_utf8(text).expect("UTF-8").lines().map(str::to_owned).collect()
}

fn check(payloads: &[Payload], way: Way) -> Vec<Object> {
    let objects = objects(payloads, way);
    let mut found = Vec::new();
    for object in &objects {
        let text = String::from_utf8(text_of_the_member(&object.body)).expect("UTF-8");
        assert_eq!(text.lines().count(), object.events);
        // Each object's lines are in the order in which they came, which the ids show.
        found.extend(text.lines().map(str::to_owned));
    }
    let mut written = lines(payloads);
    if objects.len() == 1 {
        assert_eq!(found, written);
    }
    found.sort();
    written.sort();
    assert!(found == written, "lines were lost, changed or doubled");
    objects
}

const WAY: Way = Way { grouping: Grouping::Batch, level: 6, piece: 512 << 10, pending: 48 << 20, threads: 1 };

#[test]
fn more_groups_than_may_wait_lose_nothing_and_are_the_same_objects() {
    // Eighty hours, visited in turn, of which none makes a piece before there is too much text in all.
    let events: Vec<_> = (0..4_000).map(|i| (i % 80, 600)).collect();
    let payloads = [payload(0, &events), payload(1, &events), payload(2, &events)];
    let roomy = check(&payloads, WAY);
    for pending in [1, 10_000, 200_000, 1_000_000] {
        assert!(check(&payloads, Way { pending, ..WAY }) == roomy, "other bytes with {pending}");
    }
}

#[test]
fn an_object_of_many_pieces_is_one_member_on_any_number_of_threads() {
    let payloads: Vec<_> = (0..4).map(|i| payload(i * 2, &vec![(0, 900); 3_000])).collect();
    let one = check(&payloads, WAY);
    assert!(one.len() == 1 && text_of_the_member(&one[0].body).len() > 8 << 20);
    for threads in 2..5 {
        assert!(check(&payloads, Way { threads, ..WAY }) == one);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]
    /// Any events in any groups, pieces, room and threads.
    #[test]
    fn what_is_read_is_what_was_written(
        shapes in proptest::collection::vec(proptest::collection::vec((0_i64..5, 0_usize..400), 0..60), 0..8),
        by_payload: bool, level in 1_u32..=9, piece in 1_usize..8_000, pending in 1_usize..20_000, threads in 1_usize..4,
    ) {
        let payloads: Vec<_> = shapes.iter().enumerate().map(|(number, events)| payload(number, events)).collect();
        let grouping = if by_payload { Grouping::Payload } else { Grouping::Batch };
        let way = Way { grouping, level, piece, pending, threads };
        let objects = check(&payloads, way);
        prop_assert!(objects == self::objects(&payloads, Way { threads: 1, pending: 48 << 20, ..way }), "other bytes");
        let keys = |objects: &[Object]| objects.iter().map(|object| object.key.clone()).collect::<Vec<_>>();
        prop_assert_eq!(keys(&objects), keys(&self::objects(&payloads, Way { grouping, ..WAY })));
    }
}

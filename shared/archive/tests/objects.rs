//! Keys and objects as a whole: made of content alone, read back exactly.

use std::collections::BTreeMap;

use logweir_archive::{
    ArchiveKey, ArchivedEvent, Batch, DEFAULT_TEMPLATE, Grouping, KeyTemplate, Object, Refused, TemplateError,
    archived_events,
};
use logweir_subscription::encode::{Event, Payload};
use logweir_subscription::{Decoder, Message, gzip};
use proptest::prelude::*;

const HOUR: i64 = 3_600_000;
const START: i64 = 1_795_260_000_123;

fn payload(owner: &str, log_group: &str, events: impl IntoIterator<Item = (i64, String)>) -> Payload {
    let event = |(index, (timestamp, message)): (usize, _)| Event {
        id: format!("{index:056}"),
        timestamp,
        message,
        extracted_fields: None,
    };
    Payload {
        owner: owner.into(),
        log_group: log_group.into(),
        log_stream: "stream".into(),
        subscription_filters: vec![],
        policy_level: None,
        log_events: events.into_iter().enumerate().map(event).collect(),
    }
}

fn objects(template: &KeyTemplate, grouping: Grouping, payloads: &[Payload]) -> Vec<Object> {
    let mut batch = Batch::new(template, grouping, 6);
    let mut decoder = Decoder::default();
    for payload in payloads {
        let Ok(Message::Data(data)) = decoder.decode(&payload.to_json()) else { panic!("no data") };
        batch.add(&data, None).expect("short keys");
    }
    batch.finish()
}

fn read(object: &Object) -> Vec<ArchivedEvent> {
    archived_events(gzip::reader(object.body.as_slice()), 1 << 21).map(|record| record.expect("a record")).collect()
}

#[test]
fn centralised_events_lie_under_the_account_and_log_group_that_they_were_written_in() {
    let template = KeyTemplate::new("{prefix}/{owner}/{log_group}/{digest}", "logs").expect("valid");
    let mut payload = payload("999999999999", "/central", [(START, "line".to_owned())]);
    let source = serde_json::json!({"@aws.account": "111111111111", "@source.log": "/app/web"});
    payload.log_events[0].extracted_fields = source.as_object().cloned();
    let mut batch = Batch::new(&template, Grouping::Batch, 6);
    let mut decoder = Decoder::default();
    let Ok(Message::Data(mut data)) = decoder.decode(&payload.to_json()) else { panic!("no data") };
    assert!(data.by_source().is_none());
    batch.add(&data, None).expect("a short key");
    let objects = batch.finish();
    assert!(objects[0].key.starts_with("logs/111111111111/app/web/"), "{}", objects[0].key);
    let record = &read(&objects[0])[0];
    assert_eq!((record.owner.as_str(), record.log_group.as_str()), ("999999999999", "/central"));
    assert_eq!(record.source_log_group.as_deref(), Some("/app/web"));
}

#[test]
fn events_go_to_the_hour_of_their_own_time_and_all_arrive_once() {
    let template = KeyTemplate::new(DEFAULT_TEMPLATE, "logs").expect("valid");
    let events = |from: i64| (0..50).map(move |i| (from + i * HOUR / 10, format!("line {i}")));
    let payloads = [
        payload("111111111111", "/a", events(START)),
        payload("222222222222", "/b", events(START)),
        payload("111111111111", "/c", events(START + 1)),
    ];
    let objects = objects(&template, Grouping::Batch, &payloads);
    let mut found = 0;
    for object in &objects {
        let key = ArchiveKey::parse(&template, &object.key).expect("parses");
        let read = read(object);
        assert_eq!(read.len(), object.events);
        assert_eq!(key.first_timestamp, read.iter().map(|record| record.timestamp).min());
        for record in &read {
            assert_eq!(key.owner.as_ref(), Some(&record.owner));
            let hour =
                key.hour.expect("an hour").to_zoned(jiff::tz::TimeZone::UTC).expect("UTC").timestamp().as_millisecond();
            assert_eq!(hour, record.timestamp - record.timestamp % HOUR);
        }
        found += read.len();
    }
    assert_eq!(found, 150);
    // In the order of their first events, every time.
    let again = self::objects(&template, Grouping::Batch, &payloads);
    assert_eq!(objects, again);
    // Six hours, two owners; the two groups of one owner share objects.
    assert_eq!(objects.len(), 12);
}

#[test]
fn the_same_events_have_the_same_key_however_they_were_escaped_or_batched_by_payload() {
    let template = KeyTemplate::new(DEFAULT_TEMPLATE, "").expect("valid");
    let escaped = [r#""\u001B/\u00e9""#, r#""\u001b\/é""#].map(|message| {
        let json = format!(
            r#"{{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"g","logStream":"s","logEvents":[{{"id":"1","timestamp":{START},"message":{message}}}]}}"#
        );
        let Ok(Message::Data(data)) = Message::parse(&json) else { panic!("no data") };
        let mut batch = Batch::new(&template, Grouping::Batch, 6);
        batch.add(&data, None).expect("short");
        batch.finish()
    });
    assert_eq!(escaped[0], escaped[1]);

    let payloads: Vec<_> = (0..4).map(|i| payload("1", "g", [(START, format!("{i}"))])).collect();
    let together = objects(&template, Grouping::Payload, &payloads);
    let apart: Vec<_> = payloads
        .iter()
        .flat_map(|payload| objects(&template, Grouping::Payload, std::slice::from_ref(payload)))
        .collect();
    assert_eq!(together, apart);
    assert_eq!(objects(&template, Grouping::Batch, &payloads).len(), 1);
}

#[test]
fn objects_of_many_members_hold_every_event() {
    let template = KeyTemplate::new(DEFAULT_TEMPLATE, "logs").expect("valid");
    let line = |i: i64| "x".repeat(1000) + &i.to_string();
    let payloads = [payload("1", "g", (0..12_000).map(|i| (START + i / 100, line(i))))];
    let objects = objects(&template, Grouping::Batch, &payloads);
    assert_eq!(objects.len(), 1);
    let messages: Vec<_> = read(&objects[0]).into_iter().map(|record| record.message).collect();
    assert!(messages.iter().zip(0..).all(|(message, i)| *message == line(i)));
    assert_eq!(messages.len(), 12_000);
}

#[test]
fn a_key_that_s3_would_refuse_is_refused_before_anything_is_kept() {
    let template = KeyTemplate::new("{prefix}/{log_group}/{digest}", "logs").expect("valid");
    let mut batch = Batch::new(&template, Grouping::Batch, 6);
    let json = payload("1", &"é".repeat(200), [(START, "m".into())]).to_json();
    let mut decoder = Decoder::default();
    let Ok(Message::Data(data)) = decoder.decode(&json) else { panic!("no data") };
    assert_eq!(batch.add(&data, None), Err(Refused::KeyTooLong { length: 1238 }));
    assert!(batch.finish().is_empty());
}

#[test]
fn payloads_made_to_make_an_object_an_event_or_gigabytes_of_names_are_refused() {
    let template = KeyTemplate::new(DEFAULT_TEMPLATE, "logs").expect("valid");
    let refuse = |payload: &Payload| {
        let json = payload.to_json();
        let mut decoder = Decoder::default();
        let Ok(Message::Data(data)) = decoder.decode(&json) else { panic!("no data") };
        let mut batch = Batch::new(&template, Grouping::Batch, 6);
        let result = batch.add(&data, None);
        assert!(batch.finish().is_empty() == result.is_err());
        result.map_err(|refused| refused.code())
    };
    assert_eq!(refuse(&payload("1", "g", (0..1001).map(|i| (i * HOUR, String::new())))), Err("TooManyHours"));
    assert_eq!(refuse(&payload("1", "g", (0..1000).map(|i| (i % 25 * HOUR, String::new())))), Ok(()));
    let mut wide = payload("1", "g", (0..300_000).map(|i| (START + i, String::new())));
    wide.log_stream = "s".repeat(2000);
    assert_eq!(refuse(&wide), Err("TooMuchText"));
}

#[test]
fn templates_that_would_lose_or_hide_objects_are_refused() {
    for (template, expected) in [
        ("{prefix}/{owner}", TemplateError::Digest),
        ("{digest}/{digest}", TemplateError::Digest),
        ("{prefix}/{digest", TemplateError::Unclosed(9)),
        ("{nope}/{digest}", TemplateError::UnknownField("nope".into())),
        ("{owner}{digest}", TemplateError::Adjacent("digest".into())),
        ("{log_group}-{log_stream}/{digest}", TemplateError::Adjacent("log_stream".into())),
        ("{owner}/{owner}/{digest}", TemplateError::Repeated("owner".into())),
        ("/{digest}", TemplateError::Unsafe("/x".into())),
        ("a//{digest}", TemplateError::Unsafe("a//x".into())),
        ("../{digest}", TemplateError::Unsafe("../x".into())),
        ("a b/{digest}", TemplateError::Unsafe("a b/x".into())),
    ] {
        assert_eq!(KeyTemplate::new(template, "logs").map(|_| ()), Err(expected), "{template}");
    }
    assert!(KeyTemplate::new("year={yyyy}/{log_group}/{first_timestamp}.{digest}", "").is_ok());
}

proptest! {
    /// What went into a key comes out of it, whatever the names; the log group loses one leading slash, nothing else.
    #[test]
    fn keys_come_back(
        owner in prop_oneof!["[0-9]{12}", any::<String>().prop_map(|s| s.chars().take(20).collect())],
        log_group in prop_oneof!["/?[a-z]{1,9}(/[a-z.]{0,4}){0,3}", "[./%#é ]{0,9}"],
        log_stream in prop_oneof!["[a-z]{1,5}/[a-z]{1,5}/[0-9a-f]{8}", "[./%#é ]{0,9}"],
        timestamp in 0..=logweir_subscription::MAX_TIMESTAMP,
    ) {
        let template = "{prefix}/{yyyy}/{MM}/{dd}/{HH}/{owner}/{log_group}/{log_stream}/{first_timestamp}-{digest}.ndjson.gz";
        let template = KeyTemplate::new(template, "logs").expect("valid");
        let payload = Payload { log_stream: log_stream.clone(), ..payload(&owner, &log_group, [(timestamp, "m".into())]) };
        let objects = objects(&template, Grouping::Batch, &[payload]);
        let parsed = ArchiveKey::parse(&template, &objects[0].key).expect("parses");
        prop_assert_eq!(parsed.owner.as_deref(), Some(owner.as_str()));
        prop_assert_eq!(parsed.log_group.as_deref(), Some(log_group.strip_prefix('/').unwrap_or(&log_group)));
        prop_assert_eq!(parsed.log_stream.as_deref(), Some(log_stream.as_str()));
        prop_assert_eq!(parsed.first_timestamp, Some(timestamp));
        prop_assert!(objects[0].key.bytes().all(|b| b.is_ascii_alphanumeric() || b"!-_.*'()%/".contains(&b)), "{}", objects[0].key);
    }

    /// Every event of any batch is in exactly one object.
    #[test]
    fn nothing_is_lost_between_groups(times in proptest::collection::vec(proptest::collection::vec(0..HOUR * 30, 0..20), 0..6), by_payload: bool) {
        let template = KeyTemplate::new(DEFAULT_TEMPLATE, "logs").expect("valid");
        let payloads: Vec<_> = times.iter().enumerate().map(|(p, times)| {
            payload(&format!("{}", p % 2), "g", times.iter().enumerate().map(|(i, t)| (*t, format!("{p}-{i}"))).collect::<Vec<_>>())
        }).collect();
        let grouping = if by_payload { Grouping::Payload } else { Grouping::Batch };
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for object in objects(&template, grouping, &payloads) {
            for record in read(&object) { *counts.entry(record.message).or_default() += 1; }
        }
        prop_assert_eq!(counts.len(), times.iter().map(Vec::len).sum::<usize>());
        prop_assert!(counts.values().all(|count| *count == 1));
    }
}

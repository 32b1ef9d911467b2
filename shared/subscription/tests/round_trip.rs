//! `decode(encode(x)) = x`, through every envelope, and what a message refuses.

use logweir_subscription::encode::{self, Payload};
use logweir_subscription::{DataMessage, Decoder, Error, Event, Kind, Message};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn owned(data: &DataMessage<'_>) -> Payload {
    let event = |event: &logweir_subscription::LogEvent<'_>| encode::Event {
        id: event.id.to_string(),
        timestamp: event.timestamp,
        message: event.message.to_string(),
        extracted_fields: event
            .extracted_fields
            .map(|fields| serde_json::from_str(fields.as_json()).expect("an object")),
    };
    Payload {
        owner: data.owner.to_string(),
        log_group: data.log_group.to_string(),
        log_stream: data.log_stream.to_string(),
        subscription_filters: data.subscription_filters.iter().map(ToString::to_string).collect(),
        policy_level: data.policy_level.map(|level| level.to_string()),
        log_events: data.log_events.iter().map(event).collect(),
    }
}

fn decoded(result: Result<Message<'_>, Error>) -> Payload {
    match result.expect("decodes") {
        Message::Data(data) => owned(&data),
        Message::Control => panic!("a control message"),
    }
}

fn payloads() -> impl Strategy<Value = Payload> {
    let fields = proptest::option::of(proptest::collection::btree_map(any::<String>(), any::<String>(), 0..4));
    let event = (any::<String>(), 0..=logweir_subscription::MAX_TIMESTAMP, any::<String>(), fields);
    let event = event.prop_map(|(id, timestamp, message, fields)| encode::Event {
        id,
        timestamp,
        message,
        extracted_fields: fields
            .map(|fields| fields.into_iter().map(|(k, v)| (k, Value::String(v))).collect::<Map<_, _>>()),
    });
    let texts = (any::<String>(), any::<String>(), any::<String>());
    let filters = proptest::collection::vec(any::<String>(), 0..3);
    let events = proptest::collection::vec(event, 0..8);
    (texts, filters, proptest::option::of(any::<String>()), events).prop_map(
        |((owner, log_group, log_stream), subscription_filters, policy_level, log_events)| Payload {
            owner,
            log_group,
            log_stream,
            subscription_filters,
            policy_level,
            log_events,
        },
    )
}

proptest! {
    #[test]
    fn decode_of_encode_is_the_identity(payload in payloads(), cut in 0_usize..10_000) {
        let mut decoder = Decoder::default();
        prop_assert_eq!(&decoded(decoder.decode(&payload.to_json())), &payload);
        let gzip = payload.to_gzip();
        prop_assert_eq!(&decoded(decoder.decode(&gzip)), &payload);
        // The same text in two members.
        let json = payload.to_json();
        let (head, tail) = json.split_at(cut % json.len());
        let two = [encode::gzip(head), encode::gzip(tail)].concat();
        prop_assert_eq!(&decoded(decoder.decode(&two)), &payload);

        for unpadded in [false, true] {
            let strip = |text: String| if unpadded { text.replace('=', "") } else { text };
            let event = strip(encode::awslogs_event(&gzip).to_string());
            let Ok(Event::Logs { data }) = Event::parse(event.as_bytes()) else { panic!("awslogs") };
            prop_assert_eq!(&decoded(decoder.decode_base64(&data)), &payload);
            let event = strip(encode::kinesis_event(&[&gzip, &two]).to_string());
            let Ok(Event::Kinesis(records)) = Event::parse(event.as_bytes()) else { panic!("kinesis") };
            prop_assert_eq!(records.len(), 2);
            for record in &records {
                prop_assert_eq!(record.sequence_number.len(), 56);
                prop_assert!(record.stream_arn.ends_with(":stream/logweir"));
                prop_assert_eq!(&decoded(decoder.decode_base64(&record.data)), &payload);
            }
            let event = strip(encode::firehose_event(&[&gzip, &two]).to_string());
            let Ok(Event::Firehose(event)) = Event::parse(event.as_bytes()) else { panic!("firehose") };
            prop_assert!(!event.from_kinesis && event.records.len() == 2);
            for record in &event.records {
                prop_assert_eq!(&decoded(decoder.decode_base64(&record.data)), &payload);
            }
        }
    }

    /// A message re-sliced is a message with those events.
    #[test]
    fn a_slice_of_a_message_is_a_message(payload in payloads(), from in 0_usize..8, to in 0_usize..8) {
        let json = payload.to_json();
        let Ok(Message::Data(data)) = Message::parse(std::str::from_utf8(&json).expect("UTF-8")) else { panic!("data") };
        let to = to.min(payload.log_events.len());
        let from = from.min(to);
        let mut slice = Vec::new();
        data.write_payload(&data.log_events[from..to], &mut slice);
        let expected = Payload { log_events: payload.log_events[from..to].to_vec(), ..payload.clone() };
        prop_assert_eq!(decoded(Decoder::default().decode(&slice)), expected);
    }

    /// What no one has foreseen is refused or read, and never a panic; nor does it allocate past the cap.
    #[test]
    fn arbitrary_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..200), payload in payloads(), at: usize, bit in 0_u8..8) {
        let mut decoder = Decoder::new(1 << 16);
        let _ = decoder.decode(&bytes);
        let mut gzip = payload.to_gzip();
        let at = at % gzip.len();
        gzip[at] ^= 1_u8 << bit;
        let _ = decoder.decode(&gzip);
        let _ = Event::parse(&bytes);
    }
}

fn message() -> Value {
    json!({"messageType": "DATA_MESSAGE", "owner": "123456789012", "logGroup": "g", "logStream": "s",
        "subscriptionFilters": ["f"], "logEvents": [{"id": "1", "timestamp": 5, "message": "m"}]})
}

fn check(change: impl FnOnce(&mut Value), expected: &Error) {
    let mut value = message();
    change(&mut value);
    let result = Decoder::default().decode(value.to_string().as_bytes()).map(|_| ());
    assert_eq!(result.as_ref(), Err(expected), "{value}");
}

#[test]
fn each_defect_has_an_error_of_its_own() {
    let wrong = |event, field, expected, found| Error::WrongKind { event, field, expected, found };
    let event = Some(0);
    check(|m| m["messageType"] = json!("NEWS"), &Error::UnknownMessageType("NEWS".into()));
    check(|m| m["messageType"] = json!(1), &wrong(None, "messageType", "a string", Kind::Number));
    for field in ["messageType", "owner", "logGroup", "logStream", "logEvents"] {
        check(|m| drop(m.as_object_mut().expect("object").remove(field)), &Error::Missing { event: None, field });
    }
    for field in ["id", "timestamp", "message"] {
        let remove = |m: &mut Value| {
            drop(m["logEvents"][0].as_object_mut().expect("object").remove(field));
        };
        check(remove, &Error::Missing { event, field });
    }
    check(|m| m["logEvents"] = json!({}), &wrong(None, "logEvents", "an array", Kind::Object));
    check(|m| m["logEvents"][0] = json!("e"), &wrong(event, "logEvents", "an object", Kind::String));
    check(|m| m["logEvents"][0]["message"] = json!(["m"]), &wrong(event, "message", "a string", Kind::Array));
    check(|m| m["logEvents"][0]["timestamp"] = json!(null), &wrong(event, "timestamp", "a number", Kind::Null));
    for timestamp in [json!(-1), json!(1.5), json!("x"), json!(logweir_subscription::MAX_TIMESTAMP + 1)] {
        check(|m| m["logEvents"][0]["timestamp"] = timestamp, &Error::Timestamp { event: 0 });
    }
    check(
        |m| m["logEvents"][0]["extractedFields"] = json!(3),
        &wrong(event, "extractedFields", "an object", Kind::Number),
    );
    check(|m| *m = json!({"a": 1}), &Error::Missing { event: None, field: "messageType" });

    let decode = |bytes: &[u8]| Decoder::default().decode(bytes).map(|_| ());
    assert_eq!(decode(b""), Err(Error::Empty));
    assert_eq!(decode(b" \n"), Err(Error::Empty));
    assert_eq!(decode(b"plain"), Err(Error::UnknownFormat { first: b"plai".to_vec() }));
    assert_eq!(decode(b"\xf3\x89\x9a\xc2\x0a\x01"), Err(Error::KplAggregated));
    assert_eq!(decode(&encode::gzip(&encode::gzip(&encode::gzip(b"{}")))), Err(Error::NestedTooDeep));
    assert_eq!(decode(&encode::gzip(b"[1]")), Err(Error::NotAnObject { found: Kind::Array }));
    assert_eq!(decode(&encode::gzip(b"{\"a\":\"\xff\"}")), Err(Error::Utf8 { offset: 6 }));
    assert!(matches!(decode(&encode::gzip(b"{\"a\"")), Err(Error::Json(_))));
    let twice = [message().to_string(), message().to_string()].concat();
    assert!(matches!(decode(twice.as_bytes()), Err(Error::TrailingData { .. })));
    let two = message().to_string().replace("\"logGroup\"", "\"logEvents\":[],\"logGroup\"");
    assert_eq!(decode(two.as_bytes()), Err(Error::Duplicate("logEvents")));
    // A form feed is no white space of JSON's (found by fuzzing).
    assert_eq!(decode(format!("{}\u{c}", message()).as_bytes()), Err(Error::TrailingData { bytes: 1 }));
}

#[test]
fn what_aws_may_add_or_leave_out_does_no_harm() {
    let read = |change: fn(&mut Value)| {
        let mut value = message();
        change(&mut value);
        decoded(Decoder::default().decode(value.to_string().as_bytes()))
    };
    let plain = read(|_| ());
    assert_eq!(read(|m| m["newKey"] = json!({"deep": [[[{}]]]})), plain);
    assert_eq!(read(|m| m["logEvents"][0]["ingestionTime"] = json!(7)), plain);
    assert_eq!(read(|m| m["logEvents"][0]["timestamp"] = json!("5")), plain);
    assert_eq!(read(|m| m["logEvents"][0]["timestamp"] = json!(5.0)), plain);
    assert_eq!(read(|m| m["logEvents"][0]["timestamp"] = json!("0.5e1")), plain);
    let written = message().to_string().replace(":5,", ":500e-2,");
    assert_eq!(decoded(Decoder::default().decode(written.as_bytes())), plain);
    let twice = encode::gzip(&encode::gzip(message().to_string().as_bytes()));
    assert_eq!(decoded(Decoder::default().decode(&[twice, vec![0; 9]].concat())), plain);
    assert_eq!(read(|m| m["logEvents"][0]["extractedFields"] = json!(null)), plain);
    assert_eq!(read(|m| m["policyLevel"] = json!(null)), plain);
    let no_filters = read(|m| {
        drop(m.as_object_mut().expect("object").remove("subscriptionFilters"));
    });
    assert_eq!(no_filters.log_events, plain.log_events);
    // The type last: events are read all the same.
    let late = r#"{"logEvents":[{"message":"m","id":"1","timestamp":5}],"owner":"123456789012","logGroup":"g",
        "logStream":"s","subscriptionFilters":["f"],"messageType":"DATA_MESSAGE"}"#;
    assert_eq!(decoded(Decoder::default().decode(late.as_bytes())), plain);
}

/// Payloads that are small once compressed and large in memory: so many events, or names, that CloudWatch Logs never sends.
#[test]
fn a_payload_of_endless_events_or_filters_is_refused() {
    let message = |filters: usize, events: usize| {
        let filters = vec![r#""""#; filters].join(",");
        let events = vec![r#"{"id":"","timestamp":0,"message":""}"#; events].join(",");
        format!(
            r#"{{"messageType":"DATA_MESSAGE","owner":"","logGroup":"","logStream":"","subscriptionFilters":[{filters}],"logEvents":[{events}]}}"#
        )
    };
    let read = |json: &str| match Message::parse(json) {
        Ok(Message::Data(data)) => {
            Ok((data.subscription_filters.len(), data.log_events.len(), data.log_events.capacity()))
        }
        other => Err(other.expect_err("no control message")),
    };
    let limit = logweir_subscription::MAX_EVENTS;
    let Ok((1024, events, capacity)) = read(&message(1024, limit)) else { panic!("as many as may be") };
    assert!(events == limit && capacity <= 2 * limit, "{events}, {capacity}");
    assert_eq!(read(&message(0, limit + 1)), Err(Error::TooManyEvents { limit }));
    assert_eq!(read(&message(1025, 0)), Err(Error::TooManyFilters { limit: 1024 }));
}

#[test]
fn control_messages_are_no_failure_and_yield_nothing() {
    assert_eq!(Decoder::default().decode(&encode::gzip(&encode::control_message())), Ok(Message::Control));
    assert_eq!(Decoder::default().decode(br#"{"messageType":"CONTROL_MESSAGE"}"#), Ok(Message::Control));
}

#[test]
fn a_message_of_a_megabyte_and_every_character_is_exact() {
    let text: String = (0..=0x10_ffff).filter_map(char::from_u32).collect();
    let mut payload: Payload = serde_json::from_value(message()).expect("a payload");
    payload.log_events[0].message = text.repeat(2);
    assert_eq!(decoded(Decoder::default().decode(&payload.to_gzip())), payload);
}

#[test]
fn a_kinesis_record_may_come_without_its_stream() {
    let event = br#"{"Records":[{"kinesis":{"sequenceNumber":"1","data":"aGk="}},{"eventSourceARN":"arn","kinesis":{"sequenceNumber":"2"}}]}"#;
    let Ok(Event::Kinesis(records)) = Event::parse(event) else { panic!("kinesis") };
    let read: Vec<_> =
        records.iter().map(|record| (&*record.sequence_number, &*record.stream_arn, &*record.data)).collect();
    assert_eq!(read, [("1", "", "aGk="), ("2", "arn", "")]);
}

#[test]
fn events_of_other_services_are_named_as_such() {
    for other in [&br#"{"Records":[{"eventSource":"aws:s3","s3":{}}]}"#[..], b"{}", br#"{"awslogs":{}}"#, b"{\"a\":[]}"]
    {
        assert!(Event::parse(other).is_err(), "{}", String::from_utf8_lossy(other));
    }
    assert!(Event::parse(b"[]").is_err());
    assert!(Event::parse(br#"{"awslogs":{"data":""}} {}"#).is_err());
    let event = Event::parse(br#"{"records":[{"data":"aGk="}]}"#).map(|_| ());
    assert_eq!(event.expect_err("no id").to_string(), "record 0 has no recordId");
}

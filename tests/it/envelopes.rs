//! The envelopes are ours, because nothing is copied then. That they are right is checked against `aws_lambda_events`: of each
//! event that its types take ours says the same, and each answer is one of its types.
//!
//! Events are generated with what JSON leaves to who writes it (order, white space, escapes, unknown keys), and with fields left
//! out, null or of another kind; where the ecosystem's type refuses, ours may do as it likes.

use std::fmt::Write;

use aws_lambda_events::cloudwatch_logs::LogsEvent;
use aws_lambda_events::firehose::{KinesisFirehoseEvent, KinesisFirehoseResponse};
use aws_lambda_events::kinesis::KinesisEvent;
use aws_lambda_events::streams::KinesisEventResponse;
use logweir_intake::Batch;
use logweir_lambda_support::Environment;
use logweir_subscription::encode::{self, Payload};
use logweir_subscription::{Decoder, Event, Message};
use logweir_transformer::{Config, Transform};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

/// A field as AWS writes it, most of the time.
fn field(value: impl Strategy<Value = Value> + 'static) -> BoxedStrategy<Option<Value>> {
    let odd = select(vec![None, Some(Value::Null), Some(json!(7)), Some(json!({"data": "aA=="})), Some(json!([]))]);
    prop_oneof![20 => value.prop_map(Some), 1 => odd].boxed()
}

fn text() -> impl Strategy<Value = Value> {
    any::<String>().prop_map(Value::String)
}

fn base64() -> impl Strategy<Value = Value> {
    prop::collection::vec(any::<u8>(), 0..40).prop_map(|bytes| Value::String(encode::base64(&bytes)))
}

fn object(fields: Vec<(&'static str, BoxedStrategy<Option<Value>>)>) -> BoxedStrategy<Value> {
    let unknown = field(select(vec![json!({"a": [1, {"data": "b"}]}), json!("recordId"), json!(-1.5e-3), json!(true)]));
    let (mut names, mut values): (Vec<_>, Vec<_>) = fields.into_iter().unzip();
    names.push("unknown");
    values.push(unknown);
    let object = move |values: Vec<Option<Value>>| {
        let there = names.iter().zip(values).filter_map(|(name, value)| Some(((*name).to_owned(), value?)));
        Value::Object(there.collect::<Map<_, _>>())
    };
    values.prop_map(object).boxed()
}

fn records(record: BoxedStrategy<Value>) -> BoxedStrategy<Option<Value>> {
    field(prop::collection::vec(record, 0..4).prop_map(Value::Array))
}

fn kinesis() -> BoxedStrategy<Value> {
    let inner = object(vec![
        ("sequenceNumber", field(text())),
        ("data", field(base64())),
        ("partitionKey", field(text())),
        ("approximateArrivalTimestamp", field((0.0_f64..4e9).prop_map(|time| json!(time)))),
    ]);
    let record = object(vec![("kinesis", field(inner)), ("eventSourceARN", field(text())), ("eventID", field(text()))]);
    object(vec![("Records", records(record))])
}

fn firehose() -> BoxedStrategy<Value> {
    let record = object(vec![
        ("recordId", field(text())),
        ("data", field(base64())),
        ("approximateArrivalTimestamp", field((0_i64..4_000_000_000_000).prop_map(|time| json!(time)))),
    ]);
    let source = prop_oneof![Just(None), field(text())].boxed();
    object(vec![
        ("deliveryStreamArn", field(text())),
        ("sourceKinesisStreamArn", source),
        ("invocationId", field(text())),
        ("records", records(record)),
    ])
}

/// How JSON is written: one byte for each choice, again and again.
struct Pen<'s> {
    style: std::iter::Cycle<std::slice::Iter<'s, u8>>,
    out: String,
}

impl Pen<'_> {
    fn choice(&mut self, of: u8) -> u8 {
        self.style.next().map_or(0, |byte| byte % of)
    }

    fn space(&mut self) {
        let space = ["", "", "", " ", "\n\t"][usize::from(self.choice(5))];
        self.out.push_str(space);
    }

    fn string(&mut self, text: &str) {
        self.out.push('"');
        for character in text.chars() {
            if self.choice(4) == 0 {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    let _ = write!(self.out, "\\u{unit:04X}");
                }
            } else {
                let literal = Value::String(character.to_string()).to_string();
                self.out.push_str(&literal[1..literal.len() - 1]);
            }
        }
        self.out.push('"');
    }

    fn value(&mut self, value: &Value) {
        self.space();
        match value {
            Value::String(text) => self.string(text),
            Value::Array(elements) => self.sequence(['[', ']'], elements.iter(), Self::value),
            Value::Object(members) => {
                let first = usize::from(self.choice(8)) % members.len().max(1);
                let members = members.iter().cycle().skip(first).take(members.len());
                self.sequence(['{', '}'], members, |pen, (key, value)| {
                    pen.string(key);
                    pen.space();
                    pen.out.push(':');
                    pen.value(value);
                });
            }
            other => self.out.push_str(&other.to_string()),
        }
        self.space();
    }

    fn sequence<T>(&mut self, [open, close]: [char; 2], parts: impl Iterator<Item = T>, write: impl Fn(&mut Self, T)) {
        self.out.push(open);
        self.space();
        for (index, part) in parts.enumerate() {
            if index > 0 {
                self.out.push(',');
                self.space();
            }
            write(self, part);
        }
        self.out.push(close);
    }
}

fn written(event: &Value, style: &[u8]) -> Vec<u8> {
    let mut pen = Pen { style: style.iter().cycle(), out: String::new() };
    pen.value(event);
    pen.out.into_bytes()
}

fn bytes_of(base64: &str) -> Vec<u8> {
    base64_simd::STANDARD.decode_to_vec(base64).expect("base64 as the other type took it")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn kinesis_events_are_read_as_by_the_ecosystems_type(event in kinesis(), style in prop::collection::vec(any::<u8>(), 1..40)) {
        let bytes = written(&event, &style);
        let Ok(theirs) = serde_json::from_slice::<KinesisEvent>(&bytes) else { return Ok(()) };
        // They take a record without a sequence number for one with an empty one; no answer could name it.
        let named = event["Records"].as_array().into_iter().flatten().all(|record| record["kinesis"]["sequenceNumber"].is_string());
        let ours = Event::parse(&bytes);
        if !named {
            prop_assert!(ours.is_err());
            return Ok(());
        }
        let ours = ours.expect("an event that they take");
        let Event::Kinesis(records) = &ours else { panic!("{ours:?} of {event}") };
        prop_assert_eq!(records.len(), theirs.records.len());
        for (ours, theirs) in records.iter().zip(&theirs.records) {
            prop_assert_eq!(&ours.sequence_number, &theirs.kinesis.sequence_number);
            prop_assert_eq!(&ours.stream_arn, theirs.event_source_arn.as_deref().unwrap_or_default());
            prop_assert_eq!(&bytes_of(&ours.data), &theirs.kinesis.data.0);
        }
        // And the answer: done, or to be repeated from any of them on.
        let batch = Batch::of(&ours).expect("records of a stream").with_partial_answer(true);
        for failed_from in std::iter::once(None).chain((0..records.len()).map(Some)) {
            let answer = batch.answer(failed_from).expect("an answer");
            let answer: KinesisEventResponse = serde_json::from_str(&answer).expect("their type takes it");
            let failures: Vec<_> = answer.batch_item_failures.into_iter().map(|failure| failure.item_identifier).collect();
            let expected: Vec<_> = failed_from.iter().map(|from| Some(theirs.records[*from].kinesis.sequence_number.clone())).collect();
            prop_assert_eq!(failures, expected);
        }
    }

    #[test]
    fn firehose_events_are_read_as_by_the_ecosystems_type(event in firehose(), style in prop::collection::vec(any::<u8>(), 1..40)) {
        let bytes = written(&event, &style);
        let Ok(theirs) = serde_json::from_slice::<KinesisFirehoseEvent>(&bytes) else { return Ok(()) };
        let ours = Event::parse(&bytes);
        // They take a record without its id, which no answer could name.
        if theirs.records.iter().any(|record| record.record_id.is_none()) {
            prop_assert!(ours.is_err());
            return Ok(());
        }
        let Ok(Event::Firehose(ours)) = ours else { panic!("{ours:?} of {event}") };
        prop_assert_eq!(&ours.delivery_stream_arn, &theirs.delivery_stream_arn.unwrap_or_default());
        prop_assert_eq!(ours.from_kinesis, theirs.source_kinesis_stream_arn.is_some());
        prop_assert_eq!(ours.records.len(), theirs.records.len());
        for (ours, theirs) in ours.records.iter().zip(theirs.records) {
            prop_assert_eq!(Some(ours.record_id.as_ref()), theirs.record_id.as_deref());
            prop_assert_eq!(bytes_of(&ours.data), theirs.data.0);
        }
    }

    /// Their type of this event holds what the payload says, so all of the decoder is compared.
    #[test]
    fn subscriptions_are_read_as_by_the_ecosystems_type(
        payload in payload(), style in prop::collection::vec(any::<u8>(), 1..40)
    ) {
        let mut message = serde_json::to_value(&payload).expect("a payload");
        message["messageType"] = json!("DATA_MESSAGE");
        let gzip = encode::gzip(&written(&message, &style));
        // They want the key of the envelope as it is, and nothing beside it.
        let bytes = encode::awslogs_event(&gzip).to_string().into_bytes();
        let theirs = serde_json::from_slice::<LogsEvent>(&bytes).expect("an event that they take").aws_logs.data;
        let Ok(Event::Logs { data }) = Event::parse(&bytes) else { panic!("{}", String::from_utf8_lossy(&bytes)) };
        let mut decoder = Decoder::default();
        let Ok(Message::Data(ours)) = decoder.decode_base64(&data) else { panic!("{message}") };
        prop_assert!(ours.owner.is(&theirs.owner) && ours.log_group.is(&theirs.log_group) && ours.log_stream.is(&theirs.log_stream));
        let filters: Vec<_> = ours.subscription_filters.iter().map(ToString::to_string).collect();
        prop_assert_eq!(filters, theirs.subscription_filters);
        prop_assert_eq!(ours.log_events.len(), theirs.log_events.len());
        for (ours, theirs) in ours.log_events.iter().zip(&theirs.log_events) {
            prop_assert_eq!((ours.id.decode(), ours.timestamp, ours.message.decode()), (theirs.id.as_str().into(), theirs.timestamp, theirs.message.as_str().into()));
        }
    }

    /// Whatever became of the records, and however small the answer has to be.
    #[test]
    fn the_answer_to_firehose_is_one_of_the_ecosystems_type(
        payloads in prop::collection::vec(prop_oneof![
            3 => payload().prop_map(|payload| payload.to_gzip()),
            1 => Just(encode::gzip(&encode::control_message())),
            1 => prop::collection::vec(any::<u8>(), 0..20),
        ], 0..6),
        id in any::<String>(),
        by_log_group in any::<bool>(),
        may_put_back in any::<bool>(),
        limit in prop_oneof![Just(6_000_000_usize), 2000_usize..4000],
    ) {
        let mut event = encode::firehose_event(&payloads);
        let ids: Vec<_> = (0..payloads.len()).map(|index| format!("{id}{index}")).collect();
        for (record, id) in event["records"].as_array_mut().into_iter().flatten().zip(&ids) {
            record["recordId"] = json!(id);
        }
        let event = event.to_string();
        let Ok(Event::Firehose(event)) = Event::parse(event.as_bytes()) else { panic!("a Firehose event") };
        let pairs = [("OUTPUT_COMPRESSION", "none"), ("PARTITION_BY_LOG_GROUP", if by_log_group { "true" } else { "false" })];
        let config = Config::read(Environment::from_pairs(pairs)).expect("a valid configuration");
        let shortest = ids.iter().map(|id| json!({"recordId": id, "result": "ProcessingFailed"}).to_string().len() + 1).sum::<usize>();
        let done = Transform::new(&config, &config.intake).transform(&Batch::from(&event).records, limit + shortest, may_put_back);
        let mut answer: Value = serde_json::from_slice(&done.answer.finish()).expect("JSON");
        // Their type wants data and metadata in each answer. AWS's own transformation of subscriptions (the blueprint
        // kinesis-firehose-cloudwatch-logs-processor) leaves them out of what is dropped or failed, and so does ours.
        for record in answer["records"].as_array_mut().into_iter().flatten().filter(|record| record["result"] != "Ok") {
            prop_assert!(record.get("data").is_none());
            record["data"] = json!("");
            record["metadata"] = json!({});
        }
        let theirs: KinesisFirehoseResponse = serde_json::from_value(answer).expect("their type takes it");
        let named: Vec<_> = theirs.records.iter().map(|record| record.record_id.clone().unwrap_or_default()).collect();
        prop_assert_eq!(named, ids);
        for record in &theirs.records {
            let result = record.result.as_deref().unwrap_or_default();
            prop_assert!(["Ok", "Dropped", "ProcessingFailed"].contains(&result), "{}", result);
            let keys = &record.metadata.partition_keys;
            if result == "Ok" {
                prop_assert!(record.data.ends_with(b"\n") && keys.contains_key("year"));
                prop_assert!(keys.contains_key("log_group") == by_log_group && keys.values().all(|key| !key.is_empty()));
            }
        }
    }
}

fn payload() -> impl Strategy<Value = Payload> {
    let event = (any::<String>(), 0..=logweir_subscription::MAX_TIMESTAMP, any::<String>())
        .prop_map(|(id, timestamp, message)| encode::Event { id, timestamp, message, extracted_fields: None });
    let names = (any::<String>(), any::<String>(), any::<String>());
    (names, prop::collection::vec(any::<String>(), 0..3), prop::collection::vec(event, 0..6)).prop_map(
        |((owner, log_group, log_stream), subscription_filters, log_events)| Payload {
            owner,
            log_group,
            log_stream,
            subscription_filters,
            policy_level: None,
            log_events,
        },
    )
}

use logweir_lambda_support::Environment;
use logweir_subscription::encode::{base64, control_message, gzip};
use logweir_subscription::{Decoder, Message};

use super::*;

fn config(pairs: &[(&str, &str)]) -> (Config, Destination) {
    let bucket = ("DEAD_LETTER_BUCKET", "d");
    let config = Config::read(Environment::from_pairs(pairs.iter().copied().chain([bucket]))).expect("valid");
    let destination = config.forward.clone().expect("it forwards").destination;
    (config, destination)
}

fn plan_of(pairs: &[(&str, &str)], data: &[String]) -> Plan {
    let (config, destination) = config(pairs);
    let records: Vec<_> = data.iter().map(|data| Incoming { name: "n", data }).collect();
    plan(&config, &config.intake, &destination, &records)
}

/// A message with events of these lengths, of text that does not compress; event ids count from 0.
fn message(stream: &str, lengths: &[usize]) -> Vec<u8> {
    let mut state = 88_172_645_463_325_252_u64;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    // Base64 takes four characters for three bytes of chance, which gzip makes three of again.
    let mut text = |length: usize| {
        let bytes: Vec<u8> = (0..length / 8 * 3 / 4 + 3).flat_map(|_| random().to_le_bytes()).collect();
        base64(&bytes)[..length].to_owned()
    };
    let event =
        |(id, length): (usize, &usize)| format!(r#"{{"id":"{id}","timestamp":1,"message":"{}"}}"#, text(*length));
    let events: Vec<_> = lengths.iter().enumerate().map(event).collect();
    let events = events.join(",");
    format!(r#"{{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"/app","logStream":"{stream}","new":7,"logEvents":[{events}]}}"#)
        .into_bytes()
}

fn ids(payload: &[u8]) -> Vec<String> {
    let mut decoder = Decoder::default();
    let Ok(Message::Data(data)) = decoder.decode(payload) else { panic!("a payload") };
    data.log_events.iter().map(|event| event.id.decode().into_owned()).collect()
}

const STREAM: [(&str, &str); 1] = [("FORWARD_STREAM", "other")];
const DELIVERY: [(&str, &str); 1] = [("FORWARD_DELIVERY_STREAM", "other")];

#[test]
fn what_no_rule_touches_leaves_with_the_bytes_it_came_with() {
    let sent = [gzip(&message("a", &[5, 5])), gzip(&message("b", &[5])), gzip(&message("a", &[9]))];
    let mut data: Vec<_> = sent.iter().map(|payload| base64(payload)).collect();
    data.insert(1, base64(&gzip(&control_message())));
    data.insert(2, "no base64!".to_owned());
    let plan = plan_of(&STREAM, &data);
    let payloads: Vec<_> = plan.outgoing.iter().map(|record| record.payload.clone()).collect();
    assert_eq!(payloads, sent, "unknown keys and all");
    assert_eq!(plan.outgoing.iter().map(|record| record.record).collect::<Vec<_>>(), [0, 3, 4]);
    let keys: Vec<_> = plan.outgoing.iter().map(|record| record.key.as_str()).collect();
    assert!(keys[0] == keys[2] && keys[0] != keys[1] && keys.iter().all(|key| key.len() == KEY_LENGTH), "{keys:?}");
    assert_eq!((plan.letters.len(), plan.letters[0].record, plan.letters[0].code), (1, 2, "InvalidBase64"));
    let balance = plan.ledger.balance(None);
    assert_eq!(balance.check(), Ok(()));
    assert_eq!((balance.received.records, balance.delivered.events, balance.dead_lettered.records), (5, 4, 1));
}

/// And the balance adds up, though what is left is longer than what came.
#[test]
fn what_rules_touch_leaves_without_it() {
    let rules =
        "version: 1\nstreams:\n  - name: a\n    redact: [email]\n  - name: b\n    pattern: noise\n    drop: true\n";
    let rules = logweir_rules::Rules::parse(rules).expect("rules").rules;
    let (config, destination) = config(&STREAM);
    let intake = config.intake.clone().with_streams(logweir_rules::Streams::new(&rules, None).expect("ready"));
    let json = |messages: &[&str]| {
        let event = |(id, message): (usize, &&str)| format!(r#"{{"id":"{id}","timestamp":1,"message":"{message}"}}"#);
        let events: Vec<_> = messages.iter().enumerate().map(event).collect();
        let events = events.join(",");
        format!(r#"{{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"g","logStream":"s","logEvents":[{events}]}}"#)
    };
    let sent =
        [&["a@b.de", "noise", "plain"][..], &["plain"], &["noise"]].map(|messages| gzip(json(messages).as_bytes()));
    let data: Vec<_> = sent.iter().map(|payload| base64(payload)).collect();
    let records: Vec<_> = data.iter().map(|data| Incoming { name: "n", data }).collect();
    let mut plan = plan(&config, &intake, &destination, &records);
    let left: Vec<_> = plan.outgoing.iter().map(|outgoing| (outgoing.record, ids(&outgoing.payload))).collect();
    assert_eq!(left, [(0, vec!["0".to_owned(), "2".to_owned()]), (1, vec!["0".to_owned()])]);
    assert_eq!(plan.outgoing[1].payload, sent[1], "untouched");
    let mut decoder = Decoder::default();
    let Ok(Message::Data(touched)) = decoder.decode(&plan.outgoing[0].payload) else { panic!("a payload") };
    assert!(!touched.log_events[0].message.decode().contains("a@b.de"));
    let balance = plan.ledger.balance(None);
    assert_eq!((balance.check(), balance.delivered.events, balance.dropped["b"].events), (Ok(()), 3, 2));
    // Nothing was taken.
    for Outgoing { record, amount, .. } in &plan.outgoing {
        plan.ledger.entries_mut()[*record].untaken += *amount;
    }
    let balance = plan.ledger.balance(plan.ledger.first_open());
    assert_eq!((balance.check(), balance.returned.records, balance.repeated.events), (Ok(()), 3, 0));
    assert_eq!(plan.ledger.balance(None).check(), Ok(()));
}

/// Of centralised logs, which the intake cuts by source.
#[test]
fn a_payload_of_several_sources_leaves_once() {
    let event = |id: usize, account: &str| {
        format!(r#"{{"id":"{id}","timestamp":1,"message":"m","extractedFields":{{"@aws.account":"{account}"}}}}"#)
    };
    let events = [event(0, "1"), event(1, "2"), event(2, "1")].join(",");
    let json = format!(
        r#"{{"messageType":"DATA_MESSAGE","owner":"9","logGroup":"g","logStream":"s","logEvents":[{events}]}}"#
    );
    let sent = gzip(json.as_bytes());
    let plan = plan_of(&STREAM, &[base64(&sent)]);
    assert_eq!(plan.outgoing.iter().map(|record| record.payload.clone()).collect::<Vec<_>>(), [sent]);
    assert_eq!(plan.ledger.balance(None).delivered.events, 3);
}

#[test]
fn text_becomes_gzip_and_what_is_too_large_is_cut() {
    // A record of a stream that is set to take large ones, and a payload that Firehose has decompressed.
    let data = [base64(&gzip(&message("a", &[700_000; 4]))), base64(&message("b", &[10, 10]))];
    for (pairs, limit) in [(STREAM, MAX_KINESIS_RECORD_BYTES - KEY_LENGTH), (DELIVERY, firehose::MAX_RECORD_BYTES)] {
        let plan = plan_of(&pairs, &data);
        assert!(
            plan.outgoing
                .iter()
                .all(|record| record.payload.starts_with(&[0x1f, 0x8b]) && record.payload.len() <= limit)
        );
        let found: Vec<_> = plan.outgoing.iter().map(|record| (record.record, ids(&record.payload))).collect();
        let expected = [(0, vec!["0"]), (0, vec!["1"]), (0, vec!["2"]), (0, vec!["3"]), (1, vec!["0", "1"])];
        assert_eq!(found, expected.map(|(record, ids)| (record, ids.into_iter().map(str::to_owned).collect())));
        assert_eq!(plan.ledger.balance(None).delivered.events, 6);
    }
}

/// A4: CloudWatch Logs takes events of up to 1 MB, which with their names are more than a record of Firehose holds.
#[test]
fn an_event_that_no_record_holds_is_set_aside_alone() {
    let data = [base64(&gzip(&message("a", &[10, 1_500_000, 10]))), base64(&gzip(&message("b", &[1_500_000])))];
    let plan = plan_of(&DELIVERY, &data);
    let found: Vec<_> = plan.outgoing.iter().map(|record| (record.record, ids(&record.payload))).collect();
    assert_eq!(found, [(0, vec!["0".to_owned()]), (0, vec!["2".to_owned()])]);
    let letters: Vec<_> = plan.letters.iter().map(|letter| (letter.record, letter.code, ids(&letter.bytes))).collect();
    assert_eq!(letters, [(0, "EventTooLarge", vec!["1".to_owned()]), (1, "EventTooLarge", vec!["0".to_owned()])]);
    let balance = plan.ledger.balance(None);
    assert_eq!(balance.check(), Ok(()));
    assert_eq!((balance.delivered.records, balance.delivered.events), (1, 2));
    assert_eq!((balance.dead_lettered.records, balance.dead_lettered.events), (1, 2));
}

#[test]
fn threads_change_nothing() {
    let names: Vec<_> = (0..60).map(|number| (number % 7).to_string()).collect();
    let data: Vec<_> = names
        .iter()
        .enumerate()
        .map(|(number, name)| base64(&gzip(&message(name, &vec![3_000; number % 5]))))
        .collect();
    let (config, destination) = config(&STREAM);
    let records: Vec<_> = data.iter().map(|data| Incoming { name: "n", data }).collect();
    let of = |threads| {
        let Plan { outgoing, letters, ledger } =
            plan(&Config { threads, ..config.clone() }, &config.intake, &destination, &records);
        (outgoing, letters, ledger)
    };
    assert!(of(1) == of(3));
}

/// A payload leaves once, however many sources its events have and whatever rules call them, and its events keep their order.
#[test]
fn parts_of_a_payload_leave_together() {
    let event = |id: usize, log: &str| {
        format!(
            r#"{{"id":"{id}","timestamp":1,"message":"{log}","extractedFields":{{"@aws.account":"{}","@source.log":"/{log}"}}}}"#,
            id % 2
        )
    };
    let events: Vec<_> = ["a", "b", "a@b.cd", "c"].iter().enumerate().map(|(id, log)| event(id, log)).collect();
    let json = format!(
        r#"{{"messageType":"DATA_MESSAGE","owner":"9","logGroup":"central","logStream":"s","new":7,"logEvents":[{}]}}"#,
        events.join(",")
    );
    let sent = gzip(json.as_bytes());
    for (rules, is_as_sent) in [
        ("version: 1\nstreams: []\n", true),
        ("version: 1\nstreams: [{name: a, pattern: a, index: a}]\n", true),
        ("version: 1\nstreams: [{name: a, pattern: b, index: a}, {name: b, redact: [email]}]\n", false),
    ] {
        let checked = logweir_rules::Rules::parse(rules).unwrap_or_else(|problems| panic!("{problems}"));
        let streams = logweir_rules::Streams::new(&checked.rules, None).expect("streams");
        let (config, destination) = config(&STREAM);
        let intake = config.intake.clone().with_streams(streams);
        let data = base64(&sent);
        let plan = plan(&config, &intake, &destination, &[Incoming { name: "n", data: &data }]);
        assert_eq!(plan.outgoing.len(), 1, "{rules}");
        assert_eq!(plan.outgoing[0].payload == sent, is_as_sent, "{rules}");
        assert_eq!(ids(&plan.outgoing[0].payload), ["0", "1", "2", "3"], "{rules}");
        assert_eq!(plan.ledger.balance(None).delivered.events, 4);
    }
}

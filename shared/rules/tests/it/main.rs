//! Rules files as people write them, and the events that their alarms see.

mod flows;
mod hostile;
mod lambda;
mod library;
mod parse;
mod redaction;
mod streams;
mod watch;

use logweir_rules::{Observed, Rules, Watch};
use logweir_subscription::{Decoder, Message, encode};

/// An event that counted: alarm, group, what it says.
pub(crate) type Found = (String, String, logweir_alarms::Observation);

/// The payload of some lines of a log group; a line each has the id of its number.
pub(crate) fn payload(log_group: &str, lines: &[&str]) -> Vec<u8> {
    payload_of_stream(log_group, "stream", lines)
}

/// The same of a log stream.
pub(crate) fn payload_of_stream(log_group: &str, log_stream: &str, lines: &[&str]) -> Vec<u8> {
    let event = |(number, line): (usize, &&str)| encode::Event {
        id: number.to_string(),
        timestamp: 1_795_260_000_000 + i64::try_from(number).expect("few"),
        message: (*line).to_owned(),
        extracted_fields: None,
    };
    let payload = encode::Payload {
        owner: "123456789012".to_owned(),
        log_group: log_group.to_owned(),
        log_stream: log_stream.to_owned(),
        subscription_filters: vec!["all".to_owned()],
        policy_level: None,
        log_events: lines.iter().enumerate().map(event).collect(),
    };
    payload.to_gzip()
}

/// What rules see in a payload.
pub(crate) fn see(rules: &Rules, watch: &mut Watch, payload: &[u8]) -> (Vec<Found>, Observed) {
    let mut decoder = Decoder::default();
    let Ok(Message::Data(data)) = decoder.decode(payload) else { panic!("no data message") };
    let mut all = Vec::new();
    let observed = watch.observe(&data, &mut |found| {
        all.push((rules.alarms[found.alarm].name.clone(), found.group.key(), found.observation));
    });
    (all, observed)
}

pub(crate) fn rules(text: &str) -> Rules {
    Rules::parse(text).unwrap_or_else(|problems| panic!("{problems}")).rules
}

/// The names of the alarms that count a line.
pub(crate) fn counted(rules: &Rules, log_group: &str, line: &str) -> Vec<String> {
    let mut watch = Watch::new(rules).expect("ready");
    see(rules, &mut watch, &payload(log_group, &[line])).0.into_iter().map(|(name, ..)| name).collect()
}

//! The ids of documents.

use logweir_subscription::encode::base64;
use logweir_subscription::{DataMessage, LogEvent, Text};
use sha2::{Digest, Sha256};

/// How many bytes of a digest an id of digits is: as many as of a random UUID.
const ID_BYTES: usize = 16;
/// How many bytes of a digest say where an event was logged: two places of the same need an event id in common besides.
const PLACE_BYTES: usize = 6;
/// Longest event id that stands in a document's id; servers take 512 bytes
/// (<https://www.elastic.co/docs/reference/elasticsearch/mapping-reference/mapping-id-field>).
const MAX_EVENT_ID: usize = 256;

/// Makes ids for the events of one message. AWS promises that an event's id is unique
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html>), but says nothing of accounts and Regions,
/// of which one index may hold many: an id is a digest of where the event was logged, and the event's id behind it.
///
/// The ids of a batch have all but their last digits in common, which a digest of all would hide from the server's compression: of
/// a flow log, that alone took a sixth of the index.
#[derive(Debug, Clone)]
pub(crate) struct EventIds {
    /// Fed with the account, the log group and the log stream.
    digest: Sha256,
    /// What it is then, as it stands in ids.
    place: String,
}

impl EventIds {
    pub(crate) fn of(data: &DataMessage<'_>) -> Self {
        let mut digest = Sha256::new();
        for text in [&**data.account(), &**data.source_log_group(), &*data.log_stream] {
            feed(&mut digest, text);
        }
        let place = encoded(&digest.clone().finalize()[..PLACE_BYTES]);
        Self { digest, place }
    }

    /// Appends the id of an event's document, as a JSON string of characters that stand in an URL as they are.
    pub(crate) fn write(&self, event: &LogEvent<'_>, out: &mut Vec<u8>) {
        out.push(b'"');
        let start = out.len();
        out.extend_from_slice(self.place.as_bytes());
        event.id.write_literal(out);
        let written = &out[start + self.place.len()..];
        let is_plain = (1..=MAX_EVENT_ID).contains(&written.len()) && written.iter().all(u8::is_ascii_alphanumeric);
        if !is_plain {
            out.truncate(start);
            out.extend_from_slice(self.of_all(event).as_bytes());
        }
        out.push(b'"');
    }

    /// A digest of all that an event is: of one without an id, that is what it says, and when.
    fn of_all(&self, event: &LogEvent<'_>) -> String {
        let mut digest = self.digest.clone();
        feed(&mut digest, &event.id);
        if event.id.literal_len() == 0 {
            feed(&mut digest, &event.message);
            digest.update(event.timestamp.to_be_bytes());
        }
        encoded(&digest.finalize()[..ID_BYTES])
    }
}

/// Bytes in the alphabet of base64 that URLs take, without padding.
fn encoded(bytes: &[u8]) -> String {
    base64(bytes).trim_end_matches('=').replace('+', "-").replace('/', "_")
}

/// Feeds a text with its length, so that no two rows of texts are fed alike.
fn feed(digest: &mut Sha256, text: &Text<'_>) {
    let text = text.decode();
    digest.update((text.len() as u64).to_be_bytes());
    digest.update(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use logweir_subscription::Message;
    use std::collections::HashSet;

    fn id(owner: &str, group: &str, stream: &str, event: &str) -> String {
        let payload = format!(
            r#"{{"messageType":"DATA_MESSAGE","owner":"{owner}","logGroup":"{group}","logStream":"{stream}","logEvents":[{event}]}}"#
        );
        let Ok(Message::Data(data)) = Message::parse(&payload) else { panic!("data") };
        let mut out = Vec::new();
        EventIds::of(&data).write(&data.log_events[0], &mut out);
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn an_event_is_one_by_where_it_was_logged_and_its_id() {
        let event = r#"{"id":"36","timestamp":1,"message":"deposit 100"}"#;
        let first = id("1", "/a", "s", event);
        assert_eq!(first, id("1", "/a", "s", &event.replace("deposit", "withdraw")));
        assert_eq!(first.len(), 8 + "36".len() + 2);
        assert!(first.ends_with("36\""));
        let others = [
            id("2", "/a", "s", event),
            id("1", "/b", "s", event),
            id("1", "/a", "t", event),
            id("1", "/as", "", event),
            id("1", "/a", "s", &event.replace("36", "37")),
            id("1", "/a", "s", &event.replace("36", "")),
            id("1", "/a", "s", &event.replace("36", "3 6")),
            id("1", "/a", "s", &event.replace("36", &"36".repeat(129))),
            id("1", "/a", "s", &event.replace("36", "").replace("100", "200")),
            id("1", "/a", "s", &event.replace("36", "").replace("\"timestamp\":1", "\"timestamp\":2")),
        ];
        let all: HashSet<_> = others.iter().chain([&first]).collect();
        assert_eq!(all.len(), others.len() + 1);
        assert!(all.iter().all(|id| id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"\"-_".contains(&byte))));
    }
}

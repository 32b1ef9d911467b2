//! The ids of documents.

use logweir_subscription::encode::base64;
use logweir_subscription::{DataMessage, LogEvent, Text};
use sha2::{Digest, Sha256};

/// How many bytes of a digest an id is: as many as of a random UUID.
const ID_BYTES: usize = 16;

/// Makes ids for the events of one message. AWS promises that an event's id is unique
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html>), but says nothing of accounts and Regions,
/// of which one index may hold many.
#[derive(Debug, Clone)]
pub(crate) struct EventIds {
    /// Fed with the account, the log group and the log stream.
    digest: Sha256,
}

impl EventIds {
    pub(crate) fn of(data: &DataMessage<'_>) -> Self {
        let mut digest = Sha256::new();
        for text in [&**data.account(), &**data.source_log_group(), &*data.log_stream] {
            feed(&mut digest, text);
        }
        Self { digest }
    }

    /// Appends the id of an event's document, as a JSON string of 22 characters that stand in an URL as they are.
    pub(crate) fn write(&self, event: &LogEvent<'_>, out: &mut Vec<u8>) {
        let mut digest = self.digest.clone();
        feed(&mut digest, &event.id);
        if event.id.literal_len() == 0 {
            // It has none: it is what it says, and when.
            feed(&mut digest, &event.message);
            digest.update(event.timestamp.to_be_bytes());
        }
        let id = base64(&digest.finalize()[..ID_BYTES]);
        out.push(b'"');
        out.extend(id.bytes().filter(|byte| *byte != b'=').map(|byte| match byte {
            b'+' => b'-',
            b'/' => b'_',
            byte => byte,
        }));
        out.push(b'"');
    }
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
        assert_eq!(first.len(), 24);
        let others = [
            id("2", "/a", "s", event),
            id("1", "/b", "s", event),
            id("1", "/a", "t", event),
            id("1", "/as", "", event),
            id("1", "/a", "s", &event.replace("36", "37")),
            id("1", "/a", "s", &event.replace("36", "")),
            id("1", "/a", "s", &event.replace("36", "").replace("100", "200")),
            id("1", "/a", "s", &event.replace("36", "").replace("\"timestamp\":1", "\"timestamp\":2")),
        ];
        let all: HashSet<_> = others.iter().chain([&first]).collect();
        assert_eq!(all.len(), others.len() + 1);
        assert!(all.iter().all(|id| id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"\"-_".contains(&byte))));
    }
}

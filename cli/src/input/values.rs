//! What is held in memory to be read: JSON values of any kind, compressed or not, or base64 of a payload.

use logweir_archive::ArchivedEvent;
use logweir_subscription::{Error, Event, Message};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Item, Reader, Stop};

/// What Firehose writes of a record that failed, and what Logweir writes of a payload that cannot be decoded.
#[derive(Deserialize)]
pub(super) struct DeadLetter {
    #[serde(rename = "rawData")]
    raw_data: String,
}

/// What Lambda writes to an on-failure destination: the event of a direct subscription, or of a stream as text.
/// <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html>
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct GivenUp<'a> {
    #[serde(borrow)]
    request_payload: Option<&'a RawValue>,
    payload: Option<String>,
}

impl GivenUp<'_> {
    /// The event that Lambda gave up on.
    pub(super) fn event(self) -> Option<String> {
        let event = self.request_payload.map(|event| event.get().to_owned()).or(self.payload)?;
        // An event, and not such a thing again: so this ends.
        Event::parse(event.as_bytes()).is_ok().then_some(event)
    }
}

impl Reader<'_, '_> {
    pub(super) fn bytes(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        let text = bytes.trim_ascii();
        if !text.is_empty() && text.iter().copied().all(is_base64) {
            let joined: String =
                text.iter().filter(|byte| !byte.is_ascii_whitespace()).map(|byte| char::from(*byte)).collect();
            return self.base64("", &joined);
        }
        self.text("", bytes)
    }

    fn text(&mut self, name: &str, bytes: &[u8]) -> Result<(), Stop> {
        match self.decoder.text(bytes).map(str::to_owned) {
            Ok(text) => self.values(name, &text),
            Err(error) => {
                self.complain(name, &error);
                Ok(())
            }
        }
    }

    /// One JSON value after the other: Lambda events, dead letters, and messages, which Firehose writes in a row where
    /// nothing transforms them.
    fn values(&mut self, name: &str, text: &str) -> Result<(), Stop> {
        for value in serde_json::Deserializer::from_str(text).into_iter::<&RawValue>() {
            let value = match value {
                Ok(value) => value.get(),
                // Where one value ends and the next begins is not known any more.
                Err(error) => {
                    self.complain(name, &error);
                    break;
                }
            };
            if let Ok(event) = Event::parse(value.as_bytes()) {
                self.event(&event)?;
            } else if let Ok(letter) = serde_json::from_str::<DeadLetter>(value) {
                self.base64("rawData", &letter.raw_data)?;
            } else if let Some(event) = serde_json::from_str::<GivenUp<'_>>(value).ok().and_then(GivenUp::event) {
                self.values("what Lambda gave up on", &event)?;
            } else if let Ok(record) = serde_json::from_str::<ArchivedEvent>(value) {
                self.items.item(&Item::Record(&record))?;
            } else {
                match Message::parse(value) {
                    Ok(message) => self.items.message(&message)?,
                    Err(error) => self.complain(name, &error),
                }
            }
        }
        Ok(())
    }

    fn event(&mut self, event: &Event<'_>) -> Result<(), Stop> {
        match event {
            Event::Logs { data } => self.base64("awslogs.data", data),
            Event::Kinesis(records) => records
                .iter()
                .try_for_each(|record| self.base64(&format!("record {}", record.sequence_number), &record.data)),
            Event::Firehose(event) => event
                .records
                .iter()
                .try_for_each(|record| self.base64(&format!("record {}", record.record_id), &record.data)),
        }
    }

    fn base64(&mut self, name: &str, base64: &str) -> Result<(), Stop> {
        match self.decoder.decode_base64(base64) {
            Ok(message) => self.items.message(&message),
            // A text of several messages is looked into value by value.
            Err(Error::TrailingData { .. }) => {
                let bytes = self.decoder.payload().to_vec();
                self.text(name, &bytes)
            }
            Err(error) => {
                self.complain(name, &error);
                Ok(())
            }
        }
    }
}

/// Whether a byte may stand in base64.
pub(super) fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/=\r\n".contains(&byte)
}

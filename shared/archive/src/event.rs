//! The record: one JSON object a line, the same in the archive and in Firehose.
//!
//! Keys stand in one order and strings in one form, so equal events are equal bytes:
//! `timestamp`, `id`, `owner`, `log_group`, `log_stream`, `message`, then those that the payload has of
//! `extracted_fields`, `policy_level`, `source_account`, `region`, `source_log_group`.

use std::io::{self, BufRead, BufReader, Read};

use logweir_subscription::{DataMessage, LogEvent, Source, Text};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// Writes the events of one message as records.
///
/// ```
/// use logweir_archive::EventWriter;
/// use logweir_subscription::Message;
///
/// let json = r#"{"messageType":"DATA_MESSAGE","owner":"123456789012","logGroup":"/app","logStream":"web",
///     "logEvents":[{"id":"36","timestamp":1795260000123,"message":"a \"b\""}]}"#;
/// let Message::Data(data) = Message::parse(json)? else { panic!("no data message") };
/// let mut out = Vec::new();
/// EventWriter::new(&data).write(&data.log_events[0], &mut out);
/// assert_eq!(out, br#"{"timestamp":1795260000123,"id":"36","owner":"123456789012","log_group":"/app","#
///     .iter().chain(br#""log_stream":"web","message":"a \"b\""}"#).chain(b"\n").copied().collect::<Vec<_>>());
/// # Ok::<(), logweir_subscription::Error>(())
/// ```
#[derive(Debug)]
pub struct EventWriter {
    /// From the end of the id to the start of the message's text: the same for all events of a message.
    middle: Vec<u8>,
    /// What follows a message, up to the end of the line: the same for all events without extracted fields.
    end: Vec<u8>,
}

impl EventWriter {
    /// A writer for the events of `data`.
    pub fn new(data: &DataMessage<'_>) -> Self {
        let mut middle = Vec::new();
        for (name, text) in [
            ("\",\"owner\":\"", &*data.owner),
            ("\",\"log_group\":\"", &*data.log_group),
            ("\",\"log_stream\":\"", &*data.log_stream),
        ] {
            middle.extend_from_slice(name.as_bytes());
            text.write_literal(&mut middle);
        }
        middle.extend_from_slice(b"\",\"message\":\"");
        let mut end = b"\"".to_vec();
        if let Some(level) = &data.policy_level {
            string("policy_level", level, &mut end);
        }
        end.extend_from_slice(b"}\n");
        Self { middle, end }
    }

    /// About how many bytes the lines of `data` take, and no fewer but for rewritten escapes. Each line repeats the
    /// message's names, so it can be far more than the payload: look before you write.
    pub fn estimate(&self, data: &DataMessage<'_>) -> usize {
        let fields = |event: &LogEvent<'_>| event.extracted_fields.map_or(0, |fields| fields.as_json().len());
        let own = |event: &LogEvent<'_>| event.id.literal_len() + event.message.literal_len() + fields(event);
        let shared = self.middle.len() + self.end.len() + 40;
        data.log_events.iter().map(|event| own(event) + shared).sum()
    }

    /// Appends `event` as one line.
    #[inline]
    pub fn write(&self, event: &LogEvent<'_>, out: &mut Vec<u8>) {
        out.reserve(event.message.literal_len() + event.id.literal_len() + self.middle.len() + 128);
        write_head(event.timestamp, out);
        event.id.write_literal(out);
        out.extend_from_slice(&self.middle);
        event.message.write_literal(out);
        let Some(fields) = &event.extracted_fields else {
            out.extend_from_slice(&self.end);
            return;
        };
        out.extend_from_slice(b"\",\"extracted_fields\":");
        fields.write_compact(out);
        // Without the quote that ends the message and the brace that ends the record.
        out.extend_from_slice(&self.end[1..self.end.len() - 2]);
        let Source { account, region, log_group } = event.source();
        for (name, text) in [
            ("source_account", account.as_deref()),
            ("region", region.as_ref()),
            ("source_log_group", log_group.as_deref()),
        ] {
            if let Some(text) = text {
                string(name, text, out);
            }
        }
        out.extend_from_slice(b"}\n");
    }
}

fn string(name: &str, text: &Text<'_>, out: &mut Vec<u8>) {
    out.extend_from_slice(b",\"");
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\":\"");
    text.write_literal(out);
    out.push(b'"');
}

/// Appends all that stands before the id. Nearly every time has thirteen digits, so it is one copy.
#[inline]
fn write_head(timestamp: i64, out: &mut Vec<u8>) {
    let mut head = *b"{\"timestamp\":0000000000000,\"id\":\"";
    if !(1_000_000_000_000..10_000_000_000_000).contains(&timestamp) {
        out.extend_from_slice(&head[..13]);
        out.extend_from_slice(timestamp.to_string().as_bytes());
        out.extend_from_slice(&head[26..]);
        return;
    }
    let timestamp = timestamp.unsigned_abs();
    head[13..18].copy_from_slice(&eight_digits(timestamp / 100_000_000)[3..]);
    head[18..26].copy_from_slice(&eight_digits(timestamp % 100_000_000));
    out.extend_from_slice(&head);
}

/// The eight digits of a number: halves side by side in one word, then pairs, then single digits, so that no step waits for
/// eight others.
#[inline]
fn eight_digits(number: u64) -> [u8; 8] {
    let halves = (number / 10_000) | ((number % 10_000) << 32);
    // Times 10,486 and without 20 bits is a division by 100 for all numbers of four digits; 103 and 10 bits by 10.
    let hundreds = ((halves * 10_486) >> 20) & 0x0000_007f_0000_007f;
    let pairs = hundreds | ((halves - hundreds * 100) << 16);
    let tens = ((pairs * 103) >> 10) & 0x000f_000f_000f_000f;
    (tens | ((pairs - tens * 10) << 8) | 0x3030_3030_3030_3030).to_le_bytes()
}

/// A record read back.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ArchivedEvent {
    /// Milliseconds since 1970.
    pub timestamp: i64,
    /// CloudWatch Logs' id of the event.
    pub id: String,
    /// Account that owns the log group.
    pub owner: String,
    /// Name of the log group.
    pub log_group: String,
    /// Name of the log stream.
    pub log_stream: String,
    /// The log line.
    pub message: String,
    /// What a filter pattern or an enriched subscription extracted.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub extracted_fields: Option<Box<RawValue>>,
    /// `ACCOUNT_LEVEL_POLICY`, or nothing.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub policy_level: Option<String>,
    /// Account of the log group, where the subscription is enriched.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub source_account: Option<String>,
    /// Region of the log group, where the subscription is enriched.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub region: Option<String>,
    /// Log group that the event was written to, where it was copied to another.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub source_log_group: Option<String>,
}

/// Streams the records of an object's text, line by line, with no cap on the whole. A line longer than `max_line` bytes,
/// or one that is no record, is an error of its own line; reading goes on behind it. An error of `text` itself (a cut
/// gzip member) ends the stream.
pub fn archived_events(text: impl Read, max_line: u64) -> impl Iterator<Item = io::Result<ArchivedEvent>> {
    let mut text = BufReader::with_capacity(1 << 16, text);
    let mut line = Vec::new();
    let mut number = 0_u64;
    let mut ended = false;
    std::iter::from_fn(move || {
        loop {
            if ended {
                return None;
            }
            line.clear();
            number += 1;
            match (&mut text).take(max_line.saturating_add(1)).read_until(b'\n', &mut line) {
                Ok(0) => return None,
                Ok(_) if line.last() == Some(&b'\n') || (line.len() as u64) <= max_line => {}
                Ok(_) => {
                    ended = text.skip_until(b'\n').is_err();
                    return Some(Err(invalid(number, &format_args!("longer than {max_line} bytes"))));
                }
                Err(error) => {
                    ended = true;
                    return Some(Err(error));
                }
            }
            if line.trim_ascii().is_empty() {
                continue;
            }
            return Some(serde_json::from_slice(&line).map_err(|error| invalid(number, &error)));
        }
    })
}

fn invalid(line: u64, reason: &dyn std::fmt::Display) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("line {line} is no record: {reason}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use logweir_subscription::{MAX_TIMESTAMP, Message};

    const ENRICHED: &str = r#"{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"g","logStream":"s",
        "policyLevel":"ACCOUNT_LEVEL_POLICY","logEvents":[
        {"id":"7","timestamp":0,"message":"\u001B[1m\ud800\/","extractedFields":{"@aws.region":"eu-west-1", "@aws.account":"2","@source.log":"/app"}},
        {"id":"8","timestamp":253402300799999,"message":""}]}"#;

    fn written(json: &str) -> String {
        let Ok(Message::Data(data)) = Message::parse(json) else { panic!("no data message") };
        let writer = EventWriter::new(&data);
        let mut out = Vec::new();
        data.log_events.iter().for_each(|event| writer.write(event, &mut out));
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn a_time_is_written_digit_by_digit() {
        let edges = (0..=13).flat_map(|digits| [10_i64.pow(digits) - 1, 10_i64.pow(digits)]);
        let some = (0..200_000).map(|index| index * 65_537 * 977 % 10_000_000_000_000);
        for time in edges.chain(some).chain([MAX_TIMESTAMP, 1_234_567_890_123, 9_876_543_210_987]) {
            let mut out = Vec::new();
            write_head(time, &mut out);
            assert_eq!(String::from_utf8(out).expect("UTF-8"), format!("{{\"timestamp\":{time},\"id\":\""));
        }
    }

    #[test]
    fn what_the_payload_has_is_written_and_nothing_is_made_up() {
        let expected = concat!(
            r#"{"timestamp":0,"id":"7","owner":"1","log_group":"g","log_stream":"s","message":"\u001b[1m"#,
            "\u{fffd}/",
            r#"","extracted_fields":{"@aws.region":"eu-west-1","@aws.account":"2","@source.log":"/app"},"policy_level":"ACCOUNT_LEVEL_POLICY","#,
            r#""source_account":"2","region":"eu-west-1","source_log_group":"/app"}"#,
            "\n",
            r#"{"timestamp":253402300799999,"id":"8","owner":"1","log_group":"g","log_stream":"s","message":"","#,
            r#""policy_level":"ACCOUNT_LEVEL_POLICY"}"#,
            "\n",
        );
        assert_eq!(written(ENRICHED), expected);
    }

    #[test]
    fn records_are_read_as_they_were_written_and_a_bad_line_harms_no_other() {
        let text = written(ENRICHED);
        let read: Vec<_> = archived_events(text.as_bytes(), 1 << 20).map(|r| r.expect("a record")).collect();
        let again: String = read.iter().map(|r| serde_json::to_string(r).expect("serializes") + "\n").collect();
        assert_eq!(again, text);

        let mixed = format!("{{}}\n\n{}\n{text}", "x".repeat(2000));
        let results: Vec<_> = archived_events(mixed.as_bytes(), 1000).collect();
        assert_eq!(results.iter().map(Result::is_ok).collect::<Vec<_>>(), [false, false, true, true]);
    }
}

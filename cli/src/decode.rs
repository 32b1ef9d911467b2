//! `logweir decode`: anything to records.

use std::io::{BufRead, Read, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};
use logweir_archive::{Record, RecordWriter, records};
use logweir_subscription::{Decoder, Event, Message, gzip};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::arguments::Decode;
use crate::input;

/// How much of an input is looked at to find out what it is.
const SNIFF_BYTES: u64 = 1 << 20;
const SNIFF_LINES: usize = 16;

pub(crate) fn run(options: &Decode, out: &mut impl Write) -> Result<ExitCode> {
    let mut all_decoded = true;
    for path in &options.files {
        let mut printer = Printer {
            path,
            out,
            pretty: options.pretty,
            decoder: Decoder::new(options.max_decompressed),
            all_decoded: true,
        };
        printer.file(input::open(path)?, options.max_decompressed)?;
        all_decoded &= printer.all_decoded;
    }
    Ok(if all_decoded { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

struct Printer<'p, W> {
    path: &'p Path,
    out: &'p mut W,
    pretty: bool,
    decoder: Decoder,
    all_decoded: bool,
}

/// What Firehose writes of a record that failed, and what Logweir writes of a payload that cannot be decoded.
#[derive(Deserialize)]
struct DeadLetter {
    #[serde(rename = "rawData")]
    raw_data: String,
}

/// What Lambda writes to an on-failure destination: the event of a direct subscription, or of a stream as text.
/// <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html>
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GivenUp<'a> {
    #[serde(borrow)]
    request_payload: Option<&'a RawValue>,
    payload: Option<String>,
}

impl GivenUp<'_> {
    fn event(self) -> Option<String> {
        let event = self.request_payload.map(|event| event.get().to_owned()).or(self.payload)?;
        // An event, and not such a thing again: so this ends.
        Event::parse(event.as_bytes()).is_ok().then_some(event)
    }
}

impl<W: Write> Printer<'_, W> {
    fn file(&mut self, mut input: impl BufRead, limit: usize) -> Result<()> {
        let unreadable = || format!("{} cannot be read", self.path.display());
        // An archive object may be larger than memory, so it is told by its first line and then streamed.
        let mut head = Vec::new();
        (&mut input).take(SNIFF_BYTES).read_to_end(&mut head).with_context(unreadable)?;
        let mut first = Vec::new();
        if gzip::is_gzip(&head) {
            // The head may cut the member; its first bytes are enough.
            let _ = gzip::reader(head.as_slice()).take(SNIFF_BYTES).read_to_end(&mut first);
        } else {
            first.clone_from(&head);
        }
        let first = first.trim_ascii_start();
        // A line may be longer than what is looked at, or be no record: then the beginning, or another line, tells.
        let is_archive = first.starts_with(b"{\"timestamp\":")
            || first.split(|byte| *byte == b'\n').take(SNIFF_LINES).any(is_record);
        let whole = std::io::BufReader::new(std::io::Cursor::new(head.clone()).chain(&mut input));
        if is_archive {
            return if gzip::is_gzip(&head) {
                self.records(gzip::reader(whole), limit)
            } else {
                self.records(whole, limit)
            };
        }
        let mut bytes = head;
        input.read_to_end(&mut bytes).with_context(unreadable)?;
        self.bytes(&bytes)
    }

    fn records(&mut self, text: impl Read, limit: usize) -> Result<()> {
        for record in records(text, limit as u64) {
            match record {
                Ok(record) => self.record(&record)?,
                Err(error) => self.complain("", &error),
            }
        }
        Ok(())
    }

    /// An input held in memory: JSON values of any kind, compressed or not, or base64 of a payload.
    fn bytes(&mut self, bytes: &[u8]) -> Result<()> {
        let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=\r\n".contains(byte);
        let text = bytes.trim_ascii();
        if !text.is_empty() && text.iter().all(is_base64) {
            let joined: String =
                text.iter().filter(|byte| !byte.is_ascii_whitespace()).map(|byte| char::from(*byte)).collect();
            return self.base64("", &joined);
        }
        match self.decoder.text(bytes).map(str::to_owned) {
            Ok(text) => self.values("", &text),
            Err(error) => {
                self.complain("", &error);
                Ok(())
            }
        }
    }

    /// One JSON value after the other: Lambda events, dead letters, and messages, which Firehose writes in a row where
    /// nothing transforms them.
    fn values(&mut self, name: &str, text: &str) -> Result<()> {
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
            } else if let Some(event) = serde_json::from_str::<GivenUp>(value).ok().and_then(GivenUp::event) {
                self.values("what Lambda gave up on", &event)?;
            } else if let Ok(record) = serde_json::from_str::<Record>(value) {
                self.record(&record)?;
            } else {
                match Message::parse(value) {
                    Ok(message) => print(&message, self.pretty, self.out)?,
                    Err(error) => self.complain(name, &error),
                }
            }
        }
        Ok(())
    }

    fn event(&mut self, event: &Event<'_>) -> Result<()> {
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

    fn base64(&mut self, name: &str, base64: &str) -> Result<()> {
        match self.decoder.decode_base64(base64) {
            Ok(message) => print(&message, self.pretty, self.out),
            // A text of several messages is looked into value by value.
            Err(logweir_subscription::Error::TrailingData { .. }) => {
                let bytes = self.decoder.payload().to_vec();
                match self.decoder.text(&bytes).map(str::to_owned) {
                    Ok(text) => self.values(name, &text),
                    Err(error) => {
                        self.complain(name, &error);
                        Ok(())
                    }
                }
            }
            Err(error) => {
                self.complain(name, &error);
                Ok(())
            }
        }
    }

    fn record(&mut self, record: &Record) -> Result<()> {
        if self.pretty {
            return pretty(record.timestamp, &record.log_group, &record.log_stream, &record.message, self.out);
        }
        serde_json::to_writer(&mut *self.out, record).map_err(std::io::Error::from)?;
        Ok(self.out.write_all(b"\n")?)
    }

    fn complain(&mut self, name: &str, error: &dyn std::error::Error) {
        self.all_decoded = false;
        let place = if name.is_empty() { String::new() } else { format!("{name}: ") };
        // A closed standard error is no reason to stop.
        let _ = writeln!(std::io::stderr(), "logweir: {}: {}{error}", self.path.display(), clean(&place));
    }
}

fn is_record(line: &[u8]) -> bool {
    serde_json::from_slice::<Record>(line).is_ok()
}

fn print(message: &Message<'_>, as_text: bool, out: &mut impl Write) -> Result<()> {
    let Message::Data(data) = message else { return Ok(()) };
    if as_text {
        let (group, stream) = (data.log_group.decode(), data.log_stream.decode());
        return data
            .log_events
            .iter()
            .try_for_each(|event| pretty(event.timestamp, &group, &stream, &event.message.decode(), out));
    }
    let writer = RecordWriter::new(data);
    let mut line = Vec::new();
    for event in &data.log_events {
        line.clear();
        writer.write(event, &mut line);
        out.write_all(&line)?;
    }
    Ok(())
}

fn pretty(timestamp: i64, group: &str, stream: &str, message: &str, out: &mut impl Write) -> Result<()> {
    let time = jiff::Timestamp::from_millisecond(timestamp).unwrap_or_default();
    let (group, stream) = (clean(group), clean(stream));
    // A stack trace stays one: its further lines are indented.
    let lines: Vec<_> = message.trim_end().lines().map(clean).collect();
    let clean = lines.join("\n    ");
    Ok(writeln!(out, "{time:.3}  {group}  {stream}  {clean}")?)
}

/// A text whose control characters do not steer the terminal.
fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\t' { '\u{fffd}' } else { c }).collect()
}

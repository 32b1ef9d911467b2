//! What an input is, found out from its beginning, and no more of it than tells.

use std::io::{self, BufRead, Read};

use logweir_archive::ArchivedEvent;
use logweir_subscription::{Decoder, Error, Event, gzip};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Form;
use super::values::{DeadLetter, GivenUp, is_base64};

/// How much of an input is looked at at most.
const MOST_BYTES: usize = 1 << 20;
/// Among how many lines a record is looked for by `logweir decode`.
const DECODABLE_LINES: usize = 16;
/// What is looked at with each piece that comes; beyond it, whenever it has doubled.
const SMALL_BYTES: usize = 1 << 16;
/// How each record that Logweir writes begins.
pub(super) const RECORD_BEGINNING: &[u8] = b"{\"timestamp\":";

/// How an input is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Line by line, each a message.
    Lines,
    /// Line by line, each a record.
    Records,
    /// Into memory, and then value by value.
    Whole,
}

/// Reads the beginning of `input` until it tells how to read the input, and returns both.
pub(super) fn find_out(input: &mut impl BufRead, form: Form) -> io::Result<(Vec<u8>, Kind)> {
    let mut head = Vec::new();
    let mut next_look = 2;
    loop {
        // What is at hand is looked at before more is waited for: it may be a log that somebody follows.
        let available = match input.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            available => available?,
        };
        let length = available.len();
        head.extend_from_slice(available);
        input.consume(length);
        let finished = length == 0 || head.len() >= MOST_BYTES;
        if !finished && head.len() < next_look {
            continue;
        }
        if let Some(kind) = kind(&head, form, finished) {
            return Ok((head, kind));
        }
        next_look = if head.len() < SMALL_BYTES { head.len() + 1 } else { head.len() * 2 };
    }
}

/// What `head` is; nothing as long as more of it might tell. There is always an answer when it is `finished`.
fn kind(head: &[u8], form: Form, finished: bool) -> Option<Kind> {
    match form {
        Form::Lines => return Some(Kind::Lines),
        Form::Records => return Some(Kind::Records),
        Form::Event => return Some(Kind::Whole),
        Form::Decodable | Form::Auto => {}
    }
    let text = |text: &[u8], finished| if form == Form::Auto { any(text, finished) } else { decodable(text, finished) };
    if !gzip::is_gzip(head) {
        return text(head, finished);
    }
    if !finished {
        return None;
    }
    let mut inflated = Vec::new();
    // The head may cut the member; its first bytes are enough.
    let read = gzip::reader(head).take(MOST_BYTES as u64).read_to_end(&mut inflated);
    // Payloads that were compressed once more together are decoded; and decoding says best what is wrong.
    if gzip::is_gzip(&inflated) || inflated.is_empty() && read.is_err() {
        Some(Kind::Whole)
    } else {
        text(&inflated, true)
    }
}

/// What a text is that holds records in any case.
fn decodable(text: &[u8], finished: bool) -> Option<Kind> {
    let text = text.trim_ascii_start();
    let is_record = |line: &[u8]| serde_json::from_slice::<ArchivedEvent>(line).is_ok();
    // A line may be longer than what is looked at, or be no record: then the beginning, or another line, tells.
    if text.starts_with(RECORD_BEGINNING) || text.split(is_newline).take(DECODABLE_LINES).any(is_record) {
        return Some(Kind::Records);
    }
    (finished || text.split(is_newline).nth(DECODABLE_LINES).is_some()).then_some(Kind::Whole)
}

/// What a text is that may be anything: lines, unless its first value shows something else.
fn any(text: &[u8], finished: bool) -> Option<Kind> {
    let is_whole = match text.trim_ascii_start() {
        [] => return finished.then_some(Kind::Lines),
        text @ [b'{', ..] => return object(text, finished),
        // The base64 of gzip, zlib and JSON begins so.
        text @ [b'H' | b'e', ..] => match text.iter().position(is_newline) {
            None if !finished && text.iter().copied().all(is_base64) => return None,
            end => is_payload(&text[..end.unwrap_or(text.len())]),
        },
        // Zlib, unless it is a text that begins like it.
        [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..] => std::str::from_utf8(text).is_err_and(|e| e.error_len().is_some()),
        _ => false,
    };
    Some(if is_whole { Kind::Whole } else { Kind::Lines })
}

/// What a text is that begins with a brace.
fn object(text: &[u8], finished: bool) -> Option<Kind> {
    let mut values = serde_json::Deserializer::from_slice(text).into_iter::<&RawValue>();
    let value = match values.next() {
        Some(Ok(value)) => value.get(),
        Some(Err(error)) if error.is_eof() => return finished.then(|| cut_object(text)),
        _ => return Some(Kind::Lines),
    };
    let is_record = serde_json::from_str::<ArchivedEvent>(value).is_ok();
    Some(match value.contains('\n') {
        false if is_record => Kind::Records,
        _ if is_record || holds_messages(value) => Kind::Whole,
        _ => Kind::Lines,
    })
}

/// What an object is that does not end in what is looked at: its beginning must tell.
fn cut_object(text: &[u8]) -> Kind {
    const KEYS: [&str; 7] =
        ["awslogs", "Records", "records", "deliveryStreamArn", "messageType", "rawData", "requestContext"];
    let digit = text.strip_prefix(RECORD_BEGINNING).and_then(|rest| rest.first());
    if digit.is_some_and(u8::is_ascii_digit) {
        return Kind::Records;
    }
    let beginning = String::from_utf8_lossy(&text[..text.len().min(4096)]);
    let is_known = KEYS.iter().any(|key| beginning.contains(&format!("\"{key}\"")));
    if is_known { Kind::Whole } else { Kind::Lines }
}

/// Whether a JSON object is one in which AWS or Logweir sends messages. An application's own object is not, even if it
/// has a key of theirs.
fn holds_messages(value: &str) -> bool {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Typed {
        message_type: String,
    }
    #[derive(Deserialize)]
    struct Reasoned {
        #[serde(rename = "errorCode")]
        _code: String,
    }
    let is_event = match Event::parse(value.as_bytes()) {
        Ok(Event::Logs { .. }) => true,
        Ok(Event::Kinesis(records)) => !records.is_empty(),
        Ok(Event::Firehose(event)) => !event.records.is_empty() || !event.delivery_stream_arn.is_empty(),
        Err(_) => false,
    };
    let is_typed = |typed: Typed| ["DATA_MESSAGE", "CONTROL_MESSAGE"].contains(&typed.message_type.as_str());
    is_event
        || serde_json::from_str(value).is_ok_and(is_typed)
        || (serde_json::from_str::<DeadLetter>(value).is_ok() && serde_json::from_str::<Reasoned>(value).is_ok())
        || serde_json::from_str::<GivenUp<'_>>(value).ok().and_then(GivenUp::event).is_some()
}

/// Whether a line is the base64 of a payload, or its first line.
fn is_payload(line: &[u8]) -> bool {
    let line = line.trim_ascii_end();
    // Some of it is enough, and may be cut between two groups of characters.
    let line = &line[..line.len().min(4096)];
    let Ok(text) = std::str::from_utf8(line) else { return false };
    let mut decoder = Decoder::new(MOST_BYTES);
    match decoder.decode_base64(text).err() {
        None
        | Some(Error::Truncated { .. } | Error::Trailer { .. } | Error::TrailingData { .. } | Error::TooLarge { .. }) => {
            true
        }
        Some(_) => decoder.payload().starts_with(b"{\"messageType\":"),
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "what looks through a slice gives a reference")]
fn is_newline(byte: &u8) -> bool {
    *byte == b'\n'
}

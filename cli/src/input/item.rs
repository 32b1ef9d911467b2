//! One thing that an input holds: an event in one of the shapes in which it is read.

use std::borrow::Cow;
use std::io;

use logweir_archive::{ArchivedEvent, EventWriter};
use logweir_subscription::{DataMessage, LogEvent};

/// One line or event.
#[derive(Debug)]
pub(crate) enum Item<'i> {
    /// A line of plain text, without its line feed.
    Line(&'i [u8]),
    /// A record read back.
    Record(&'i ArchivedEvent),
    /// An event of a message, with what writes the events of that message.
    Event(&'i DataMessage<'i>, &'i EventWriter, &'i LogEvent<'i>),
}

/// Where and when an event was logged.
#[derive(Debug)]
pub(crate) struct Origin<'i> {
    /// Milliseconds since 1970.
    pub(crate) timestamp: i64,
    /// Name of the log group.
    pub(crate) log_group: Cow<'i, str>,
    /// Name of the log stream.
    pub(crate) log_stream: Cow<'i, str>,
}

impl Item<'_> {
    /// What was logged. In a line each byte that is not UTF-8 is U+FFFD, and a carriage return at its end is not part of it.
    pub(crate) fn message(&self) -> Cow<'_, str> {
        match self {
            Self::Line(line) => String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line)),
            Self::Record(record) => Cow::Borrowed(&record.message),
            Self::Event(_, _, event) => event.message.decode(),
        }
    }

    /// Where it was logged, if that is known.
    pub(crate) fn origin(&self) -> Option<Origin<'_>> {
        match self {
            Self::Line(_) => None,
            Self::Record(record) => Some(Origin {
                timestamp: record.timestamp,
                log_group: Cow::Borrowed(&record.log_group),
                log_stream: Cow::Borrowed(&record.log_stream),
            }),
            Self::Event(data, _, event) => Some(Origin {
                timestamp: event.timestamp,
                log_group: data.log_group.decode(),
                log_stream: data.log_stream.decode(),
            }),
        }
    }

    /// Appends it as one line: a record as JSON, plain text as it is.
    pub(crate) fn write(&self, out: &mut Vec<u8>) -> io::Result<()> {
        match self {
            Self::Line(line) => out.extend_from_slice(line),
            Self::Record(record) => serde_json::to_writer(&mut *out, record)?,
            Self::Event(_, writer, event) => {
                writer.write(event, out);
                return Ok(());
            }
        }
        out.push(b'\n');
        Ok(())
    }
}

//! What log events become: records or bare lines, plain or gzipped.

use logweir_archive::EventWriter;
use logweir_subscription::gzip::Compressor;
use logweir_subscription::{DataMessage, LogEvent};

/// What one log event becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A record of all its fields (contract 1), one a line.
    Ndjson,
    /// Its message and a line feed.
    Message,
}

/// What the output looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Output {
    /// What a log event becomes.
    pub format: Format,
    /// Gzip level, 1 to 9; nothing for plain text.
    pub gzip_level: Option<u32>,
}

impl Output {
    /// What compresses, if anything does.
    pub(crate) fn compressor(&self) -> Option<Compressor> {
        self.gzip_level.map(Compressor::new)
    }
}

/// Writes the events of one message, line by line.
#[derive(Debug)]
pub(crate) enum LineWriter {
    /// As records.
    Ndjson(EventWriter),
    /// As bare lines.
    Message,
}

impl LineWriter {
    /// A writer for the events of `data`.
    pub(crate) fn new(format: Format, data: &DataMessage<'_>) -> Self {
        match format {
            Format::Ndjson => Self::Ndjson(EventWriter::new(data)),
            Format::Message => Self::Message,
        }
    }

    /// About how many bytes the lines of `data` take: names repeated in every record can make it far more than `data`.
    pub(crate) fn estimate(&self, data: &DataMessage<'_>) -> usize {
        match self {
            Self::Ndjson(records) => records.estimate(data),
            Self::Message => data.log_events.iter().map(|event| event.message.text_len() + 1).sum(),
        }
    }

    /// Appends one event.
    #[inline]
    pub(crate) fn write(&self, event: &LogEvent<'_>, out: &mut Vec<u8>) {
        match self {
            Self::Ndjson(records) => records.write(event, out),
            Self::Message => {
                event.message.write_text(out);
                out.push(b'\n');
            }
        }
    }
}

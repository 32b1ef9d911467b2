//! `logweir decode --format document|bulk`: what the indexer would send.

use std::io::{self, Write};

use logweir_archive::ArchivedEvent;
use logweir_search::{DocumentIds, DocumentWriter, Settings};
use logweir_subscription::{DataMessage, LogEvent, Message};

use crate::arguments::Decode;
use crate::input::{Consumer, Item, Stop, event_of, payload_of};

impl Decode {
    pub(crate) fn settings(&self) -> Settings {
        Settings {
            prefix: self.documents.index_prefix.clone(),
            ids: DocumentIds::Event,
            log_groups: self.log_groups.known(),
        }
    }
}

/// Prints documents.
pub(crate) struct DocumentPrinter<'p, W> {
    out: &'p mut W,
    settings: &'p Settings,
    as_bulk: bool,
    /// Of the message or the stream that came last, as a line may say how to read those behind it.
    writer: Option<(Stream, DocumentWriter<'p>)>,
    /// Used again for each.
    document: Vec<u8>,
    line: Vec<u8>,
}

/// Account, log group and log stream of a record.
type Stream = [String; 3];

impl<'p, W: Write> DocumentPrinter<'p, W> {
    pub(crate) fn new(out: &'p mut W, settings: &'p Settings, as_bulk: bool) -> Self {
        Self { out, settings, as_bulk, writer: None, document: Vec::new(), line: Vec::new() }
    }

    fn print(&mut self, event: &LogEvent<'_>) -> io::Result<()> {
        let Some((_, writer)) = &mut self.writer else { return Ok(()) };
        let line = &mut self.line;
        self.document.clear();
        line.clear();
        let written = writer.write(event, &mut self.document);
        line.extend_from_slice(if self.as_bulk { b"{\"create\":{\"_index\":\"" } else { b"{\"_index\":\"" });
        writer.write_index(written.dataset, event.timestamp, line);
        line.extend_from_slice(b"\",\"_id\":");
        writer.write_id(event, line);
        if self.as_bulk {
            line.extend_from_slice(b"}}\n");
            line.extend_from_slice(&self.document);
        } else {
            line.push(b',');
            line.extend_from_slice(self.document.get(1..).unwrap_or_default());
        }
        line.push(b'\n');
        self.out.write_all(line)
    }

    /// Prints a record that was read back, as the event that it was.
    fn print_record(&mut self, record: &ArchivedEvent) -> io::Result<()> {
        let stream = [&record.owner, &record.log_group, &record.log_stream].map(String::clone);
        let is_next = self.writer.as_ref().is_some_and(|(last, _)| *last == stream);
        let mut payload = payload_of(record);
        payload.log_events.push(event_of(record)?);
        let payload = String::from_utf8(payload.to_json()).map_err(io::Error::other)?;
        let Ok(Message::Data(data)) = Message::parse(&payload) else {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "a record's time lies outside of the years 1970 to 9999",
            ));
        };
        if !is_next {
            self.writer = Some((stream, DocumentWriter::new(self.settings, &data)));
        }
        data.log_events.iter().try_for_each(|event| self.print(event))
    }
}

impl<W: Write> Consumer for DocumentPrinter<'_, W> {
    fn begin(&mut self, data: &DataMessage<'_>) {
        self.writer = Some((Stream::default(), DocumentWriter::new(self.settings, data)));
    }

    fn item(&mut self, _number: u64, item: &Item<'_>) -> Result<(), Stop> {
        let printed = match item {
            // Decodable inputs have no plain lines.
            Item::Line(_) => Ok(()),
            Item::Record(record) => self.print_record(record),
            Item::Event(_, _, event) => self.print(event),
        };
        printed.map_err(Stop::Unwritable)
    }

    fn waiting(&mut self) -> Result<(), Stop> {
        self.out.flush().map_err(Stop::Unwritable)
    }
}

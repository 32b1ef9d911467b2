//! What of an input would leave, by the streams of a rules file.

use std::path::Path;

use anyhow::Result;
use logweir_archive::EventWriter;
use logweir_log_formats::LogGroups;
use logweir_rules::Streams;
use logweir_subscription::{DataMessage, Message};

use crate::input::{Consumer, Item, Stop, by_source, event_of, payload_of};
use crate::rules;

/// Hands on what stays.
pub(crate) struct Streaming<'c> {
    streams: Streams,
    to: &'c mut dyn Consumer,
    /// Why nothing more is wanted, until it can be said.
    stopped: Option<Stop>,
    number: u64,
}

impl<'c> Streaming<'c> {
    /// Reads the rules file.
    pub(crate) fn new(file: &Path, log_groups: LogGroups, to: &'c mut dyn Consumer) -> Result<Self> {
        let rules = rules::read_usable(file)?;
        Ok(Self { streams: rules::ready(&rules)?.with_log_groups(log_groups), to, stopped: None, number: 0 })
    }

    fn message(&mut self, data: &DataMessage<'_>) -> Result<(), Stop> {
        let Self { streams, to, number, .. } = self;
        for part in &streams.apply(&by_source(data)).parts {
            let writer = EventWriter::new(&part.data);
            to.begin(&part.data);
            for event in &part.data.log_events {
                *number += 1;
                to.item(*number, &Item::Event(&part.data, &writer, event))?;
            }
        }
        Ok(())
    }
}

impl Consumer for Streaming<'_> {
    fn begin(&mut self, data: &DataMessage<'_>) {
        self.stopped = self.message(data).err();
    }

    fn item(&mut self, _number: u64, item: &Item<'_>) -> Result<(), Stop> {
        match item {
            // Handed on with its whole message. Decodable inputs have no plain lines.
            Item::Event(..) | Item::Line(_) => self.stopped.take().map_or(Ok(()), Err),
            Item::Record(record) => {
                let mut payload = payload_of(record);
                payload.log_events.push(event_of(record).map_err(Stop::Unwritable)?);
                let json = payload.to_json();
                match std::str::from_utf8(&json).ok().map(Message::parse) {
                    Some(Ok(Message::Data(data))) => self.message(&data),
                    // Its time lies outside of what a payload has; rules cannot be asked.
                    _ => {
                        Err(Stop::Unreadable(anyhow::anyhow!("a record's time lies outside of the years 1970 to 9999")))
                    }
                }
            }
        }
    }

    fn waiting(&mut self) -> Result<(), Stop> {
        self.to.waiting()
    }
}

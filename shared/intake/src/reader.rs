//! One record: decoded, and what is to be done about it.

use std::slice::from_ref;

use logweir_accounting::Amount;
use logweir_rules::{Applied, Streams};
use logweir_subscription::{DEFAULT_MAX_DECOMPRESSED_BYTES, DataMessage, Decoder, Message};

use crate::own_logs::{self, OwnLogGroups};
use crate::parts::{Cut, Parts};
use crate::problem::{Problem, caught};
use crate::shelf::Shelf;

/// How records are read.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What a payload may decompress to, in bytes.
    pub max_decompressed_bytes: usize,
    /// Log groups that the suite's functions write to.
    pub own_log_groups: OwnLogGroups,
    /// The rules of streams, if there are any.
    streams: Option<Shelf>,
}

impl Default for Settings {
    fn default() -> Self {
        Self::new(DEFAULT_MAX_DECOMPRESSED_BYTES, OwnLogGroups::default())
    }
}

impl Settings {
    /// Without rules of streams.
    pub fn new(max_decompressed_bytes: usize, own_log_groups: OwnLogGroups) -> Self {
        Self { max_decompressed_bytes, own_log_groups, streams: None }
    }

    /// The same by these rules of streams.
    #[must_use]
    pub fn with_streams(self, streams: Streams) -> Self {
        Self { streams: (!streams.is_empty()).then(|| Shelf::new(streams)), ..self }
    }
}

/// Reads record after record through buffers that are used again. Memory is that of the largest payload.
#[derive(Debug)]
pub struct Reader {
    settings: Settings,
    decoder: Decoder,
    /// Nothing if there are no rules of streams.
    streams: Option<Streams>,
}

/// What a reader learned of log groups is for the next.
impl Drop for Reader {
    fn drop(&mut self) {
        if let (Some(shelf), Some(streams)) = (&self.settings.streams, self.streams.take()) {
            shelf.put(streams);
        }
    }
}

/// What a record is.
#[derive(Debug)]
pub enum Content<'r> {
    /// Events that go on.
    Parts(Box<Parts<'r>>),
    /// Nothing that anybody wants: why, and how much.
    Dropped(&'static str, Amount),
    /// It can never succeed.
    Failed {
        /// Why.
        problem: Problem,
        /// The record's bytes out of base64, or the text that is no base64.
        bytes: &'r [u8],
        /// How much it is.
        amount: Amount,
    },
}

impl Reader {
    /// A reader of records.
    pub fn new(settings: &Settings) -> Self {
        let streams = settings.streams.as_ref().map(Shelf::take);
        Self { settings: settings.clone(), decoder: Decoder::new(settings.max_decompressed_bytes), streams }
    }

    /// Reads a record as its envelope holds it, base64 of a payload. A defect that it hits is what is wrong with it.
    pub fn read<'r>(&'r mut self, base64: &'r str) -> Content<'r> {
        let Self { settings, decoder, streams } = self;
        let unpacked = caught(|| decoder.unpack_base64(base64));
        let decoder = &*decoder;
        let message = unpacked.and_then(|unpacked| caught(|| unpacked.and_then(|()| decoder.message())));
        let (problem, bytes) = match message {
            Ok(Ok(Message::Data(data))) => {
                let payload = decoder.payload();
                let received = Amount::of(&data);
                match caught(|| content(data, payload, received, &settings.own_log_groups, streams.as_mut())) {
                    Ok(content) => return content,
                    Err(problem) => return Content::Failed { problem, bytes: payload, amount: received },
                }
            }
            Ok(Ok(Message::Control)) => return Content::Dropped("control", Amount::empty()),
            Ok(Err(error)) => (Problem::from(&error), decoder.original(base64, &error)),
            Err(problem) => (problem, decoder.payload()),
        };
        Content::Failed { problem, bytes, amount: Amount::undecodable(bytes.len()) }
    }
}

fn content<'r>(
    mut original: DataMessage<'r>,
    payload: &'r [u8],
    received: Amount,
    own: &OwnLogGroups,
    streams: Option<&'r mut Streams>,
) -> Content<'r> {
    if original.log_events.is_empty() {
        return Content::Dropped("no events", received);
    }
    let mut cut = original.by_source();
    if cut.is_none() && own.hold(&original) {
        return Content::Dropped(own_logs::REASON, received);
    }
    let mut dropped = Vec::new();
    if let Some(cut) = &mut cut {
        let ours: Amount = cut.extract_if(.., |(data, _)| own.hold(data)).map(|(data, _)| Amount::of(&data)).sum();
        if ours.events > 0 {
            dropped.push((own_logs::REASON.into(), ours.without_records()));
        }
    }
    let mut is_changed = !dropped.is_empty();
    let cut = match streams {
        None => cut.map(|cut| {
            let part = |(data, places)| Cut { data, places, labels: logweir_rules::Labels::default() };
            cut.into_iter().map(part).collect()
        }),
        Some(streams) => {
            let (messages, sources): (Vec<_>, Vec<_>) = cut.unwrap_or_default().into_iter().unzip();
            let messages = if messages.is_empty() && dropped.is_empty() { from_ref(&original) } else { &messages };
            let applied = streams.apply(messages);
            is_changed |= !applied.dropped.is_empty() || applied.parts.iter().any(|part| part.is_changed);
            for rule in &applied.dropped {
                let amount = Amount { records: 0, events: rule.events, bytes: rule.bytes };
                dropped.push((rule.rule.to_owned().into(), amount));
            }
            Some(parts(applied, &sources))
        }
    };
    Content::Parts(Box::new(Parts { original, payload, received, dropped, cut, is_changed }))
}

/// What the rules left, with places in the message as it came and not in that of a source.
fn parts<'r>(applied: Applied<'r>, sources: &[Option<Vec<u32>>]) -> Vec<Cut<'r>> {
    let parts = applied.parts.into_iter().filter(|part| !part.data.log_events.is_empty());
    let cut = |part: logweir_rules::Part<'r>| {
        let places = match (part.places, sources.get(part.message).and_then(Option::as_ref)) {
            (Some(places), Some(source)) => Some(places.iter().map(|place| source[*place as usize]).collect()),
            (None, source) => source.cloned(),
            (places, None) => places,
        };
        Cut { data: part.data, places, labels: part.labels }
    };
    parts.map(cut).collect()
}

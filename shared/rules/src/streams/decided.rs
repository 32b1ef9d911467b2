//! What was decided about the events of a message, and the message cut accordingly.

use std::ops::Range;

use logweir_json::{Scanner, Text};
use logweir_subscription::{DataMessage, Fields, LogEvent};

use super::{Labels, Part};
use crate::redaction::Written;

/// What becomes of the events of a message.
#[derive(Debug)]
pub(super) struct Decided<'r> {
    /// The labels of its parts.
    pub(super) labels: Vec<Labels<'r>>,
    /// Of each event the part it goes to; nothing if it is dropped.
    pub(super) parts: Vec<Option<usize>>,
    pub(super) changes: Vec<Change>,
}

/// What of an event changed, as places in what was written.
#[derive(Debug)]
pub(super) struct Change {
    pub(super) event: usize,
    pub(super) message: Option<(Range<usize>, Written)>,
    pub(super) fields: Option<Range<usize>>,
}

impl<'r> Decided<'r> {
    pub(super) fn new(events: usize) -> Self {
        Self { labels: Vec::new(), parts: Vec::with_capacity(events), changes: Vec::new() }
    }

    /// The next event stays.
    pub(super) fn keep(&mut self, labels: Labels<'r>) {
        let part = self.labels.iter().position(|known| *known == labels).unwrap_or(self.labels.len());
        if part == self.labels.len() {
            self.labels.push(labels);
        }
        self.parts.push(Some(part));
    }

    /// Cuts the message into parts. `written` is what the changes are places of.
    pub(super) fn cut<'s>(self, message: usize, data: &DataMessage<'s>, written: &'s str, parts: &mut Vec<Part<'s>>)
    where
        'r: 's,
    {
        // A message without events stays one.
        let labels = if self.parts.is_empty() { vec![Labels::default()] } else { self.labels };
        let is_whole = labels.len() == 1 && self.parts.iter().all(Option::is_some);
        let is_changed = !self.changes.is_empty();
        let first = parts.len();
        parts.extend(labels.into_iter().map(|labels| {
            let places = (!is_whole).then(Vec::new);
            Part { message, data: data.without_events(), places, labels, is_changed }
        }));
        let Some(own) = parts.get_mut(first..) else { return };
        if let [part, ..] = own {
            // They are told of once.
            part.data.lone_surrogates = data.lone_surrogates;
            part.data.log_events.reserve_exact(data.log_events.len());
        }
        let mut changes = self.changes.iter().peekable();
        for ((place, event), part) in (0..).zip(&data.log_events).zip(self.parts) {
            let change = changes.next_if(|change| change.event == place as usize);
            let Some(part) = part.and_then(|part| own.get_mut(part)) else { continue };
            part.data.has_extracted_fields |= change.is_some_and(|change| change.fields.is_some());
            part.data.log_events.push(change.map_or_else(|| event.clone(), |change| change.made(event, written)));
            if let Some(places) = &mut part.places {
                places.push(place);
            }
        }
    }
}

impl Change {
    /// The event after it.
    fn made<'s>(&self, event: &LogEvent<'s>, written: &'s str) -> LogEvent<'s> {
        let message = match &self.message {
            None => event.message,
            Some((literal, Written::EscapedAlike)) => {
                let text = event.message.in_literal(&written[literal.start + 1..literal.end - 1]);
                debug_assert!(is_same(&text, &text_of(&written[literal.clone()])), "{text}");
                text
            }
            Some((literal, Written::Anew)) => text_of(&written[literal.clone()]),
        };
        let extracted_fields = match &self.fields {
            None => event.extracted_fields,
            Some(object) => Fields::parse(&written[object.clone()]).ok(),
        };
        LogEvent { message, extracted_fields, ..*event }
    }
}

/// The text of a literal that was written just before.
pub(super) fn text_of(literal: &str) -> Text<'_> {
    let text = Scanner::new(literal).string();
    debug_assert!(text.is_ok(), "{literal}");
    // Not what came, whatever happens: something was to be left out of it.
    text.unwrap_or(Text::EMPTY)
}

/// Whether a literal was read right though nobody read it.
fn is_same(text: &Text<'_>, read: &Text<'_>) -> bool {
    let known = |text: &Text<'_>| (text.text_len(), text.literal_len(), text.canonical_literal().is_some());
    text == read && known(text) == known(read)
}

//! The events of a record that go on: all of them as they came, or in parts that have one source and the same labels each.

use std::borrow::Cow;
use std::slice::from_ref;

use logweir_accounting::Amount;
use logweir_rules::Labels;
use logweir_subscription::DataMessage;

/// The events of a record that go on, and the record they came in.
#[derive(Debug)]
pub struct Parts<'r> {
    /// The message as it came.
    pub original: DataMessage<'r>,
    /// The record's bytes, out of base64: the payload as it came.
    pub payload: &'r [u8],
    /// All that came.
    pub(crate) received: Amount,
    /// What was taken out, by reason; in no record.
    pub(crate) dropped: Vec<(Cow<'static, str>, Amount)>,
    /// The parts, where they are not the one message as it came.
    pub(crate) cut: Option<Vec<Cut<'r>>>,
    /// Whether an event is not as it came, or does not go on.
    pub(crate) is_changed: bool,
}

/// A part that is not the message as it came.
#[derive(Debug)]
pub(crate) struct Cut<'r> {
    pub(crate) data: DataMessage<'r>,
    /// Where each event stood in the message; nothing if all are here.
    pub(crate) places: Option<Vec<u32>>,
    pub(crate) labels: Labels<'r>,
}

/// Events of one source that have the same labels.
#[derive(Debug, Clone, Copy)]
pub struct Part<'p, 'r> {
    /// The events, at least one.
    pub data: &'p DataMessage<'r>,
    /// Where they go, as far as rules say so.
    pub labels: Labels<'r>,
    places: Option<&'p [u32]>,
}

impl<'r> Parts<'r> {
    /// The parts; none if the rules of streams dropped all events.
    pub fn iter<'p>(&'p self) -> impl Iterator<Item = Part<'p, 'r>> {
        let whole = if self.cut.is_none() { from_ref(&self.original) } else { &[] };
        let whole = whole.iter().map(|data| Part { data, labels: Labels::default(), places: None });
        let part = |cut: &'p Cut<'r>| Part { data: &cut.data, labels: cut.labels, places: cut.places.as_deref() };
        whole.chain(self.cut.iter().flatten().map(part))
    }

    /// Whether the payload may go on as it came: every event does, and none is changed.
    pub fn are_the_payload(&self) -> bool {
        !self.is_changed
    }

    /// How many events go on.
    pub fn events(&self) -> usize {
        self.iter().map(|part| part.data.log_events.len()).sum()
    }
}

impl Part<'_, '_> {
    /// Where the event `index` of the part stood in the message as it came.
    pub fn place(&self, index: usize) -> usize {
        self.places.and_then(|places| places.get(index)).map_or(index, |place| *place as usize)
    }
}

//! A transition as programs read it: one JSON object.

use std::io;

use logweir_alarms::Transition;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::gathered::State;
use super::kept::{Kept, Shown};

/// A transition; the keys in this order.
#[derive(Debug, Serialize)]
pub(super) struct Row<'r> {
    pub(super) alarm: &'r str,
    pub(super) state: &'static str,
    /// Milliseconds since 1970.
    pub(super) timestamp: i64,
    pub(super) group: Group<'r>,
    /// What was measured; nothing where there are no data, or no number.
    pub(super) value: Number,
    /// The matching events of the window, the oldest first.
    pub(super) event_ids: Vec<String>,
    pub(super) previous_state: &'static str,
    /// From (not included), to (included).
    pub(super) window: (i64, i64),
}

/// Fields and their values, in the order of `group_by`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Group<'r> {
    pub(super) fields: &'r [String],
    pub(super) values: &'r [String],
}

/// A number, without a fraction where it has none.
#[derive(Debug, Clone, Copy)]
pub(super) struct Number(pub(super) Option<f64>);

impl<'r> Row<'r> {
    pub(super) fn new(state: &'r State<'r>, transition: &Transition, kept: &mut Kept) -> io::Result<Self> {
        let events = state.in_window(transition.window);
        let shown: io::Result<Vec<Shown>> =
            events.into_iter().map(|(timestamp, key)| kept.get(state.number, timestamp, key)).collect();
        let mut shown = shown?;
        shown.sort_by(|one, other| one.order().cmp(&other.order()));
        Ok(Self {
            alarm: &state.alarm.name,
            state: transition.state.as_str(),
            timestamp: transition.timestamp,
            group: Group { fields: &state.alarm.group_by, values: &state.group },
            value: Number(transition.value),
            event_ids: shown.into_iter().map(|event| event.id).collect(),
            previous_state: transition.previous.as_str(),
            window: transition.window,
        })
    }
}

impl<'r> Group<'r> {
    pub(super) fn pairs(self) -> impl ExactSizeIterator<Item = (&'r String, &'r String)> {
        self.fields.iter().zip(self.values)
    }
}

impl Serialize for Group<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.values.len()))?;
        for (field, value) in self.pairs() {
            map.serialize_entry(field, value)?;
        }
        map.end()
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        const WHOLE: f64 = 9_007_199_254_740_992.0;
        match self.0 {
            #[expect(clippy::cast_possible_truncation, reason = "whole, and below 2^53")]
            Some(number) if number.fract() == 0.0 && number.abs() < WHOLE => serializer.serialize_i64(number as i64),
            Some(number) if number.is_finite() => serializer.serialize_f64(number),
            _ => serializer.serialize_none(),
        }
    }
}

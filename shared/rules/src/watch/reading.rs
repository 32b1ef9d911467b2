//! What an event that matches says: its value and its group.

use std::borrow::Cow;

use logweir_alarms::{Condition, Reading};
use logweir_filter_pattern::{Extractor, FilterPattern, PatternError};
use logweir_log_formats::Hints;
use logweir_subscription::LogEvent;
use sha2::{Digest, Sha256};

use super::group::{Group, Origin, Special};
use crate::Alarm;
use crate::read::number;

/// What an alarm needs of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// That it is there.
    Nothing,
    /// A number.
    Number,
    /// A text.
    Text,
}

impl Need {
    pub(super) fn of(condition: &Condition) -> Self {
        match condition.needs() {
            None => Self::Nothing,
            Some("number") => Self::Number,
            Some(_) => Self::Text,
        }
    }
}

/// Where a message of a pattern has what an alarm asks for.
#[derive(Debug)]
pub(super) struct Lookup {
    /// Of the value first, if there is one, then of the group.
    extractor: Option<Extractor>,
    has_value: bool,
    group_by: Vec<Part>,
}

/// Where a value of the group comes from.
#[derive(Debug)]
enum Part {
    /// The extractor's value of that number.
    Message(usize),
    Origin(Special),
}

impl Lookup {
    pub(super) fn new(alarm: &Alarm, pattern: &FilterPattern) -> Result<Self, PatternError> {
        let mut selectors: Vec<&str> = alarm.value.as_deref().into_iter().collect();
        let group_by = alarm.group_by.iter().map(|selector| {
            Special::of(selector).map_or_else(
                || {
                    selectors.push(selector);
                    Part::Message(selectors.len() - 1)
                },
                Part::Origin,
            )
        });
        let group_by = group_by.collect();
        let extractor = if selectors.is_empty() { None } else { Some(Extractor::new(pattern, &selectors)?) };
        Ok(Self { extractor, has_value: alarm.value.is_some(), group_by })
    }

    /// The reading, if the message has what is needed, and the group.
    pub(super) fn read(
        &self,
        need: Need,
        (message, event): (&str, &LogEvent<'_>),
        origin: &Origin,
        hints: &Hints,
    ) -> (Option<Reading>, Group) {
        let values = self.extractor.as_ref().map_or_else(Vec::new, |extractor| extractor.extract(message));
        let value = if self.has_value { values.first().and_then(Option::as_deref) } else { None };
        let reading = match need {
            Need::Nothing => Some(Reading::Nothing),
            Need::Number => value.and_then(|value| number(value.trim())).map(Reading::Number),
            Need::Text => value.map(|value| Reading::Text(digest(value))),
        };
        let part = |part: &Part| -> Option<Cow<'_, str>> {
            match part {
                Part::Message(number) => values[*number].as_deref().map(Cow::Borrowed),
                Part::Origin(special) => origin.value(*special, event, message, hints).map(Cow::Owned),
            }
        };
        let parts: Vec<_> = self.group_by.iter().map(part).collect();
        (reading, Group::new(parts.iter().map(Option::as_deref)))
    }
}

/// A text as it is kept: the first eight bytes of its digest.
fn digest(text: &str) -> u64 {
    Sha256::digest(text).iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

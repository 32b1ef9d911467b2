//! Slots against fields.

use std::ops::Range;

use super::Fields;
use crate::ast::{Comparison, Delimited, Expression, Slot};

/// The slots of a pattern.
#[derive(Debug, Clone)]
pub(crate) struct DelimitedMatcher {
    pattern: Delimited,
}

/// Which field a slot is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Position {
    /// The field with this number, from 0.
    FromStart(usize),
    /// This field and all behind it.
    Rest(usize),
    /// This number of fields before the end; 1 is the last.
    FromEnd(usize),
}

impl Position {
    /// Where in the message that is.
    pub(crate) fn place(self, fields: &mut Fields<'_>) -> Option<Range<usize>> {
        match self {
            Self::FromStart(index) => fields.place(index),
            Self::Rest(index) => fields.place_of_rest(index),
            Self::FromEnd(from_end) => {
                let index = fields.count().checked_sub(from_end)?;
                fields.place(index)
            }
        }
    }
}

impl DelimitedMatcher {
    pub(super) fn new(pattern: &Delimited) -> Self {
        Self { pattern: pattern.clone() }
    }

    /// The slots and the fields that they are.
    pub(crate) fn slots(&self) -> impl Iterator<Item = (Position, &Slot)> {
        let Delimited { first, last } = &self.pattern;
        let rest = if last.is_none() { first.len() - 1 } else { usize::MAX };
        let position = move |index| if index == rest { Position::Rest(index) } else { Position::FromStart(index) };
        let from_end = last.as_deref().unwrap_or(&[]);
        let of_first = first.iter().enumerate().map(move |(index, slot)| (position(index), slot));
        let of_last =
            from_end.iter().enumerate().map(move |(index, slot)| (Position::FromEnd(from_end.len() - index), slot));
        of_first.chain(of_last)
    }

    /// Whether a message that matches can have a field number `index`, from 0, that is no part of the last slot.
    pub(crate) fn has_field(&self, index: usize) -> bool {
        self.pattern.last.is_some() || index < self.pattern.first.len()
    }

    fn conditions(&self) -> impl Iterator<Item = (Position, &Expression<Comparison>)> {
        self.slots().filter_map(|(position, slot)| match slot {
            Slot::Named { condition: Some(condition), .. } => Some((position, condition)),
            _ => None,
        })
    }

    pub(crate) fn matches(&self, fields: &mut Fields<'_>) -> bool {
        // Fields are looked for one by one, and no more than it takes.
        self.conditions().all(|(position, condition)| {
            let Some(place) = position.place(fields) else { return false };
            let text = fields.text(place);
            condition.holds(&mut |comparison| comparison.holds_for(text))
        }) && self.has_enough(fields)
    }

    /// Whether there is a field for each slot.
    fn has_enough(&self, fields: &mut Fields<'_>) -> bool {
        let Delimited { first, last } = &self.pattern;
        match last {
            None => fields.place(first.len() - 1).is_some(),
            Some(last) if last.is_empty() => first.is_empty() || fields.place(first.len() - 1).is_some(),
            Some(last) => fields.count() >= first.len() + last.len(),
        }
    }

    /// Each field of a matching message by its name: `$name`, or `$` and its number, from 1.
    pub(crate) fn extract(&self, fields: &mut Fields<'_>) -> Vec<(String, Range<usize>)> {
        let Delimited { first, last } = &self.pattern;
        let behind = last.as_ref().map_or(0, Vec::len);
        let count = if last.is_some() { fields.count() } else { first.len() };
        let mut slots = self.slots();
        let mut extracted = Vec::with_capacity(count);
        for index in 0..count {
            let is_in_ellipsis = index >= first.len() && index + behind < count;
            let (name, position) = match if is_in_ellipsis { None } else { slots.next() } {
                Some((position, Slot::Named { name, .. })) => (name.clone(), position),
                Some((position, Slot::Unnamed)) => ((index + 1).to_string(), position),
                None => ((index + 1).to_string(), Position::FromStart(index)),
            };
            extracted.extend(position.place(fields).map(|place| (format!("${name}"), place)));
        }
        extracted
    }

    /// Where the fields that a condition is about are.
    pub(crate) fn highlights(&self, fields: &mut Fields<'_>) -> Vec<Range<usize>> {
        self.conditions().filter_map(|(position, _)| position.place(fields)).collect()
    }
}

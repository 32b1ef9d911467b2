//! Patterns made ready to match: terms with their searchers, slots, tests with the places of their selectors.

mod comparison;
mod delimited;
mod fields;
mod json;
mod terms;
mod triggers;

pub(crate) use delimited::{DelimitedMatcher, Position};
pub(crate) use fields::{Fields, FieldsBuffer};
pub(crate) use json::{Captures, JsonMatcher, Trie, has_unicode_escape, looks_like_json};
pub(crate) use terms::TermsMatcher;
pub(crate) use triggers::{Words, triggers};

use crate::ast::{Expression, Syntax};

/// A pattern made ready to match.
#[derive(Debug, Clone)]
pub(crate) enum Matcher {
    Everything,
    Terms(TermsMatcher),
    Delimited(DelimitedMatcher),
    Json(JsonMatcher),
}

impl Matcher {
    pub(crate) fn new(syntax: &Syntax) -> Self {
        match syntax {
            Syntax::Everything => Self::Everything,
            Syntax::Terms(terms) => Self::Terms(TermsMatcher::new(terms)),
            Syntax::Delimited(delimited) => Self::Delimited(DelimitedMatcher::new(delimited)),
            Syntax::Json(expression) => Self::Json(JsonMatcher::new(expression)),
        }
    }

    pub(crate) fn matches(&self, message: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Terms(terms) => terms.matches(message),
            Self::Delimited(delimited) => delimited.matches(&mut Fields::new(message)),
            Self::Json(json) => json.matches(message),
        }
    }
}

impl<L> Expression<L> {
    /// Whether it holds when `leaf` says which leaves do; asks no more leaves than it takes.
    pub(crate) fn holds(&self, leaf: &mut impl FnMut(&L) -> bool) -> bool {
        match self {
            Self::Leaf(condition) => leaf(condition),
            Self::And(operands) => operands.iter().all(|operand| operand.holds(leaf)),
            Self::Or(operands) => operands.iter().any(|operand| operand.holds(leaf)),
        }
    }

    /// The same expression over other leaves.
    pub(crate) fn map<M>(&self, leaf: &mut impl FnMut(&L) -> M) -> Expression<M> {
        match self {
            Self::Leaf(condition) => Expression::Leaf(leaf(condition)),
            Self::And(operands) => Expression::And(operands.iter().map(|operand| operand.map(leaf)).collect()),
            Self::Or(operands) => Expression::Or(operands.iter().map(|operand| operand.map(leaf)).collect()),
        }
    }
}

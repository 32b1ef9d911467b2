//! A value's text against an operator and a value.

use std::cmp::Ordering;

use crate::ast::{Comparison, Value, Wildcard};

impl Comparison {
    /// Whether it holds for a field's text, or for the text of a JSON string or number.
    pub(crate) fn holds_for(&self, text: &str) -> bool {
        match self {
            Self::Equal(value) => value.is(text),
            Self::NotEqual(value) => !value.is(text),
            Self::Less(number) => number.compare(text) == Some(Ordering::Less),
            Self::LessOrEqual(number) => matches!(number.compare(text), Some(Ordering::Less | Ordering::Equal)),
            Self::Greater(number) => number.compare(text) == Some(Ordering::Greater),
            Self::GreaterOrEqual(number) => matches!(number.compare(text), Some(Ordering::Greater | Ordering::Equal)),
        }
    }

    /// `= *`, which asks for a value, whatever it is.
    pub(crate) fn accepts_anything(&self) -> bool {
        matches!(self, Self::Equal(Value::Text(wildcard)) if wildcard.is_anything())
    }
}

impl Value {
    fn is(&self, text: &str) -> bool {
        match self {
            Self::Number(number) => number.compare(text) == Some(Ordering::Equal),
            Self::Text(wildcard) => wildcard.is(text),
            Self::Regex(regex) => regex.is_match(text),
        }
    }
}

impl Wildcard {
    fn is(&self, text: &str) -> bool {
        match (self.any_before, self.any_after) {
            (false, false) => text == self.text,
            (false, true) => text.starts_with(&self.text),
            (true, false) => text.ends_with(&self.text),
            (true, true) => memchr::memmem::find(text.as_bytes(), self.text.as_bytes()).is_some(),
        }
    }
}

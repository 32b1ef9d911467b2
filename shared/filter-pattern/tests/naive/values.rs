//! Comparisons of one text with what a pattern says.

use std::cmp::Ordering;

use logweir_filter_pattern::ast::{Comparison, Value, Wildcard};

use super::{number, regexes};

/// Whether the comparison holds for a string, or for a number as it is written.
pub(super) fn holds(comparison: &Comparison, text: &str) -> bool {
    match comparison {
        Comparison::Equal(value) => equals(value, text),
        Comparison::NotEqual(value) => !equals(value, text),
        Comparison::Less(bound) => number::compare(text, bound.as_str()) == Some(Ordering::Less),
        Comparison::LessOrEqual(bound) => {
            matches!(number::compare(text, bound.as_str()), Some(Ordering::Less | Ordering::Equal))
        }
        Comparison::Greater(bound) => number::compare(text, bound.as_str()) == Some(Ordering::Greater),
        Comparison::GreaterOrEqual(bound) => {
            matches!(number::compare(text, bound.as_str()), Some(Ordering::Greater | Ordering::Equal))
        }
    }
}

/// `= *`, which a boolean satisfies too.
pub(super) fn is_any_value(comparison: &Comparison) -> bool {
    match comparison {
        Comparison::Equal(Value::Text(Wildcard { any_before, text, any_after })) => {
            *any_before && *any_after && text.is_empty()
        }
        _ => false,
    }
}

fn equals(value: &Value, text: &str) -> bool {
    match value {
        Value::Number(number) => number::compare(text, number.as_str()) == Some(Ordering::Equal),
        Value::Regex(regex) => regexes::is_found(regex.as_str(), text),
        Value::Text(Wildcard { any_before, text: inner, any_after }) => match (any_before, any_after) {
            (false, false) => text == inner,
            (false, true) => text.starts_with(inner.as_str()),
            (true, false) => text.ends_with(inner.as_str()),
            (true, true) => text.contains(inner.as_str()),
        },
    }
}

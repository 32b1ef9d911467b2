//! Patterns that can only match where a property has one of few values: looked up by that value.

use std::cmp::Reverse;
use std::collections::HashMap;

use crate::ast::{Check, Comparison, Expression, Selector, Test, Value};
use crate::matcher::Captures;
use crate::number;

/// Patterns by selector and value.
#[derive(Debug, Default)]
pub(super) struct Equalities {
    /// By the number of a selector.
    selectors: Vec<(usize, Values)>,
}

#[derive(Debug, Default)]
struct Values {
    /// By the text of a value.
    texts: HashMap<String, Vec<usize>>,
    /// By the canonical spelling of a number.
    numbers: HashMap<String, Vec<usize>>,
}

/// Whether one of the equalities that [`equalities`] names is all that a message needs.
pub(super) fn are_all(expression: &Expression<Test>) -> bool {
    match expression {
        Expression::Leaf(_) => true,
        Expression::And(_) => false,
        Expression::Or(operands) => operands.iter().all(are_all),
    }
}

/// One property that has one value.
pub(super) struct Equality<'p> {
    selector: &'p Selector,
    value: &'p Value,
}

/// Equalities of which one at least holds for each message that matches; nothing if that cannot be said.
pub(super) fn equalities(expression: &Expression<Test>) -> Option<Vec<Equality<'_>>> {
    match expression {
        Expression::Leaf(Test { selector, check: Check::Compare(Comparison::Equal(value)) }) => match value {
            Value::Text(wildcard) if wildcard.any_before || wildcard.any_after => None,
            Value::Regex(_) => None,
            value => Some(vec![Equality { selector, value }]),
        },
        Expression::Leaf(_) => None,
        // The fewest, as each is one more way to the pattern; of them the longest, which fewest messages have, and which
        // is mostly the word that the message was sieved for.
        Expression::And(operands) => {
            operands.iter().filter_map(equalities).min_by_key(|all| (all.len(), Reverse(shortest(all))))
        }
        Expression::Or(operands) => {
            let each: Option<Vec<_>> = operands.iter().map(equalities).collect();
            each.map(|each| each.into_iter().flatten().collect())
        }
    }
}

/// How long the shortest value is.
fn shortest(equalities: &[Equality<'_>]) -> usize {
    let length = |equality: &Equality<'_>| match equality.value {
        Value::Number(number) => number.as_str().len(),
        Value::Text(wildcard) => wildcard.text.len(),
        Value::Regex(_) => 0,
    };
    equalities.iter().map(length).min().unwrap_or(0)
}

impl Equalities {
    /// Adds a pattern; `number` knows the selectors.
    pub(super) fn add(&mut self, pattern: usize, equality: &Equality<'_>, mut number: impl FnMut(&Selector) -> usize) {
        let selector = number(equality.selector);
        let known = self.selectors.iter().position(|(other, _)| *other == selector);
        let index = known.unwrap_or_else(|| {
            self.selectors.push((selector, Values::default()));
            self.selectors.len() - 1
        });
        let values = &mut self.selectors[index].1;
        let patterns = match equality.value {
            Value::Number(number) => {
                let mut canonical = String::new();
                number::write_canonical(number.as_str(), &mut canonical);
                values.numbers.entry(canonical).or_default()
            }
            Value::Text(wildcard) => values.texts.entry(wildcard.text.clone()).or_default(),
            Value::Regex(_) => return,
        };
        if patterns.last() != Some(&pattern) {
            patterns.push(pattern);
        }
    }

    /// Calls `found` with the patterns of each value that was read, once or more often.
    pub(super) fn find(&self, captures: &Captures, message: &str, mut found: impl FnMut(&[usize])) {
        let mut canonical = String::new();
        for (selector, values) in &self.selectors {
            for value in captures.of(*selector).filter(|value| value.has_text()) {
                let text = value.text(message);
                if let Some(patterns) = values.texts.get(&*text) {
                    found(patterns);
                }
                canonical.clear();
                if !values.numbers.is_empty() && number::write_canonical(&text, &mut canonical) {
                    values.numbers.get(&canonical).into_iter().for_each(|patterns| found(patterns));
                }
            }
        }
    }
}

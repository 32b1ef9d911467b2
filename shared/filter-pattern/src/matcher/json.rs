//! Tests of a JSON pattern against the properties of a message.

mod captures;
mod trie;
mod walk;

use std::ops::Range;

use logweir_json::Kind;
use memchr::memmem::Finder;

pub(crate) use captures::{Captured, Captures};
pub(crate) use trie::Trie;

use super::triggers::triggers_of_json;
use crate::ast::{Check, Comparison, Expression, Selector, Test};

/// How many searches may go before the message is read as JSON.
const MAX_FINDERS: usize = 4;

/// The tests of a pattern, each with the number of its selector.
#[derive(Debug, Clone)]
pub(crate) struct JsonMatcher {
    /// Without repetitions, in the order of the pattern.
    selectors: Vec<Selector>,
    expression: Expression<(usize, Check)>,
    trie: Trie,
    /// A message that matches holds one of them, unless it holds `\u`.
    finders: Option<Vec<Finder<'static>>>,
}

/// Whether a message can be a JSON document that has properties or elements.
pub(crate) fn looks_like_json(message: &str) -> bool {
    matches!(message.trim_ascii_start().as_bytes().first(), Some(b'{' | b'['))
}

/// Whether a message may spell plain characters as `\u` and four digits.
pub(crate) fn has_unicode_escape(message: &[u8]) -> bool {
    memchr::memchr_iter(b'\\', message).any(|at| message.get(at + 1) == Some(&b'u'))
}

impl JsonMatcher {
    pub(super) fn new(expression: &Expression<Test>) -> Self {
        let mut selectors: Vec<Selector> = Vec::new();
        let numbered = expression.map(&mut |Test { selector, check }| {
            let known = selectors.iter().position(|other| other == selector);
            let number = known.unwrap_or_else(|| {
                selectors.push(selector.clone());
                selectors.len() - 1
            });
            (number, check.clone())
        });
        let finders = triggers_of_json(expression)
            .filter(|triggers| triggers.len() <= MAX_FINDERS)
            .map(|triggers| triggers.iter().map(|trigger| Finder::new(trigger.as_bytes()).into_owned()).collect());
        Self { trie: Trie::new(&selectors), selectors, expression: numbered, finders }
    }

    /// The selectors of the pattern.
    pub(crate) fn selectors(&self) -> &[Selector] {
        &self.selectors
    }

    pub(super) fn matches(&self, message: &str) -> bool {
        if !looks_like_json(message) || !self.may_match(message) {
            return false;
        }
        let mut captures = Captures::new(&self.trie);
        captures.read(&self.trie, message) && self.holds(&captures, message, |selector| selector)
    }

    /// Whether one of the words is there without which there is no match. A character that need not be escaped can only
    /// be spelt otherwise by `\u`.
    fn may_match(&self, message: &str) -> bool {
        let message = message.as_bytes();
        self.finders.as_ref().is_none_or(|finders| {
            finders.iter().any(|finder| finder.find(message).is_some()) || has_unicode_escape(message)
        })
    }

    /// Whether the tests hold for what was read; `number` translates the numbers of this pattern's selectors to those that
    /// it was read with.
    pub(crate) fn holds(&self, captures: &Captures, message: &str, number: impl Fn(usize) -> usize) -> bool {
        self.expression.holds(&mut |(selector, check)| holds(check, &mut captures.of(number(*selector)), message))
    }

    /// The first single value of each selector, in the order of the pattern.
    pub(crate) fn extract<'m>(&self, message: &'m str) -> Vec<(String, std::borrow::Cow<'m, str>)> {
        let mut captures = Captures::new(&self.trie);
        captures.read(&self.trie, message);
        let first = |(number, selector): (usize, &Selector)| {
            let text = captures.first_text(number, message)?;
            Some((selector.to_string(), text))
        };
        self.selectors.iter().enumerate().filter_map(first).collect()
    }

    /// Where the values are for which a test holds.
    pub(crate) fn highlights(&self, message: &str) -> Vec<Range<usize>> {
        let mut captures = Captures::new(&self.trie);
        captures.read(&self.trie, message);
        let mut places = Vec::new();
        self.expression.for_each(&mut |(selector, check)| {
            let holding =
                captures.of(*selector).filter(|captured| holds(check, &mut std::iter::once(*captured), message));
            places.extend(holding.filter(|captured| !captured.is_container()).map(|captured| captured.place.clone()));
        });
        places
    }
}

/// Whether a check holds for one of the values that a selector leads to.
fn holds<'c>(check: &Check, values: &mut impl Iterator<Item = &'c Captured>, message: &str) -> bool {
    match check {
        Check::NotExists => values.next().is_none(),
        Check::IsNull => values.any(|value| value.kind == Kind::Null),
        Check::IsTrue => values.any(|value| value.kind == Kind::Bool && value.text(message) == "true"),
        Check::IsFalse => values.any(|value| value.kind == Kind::Bool && value.text(message) == "false"),
        Check::Compare(comparison) => values.any(|value| compares(comparison, value, message)),
    }
}

fn compares(comparison: &Comparison, value: &Captured, message: &str) -> bool {
    if value.has_text() {
        return comparison.holds_for(&value.text(message));
    }
    // Comparisons leave booleans out, but a value is there.
    value.kind == Kind::Bool && comparison.accepts_anything()
}

//! Patterns and messages that have to do with them, made of bytes: random ones in the property tests, the fuzzer's in
//! `fuzz/fuzz_targets/pattern_match.rs`, which both therefore shrink what they find.
//!
//! The vocabulary is small, so that a message often holds what a pattern asks for, or nearly.

mod json;
mod patterns;

pub(crate) use json::json_message;
pub(crate) use patterns::{equality, pattern};

use logweir_filter_pattern::ast::{Check, Comparison, Expression, Slot, Step, Syntax, TermText, Value};

/// Bytes that choices are read from. When none is left every choice is the first, the simplest one.
#[derive(Debug)]
pub(crate) struct Choices<'b> {
    bytes: &'b [u8],
}

impl<'b> Choices<'b> {
    pub(crate) fn new(bytes: &'b [u8]) -> Self {
        Self { bytes }
    }

    /// A number less than `end`, which is 256 at most.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        let Some((byte, rest)) = self.bytes.split_first() else { return 0 };
        self.bytes = rest;
        usize::from(*byte) % end
    }

    /// Yes, once in so many times.
    pub(crate) fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == times - 1
    }

    /// One of some things.
    pub(crate) fn pick<'t, T: ?Sized>(&mut self, things: &[&'t T]) -> &'t T {
        things[self.below(things.len())]
    }

    /// Bytes as they are, as far as they are characters: what no grammar thinks of.
    pub(crate) fn raw(&mut self, out: &mut String) {
        let length = self.below(16).min(self.bytes.len());
        let (raw, rest) = self.bytes.split_at(length);
        self.bytes = rest;
        out.extend(raw.utf8_chunks().map(|chunk| chunk.valid()));
    }
}

/// Texts that are values, words, fields and strings.
const TEXTS: [&str; 48] = [
    "a",
    "b",
    "ab",
    "1",
    "10",
    "1e1",
    "é",
    "",
    "true",
    "null",
    "x y",
    "-1",
    "1.0",
    "0.1e2",
    "+10",
    ".5",
    "5.",
    "-0",
    "*",
    "a*",
    "*b",
    "a*b",
    "\"",
    "\\",
    "[",
    "]",
    "[a b]",
    "\"a b\"",
    "\u{fffd}",
    "😀",
    "\t",
    "\n",
    " ",
    "ERROR",
    "aab",
    "aXb",
    "1e400",
    "99999999999999999999",
    "{\"a\":1}",
    "\u{0}",
    "a/b",
    "abc/defghijklmnopqrs",
    "abc/defghijklmnopqrt",
    "ab\\cdef",
    "ééééééééé",
    "xééééééééé",
    "abcdef",
    "\u{7f}abc",
];

/// What a pattern speaks of: the material for messages that match it, or nearly do.
#[derive(Debug, Default)]
pub(crate) struct Vocabulary<'p> {
    /// Words of the pattern.
    pub(crate) texts: Vec<&'p str>,
    /// Ways to properties.
    pub(crate) selectors: Vec<&'p [Step]>,
    /// Slots, with the place of the ellipsis.
    slots: Vec<&'p Slot>,
}

impl<'p> Vocabulary<'p> {
    /// Adds what one more pattern speaks of.
    pub(crate) fn add(&mut self, syntax: &'p Syntax) {
        match syntax {
            Syntax::Everything => {}
            Syntax::Terms(terms) => {
                self.texts.extend(terms.iter().map(|term| match &term.text {
                    TermText::Literal(text) => text.as_str(),
                    TermText::Regex(regex) => regex.as_str(),
                }));
            }
            Syntax::Delimited(delimited) => {
                for slot in delimited.first.iter().chain(delimited.last.iter().flatten()) {
                    self.slots.push(slot);
                    if let Slot::Named { condition: Some(condition), .. } = slot {
                        each_leaf(condition, &mut |comparison| self.add_comparison(comparison));
                    }
                }
            }
            Syntax::Json(expression) => each_leaf(expression, &mut |test| {
                self.selectors.push(test.selector.steps());
                if let Check::Compare(comparison) = &test.check {
                    self.add_comparison(comparison);
                }
            }),
        }
    }

    fn add_comparison(&mut self, comparison: &'p Comparison) {
        self.texts.push(match comparison {
            Comparison::Equal(value) | Comparison::NotEqual(value) => match value {
                Value::Number(number) => number.as_str(),
                Value::Text(wildcard) => &wildcard.text,
                Value::Regex(regex) => regex.as_str(),
            },
            Comparison::Less(number)
            | Comparison::LessOrEqual(number)
            | Comparison::Greater(number)
            | Comparison::GreaterOrEqual(number) => number.as_str(),
        });
    }

    /// A text of the pattern, of the vocabulary, or one that is nearly so.
    fn text(&self, choices: &mut Choices<'_>, out: &mut String) {
        let start = out.len();
        if !self.texts.is_empty() && choices.below(4) < 3 {
            out.push_str(self.texts[choices.below(self.texts.len().min(256))]);
        } else {
            out.push_str(choices.pick(&TEXTS));
        }
        match choices.below(16) {
            12 => out.push_str(choices.pick(&TEXTS)),
            13 => out.truncate(boundary(out, start + 1)),
            14 => out.insert_str(start, choices.pick(&TEXTS)),
            15 => choices.raw(out),
            _ => {}
        }
    }
}

/// A message for patterns that speak of these things.
pub(crate) fn message(choices: &mut Choices<'_>, vocabulary: &Vocabulary<'_>, out: &mut String) {
    out.clear();
    let wants_json = if vocabulary.selectors.is_empty() { 7 } else { 1 };
    if choices.below(8) >= wants_json {
        json_message(choices, vocabulary, out);
    } else {
        line(choices, vocabulary, out);
    }
    splice(choices, out);
    // Now and then long, with what matters anywhere.
    if choices.one_in(8) {
        let (before, behind) = (choices.below(256), choices.below(256));
        let filler = choices.pick(&[" ", "x", "a", "\n"]);
        out.insert_str(0, &filler.repeat(before));
        out.extend(std::iter::repeat_n(filler, behind));
    }
}

/// A line of fields.
fn line(choices: &mut Choices<'_>, vocabulary: &Vocabulary<'_>, out: &mut String) {
    let about = vocabulary.slots.len().min(200);
    let count = match choices.below(4) {
        0 => about,
        1 => about + 1,
        2 => choices.below(6),
        _ => about.saturating_sub(1),
    };
    for _ in 0..count.max(1) {
        let (open, close) = choices.pick(&[&("", ""), &("", ""), &("[", "]"), &("\"", "\""), &("", "\""), &("[", "")]);
        out.push_str(open);
        vocabulary.text(choices, out);
        out.push_str(close);
        out.push_str(choices.pick(&[" ", " ", " ", "  ", "\t", "", "\r\n", "\u{a0}"]));
    }
}

/// Now and then cuts a text, or puts something into it.
pub(crate) fn splice(choices: &mut Choices<'_>, out: &mut String) {
    if !choices.one_in(8) {
        return;
    }
    let at = boundary(out, choices.below(256));
    match choices.below(4) {
        0 => out.truncate(at),
        1 => drop(out.pop()),
        2 => out.insert_str(at, choices.pick(&TEXTS)),
        _ => {
            let mut raw = String::new();
            choices.raw(&mut raw);
            out.insert_str(at, &raw);
        }
    }
}

/// The last boundary between characters that is not behind `at`.
fn boundary(text: &str, at: usize) -> usize {
    text.floor_char_boundary(at)
}

fn each_leaf<'e, L>(expression: &'e Expression<L>, each: &mut impl FnMut(&'e L)) {
    match expression {
        Expression::Leaf(leaf) => each(leaf),
        Expression::And(operands) | Expression::Or(operands) => {
            for inner in operands {
                each_leaf(inner, each);
            }
        }
    }
}

//! JSON messages: along the selectors of a pattern, with siblings, keys that stand twice, escapes and strange numbers.

use std::fmt::Write;

use logweir_filter_pattern::ast::Step;

use super::{Choices, Vocabulary};

/// The keys that patterns ask for, and some that they do not.
const KEYS: [&str; 12] = ["a", "b", "a", "b", "", "é", "-_1", "a\"b", "\u{fffd}", "c", "\u{1}", "aa"];

/// An object or an array with the properties that a pattern asks for, now and then a little wrong.
pub(crate) fn json_message(choices: &mut Choices<'_>, vocabulary: &Vocabulary<'_>, out: &mut String) {
    white(choices, out);
    let ways: Vec<&[Step]> = vocabulary.selectors.iter().copied().take(6).collect();
    along(choices, vocabulary, &ways, 0, out);
    white(choices, out);
}

/// A value that goes some of these ways. An object or an array, as the first of them wants it.
fn along(choices: &mut Choices<'_>, vocabulary: &Vocabulary<'_>, ways: &[&[Step]], depth: usize, out: &mut String) {
    let first = ways.iter().find_map(|way| way.first());
    let is_object = match first {
        None if depth > 0 => return leaf(choices, vocabulary, out),
        None => choices.below(2) == 0,
        Some(step) => matches!(step, Step::Key(_) | Step::AnyKey) != choices.one_in(16),
    };
    let mut rest = Members { is_object, is_first: true };
    out.push(if is_object { '{' } else { '[' });
    rest.siblings(choices, vocabulary, depth, out);
    if choices.one_in(4) {
        // All ways at once, through one member.
        if let Some(step) = first {
            rest.begin(choices, Some(step), out);
            let further: Vec<_> = ways.iter().filter(|way| way.first() == Some(step)).map(|way| &way[1..]).collect();
            along(choices, vocabulary, &further, depth + 1, out);
        }
    } else {
        for way in ways {
            let Some((step, further)) = way.split_first() else { continue };
            rest.begin(choices, Some(step), out);
            along(choices, vocabulary, &[further], depth + 1, out);
            rest.siblings(choices, vocabulary, depth, out);
        }
    }
    white(choices, out);
    out.push(if is_object { '}' } else { ']' });
}

/// What is between the brackets.
struct Members {
    is_object: bool,
    is_first: bool,
}

impl Members {
    /// A comma, and a key where there is one.
    fn begin(&mut self, choices: &mut Choices<'_>, step: Option<&Step>, out: &mut String) {
        if !std::mem::take(&mut self.is_first) {
            out.push(',');
        }
        white(choices, out);
        if self.is_object {
            let name = match step {
                Some(Step::Key(name)) => name.as_str(),
                _ => choices.pick(&KEYS),
            };
            string(choices, name, out);
            white(choices, out);
            out.push(':');
            white(choices, out);
        }
    }

    fn siblings(&mut self, choices: &mut Choices<'_>, vocabulary: &Vocabulary<'_>, depth: usize, out: &mut String) {
        for _ in 0..choices.below(6).saturating_sub(3) {
            self.begin(choices, None, out);
            if depth < 6 && choices.one_in(6) {
                let any = [Step::Key("a".to_owned()), Step::AnyIndex];
                let way = &any[choices.below(2)..];
                along(choices, vocabulary, &[way], depth + 1, out);
            } else {
                leaf(choices, vocabulary, out);
            }
        }
    }
}

fn leaf(choices: &mut Choices<'_>, vocabulary: &Vocabulary<'_>, out: &mut String) {
    match choices.below(64) {
        0..=31 => {
            let mut text = String::new();
            vocabulary.text(choices, &mut text);
            string(choices, &text, out);
        }
        32..=47 => out.push_str(choices.pick(&[
            "1",
            "10",
            "1e1",
            "1.0",
            "-1",
            "-0",
            "0.5",
            "99999999999999999999",
            "10.0e-1",
            "1e400",
            "100E-1",
            "1e-1",
        ])),
        48..=53 => out.push_str(choices.pick(&["true", "false", "null"])),
        54..=59 => out.push_str(choices.pick(&["null", "{}", "[]", "[[]]", "{\"a\":{}}", "[1,2]"])),
        60 | 61 => {
            let depth = choices.below(64);
            out.extend(std::iter::repeat_n('[', depth));
            out.extend(std::iter::repeat_n(']', depth));
        }
        _ => out.push_str(choices.pick(&[
            "1.",
            "01",
            "+1",
            ".5",
            "1e",
            "nul",
            "\"\\x\"",
            "\"\t\"",
            "tru",
            "-",
            "\"\\ud800\"",
        ])),
    }
}

/// A string; any of its characters may be written as an escape.
fn string(choices: &mut Choices<'_>, text: &str, out: &mut String) {
    out.push('"');
    let escapes = choices.below(8);
    for character in text.chars() {
        match character {
            '\n' if choices.one_in(2) => out.push_str("\\n"),
            '\t' if choices.one_in(2) => out.push_str("\\t"),
            _ if escapes == 7 || escapes == 6 && choices.one_in(2) || character < ' ' => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    let _ = if choices.one_in(2) { write!(out, "\\u{unit:04x}") } else { write!(out, "\\u{unit:04X}") };
                }
            }
            '"' | '\\' => out.extend(['\\', character]),
            '/' if choices.one_in(2) => out.push_str("\\/"),
            '\u{fffd}' if choices.one_in(2) => out.push_str(choices.pick(&["\\ud800", "\\udc00"])),
            _ => out.push(character),
        }
    }
    if choices.one_in(32) {
        out.push_str(choices.pick(&["\\ud83d\\ude00", "\\ud83d", "\\b\\f\\n\\r\\t\\/", "\\u12", "\\ud800\\u0061"]));
    }
    out.push('"');
}

fn white(choices: &mut Choices<'_>, out: &mut String) {
    out.push_str(match choices.below(256) {
        200..=230 => " ",
        231..=240 => "\n",
        241..=254 => "\t\r",
        255 => "\u{c}",
        _ => "",
    });
}

//! The text of patterns, from the grammar and from noise.

use super::{Choices, TEXTS, splice};

const NUMBERS: [&str; 14] =
    ["1", "10", "1e1", "-1", "1.0", "+10", ".5", "5.", "-0", "1E-1", "1e400", "99999999999999999999", "007", "1e"];

/// A pattern of any syntax, or what is nearly one.
pub(crate) fn pattern(choices: &mut Choices<'_>, out: &mut String) {
    out.clear();
    match choices.below(16) {
        0..=3 => terms(choices, out),
        4..=7 => delimited(choices, out),
        8..=14 => json(choices, out),
        _ => noise(choices, out),
    }
    splice(choices, out);
}

fn terms(choices: &mut Choices<'_>, out: &mut String) {
    for _ in 0..=choices.below(4) {
        blank(choices, out);
        out.push_str(choices.pick(&["", "", "-", "?"]));
        match choices.below(16) {
            0..=6 => out.push_str(choices.pick(&["a", "b", "ab", "ERROR", "1", "_", "aab"])),
            7..=14 => quoted(choices, out),
            _ => regex(choices, out),
        }
        out.push(' ');
    }
}

fn delimited(choices: &mut Choices<'_>, out: &mut String) {
    out.push('[');
    for index in 0..choices.below(5) {
        if index > 0 {
            out.push(',');
        }
        blank(choices, out);
        let name = ["a", "w-1", "é", "_", "1a"][index];
        // One name is refused; the others are a slot's own.
        let name = if name == "é" && !choices.one_in(16) { "c" } else { name };
        match choices.below(8) {
            0 => {}
            1 => out.push_str("..."),
            2 | 3 => out.push_str(name),
            _ => expression(choices, out, 0, &mut |choices, out| {
                out.push_str(name);
                comparison(choices, out);
            }),
        }
        blank(choices, out);
    }
    out.push_str(choices.pick(&["]", "]", "]", ",]"]));
}

fn json(choices: &mut Choices<'_>, out: &mut String) {
    out.push('{');
    blank(choices, out);
    expression(choices, out, 0, &mut |choices, out| {
        selector(choices, out);
        match choices.below(8) {
            0 => out.push_str(" IS NULL"),
            1 => out.push_str(choices.pick(&[" IS TRUE", " IS FALSE"])),
            2 => out.push_str(" NOT EXISTS"),
            _ => comparison(choices, out),
        }
    });
    blank(choices, out);
    out.push('}');
}

/// A JSON pattern that a property's one value may decide, as sets look those up.
pub(crate) fn equality(choices: &mut Choices<'_>, out: &mut String) {
    out.clear();
    out.push('{');
    expression(choices, out, 1, &mut |choices, out| {
        selector(choices, out);
        out.push_str(choices.pick(&["=", "=", "=", "!="]));
        if choices.one_in(3) {
            out.push_str(choices.pick(&NUMBERS));
        } else {
            quote(choices.pick(&TEXTS), out);
        }
    });
    out.push('}');
}

/// The way to a property; its keys are those that `json_message` writes.
fn selector(choices: &mut Choices<'_>, out: &mut String) {
    out.push('$');
    for _ in 0..=choices.below(3) {
        out.push_str(choices.pick(&[
            ".a",
            ".b",
            ".a",
            ".b",
            ".*",
            "[0]",
            "[1]",
            "[*]",
            "['']",
            ".['é']",
            "['a\"b']",
            "['\u{fffd}']",
            ".-_1",
            "[01]",
            "['\u{1}']",
            "[4294967295]",
        ]));
    }
}

fn expression(
    choices: &mut Choices<'_>,
    out: &mut String,
    depth: usize,
    leaf: &mut dyn FnMut(&mut Choices<'_>, &mut String),
) {
    match choices.below(8) {
        0 | 1 if depth < 3 => {
            for index in 0..=choices.below(3) {
                if index > 0 {
                    out.push_str(choices.pick(&[" && ", "||", "&&", " || "]));
                }
                expression(choices, out, depth + 1, leaf);
            }
        }
        2 if depth < 3 => {
            out.push('(');
            expression(choices, out, depth + 1, leaf);
            out.push(')');
        }
        _ => leaf(choices, out),
    }
}

fn comparison(choices: &mut Choices<'_>, out: &mut String) {
    blank(choices, out);
    let operator = choices.pick(&["=", "=", "!=", "<", "<=", ">", ">="]);
    out.push_str(operator);
    blank(choices, out);
    match choices.below(16) {
        _ if operator.starts_with(['<', '>']) => out.push_str(choices.pick(&NUMBERS)),
        0..=4 => out.push_str(choices.pick(&NUMBERS)),
        5..=9 => {
            out.push_str(choices.pick(&["*", "a", "a*", "*b", "ab", "**", "true", "null", "a*b", "1*", "*.0", "-"]));
        }
        10..=14 => quoted(choices, out),
        // Few: an engine takes a hundred times as long to build as all else.
        _ => regex(choices, out),
    }
}

fn quoted(choices: &mut Choices<'_>, out: &mut String) {
    let mut text = choices.pick(&["", "", "*"]).to_owned();
    text.push_str(choices.pick(&TEXTS));
    if choices.one_in(8) {
        choices.raw(&mut text);
    }
    text.push_str(choices.pick(&["", "", "*"]));
    quote(&text, out);
}

fn quote(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        if let '"' | '\\' = character {
            out.push('\\');
        }
        out.push(character);
    }
    out.push('"');
}

fn regex(choices: &mut Choices<'_>, out: &mut String) {
    let atoms = [
        "a",
        "b",
        "1",
        ".",
        "\\d",
        "\\w",
        "\\s",
        "[ab]",
        "[^a]",
        "^",
        "$",
        "|",
        "\\x22",
        "\\xe9",
        "\\D",
        "\\W",
        "\\S",
        " ",
        "[^\\D]",
        "[a-c-]",
        "[^\\s\\w]",
        "[\\x00-\\x7f]",
        "\\.",
        "[]a]",
        "[[]",
        "\\\\",
        "X",
        "é",
        "!",
        "[-a]",
        "[+--]",
    ];
    let counts = ["", "", "", "", "*", "+", "?", "{2}", "{,2}", "{1,}", "{0}", "{1,3}", "*?", "{2}?", "+?", "??"];
    out.push('%');
    for _ in 0..=choices.below(5) {
        let atom = choices.pick(&atoms);
        out.push_str(atom);
        if !["^", "$", "|"].contains(&atom) {
            out.push_str(choices.pick(&counts));
        }
    }
    out.push('%');
}

fn noise(choices: &mut Choices<'_>, out: &mut String) {
    let tokens = [
        "{", "}", "[", "]", "(", ")", "$", ".", "*", "...", ",", "&&", "||", "=", "!=", "<", ">=", "\"", "'", "%",
        "\\", " ", "a", "b", "1", "-", "?", "_", "IS", "NULL", "NOT", "EXISTS", "é", "😀", "\u{0}", "\t", "~", "+",
        "|", "&", "^", ":",
    ];
    for _ in 0..choices.below(24) {
        match choices.below(tokens.len() + 2).checked_sub(2) {
            Some(index) => out.push_str(tokens[index]),
            None => choices.raw(out),
        }
    }
}

fn blank(choices: &mut Choices<'_>, out: &mut String) {
    out.push_str(choices.pick(&[" ", "", " ", "", " ", "", "\t", "\n"]));
}

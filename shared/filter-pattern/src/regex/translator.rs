//! Checks AWS's subset character by character, and writes it in the words of the `regex` crate.

use std::fmt::Write;
use std::ops::Range;

use super::MAX_REPETITIONS;
use crate::error::{Parsed, Problem};

/// Symbols that stand for themselves.
const SYMBOLS: &str = ":_#=@/;,- ";

/// Symbols that stand for themselves behind a backslash.
const OPERATORS: &str = "^$?[]{}|\\*+.";

/// Where in an expression the translation stands, and what came of it.
pub(super) struct Translator<'s> {
    source: &'s str,
    at: usize,
    position: usize,
    out: String,
    /// What the counts came to so far, and may come to.
    repetitions: u32,
    room: u32,
}

/// What a backslash and the characters behind it stand for.
enum Escape {
    Class(&'static str),
    Character(char),
}

impl<'s> Translator<'s> {
    /// `at` is where the expression begins in its pattern, `room` what its counts may come to.
    pub(super) fn new(source: &'s str, at: usize, room: u32) -> Self {
        Self { source, at, position: 0, out: String::new(), repetitions: 0, room }
    }

    /// The whole expression in the engine's words, and what its counts come to.
    pub(super) fn translate(mut self) -> Parsed<(String, u32)> {
        self.expression()?;
        Ok((self.out, self.repetitions))
    }

    fn expression(&mut self) -> Parsed<()> {
        while let Some(character) = self.peek() {
            let start = self.position;
            self.position += character.len_utf8();
            match character {
                '|' | '^' | '$' => {
                    self.out.push(character);
                    if let Some('*' | '+' | '?' | '{') = self.peek() {
                        return Err(self.nothing_to_repeat());
                    }
                }
                '*' | '+' | '?' | '{' => {
                    self.position = start;
                    return Err(self.nothing_to_repeat());
                }
                ']' | '}' => {
                    return Err(Problem::new(self.span(start), format!("{character} closes nothing"))
                        .advice(format!("write \\{character} for the character itself")));
                }
                '[' => {
                    self.class(start)?;
                    self.repetition()?;
                }
                '.' => {
                    // Any character but a line's end.
                    self.out.push('.');
                    self.repetition()?;
                }
                '\\' => {
                    match self.escape(start)? {
                        Escape::Class(class) => self.out.push_str(class),
                        Escape::Character(character) => self.literal(character),
                    }
                    self.repetition()?;
                }
                _ => {
                    self.check(character, start)?;
                    self.literal(character);
                    self.repetition()?;
                }
            }
        }
        Ok(())
    }

    fn peek(&self) -> Option<char> {
        self.source[self.position..].chars().next()
    }

    fn eat(&mut self, character: char) -> bool {
        let found = self.peek() == Some(character);
        if found {
            self.position += character.len_utf8();
        }
        found
    }

    /// From `start` to here, as a place in the pattern.
    fn span(&self, start: usize) -> Range<usize> {
        self.at + start..self.at + self.position
    }

    fn nothing_to_repeat(&self) -> Problem {
        let at = self.at + self.position;
        Problem::new(at..at + 1, "there is nothing here that could be repeated")
            .advice("write a backslash before the character to mean itself")
    }

    fn literal(&mut self, character: char) {
        // In this form no character is an operator, in a class or outside.
        let _ = write!(self.out, "\\x{{{:x}}}", u32::from(character));
    }

    fn check(&self, character: char, start: usize) -> Parsed<()> {
        if character.is_ascii_alphanumeric() || SYMBOLS.contains(character) {
            return Ok(());
        }
        let what = if character.is_ascii_graphic() {
            format!("{character} may not stand in a regular expression")
        } else {
            "a regular expression holds ASCII letters, digits and some symbols only".to_owned()
        };
        let problem = Problem::new(self.span(start), what);
        Err(match character {
            '(' if self.source[start..].starts_with("(?i") => {
                problem.advice("case cannot be ignored: write both letters, [Ee][Rr][Rr]")
            }
            '(' | ')' => problem.advice(format!(
                "there are no groups: leave parentheses out where they only group (%ERROR|WARN%); for the character itself \
                 write \\x{:02x}",
                u32::from(character)
            )),
            character if character.is_ascii() => {
                problem.advice(format!("write \\x{:02x} for the character itself", u32::from(character)))
            }
            _ => problem.advice("write . for any one character"),
        })
    }

    fn escape(&mut self, start: usize) -> Parsed<Escape> {
        let Some(character) = self.peek() else {
            return Err(Problem::new(self.span(start), "the backslash stands before nothing")
                .advice("write \\\\ for a backslash, and \\x25 for a percent sign"));
        };
        self.position += character.len_utf8();
        Ok(match character {
            'd' => Escape::Class("[0-9]"),
            'D' => Escape::Class("[^0-9]"),
            's' => Escape::Class("[\\t\\n ]"),
            'S' => Escape::Class("[^\\t\\n ]"),
            'w' => Escape::Class("[0-9A-Z_a-z]"),
            'W' => Escape::Class("[^0-9A-Z_a-z]"),
            'x' => {
                let digits = self.source.get(self.position..self.position + 2);
                let Some(code) = digits.and_then(|digits| {
                    let hexadecimal = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
                    hexadecimal.then(|| u8::from_str_radix(digits, 16).ok()).flatten()
                }) else {
                    return Err(Problem::new(self.span(start), "\\x needs two hexadecimal digits")
                        .advice("write them without braces: \\x28 for (, for example"));
                };
                self.position += 2;
                Escape::Character(char::from(code))
            }
            _ if OPERATORS.contains(character) || SYMBOLS.contains(character) && character != '_' => {
                Escape::Character(character)
            }
            _ if character.is_ascii_alphanumeric() || character == '_' => {
                return Err(Problem::new(self.span(start), format!("\\{character} means nothing here"))
                    .advice("there are \\d \\D \\s \\S \\w \\W, \\xHH, and a backslash before an operator"));
            }
            _ => return Err(self.check(character, start).err().unwrap_or_else(|| self.nothing_to_repeat())),
        })
    }

    /// `[…]`; its opening bracket is stepped over.
    fn class(&mut self, start: usize) -> Parsed<()> {
        self.out.push('[');
        if self.eat('^') {
            self.out.push('^');
        }
        let mut is_empty = true;
        loop {
            let from = self.position;
            let Some(character) = self.peek() else {
                return Err(Problem::new(self.span(start), "the class is not closed").advice("write ] at its end"));
            };
            self.position += character.len_utf8();
            let low = match character {
                ']' if is_empty => {
                    return Err(Problem::new(self.span(start), "the class is empty")
                        .advice("write \\] for the bracket itself, or leave the class out"));
                }
                ']' => break,
                '\\' => match self.escape(from)? {
                    Escape::Class(class) => {
                        self.out.push_str(class);
                        is_empty = false;
                        continue;
                    }
                    Escape::Character(character) => character,
                },
                character => self.class_character(character, from)?,
            };
            is_empty = false;
            self.literal(low);
            // A hyphen before the closing bracket is one.
            if self.peek() != Some('-') || self.source[self.position + 1..].starts_with(']') {
                continue;
            }
            self.position += 1;
            let to = self.position;
            let Some(character) = self.peek() else { continue };
            self.position += character.len_utf8();
            let high = match character {
                '\\' => match self.escape(to)? {
                    Escape::Character(character) => character,
                    Escape::Class(_) => {
                        return Err(Problem::new(self.span(from), "a range ends in a class")
                            .advice("write the hyphen last: [a\\d-]"));
                    }
                },
                character => self.class_character(character, to)?,
            };
            if high < low {
                return Err(
                    Problem::new(self.span(from), "the range runs backwards").advice(format!("write {high}-{low}"))
                );
            }
            self.out.push('-');
            self.literal(high);
        }
        self.out.push(']');
        Ok(())
    }

    /// A character that stands in a class for itself: operators do too.
    fn class_character(&self, character: char, from: usize) -> Parsed<char> {
        if !OPERATORS.contains(character) {
            self.check(character, from)?;
        }
        Ok(character)
    }

    /// `*`, `+`, `?` or `{m,n}` if one follows, and the `?` that makes it lazy, which changes no match.
    fn repetition(&mut self) -> Parsed<()> {
        let from = self.position;
        match self.peek() {
            Some(operator @ ('*' | '+' | '?')) => {
                self.position += 1;
                self.out.push(operator);
            }
            Some('{') => {
                self.position += 1;
                let counted = self.counts(from)?;
                self.repetitions = self.repetitions.saturating_add(counted);
                if self.repetitions > self.room {
                    return Err(Problem::new(self.span(from), "the repetitions of the pattern are too large together")
                        .advice(format!("the counts in all its regular expressions may come to {MAX_REPETITIONS}"))
                        .aws("Regular expression evaluation time exceeded allowed limit"));
                }
            }
            _ => return Ok(()),
        }
        self.eat('?');
        if let Some('*' | '+' | '?' | '{') = self.peek() {
            self.position += 1;
            return Err(Problem::new(self.span(from), "two repetitions stand in a row").advice("leave one out"));
        }
        Ok(())
    }

    /// `m}`, `m,}`, `,n}` or `m,n}`; answers the larger count.
    fn counts(&mut self, from: usize) -> Parsed<u32> {
        let least = self.count();
        let is_range = self.eat(',');
        let most = if is_range { self.count() } else { least };
        if !self.eat('}') || least.is_none() && most.is_none() {
            return Err(Problem::new(self.span(from), "not a repetition")
                .advice("write {3}, {3,}, {,5} or {3,5}, or \\{ for the brace itself"));
        }
        // Not all engines know a range without a beginning.
        let low = least.unwrap_or(0);
        let _ = match most {
            Some(high) if high < low => {
                return Err(Problem::new(self.span(from), "the repetition runs backwards")
                    .advice(format!("write {{{high},{low}}}")));
            }
            Some(high) => write!(self.out, "{{{low},{high}}}"),
            None => write!(self.out, "{{{low},}}"),
        };
        Ok(most.unwrap_or(low))
    }

    fn count(&mut self) -> Option<u32> {
        let start = self.position;
        while self.peek().is_some_and(|digit| digit.is_ascii_digit()) {
            self.position += 1;
        }
        let digits = &self.source[start..self.position];
        if digits.is_empty() {
            return None;
        }
        // More than fits is more than there is room for.
        Some(digits.parse().unwrap_or(u32::MAX))
    }
}

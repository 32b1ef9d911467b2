//! Where in a pattern the parser stands.

use std::ops::Range;

use crate::error::{Parsed, Problem};
use crate::regex::{MAX_REPETITIONS, Regex};

/// A place in a pattern. Blanks are those of ASCII.
#[derive(Debug, Clone)]
pub(crate) struct Cursor<'p> {
    text: &'p str,
    /// Nothing is read from here on: the end, or the closing bracket of the pattern.
    end: usize,
    position: usize,
    /// What is left of [`MAX_REPETITIONS`].
    room: u32,
}

impl<'p> Cursor<'p> {
    pub(crate) fn new(text: &'p str, range: Range<usize>) -> Self {
        Self { text, end: range.end, position: range.start, room: MAX_REPETITIONS }
    }

    pub(crate) fn position(&self) -> usize {
        self.position
    }

    /// From `start` to here.
    pub(crate) fn span(&self, start: usize) -> Range<usize> {
        start..self.position
    }

    /// The next character, as a place; empty at the end.
    pub(crate) fn here(&self) -> Range<usize> {
        self.position..self.position + self.peek().map_or(0, char::len_utf8)
    }

    /// What is written from `start` to here.
    pub(crate) fn since(&self, start: usize) -> &'p str {
        &self.text[start..self.position]
    }

    pub(crate) fn rest(&self) -> &'p str {
        &self.text[self.position..self.end]
    }

    pub(crate) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(crate) fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.position += next.len_utf8();
        Some(next)
    }

    pub(crate) fn eat(&mut self, token: &str) -> bool {
        let found = self.rest().starts_with(token);
        if found {
            self.position += token.len();
        }
        found
    }

    pub(crate) fn take_while(&mut self, mut is_part: impl FnMut(char) -> bool) -> &'p str {
        let start = self.position;
        while self.peek().is_some_and(&mut is_part) {
            self.next();
        }
        self.since(start)
    }

    pub(crate) fn skip_blanks(&mut self) {
        self.take_while(|character| character.is_ascii_whitespace());
    }

    /// The word that comes next, without stepping over it: letters, digits, `_`, `-`, `.` and `*`.
    pub(crate) fn keyword(&self) -> &'p str {
        self.clone().take_while(|character| character.is_ascii_alphanumeric() || "_-.*".contains(character))
    }

    /// A string in double quotes, the first of which comes next.
    pub(crate) fn quoted(&mut self) -> Parsed<String> {
        let start = self.position;
        self.next();
        let mut text = String::new();
        loop {
            let at = self.position;
            match self.next() {
                Some('"') => return Ok(text),
                Some('\\') => match self.next() {
                    Some(escaped @ ('"' | '\\')) => text.push(escaped),
                    _ => {
                        return Err(Problem::new(self.span(at), "a backslash stands before \" or \\ only")
                            .advice("write \\\\ for a backslash"));
                    }
                },
                Some(character) => text.push(character),
                None => {
                    return Err(Problem::new(start..self.end, "the quotation is not closed")
                        .advice("write \" at its end, and \\\" for a quotation mark inside it"));
                }
            }
        }
    }

    /// A regular expression, the first `%` of which comes next.
    pub(crate) fn regex(&mut self) -> Parsed<Regex> {
        let percent = self.position;
        self.next();
        let start = self.position;
        let source = self.take_while(|character| character != '%');
        if !self.eat("%") {
            return Err(Problem::new(percent..self.end, "the regular expression is not closed")
                .advice("write % at its end, and \\x25 for a percent sign inside it"));
        }
        let regex = Regex::new(source, start, self.room)?;
        self.room -= regex.repetitions();
        Ok(regex)
    }
}

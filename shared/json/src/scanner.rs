//! The cursor: a value that nobody asks for is checked and stepped over. Nesting is kept in a bit a level, so hostile
//! depth costs no stack.

mod strings;
#[cfg(test)]
mod tests;

use crate::block::eight_digits;
use crate::text::Text;

/// Deepest nesting that is read unless [`Scanner::any_depth`] lifts the bound.
pub const MAX_DEPTH: usize = 128;

/// Levels of nesting that a word holds.
const LEVELS: usize = u128::BITS as usize;

/// Where a text stops being JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{reason} at byte {offset}")]
pub struct JsonError {
    /// Offset in the text.
    pub offset: usize,
    /// What is wrong there.
    pub reason: &'static str,
}

/// The kinds of a JSON value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are JSON's own")]
pub enum Kind {
    Null,
    Bool,
    Number,
    String,
    Array,
    Object,
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Null => "null",
            Self::Bool => "boolean",
            Self::Number => "number",
            Self::String => "string",
            Self::Array => "array",
            Self::Object => "object",
        })
    }
}

/// A cursor over JSON text.
#[derive(Debug, Clone)]
pub struct Scanner<'a> {
    text: &'a str,
    position: usize,
    max_depth: usize,
    /// Lone surrogates seen in strings so far.
    pub lone_surrogates: usize,
}

impl<'a> Scanner<'a> {
    /// Stands before the first value of `text`.
    #[inline]
    pub fn new(text: &'a str) -> Self {
        Self { text, position: 0, max_depth: MAX_DEPTH, lone_surrogates: 0 }
    }

    /// Reads nesting of any depth; each 128 levels cost 16 bytes while they are stepped over.
    #[must_use]
    pub fn any_depth(self) -> Self {
        Self { max_depth: usize::MAX, ..self }
    }

    /// Reads nesting up to this deep, counted from where a value is stepped over.
    #[must_use]
    pub fn max_depth(self, max_depth: usize) -> Self {
        Self { max_depth, ..self }
    }

    /// Offset of the next byte to read.
    #[inline]
    pub fn position(&self) -> usize {
        self.position
    }

    /// Goes on reading at an offset that [`Scanner::position`] gave.
    #[inline]
    pub fn go_to(&mut self, position: usize) {
        self.position = position;
    }

    /// How many bytes are not read yet.
    #[inline]
    pub fn rest_len(&self) -> usize {
        self.text.len() - self.position
    }

    fn bytes(&self) -> &'a [u8] {
        self.text.as_bytes()
    }

    fn error<T>(&self, reason: &'static str) -> Result<T, JsonError> {
        Err(JsonError { offset: self.position, reason })
    }

    /// The next byte that is not white space, without stepping over it.
    #[inline]
    pub fn peek(&mut self) -> Option<u8> {
        let bytes = self.bytes();
        loop {
            match bytes.get(self.position) {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.position += 1,
                other => return other.copied(),
            }
        }
    }

    /// The kind of the value that comes next.
    #[inline]
    pub fn kind(&mut self) -> Result<Kind, JsonError> {
        match self.peek() {
            Some(b'"') => Ok(Kind::String),
            Some(b'{') => Ok(Kind::Object),
            Some(b'[') => Ok(Kind::Array),
            Some(b'-' | b'0'..=b'9') => Ok(Kind::Number),
            Some(b't' | b'f') => Ok(Kind::Bool),
            Some(b'n') => Ok(Kind::Null),
            Some(_) => self.error("a value was expected"),
            None => self.error("the text ends where a value was expected"),
        }
    }

    #[inline]
    fn expect(&mut self, byte: u8, reason: &'static str) -> Result<(), JsonError> {
        if self.peek() == Some(byte) {
            self.position += 1;
            return Ok(());
        }
        self.error(reason)
    }

    /// Steps into an object or array; `next` then leads from member to member.
    #[inline]
    pub fn open(&mut self, bracket: u8) -> Result<(), JsonError> {
        self.expect(bracket, "an object or array was expected")
    }

    /// Whether another member follows; steps over the comma before it, or over the closing bracket.
    #[inline]
    pub fn next(&mut self, first: bool, closing: u8) -> Result<bool, JsonError> {
        match self.peek() {
            Some(byte) if byte == closing => {
                self.position += 1;
                Ok(false)
            }
            Some(b',') if !first => {
                self.position += 1;
                if self.peek() == Some(closing) {
                    return self.error("a comma stands before a closing bracket");
                }
                Ok(true)
            }
            Some(_) if first => Ok(true),
            Some(_) => self.error("a comma or a closing bracket was expected"),
            None => self.error("the text ends inside an object or array"),
        }
    }

    /// A key and the colon behind it.
    #[inline]
    pub fn key(&mut self) -> Result<Text<'a>, JsonError> {
        if self.peek() != Some(b'"') {
            return self.error("a key was expected");
        }
        let key = self.string()?;
        self.expect(b':', "a colon was expected")?;
        Ok(key)
    }

    /// Steps over `literal` if the text goes on with exactly that.
    #[inline]
    pub fn skip_literal(&mut self, literal: &[u8]) -> Option<()> {
        let is_next = self.bytes()[self.position..].starts_with(literal);
        is_next.then(|| self.position += literal.len())
    }

    /// Thirteen digits and no more, which is how a time in milliseconds is written from 2001 to 2286.
    #[inline]
    pub fn thirteen_digits(&mut self) -> Option<i64> {
        let (digits, rest) = self.bytes()[self.position..].split_first_chunk::<13>()?;
        if rest.first().is_none_or(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E')) || digits[0] == b'0' {
            return None;
        }
        let number = eight_digits(*digits.first_chunk()?)? * 100_000 + eight_digits(*digits.last_chunk()?)? % 100_000;
        self.position += digits.len();
        Some(number)
    }

    /// A number, as it is written.
    pub fn number(&mut self) -> Result<&'a str, JsonError> {
        self.peek();
        let start = self.position;
        let bytes = self.bytes();
        let digits =
            |from: usize| bytes[from.min(bytes.len())..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let mut end = start + usize::from(bytes.get(start) == Some(&b'-'));
        let integer = digits(end);
        if integer == 0 || integer > 1 && bytes[end] == b'0' {
            return self.error("not a number");
        }
        end += integer;
        if bytes.get(end) == Some(&b'.') {
            let fraction = digits(end + 1);
            if fraction == 0 {
                return self.error("a number ends in its decimal point");
            }
            end += 1 + fraction;
        }
        if let Some(b'e' | b'E') = bytes.get(end) {
            end += 1 + usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
            let exponent = digits(end);
            if exponent == 0 {
                return self.error("a number has an empty exponent");
            }
            end += exponent;
        }
        self.position = end;
        Ok(&self.text[start..end])
    }

    /// Checks and steps over any value, and returns it as it is written.
    pub fn value(&mut self) -> Result<&'a str, JsonError> {
        self.peek();
        let start = self.position;
        // One bit a level, the innermost lowest: 1 is an object, 0 an array.
        let mut levels: u128 = 0;
        let mut depth = 0;
        // The levels that fell out of the word, 128 at a time.
        let mut outer: Vec<u128> = Vec::new();
        loop {
            let opened = match self.kind()? {
                Kind::String => self.string().map(|_| false)?,
                Kind::Number => self.number().map(|_| false)?,
                Kind::Null => self.word("null")?,
                Kind::Bool if self.peek() == Some(b't') => self.word("true")?,
                Kind::Bool => self.word("false")?,
                kind => {
                    if depth == self.max_depth {
                        return self.error("nested more than 128 levels deep");
                    }
                    if depth > 0 && depth % LEVELS == 0 {
                        outer.push(levels);
                    }
                    self.position += 1;
                    depth += 1;
                    levels = levels << 1 | u128::from(kind == Kind::Object);
                    true
                }
            };
            // To the next value: over commas, closing brackets and a key.
            let mut first = opened;
            loop {
                if depth == 0 {
                    return Ok(&self.text[start..self.position]);
                }
                let in_object = levels & 1 == 1;
                if self.next(first, if in_object { b'}' } else { b']' })? {
                    if in_object {
                        self.key()?;
                    }
                    break;
                }
                depth -= 1;
                levels = if depth > 0 && depth % LEVELS == 0 { outer.pop().unwrap_or(0) } else { levels >> 1 };
                first = false;
            }
        }
    }

    fn word(&mut self, word: &'static str) -> Result<bool, JsonError> {
        if self.bytes()[self.position..].starts_with(word.as_bytes()) {
            self.position += word.len();
            return Ok(false);
        }
        self.error("a value was expected")
    }
}

//! A strict JSON scanner (RFC 8259) that finds values without building them.
//!
//! A string stays the literal it was ([`Text`]); a value that nobody asks for is checked and stepped over. Nesting is
//! counted in one word, so hostile depth costs neither stack nor heap.

use crate::text::{Form, Text};

/// Deepest nesting that is read.
pub const MAX_DEPTH: u32 = 128;

/// Where a text stops being JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{reason} at byte {offset}")]
pub struct JsonError {
    /// Offset in the decompressed payload.
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
pub(crate) struct Scanner<'a> {
    text: &'a str,
    position: usize,
    /// Lone surrogates seen in strings so far.
    pub(crate) lone_surrogates: usize,
}

impl<'a> Scanner<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, position: 0, lone_surrogates: 0 }
    }

    pub(crate) fn position(&self) -> usize {
        self.position
    }

    pub(crate) fn go_to(&mut self, position: usize) {
        self.position = position;
    }

    /// How many bytes are not read yet.
    pub(crate) fn rest_len(&self) -> usize {
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
    pub(crate) fn peek(&mut self) -> Option<u8> {
        let bytes = self.bytes();
        loop {
            match bytes.get(self.position) {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.position += 1,
                other => return other.copied(),
            }
        }
    }

    /// The kind of the value that comes next.
    pub(crate) fn kind(&mut self) -> Result<Kind, JsonError> {
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
    pub(crate) fn open(&mut self, bracket: u8) -> Result<(), JsonError> {
        self.expect(bracket, "an object or array was expected")
    }

    /// Whether another member follows; steps over the comma before it, or over the closing bracket.
    #[inline]
    pub(crate) fn next(&mut self, first: bool, closing: u8) -> Result<bool, JsonError> {
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
    pub(crate) fn key(&mut self) -> Result<Text<'a>, JsonError> {
        if self.peek() != Some(b'"') {
            return self.error("a key was expected");
        }
        let key = self.string()?;
        self.expect(b':', "a colon was expected")?;
        Ok(key)
    }

    /// Steps over `literal` if the text goes on with exactly that.
    #[inline]
    pub(crate) fn skip_literal(&mut self, literal: &[u8]) -> bool {
        let is_next = self.bytes()[self.position..].starts_with(literal);
        if is_next {
            self.position += literal.len();
        }
        is_next
    }

    /// Thirteen digits and no more, which is how a time in milliseconds is written from 2001 to 2286.
    #[inline]
    pub(crate) fn thirteen_digits(&mut self) -> Option<i64> {
        let (digits, rest) = self.bytes()[self.position..].split_first_chunk::<13>()?;
        if rest.first().is_none_or(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E')) || digits[0] == b'0' {
            return None;
        }
        let mut number = 0;
        for digit in digits {
            if !digit.is_ascii_digit() {
                return None;
            }
            number = number * 10 + i64::from(digit - b'0');
        }
        self.position += digits.len();
        Some(number)
    }

    /// A string, kept as the literal it is.
    #[inline]
    pub(crate) fn string(&mut self) -> Result<Text<'a>, JsonError> {
        self.expect(b'"', "a string was expected")?;
        self.string_body()
    }

    /// The rest of a string whose opening quote is already stepped over.
    #[inline]
    pub(crate) fn string_body(&mut self) -> Result<Text<'a>, JsonError> {
        let bytes = self.bytes();
        let start = self.position;
        let (mut form, mut excess) = (Form::Plain, 0);
        let mut block = start;
        loop {
            let mut hits = match bytes[block..].first_chunk() {
                Some(block) => ends_in(block),
                None => ends_in(&padded(&bytes[block..])),
            };
            let mut next = block + BLOCK;
            while hits != 0 {
                let at = block + hits.trailing_zeros() as usize;
                let end = match bytes.get(at..) {
                    Some([b'"', ..]) => {
                        self.position = at + 1;
                        return Ok(Text::from_literal(&self.text[start..at], form, excess));
                    }
                    // JSON in a message is full of these.
                    Some([b'\\', b'"' | b'\\' | b'n' | b't', ..]) => {
                        form = form.max(Form::Canonical);
                        excess += 1;
                        at + 2
                    }
                    Some([b'\\', ..]) => {
                        self.position = at;
                        let (escape, saved) = self.escape()?;
                        form = form.max(escape);
                        excess += saved;
                        self.position
                    }
                    Some([_, ..]) => {
                        self.position = at;
                        return self.error("a control character stands unescaped in a string");
                    }
                    _ => {
                        self.position = bytes.len();
                        return self.error("the text ends inside a string");
                    }
                };
                next = next.max(end);
                hits &= u64::MAX.checked_shl((end - block) as u32).unwrap_or(0);
            }
            block = next;
        }
    }

    /// Steps over one escape, or over the two of a surrogate pair; says by how many bytes it is longer than its character.
    fn escape(&mut self) -> Result<(Form, u32), JsonError> {
        match self.bytes().get(self.position + 1) {
            Some(b'"' | b'\\' | b'b' | b'f' | b'n' | b'r' | b't') => {
                self.position += 2;
                Ok((Form::Canonical, 1))
            }
            Some(b'/') => {
                self.position += 2;
                Ok((Form::Other, 1))
            }
            Some(b'u') => {
                let digits = self.bytes().get(self.position + 2..self.position + 6);
                let Some(unit) = digits.and_then(hex) else {
                    return self.error("a \\u escape needs four hexadecimal digits");
                };
                let canonical = unit < 0x20
                    && !matches!(unit, 8 | 9 | 10 | 12 | 13)
                    && digits.is_some_and(|digits| !digits.iter().any(u8::is_ascii_uppercase));
                self.position += 6;
                let excess = match unit {
                    0xd800..=0xdbff if self.low_surrogate_follows() => {
                        self.position += 6;
                        12 - 4
                    }
                    0xd800..=0xdfff => {
                        self.lone_surrogates += 1;
                        6 - 3
                    }
                    0..0x80 => 6 - 1,
                    0x80..0x800 => 6 - 2,
                    _ => 6 - 3,
                };
                let form = if canonical { Form::Canonical } else { Form::Other };
                Ok((form, excess))
            }
            Some(_) => self.error("an unknown escape"),
            None => self.error("the text ends inside a string"),
        }
    }

    fn low_surrogate_follows(&self) -> bool {
        matches!(self.bytes().get(self.position..self.position + 6),
            Some([b'\\', b'u', digits @ ..]) if hex(digits).is_some_and(|unit| (0xdc00..=0xdfff).contains(&unit)))
    }

    /// A number, as it is written.
    pub(crate) fn number(&mut self) -> Result<&'a str, JsonError> {
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
    pub(crate) fn value(&mut self) -> Result<&'a str, JsonError> {
        self.peek();
        let start = self.position;
        // One bit a level, the innermost lowest: 1 is an object, 0 an array.
        let mut levels: u128 = 0;
        let mut depth = 0;
        loop {
            let opened = match self.kind()? {
                Kind::String => self.string().map(|_| false)?,
                Kind::Number => self.number().map(|_| false)?,
                Kind::Null => self.word("null")?,
                Kind::Bool if self.peek() == Some(b't') => self.word("true")?,
                Kind::Bool => self.word("false")?,
                kind => {
                    if depth == MAX_DEPTH {
                        return self.error("nested more than 128 levels deep");
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
                levels >>= 1;
                depth -= 1;
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

fn hex(digits: &[u8]) -> Option<u16> {
    let mut unit = 0;
    for digit in digits {
        unit = unit << 4 | char::from(*digit).to_digit(16)?;
    }
    u16::try_from(unit).ok()
}

const BLOCK: usize = 64;

#[inline]
fn ends_in(block: &[u8; BLOCK]) -> u64 {
    let hits = block.map(|byte| u8::from((byte == b'"') | (byte == b'\\') | (byte < 0x20)));
    let (words, _) = hits.as_chunks::<8>();
    words
        .iter()
        .rev()
        .fold(0, |mask, word| mask << 8 | u64::from_le_bytes(*word).wrapping_mul(0x0102_0408_1020_4080) >> 56)
}

#[cold]
fn padded(rest: &[u8]) -> [u8; BLOCK] {
    let mut block = [0; BLOCK];
    block[..rest.len()].copy_from_slice(rest);
    block
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn whole(text: &str) -> Result<&str, JsonError> {
        let mut scanner = Scanner::new(text);
        let value = scanner.value()?;
        match scanner.peek() {
            None => Ok(value),
            Some(_) => scanner.error("trailing"),
        }
    }

    #[test]
    fn depth_is_bounded_without_recursion() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(whole(&nested(128)).is_ok());
        assert!(whole(&nested(129)).is_err());
        assert!(whole(&"[".repeat(10_000_000)).is_err());
    }

    #[test]
    fn lone_surrogates_are_counted_and_pairs_are_not() {
        let count = |text| {
            let mut scanner = Scanner::new(text);
            scanner.value().expect("valid");
            scanner.lone_surrogates
        };
        assert_eq!(count(r#""\ud83d\ude00""#), 0);
        assert_eq!(count(r#""\ud83d""#), 1);
        assert_eq!(count(r#""\ude00\ud83d\ud83d\ude00""#), 2);
    }

    proptest! {
        /// The scanner accepts what `serde_json` accepts, and refuses what it refuses.
        #[test]
        fn agrees_with_serde_json(text in r#"[\[\]{},:"\\ \n\x00-\x7f0-9eE+.\-a-zu/]{0,24}"#) {
            prop_assert_eq!(whole(&text).is_ok(), serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok(), "{}", text);
        }

        #[test]
        fn agrees_on_what_is_nearly_json(
            text in prop_oneof![
                Just(r#"{"a":[1,-2.5e+3,true,false,null,{"b":"\u00e9\ud83d\ude00\n"}]}"#.to_owned()),
            ],
            at in 0_usize..64, byte in any::<u8>(),
        ) {
            let mut bytes = text.into_bytes();
            let at = at % bytes.len();
            bytes[at] = byte & 0x7f;
            let text = String::from_utf8(bytes).expect("ascii");
            let ours = whole(&text).is_ok();
            let theirs = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
            prop_assert_eq!(ours, theirs, "{}", text);
        }

        #[test]
        fn the_plain_prefix_is_that_of_a_byte_by_byte_search(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let slow = bytes.iter().position(|b| matches!(b, b'"' | b'\\' | 0..0x20)).unwrap_or(bytes.len());
            prop_assert_eq!(plain_prefix(&bytes), slow);
        }
    }
}

//! A string that is still the JSON literal it came in.

mod unescape;

use std::borrow::Cow;

use crate::block::first_escape;
use unescape::{ROOM, write_unescaped};

/// What the escapes of a literal come to.
///
/// One word, so that a string goes through registers: twice the number of bytes that the literal is longer than the text,
/// and one more if an escape has not the one form that [`Text::write_literal`] writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Escapes(usize);

impl Escapes {
    pub(crate) const NONE: Self = Self(0);

    /// Adds an escape in the form that [`Text::write_literal`] writes, `excess` bytes longer than its character.
    #[inline]
    pub(crate) fn add_canonical(&mut self, excess: usize) {
        self.0 += 2 * excess;
    }

    /// Adds an escape of another form (`\/`, `\u0041`, upper-case digits) or a lone surrogate.
    #[inline]
    pub(crate) fn add_other(&mut self, excess: usize) {
        self.add_canonical(excess);
        self.0 |= 1;
    }

    /// No escape: the literal is the text.
    #[inline]
    fn is_none(self) -> bool {
        self == Self::NONE
    }

    /// Each escape is the one that [`Text::write_literal`] would write.
    #[inline]
    fn is_canonical(self) -> bool {
        self.0 & 1 == 0
    }

    fn excess(self) -> usize {
        self.0 / 2
    }
}

/// A string, borrowed from the text it stands in and not unescaped until somebody asks.
#[derive(Debug, Clone, Copy)]
pub struct Text<'a> {
    raw: &'a str,
    escapes: Escapes,
}

impl<'a> Text<'a> {
    /// The text without a character.
    pub const EMPTY: Self = Self { raw: "", escapes: Escapes::NONE };

    #[inline]
    pub(crate) fn from_literal(raw: &'a str, escapes: Escapes) -> Self {
        Self { raw, escapes }
    }

    /// The text itself. A lone surrogate is U+FFFD.
    pub fn decode(&self) -> Cow<'a, str> {
        if self.escapes.is_none() {
            return Cow::Borrowed(self.raw);
        }
        let mut out = Vec::with_capacity(self.raw.len() + ROOM);
        self.write_text(&mut out);
        Cow::Owned(text_of(out))
    }

    /// The text itself, in a buffer that is used again and again if there is anything to unescape. A lone surrogate is
    /// U+FFFD.
    pub fn decode_in<'b>(&self, buffer: &'b mut String) -> &'b str
    where
        'a: 'b,
    {
        if self.escapes.is_none() {
            return self.raw;
        }
        let mut out = std::mem::take(buffer).into_bytes();
        out.clear();
        self.write_text(&mut out);
        *buffer = text_of(out);
        buffer
    }

    /// Whether the text is `other`.
    #[inline]
    pub fn is(&self, other: &str) -> bool {
        if self.escapes.is_none() { self.raw == other } else { self.decode() == other }
    }

    /// Appends the text itself.
    pub fn write_text(&self, out: &mut Vec<u8>) {
        if self.escapes.is_none() {
            return out.extend_from_slice(self.raw.as_bytes());
        }
        write_unescaped(self.raw, out);
    }

    /// Appends the inside of a JSON string literal (no quotes) in the one form that a text has here: what need not be
    /// escaped is not, and control characters take the short escape or `\u00xx`. So equal texts give equal bytes,
    /// however they were escaped on their way.
    #[inline]
    pub fn write_literal(&self, out: &mut Vec<u8>) {
        if !self.escapes.is_canonical() {
            return self.write_canonical(out);
        }
        out.extend_from_slice(self.raw.as_bytes());
    }

    #[cold]
    fn write_canonical(&self, out: &mut Vec<u8>) {
        for_each_part(self.raw, |part| match part {
            Part::Run(run) => out.extend_from_slice(run.as_bytes()),
            Part::Escaped(character) => write_escaped(character, out),
        });
    }

    /// The inside of the literal as it came, if that is what [`Text::write_literal`] writes.
    #[inline]
    pub fn canonical_literal(&self) -> Option<&'a str> {
        self.escapes.is_canonical().then_some(self.raw)
    }

    /// The text of this one's literal after changes: parts in which nothing is escaped stand for such parts. That need not be read
    /// again to know what is escaped in it.
    ///
    /// ```
    /// let text = logweir_json::Scanner::new(r#""mail \"anna@example.org\"""#).string()?;
    /// assert_eq!(text.in_literal(r#"mail \"[email]\""#).decode(), r#"mail "[email]""#);
    /// # Ok::<(), logweir_json::JsonError>(())
    /// ```
    #[must_use]
    pub fn in_literal<'b>(&self, changed: &'b str) -> Text<'b> {
        Text { raw: changed, escapes: self.escapes }
    }

    /// Length in bytes of the literal as it came.
    #[inline]
    pub fn literal_len(&self) -> usize {
        self.raw.len()
    }

    /// Length in bytes of the text itself.
    #[inline]
    pub fn text_len(&self) -> usize {
        self.raw.len() - self.escapes.excess()
    }
}

impl PartialEq for Text<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.decode() == other.decode()
    }
}

impl std::fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.decode())
    }
}

/// Appends a text as a JSON string with its quotes, in the form of [`Text::write_literal`].
///
/// ```
/// let mut out = Vec::new();
/// logweir_json::write_string("a \"b\"\n", &mut out);
/// assert_eq!(out, br#""a \"b\"\n""#);
/// ```
pub fn write_string(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    let mut rest = text;
    while let Some(at) = first_escape(rest.as_bytes()) {
        out.extend_from_slice(&rest.as_bytes()[..at]);
        write_escaped(char::from(rest.as_bytes()[at]), out);
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest.as_bytes());
    out.push(b'"');
}

/// Appends `character` as it stands in a JSON string literal.
pub(crate) fn write_escaped(character: char, out: &mut Vec<u8>) {
    let short = match character {
        '"' => b'"',
        '\\' => b'\\',
        '\u{8}' => b'b',
        '\t' => b't',
        '\n' => b'n',
        '\u{c}' => b'f',
        '\r' => b'r',
        '\0'..='\u{1f}' => {
            let code = character as u8;
            let digit = |value: u8| {
                if value < 10 { b'0' + value } else { b'a' + value - 10 }
            };
            return out.extend_from_slice(&[b'\\', b'u', b'0', b'0', digit(code >> 4), digit(code & 15)]);
        }
        _ => return out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
    };
    out.extend_from_slice(&[b'\\', short]);
}

/// What was unescaped, as text: runs of a `str` and encoded `char`s are UTF-8; the lossy form only spares a panic path.
fn text_of(unescaped: Vec<u8>) -> String {
    String::from_utf8(unescaped).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

enum Part<'a> {
    Run(&'a str),
    Escaped(char),
}

/// Takes a checked literal apart into runs that need no unescaping and the characters of its escapes.
fn for_each_part<'a>(raw: &'a str, mut each: impl FnMut(Part<'a>)) {
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        if at > 0 {
            each(Part::Run(&rest[..at]));
        }
        let (character, length) = unescape(&rest[at..]);
        each(Part::Escaped(character));
        rest = &rest[at + length..];
    }
    if !rest.is_empty() {
        each(Part::Run(rest));
    }
}

/// The character of the escape at the front, and the escape's length in bytes.
fn unescape(escape: &str) -> (char, usize) {
    let short = match escape.as_bytes().get(1) {
        Some(b'u') => return unescape_unicode(escape),
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(other) => char::from(*other),
        None => char::REPLACEMENT_CHARACTER,
    };
    (short, 2.min(escape.len()))
}

fn unescape_unicode(escape: &str) -> (char, usize) {
    let unit = |at: usize| {
        let escape = escape.get(at..at + 6)?;
        u32::from_str_radix(escape.strip_prefix("\\u")?, 16).ok()
    };
    match (unit(0), unit(6)) {
        (Some(high @ 0xd800..=0xdbff), Some(low @ 0xdc00..=0xdfff)) => {
            let code = 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00);
            (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 12)
        }
        (Some(code), _) => (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 6),
        (None, _) => (char::REPLACEMENT_CHARACTER, 6.min(escape.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::write_string;
    use crate::Scanner;
    use proptest::prelude::*;

    fn check(literal: &str) {
        let expected: Result<String, _> = serde_json::from_str(literal);
        let text = Scanner::new(literal).string().expect("valid");
        let mut canonical = b"\"".to_vec();
        text.write_literal(&mut canonical);
        canonical.push(b'"');
        let decoded = text.decode().into_owned();
        if let Ok(expected) = expected {
            assert_eq!(decoded, expected, "{literal}");
        }
        let again = serde_json::to_string(&decoded).expect("serializes");
        assert_eq!(String::from_utf8(canonical).expect("UTF-8"), again, "{literal}");
        assert_eq!(text.text_len(), decoded.len());
        let is_canonical = again == literal;
        assert!(!is_canonical || text.canonical_literal().is_some(), "{literal}");
        assert!(text.canonical_literal().is_none_or(|inside| again == format!("\"{inside}\"")), "{literal}");
        let mut buffer = "what was there before".to_owned();
        assert_eq!(text.decode_in(&mut buffer), decoded, "{literal}");
    }

    #[test]
    fn every_escape_has_one_canonical_form() {
        for literal in [
            r#""plain""#,
            r#""\/""#,
            r#""\u0041\u00e9\u20ac""#,
            r#""\u001B[32m""#,
            r#""\u001b""#,
            r#""\u000a\n\b\f\r\t\"\\""#,
            r#""\ud83d\ude00""#,
            r#""\ud83d""#,
            r#""a\ude00b""#,
            r#""\u0000""#,
            r#""\ud83d\ud83d\ude00""#,
            "\"\u{7f}\u{2028}é\"",
        ] {
            check(literal);
        }
    }

    #[test]
    fn escapes_are_undone_wherever_they_stand() {
        for before in 0..140 {
            for escape in [r"\\", r#"\\\""#, r"\n\\", r"\u00e9x\\", r"\ud83d\ude00\u0041", r"\/"] {
                for after in [0, 1, 15, 16, 17, 64] {
                    check(&format!(
                        "\"{}{escape}{}\"",
                        "é".repeat(before / 2) + &"x".repeat(before % 2),
                        "y".repeat(after)
                    ));
                }
            }
        }
    }

    proptest! {
        #[test]
        fn any_string_survives(text: String) {
            let literal = serde_json::to_string(&text).expect("serializes");
            let mut written = Vec::new();
            write_string(&text, &mut written);
            assert_eq!(String::from_utf8(written).expect("UTF-8"), literal);
            check(&literal);
        }

        #[test]
        fn any_string_escaped_to_the_last_unit_survives(text: String) {
            let units: String = text.encode_utf16().flat_map(|unit| format!("\\u{unit:04X}").into_bytes()).map(char::from).collect();
            check(&format!("\"{units}\""));
        }
    }
}

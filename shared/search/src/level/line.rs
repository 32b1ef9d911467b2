//! The level of a line of text: in what loggers write before the message, and nowhere else.
//!
//! Times, names in brackets, numbers and one word may stand before it. A second word begins the message, and words of messages
//! are no levels: `user pressed DEBUG button`, `GET /api/ERROR HTTP/1.1`, `SELECT 'FATAL'`.

use super::key::is_level;
use super::line_start::{self, Told};
use super::name::{of_logger, of_name};
use super::{Level, colour, word};

/// How many bytes of a line are looked at before its colours are left out, and how many after.
const WITH_COLOURS: usize = 1024;
const SEARCHED: usize = 256;
/// Longest text in brackets that is stepped over, in bytes.
const MAX_GROUP: usize = 160;
/// Longest text in braces that is stepped over: the place in the source, as Airflow writes it.
const MAX_BRACES: usize = 64;

/// The level that a text begins with.
pub(crate) fn of_text(text: &str) -> Option<Level> {
    let text = text.trim_start_matches(|character: char| character.is_ascii_whitespace() || character == '\u{feff}');
    let clean = colour::strip(head(text, WITH_COLOURS));
    let clean = head(clean.trim_ascii_start(), SEARCHED);
    let (first, rest) = clean.split_once(['\n', '\r']).unwrap_or((clean, ""));
    // java.util.logging writes the level at the beginning of a second line.
    of_line(first).or_else(|| word::of_heading(rest.trim_ascii_start()))
}

fn head(text: &str, most: usize) -> &str {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

fn of_line(line: &str) -> Option<Level> {
    if line.starts_with('{') {
        return of_broken_json(line);
    }
    if let Some(level) = line_start::of(line) {
        return Some(level);
    }
    match line_start::of_postgresql(line) {
        Told::Level(level) => Some(level),
        Told::None => None,
        Told::Nothing => Walk { line, at: 0, words: 0, is_behind_time: false }.level(),
    }
}

/// A way from piece to piece of what stands before the message.
struct Walk<'m> {
    line: &'m str,
    at: usize,
    /// Words so far that are neither of a time nor a name with a sign in it.
    words: usize,
    /// A time was the last that was met.
    is_behind_time: bool,
}

impl Walk<'_> {
    fn level(mut self) -> Option<Level> {
        let bytes = self.line.as_bytes();
        while self.words < 2 {
            let start = self.at;
            while bytes.get(self.at).is_some_and(|byte| byte.is_ascii_whitespace() || *byte == b'|') {
                self.at += 1;
            }
            let is_column = self.at == 0 || bytes[start..self.at].iter().any(|byte| matches!(byte, b'\t' | b'|'));
            match *bytes.get(self.at)? {
                quote @ (b'"' | b'\'') => self.at = self.behind(quote, self.line.len())?,
                open @ (b'[' | b'(' | b'<') => {
                    let close = match open {
                        b'[' => b']',
                        b'(' => b')',
                        _ => b'>',
                    };
                    let end = self.behind(close, MAX_GROUP)?;
                    let group = &self.line[self.at + 1..end - 1];
                    if let Some(level) = word::of_group(group, open == b'[', self.words == 0) {
                        return Some(level);
                    }
                    self.is_behind_time |= word::is_time(group);
                    self.at = end;
                }
                b'{' => {
                    let end = self.behind(b'}', MAX_BRACES)?;
                    if self.line[self.at..end].contains(['"', '\'']) {
                        return None;
                    }
                    self.at = end;
                }
                _ => {
                    if let Some(level) = self.token(is_column) {
                        return Some(level);
                    }
                }
            }
        }
        None
    }

    /// The place behind the next byte of a kind.
    fn behind(&self, byte: u8, most: usize) -> Option<usize> {
        let rest = &self.line.as_bytes()[self.at + 1..];
        let at = memchr::memchr(byte, &rest[..rest.len().min(most)])?;
        Some(self.at + 1 + at + 1)
    }

    /// Looks at the text up to white space, with what is in quotes in it.
    fn token(&mut self, is_column: bool) -> Option<Level> {
        let bytes = self.line.as_bytes();
        let mut end = self.at + 1;
        while let Some(byte) = bytes.get(end) {
            match byte {
                b'"' if bytes[end - 1] == b'=' => {
                    let closing = memchr::memchr(b'"', &bytes[end + 1..]).map_or(bytes.len(), |at| end + 1 + at);
                    end = bytes.len().min(closing + 1);
                }
                byte if byte.is_ascii_whitespace() || matches!(byte, b'|' | b'<') => break,
                _ => end += 1,
            }
        }
        let token = self.line.get(self.at..end)?;
        let rest = &self.line[end..];
        let is_alone = is_column && rest.bytes().next().is_none_or(|byte| matches!(byte, b'\t' | b'|'));
        self.at = end;
        if let Some((key, value)) = token.split_once('=') {
            self.is_behind_time = word::is_time(value);
            return if is_level(key) { of_value(value) } else { None };
        }
        let place = word::Place { is_behind_time: self.is_behind_time, is_alone, rest };
        if let Some(level) = word::of_token(token, &place) {
            return Some(level);
        }
        if let Some((key, value)) = token.split_once(':')
            && is_level(key)
        {
            let next = rest.split_ascii_whitespace().next().unwrap_or_default();
            return of_value(if value.is_empty() { next } else { value });
        }
        self.words += word::weight(token);
        if !word::is_part_of_time(token) {
            self.is_behind_time = word::is_time(token);
        }
        None
    }
}

/// A value that the line itself calls the level: a name, or a number of a logger's.
fn of_value(value: &str) -> Option<Level> {
    let value = value.trim_matches(['"', '\'', ',', ';']);
    of_name(value).or_else(|| value.parse().ok().and_then(of_logger))
}

/// What begins like an object and is none: the level among its own members, not among those of objects within it.
fn of_broken_json(line: &str) -> Option<Level> {
    let bytes = line.as_bytes();
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.checked_sub(1)?,
            b'"' | b'\'' | b'a'..=b'z' | b'A'..=b'Z' => {
                let (text, end) = piece(line, at - 1)?;
                at = end;
                let value = line[end..].trim_ascii_start().strip_prefix(':').map(str::trim_ascii_start);
                if let Some(value) = value.filter(|_| depth == 1 && is_level(text)) {
                    let (value, _) = piece(value, 0)?;
                    return of_value(value);
                }
            }
            _ => {}
        }
    }
    None
}

/// A string in quotes of either kind, or the text up to a sign; and where it ends.
fn piece(text: &str, start: usize) -> Option<(&str, usize)> {
    let bytes = text.as_bytes();
    let quote = *bytes.get(start)?;
    if !matches!(quote, b'"' | b'\'') {
        let length = bytes[start..].iter().position(|byte| matches!(byte, b' ' | b':' | b',' | b'}' | b']'));
        let end = length.map_or(text.len(), |length| start + length);
        return Some((text.get(start..end)?, end));
    }
    let mut end = start + 1;
    while *bytes.get(end)? != quote {
        end += if bytes[end] == b'\\' { 2 } else { 1 };
    }
    Some((text.get(start + 1..end)?, end + 1))
}

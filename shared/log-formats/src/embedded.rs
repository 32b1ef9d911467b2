//! JSON in a message: all of it, or a part between other text.

use logweir_json::{Kind, Scanner};
use memchr::memchr_iter;

/// How many braces of a message are tried for the beginning of an object. It bounds the time that a message of nothing but
/// braces costs.
pub const MAX_BEGINNINGS: usize = 16;

/// A JSON object or array, and what stands before and behind it: the three together are the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Embedded<'m> {
    /// What stands before the value, such as a level and a timestamp.
    pub prefix: &'m str,
    /// The value as it is written: valid JSON, nested at most [`logweir_json::MAX_DEPTH`] levels deep.
    pub json: &'m str,
    /// What stands behind the value.
    pub suffix: &'m str,
    /// Whether the value is an object or an array.
    pub kind: Kind,
}

impl<'m> Embedded<'m> {
    /// The first JSON value of a message. If it is not all of it but for white space, it must be an object with a member or
    /// an array that begins with an object: `worker [3] began {}` holds no JSON that somebody meant.
    pub fn find(message: &'m str) -> Option<Self> {
        if message.trim_ascii_start().starts_with('[')
            && let Some(whole) = Self::at(message, message.len() - message.trim_ascii_start().len())
            && whole.is_whole()
        {
            return Some(whole);
        }
        let mut passed = 0;
        let mut before = Before::default();
        for brace in memchr_iter(b'{', message.as_bytes()).take(MAX_BEGINNINGS) {
            if brace < passed {
                continue;
            }
            let head = message[..brace].trim_ascii_end();
            let array = head.ends_with('[').then(|| head.len() - 1);
            before.pass(message.as_bytes(), array.unwrap_or(brace));
            // What lies in another value, or in a text in quotes, is a part of that.
            let found = if before.is_outside() {
                let found = array.and_then(|start| Self::at(message, start));
                found.or_else(|| Self::at(message, brace).filter(|_| array.is_none()))
            } else {
                None
            };
            let Some(found) = found else { continue };
            if found.is_one_of_several() || found.is_of_a_tail() {
                return None;
            }
            if found.is_whole() || found.kind == Kind::Array || found.has_member() {
                return Some(found);
            }
            passed = message.len() - found.suffix.len();
        }
        None
    }

    /// The value that begins at an offset.
    fn at(message: &'m str, start: usize) -> Option<Self> {
        let mut scanner = Scanner::new(message);
        scanner.go_to(start);
        let kind = scanner.kind().ok()?;
        let json = scanner.value().ok()?;
        Some(Self { prefix: &message[..start], json, suffix: &message[scanner.position()..], kind })
    }

    /// Whether the message is this value and nothing else but white space.
    pub fn is_whole(&self) -> bool {
        self.prefix.trim_ascii().is_empty() && self.suffix.trim_ascii().is_empty()
    }

    /// Whether this is the value of a key, `user={"id":7} request={"path":"/"}`, of which the line has others.
    fn is_one_of_several(&self) -> bool {
        self.prefix.ends_with('=') && memchr::memchr(b'{', self.suffix.as_bytes()).is_some()
    }

    /// Whether this is a member of an object whose beginning was cut off: `undefined,"peer":{"id":7},"more":1}`.
    fn is_of_a_tail(&self) -> bool {
        let before = self.prefix.trim_ascii();
        !before.is_empty() && (before.ends_with("\":") || self.suffix.trim_ascii_start().starts_with(['}', ']']))
    }

    fn has_member(&self) -> bool {
        let mut scanner = Scanner::new(self.json);
        scanner.open(b'{').is_ok() && scanner.peek() != Some(b'}')
    }
}

/// What stands open before a place in a message: quotation marks, braces, brackets.
#[derive(Debug, Default)]
struct Before {
    at: usize,
    is_quoted: bool,
    open: usize,
}

impl Before {
    /// Goes on to a place behind the last.
    fn pass(&mut self, bytes: &[u8], to: usize) {
        while self.at < to {
            match bytes[self.at] {
                // What an escape keeps from ending a text is no end of it.
                b'\\' if self.is_quoted => self.at += 1,
                b'"' => self.is_quoted = !self.is_quoted,
                b'{' | b'[' if !self.is_quoted => self.open += 1,
                b'}' | b']' if !self.is_quoted => self.open = self.open.saturating_sub(1),
                _ => {}
            }
            self.at += 1;
        }
    }

    fn is_outside(&self) -> bool {
        !self.is_quoted && self.open == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_found_where_it_stands() {
        for (message, prefix, json, suffix) in [
            (r#"{"a":1}"#, "", r#"{"a":1}"#, ""),
            (" {\"a\":1}\n", " ", r#"{"a":1}"#, "\n"),
            ("{}", "", "{}", ""),
            ("[]\n", "", "[]", "\n"),
            ("[1, 2]", "", "[1, 2]", ""),
            (r#"INFO 2026-11-21 {"a":{"b":[1]}} done"#, "INFO 2026-11-21 ", r#"{"a":{"b":[1]}}"#, " done"),
            (r#"[INFO] [3] got [ {"a":1}, 2] of 5"#, "[INFO] [3] got ", r#"[ {"a":1}, 2]"#, " of 5"),
            (r#"began {} {x} {"a":1}"#, "began {} {x} ", r#"{"a":1}"#, ""),
            ("{\"a\":1}\n{\"b\":2}", "", r#"{"a":1}"#, "\n{\"b\":2}"),
            (r#"request={"a":1} done"#, "request=", r#"{"a":1}"#, " done"),
            (r#"took 5 "ms" {"a":1}"#, "took 5 \"ms\" ", r#"{"a":1}"#, ""),
            (r#"[a] (b) {c} {"a":1}"#, "[a] (b) {c} ", r#"{"a":1}"#, ""),
            (r#"é{"ü":"ß"}é"#, "é", r#"{"ü":"ß"}"#, "é"),
        ] {
            let found = Embedded::find(message).unwrap_or_else(|| panic!("{message}"));
            assert_eq!((found.prefix, found.json, found.suffix), (prefix, json, suffix), "{message}");
        }
    }

    #[test]
    fn what_only_looks_like_json_is_none() {
        let deep = format!("{}1{}", "[".repeat(200), "]".repeat(200));
        for message in [
            "",
            "{",
            "[",
            "[INFO] began",
            "worker [3] began",
            "state {}",
            "{'a': 1}",
            "{a=1}",
            r#"{"a":1"#,
            r#"{"a":01}"#,
            r#"tags ["a","b"]"#,
            // A part of what is no JSON, or not any more, is not the line's.
            r#"[{"a":1} was"#,
            r#"{"metric": NaN, "tags": {"service":"pay","level":"ERROR"}}"#,
            r#"{"a":undefined,"peer":{"requestId":"r","level":"fatal"}}"#,
            r#"{"a":"cut","peer":{"level":"fatal"},"b":"#,
            r#"said "so {"a":1}"#,
            r#"said "\" {"a":1}"#,
            r#"user={"id":7} request={"path":"/x"}"#,
            r#"undefined,"peer":{"level":"fatal"},"more":1}"#,
            r#"so, {"level":"fatal"}}"#,
            &deep,
        ] {
            assert_eq!(Embedded::find(message), None, "{message}");
        }
    }

    #[test]
    fn a_megabyte_of_beginnings_ends() {
        for beginning in ["{", "[{", r#"{"a":"#, r#"[{"a":"#, "[[[[[[{"] {
            assert_eq!(Embedded::find(&beginning.repeat(1 << 17)), None, "{beginning}");
        }
    }
}

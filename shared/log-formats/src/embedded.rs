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
        for brace in memchr_iter(b'{', message.as_bytes()).take(MAX_BEGINNINGS) {
            if brace < passed {
                continue;
            }
            let before = message[..brace].trim_ascii_end();
            let array = before.ends_with('[').then(|| Self::at(message, before.len() - 1)).flatten();
            let Some(found) = array.or_else(|| Self::at(message, brace)) else { continue };
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

    fn has_member(&self) -> bool {
        let mut scanner = Scanner::new(self.json);
        scanner.open(b'{').is_ok() && scanner.peek() != Some(b'}')
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
            (r#"[{"a":1} was"#, "[", r#"{"a":1}"#, " was"),
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

//! Where a text holds JSON that somebody meant.

use std::ops::Range;

use logweir_json::Scanner;
use memchr::memchr2;

/// How many times the length of a text is read of what turns out to be none.
const MOST_TRIED: usize = 64;

/// The objects of a text, and the arrays that begin with an object, array or string: `worker [3] began` holds none. If an array or string
/// is all of the text, that. None lies in another.
pub(super) fn values(text: &str) -> impl Iterator<Item = Range<usize>> {
    let all = whole(text);
    let from = all.as_ref().map_or(0, |all| all.end);
    all.into_iter().chain(Values { text, from, left: text.len().saturating_mul(MOST_TRIED) })
}

/// The array or string that is all of a text.
fn whole(text: &str) -> Option<Range<usize>> {
    let start = text.len() - text.trim_ascii_start().len();
    if !matches!(text.as_bytes().get(start), Some(b'[' | b'"')) {
        return None;
    }
    let mut scanner = Scanner::new(text);
    scanner.go_to(start);
    scanner.value().ok()?;
    let end = scanner.position();
    scanner.peek().is_none().then_some(start..end)
}

struct Values<'t> {
    text: &'t str,
    from: usize,
    left: usize,
}

impl Iterator for Values<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        loop {
            let rest = &self.text.as_bytes()[self.from..];
            let start = self.from + memchr2(b'{', b'[', rest)?;
            self.from = start + 1;
            let mut scanner = Scanner::new(self.text);
            scanner.go_to(start + 1);
            if self.text.as_bytes()[start] == b'[' && !matches!(scanner.peek(), Some(b'{' | b'[' | b'"')) {
                continue;
            }
            scanner.go_to(start);
            let is_read = scanner.value().is_ok();
            let end = scanner.position();
            if is_read {
                self.from = end;
                return Some(start..end);
            }
            self.left = self.left.checked_sub(end - start)?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_found_where_it_stands() {
        for (text, found) in [
            (r#"{"a":1}"#, &[r#"{"a":1}"#][..]),
            (r#"INFO [3] {"a":{"b":[1]}} ["x"] {x} {"c":2}"#, &[r#"{"a":{"b":[1]}}"#, r#"["x"]"#, r#"{"c":2}"#]),
            (" [1, 2]\n", &["[1, 2]"]),
            (r#" "a [\"x\"]" "#, &[r#""a [\"x\"]""#]),
            (r#""a" "b""#, &[]),
            ("[1, 2] x", &[]),
            (r#"[1,{"a":1}"#, &[r#"{"a":1}"#]),
            ("[21/Nov/2026:11:20:00 +0000] {", &[]),
        ] {
            let ranges: Vec<_> = values(text).map(|range| &text[range]).collect();
            assert_eq!(ranges, found, "{text}");
        }
    }

    #[test]
    fn a_megabyte_of_beginnings_ends() {
        for beginning in ["{", "[{", r#"{"a":"#, r#"[{"a":"#, "[[[[[[{", "[\""] {
            assert!(values(&beginning.repeat(1 << 17)).count() < 1 << 17, "{beginning}");
        }
    }
}

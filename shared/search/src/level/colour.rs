//! Colours of terminals, which stand around levels and in them.
//!
//! ECMA-48, 8.3.117 (<https://ecma-international.org/publications-and-standards/standards/ecma-48/>): `ESC [ parameters m`.

use std::borrow::Cow;

/// How the escape before the bracket is written: as it is, or as programs write it that show what cannot be shown.
const ESCAPES: [&[u8]; 10] =
    [b"\x1b", b"#033", b"\\033", b"\\u001b", b"\\u001B", b"\\x1b", b"\\x1B", b"\\e", b"^[", "\u{241b}".as_bytes()];
/// Most bytes of parameters; more is no colour.
const MAX_PARAMETERS: usize = 32;

/// A text without the colours in it.
pub(super) fn strip(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let mut out = String::new();
    let mut kept = 0;
    for bracket in memchr::memchr_iter(b'[', bytes) {
        if bracket < kept {
            continue;
        }
        let Some(escape) = ESCAPES.iter().find(|escape| bytes[kept..bracket].ends_with(escape)) else { continue };
        let behind = &bytes[bracket + 1..];
        let length = behind.iter().take(MAX_PARAMETERS).take_while(|byte| matches!(byte, b' '..=b'?')).count();
        if behind.get(length).is_some_and(|last| matches!(last, b'@'..=b'~')) {
            // Both ends are next to ASCII.
            out.push_str(&text[kept..bracket - escape.len()]);
            kept = bracket + 1 + length + 1;
        }
    }
    if kept == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[kept..]);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_left_out_however_their_escape_is_written() {
        for (text, expected) in [
            ("\u{1b}[31mERROR\u{1b}[0m no", "ERROR no"),
            ("\u{1b}[41m\u{1b}[1m\u{1b}[37mfail\u{1b}[39m: x", "fail: x"),
            ("#033[31mERROR#033[0m x", "ERROR x"),
            (r"\u001b[38;5;3mA\u001B[m \x1b[1mB \033[0;31mC \e[0mD", "A B C D"),
            ("^[[31mERROR^[[0m \u{241b}[1mx", "ERROR x"),
            ("[31mERROR", "[31mERROR"),
            ("\u{1b}[", "\u{1b}["),
            ("\u{1b}[31", "\u{1b}[31"),
            ("é\u{1b}[1mé", "éé"),
            ("a[0] b[1]", "a[0] b[1]"),
        ] {
            assert_eq!(strip(text), expected, "{text:?}");
        }
    }
}

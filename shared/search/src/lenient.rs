//! JSON with numbers that JSON does not have: Python's `json` writes `NaN`, `Infinity` and `-Infinity`
//! (<https://docs.python.org/3/library/json.html#infinite-and-nan-number-values>).

/// What is no number in JSON, the longest first.
const WORDS: [&str; 3] = ["-Infinity", "Infinity", "NaN"];

/// The text with `null` where such numbers stand as values; nothing if there are none.
pub(crate) fn with_nulls(text: &str) -> Option<String> {
    if !text.trim_ascii_start().starts_with(['{', '[']) {
        return None;
    }
    let bytes = text.as_bytes();
    let mut out = String::new();
    let (mut kept, mut at, mut is_value) = (0, 0, false);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at += 1;
                // To the end of the string, past what is escaped in it.
                while *bytes.get(at)? != b'"' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                is_value = false;
            }
            b':' | b',' | b'[' => is_value = true,
            byte if byte.is_ascii_whitespace() => {}
            b'-' | b'I' | b'N' if is_value => {
                if let Some(word) = WORDS.iter().find(|word| text[at..].starts_with(*word)) {
                    out.push_str(&text[kept..at]);
                    out.push_str("null");
                    kept = at + word.len();
                    at = kept;
                    continue;
                }
                is_value = false;
            }
            _ => is_value = false,
        }
        at += 1;
    }
    if kept == 0 {
        return None;
    }
    out.push_str(&text[kept..]);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_are_none_become_null() {
        for (text, expected) in [
            (r#"{"a":NaN,"b":[Infinity, -Infinity],"c":-1}"#, Some(r#"{"a":null,"b":[null, null],"c":-1}"#)),
            (r#"{"a": NaN, "t": {"l":"ERROR"}}"#, Some(r#"{"a": null, "t": {"l":"ERROR"}}"#)),
            (r#"{"a":"NaN","b":": NaN","c":"\": NaN"}"#, None),
            (r#"{"NaN":1}"#, None),
            (r#"{"a":1}"#, None),
            (r#"{"a":NaN,"b":"é"#, None),
            (r#"{"é":"é\"é","b":NaN}"#, Some(r#"{"é":"é\"é","b":null}"#)),
            ("x: NaN", None),
            ("", None),
        ] {
            assert_eq!(with_nulls(text).as_deref(), expected, "{text}");
        }
    }
}

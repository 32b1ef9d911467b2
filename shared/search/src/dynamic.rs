//! JSON of a log line as part of a document: as it is written where a server takes that, copied where not.

use std::borrow::Cow;

use logweir_json::{JsonError, Kind, Scanner, Text, write_string};

use crate::survey::{is_big, is_blank, is_usable};

/// Deepest nesting that is copied; records hold none deeper.
const MAX_DEPTH: usize = logweir_json::MAX_DEPTH;

/// How keys are written.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Keys {
    /// As they are.
    AsWritten,
    /// As they are, but for the `message` of the outermost object, which is `message_object`: Lambda's runtimes put text there,
    /// or whatever the function logged, and one field cannot be both.
    MessageApart,
    /// In snake case, as documented names of AWS become fields, but not below these, which hold keys of others.
    Snake { as_written_below: &'static [&'static str] },
}

impl Keys {
    /// All in snake case.
    pub(crate) const SNAKE: Self = Self::Snake { as_written_below: &[] };
}

/// Appends JSON that a server takes as it is written. Only white space can be a line feed in it, which would end the
/// document's line.
pub(crate) fn write_plain(json: &str, out: &mut Vec<u8>) {
    let start = out.len();
    out.extend_from_slice(json.as_bytes());
    for at in memchr::memchr2_iter(b'\n', b'\r', json.as_bytes()) {
        out[start + at] = b' ';
    }
}

/// Appends a copy without the numbers that no field can hold, each name one that servers take.
pub(crate) fn write_copy(json: &str, keys: Keys, out: &mut Vec<u8>) {
    // Valid JSON gives no error; of other the part before it.
    let _ = copy(&mut Scanner::new(json), keys, 0, out);
}

/// Appends an object of those numbers alone, as strings at the same path. Nothing, if there are none.
pub(crate) fn write_big_numbers(json: &str, keys: Keys, out: &mut Vec<u8>) -> bool {
    big_numbers(&mut Scanner::new(json), keys, 0, out).unwrap_or(false)
}

fn copy(scanner: &mut Scanner<'_>, keys: Keys, depth: usize, out: &mut Vec<u8>) -> Result<(), JsonError> {
    match scanner.kind()? {
        Kind::String => write_text(&scanner.string()?, out),
        Kind::Object if depth < MAX_DEPTH => {
            scanner.open(b'{')?;
            out.push(b'{');
            let (mut first, mut is_empty) = (true, true);
            while scanner.next(first, b'}')? {
                first = false;
                let key = scanner.key()?;
                if is_big_number(scanner)? {
                    continue;
                }
                begin(&mut is_empty, out);
                let below = write_key(&key, keys, out);
                copy(scanner, below, depth + 1, out)?;
            }
            out.push(b'}');
        }
        Kind::Array if depth < MAX_DEPTH => {
            scanner.open(b'[')?;
            out.push(b'[');
            let (mut first, mut is_empty) = (true, true);
            while scanner.next(first, b']')? {
                first = false;
                if is_big_number(scanner)? {
                    continue;
                }
                begin(&mut is_empty, out);
                copy(scanner, keys, depth + 1, out)?;
            }
            out.push(b']');
        }
        _ => out.extend_from_slice(scanner.value()?.as_bytes()),
    }
    Ok(())
}

/// Whether the next value is a number that no field can hold; steps over it.
fn is_big_number(scanner: &mut Scanner<'_>) -> Result<bool, JsonError> {
    if scanner.kind()? != Kind::Number {
        return Ok(false);
    }
    let start = scanner.position();
    let big = is_big(scanner.number()?);
    if !big {
        scanner.go_to(start);
    }
    Ok(big)
}

/// Writes what a value has of such numbers, and says whether it has any.
fn big_numbers(scanner: &mut Scanner<'_>, keys: Keys, depth: usize, out: &mut Vec<u8>) -> Result<bool, JsonError> {
    let kind = scanner.kind()?;
    let (bracket, closing) = match kind {
        Kind::Object if depth < MAX_DEPTH => (b'{', b'}'),
        Kind::Array if depth < MAX_DEPTH => (b'[', b']'),
        Kind::Number => {
            let number = scanner.number()?;
            let big = is_big(number);
            if big {
                write_string(number, out);
            }
            return Ok(big);
        }
        _ => {
            scanner.value()?;
            return Ok(false);
        }
    };
    scanner.open(bracket)?;
    let start = out.len();
    out.push(bracket);
    let (mut first, mut is_empty) = (true, true);
    while scanner.next(first, closing)? {
        first = false;
        let (before, was_empty) = (out.len(), is_empty);
        begin(&mut is_empty, out);
        let mut below = keys;
        if kind == Kind::Object {
            let key = scanner.key()?;
            below = write_key(&key, keys, out);
        }
        if !big_numbers(scanner, below, depth + 1, out)? {
            out.truncate(before);
            is_empty = was_empty;
        }
    }
    if is_empty {
        out.truncate(start);
    } else {
        out.push(closing);
    }
    Ok(!is_empty)
}

/// Writes the comma before a member or an element, where there must be one.
pub(crate) fn begin(is_empty: &mut bool, out: &mut Vec<u8>) {
    if !*is_empty {
        out.push(b',');
    }
    *is_empty = false;
}

fn write_text(text: &Text<'_>, out: &mut Vec<u8>) {
    out.push(b'"');
    text.write_literal(out);
    out.push(b'"');
}

/// Writes a key with its colon, and says how those below it are written.
fn write_key(key: &Text<'_>, keys: Keys, out: &mut Vec<u8>) -> Keys {
    let name = key.decode();
    let (written, below) = match keys {
        Keys::MessageApart if name == "message" => (Cow::Borrowed("message_object"), Keys::AsWritten),
        Keys::MessageApart => (Cow::Borrowed(&*name), Keys::AsWritten),
        Keys::AsWritten => (Cow::Borrowed(&*name), keys),
        Keys::Snake { as_written_below } if as_written_below.contains(&&*name) => {
            (Cow::Owned(snake(&name)), Keys::AsWritten)
        }
        Keys::Snake { .. } => (Cow::Owned(snake(&name)), keys),
    };
    if is_usable(&written) {
        write_string(&written, out);
    } else {
        write_string(&usable(&written), out);
    }
    out.push(b':');
    below
}

/// A name that servers take: an underscore for each part between dots that is empty.
fn usable(name: &str) -> String {
    let segments: Vec<_> = name.split('.').map(|segment| if is_blank(segment) { "_" } else { segment }).collect();
    segments.join(".")
}

/// A name in snake case: `sourceIPAddress` is `source_ip_address`, and spaces are underscores.
pub(crate) fn snake(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    let mut characters = name.chars().peekable();
    let mut before = '_';
    while let Some(character) = characters.next() {
        let next_is_lower = characters.peek().is_some_and(char::is_ascii_lowercase);
        let begins = character.is_ascii_uppercase()
            && (before.is_ascii_lowercase() || before.is_ascii_digit() || before.is_ascii_uppercase() && next_is_lower);
        if begins {
            out.push('_');
        }
        out.push(if matches!(character, ' ' | '-') { '_' } else { character.to_ascii_lowercase() });
        before = character;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn copied(json: &str, keys: Keys) -> (String, String) {
        let (mut out, mut big) = (Vec::new(), Vec::new());
        write_copy(json, keys, &mut out);
        write_big_numbers(json, keys, &mut big);
        (String::from_utf8(out).expect("UTF-8"), String::from_utf8(big).expect("UTF-8"))
    }

    #[test]
    fn big_numbers_move_to_the_same_path() {
        let snake = Keys::Snake { as_written_below: &["freeForm"] };
        for (json, keys, expected, big) in [
            (r#"{ "a" : 1 }"#, Keys::AsWritten, r#"{"a":1}"#, ""),
            (r#"{"a":99999999999999999999,"b":2}"#, Keys::AsWritten, r#"{"b":2}"#, r#"{"a":"99999999999999999999"}"#),
            (
                r#"{"a":{"b":[1,99999999999999999999,"x"],"c":1},"d":[{"e":-99999999999999999999},{"e":2}],"f":[]}"#,
                Keys::AsWritten,
                r#"{"a":{"b":[1,"x"],"c":1},"d":[{},{"e":2}],"f":[]}"#,
                r#"{"a":{"b":["99999999999999999999"]},"d":[{"e":"-99999999999999999999"}]}"#,
            ),
            ("[99999999999999999999]", Keys::AsWritten, "[]", r#"["99999999999999999999"]"#),
            (r#"{"":{" ":1,"a..b":2,".c":"\u0041"}}"#, Keys::AsWritten, r#"{"_":{"_":1,"a._.b":2,"_.c":"A"}}"#, ""),
            (
                r#"{"message":{"message":"x","n":99999999999999999999},"level":"INFO"}"#,
                Keys::MessageApart,
                r#"{"message_object":{"message":"x"},"level":"INFO"}"#,
                r#"{"message_object":{"n":"99999999999999999999"}}"#,
            ),
            (
                r#"{"sourceIPAddress":1,"eventID":{"ja3Fingerprint":1},"freeForm":{"aB":{"cD":99999999999999999999}}}"#,
                snake,
                r#"{"source_ip_address":1,"event_id":{"ja3_fingerprint":1},"free_form":{"aB":{}}}"#,
                r#"{"free_form":{"aB":{"cD":"99999999999999999999"}}}"#,
            ),
        ] {
            assert_eq!(copied(json, keys), (expected.to_owned(), big.to_owned()), "{json}");
        }
    }

    #[test]
    fn plain_json_is_one_line() {
        let mut out = b"x".to_vec();
        write_plain("{\r\n \"a\\n\": 1\n}", &mut out);
        assert_eq!(out, b"x{   \"a\\n\": 1 }");
    }

    #[test]
    fn names_in_snake_case() {
        for (name, expected) in [
            ("eventVersion", "event_version"),
            ("sourceIPAddress", "source_ip_address"),
            ("recipientAccountId", "recipient_account_id"),
            ("webaclId", "webacl_id"),
            ("ARN", "arn"),
            ("Restore Duration", "restore_duration"),
            ("already_snake", "already_snake"),
            ("http2Port", "http2_port"),
            ("", ""),
        ] {
            assert_eq!(snake(name), expected);
        }
    }

    fn json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            any::<bool>().prop_map(Into::into),
            any::<i32>().prop_map(Into::into),
            any::<f64>().prop_map(Into::into),
            any::<String>().prop_map(Into::into),
            Just(serde_json::Value::Null),
        ];
        leaf.prop_recursive(5, 64, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
                proptest::collection::hash_map("[a-z.]{1,4}[a-z]", inner, 0..6).prop_map(|members| {
                    members.into_iter().filter(|(name, _)| is_usable(name)).collect::<serde_json::Map<_, _>>().into()
                }),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_needs_no_change_has_none(value in json()) {
            let text = serde_json::to_string_pretty(&value).expect("serializes");
            let (copy, big) = copied(&text, Keys::AsWritten);
            prop_assert_eq!(big, "");
            prop_assert_eq!(copy, serde_json::to_string(&value).expect("serializes"));
        }
    }
}

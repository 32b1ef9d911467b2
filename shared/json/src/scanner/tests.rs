//! The scanner against `serde_json` and against slower ways.

use super::*;
use crate::block::*;
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
fn any_depth_is_read_when_asked_for() {
    let any_depth = |text: &str| Scanner::new(text).any_depth().value().is_ok();
    for depth in [127, 128, 129, 255, 256, 257, 1000] {
        // Objects and arrays in turn, so that a level taken for another is noticed.
        let open: String = (0..depth).map(|level| if level % 3 == 0 { "{\"a\":" } else { "[" }).collect();
        let close: String = (0..depth).rev().map(|level| if level % 3 == 0 { '}' } else { ']' }).collect();
        assert!(any_depth(&format!("{open}1{close}")), "{depth}");
        let wrong: String = close
            .chars()
            .enumerate()
            .map(|(at, bracket)| match bracket {
                '}' if at == depth / 2 => ']',
                _ if at == depth / 2 => '}',
                other => other,
            })
            .collect();
        assert!(!any_depth(&format!("{open}1{wrong}")), "{depth}");
    }
    assert!(!any_depth(&"[".repeat(10_000_000)));
    assert!(any_depth(&("[".repeat(1_000_000) + &"]".repeat(1_000_000))));
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

fn is_hit(byte: u8) -> bool {
    matches!(byte, b'"' | b'\\' | 0..0x20)
}

/// The place behind the closing quote, as one finds it who takes a byte at a time.
fn slow_end(text: &str) -> Result<usize, JsonError> {
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        let fail = |reason| Err(JsonError { offset: at, reason });
        at += match (bytes.get(at), bytes.get(at + 1)) {
            (None, _) | (Some(b'\\'), None) => return fail("the text ends inside a string"),
            (Some(b'"'), _) => return Ok(at + 1),
            (Some(b'\\'), Some(b'u')) => match bytes.get(at + 2..at + 6) {
                Some(digits) if digits.iter().all(u8::is_ascii_hexdigit) => 6,
                _ => return fail("a \\u escape needs four hexadecimal digits"),
            },
            (Some(b'\\'), Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't')) => 2,
            (Some(b'\\'), _) => return fail("an unknown escape"),
            (Some(0..0x20), _) => return fail("a control character stands unescaped in a string"),
            _ => 1,
        };
    }
}

#[test]
fn every_byte_is_seen_at_every_place_of_a_block() {
    for byte in 0..=u8::MAX {
        for at in 0..BLOCK {
            let mut block = [b'x'; BLOCK];
            block[at] = byte;
            let found = Block::of(&block);
            assert_eq!(found.ends, u64::from(is_hit(byte) && byte != b'\\') << at, "{byte} at {at}");
            assert_eq!(found.backslashes, u64::from(byte == b'\\') << at, "{byte} at {at}");
            assert_eq!(found.has_controls, byte < 0x20, "{byte} at {at}");
        }
        for at in 0..8 {
            let mut word = [b'x'; 8];
            word[at] = byte;
            assert_eq!(first_hit(word), if is_hit(byte) { at } else { 8 }, "{byte} at {at}");
        }
    }
}

#[test]
fn escapes_may_stand_anywhere_in_a_block_and_across_two() {
    let escapes = [
        ("", 0),
        (r#"\""#, 0),
        (r"\\", 0),
        (r#"\\\\\""#, 0),
        (r"\n\/", 0),
        (r"\u001b", 0),
        (r"\u00E9", 0),
        (r"\ud83d\ude00", 0),
        (r"\ud83d", 1),
        (r"\ud83d\ud83d\ude00", 1),
    ];
    for (escape, lone) in escapes {
        for before in 0..2 * BLOCK {
            for behind in [0, 1, 7, 40, 100] {
                let literal = format!("\"{}{escape}{}\"", "x".repeat(before), "y".repeat(behind));
                for text in [literal.clone(), format!("{literal},\"{}\"", "z".repeat(99))] {
                    let mut scanner = Scanner::new(&text);
                    let string = scanner.string().expect("valid");
                    assert_eq!(scanner.position(), literal.len(), "{text}");
                    assert_eq!(scanner.lone_surrogates, lone, "{text}");
                    assert_eq!(string.literal_len(), literal.len() - 2);
                    assert_eq!(string.text_len(), string.decode().len(), "{text}");
                    if lone == 0 {
                        let expected: String = serde_json::from_str(&literal).expect("valid");
                        assert_eq!(string.decode(), expected);
                        let mut written = Vec::new();
                        string.write_literal(&mut written);
                        let canonical = serde_json::to_string(&expected).expect("serializes");
                        assert_eq!(written, canonical.as_bytes()[1..canonical.len() - 1]);
                    }
                }
                for end in 1..literal.len() {
                    let mut scanner = Scanner::new(&literal[1..end]);
                    let found = scanner.string_body().map(|_| scanner.position());
                    assert_eq!(found, slow_end(&literal[1..end]), "{literal} to {end}");
                }
            }
        }
    }
}

proptest! {
    /// The scanner accepts what `serde_json` accepts, and refuses what it refuses.
    #[test]
    fn agrees_with_serde_json(text in r#"[\[\]{},:"\\ \n\x00-\x7f0-9eE+.\-a-zu/]{0,24}"#) {
        prop_assert_eq!(whole(&text).is_ok(), serde_json::from_str::<&serde_json::value::RawValue>(&text).is_ok(), "{}", text);
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
        let theirs = serde_json::from_str::<&serde_json::value::RawValue>(&text).is_ok();
        prop_assert_eq!(ours, theirs, "{}", text);
    }

    #[test]
    fn a_string_ends_where_a_byte_by_byte_search_finds_its_end(
        parts in proptest::collection::vec(
            prop_oneof![
                "[a-z\u{e9}]{0,40}",
                r#"(\\["\\/bfnrt]){1,40}"#,
                r"\\u[dD][89a-f][0-9a-f]{2}",
                r"\\u00[0-9a-fA-F]{2}",
                r#"[\\"\x00-\x1fux]"#,
            ], 0..12),
    ) {
        let text = parts.concat();
        let mut scanner = Scanner::new(&text);
        let found = scanner.string_body().map(|_| scanner.position());
        prop_assert_eq!(found, slow_end(&text), "{}", text);
    }

    #[test]
    fn a_block_is_what_a_byte_by_byte_search_finds(
        bytes in prop::collection::vec(prop_oneof![Just(b'\\'), Just(b'"'), 0_u8..0x20, any::<u8>()], 0..=2 * BLOCK),
    ) {
        let found = Block::of(&bytes);
        let (escaped, ends_in_escape) = found.escaped();
        let mut is_escaped = false;
        for at in 0..BLOCK {
            let bit = |mask: u64| mask >> at & 1 == 1;
            // What lies behind the end of the text is an end.
            let byte = bytes.get(at).copied().unwrap_or(0);
            prop_assert_eq!(bit(found.ends), is_hit(byte) && byte != b'\\');
            prop_assert_eq!(bit(found.backslashes), byte == b'\\');
            prop_assert_eq!(bit(escaped), is_escaped);
            is_escaped = byte == b'\\' && !is_escaped;
        }
        prop_assert_eq!(ends_in_escape, is_escaped);
    }

    #[test]
    fn a_string_of_so_many_digits_is_told_from_any_other(length in 50_usize..60, spoiler in 0x20_u8..0x7f, at in 0_usize..56) {
        let digits: String = "0729416385".chars().cycle().take(length).collect();
        let text = format!("{digits}\", ");
        let mut scanner = Scanner::new(&text);
        let found = scanner.digits_body::<56>();
        prop_assert_eq!(found.map(|text| text.to_string()), (length == 56).then(|| digits.clone()));
        prop_assert_eq!(scanner.position(), if length == 56 { 57 } else { 0 });

        let mut spoiled = text.into_bytes();
        spoiled[at.min(length - 1)] = spoiler;
        let spoiled = String::from_utf8(spoiled).expect("ASCII");
        let is_it = length == 56 && spoiler.is_ascii_digit();
        prop_assert_eq!(Scanner::new(&spoiled).digits_body::<56>().is_some(), is_it, "{}", spoiled);
        prop_assert!(Scanner::new(&spoiled[..40]).digits_body::<56>().is_none());
    }

    #[test]
    fn thirteen_digits_are_their_number(number in 0_i64..20_000_000_000_000, spoiler in any::<u8>(), at in 0_usize..13) {
        let mut text = format!("{number:013},").into_bytes();
        let expected = (1_000_000_000_000..10_000_000_000_000).contains(&number).then_some(number);
        let text_of = |text: &[u8]| String::from_utf8(text.to_owned()).expect("ASCII");
        prop_assert_eq!(Scanner::new(&text_of(&text)).thirteen_digits(), expected);
        text[at] = spoiler & 0x7f;
        if !text[at].is_ascii_digit() {
            prop_assert_eq!(Scanner::new(&text_of(&text)).thirteen_digits(), None);
        }
    }
}

//! Keys and tokens.

use std::ops::Range;

use memchr::memmem;

use super::{may_begin, may_end, run};

const AWS_ACCESS_KEY: usize = 20;
const AWS_SECRET_KEY: usize = 40;

/// Ids of access keys: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids>.
pub(super) fn aws_access_keys(text: &[u8], found: &mut impl FnMut(Range<usize>)) {
    let mut from = 0;
    for first in memchr::memchr_iter(b'A', text) {
        let Some(key) = text.get(first..first + AWS_ACCESS_KEY).filter(|_| first >= from) else { continue };
        let is_prefix = matches!(&key[..4], b"AKIA" | b"ASIA" | b"ABIA" | b"ACCA");
        let is_key = is_prefix && key[4..].iter().all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7'));
        if is_key && may_begin(text, first) && may_end(text, first + AWS_ACCESS_KEY) {
            found(first..first + AWS_ACCESS_KEY);
            from = first + AWS_ACCESS_KEY;
        }
    }
}

/// Secret access keys: forty characters of Base64, which is what a digest in hexadecimal is too, so they have to look mixed.
/// Of a thousand keys one does not.
pub(super) fn aws_secret_keys(text: &[u8], found: &mut impl FnMut(Range<usize>)) {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'/' || byte == b'+';
    let mut at = 0;
    while at < text.len() {
        let length = run(text, at, is_part);
        // A longer run of Base64 is no key, and its end may have padding.
        let is_alone = text.get(at + length) != Some(&b'=');
        if length == AWS_SECRET_KEY && is_alone && looks_mixed(&text[at..at + length]) {
            found(at..at + length);
        }
        at += length.max(1);
    }
}

fn looks_mixed(key: &[u8]) -> bool {
    let count = |is_one: fn(&u8) -> bool| key.iter().filter(|byte| is_one(byte)).count();
    count(u8::is_ascii_uppercase) >= 6
        && count(u8::is_ascii_lowercase) >= 6
        && count(u8::is_ascii_digit) >= 1
        && count(|byte| !byte.is_ascii_alphanumeric()) <= 6
}

/// JSON Web Tokens: the header begins with `{"`, and two to four parts follow.
pub(super) fn jwts(text: &[u8], found: &mut impl FnMut(Range<usize>)) {
    const MOST_PARTS: usize = 5;
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let mut from = 0;
    for start in memmem::find_iter(text, b"eyJ") {
        if start < from || !may_begin(text, start) {
            continue;
        }
        let mut end = start + run(text, start, is_part);
        // What is one run of characters is looked at once.
        from = end;
        let (header, mut parts) = (end - start, 1);
        while parts < MOST_PARTS && text.get(end) == Some(&b'.') {
            let length = run(text, end + 1, is_part);
            // The last part, the signature, may be empty; the second is not.
            if length == 0 && parts != 2 {
                break;
            }
            end += 1 + length;
            parts += 1;
        }
        if header > 3 && parts > 2 {
            found(start..end);
            from = end;
        }
    }
}

/// What follows `Bearer`: <https://www.rfc-editor.org/rfc/rfc6750#section-2.1>.
pub(super) fn bearers(text: &[u8], found: &mut impl FnMut(Range<usize>)) {
    const WORD: &[u8] = b"bearer";
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"._~+/=-".contains(&byte);
    let mut from = 0;
    for blank in memchr::memchr_iter(b' ', text) {
        if blank < from {
            continue;
        }
        let Some(start) = blank.checked_sub(WORD.len()).filter(|start| *start >= from) else { continue };
        if !text[start..blank].eq_ignore_ascii_case(WORD) || !may_begin(text, start) {
            continue;
        }
        let token = blank + run(text, blank, |byte| byte == b' ');
        let end = token + run(text, token, is_part);
        from = end;
        if end > token {
            found(start..end);
        }
    }
}

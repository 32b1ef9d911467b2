//! What pieces of a line look like: each question reads a bounded piece once.

/// A UUID of lower-case digits: 8-4-4-4-12, as Lambda and API Gateway write request ids.
pub(crate) fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
        })
}

/// `2026-11-21T11:20:00.301Z`: a time in UTC, with or without a fraction of a second.
pub(crate) fn is_utc_time(text: &str) -> bool {
    let Some((time, fraction)) = text.strip_suffix('Z').and_then(|text| text.split_at_checked(19)) else {
        return false;
    };
    fits(time, b"0000-00-00T00:00:00")
        && (fraction.is_empty()
            || fraction.strip_prefix('.').is_some_and(|digits| is_digits(digits) && digits.len() <= 9))
}

/// The shape of a time as web servers write it.
pub(crate) const ACCESS_TIME: &[u8; 26] = b"00/aaa/0000:00:00:00 +0000";

/// `10/Oct/2000:13:55:36 -0700`, as web servers write a time.
pub(crate) fn is_access_time(text: &str) -> bool {
    fits(text, ACCESS_TIME)
}

/// Whether each character is of its kind: `0` a digit, `a` a letter, `+` a sign, anything else itself. A shape of known
/// length and no early exit make one comparison a byte of it, without a loop.
#[inline]
pub(crate) fn fits<const LENGTH: usize>(text: &str, shape: &[u8; LENGTH]) -> bool {
    let Ok(bytes) = <&[u8; LENGTH]>::try_from(text.as_bytes()) else { return false };
    bytes.iter().zip(shape).fold(true, |fits, (byte, kind)| {
        fits & match kind {
            b'0' => byte.is_ascii_digit(),
            b'a' => byte.is_ascii_alphabetic(),
            b'+' => matches!(byte, b'+' | b'-'),
            _ => byte == kind,
        }
    })
}

/// One digit or more, and nothing else.
pub(crate) fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Digits, and a fraction if there is one.
pub(crate) fn is_decimal(text: &str) -> bool {
    match text.split_once('.') {
        Some((whole, fraction)) => is_digits(whole) && is_digits(fraction),
        None => is_digits(text),
    }
}

/// The text up to white space, and what follows with the white space; nothing if no such text is at the front.
pub(crate) fn token(text: &str) -> Option<(&str, &str)> {
    let end = text.bytes().position(|byte| byte.is_ascii_whitespace()).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_ids() {
        for text in ["2026-11-21T11:20:00.301Z", "2026-11-21T11:20:00Z", "2026-11-21T11:20:00.301123456Z"] {
            assert!(is_utc_time(text), "{text}");
        }
        for text in
            ["", "Z", "2026-11-21T11:20:00", "2026-11-21T11:20:00.Z", "2026-11-21 11:20:00Z", "2026-11-21T11:20:0éZ"]
        {
            assert!(!is_utc_time(text), "{text}");
        }
        assert!(is_access_time("10/Oct/2000:13:55:36 -0700") && !is_access_time("10/10/2000:13:55:36 -0700"));
        assert!(is_uuid("6f1b7a0e-2d8e-4a6c-9a53-1f4de0c2b7aa") && !is_uuid("6F1B7A0E-2d8e-4a6c-9a53-1f4de0c2b7aa"));
        assert!(
            is_decimal("12.34") && is_decimal("7") && !is_decimal("12.") && !is_decimal(".5") && !is_decimal("1.2.3")
        );
    }
}

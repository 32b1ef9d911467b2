//! Base64 of an envelope, with or without padding: Rust's own event types write it without.

use crate::Error;

/// Decodes `text` into `out`, which is cleared first.
pub(crate) fn decode(text: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
    out.clear();
    let stripped = match text {
        [head @ .., b'=', b'='] | [head @ .., b'='] if text.len().is_multiple_of(4) => head,
        _ => text,
    };
    base64_simd::STANDARD_NO_PAD.decode_append(stripped, out).map_err(|_| {
        let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
        let position = stripped.iter().position(|byte| !is_base64(byte));
        // All characters are right: then the last group is cut, or carries bits that no byte needs.
        let position = position.unwrap_or_else(|| stripped.len().saturating_sub(1));
        Error::Base64 { position, length: text.len() }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<&[u8], usize>) {
        let mut out = b"left over".to_vec();
        let result = decode(text.as_bytes(), &mut out);
        match expected {
            Ok(bytes) => assert_eq!((result, out.as_slice()), (Ok(()), bytes), "{text}"),
            Err(position) => {
                assert_eq!(result, Err(Error::Base64 { position, length: text.len() }), "{text}");
            }
        }
    }

    #[test]
    fn padded_and_unpadded_are_read_and_nothing_else() {
        check("", Ok(b""));
        check("aGk=", Ok(b"hi"));
        check("aGk", Ok(b"hi"));
        check("aA==", Ok(b"h"));
        check("aA", Ok(b"h"));
        check("aGk==", Err(3));
        check("aG k", Err(2));
        check("aGk-", Err(3));
        check("a", Err(0));
        check("=", Err(0));
    }
}

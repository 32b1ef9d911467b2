//! What stands where a secret was.

use std::fmt;

use sha2::{Digest, Sha256};

/// The secret with which values are hashed, so that equal values stay recognisable and nobody can try which value it was.
#[derive(Clone)]
pub struct RedactionKey {
    inner: Sha256,
    outer: Sha256,
}

impl RedactionKey {
    /// A key of some bytes, which are best as many as those of the hash, 32, and chance. HMAC-SHA256:
    /// <https://www.rfc-editor.org/rfc/rfc2104#section-2>.
    pub fn new(secret: &[u8]) -> Self {
        const BLOCK: usize = 64;
        let mut key = [0; BLOCK];
        if secret.len() > BLOCK {
            key[..32].copy_from_slice(&Sha256::digest(secret));
        } else {
            key[..secret.len()].copy_from_slice(secret);
        }
        let padded = |byte: u8| Sha256::new_with_prefix(key.map(|of_key| of_key ^ byte));
        Self { inner: padded(0x36), outer: padded(0x5c) }
    }

    fn hash(&self, text: &str) -> [u8; 32] {
        let inner = self.inner.clone().chain_update(text).finalize();
        self.outer.clone().chain_update(inner).finalize().into()
    }
}

/// Shows nothing of it.
impl fmt::Debug for RedactionKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("RedactionKey(…)")
    }
}

/// Appends what stands for a secret: `[email]`, or with a key `[email:1a2b3c4d5e6f]`.
pub(super) fn write_mark(label: &str, secret: &str, key: Option<&RedactionKey>, out: &mut String) {
    out.push('[');
    out.push_str(label);
    if let Some(key) = key {
        out.push(':');
        for byte in &key.hash(secret)[..6] {
            for digit in [byte >> 4, byte & 15] {
                out.extend(char::from_digit(digit.into(), 16));
            }
        }
    }
    out.push(']');
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Test cases 1, 2 and 6 of <https://www.rfc-editor.org/rfc/rfc4231#section-4>.
    #[test]
    fn it_is_hmac() {
        for (key, text, digest) in [
            (&[0x0b; 20][..], "Hi There", [0xb0, 0x34, 0x4c, 0x61]),
            (b"Jefe", "what do ya want for nothing?", [0x5b, 0xdc, 0xc1, 0x46]),
            (&[0xaa; 131], "Test Using Larger Than Block-Size Key - Hash Key First", [0x60, 0xe4, 0x31, 0x59]),
        ] {
            assert_eq!(RedactionKey::new(key).hash(text)[..4], digest, "{text}");
        }
    }

    #[test]
    fn a_mark_tells_equal_values_and_no_more() {
        let key = RedactionKey::new(b"Jefe");
        let mut out = String::new();
        write_mark("email", "a@b.cd", None, &mut out);
        write_mark("email", "what do ya want for nothing?", Some(&key), &mut out);
        assert_eq!(out, "[email][email:5bdcc146bf60]");
        assert_eq!(format!("{key:?}"), "RedactionKey(…)");
    }
}

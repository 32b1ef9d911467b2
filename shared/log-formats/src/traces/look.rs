//! Whether a text can hold ids at all: all bytes are looked at once, many at a time and without a branch. Most lines hold
//! none, and each kind of id has bytes at fixed distances that hardly any other text has.

/// How many places are looked at together.
const BLOCK: usize = 64;
/// How far the last byte that is looked at lies behind the first.
const AHEAD: usize = 17;

/// The kinds of ids that a text can hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Look {
    /// One of X-Ray or of W3C.
    pub(super) dashes: bool,
    /// One behind a key that ends in `id`.
    pub(super) keys: bool,
}

impl Look {
    pub(super) fn at(text: &[u8]) -> Self {
        let (mut dashes, mut keys) = (0, 0);
        let mut start = 0;
        while start < text.len() {
            let (in_dashes, in_keys) = match text[start..].first_chunk() {
                Some(window) => look(window),
                None => look_at_the_last(&text[start..]),
            };
            dashes |= in_dashes;
            keys |= in_keys;
            start += BLOCK;
        }
        Self { dashes: dashes != 0, keys: keys != 0 }
    }
}

/// Whether anything begins at one of the first places of a window. The comparisons without an early exit become vector
/// instructions.
#[inline]
fn look(window: &[u8; BLOCK + AHEAD]) -> (u8, u8) {
    let is = |at: usize, byte: u8| u8::from(window[at] == byte);
    let is_letter = |at: usize, letter: u8| u8::from(window[at] | 0x20 == letter);
    // `1-5759e988-`, and the span of `00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01`.
    let xray = (0..BLOCK).fold(0, |any, at| any | is(at, b'1') & is(at + 1, b'-') & is(at + 10, b'-'));
    let w3c = (0..BLOCK).fold(0, |any, at| any | is(at, b'-') & is(at + AHEAD, b'-'));
    let keys = (0..BLOCK).fold(0, |any, at| any | is_letter(at, b'i') & is_letter(at + 1, b'd'));
    (xray | w3c, keys)
}

/// The last bytes of a text, and none behind them.
fn look_at_the_last(bytes: &[u8]) -> (u8, u8) {
    let mut window = [0; BLOCK + AHEAD];
    window[..bytes.len()].copy_from_slice(bytes);
    look(&window)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_seen_wherever_they_stand() {
        for (id, dashes, keys) in [
            ("1-5759e988-bd862e3fe1be46a994272793", true, false),
            ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", true, false),
            ("trace_id=0af7651916cd43dd", false, true),
            ("traceID=0af7651916cd43dd", false, true),
            ("2026-11-21 - - I d", false, false),
        ] {
            for before in 0..3 * BLOCK {
                for after in [0, 1, AHEAD, BLOCK] {
                    let text = format!("{}{id}{}", "x".repeat(before), "x".repeat(after));
                    assert_eq!(Look::at(text.as_bytes()), Look { dashes, keys }, "{before} {id} {after}");
                }
            }
        }
        assert_eq!(Look::at(b""), Look::default());
    }
}

//! A literal with escapes, unescaped. JSON within JSON has one every few bytes: a search for the next one and a copy asked
//! for each run take longer than the bytes themselves.

use super::unescape;

/// How many bytes are searched together: as many as a word has bits.
const BLOCK: usize = 64;
/// How many bytes are copied together: most runs are shorter.
const RUN: usize = 16;
/// How much more room than the literal takes is needed to write its text.
pub(super) const ROOM: usize = RUN;

/// Appends what a checked literal stands for.
pub(super) fn write_unescaped(raw: &str, out: &mut Vec<u8>) {
    let (bytes, start) = (raw.as_bytes(), out.len());
    // No escape is shorter than its character; runs are copied with what follows.
    out.resize(start + bytes.len() + ROOM, 0);
    let (mut from, mut to) = (0, start);
    for (number, block) in bytes.chunks(BLOCK).enumerate() {
        let begin = number * BLOCK;
        let mut hits = backslashes_in(block);
        while hits != 0 {
            let at = begin + hits.trailing_zeros() as usize;
            hits &= hits - 1;
            if at < from {
                // It is what the backslash before it escapes.
                continue;
            }
            copy(bytes, from, at, out, to);
            to += at - from;
            if let Some(character @ (b'"' | b'\\')) = bytes.get(at + 1) {
                out[to] = *character;
                (from, to) = (at + 2, to + 1);
            } else {
                let (character, length) = unescape(&raw[at..]);
                to += character.encode_utf8(&mut out[to..]).len();
                from = at + length;
            }
        }
        let end = begin + block.len();
        if from < end {
            copy(bytes, from, end, out, to);
            (from, to) = (end, to + end - from);
        }
    }
    out.truncate(to);
}

/// Copies the bytes between two places.
#[inline]
fn copy(bytes: &[u8], from: usize, end: usize, out: &mut [u8], to: usize) {
    match bytes[from..].first_chunk::<RUN>() {
        Some(run) if end - from <= RUN => out[to..to + RUN].copy_from_slice(run),
        _ => out[to..to + end - from].copy_from_slice(&bytes[from..end]),
    }
}

/// The backslashes of a block, one bit a byte, the first lowest; a shorter one has none behind its end. How it
/// comes to vector instructions is told where the scanner looks for the end of a string.
#[inline]
fn backslashes_in(bytes: &[u8]) -> u64 {
    let mut last = [0; BLOCK];
    let block = bytes.first_chunk().unwrap_or_else(|| {
        last[..bytes.len()].copy_from_slice(bytes);
        &last
    });
    let hits = block.map(|byte| u8::from(byte == b'\\'));
    let (words, _) = hits.as_chunks::<8>();
    words.iter().enumerate().fold(0, |mask, (index, word)| {
        mask | u64::from_le_bytes(*word).wrapping_mul(0x0102_0408_1020_4080) >> 56 << (8 * index)
    })
}

//! Many bytes at a time, without a byte of `unsafe`: what ends a run of plain characters, and digits.

/// The number that eight digits are: neighbours are put together in one product, then pairs, then fours.
#[inline]
pub(super) fn eight_digits(digits: [u8; 8]) -> Option<i64> {
    if !digits.iter().fold(true, |all, digit| all & digit.is_ascii_digit()) {
        return None;
    }
    let ones = u64::from_le_bytes(digits) & 0x0f0f_0f0f_0f0f_0f0f;
    let tens = (ones.wrapping_mul(10 << 8 | 1) >> 8) & 0x00ff_00ff_00ff_00ff;
    let hundreds = (tens.wrapping_mul(100 << 16 | 1) >> 16) & 0x0000_ffff_0000_ffff;
    i64::try_from(hundreds.wrapping_mul(10_000 << 32 | 1) >> 32).ok()
}

/// How many bytes of a string are looked at together: as many as a word has bits.
pub(super) const BLOCK: usize = 64;

/// The quotes, backslashes and control characters of a block, one bit a byte, the first lowest.
///
/// The comparison of the whole array without an early exit becomes vector instructions on every machine. The product
/// brings the low bits of eight bytes together in its highest byte. Masks joined by place (not by shifting what is there
/// already) do not wait for one another.
#[inline]
pub(super) fn hits_in(block: &[u8; BLOCK]) -> u64 {
    let hits = block.map(|byte| u8::from(byte == b'"') | u8::from(byte == b'\\') | u8::from(byte < 0x20));
    let (words, _) = hits.as_chunks::<8>();
    words.iter().enumerate().fold(0, |mask, (index, word)| {
        mask | u64::from_le_bytes(*word).wrapping_mul(0x0102_0408_1020_4080) >> 56 << (8 * index)
    })
}

/// Where the first quote, backslash or control character of a word is; 8 if there is none.
///
/// The classic test for a zero byte in a word (a byte is below n when its high bit is clear and subtracting n borrows)
/// finds all three classes; a false hit can only lie above a true one, so the lowest is exact.
#[inline]
pub(super) fn first_hit(word: [u8; 8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let word = u64::from_le_bytes(word);
    let quote = word ^ (ONES * 0x22);
    let backslash = word ^ (ONES * 0x5c);
    let hits = (word.wrapping_sub(ONES * 0x20) & !word)
        | (quote.wrapping_sub(ONES) & !quote)
        | (backslash.wrapping_sub(ONES) & !backslash);
    (hits & (ONES * 0x80)).trailing_zeros() as usize / 8
}

/// Where the first byte of a text is that needs an escape in a string.
#[inline]
pub(crate) fn first_escape(bytes: &[u8]) -> Option<usize> {
    let (words, rest) = bytes.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let at = first_hit(*word);
        if at < 8 {
            return Some(8 * index + at);
        }
    }
    let needs_escape = |byte: &u8| *byte < 0x20 || matches!(byte, b'"' | b'\\');
    rest.iter().position(needs_escape).map(|at| 8 * words.len() + at)
}

/// [`hits_in`] the bytes before the end of the text, which is a hit as well.
#[inline(never)]
pub(super) fn hits_in_the_last(bytes: &[u8]) -> u64 {
    let mut block = [0; BLOCK];
    block[..bytes.len()].copy_from_slice(bytes);
    hits_in(&block)
}

//! Many bytes at a time, without a byte of `unsafe`: what ends a run of plain characters, and digits.

use wide::u8x16;

/// The number that eight digits are: neighbours are put together in one product, then pairs, then fours.
#[inline]
pub(crate) fn eight_digits(digits: [u8; 8]) -> Option<i64> {
    const HIGH: u64 = 0xf0f0_f0f0_f0f0_f0f0;
    const ZEROS: u64 = 0x3030_3030_3030_3030;
    let digits = u64::from_le_bytes(digits);
    // A digit's high half is 3, and still is when 6 is added. No byte of which the first holds carries into the next.
    if digits & HIGH != ZEROS || digits.wrapping_add(0x0606_0606_0606_0606) & HIGH != ZEROS {
        return None;
    }
    let ones = digits & !HIGH;
    let tens = (ones.wrapping_mul(10 << 8 | 1) >> 8) & 0x00ff_00ff_00ff_00ff;
    let hundreds = (tens.wrapping_mul(100 << 16 | 1) >> 16) & 0x0000_ffff_0000_ffff;
    i64::try_from(hundreds.wrapping_mul(10_000 << 32 | 1) >> 32).ok()
}

/// How many bytes of a string are looked at together: as many as a word has bits.
pub(crate) const BLOCK: usize = 64;

/// What stands where in the next bytes of a text, one bit a byte, the first lowest.
pub(crate) struct Block {
    /// Quotes, and control characters, which no string may hold. The end of the text is one as well.
    pub(crate) ends: u64,
    pub(crate) backslashes: u64,
    /// Whether there are control characters among the ends.
    pub(crate) has_controls: bool,
}

impl Block {
    /// The block at the front of `bytes`.
    #[inline]
    pub(crate) fn of(bytes: &[u8]) -> Self {
        match bytes.first_chunk() {
            Some(block) => Self::whole(block),
            None => Self::last(bytes),
        }
    }

    #[inline]
    fn whole(block: &[u8; BLOCK]) -> Self {
        let (parts, _) = block.as_chunks::<16>();
        let (mut ends, mut backslashes, mut all_controls) = (0, 0, u8x16::splat(0));
        for (index, part) in parts.iter().enumerate() {
            let part = u8x16::new(*part);
            let mask = |found: u8x16| u64::from(found.to_bitmask()) << (16 * index);
            let controls = part.min(u8x16::splat(0x1f)).simd_eq(part);
            ends |= mask(part.simd_eq(u8x16::splat(b'"')) | controls);
            backslashes |= mask(part.simd_eq(u8x16::splat(b'\\')));
            all_controls |= controls;
        }
        Self { ends, backslashes, has_controls: all_controls.any() }
    }

    #[inline(never)]
    fn last(bytes: &[u8]) -> Self {
        let mut block = [0; BLOCK];
        block[..bytes.len()].copy_from_slice(bytes);
        Self::whole(&block)
    }

    /// The characters that stand behind a backslash which is not escaped itself, and whether the block ends in such a
    /// backslash.
    ///
    /// In a run of backslashes every other one is escaped, so it matters whether the run starts at an even or odd place; a
    /// subtraction carries through all runs at once (Langdale and Lemire, "Parsing gigabytes of JSON per second", 3.1.1).
    #[inline]
    pub(crate) fn escaped(&self) -> (u64, bool) {
        const ODD: u64 = 0xaaaa_aaaa_aaaa_aaaa;
        let escapes_and_escaped = ((self.backslashes << 1 | ODD).wrapping_sub(self.backslashes)) ^ ODD;
        let escapes = escapes_and_escaped & self.backslashes;
        (escapes_and_escaped ^ self.backslashes, escapes >> (BLOCK - 1) == 1)
    }
}

/// Where the first quote, backslash or control character of a word is; 8 if there is none.
///
/// The classic test for a zero byte in a word (a byte is below n when its high bit is clear and subtracting n borrows)
/// finds all three classes; a false hit can only lie above a true one, so the lowest is exact.
#[inline]
pub(crate) fn first_hit(word: [u8; 8]) -> usize {
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

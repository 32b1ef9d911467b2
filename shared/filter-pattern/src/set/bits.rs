//! A set of small numbers, a bit each.

/// Bits of a word.
const WORD: usize = u64::BITS as usize;

/// Numbers below a bound.
#[derive(Debug)]
pub(super) struct Bits {
    words: Vec<u64>,
}

impl Bits {
    pub(super) fn below(bound: usize) -> Self {
        Self { words: vec![0; bound.div_ceil(WORD)] }
    }

    pub(super) fn clear(&mut self) {
        self.words.fill(0);
    }

    #[inline]
    pub(super) fn insert(&mut self, number: usize) {
        self.words[number / WORD] |= 1 << (number % WORD);
    }

    /// Calls `each` with the numbers, from the smallest on.
    #[inline]
    pub(super) fn for_each(&self, mut each: impl FnMut(usize)) {
        for (index, word) in self.words.iter().enumerate() {
            let mut word = *word;
            while word != 0 {
                each(index * WORD + word.trailing_zeros() as usize);
                word &= word - 1;
            }
        }
    }
}

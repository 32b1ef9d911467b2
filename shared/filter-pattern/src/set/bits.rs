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

    /// The numbers, from the smallest on.
    pub(super) fn iter(&self) -> impl Iterator<Item = usize> {
        self.words.iter().enumerate().flat_map(|(index, word)| {
            let mut word = *word;
            std::iter::from_fn(move || {
                let bit = word.trailing_zeros() as usize;
                // Nothing is left: 64 zeros.
                (bit < WORD).then(|| {
                    word &= word - 1;
                    index * WORD + bit
                })
            })
        })
    }
}

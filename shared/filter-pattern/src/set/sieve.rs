//! Whether it pays to look for words before a message is read as JSON.

/// Messages after which the sieve has an opinion.
const ENOUGH: u32 = 32;
/// Messages after which older ones count half.
const MANY: u32 = 256;
/// One of so many messages is looked at all the same, to notice a change.
const PROBE: u64 = 64;

/// Counts how often a message had to be read although its words were looked for first. Where that is most of them, the
/// search only adds to the reading. What matches is the same with it and without.
#[derive(Debug, Default)]
pub(super) struct Sieve {
    searched: u32,
    read: u32,
}

impl Sieve {
    pub(super) fn pays(&self, message: u64) -> bool {
        self.searched < ENOUGH || self.read * 2 < self.searched || message.is_multiple_of(PROBE)
    }

    pub(super) fn record(&mut self, was_read: bool) {
        self.searched += 1;
        self.read += u32::from(was_read);
        if self.searched == MANY {
            self.searched /= 2;
            self.read /= 2;
        }
    }
}

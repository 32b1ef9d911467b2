//! Whether it pays to look at a message before the work that this may spare.

/// Messages after which the sieve has an opinion.
const ENOUGH: u32 = 32;
/// Messages after which older ones count half.
const MANY: u32 = 256;
/// One of so many messages is looked at all the same, to notice a change.
const PROBE: u64 = 64;

/// Counts how often a message had to be searched, or read as JSON, although it was looked at first. Where that is most
/// of them, the look only adds to the work. What matches is the same with it and without.
#[derive(Debug, Default)]
pub(super) struct Sieve {
    looked_at: u32,
    worked: u32,
}

impl Sieve {
    pub(super) fn pays(&self, message: u64) -> bool {
        self.looked_at < ENOUGH || self.worked * 2 < self.looked_at || message.is_multiple_of(PROBE)
    }

    pub(super) fn record(&mut self, was_needed: bool) {
        self.looked_at += 1;
        self.worked += u32::from(was_needed);
        if self.looked_at == MANY {
            self.looked_at /= 2;
            self.worked /= 2;
        }
    }
}

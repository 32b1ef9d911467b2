//! What became of the records so far.

use logweir_accounting::{Amount, Entry, Fate, Ledger};
use logweir_archive::Letter;

use crate::problem::Problem;
use crate::reader::Content;

/// What a function makes of the events of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The sink has them, or will.
    Delivered,
    /// They were put back, and come again.
    Returned,
    /// The sink can never take them.
    Refused(Problem),
}

/// What became of the records so far, beside what the function keeps of them.
#[derive(Debug, Default)]
pub struct Books<S> {
    /// The function's own.
    pub shared: S,
    /// What became of each record.
    pub ledger: Ledger,
    /// Records to be set aside.
    pub letters: Vec<Letter>,
}

impl<S> Books<S> {
    /// Books in which nothing is.
    pub fn new(shared: S) -> Self {
        Self { shared, ledger: Ledger::default(), letters: Vec::new() }
    }

    /// Enters what became of the next record; the `verdict` counts where there are events that go on.
    pub fn enter(&mut self, content: Content<'_>, verdict: Verdict) {
        let entry = match content {
            Content::Dropped(reason, amount) => Entry::new(amount, Fate::Dropped(reason)),
            Content::Failed { problem, bytes, amount } => {
                self.set_aside(problem, bytes);
                Entry::new(amount, Fate::DeadLettered)
            }
            Content::Parts(parts) => {
                let fate = match verdict {
                    Verdict::Delivered => Fate::Delivered,
                    Verdict::Returned => Fate::Returned,
                    Verdict::Refused(problem) => {
                        self.set_aside(problem, parts.payload);
                        Fate::DeadLettered
                    }
                };
                self.ledger.lone_surrogates += parts.original.lone_surrogates as u64;
                Entry { dropped: parts.dropped, ..Entry::new(parts.received, fate) }
            }
        };
        self.ledger.enter(entry);
    }

    /// Enters that nobody looked at the next record: it comes again, so it need not be decoded to be counted.
    pub fn enter_unread(&mut self, base64: &str) {
        self.ledger.enter(Entry::new(Amount::unread(base64.len()), Fate::NotReached));
    }

    fn set_aside(&mut self, Problem { code, message }: Problem, bytes: &[u8]) {
        let record = self.ledger.entries().len();
        self.letters.push(Letter { record, code, message, bytes: bytes.to_vec() });
    }
}

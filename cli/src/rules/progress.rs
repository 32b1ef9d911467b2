//! How far a long input is read, on a terminal.

use std::io::{self, IsTerminal, Write};

/// After how many events it is told.
const STEP: u64 = 200_000;

/// Tells on standard error how many events were read, if somebody looks at it.
#[derive(Debug)]
pub(super) struct Progress {
    is_seen: bool,
    next: u64,
}

impl Progress {
    pub(super) fn new() -> Self {
        Self { is_seen: io::stderr().is_terminal(), next: STEP }
    }

    pub(super) fn read(&mut self, events: u64) {
        if self.is_seen && events >= self.next {
            self.next = events + STEP;
            let _ = write!(io::stderr(), "\r{events} events");
        }
    }

    /// Leaves the line as it was.
    pub(super) fn end(&self) {
        if self.next > STEP {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

//! Time: when an invocation must have answered. The one place where the clock is read.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// When Lambda ends the invocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline {
    /// Milliseconds since 1970.
    at: u64,
}

impl Deadline {
    /// The deadline that Lambda gave, `reserve` earlier, so that there is time to answer.
    pub fn of(context: &lambda_runtime::Context, reserve: Duration) -> Self {
        Self { at: context.deadline.saturating_sub(u64::try_from(reserve.as_millis()).unwrap_or(u64::MAX)) }
    }

    /// This deadline, or one `after` now if that is sooner.
    #[must_use]
    pub fn within(self, after: Duration) -> Self {
        let soon = now().saturating_add(u64::try_from(after.as_millis()).unwrap_or(u64::MAX));
        Self { at: self.at.min(soon) }
    }

    /// How long until then; nothing once it has passed.
    pub fn remaining(&self) -> Duration {
        Duration::from_millis(self.at.saturating_sub(now()))
    }

    /// Whether `wait` ends before it.
    pub fn allows(&self, wait: Duration) -> bool {
        wait < self.remaining()
    }
}

/// Milliseconds since 1970.
#[expect(clippy::disallowed_methods, reason = "this is the home of the clock")]
pub fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

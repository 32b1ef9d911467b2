//! How long to wait before trying again.

use std::time::Duration;

/// Exponential back-off with full jitter
/// (<https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// Longest wait before the second attempt.
    pub base: Duration,
    /// Longest wait of all.
    pub cap: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { base: Duration::from_millis(50), cap: Duration::from_secs(5) }
    }
}

impl Backoff {
    /// The wait after failed attempt number `attempt` (from 0); `random` is from 0 to 1.
    ///
    /// ```
    /// use logweir_lambda_support::Backoff;
    /// use std::time::Duration;
    ///
    /// let backoff = Backoff::default();
    /// assert_eq!(backoff.delay(0, 1.0), Duration::from_millis(50));
    /// assert_eq!(backoff.delay(3, 0.5), Duration::from_millis(200));
    /// assert_eq!(backoff.delay(60, 1.0), backoff.cap);
    /// ```
    pub fn delay(&self, attempt: u32, random: f64) -> Duration {
        let longest = self.base.saturating_mul(1 << attempt.min(20)).min(self.cap);
        longest.mul_f64(random.clamp(0.0, 1.0))
    }

    /// The wait after failed attempt number `attempt`, by chance.
    pub fn random_delay(&self, attempt: u32) -> Duration {
        self.delay(attempt, fastrand::f64())
    }
}

//! The time that a page shows, and how it is cut into buckets.

use jiff::Timestamp;

/// From when until when, and the width of a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    from: i64,
    to: i64,
    interval: Interval,
}

/// The width of a bucket, as search servers write it and in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Interval {
    text: &'static str,
    milliseconds: i64,
}

/// Most buckets of a chart: more are too narrow to see.
const MAX_BUCKETS: i64 = 80;
const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const INTERVALS: [Interval; 15] = [
    Interval { text: "1s", milliseconds: SECOND },
    Interval { text: "5s", milliseconds: 5 * SECOND },
    Interval { text: "10s", milliseconds: 10 * SECOND },
    Interval { text: "30s", milliseconds: 30 * SECOND },
    Interval { text: "1m", milliseconds: MINUTE },
    Interval { text: "5m", milliseconds: 5 * MINUTE },
    Interval { text: "10m", milliseconds: 10 * MINUTE },
    Interval { text: "30m", milliseconds: 30 * MINUTE },
    Interval { text: "1h", milliseconds: HOUR },
    Interval { text: "3h", milliseconds: 3 * HOUR },
    Interval { text: "12h", milliseconds: 12 * HOUR },
    Interval { text: "1d", milliseconds: DAY },
    Interval { text: "7d", milliseconds: 7 * DAY },
    Interval { text: "30d", milliseconds: 30 * DAY },
    Interval { text: "365d", milliseconds: 365 * DAY },
];

impl Range {
    /// From `from` to `to`, both included, to the millisecond. They may come in either order.
    pub fn new(from: Timestamp, to: Timestamp) -> Self {
        let (from, to) = (from.min(to).as_millisecond(), from.max(to).as_millisecond());
        let fits = |interval: &&Interval| (to - from) / interval.milliseconds < MAX_BUCKETS;
        let interval = INTERVALS.iter().find(fits).copied();
        Self { from, to, interval: interval.unwrap_or(INTERVALS[INTERVALS.len() - 1]) }
    }

    /// The width of a bucket, such as `5m`.
    pub fn interval(&self) -> &'static str {
        self.interval.text
    }

    pub(crate) fn from(&self) -> i64 {
        self.from
    }

    pub(crate) fn to(&self) -> i64 {
        self.to
    }

    pub(crate) fn interval_milliseconds(&self) -> i64 {
        self.interval.milliseconds
    }

    /// When each bucket begins. Servers cut time from 1970 on, so the first one can begin before the range.
    pub(crate) fn buckets(&self) -> Vec<i64> {
        let step = self.interval.milliseconds;
        let first = self.from.div_euclid(step) * step;
        (0..=(self.to - first) / step).map(|place| first + place * step).collect()
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::Range;

    #[test]
    fn buckets_are_few() {
        let at = |milliseconds| Timestamp::from_millisecond(milliseconds).unwrap();
        for (milliseconds, interval) in
            [(0, "1s"), (60_000, "1s"), (3_600_000, "1m"), (86_400_000, "30m"), (7 * 86_400_000, "3h")]
        {
            let range = Range::new(at(1_795_260_000_123), at(1_795_260_000_123 + milliseconds));
            assert_eq!(range.interval(), interval);
            assert!((1..=81).contains(&range.buckets().len()));
            assert!(range.buckets()[0] <= range.from());
        }
        let all = Range::new(Timestamp::MAX, Timestamp::MIN);
        assert!(all.buckets().len() < 25_000);
    }
}

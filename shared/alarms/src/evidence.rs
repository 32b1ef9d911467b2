//! What is known of the matching events of one alarm and group.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::sketch::{Aggregate, Reading};

/// Which event it is: a digest of owner, log group, log stream and id, the same at every delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventKey(pub u128);

/// A matching event.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Observation {
    /// Its time.
    pub timestamp: i64,
    /// Which it is.
    pub key: EventKey,
    /// What it says.
    pub reading: Reading,
}

impl Observation {
    pub(crate) fn place(&self) -> (i64, EventKey) {
        (self.timestamp, self.key)
    }
}

/// A matching line, as messages show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Its time.
    pub timestamp: i64,
    /// CloudWatch Logs' id of the event.
    pub id: String,
    /// Account that owns the log group.
    pub owner: String,
    /// Its log group.
    pub log_group: String,
    /// Its log stream.
    pub log_stream: String,
    /// The line, shortened and with what must not be seen left out.
    pub message: String,
}

/// What is known of the matching events of one alarm and group: a set, so that it does not matter in which order and how often its
/// parts come. Times are milliseconds since 1970.
///
/// ```
/// use logweir_alarms::{EventKey, Evidence, Observation, Reading};
///
/// let seen = |timestamp| Observation { timestamp, key: EventKey(timestamp as u128), reading: Reading::Nothing };
/// let (mut one, mut other) = (Evidence::default(), Evidence::default());
/// [seen(3_000), seen(1_000)].map(|observation| one.add(observation));
/// [seen(2_000), seen(3_000)].map(|observation| other.add(observation));
/// one.merge(other.clone());
/// one.merge(other);
/// assert_eq!(one.in_window(1_000, 3_000).len(), 2, "from is not included, and a repeat is no second event");
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Evidence {
    /// Sorted by time and key, each once.
    observations: Vec<Observation>,
    /// What payloads hold of a grain of time, where they hold much of it: by the end of the grain and the payload's digest.
    aggregates: BTreeMap<(i64, u64), Aggregate>,
    lines: BTreeMap<(i64, EventKey), Line>,
}

impl Evidence {
    /// Adds an event.
    pub fn add(&mut self, observation: Observation) {
        match self.observations.last() {
            Some(last) if last.place() >= observation.place() => {
                let found = self.observations.binary_search_by_key(&observation.place(), Observation::place);
                if let Err(index) = found {
                    self.observations.insert(index, observation);
                }
            }
            _ => self.observations.push(observation),
        }
    }

    /// Adds the line of an event, so that it can be shown.
    pub fn add_line(&mut self, key: EventKey, line: Line) {
        self.lines.entry((line.timestamp, key)).or_insert(line);
    }

    pub(crate) fn add_aggregate(&mut self, end: i64, digest: u64, aggregate: Aggregate) {
        self.aggregates.entry((end, digest)).or_insert(aggregate);
    }

    /// Adds many events at once, in any order.
    pub fn extend(&mut self, observations: impl IntoIterator<Item = Observation>) {
        self.observations.extend(observations);
        if !self.observations.is_sorted_by(|one, next| one.place() < next.place()) {
            self.observations.sort_by_key(Observation::place);
            self.observations.dedup_by_key(|observation| observation.place());
        }
    }

    /// Knows these events, sorted, and no others.
    pub(crate) fn keep(&mut self, observations: Vec<Observation>) {
        self.observations = observations;
    }

    /// Shows the newest `most` lines, and no others.
    pub(crate) fn keep_lines(&mut self, most: usize) {
        while self.lines.len() > most {
            self.lines.pop_first();
        }
    }

    /// Knows nothing after `time`.
    pub fn end_at(&mut self, time: i64) {
        self.observations.truncate(self.observations.partition_point(|observation| observation.timestamp <= time));
        self.aggregates.retain(|(end, _), _| *end <= time);
    }

    /// Adds all that another knows.
    pub fn merge(&mut self, other: Self) {
        self.extend(other.observations);
        for ((end, digest), aggregate) in other.aggregates {
            self.add_aggregate(end, digest, aggregate);
        }
        for ((_, key), line) in other.lines {
            self.add_line(key, line);
        }
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.observations.is_empty() && self.aggregates.is_empty()
    }

    /// All events that are known one by one, by time.
    pub fn observations(&self) -> &[Observation] {
        &self.observations
    }

    /// The events after `from` up to `to` that are known one by one, by time.
    pub fn in_window(&self, from: i64, to: i64) -> &[Observation] {
        let start = self.observations.partition_point(|observation| observation.timestamp <= from);
        let end = self.observations.partition_point(|observation| observation.timestamp <= to);
        self.observations.get(start..end).unwrap_or_default()
    }

    /// The newest `most` lines after `from` up to `to`, the oldest first.
    pub fn lines(&self, from: i64, to: i64, most: usize) -> Vec<Line> {
        let range = (from.saturating_add(1), EventKey(0))..=(to, EventKey(u128::MAX));
        if from >= to {
            return Vec::new();
        }
        let mut lines: Vec<_> = self.lines.range(range).rev().take(most).map(|(_, line)| line.clone()).collect();
        lines.reverse();
        lines
    }

    pub(crate) fn all_lines(&self) -> impl DoubleEndedIterator<Item = (EventKey, &Line)> {
        self.lines.iter().map(|((_, key), line)| (*key, line))
    }

    pub(crate) fn aggregates(&self) -> impl Iterator<Item = (i64, u64, &Aggregate)> {
        self.aggregates.iter().map(|((end, digest), aggregate)| (*end, *digest, aggregate))
    }

    /// The aggregates of grains that end after `from`, up to `to`.
    pub(crate) fn aggregates_in(&self, from: i64, to: i64) -> impl Iterator<Item = &Aggregate> {
        let is_window = from < to;
        let range = (from.min(to).saturating_add(1), 0)..=(to.max(from.saturating_add(1)), u64::MAX);
        self.aggregates.range(range).filter(move |_| is_window).map(|(_, aggregate)| aggregate)
    }

    /// The time of the first event, or the end of the first grain, after `time`.
    pub(crate) fn first_after(&self, time: i64) -> Option<i64> {
        let index = self.observations.partition_point(|observation| observation.timestamp <= time);
        let event = self.observations.get(index).map(|observation| observation.timestamp);
        let grain = self.aggregates.range((time.saturating_add(1), 0)..).next().map(|((end, _), _)| *end);
        [event, grain].into_iter().flatten().min()
    }

    /// The time of the last event, or the end of the last grain.
    pub fn last(&self) -> Option<i64> {
        let event = self.observations.last().map(|observation| observation.timestamp);
        let grain = self.aggregates.keys().next_back().map(|(end, _)| *end);
        event.max(grain)
    }

    /// Whether there is anything after `from` up to `to`.
    pub(crate) fn has_any(&self, from: i64, to: i64) -> bool {
        self.first_after(from).is_some_and(|first| first <= to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(timestamp: i64, key: u128) -> Observation {
        Observation { timestamp, key: EventKey(key), reading: Reading::Nothing }
    }

    #[test]
    fn the_order_and_number_of_deliveries_do_not_matter() {
        let mut random = fastrand::Rng::with_seed(7);
        let events: Vec<_> = (0..200).map(|key| seen(random.i64(0..50), key)).collect();
        let mut expected = Evidence::default();
        expected.extend(events.iter().copied());
        for _ in 0..50 {
            let mut shuffled: Vec<_> = events.iter().chain(&events).copied().collect();
            random.shuffle(&mut shuffled);
            let mut found = Evidence::default();
            for part in shuffled.chunks(random.usize(1..40)) {
                let mut other = Evidence::default();
                for event in part {
                    other.add(*event);
                }
                found.merge(other);
            }
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn a_window_leaves_out_where_it_begins() {
        let mut evidence = Evidence::default();
        evidence.extend([seen(0, 1), seen(60_000, 2), seen(60_001, 3)]);
        assert_eq!(evidence.in_window(0, 60_000).len(), 1);
        assert_eq!(evidence.in_window(-1, 60_001).len(), 3);
        assert!(evidence.in_window(5, 5).is_empty());
        assert_eq!((evidence.first_after(0), evidence.last()), (Some(60_000), Some(60_001)));
    }
}

//! What a measure comes to in a window.

use crate::condition::{Condition, MINUTE, Measure, Threshold};
use crate::evaluate::Datapoint;
use crate::evidence::Evidence;
use crate::sketch::{Aggregate, Detail, Reading, rank};

/// Different texts of a payload that are kept at most: the greatest threshold of a distinct count is one less.
pub(crate) const MAX_DISTINCT: usize = 4_001;

/// The grain of time in which payloads are summed up: windows that end at whole minutes are made of whole grains.
pub(crate) fn grain(condition: &Condition) -> i64 {
    condition.period().milliseconds().min(MINUTE)
}

impl Threshold {
    /// How far back from its end the data of one data point lie, in milliseconds.
    pub(crate) fn reach(&self) -> i64 {
        let periods = match self.measure {
            Measure::Spike { reference_periods, .. } => 1 + i64::from(reference_periods),
            _ => 1,
        };
        periods * self.period.milliseconds()
    }

    pub(crate) fn detail(&self) -> Detail {
        match self.measure {
            Measure::Percentile(_) => Detail::Buckets,
            Measure::DistinctCount => Detail::Distinct(self.deciding_distinct()),
            _ => Detail::Nothing,
        }
    }

    /// How many different texts decide, whatever the others are.
    fn deciding_distinct(&self) -> usize {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
        let deciding = self.threshold.floor().clamp(0.0, 4_000.0) as usize + 1;
        deciding.min(MAX_DISTINCT)
    }

    /// What is measured of the window that ends at `end`; nothing without data.
    pub fn value(&self, evidence: &Evidence, end: i64) -> Option<f64> {
        let period = self.period.milliseconds();
        match self.measure {
            Measure::Count => as_number(count(evidence, end - period, end)).filter(|count| *count > 0.0),
            Measure::Spike { reference_periods, minimum_reference } => {
                let start = end - period;
                let reference = as_number(count(evidence, end - self.reach(), start))? / f64::from(reference_periods);
                let now = as_number(count(evidence, start, end))?;
                (reference > 0.0 && reference >= minimum_reference).then(|| now / reference)
            }
            _ => self.statistic(evidence, end - period, end),
        }
    }

    fn statistic(&self, evidence: &Evidence, from: i64, to: i64) -> Option<f64> {
        let events = evidence.in_window(from, to);
        let mut parts = evidence.aggregates_in(from, to).peekable();
        if let (Measure::Percentile(percent), None) = (self.measure, parts.peek()) {
            // All are known one by one: no sketch is needed.
            let number = |reading| if let Reading::Number(number) = reading { Some(number) } else { None };
            let mut numbers: Vec<f64> = events.iter().filter_map(|event| number(event.reading)).collect();
            let index = usize::try_from(rank(percent, numbers.len() as u64)).ok()? - 1;
            return (index < numbers.len()).then(|| *numbers.select_nth_unstable_by(index, f64::total_cmp).1);
        }
        let mut whole = Aggregate::default();
        // Differences of texts are counted to the end, so that the value is the true one where it can be.
        let detail = if let Detail::Distinct(_) = self.detail() { Detail::Distinct(usize::MAX) } else { self.detail() };
        for event in events {
            whole.add(event.reading, detail);
        }
        parts.for_each(|part| whole.merge(part));
        let (least, greatest) = match (self.measure, whole.range) {
            (Measure::DistinctCount, _) => return as_number(whole.distinct.len() as u64).filter(|count| *count > 0.0),
            (_, range) => range?,
        };
        match self.measure {
            Measure::Sum => Some(whole.sum),
            Measure::Average => as_number(whole.count).map(|count| whole.sum / count),
            Measure::Minimum => Some(least),
            Measure::Maximum => Some(greatest),
            Measure::Percentile(percent) => whole.percentile(percent),
            Measure::Count | Measure::DistinctCount | Measure::Spike { .. } => None,
        }
    }

    pub(crate) fn datapoint(&self, evidence: &Evidence, end: i64) -> Datapoint {
        match self.value(evidence, end) {
            None => Datapoint::Missing,
            Some(value) if self.comparison.is_breached(value, self.threshold) => Datapoint::Breaching,
            Some(_) => Datapoint::NotBreaching,
        }
    }
}

fn count(evidence: &Evidence, from: i64, to: i64) -> u64 {
    evidence.in_window(from, to).len() as u64 + evidence.aggregates_in(from, to).map(|part| part.count).sum::<u64>()
}

#[expect(
    clippy::cast_precision_loss,
    clippy::unnecessary_wraps,
    reason = "counts beyond 2^53 do not happen; reads as the others do"
)]
fn as_number(count: u64) -> Option<f64> {
    Some(count as f64)
}

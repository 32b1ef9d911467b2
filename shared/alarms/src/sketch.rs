//! What many values come to, in little space.

use std::collections::{BTreeMap, BTreeSet};

/// Neighbouring buckets differ by this factor: a percentile of a sketch is off by at most 1 % of itself.
const GAMMA: f64 = 1.02;
/// Keys of positive numbers begin above it, those of negative ones below its negative; zero has the key 0. Natural numbers of buckets
/// lie between -38,000 and 36,000.
const OFFSET: i32 = 40_000;
/// Buckets of a sketch; with more, the least values share one.
const MAX_BUCKETS: usize = 2_048;

/// What an event says for the measure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reading {
    /// That it is there.
    Nothing,
    /// A number.
    Number(f64),
    /// A text, by its digest.
    Text(u64),
}

/// What many events come to. Merging is addition, so each part must be merged once only: [`crate::Evidence`] sees to that.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Aggregate {
    pub(crate) count: u64,
    pub(crate) sum: f64,
    /// Least and greatest number; nothing without numbers.
    pub(crate) range: Option<(f64, f64)>,
    /// How many numbers are in each bucket.
    pub(crate) buckets: BTreeMap<i32, u64>,
    /// Digests of different texts.
    pub(crate) distinct: BTreeSet<u64>,
}

/// What an aggregate keeps besides count, sum and range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detail {
    Nothing,
    Buckets,
    /// So many different texts at most, the least digests: enough to decide.
    Distinct(usize),
}

impl Aggregate {
    pub(crate) fn add(&mut self, reading: Reading, detail: Detail) {
        self.count += 1;
        match reading {
            Reading::Nothing => {}
            Reading::Number(number) => {
                self.sum += number;
                let (least, greatest) = self.range.unwrap_or((number, number));
                self.range = Some((least.min(number), greatest.max(number)));
                if detail == Detail::Buckets {
                    *self.buckets.entry(bucket(number)).or_default() += 1;
                    self.collapse();
                }
            }
            Reading::Text(text) => {
                if let Detail::Distinct(most) = detail {
                    self.distinct.insert(text);
                    if self.distinct.len() > most {
                        self.distinct.pop_last();
                    }
                }
            }
        }
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.sum += other.sum;
        self.range = match (self.range, other.range) {
            (Some((least, greatest)), Some((low, high))) => Some((least.min(low), greatest.max(high))),
            (one, two) => one.or(two),
        };
        for (bucket, count) in &other.buckets {
            *self.buckets.entry(*bucket).or_default() += count;
        }
        self.collapse();
        self.distinct.extend(&other.distinct);
    }

    fn collapse(&mut self) {
        while self.buckets.len() > MAX_BUCKETS {
            let Some((_, count)) = self.buckets.pop_first() else { return };
            if let Some(mut next) = self.buckets.first_entry() {
                *next.get_mut() += count;
            }
        }
    }

    /// The number that `percent` of them do not exceed, to 1 %.
    pub(crate) fn percentile(&self, percent: f64) -> Option<f64> {
        let (least, greatest) = self.range?;
        let rank = rank(percent, self.buckets.values().sum());
        let mut before = 0;
        let (key, _) = self.buckets.iter().find(|(_, count)| {
            before += **count;
            before >= rank
        })?;
        Some(middle(*key).clamp(least, greatest))
    }
}

/// Which of `count` sorted values, from 1, is the percentile: the nearest rank.
pub(crate) fn rank(percent: f64, count: u64) -> u64 {
    #[expect(clippy::cast_precision_loss, reason = "counts beyond 2^53 do not happen")]
    let rank = (percent / 100.0 * count as f64).ceil();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to count")]
    let rank = rank as u64;
    rank.clamp(1, count.max(1))
}

fn bucket(number: f64) -> i32 {
    if number == 0.0 {
        return 0;
    }
    #[expect(clippy::cast_possible_truncation, reason = "logarithms of numbers lie between -38,000 and 36,000")]
    let natural = (number.abs().ln() / GAMMA.ln()).ceil() as i32;
    let key = natural.saturating_add(OFFSET);
    if number < 0.0 { -key } else { key }
}

fn middle(key: i32) -> f64 {
    if key == 0 {
        return 0.0;
    }
    let value = 2.0 * GAMMA.powi(key.abs() - OFFSET) / (GAMMA + 1.0);
    if key < 0 { -value } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_off_by_one_percent_at_most() {
        let mut random = fastrand::Rng::with_seed(3);
        for round in 0..20 {
            let mut numbers: Vec<f64> =
                (0..=round * 97).map(|_| (random.f64() - 0.3) * 10_f64.powi(random.i32(-3..7))).collect();
            let (mut one, mut two) = (Aggregate::default(), Aggregate::default());
            for (index, number) in numbers.iter().enumerate() {
                let part = if index % 3 == 0 { &mut one } else { &mut two };
                part.add(Reading::Number(*number), Detail::Buckets);
            }
            one.merge(&two);
            numbers.sort_by(f64::total_cmp);
            for percent in [0.1, 50.0, 90.0, 99.0, 99.9, 100.0] {
                let index = usize::try_from(rank(percent, numbers.len() as u64)).expect("small") - 1;
                let (expected, found) = (numbers[index], one.percentile(percent).expect("numbers"));
                assert!((found - expected).abs() <= 0.0101 * expected.abs(), "p{percent}: {found} for {expected}");
            }
        }
    }

    #[test]
    fn extremes_have_buckets_of_their_own() {
        for number in [f64::MIN_POSITIVE, 1e-300, 1.0, f64::MAX, -f64::MAX, 5e-324] {
            let key = bucket(number);
            assert_eq!(key < 0, number < 0.0);
            assert!(key.abs() > 0 && key.abs() < 2 * OFFSET, "{number}: {key}");
        }
        let mut many = Aggregate::default();
        (0..10_000).for_each(|power| many.add(Reading::Number(1.03_f64.powi(power - 5_000)), Detail::Buckets));
        assert_eq!(many.buckets.len(), MAX_BUCKETS);
        assert_eq!(many.buckets.values().sum::<u64>(), many.count);
    }

    #[test]
    fn enough_different_texts_are_kept_to_decide() {
        let mut texts = Aggregate::default();
        (0..50).for_each(|text| texts.add(Reading::Text(text % 20), Detail::Distinct(5)));
        assert_eq!((texts.count, texts.distinct.len()), (50, 5));
    }
}

//! Where ticks stand.

use crate::unit::{Unit, time};

/// Round values from nought to a bit more than `largest`, some `count` of them.
pub(super) fn values(largest: f64, count: f64, whole: bool) -> Vec<f64> {
    let largest = if largest > 0.0 && largest.is_finite() { largest } else { 1.0 };
    let rough = largest / count;
    let power = 10_f64.powf(rough.log10().floor());
    let mut step = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().map(|times| times * power).find(|step| *step >= rough);
    if whole {
        // There is no quarter of an event.
        step = step.map(|step| step.max(1.0).ceil());
    }
    let step = step.unwrap_or(largest);
    let mut ticks = vec![0.0];
    while let Some(last) = ticks.last().copied()
        && last < largest
        && ticks.len() < 20
    {
        ticks.push(last + step);
    }
    ticks
}

/// Whether a unit has no fractions.
pub(super) fn is_whole(unit: Unit) -> bool {
    matches!(unit, Unit::Count | Unit::Bytes)
}

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// Steps that people count time in.
const STEPS: [i64; 21] = [
    1_000,
    5_000,
    10_000,
    30_000,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    4 * DAY,
    7 * DAY,
    30 * DAY,
    365 * DAY,
];

/// Points in time and what to call them, at most `count`, from `from` to `to`.
pub(super) fn times(from: i64, to: i64, count: i64) -> Vec<(i64, String)> {
    let step = STEPS.into_iter().find(|step| (to - from) / step < count.max(1)).unwrap_or(3650 * DAY);
    let first = (from.div_euclid(step) + i64::from(from.rem_euclid(step) != 0)) * step;
    let ticks = (0..200).map(|place| first + place * step).take_while(|at| *at <= to);
    ticks.map(|at| (at, name(at, step))).collect()
}

/// Midnight is a day, all else an hour.
fn name(at: i64, step: i64) -> String {
    let format = match step {
        _ if step >= 300 * DAY => "%Y",
        _ if at.rem_euclid(DAY) == 0 => "%b %-d",
        _ if step >= MINUTE => "%H:%M",
        _ => "%H:%M:%S",
    };
    #[expect(clippy::cast_precision_loss, reason = "times are far below 2^53 milliseconds")]
    time(at as f64, format)
}

#[cfg(test)]
mod tests {
    use super::{times, values};

    #[test]
    fn ticks_are_round() {
        assert_eq!(values(7.0, 4.0, true), [0.0, 2.0, 4.0, 6.0, 8.0]);
        assert_eq!(values(0.75, 3.0, false), [0.0, 0.25, 0.5, 0.75]);
        assert_eq!(values(2.0, 4.0, true), [0.0, 1.0, 2.0]);
        assert_eq!(values(0.0, 4.0, true), [0.0, 1.0]);
        assert!(values(f64::INFINITY, 4.0, true).len() < 20 && values(f64::MAX, 4.0, false).len() < 20);
    }

    #[test]
    fn times_are_those_of_clocks() {
        let names = |from, to| times(from, to, 8).into_iter().map(|(_, name)| name).collect::<Vec<_>>();
        assert_eq!(names(1_795_258_800_000, 1_795_262_400_000)[..2], ["11:00", "11:10"]);
        assert_eq!(names(1_795_219_200_000, 1_795_305_600_000)[..2], ["Nov 21", "06:00"]);
    }
}

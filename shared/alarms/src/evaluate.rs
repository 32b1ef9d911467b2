//! How data points make a state, as CloudWatch evaluates alarms:
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html>.

use crate::condition::TreatMissingData;
use crate::state::AlarmState;

/// What the window of one period says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Datapoint {
    /// Nothing: there is no data.
    Missing,
    /// The threshold is breached.
    Breaching,
    /// It is not.
    NotBreaching,
}

/// What the data points of an evaluation range say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The state is to be this one.
    State(AlarmState),
    /// The state stays what it is.
    Retain,
}

/// How many data points are looked at to find `evaluation_periods` with data. AWS's tables have 5 for 3; its rule is not published,
/// this one agrees with them. A single data point is decided by its own window.
pub fn evaluation_range(evaluation_periods: u32) -> u32 {
    match evaluation_periods {
        0 | 1 => 1,
        periods => periods + (periods / 3).max(2),
    }
}

/// The state that data points (the oldest first) make.
///
/// If there are as many real points as `evaluation_periods`, the newest ones decide. Otherwise missing ones are filled in as
/// `treat_missing_data` says, as few as possible. Without filling in, an alarm goes off early where all points are breaching and the
/// oldest is `datapoints_to_alarm` periods old.
///
/// ```
/// use logweir_alarms::{AlarmState, Datapoint::*, TreatMissingData, Verdict, evaluate};
///
/// let points = [NotBreaching, Missing, Breaching, Missing, Breaching];
/// assert_eq!(evaluate(&points, 3, 2, TreatMissingData::Missing), Verdict::State(AlarmState::Alarm));
/// assert_eq!(evaluate(&points, 3, 3, TreatMissingData::Breaching), Verdict::State(AlarmState::Ok));
/// ```
pub fn evaluate(
    points: &[Datapoint],
    evaluation_periods: u32,
    datapoints_to_alarm: u32,
    treat_missing_data: TreatMissingData,
) -> Verdict {
    let needed = usize::try_from(evaluation_periods).unwrap_or(usize::MAX);
    let to_alarm = usize::try_from(datapoints_to_alarm).unwrap_or(usize::MAX);
    let is_real = |point: &&Datapoint| **point != Datapoint::Missing;
    let real = points.iter().filter(is_real).count();
    let newest = points.iter().rev().filter(is_real).take(needed);
    let breaching = newest.filter(|point| **point == Datapoint::Breaching).count();
    let decided = |is_alarm| Verdict::State(if is_alarm { AlarmState::Alarm } else { AlarmState::Ok });
    if real >= needed {
        return decided(breaching >= to_alarm);
    }
    match treat_missing_data {
        TreatMissingData::Breaching => decided(breaching + needed - real >= to_alarm),
        TreatMissingData::NotBreaching => decided(breaching >= to_alarm),
        TreatMissingData::Missing if real == 0 => Verdict::State(AlarmState::InsufficientData),
        TreatMissingData::Ignore if real == 0 => Verdict::Retain,
        _ if breaching >= to_alarm => decided(true),
        treat => {
            let oldest = points.iter().position(|point| *point == Datapoint::Breaching);
            let age = oldest.map_or(0, |index| points.len() - index);
            match treat {
                _ if breaching < real || age < to_alarm => decided(false),
                TreatMissingData::Ignore => Verdict::Retain,
                _ => decided(true),
            }
        }
    }
}

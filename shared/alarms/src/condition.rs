//! When an alarm is in ALARM, in the words of CloudWatch's `PutMetricAlarm`:
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html>.

use std::fmt;
use std::str::FromStr;

/// Milliseconds of a minute: alarms are evaluated at whole minutes.
pub(crate) const MINUTE: i64 = 60_000;

/// How many matching events a count needs at most to be decided by the events themselves where its state is stored. Beyond it, what a
/// payload holds of a minute is one sum.
pub const MAX_EXACT_COUNT: u32 = 100;

/// When an alarm is in ALARM.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// A measure of a window is compared with a number.
    Threshold(Threshold),
    /// A value comes that was not there before.
    NewValue(NewValue),
    /// A value is another than before.
    Change(Change),
}

/// A measure of each period, compared with a number.
#[derive(Debug, Clone, PartialEq)]
pub struct Threshold {
    /// What is measured.
    pub measure: Measure,
    /// How it is compared.
    pub comparison: Comparison,
    /// With what.
    pub threshold: f64,
    /// Length of the window that makes a data point.
    pub period: Period,
    /// How many data points are looked at, 1 to 1,440; with `period` at most a day.
    pub evaluation_periods: u32,
    /// How many of them have to breach, 1 to `evaluation_periods`.
    pub datapoints_to_alarm: u32,
    /// What a period without matching events means.
    pub treat_missing_data: TreatMissingData,
}

/// What is measured of the matching events of a window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Measure {
    /// How many there are.
    Count,
    /// Sum of the value.
    Sum,
    /// Its average.
    Average,
    /// Its least.
    Minimum,
    /// Its greatest.
    Maximum,
    /// The value that this share of them, in percent (above 0, up to 100), does not exceed.
    Percentile(f64),
    /// How many different values there are.
    DistinctCount,
    /// The count, as a multiple of the average count of the periods before it.
    Spike {
        /// How many periods before are the reference.
        reference_periods: u32,
        /// Least average count of the reference; below it there is nothing to compare with.
        minimum_reference: f64,
    },
}

/// A value that was not there before puts its group in ALARM for a period, once.
#[derive(Debug, Clone, PartialEq)]
pub struct NewValue {
    /// How long the alarm stays in ALARM.
    pub period: Period,
    /// After how many seconds without it a value is new again.
    pub remember: u32,
    /// For how many seconds from the alarm's beginning values are learned in silence.
    pub learn: u32,
}

/// A value other than the one before it puts its group in ALARM for a period. Looked at are the first and the last event of each value in
/// each period, so that an alarm on what every line holds is cheap; a value that comes and goes within a period is seen all the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// How long the alarm stays in ALARM after the last change.
    pub period: Period,
    /// For how many seconds a value is known.
    pub remember: u32,
}

/// How a data point is compared with the threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `>=`
    GreaterThanOrEqualToThreshold,
    /// `>`
    GreaterThanThreshold,
    /// `<`
    LessThanThreshold,
    /// `<=`
    LessThanOrEqualToThreshold,
}

impl Comparison {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::GreaterThanOrEqualToThreshold,
        Self::GreaterThanThreshold,
        Self::LessThanThreshold,
        Self::LessThanOrEqualToThreshold,
    ];

    /// CloudWatch's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::GreaterThanOrEqualToThreshold => "GreaterThanOrEqualToThreshold",
            Self::GreaterThanThreshold => "GreaterThanThreshold",
            Self::LessThanThreshold => "LessThanThreshold",
            Self::LessThanOrEqualToThreshold => "LessThanOrEqualToThreshold",
        }
    }

    /// `>=`, `>`, `<` or `<=`.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::GreaterThanOrEqualToThreshold => ">=",
            Self::GreaterThanThreshold => ">",
            Self::LessThanThreshold => "<",
            Self::LessThanOrEqualToThreshold => "<=",
        }
    }

    /// Whether `value` breaches.
    pub fn is_breached(self, value: f64, threshold: f64) -> bool {
        match self {
            Self::GreaterThanOrEqualToThreshold => value >= threshold,
            Self::GreaterThanThreshold => value > threshold,
            Self::LessThanThreshold => value < threshold,
            Self::LessThanOrEqualToThreshold => value <= threshold,
        }
    }
}

/// What a period without data means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TreatMissingData {
    /// Nothing: where there is none at all, the state is `INSUFFICIENT_DATA`.
    Missing,
    /// The state stays.
    Ignore,
    /// It breaches.
    Breaching,
    /// It does not breach.
    NotBreaching,
}

impl TreatMissingData {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Missing, Self::Ignore, Self::Breaching, Self::NotBreaching];

    /// CloudWatch's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Ignore => "ignore",
            Self::Breaching => "breaching",
            Self::NotBreaching => "notBreaching",
        }
    }
}

/// The length of a window: 10 or 30 seconds, or whole minutes up to a day.
///
/// ```
/// use logweir_alarms::Period;
///
/// assert_eq!(Period::from_seconds(300)?.to_string(), "5 minutes");
/// assert!(Period::from_seconds(90).is_err());
/// # Ok::<(), logweir_alarms::PeriodError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period(u32);

/// A period that CloudWatch does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a period is 10 or 30 seconds, or whole minutes up to a day")]
pub struct PeriodError;

impl Period {
    /// A period of so many seconds.
    pub fn from_seconds(seconds: u32) -> Result<Self, PeriodError> {
        match seconds {
            10 | 30 => Ok(Self(seconds)),
            60..=86_400 if seconds.is_multiple_of(60) => Ok(Self(seconds)),
            _ => Err(PeriodError),
        }
    }

    /// Its seconds.
    pub fn seconds(self) -> u32 {
        self.0
    }

    /// Its milliseconds.
    pub fn milliseconds(self) -> i64 {
        i64::from(self.0) * 1000
    }
}

impl FromStr for Period {
    type Err = PeriodError;

    fn from_str(seconds: &str) -> Result<Self, PeriodError> {
        seconds.parse().map_err(|_| PeriodError).and_then(Self::from_seconds)
    }
}

/// `5 minutes`, `10 seconds`, `1 hour`.
impl fmt::Display for Period {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (number, unit) = match self.0 {
            seconds if seconds.is_multiple_of(86_400) => (seconds / 86_400, "day"),
            seconds if seconds.is_multiple_of(3_600) => (seconds / 3_600, "hour"),
            seconds if seconds.is_multiple_of(60) => (seconds / 60, "minute"),
            seconds => (seconds, "second"),
        };
        write!(formatter, "{number} {unit}{}", if number == 1 { "" } else { "s" })
    }
}

/// `count > 3 in 5 minutes`, `p99 >= 250 in 1 minute, 3 of 5 periods`.
impl fmt::Display for Condition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NewValue(new) => write!(formatter, "a value not seen for {}", duration(new.remember)),
            Self::Change(_) => write!(formatter, "a value other than the one before"),
            Self::Threshold(threshold) => threshold.fmt(formatter),
        }
    }
}

fn duration(seconds: u32) -> String {
    match seconds {
        day if day >= 86_400 => format!("{} days", day / 86_400),
        hour if hour >= 3_600 => format!("{} hours", hour / 3_600),
        other => format!("{} minutes", other / 60),
    }
}

impl fmt::Display for Threshold {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { measure, comparison, threshold, period, .. } = self;
        write!(formatter, "{measure} {} {threshold} in {period}", comparison.symbol())?;
        match (self.datapoints_to_alarm, self.evaluation_periods) {
            (1, 1) => Ok(()),
            (datapoints, periods) => write!(formatter, ", {datapoints} of {periods} periods"),
        }
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count => formatter.write_str("count"),
            Self::Sum => formatter.write_str("sum"),
            Self::Average => formatter.write_str("average"),
            Self::Minimum => formatter.write_str("minimum"),
            Self::Maximum => formatter.write_str("maximum"),
            Self::Percentile(share) => write!(formatter, "p{share}"),
            Self::DistinctCount => formatter.write_str("distinct count"),
            Self::Spike { .. } => formatter.write_str("ratio to the usual count"),
        }
    }
}

impl Condition {
    /// The window of its data points.
    pub fn period(&self) -> Period {
        match self {
            Self::Threshold(threshold) => threshold.period,
            Self::NewValue(NewValue { period, .. }) | Self::Change(Change { period, .. }) => *period,
        }
    }

    /// Whether a measured value means "at least that": beyond what decides, events are not counted where state is stored.
    pub fn is_at_least(&self, value: f64) -> bool {
        let Self::Threshold(threshold) = self else { return false };
        let Some(deciding) = threshold.deciding_events().filter(|events| *events <= u64::from(MAX_EXACT_COUNT)) else {
            return false;
        };
        #[expect(clippy::cast_precision_loss, reason = "at most MAX_EXACT_COUNT")]
        let deciding = deciding as f64;
        // The very event that turns the alarm is the one with this number.
        if threshold.events_to_alarm().is_some() { value > deciding } else { value >= deciding }
    }

    /// Whether its events need a value, and of which kind.
    pub fn needs(&self) -> Option<&'static str> {
        match self {
            Self::Threshold(threshold) => match threshold.measure {
                Measure::Count | Measure::Spike { .. } => None,
                Measure::DistinctCount => Some("text"),
                _ => Some("number"),
            },
            Self::NewValue(_) => None,
            Self::Change(_) => Some("text"),
        }
    }
}

impl Threshold {
    /// Whether a single event can turn it to ALARM: a count of one of one data points that is compared upwards. The answer is how
    /// many events in a window do.
    pub(crate) fn events_to_alarm(&self) -> Option<u64> {
        let is_single = self.measure == Measure::Count && self.evaluation_periods == 1;
        let least = match self.comparison {
            Comparison::GreaterThanThreshold => self.threshold.floor() + 1.0,
            Comparison::GreaterThanOrEqualToThreshold => self.threshold.ceil(),
            _ => return None,
        };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 1 on, and saturating")]
        let least = least.max(1.0) as u64;
        is_single.then_some(least)
    }

    /// How many events decide whether a window breaches, where it is a count: a window with more is as one with so many.
    pub(crate) fn deciding_events(&self) -> Option<u64> {
        let least = match (self.measure, self.comparison) {
            (Measure::Count, Comparison::GreaterThanThreshold | Comparison::LessThanOrEqualToThreshold) => {
                self.threshold.floor() + 1.0
            }
            (Measure::Count, _) => self.threshold.ceil(),
            _ => return None,
        };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 1 on, and saturating")]
        let least = least.max(1.0) as u64;
        Some(least)
    }
}

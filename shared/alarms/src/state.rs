//! What an alarm, or one of its groups, has come to.

use serde::{Deserialize, Serialize};

/// CloudWatch's three states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AlarmState {
    /// The condition does not hold.
    Ok,
    /// It holds.
    Alarm,
    /// Nobody can tell.
    InsufficientData,
}

impl AlarmState {
    /// CloudWatch's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Alarm => "ALARM",
            Self::InsufficientData => "INSUFFICIENT_DATA",
        }
    }
}

/// What is known of one alarm and group. All times are milliseconds since 1970, of events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// The state.
    pub state: AlarmState,
    /// When it began.
    pub since: i64,
    /// When the group was first looked at.
    pub begun: i64,
    /// From when on data are complete enough to be judged at whole minutes: silence is none before anybody looked.
    pub judged_from: i64,
    /// The last whole minute that was evaluated for good.
    pub clock: i64,
    /// How many transitions there were.
    pub number: u64,
    /// Until when values are learned in silence.
    pub learning_until: i64,
    /// Until when there is evidence that can matter.
    pub active_until: i64,
    /// The newest event of an alarm on changes, and the digest of its value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<(i64, u64)>,
    /// Which definition of the alarm this was evaluated with: a word that the caller chooses.
    #[serde(default)]
    pub definition: String,
    /// What people were told last.
    pub announced: Option<Announced>,
}

/// A change of state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Transition {
    /// Its number, from 1.
    pub number: u64,
    /// The state before.
    pub previous: AlarmState,
    /// The state from then on.
    pub state: AlarmState,
    /// When: the time of the event that made it, or the whole minute at which it was seen.
    pub timestamp: i64,
    /// What was measured of the last period that ended then; nothing without data.
    pub value: Option<f64>,
    /// The value is at least that: more events than the condition needs are not counted where state is stored.
    pub is_at_least: bool,
    /// The periods that were evaluated: from (not included), to (included).
    pub window: (i64, i64),
}

/// What people were told last.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Announced {
    /// The state.
    pub state: AlarmState,
    /// When, in milliseconds since 1970, by the clock on the wall.
    pub at: i64,
    /// How many times again since the transition.
    pub repeats: u32,
}

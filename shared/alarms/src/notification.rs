//! Whether people are told of a transition, and what: decided with the state, kept in it until it is published.

use serde::{Deserialize, Serialize};

use crate::state::{AlarmState, Announced, Status, Transition};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Somebody has to get up.
    Critical,
    /// Somebody has to look today.
    High,
    /// Somebody has to look.
    Medium,
    /// It may be worth a look.
    Low,
    /// Good to know.
    Info,
}

impl Severity {
    /// All of them, the worst first.
    pub const ALL: [Self; 5] = [Self::Critical, Self::High, Self::Medium, Self::Low, Self::Info];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
            Self::Info => "info",
        }
    }
}

/// Which states people are told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Notify {
    /// ALARM.
    pub alarm: bool,
    /// OK, after something else was told, and `INSUFFICIENT_DATA` after an alarm was.
    pub ok: bool,
    /// `INSUFFICIENT_DATA`.
    pub insufficient_data: bool,
}

/// When and of what people are told.
#[derive(Debug, Clone, PartialEq)]
pub struct NotificationPolicy {
    /// Name of the topic; nothing for that of the severity.
    pub topic: Option<String>,
    /// Of which states.
    pub notify: Notify,
    /// After how many seconds in ALARM they are told again; nothing for never.
    pub renotify: Option<u32>,
    /// When they are not disturbed.
    pub quiet_hours: Option<QuietHours>,
    /// How many matching lines a message holds at most, 0 to 20.
    pub sample_lines: u32,
}

/// Hours in which nothing is published; it waits for their end. In UTC, shifted by an offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietHours {
    /// Minute of the day at which they begin.
    pub from: u32,
    /// Minute of the day at which they end; before `from` means the next day.
    pub to: u32,
    /// Minutes that the clock on the wall is ahead of UTC.
    pub utc_offset: i32,
}

impl QuietHours {
    /// When they end, if `now` (milliseconds since 1970) is within them.
    pub fn end(&self, now: i64) -> Option<i64> {
        const DAY: i64 = 1_440;
        let minute = now.div_euclid(60_000);
        let of_day = (minute + i64::from(self.utc_offset)).rem_euclid(DAY);
        let length = (i64::from(self.to) - i64::from(self.from)).rem_euclid(DAY);
        let into = (of_day - i64::from(self.from)).rem_euclid(DAY);
        (into < length).then(|| (minute + length - into) * 60_000)
    }
}

/// What one message tells, whole: it is kept beside the state until it is published.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Notification {
    /// Alarm, group, number and time of the transition: the same whenever the message is repeated.
    pub notification_id: String,
    /// Name of the alarm.
    pub alarm: String,
    /// What the alarm is for.
    pub description: String,
    /// How bad it is.
    pub severity: Severity,
    /// Where it is written what to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runbook: Option<String>,
    /// Name of the topic; nothing for that of the severity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// The fields of `group_by` and their values; none for an alarm without groups.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub group: Vec<(String, String)>,
    /// The condition in words: `count > 3 in 5 minutes`.
    pub condition: String,
    /// What happened.
    pub transition: Transition,
    /// How many times it was told again since the transition.
    #[serde(default)]
    pub repeat: u32,
    /// How many announcements before it waited too long and are told by this one alone.
    #[serde(default)]
    pub superseded: u32,
    /// Matching lines of the window, the oldest first.
    #[serde(default)]
    pub lines: Vec<crate::Line>,
}

/// Whether people are told of a transition, or told again without one, at `now`. The answer is what `status.announced` becomes.
pub fn announce(
    policy: &NotificationPolicy,
    status: &Status,
    transition: Option<&Transition>,
    now: i64,
) -> Option<Announced> {
    let told = status.announced.as_ref();
    let first = |state| Some(Announced { state, at: now, repeats: 0 });
    match transition.map(|transition| transition.state) {
        Some(AlarmState::Alarm) => policy.notify.alarm.then(|| first(AlarmState::Alarm))?,
        Some(AlarmState::InsufficientData) => {
            policy.notify.insufficient_data.then(|| first(AlarmState::InsufficientData))?
        }
        // That all is well is news only after something was not.
        Some(AlarmState::Ok) => (policy.notify.ok && told.is_some_and(|told| told.state != AlarmState::Ok))
            .then(|| first(AlarmState::Ok))?,
        None => {
            let told = told.filter(|told| told.state == AlarmState::Alarm && status.state == AlarmState::Alarm)?;
            let interval = i64::from(policy.renotify?) * 1000;
            (now - told.at >= interval).then(|| Announced {
                state: AlarmState::Alarm,
                at: now,
                repeats: told.repeats.saturating_add(1),
            })
        }
    }
}

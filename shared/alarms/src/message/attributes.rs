//! What filter policies can ask for.

use super::text::{shorten, visible};
use crate::{AlarmState, Notification, Severity};

/// Longest value: the longest name of a log group.
const MAX_CHARACTERS: usize = 512;

/// Attributes of a message that tells these notifications. Of many, `alarm`, `owner` and `log_group` are told if they are the same for all;
/// `severity` is the worst, and `state` ALARM if it is of any of them, so that no policy keeps from people what they asked for.
pub(super) fn of(notifications: &[&Notification]) -> Vec<(&'static str, String)> {
    let states = notifications.iter().map(|told| told.transition.state);
    let severities = notifications.iter().map(|told| told.severity);
    [
        ("alarm", common(notifications, |told| Some(&told.alarm))),
        ("state", states.min_by_key(|state| rank(*state)).map(AlarmState::as_str)),
        ("severity", severities.min().map(Severity::as_str)),
        ("owner", common(notifications, |told| Some(&told.lines.first()?.owner))),
        ("log_group", common(notifications, |told| Some(&told.lines.first()?.log_group))),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, shorten(&visible(&shorten(value?, MAX_CHARACTERS)), MAX_CHARACTERS))))
    // SNS refuses an empty value.
    .filter(|(_, value)| !value.is_empty())
    .collect()
}

/// What people want to know of first, first.
pub(super) fn rank(state: AlarmState) -> u8 {
    match state {
        AlarmState::Alarm => 0,
        AlarmState::InsufficientData => 1,
        AlarmState::Ok => 2,
    }
}

fn common<'n>(
    notifications: &[&'n Notification],
    value: impl Fn(&'n Notification) -> Option<&'n String>,
) -> Option<&'n str> {
    let (first, rest) = notifications.split_first()?;
    let first = value(first)?;
    rest.iter().all(|other| value(other) == Some(first)).then_some(first)
}

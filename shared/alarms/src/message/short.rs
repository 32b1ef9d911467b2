//! One line: subjects and SMS.

use std::fmt::Write as _;

use super::text::{ascii, gsm, number, shorten_words};
use super::{MAX_SMS_CHARACTERS, MAX_SUBJECT_CHARACTERS};
use crate::Notification;

/// Longest name of an alarm that rules can have.
const MAX_NAME_CHARACTERS: usize = 64;

/// `ALARM: too-many-404 (high) $.user=frank`.
pub(super) fn subject(notification: &Notification) -> String {
    let Notification { alarm, severity, repeat, transition, .. } = notification;
    let again = if *repeat > 0 { " again" } else { "" };
    let name = shorten_words(&ascii(alarm), MAX_NAME_CHARACTERS);
    let mut subject = format!("{}{again}: {name} ({})", transition.state.as_str(), severity.as_str());
    if !notification.group.is_empty() {
        subject.push(' ');
        subject.push_str(&ascii(&group(notification)));
    }
    finish_subject(&subject)
}

/// A subject as SNS takes it.
pub(super) fn finish_subject(subject: &str) -> String {
    shorten_words(&ascii(subject), MAX_SUBJECT_CHARACTERS).trim_end().to_owned()
}

/// `ALARM too-many-404 ($.user=frank): 4; count > 3 in 5 minutes`: first what does not fit is shortened, the group.
pub(super) fn sms(notification: &Notification) -> String {
    let Notification { alarm, repeat, transition, condition, .. } = notification;
    let again = if *repeat > 0 { " again" } else { "" };
    let head = format!("{}{again} {}", transition.state.as_str(), shorten_words(&gsm(alarm), MAX_NAME_CHARACTERS));
    let tail = value(notification).map(|value| format!(": {value}")).unwrap_or_default();
    // Two parentheses and a space.
    let room = MAX_SMS_CHARACTERS.saturating_sub(head.len() + tail.len() + 3);
    let mut sms = head;
    let group = shorten_words(&gsm(&group(notification)), room);
    if !group.is_empty() {
        _ = write!(sms, " ({group})");
    }
    sms.push_str(&tail);
    let condition = format!("; {}", gsm(condition));
    if condition.len() > 2 && sms.len() + condition.len() <= MAX_SMS_CHARACTERS {
        sms.push_str(&condition);
    }
    shorten_words(&sms, MAX_SMS_CHARACTERS)
}

/// `$.user=frank, $.path=/a`.
pub(super) fn group(notification: &Notification) -> String {
    notification.group.iter().map(|(field, value)| format!("{field}={value}")).collect::<Vec<_>>().join(", ")
}

/// `4`, `at least 100`.
pub(super) fn value(notification: &Notification) -> Option<String> {
    let value = number(notification.transition.value?);
    Some(if notification.transition.is_at_least { format!("at least {value}") } else { value })
}

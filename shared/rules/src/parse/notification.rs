//! `notification`: who is told what, and when.

use logweir_alarms::{NotificationPolicy, Notify, QuietHours};

use crate::problem::Report;
use crate::read::Section;
use crate::redaction::Redaction;
use crate::schema;
use crate::yaml::{Node, Value};

const STATES: [&str; 3] = ["ALARM", "OK", "INSUFFICIENT_DATA"];
/// Most redactions of an alarm or stream: each may be a pass over each line.
const MAX_REDACTIONS: usize = 20;
/// Lines that a message holds unless configured, and at most.
const SAMPLE_LINES: (u32, u32) = (10, 20);
const MINUTE: u32 = 60;
const DAY: u32 = 86_400;

pub(crate) fn read(alarm: &Section<'_>, report: &mut Report) -> (NotificationPolicy, Redaction) {
    let section = alarm.section("notification", schema::NOTIFICATION, report);
    let notify = match section.get("on") {
        None => Notify { alarm: true, ok: true, insufficient_data: false },
        Some(node) => {
            let mut found = [false; 3];
            let items = match &node.value {
                Value::List(items) => items.as_slice(),
                _ => std::slice::from_ref(node),
            };
            for item in items {
                if let Some(state) = report.choice("on", item, &STATES) {
                    found[state] = true;
                }
            }
            Notify { alarm: found[0], ok: found[1], insufficient_data: found[2] }
        }
    };
    let policy = NotificationPolicy {
        topic: section.get("topic").and_then(|node| topic(node, report)),
        notify,
        renotify: section.get("renotify").and_then(|node| report.seconds("renotify", node, MINUTE..=30 * DAY)),
        quiet_hours: quiet_hours(&section, report),
        sample_lines: section
            .get("sample_lines")
            .and_then(|node| report.whole("sample_lines", node, 0..=SAMPLE_LINES.1))
            .unwrap_or(SAMPLE_LINES.0),
    };
    let redaction = section.get("redact").map_or_else(Redaction::default, |node| redaction(node, report));
    (policy, redaction)
}

/// `redact`
pub(crate) fn redaction(node: &Node, report: &mut Report) -> Redaction {
    let mut redaction = Redaction::default();
    for (at, name) in report.texts("redact", node, MAX_REDACTIONS) {
        if let Err(error) = redaction.add(name) {
            report.add(at, format!("`redact`: {}", error.what), error.advice);
        }
    }
    redaction
}

fn topic(node: &Node, report: &mut Report) -> Option<String> {
    let topic = report.text("topic", node, 256)?;
    let is_name = topic.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if !is_name {
        report.wrong("topic", node, "the name under which TOPIC_ARNS has the topic: a to z, digits and -");
    }
    is_name.then(|| topic.to_owned())
}

fn quiet_hours(notification: &Section<'_>, report: &mut Report) -> Option<QuietHours> {
    let node = notification.get("quiet_hours")?;
    let section = notification.section("quiet_hours", schema::QUIET_HOURS, report);
    if section.is_empty() && !matches!(node.value, Value::Map(_)) {
        return None;
    }
    let mut time = |key: &str| match section.get(key) {
        None => {
            report.add(node.at, format!("`{key}` of quiet_hours is missing"), "write {from: \"22:00\", to: \"06:00\"}");
            None
        }
        Some(node) => match &node.value {
            Value::Text { text, .. } if let Some(minute) = minute_of_day(text) => Some(minute),
            _ => {
                report.wrong(key, node, "a time of day from \"00:00\" to \"23:59\"");
                None
            }
        },
    };
    let (from, to) = (time("from"), time("to"));
    let utc_offset = match section.get("utc_offset") {
        None => 0,
        Some(Node { value: Value::Text { text, .. }, .. }) if let Some(offset) = utc_offset(text) => offset,
        Some(node) => {
            report.wrong("utc_offset", node, "hours and minutes ahead of UTC, \"+01:00\" or \"-03:30\", or Z");
            0
        }
    };
    let (from, to) = (from?, to?);
    if from == to {
        report.add(node.at, "the quiet hours end when they begin", "write another time, or leave quiet_hours out");
    }
    Some(QuietHours { from, to, utc_offset })
}

fn minute_of_day(text: &str) -> Option<u32> {
    let (hours, minutes) = text.split_once(':')?;
    let part = |text: &str, below: u32| {
        let is_number = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| text.parse().ok()).flatten().filter(|number: &u32| *number < below)
    };
    Some(part(hours, 24)? * 60 + part(minutes, 60)?)
}

fn utc_offset(text: &str) -> Option<i32> {
    if text == "Z" {
        return Some(0);
    }
    let (sign, time) = match text.split_at_checked(1)? {
        ("+", time) => (1, time),
        ("-", time) => (-1, time),
        _ => return None,
    };
    // Kiribati is fourteen hours ahead, nobody is more.
    let minutes = i32::try_from(minute_of_day(time)?).ok()?;
    (minutes <= 14 * 60).then_some(sign * minutes)
}

//! The JSON document that programs get.
//!
//! Its fields stay as they are as long as `version` is 1; further ones may come.
//!
//! | field | what |
//! |---|---|
//! | `version` | 1 |
//! | `notification_id` | the same whenever the message is repeated: a receiver that knows it has nothing to do |
//! | `alarm`, `description`, `severity` | the alarm; `severity` is `critical`, `high`, `medium`, `low` or `info` |
//! | `state`, `previous_state` | `OK`, `ALARM` or `INSUFFICIENT_DATA` |
//! | `timestamp`, `time` | when the state began: milliseconds since 1970, and the same as `2026-11-21T11:20:00.123Z` |
//! | `value` | what was measured, or null without data |
//! | `value_is_at_least` | true if the value may be greater; else left out |
//! | `condition` | in words: `count > 3 in 5 minutes` |
//! | `window` | what was measured, in milliseconds since 1970: after `from`, up to `to` |
//! | `group` | object of the fields of `group_by` and their values; empty without |
//! | `lines` | matching lines, the oldest first, each with `timestamp`, `id`, `owner`, `log_group`, `log_stream`, `message`; one that ends in `…` was cut |
//! | `lines_left_out` | how many of the lines there was no room for; left out if none |
//! | `runbook` | address; left out if there is none |
//! | `links` | object of addresses, `logs_insights`, `log_stream`, `dashboards`, each left out if there is none |
//! | `superseded` | how many announcements before it waited too long and are told by this one alone; only if there are |
//! | `repeat` | 0, or how many times the same was told again since |
//!
//! A message that tells many has `"kind": "group"`, `count`, `states` and `severities` (objects of how many), `notifications` (the documents, perhaps
//! without lines and links), and `notifications_left_out`, if there was no room for all.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::{Serialize, Serializer};

use super::extent::Shown;
use super::links::Urls;
use super::text::{is_unseen, time};
use crate::{AlarmState, Line, Severity};

const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'n> {
    version: u32,
    notification_id: &'n str,
    alarm: &'n str,
    description: &'n str,
    severity: Severity,
    state: AlarmState,
    previous_state: AlarmState,
    timestamp: i64,
    time: String,
    value: Option<serde_json::Number>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    value_is_at_least: bool,
    condition: &'n str,
    window: Window,
    #[serde(serialize_with = "object")]
    group: &'n [(String, String)],
    lines: &'n [Line],
    #[serde(skip_serializing_if = "is_none")]
    lines_left_out: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    runbook: Option<&'n str>,
    links: &'n Urls,
    repeat: u32,
    #[serde(skip_serializing_if = "is_none")]
    superseded: usize,
}

#[derive(Serialize)]
struct Window {
    from: i64,
    to: i64,
}

#[derive(Serialize)]
struct GroupDocument<'n> {
    version: u32,
    kind: &'static str,
    count: usize,
    states: &'n BTreeMap<&'static str, usize>,
    severities: &'n BTreeMap<&'static str, usize>,
    notifications: Vec<Document<'n>>,
    #[serde(skip_serializing_if = "is_none")]
    notifications_left_out: usize,
}

/// The document of one notification.
pub(super) fn single(shown: &Shown) -> String {
    json(&Document::new(shown))
}

/// The document of many, of which `shown` are told one by one.
pub(super) fn group(
    shown: &[Shown],
    count: usize,
    states: &BTreeMap<&'static str, usize>,
    severities: &BTreeMap<&'static str, usize>,
) -> String {
    json(&GroupDocument {
        version: VERSION,
        kind: "group",
        count,
        states,
        severities,
        notifications: shown.iter().map(Document::new).collect(),
        notifications_left_out: count - shown.len(),
    })
}

impl<'n> Document<'n> {
    fn new(shown: &'n Shown) -> Self {
        let Shown { notification, lines_left_out, urls } = shown;
        let transition = &notification.transition;
        Self {
            version: VERSION,
            notification_id: &notification.notification_id,
            alarm: &notification.alarm,
            description: &notification.description,
            severity: notification.severity,
            state: transition.state,
            previous_state: transition.previous,
            timestamp: transition.timestamp,
            time: time(transition.timestamp),
            value: transition.value.and_then(number),
            value_is_at_least: transition.is_at_least,
            condition: &notification.condition,
            window: Window { from: transition.window.0, to: transition.window.1 },
            group: &notification.group,
            lines: &notification.lines,
            lines_left_out: *lines_left_out,
            runbook: notification.runbook.as_deref(),
            links: urls,
            repeat: notification.repeat,
            superseded: notification.superseded as usize,
        }
    }
}

/// `4` and not `4.0`; nothing for what JSON has no number for.
fn number(value: f64) -> Option<serde_json::Number> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() <= EXACT {
        #[expect(clippy::cast_possible_truncation, reason = "a whole number below 2^53")]
        return Some(serde_json::Number::from(value as i64));
    }
    serde_json::Number::from_f64(value)
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_none(number: &usize) -> bool {
    *number == 0
}

/// In the order of `group_by`; of a field that is there twice the first.
fn object<S: Serializer>(group: &[(String, String)], serializer: S) -> Result<S::Ok, S::Error> {
    let is_first = |index: usize| !group[..index].iter().any(|(name, _)| *name == group[index].0);
    let first = group.iter().enumerate().filter(|(index, _)| is_first(*index));
    serializer.collect_map(first.map(|(_, (name, value))| (name, value)))
}

/// JSON in which all can be seen: what is no visible character is written as `\u202e`, also where JSON would take it as it is.
/// SQS refuses some of them, and programs that show documents are misled by others.
pub(super) fn json(value: &impl Serialize) -> String {
    // It holds texts, numbers and lists of them: nothing that cannot be written.
    let text = serde_json::to_string(value).unwrap_or_default();
    if !text.contains(is_unseen) {
        return text;
    }
    let mut escaped = String::with_capacity(text.len() + text.len() / 8);
    for character in text.chars() {
        if is_unseen(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                _ = write!(escaped, "\\u{unit:04x}");
            }
        } else {
            escaped.push(character);
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unseen_characters_are_escaped_and_read_back() {
        let text = "a\u{7f}\u{85}\u{202e}\u{ffff}\u{e0041}\n\"é😀";
        assert_eq!(json(&text), "\"a\\u007f\\u0085\\u202e\\uffff\\udb40\\udc41\\n\\\"é😀\"");
        assert_eq!(serde_json::from_str::<String>(&json(&text)).unwrap(), text);
    }

    #[test]
    fn numbers_are_whole_where_they_are() {
        let text = |value: f64| serde_json::to_string(&number(value)).unwrap();
        assert_eq!([text(4.0), text(-0.0), text(2.5), text(f64::NAN)], ["4", "0", "2.5", "null"]);
        assert_eq!(text(1e300), "1e+300");
    }
}

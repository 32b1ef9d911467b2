//! An alarm of a rules file, valid.

use std::fmt::Write;

use logweir_alarms::{Change, Condition, Line, Measure, NewValue, NotificationPolicy, Severity, Threshold};
use logweir_filter_pattern::FilterPattern;
use logweir_subscription::{DataMessage, LogEvent};
use sha2::{Digest, Sha256};

use crate::redaction::Redaction;
use crate::scope::Scope;
use crate::watch::Match;

/// How many bytes of a line a message holds at most.
pub const MAX_LINE_BYTES: usize = 1_000;
/// How many bytes of a line without JSON are redacted, of which a message shows the first.
const MAX_REDACTED_BYTES: usize = 8_192;

/// An alarm.
#[derive(Debug, Clone)]
pub struct Alarm {
    /// Its name.
    pub name: String,
    /// What it is for; may be empty.
    pub description: String,
    /// How bad it is.
    pub severity: Severity,
    /// A link to what is to be done.
    pub runbook: Option<String>,
    /// Where it looks.
    pub scope: Scope,
    /// What it looks for: events that match one of them, one at least.
    pub patterns: Vec<FilterPattern>,
    /// The selector of the value that is measured, if one is.
    pub value: Option<String>,
    /// Selectors of the values that have a state each; `@owner`, `@log_group`, `@log_stream` and `@region` among them.
    pub group_by: Vec<String>,
    /// How many such states there are at most.
    pub max_groups: u32,
    /// When it is in ALARM.
    pub condition: Condition,
    /// When and of what people are told.
    pub notification: NotificationPolicy,
    /// What of the lines people do not see.
    pub redaction: Redaction,
    /// For how many seconds the schedule waits for late events.
    pub evaluation_delay: u32,
    /// How many seconds an event may be late and still counts.
    pub allowed_lateness: u32,
    /// Whether its measure is a metric of `CloudWatch` too.
    pub publish_metric: bool,
    /// Line of the file at which it begins; of a ready alarm the line that names it.
    pub line: usize,
}

impl Alarm {
    /// What decides which events count and how they are kept, in 16 hexadecimal digits: where it looks, its patterns, value,
    /// groups and condition. While it stays the same, evidence may be used that was kept before.
    pub fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        let mut part = |text: &str| {
            hash.update(text.len().to_be_bytes());
            hash.update(text);
        };
        let Scope { log_groups, accounts, datasets } = &self.scope;
        let list = |part: &mut dyn FnMut(&str), name: &str, items: &mut dyn Iterator<Item = String>| {
            part(name);
            items.for_each(|item| part(&item));
        };
        let glob = |glob: &crate::Glob| format!("{}{}", if glob.excludes { "!" } else { "" }, glob.text);
        list(&mut part, "log_groups", &mut log_groups.iter().map(glob));
        list(&mut part, "accounts", &mut accounts.iter().cloned());
        list(&mut part, "datasets", &mut datasets.iter().map(ToString::to_string));
        list(&mut part, "patterns", &mut self.patterns.iter().map(ToString::to_string));
        list(&mut part, "value", &mut self.value.iter().cloned());
        list(&mut part, "group_by", &mut self.group_by.iter().cloned());
        part(&canonical(&self.condition));
        hash.finalize()[..8].iter().fold(String::with_capacity(16), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// A matching line as messages show it: redacted, and cut.
    pub fn line(&self, found: &Match<'_>) -> Line {
        self.shown(found.data, found.event, found.message)
    }

    /// The line of the event at a place in [`DataMessage::log_events`], as of [`Self::line`]; nothing shows it where there is none.
    pub fn line_of(&self, data: &DataMessage<'_>, index: usize) -> Option<Line> {
        let event = data.log_events.get(index)?;
        Some(self.shown(data, event, &event.message.decode()))
    }

    fn shown(&self, data: &DataMessage<'_>, event: &LogEvent<'_>, message: &str) -> Line {
        let message = message.trim_end();
        let beginning = cut(message, MAX_REDACTED_BYTES);
        // What lies far behind what is shown need not be redacted, but JSON is only such as a whole.
        let redacted = self.redaction.redact(if beginning.contains(['{', '[']) { message } else { beginning });
        Line {
            timestamp: event.timestamp,
            id: event.id.to_string(),
            owner: data.account().to_string(),
            log_group: data.source_log_group().to_string(),
            log_stream: data.log_stream.to_string(),
            message: cut_for_json(&redacted).to_owned(),
        }
    }
}

/// A condition as a text that stays the same from release to release.
fn canonical(condition: &Condition) -> String {
    match condition {
        Condition::Threshold(Threshold {
            measure,
            comparison,
            threshold,
            period,
            evaluation_periods,
            datapoints_to_alarm,
            treat_missing_data,
        }) => {
            let measure = match measure {
                Measure::Percentile(share) => format!("p{:016x}", share.to_bits()),
                Measure::Spike { reference_periods, minimum_reference } => {
                    format!("spike {reference_periods} {:016x}", minimum_reference.to_bits())
                }
                other => other.to_string(),
            };
            let (comparison, threshold, period) = (comparison.as_str(), threshold.to_bits(), period.seconds());
            let missing = treat_missing_data.as_str();
            format!(
                "{measure} {comparison} {threshold:016x} {period} {evaluation_periods} {datapoints_to_alarm} {missing}"
            )
        }
        Condition::NewValue(NewValue { period, remember, learn }) => {
            format!("new_value {} {remember} {learn}", period.seconds())
        }
        Condition::Change(Change { period, remember }) => format!("change {} {remember}", period.seconds()),
    }
}

/// The beginning of a text that has at most [`MAX_LINE_BYTES`] bytes, and not many more as a string of JSON, where a control character has
/// six.
fn cut_for_json(text: &str) -> &str {
    let text = cut(text, MAX_LINE_BYTES);
    let mut bytes = 0;
    let fits = |(_, character): &(usize, char)| {
        bytes += match character {
            '\0'..='\u{1f}' => 6,
            '"' | '\\' => 2,
            character => character.len_utf8(),
        };
        bytes <= MAX_LINE_BYTES + MAX_LINE_BYTES / 2
    };
    let end = text.char_indices().take_while(fits).last().map_or(0, |(at, character)| at + character.len_utf8());
    &text[..end]
}

/// The beginning of a text, in bytes, between characters.
fn cut(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    &text[..end]
}

//! What a team expects of its streams and alarms, and how what came differs from it.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Write};
use std::path::Path;

use anyhow::{Context, Result};
use logweir_alarms::AlarmState;
use logweir_rules::Rules;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::expected_drops::ExpectedDrops;
use super::report::{number, shown_group, time};
use super::row::Row;
use super::streamed::Drops;
use crate::arguments::{TimeError, start_time};
use crate::clean::clean;
use crate::input;

/// One line of the file: a transition, of which it says as much as matters, or that there is none.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    alarm: String,
    never: Option<AlarmState>,
    state: Option<AlarmState>,
    timestamp: Option<Time>,
    group: Option<BTreeMap<String, String>>,
    #[serde(default, deserialize_with = "given")]
    value: Option<Value>,
    event_ids: Option<Vec<String>>,
    previous_state: Option<AlarmState>,
    window: Option<(i64, i64)>,
}

/// What is there, even if it is null.
fn given<'d, D: Deserializer<'d>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Time {
    Milliseconds(i64),
    Text(String),
}

/// An expected transition.
#[derive(Debug)]
struct Expected {
    /// Number of its line.
    line: usize,
    state: AlarmState,
    timestamp: Option<i64>,
    rest: Line,
}

/// What is expected of one alarm.
#[derive(Debug)]
enum OfAlarm {
    Transitions(Vec<Expected>),
    Never(Vec<AlarmState>),
}

/// What is expected of each alarm that is named.
#[derive(Debug)]
pub(super) struct Expectations {
    alarms: BTreeMap<String, OfAlarm>,
    drops: Vec<ExpectedDrops>,
}

impl Expectations {
    /// Reads the file.
    pub(super) fn read(path: &Path, rules: &Rules) -> Result<Self> {
        let mut expectations = Self { alarms: BTreeMap::new(), drops: Vec::new() };
        for (index, line) in input::open(path)?.lines().enumerate() {
            let line = line.with_context(|| format!("{} cannot be read at line {}", path.display(), index + 1))?;
            if line.trim().is_empty() || line.trim_start().starts_with('#') {
                continue;
            }
            expectations
                .add(&line, index + 1, rules)
                .map_err(|error| anyhow::anyhow!("{}: line {}: {error}", path.display(), index + 1))?;
        }
        if expectations.alarms.is_empty() && expectations.drops.is_empty() {
            anyhow::bail!("{} expects nothing: write an object a line, as --json prints them", path.display());
        }
        Ok(expectations)
    }

    fn add(&mut self, text: &str, line: usize, rules: &Rules) -> Result<(), LineError> {
        let is_of_stream = |value: &Value| value.get("stream").is_some();
        if !serde_json::from_str(text).is_ok_and(|value| is_of_stream(&value)) {
            return add(text, line, rules, &mut self.alarms);
        }
        let mut drops: ExpectedDrops = serde_json::from_str(text)?;
        drops.line = line;
        let may_drop = |stream: &logweir_rules::Stream| stream.fate.is_some() && stream.name == drops.stream;
        if !rules.streams.iter().any(may_drop) {
            return Err(LineError::UnknownStream(drops.stream));
        }
        self.drops.push(drops);
        Ok(())
    }

    /// Prints what came of each stream that is named; says whether all is as expected.
    pub(super) fn compare_drops(&self, drops: &[Drops], out: &mut impl Write) -> io::Result<bool> {
        let mut is_all = true;
        for expected in &self.drops {
            is_all &= expected.compare(drops, out)?;
        }
        Ok(is_all)
    }

    /// Prints what came of each alarm that is named and was looked at; says whether all is as expected.
    pub(super) fn compare(&self, rules: &Rules, rows: &[Row<'_>], out: &mut impl Write) -> io::Result<bool> {
        let mut is_all = true;
        for (alarm, expected) in &self.alarms {
            if !rules.alarms.iter().any(|known| known.name == *alarm) {
                continue;
            }
            let came: Vec<&Row<'_>> = rows.iter().filter(|row| row.alarm == alarm).collect();
            let (edits, count) = match expected {
                OfAlarm::Transitions(expected) => (differences(expected, &came), expected.len()),
                OfAlarm::Never(states) => {
                    let is_meant = |row: &&Row<'_>| states.iter().any(|state| state.as_str() == row.state);
                    (came.into_iter().filter(is_meant).map(Edit::Unexpected).collect(), 0)
                }
            };
            let is_same = edits.iter().all(|edit| matches!(edit, Edit::Same(_)));
            is_all &= is_same;
            if is_same {
                let what = match expected {
                    OfAlarm::Transitions(_) => super::file::plural(count, "transition"),
                    OfAlarm::Never(states) => {
                        format!("never {}", states.iter().map(|state| state.as_str()).collect::<Vec<_>>().join(", "))
                    }
                };
                writeln!(out, "as expected      {alarm}: {what}")?;
                continue;
            }
            writeln!(out, "NOT as expected  {alarm}:")?;
            for edit in edits {
                match edit {
                    Edit::Same(row) => writeln!(out, "    {}", came_text(row, None))?,
                    Edit::Missing(expected) => writeln!(out, "  - {}  (line {})", expected.text(), expected.line)?,
                    Edit::Unexpected(row) => writeln!(out, "  + {}", came_text(row, None))?,
                    Edit::Other(expected, row) => {
                        writeln!(out, "  - {}  (line {})", expected.text(), expected.line)?;
                        writeln!(out, "  + {}", came_text(row, Some(expected)))?;
                    }
                }
            }
        }
        Ok(is_all)
    }
}

/// Why a line expects nothing.
#[derive(Debug, thiserror::Error)]
enum LineError {
    #[error("no expectation: {0}")]
    Json(#[from] serde_json::Error),
    #[error("the rules have no alarm {0}")]
    UnknownAlarm(String),
    #[error("the rules have no stream {0} that drops or samples")]
    UnknownStream(String),
    #[error("that {0} never changes and what it changes to do not go together")]
    Mixed(String),
    #[error("`state` is missing: write one, or \"never\": \"ALARM\"")]
    NoState,
    #[error("timestamp: {0}")]
    Timestamp(#[from] TimeError),
}

fn add(text: &str, line: usize, rules: &Rules, alarms: &mut BTreeMap<String, OfAlarm>) -> Result<(), LineError> {
    let read: Line = serde_json::from_str(text)?;
    let name = read.alarm.clone();
    if !rules.alarms.iter().any(|alarm| alarm.name == name) {
        return Err(LineError::UnknownAlarm(name));
    }
    let mixed = || LineError::Mixed(name.clone());
    if let Some(never) = read.never {
        match alarms.entry(name.clone()).or_insert_with(|| OfAlarm::Never(Vec::new())) {
            OfAlarm::Never(states) if read.state.is_none() && read.timestamp.is_none() => states.push(never),
            _ => return Err(mixed()),
        }
        return Ok(());
    }
    let state = read.state.ok_or(LineError::NoState)?;
    let timestamp = match &read.timestamp {
        None => None,
        Some(Time::Milliseconds(time)) => Some(*time),
        Some(Time::Text(text)) => Some(start_time(text)?),
    };
    match alarms.entry(name.clone()).or_insert_with(|| OfAlarm::Transitions(Vec::new())) {
        OfAlarm::Transitions(expected) => expected.push(Expected { line, state, timestamp, rest: read }),
        OfAlarm::Never(_) => return Err(mixed()),
    }
    Ok(())
}

impl Expected {
    /// Whether it is the same transition, whatever was measured.
    fn is_place_of(&self, row: &Row<'_>) -> bool {
        let group = |group: &BTreeMap<String, String>| {
            group.len() == row.group.pairs().len()
                && row.group.pairs().all(|(field, value)| group.get(field) == Some(value))
        };
        self.state.as_str() == row.state
            && self.timestamp.is_none_or(|time| time == row.timestamp)
            && self.rest.group.as_ref().is_none_or(group)
    }

    fn is(&self, row: &Row<'_>) -> bool {
        let Line { value, event_ids, previous_state, window, .. } = &self.rest;
        let is_near = |one: f64, other: f64| (one - other).abs() <= 1e-9 * one.abs().max(1.0);
        let is_value = match (value, row.value.0.filter(|value| value.is_finite())) {
            (None, _) | (Some(Value::Null), None) => true,
            (Some(one), Some(other)) => one.as_f64().is_some_and(|one| is_near(one, other)),
            (Some(_), None) => false,
        };
        self.is_place_of(row)
            && is_value
            && event_ids.as_ref().is_none_or(|ids| *ids == row.event_ids)
            && previous_state.is_none_or(|state| state.as_str() == row.previous_state)
            && window.is_none_or(|window| window == row.window)
    }

    fn text(&self) -> String {
        let Line { group, value, event_ids, .. } = &self.rest;
        let when = self.timestamp.map_or_else(|| "at any time".to_owned(), time);
        let mut parts = vec![format!("{when:<24}"), self.state.as_str().to_owned()];
        parts.extend(group.iter().flatten().map(|(field, of_it)| format!("{field}={of_it}")));
        parts.extend(value.as_ref().map(|value| format!("value {value}")));
        parts.extend(event_ids.as_ref().map(|ids| format!("event_ids {}", ids.join(", "))));
        clean(&parts.join("  "))
    }
}

/// What came, with as much as the expectation that it fails says.
fn came_text(row: &Row<'_>, expected: Option<&Expected>) -> String {
    let mut parts = vec![time(row.timestamp), row.state.to_owned()];
    if !row.group.values.is_empty() {
        parts.push(shown_group(row.group));
    }
    parts.push(format!("value {}", row.value.0.map_or_else(|| "null".to_owned(), number)));
    if expected.is_some_and(|expected| expected.rest.event_ids.is_some()) {
        parts.push(format!("event_ids {}", row.event_ids.join(", ")));
    }
    clean(&parts.join("  "))
}

/// A step from what is expected to what came.
enum Edit<'e, 'r> {
    Same(&'e Row<'r>),
    Missing(&'e Expected),
    Unexpected(&'e Row<'r>),
    /// The same transition, of which something else was expected.
    Other(&'e Expected, &'e Row<'r>),
}

/// Walks through both in order: what is the same transition is put side by side.
fn differences<'e, 'r>(expected: &'e [Expected], came: &[&'e Row<'r>]) -> Vec<Edit<'e, 'r>> {
    let mut edits = Vec::new();
    let (mut at, mut next) = (0, 0);
    while let (Some(wanted), Some(row)) = (expected.get(at), came.get(next)) {
        if wanted.is_place_of(row) {
            edits.push(if wanted.is(row) { Edit::Same(row) } else { Edit::Other(wanted, row) });
            (at, next) = (at + 1, next + 1);
            continue;
        }
        // Whichever of both comes up sooner in the other list: what is passed over is missing, or unexpected.
        let later_row = came[next..].iter().position(|row| wanted.is_place_of(row));
        let later_wanted = expected[at..].iter().position(|wanted| wanted.is_place_of(row));
        if later_wanted.is_none_or(|wanted| later_row.is_some_and(|row| row <= wanted)) && later_row.is_some() {
            edits.push(Edit::Unexpected(row));
            next += 1;
        } else if later_wanted.is_some() {
            edits.push(Edit::Missing(wanted));
            at += 1;
        } else {
            edits.push(Edit::Missing(wanted));
            edits.push(Edit::Unexpected(row));
            (at, next) = (at + 1, next + 1);
        }
    }
    edits.extend(expected[at..].iter().map(Edit::Missing));
    edits.extend(came[next..].iter().map(|row| Edit::Unexpected(row)));
    edits
}

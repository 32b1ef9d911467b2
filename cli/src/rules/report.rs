//! The timeline of all alarms, for people.

use std::io::{self, Write};

use logweir_alarms::{AlarmState, Condition, Transition};
use logweir_rules::Rules;

use super::file::plural;
use super::gathered::State;
use super::kept::{Kept, Shown};
use super::row::Group;
use crate::clean::clean;

/// Prints each transition, and behind those to ALARM their lines.
pub(super) fn timeline(told: &[(&State<'_>, &Transition)], kept: &mut Kept, out: &mut impl Write) -> io::Result<()> {
    for (state, transition) in told {
        writeln!(out, "{}", headline(state, transition))?;
        if transition.state == AlarmState::Alarm {
            lines(state, transition, kept, out)?;
        }
    }
    Ok(())
}

/// `2026-11-21T10:00:04.123Z  ALARM  too-many-404  [user=a]  count 4 (count > 3 in 5 minutes)`
fn headline(state: &State<'_>, transition: &Transition) -> String {
    let to = transition.state.as_str();
    let group = Group { fields: &state.alarm.group_by, values: &state.group };
    let group = if state.group.is_empty() { String::new() } else { format!("  [{}]", shown_group(group)) };
    let condition = &state.alarm.condition;
    let value = match (condition, transition.value) {
        (Condition::Threshold(threshold), Some(value)) => {
            format!("{} {} ({condition})", threshold.measure, number(value))
        }
        (Condition::Threshold(_), None) => format!("no data ({condition})"),
        (Condition::NewValue(_) | Condition::Change(_), _) => format!("({condition})"),
    };
    let (time, alarm) = (time(transition.timestamp), &state.alarm.name);
    clean(&format!("{time}  {to:<5}  {alarm}{group}  {value}"))
}

pub(super) fn shown_group(group: Group<'_>) -> String {
    let pairs: Vec<_> = group.pairs().map(|(field, value)| format!("{field}={value}")).collect();
    pairs.join(", ")
}

/// Prints the newest matching lines of the window, as many as a message has.
fn lines(state: &State<'_>, transition: &Transition, kept: &mut Kept, out: &mut impl Write) -> io::Result<()> {
    let events = state.in_window(transition.window);
    let most = usize::try_from(state.alarm.notification.sample_lines).unwrap_or(usize::MAX);
    if most == 0 {
        return Ok(());
    }
    let newest = events.len().saturating_sub(most);
    // Of those of one time the ids tell which are the newest.
    let from = events.get(newest).map_or(newest, |(time, _)| events.partition_point(|(other, _)| other < time));
    let shown: io::Result<Vec<Shown>> =
        events[from..].iter().map(|(timestamp, key)| kept.get(state.number, *timestamp, *key)).collect();
    let mut shown = shown?;
    shown.sort_by(|one, other| one.order().cmp(&other.order()));
    if newest > 0 {
        writeln!(out, "    … {} before", plural(newest, "line"))?;
    }
    for Shown { timestamp, line, .. } in &shown[newest - from..] {
        for (index, part) in line.lines().enumerate() {
            let part = clean(part);
            match index {
                0 => writeln!(out, "    {}  {part}", time(*timestamp))?,
                // A stack trace stays one.
                _ => writeln!(out, "        {part}")?,
            }
        }
    }
    Ok(())
}

/// Prints what came of each alarm: those that never fired too.
pub(super) fn summary(rules: &Rules, states: &[Vec<State<'_>>], out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "fired  matches  alarm")?;
    for (number, alarm) in rules.alarms.iter().enumerate() {
        let states = states.get(number).map_or(&[][..], Vec::as_slice);
        let alarms = |state: &State<'_>| state.transitions.iter().filter(|t| t.state == AlarmState::Alarm).count();
        let fired: usize = states.iter().map(alarms).sum();
        let matches: usize = states.iter().map(|state| state.evidence.observations().len()).sum();
        let groups =
            if alarm.group_by.is_empty() { String::new() } else { format!(", {}", plural(states.len(), "group")) };
        writeln!(out, "{fired:>5}  {matches:>7}  {}{groups}", alarm.name)?;
    }
    Ok(())
}

pub(super) fn time(milliseconds: i64) -> String {
    format!("{:.3}", jiff::Timestamp::from_millisecond(milliseconds).unwrap_or_default())
}

/// A number as people write it.
pub(super) fn number(value: f64) -> String {
    let rounded = (value * 1_000.0).round() / 1_000.0;
    if rounded.abs() >= 1.0 || value == 0.0 { rounded.to_string() } else { value.to_string() }
}

//! From one status to the next.

use crate::condition::{Change, Comparison, Condition, MINUTE, Measure, NewValue, Threshold, TreatMissingData};
use crate::evaluate::{Verdict, evaluate, evaluation_range};
use crate::evidence::{EventKey, Evidence, Observation};
use crate::sketch::Reading;
use crate::state::{AlarmState, Status, Transition};
use crate::storage::changes;

/// How much older than the first event that came an event may be that comes later.
const MAX_LATENESS: i64 = 24 * 60 * MINUTE;

impl Status {
    /// The status of an alarm, or a group, that is first looked at at `begun`.
    pub fn new(condition: &Condition, begun: i64, learning_until: i64) -> Self {
        let is_ok = match condition {
            Condition::Threshold(threshold) => threshold.treat_missing_data == TreatMissingData::NotBreaching,
            Condition::NewValue(_) | Condition::Change(_) => true,
        };
        Self {
            state: if is_ok { AlarmState::Ok } else { AlarmState::InsufficientData },
            // Events that come late may be older than the first that came.
            since: begun - MAX_LATENESS,
            begun,
            judged_from: if condition.needs_all_its_data() { begun + condition.span() } else { begun },
            clock: floor(begun - 1, condition.tick()),
            number: 0,
            learning_until,
            active_until: begun,
            last: None,
            definition: String::new(),
            announced: None,
        }
    }

    /// The status when its alarm is defined anew at `now`: the state stays, and nothing is judged before a whole range has been seen
    /// with the new definition.
    #[must_use]
    pub fn redefined(&self, condition: &Condition, definition: &str, now: i64) -> Self {
        let judged_from = now + condition.reach();
        let clock = floor(now - 1, condition.tick());
        Self { judged_from, clock, last: None, definition: definition.to_owned(), ..self.clone() }
    }
}

impl Condition {
    /// How far back from the minute that is evaluated its evidence lies, in milliseconds.
    pub fn reach(&self) -> i64 {
        match self {
            Self::Threshold(threshold) => {
                let range = i64::from(evaluation_range(threshold.evaluation_periods));
                (range - 1) * threshold.period.milliseconds() + threshold.reach()
            }
            Self::NewValue(NewValue { period, .. }) => period.milliseconds(),
            // The status knows what came before.
            Self::Change(Change { period, .. }) => 2 * period.milliseconds(),
        }
    }

    /// The length of the windows that are evaluated together, in milliseconds: what a transition is about.
    pub fn span(&self) -> i64 {
        let periods = if let Self::Threshold(threshold) = self { threshold.evaluation_periods } else { 1 };
        i64::from(periods) * self.period().milliseconds()
    }

    /// How long after an event it can still make a difference to the state, in milliseconds.
    pub fn aftermath(&self) -> i64 {
        match self {
            Self::Threshold(_) => self.reach() + MINUTE,
            Self::NewValue(NewValue { period, .. }) | Self::Change(Change { period, .. }) => {
                period.milliseconds() + MINUTE
            }
        }
    }

    /// The time between evaluations, in milliseconds: a minute, or a period that is shorter.
    pub fn tick(&self) -> i64 {
        // A count of one of one data points turns with its events, and back at whole minutes.
        if self.is_immediate() { MINUTE } else { self.period().milliseconds().min(MINUTE) }
    }

    /// Whether silence breaches.
    fn needs_all_its_data(&self) -> bool {
        matches!(self, Self::Threshold(threshold) if threshold.treat_missing_data == TreatMissingData::Breaching)
    }

    /// Whether an event alone can turn the alarm to ALARM, before the minute is over.
    pub fn is_immediate(&self) -> bool {
        match self {
            Self::Threshold(threshold) => threshold.events_to_alarm().is_some(),
            Self::NewValue(_) | Self::Change(_) => true,
        }
    }

    /// Whether silence, or little, can turn the alarm to ALARM.
    pub fn fires_on_silence(&self) -> bool {
        matches!(self, Self::Threshold(threshold) if threshold.treat_missing_data == TreatMissingData::Breaching
            || matches!(threshold.comparison, Comparison::LessThanThreshold | Comparison::LessThanOrEqualToThreshold))
    }
}

/// The last whole minute at or before `time`.
pub fn floor_minute(time: i64) -> i64 {
    floor(time, MINUTE)
}

fn floor(time: i64, tick: i64) -> i64 {
    time.div_euclid(tick) * tick
}

/// Goes on from a status with all that is known: what becomes of it when all whole minutes up to `through` are over, and the
/// transitions on the way, in the order of time.
///
/// - A count of one of one data points turns to ALARM at the time of the event that makes a window breach; so does what is new or
///   changes. Everything else is seen at whole minutes, each window (end - period, end].
/// - Events may be given again, and in any order: what is known is a set. An event at or before the last transition counts in the
///   windows that it lies in, from the next minute on.
pub fn step(condition: &Condition, status: &Status, evidence: &Evidence, through: i64) -> (Status, Vec<Transition>) {
    let Condition::Change(change) = condition else { return go_on(condition, status, evidence, through) };
    let mut events = changes(evidence.observations(), change.period);
    let newest = events.last().copied();
    // What the value was before the evidence begins.
    if let (Some((timestamp, text)), Some(first)) = (status.last, events.first())
        && timestamp < first.timestamp
        && first.timestamp - timestamp <= i64::from(change.remember) * 1000
    {
        events.insert(0, Observation { timestamp, key: EventKey(0), reading: Reading::Text(text) });
    }
    let mut evidence = evidence.clone();
    evidence.keep(events);
    let (mut next, transitions) = go_on(condition, status, &evidence, through);
    if let Some(Observation { timestamp, reading: Reading::Text(text), .. }) = newest
        && next.last.is_none_or(|(last, _)| last <= timestamp)
    {
        next.last = Some((timestamp, text));
    }
    (next, transitions)
}

fn go_on(condition: &Condition, status: &Status, evidence: &Evidence, through: i64) -> (Status, Vec<Transition>) {
    let mut status = status.clone();
    let mut transitions = Vec::new();
    let through = floor(through, condition.tick());
    let mut event = None;
    let mut is_searched = false;
    loop {
        // What is found holds until it happens: the search is not made again for each change between OK and INSUFFICIENT_DATA.
        if status.state == AlarmState::Alarm {
            (event, is_searched) = (None, false);
        } else if !is_searched {
            (event, is_searched) = (immediate(condition, &mut status, evidence), true);
        }
        // An event that turns the alarm says what time it is: the minutes before it are over.
        let until = event.map_or(through, |time| time - 1);
        let minute = at_minutes(condition, &mut status, evidence, until);
        let Some((timestamp, state)) = minute.or(event.map(|time| (time, AlarmState::Alarm))) else { break };
        status.number += 1;
        transitions.push(transition(condition, &status, evidence, timestamp, state));
        (status.state, status.since) = (state, timestamp);
        // What comes after it is judged anew, also where a late event made it.
        status.clock = floor(timestamp, condition.tick());
    }
    status.clock = status.clock.max(through);
    (status, transitions)
}

fn transition(
    condition: &Condition,
    status: &Status,
    evidence: &Evidence,
    timestamp: i64,
    state: AlarmState,
) -> Transition {
    let window = (timestamp - condition.span(), timestamp);
    let value = match condition {
        // Nothing counted is a number, where it says something.
        Condition::Threshold(threshold)
            if threshold.measure == Measure::Count && state != AlarmState::InsufficientData =>
        {
            threshold.value(evidence, timestamp).or(Some(0.0))
        }
        Condition::Threshold(threshold) => threshold.value(evidence, timestamp),
        Condition::NewValue(_) | Condition::Change(_) => None,
    };
    let Status { number, state: previous, .. } = *status;
    Transition { number, previous, state, timestamp, value, is_at_least: false, window }
}

/// The first event after the last transition that turns the alarm to ALARM by itself.
fn immediate(condition: &Condition, status: &mut Status, evidence: &Evidence) -> Option<i64> {
    let events = evidence.observations();
    let start = events.partition_point(|event| event.timestamp <= status.since);
    match condition {
        Condition::Threshold(threshold) => {
            let needed = usize::try_from(threshold.events_to_alarm()?).ok()?;
            let period = threshold.period.milliseconds();
            let first = start.max(needed - 1);
            let breaches = |index: &usize| events[*index].timestamp - events[*index + 1 - needed].timestamp < period;
            (first..events.len()).find(breaches).map(|index| events[index].timestamp)
        }
        Condition::NewValue(new) => first_seen(new, status, events),
        Condition::Change(_) => {
            let changes = |index: &usize| is_change(&events[*index - 1], &events[*index]);
            (start.max(1)..events.len()).find(changes).map(|index| events[index].timestamp)
        }
    }
}

/// When a value came that was not there before. One that comes while values are learned is known from then on.
fn first_seen(new: &NewValue, status: &mut Status, events: &[Observation]) -> Option<i64> {
    let remember = i64::from(new.remember) * 1000;
    let start = events.partition_point(|event| event.timestamp <= status.since);
    for (index, event) in events.iter().enumerate().skip(start) {
        let previous = index.checked_sub(1).and_then(|index| events.get(index));
        let is_forgotten = previous.is_some_and(|previous| event.timestamp - previous.timestamp > remember);
        if status.number > 0 && !is_forgotten {
            continue;
        }
        if event.timestamp > status.learning_until {
            return Some(event.timestamp);
        }
        status.number = status.number.max(1);
    }
    None
}

fn is_change(one: &Observation, next: &Observation) -> bool {
    matches!((one.reading, next.reading), (Reading::Text(one), Reading::Text(next)) if one != next)
}

/// The first whole minute up to `until` that changes the state, and to which. Minutes that do not are evaluated for good.
fn at_minutes(
    condition: &Condition,
    status: &mut Status,
    evidence: &Evidence,
    until: i64,
) -> Option<(i64, AlarmState)> {
    let (quiet, tick) = (i64::max(condition.reach(), MINUTE), condition.tick());
    loop {
        let minute = status.clock + tick;
        if minute > until {
            return None;
        }
        let verdict = match condition {
            Condition::Threshold(_) if minute < status.judged_from => Verdict::Retain,
            Condition::Threshold(threshold) => verdict(threshold, evidence, minute),
            Condition::NewValue(new) => still(status, minute, status.since, new.period.milliseconds()),
            Condition::Change(change) => {
                let period = change.period.milliseconds();
                still(status, minute, last_change(evidence, minute).unwrap_or(status.since), period)
            }
        };
        if let Verdict::State(state) = verdict
            && state != status.state
        {
            return Some((minute, state));
        }
        status.clock = minute;
        let is_silent = !evidence.has_any(minute - quiet, minute);
        let is_waiting = minute < status.judged_from;
        if is_silent
            && !is_waiting
            && (status.state != AlarmState::Alarm || matches!(condition, Condition::Threshold(_)))
        {
            // Until the next event nothing changes.
            let next = evidence.first_after(minute).unwrap_or(i64::MAX);
            status.clock = minute.max(floor((next - 1).min(until), tick));
        }
    }
}

/// What alarms on single values say at a minute: they stay in ALARM for a period.
fn still(status: &Status, minute: i64, last: i64, period: i64) -> Verdict {
    match status.state {
        AlarmState::Alarm if minute - last >= period => Verdict::State(AlarmState::Ok),
        _ => Verdict::Retain,
    }
}

fn last_change(evidence: &Evidence, minute: i64) -> Option<i64> {
    let events = evidence.in_window(i64::MIN, minute);
    events.windows(2).rev().find(|pair| is_change(&pair[0], &pair[1])).map(|pair| pair[1].timestamp)
}

fn verdict(threshold: &Threshold, evidence: &Evidence, minute: i64) -> Verdict {
    let Threshold { evaluation_periods, datapoints_to_alarm, treat_missing_data, .. } = *threshold;
    let period = threshold.period.milliseconds();
    let range = i64::from(evaluation_range(evaluation_periods));
    let points: Vec<_> = (0..range).rev().map(|back| threshold.datapoint(evidence, minute - back * period)).collect();
    evaluate(&points, evaluation_periods, datapoints_to_alarm, treat_missing_data)
}

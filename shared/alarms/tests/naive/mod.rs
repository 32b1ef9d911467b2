//! What transitions there are, found by looking at all events at every instant.
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "numbers of events are small here"
)]

use logweir_alarms::{AlarmState, Comparison, Condition, Measure, Observation, Reading, Threshold, TreatMissingData};

use super::{MINUTE, Told};

/// All transitions of events that are sorted by time, each once.
pub(crate) fn timeline(condition: &Condition, events: &[Observation]) -> Vec<Told> {
    let (first, last) = (events[0].timestamp, events[events.len() - 1].timestamp);
    let end = (last + MINUTE - 1).div_euclid(MINUTE) * MINUTE;
    let is_low = matches!(condition, Condition::Threshold(threshold)
        if threshold.treat_missing_data == TreatMissingData::Breaching
            || matches!(threshold.comparison, Comparison::LessThanThreshold | Comparison::LessThanOrEqualToThreshold));
    // Long enough for any window to be empty.
    let settled = if is_low { end } else { end + 120 * MINUTE };
    let mut instants: Vec<i64> = events.iter().map(|event| event.timestamp).collect();
    let tick = tick(condition);
    let begin = (first + tick - 1).div_euclid(tick) * tick;
    instants.extend((0..).map(|number| begin + number * tick).take_while(|instant| *instant <= settled));
    instants.sort_unstable();
    instants.dedup();

    let mut state = match condition {
        Condition::Threshold(threshold) if threshold.treat_missing_data != TreatMissingData::NotBreaching => {
            AlarmState::InsufficientData
        }
        _ => AlarmState::Ok,
    };
    let mut told: Vec<Told> = Vec::new();
    let mut fired = Vec::new();
    for now in instants {
        let next = match condition {
            Condition::Threshold(threshold) => at(threshold, events, now, state, first),
            Condition::NewValue(new) => match state {
                AlarmState::Alarm if now % MINUTE == 0 && now - fired[fired.len() - 1] >= new.period.milliseconds() => {
                    AlarmState::Ok
                }
                AlarmState::Ok if events.iter().any(|event| event.timestamp == now) => {
                    let previous =
                        events.iter().filter(|event| event.timestamp < now).map(|event| event.timestamp).max();
                    let is_new = previous.is_none_or(|previous| now - previous > i64::from(new.remember) * 1000);
                    if is_new { AlarmState::Alarm } else { AlarmState::Ok }
                }
                state => state,
            },
            Condition::Change(change) => {
                let events = ends(events, change.period.milliseconds());
                let changes: Vec<i64> = events
                    .windows(2)
                    .filter(|pair| pair[0].reading != pair[1].reading && pair[1].timestamp <= now)
                    .map(|pair| pair[1].timestamp)
                    .collect();
                let is_recent = |time: &i64| now - time < change.period.milliseconds();
                match state {
                    AlarmState::Ok if changes.contains(&now) => AlarmState::Alarm,
                    AlarmState::Alarm if now % MINUTE == 0 && !changes.iter().any(is_recent) => AlarmState::Ok,
                    state => state,
                }
            }
        };
        if next != state {
            state = next;
            let value = match condition {
                Condition::Threshold(threshold) => {
                    let is_count = threshold.measure == Measure::Count && state != AlarmState::InsufficientData;
                    value(threshold, events, now).or(is_count.then_some(0.0))
                }
                _ => None,
            };
            if state == AlarmState::Alarm {
                fired.push(now);
            }
            told.push((state, now, value.map(|value| cap(condition, value))));
        }
    }
    let mut before = told.clone();
    while let Some((state, time, _)) = told.last()
        && *time > end
        && *state != AlarmState::Alarm
    {
        before.pop();
        if before.last().is_some_and(|(state, ..)| *state == AlarmState::Alarm) {
            break;
        }
        told.pop();
    }
    told
}

/// The time between evaluations.
fn tick(condition: &Condition) -> i64 {
    match condition {
        Condition::Threshold(threshold) => {
            let is_up = matches!(
                threshold.comparison,
                Comparison::GreaterThanThreshold | Comparison::GreaterThanOrEqualToThreshold
            );
            let is_single = threshold.measure == Measure::Count && threshold.evaluation_periods == 1 && is_up;
            if is_single { MINUTE } else { threshold.period.milliseconds().min(MINUTE) }
        }
        _ => MINUTE,
    }
}

/// The first and the last event of each value in each period.
fn ends(events: &[Observation], period: i64) -> Vec<Observation> {
    let is_peer = |one: &Observation, other: &Observation| {
        one.reading == other.reading && (one.timestamp - 1) / period == (other.timestamp - 1) / period
    };
    let is_end = |index: &usize| {
        let (before, after) = (&events[..*index], &events[index + 1..]);
        let has_peer = |others: &[Observation]| others.iter().any(|other| is_peer(other, &events[*index]));
        !has_peer(before) || !has_peer(after)
    };
    (0..events.len()).filter(is_end).map(|index| events[index]).collect()
}

fn cap(condition: &Condition, value: f64) -> f64 {
    match condition {
        Condition::Threshold(threshold) => value.min(deciding(threshold)),
        _ => value,
    }
}

/// A count of more events than that is told as that.
pub(crate) fn deciding(threshold: &Threshold) -> f64 {
    match (threshold.measure, threshold.comparison) {
        (Measure::DistinctCount, _)
        | (Measure::Count, Comparison::GreaterThanThreshold | Comparison::LessThanOrEqualToThreshold) => {
            threshold.threshold.floor() + 1.0
        }
        (Measure::Count, _) => threshold.threshold.ceil().max(1.0),
        _ => f64::INFINITY,
    }
}

fn at(threshold: &Threshold, events: &[Observation], now: i64, state: AlarmState, begun: i64) -> AlarmState {
    let is_up =
        matches!(threshold.comparison, Comparison::GreaterThanThreshold | Comparison::GreaterThanOrEqualToThreshold);
    let is_single = threshold.measure == Measure::Count && threshold.evaluation_periods == 1 && is_up;
    let is_event = events.iter().any(|event| event.timestamp == now);
    let breaches = |value: f64| threshold.comparison.is_breached(value, threshold.threshold);
    if is_single && is_event && state != AlarmState::Alarm && value(threshold, events, now).is_some_and(breaches) {
        return AlarmState::Alarm;
    }
    let tick = if is_single { MINUTE } else { threshold.period.milliseconds().min(MINUTE) };
    if now % tick != 0 {
        return state;
    }
    let period = threshold.period.milliseconds();
    let periods = threshold.evaluation_periods;
    if threshold.treat_missing_data == TreatMissingData::Breaching && now - i64::from(periods) * period < begun {
        return state;
    }
    let range = if periods == 1 { 1 } else { periods + (periods / 3).max(2) };
    // The newest first.
    let points: Vec<Option<bool>> =
        (0..range).map(|back| value(threshold, events, now - i64::from(back) * period).map(breaches)).collect();
    let real: Vec<bool> = points.iter().flatten().copied().collect();
    let (periods, needed) = (periods as usize, threshold.datapoints_to_alarm as usize);
    let decide = |is_alarm| if is_alarm { AlarmState::Alarm } else { AlarmState::Ok };
    let breaching = real.iter().take(periods).filter(|breaches| **breaches).count();
    if real.len() >= periods {
        return decide(breaching >= needed);
    }
    match threshold.treat_missing_data {
        TreatMissingData::NotBreaching => decide(breaching >= needed),
        TreatMissingData::Breaching => decide(breaching + periods - real.len() >= needed),
        treat => {
            let is_ignored = treat == TreatMissingData::Ignore;
            if real.is_empty() {
                return if is_ignored { state } else { AlarmState::InsufficientData };
            }
            let oldest = points.iter().rposition(|point| *point == Some(true)).map_or(0, |back| back + 1);
            let is_premature = real.iter().all(|breaches| *breaches) && oldest >= needed;
            match (breaching >= needed, is_premature) {
                (false, true) if is_ignored => state,
                (is_alarm, is_premature) => decide(is_alarm || is_premature),
            }
        }
    }
}

fn value(threshold: &Threshold, events: &[Observation], end: i64) -> Option<f64> {
    let period = threshold.period.milliseconds();
    let within =
        |from: i64, to: i64| events.iter().filter(move |event| event.timestamp > from && event.timestamp <= to);
    let count = within(end - period, end).count() as f64;
    let mut numbers: Vec<f64> = within(end - period, end)
        .filter_map(|event| if let Reading::Number(number) = event.reading { Some(number) } else { None })
        .collect();
    numbers.sort_by(f64::total_cmp);
    match threshold.measure {
        Measure::Count => (count > 0.0).then_some(count),
        Measure::Spike { reference_periods, minimum_reference } => {
            let usual = within(end - period * i64::from(reference_periods + 1), end - period).count() as f64
                / f64::from(reference_periods);
            (usual >= minimum_reference).then(|| count / usual)
        }
        Measure::DistinctCount => {
            let mut texts: Vec<u64> = within(end - period, end)
                .filter_map(|event| if let Reading::Text(text) = event.reading { Some(text) } else { None })
                .collect();
            texts.sort_unstable();
            texts.dedup();
            (!texts.is_empty()).then_some(texts.len() as f64)
        }
        _ if numbers.is_empty() => None,
        Measure::Sum => Some(numbers.iter().sum()),
        Measure::Average => Some(numbers.iter().sum::<f64>() / numbers.len() as f64),
        Measure::Minimum => numbers.first().copied(),
        Measure::Maximum => numbers.last().copied(),
        Measure::Percentile(percent) => {
            let rank = ((percent / 100.0 * numbers.len() as f64).ceil() as usize).max(1);
            Some(numbers[rank - 1])
        }
    }
}

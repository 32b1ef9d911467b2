//! Rules that can be read but hardly are what somebody meant.

mod contradiction;
mod streams;

use std::collections::HashMap;

use logweir_alarms::{Comparison, Condition, Measure, Threshold, TreatMissingData};
use logweir_filter_pattern::ast::Syntax;

use crate::{Alarm, Problem, Rule, Rules};

/// What looks wrong, rule by rule.
pub(crate) fn review(rules: &Rules) -> Vec<Problem> {
    let mut warnings = Vec::new();
    let mut same: HashMap<String, Vec<&Alarm>> = HashMap::new();
    for alarm in &rules.alarms {
        let mut warn = |what: String, advice: &str| warnings.push(warning(alarm, what, advice));
        place(alarm, &mut warn);
        patterns(alarm, &mut warn);
        if let Condition::Threshold(threshold) = &alarm.condition {
            reach(threshold, alarm, &mut warn);
        }
        silence(alarm, &mut warn);
        same.entry(what_is_counted(alarm)).or_default().push(alarm);
    }
    for alarms in same.into_values() {
        overlaps(&alarms, &mut warnings);
    }
    streams::review(rules, &mut warnings);
    warnings
}

fn warning(alarm: &Alarm, what: String, advice: &str) -> Problem {
    Problem {
        line: alarm.line,
        column: 1,
        rule: Some(Rule::Alarm(alarm.name.clone())),
        what,
        advice: advice.to_owned(),
    }
}

fn place(alarm: &Alarm, warn: &mut impl FnMut(String, &str)) {
    if let Some(why) = alarm.scope.is_empty_because() {
        warn(format!("it never sees an event: {why}"), "look at log_groups and datasets under where");
    }
}

fn patterns(alarm: &Alarm, warn: &mut impl FnMut(String, &str)) {
    let is_impossible: Vec<bool> =
        alarm.patterns.iter().map(|pattern| contradiction::is_contradictory(pattern.syntax())).collect();
    if is_impossible.iter().all(|is| *is) {
        warn("no line can match: its pattern contradicts itself".to_owned(), "look at the conditions joined with &&");
    } else if let Some(number) = is_impossible.iter().position(|is| *is) {
        warn(
            format!("no line can match pattern {}, which contradicts itself", number + 1),
            "correct it, or leave it out",
        );
    }
    let everything = alarm.patterns.iter().position(|pattern| *pattern.syntax() == Syntax::Everything);
    if everything.is_some() && alarm.patterns.len() > 1 {
        warn("one of its patterns is \"\", which every line matches".to_owned(), "leave the others out, or that one");
    }
    let twice = (1..alarm.patterns.len()).find(|index| alarm.patterns[..*index].contains(&alarm.patterns[*index]));
    if let Some(number) = twice {
        warn(format!("pattern {} is there twice", number + 1), "leave one out");
    }
    let counts_upwards = matches!(
        &alarm.condition,
        Condition::Threshold(Threshold {
            measure: Measure::Count,
            comparison: Comparison::GreaterThanThreshold | Comparison::GreaterThanOrEqualToThreshold,
            ..
        })
    );
    if everything.is_some() && counts_upwards && alarm.scope == crate::Scope::default() {
        warn("it counts every line of every log group".to_owned(), "write a pattern, or log_groups under where");
    }
}

/// Thresholds that a measure never reaches, or cannot miss.
fn reach(threshold: &Threshold, alarm: &Alarm, warn: &mut impl FnMut(String, &str)) {
    use Comparison::{
        GreaterThanOrEqualToThreshold, GreaterThanThreshold, LessThanOrEqualToThreshold, LessThanThreshold,
    };
    let limit = threshold.threshold;
    // What events of a period come to at least: a period with none has no data point.
    let least = match threshold.measure {
        Measure::Count | Measure::DistinctCount => 1.0,
        Measure::Spike { .. } => 0.0,
        _ => return,
    };
    let (never, always) = match threshold.comparison {
        LessThanThreshold => (limit <= least, false),
        LessThanOrEqualToThreshold => (limit < least, false),
        GreaterThanThreshold => (false, limit < least),
        GreaterThanOrEqualToThreshold => (false, limit <= least),
    };
    let breaches_silently = threshold.treat_missing_data == TreatMissingData::Breaching;
    let measure = threshold.measure;
    if never && !breaches_silently {
        warn(
            format!("it never is in ALARM: a {measure} of events is never {} {limit}", threshold.comparison.symbol()),
            "write another threshold; for silence write kind: flatline",
        );
    } else if threshold.measure == Measure::Count
        && matches!(threshold.comparison, LessThanThreshold | LessThanOrEqualToThreshold)
        && threshold.treat_missing_data == TreatMissingData::NotBreaching
    {
        warn(
            "it does not see silence: a period without events is taken for well".to_owned(),
            "write kind: flatline, or treat_missing_data: breaching",
        );
    }
    if always && breaches_silently {
        warn(
            "it always is in ALARM: every period breaches, with events and without".to_owned(),
            "write another threshold",
        );
    } else if always && matches!(measure, Measure::Spike { .. }) {
        warn(format!("every ratio is {} {limit}", threshold.comparison.symbol()), "write a threshold above 1");
    } else if limit < 0.0 && !matches!(threshold.comparison, LessThanThreshold | LessThanOrEqualToThreshold) {
        warn(format!("a {measure} is never below 0, so any event breaches"), "write threshold: 0 if that is meant");
    }
    if threshold.comparison == LessThanThreshold && breaches_silently && !alarm.group_by.is_empty() && never {
        warn(
            "only a group that had an event before can fall silent".to_owned(),
            "leave group_by out if one that never begins is to be seen too",
        );
    }
}

/// Alarms that nobody hears of.
fn silence(alarm: &Alarm, warn: &mut impl FnMut(String, &str)) {
    let notify = alarm.notification.notify;
    if !notify.alarm && !notify.ok && !notify.insufficient_data && !alarm.publish_metric {
        warn("nobody hears of it: it notifies of no state and has no metric".to_owned(), "write on: [ALARM]");
    }
    if alarm.notification.renotify.is_some() && !notify.alarm {
        warn(
            "it notifies again of an ALARM that it does not notify of".to_owned(),
            "add ALARM to on, or leave renotify out",
        );
    }
}

/// What an alarm counts, and when it is in ALARM, wherever it looks.
fn what_is_counted(alarm: &Alarm) -> String {
    let mut patterns: Vec<String> = alarm.patterns.iter().map(ToString::to_string).collect();
    patterns.sort_unstable();
    format!("{patterns:?} {:?} {:?} {:?}", alarm.value, alarm.group_by, alarm.condition)
}

/// Alarms that count the same, one of which looks where another looks too.
fn overlaps(alarms: &[&Alarm], warnings: &mut Vec<Problem>) {
    for (index, alarm) in alarms.iter().enumerate() {
        let other = alarms.iter().enumerate().find(|(number, other)| {
            // Of two that are equal the second is the one too many.
            let is_within = alarm.scope.is_within(&other.scope);
            index != *number && is_within && (*number < index || !other.scope.is_within(&alarm.scope))
        });
        if let Some((_, other)) = other {
            let what =
                format!("{} in line {} has the same condition and sees all that this one sees", other.name, other.line);
            warnings.push(warning(
                alarm,
                what,
                "leave one out, or exclude its log groups from the other: \"!/app/web*\"",
            ));
        }
    }
}

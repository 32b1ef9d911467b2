//! Stream rules that can be read but never count, and alarms behind them that never see an event.

use logweir_filter_pattern::FilterPattern;
use logweir_filter_pattern::ast::Syntax;

use super::contradiction::is_contradictory;
use crate::scope::Scope;
use crate::stream::{Fate, Stream};
use crate::{Problem, Rule, Rules};

/// What looks wrong, rule by rule.
pub(super) fn review(rules: &Rules, warnings: &mut Vec<Problem>) {
    let streams = &rules.streams;
    for (number, stream) in streams.iter().enumerate() {
        let mut warn = |what: String, advice: &str| {
            let rule = Some(Rule::Stream(stream.name.clone()));
            warnings.push(Problem { line: stream.line, column: 1, rule, what, advice: advice.to_owned() });
        };
        if let Some(why) = stream.scope.is_empty_because() {
            warn(format!("it never sees an event: {why}"), "look at log_groups and datasets under where");
        }
        if !stream.patterns.is_empty() && stream.patterns.iter().all(|pattern| is_contradictory(pattern.syntax())) {
            warn(
                "no line can match: its pattern contradicts itself".to_owned(),
                "look at the conditions joined with &&",
            );
        }
        let before = streams[..number].iter().find(|before| decides(before, &stream.scope, &stream.patterns));
        if let (Some(_), Some(before)) = (stream.fate, before) {
            let what = format!("{} in line {} decides about all events that it matches", before.name, before.line);
            warn(what, "put this one before it, or leave its keep, drop or sample out");
        } else if stream.fate.is_none()
            && let Some(drops) = dropper(streams, &stream.scope, &stream.patterns)
        {
            let what = format!("{} in line {} drops all events that it matches", drops.name, drops.line);
            warn(what, "leave one of them out, or keep some of the events before");
        }
    }
    for alarm in &rules.alarms {
        if let Some(drops) = dropper(streams, &alarm.scope, &alarm.patterns) {
            let what = format!("it never sees an event: stream {} in line {} drops them", drops.name, drops.line);
            warnings.push(super::warning(alarm, what, "alarms see what streams let through: keep these events before"));
        }
    }
}

/// Whether a rule decides about all events of a place that match one of the patterns, if none does before it. No pattern is every line.
fn decides(stream: &Stream, scope: &Scope, patterns: &[FilterPattern]) -> bool {
    let is_everything = |pattern: &FilterPattern| *pattern.syntax() == Syntax::Everything;
    let matches_all = stream.patterns.is_empty() || stream.patterns.iter().any(is_everything);
    let matches_these = || !patterns.is_empty() && patterns.iter().all(|pattern| stream.patterns.contains(pattern));
    stream.fate.is_some() && scope.is_within(&stream.scope) && (matches_all || matches_these())
}

/// The rule that drops all such events, as far as it can be told: rules before it keep none.
fn dropper<'r>(streams: &'r [Stream], scope: &Scope, patterns: &[FilterPattern]) -> Option<&'r Stream> {
    let drop = |stream: &&Stream| stream.fate.is_none_or(|fate| fate == Fate::Drop);
    streams.iter().take_while(drop).find(|stream| decides(stream, scope, patterns))
}

//! What matching events make of each alarm and group.

use std::collections::BTreeMap;

use logweir_alarms::{Condition, EventKey, Evidence, Observation, Transition, timeline};
use logweir_rules::{Alarm, Group};

/// What stands for the values of groups beyond those that an alarm may have, as in the alarmer.
const OTHERS: &str = "(others)";
/// How many events are put into order at once, at least.
const LEAST_WAITING: usize = 4_096;

/// The matching events of one alarm and group. They are put into order in large parts, so that it hardly matters how they come.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    evidence: Evidence,
    waiting: Vec<Observation>,
}

impl Gathered {
    pub(super) fn add(&mut self, observation: Observation) {
        self.waiting.push(observation);
        if self.waiting.len() >= self.evidence.observations().len().max(LEAST_WAITING) {
            self.settle();
        }
    }

    fn settle(&mut self) {
        self.evidence.extend(self.waiting.drain(..));
    }

    fn into_evidence(mut self) -> Evidence {
        self.settle();
        self.evidence
    }
}

/// The times of the first and the last event of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) first: i64,
    pub(super) last: i64,
}

/// One state of an alarm: all of it, or that of a group.
#[derive(Debug)]
pub(super) struct State<'r> {
    pub(super) alarm: &'r Alarm,
    /// The alarm's place among the rules.
    pub(super) number: usize,
    /// The values of `group_by`.
    pub(super) group: Vec<String>,
    pub(super) evidence: Evidence,
    pub(super) transitions: Vec<Transition>,
}

/// All states of an alarm, with what became of them.
pub(super) fn states(alarm: &Alarm, number: usize, groups: BTreeMap<Group, Gathered>, span: Span) -> Vec<State<'_>> {
    let mut groups: Vec<(Vec<String>, Evidence)> =
        groups.into_iter().map(|(group, gathered)| (group.values().to_vec(), gathered.into_evidence())).collect();
    if alarm.group_by.is_empty() && groups.is_empty() {
        // Silence is something too.
        groups.push(Default::default());
    }
    let groups = bounded(groups, alarm);
    let state = |(group, evidence): (Vec<String>, Evidence)| {
        let begun = if alarm.group_by.is_empty() { span.first } else { first(&evidence) };
        let learning_until = learning_until(&alarm.condition, span);
        let transitions = timeline(&alarm.condition, begun, learning_until, &evidence, span.last);
        State { alarm, number, group, evidence, transitions }
    };
    groups.into_iter().map(state).collect()
}

/// Until when an alarm learns values in silence.
pub(super) fn learning_until(condition: &Condition, span: Span) -> i64 {
    match condition {
        Condition::NewValue(new) => span.first + i64::from(new.learn) * 1000,
        Condition::Threshold(_) | Condition::Change(_) => span.first,
    }
}

/// As many groups as the alarm may have, those that came first; all others in one.
fn bounded(mut groups: Vec<(Vec<String>, Evidence)>, alarm: &Alarm) -> Vec<(Vec<String>, Evidence)> {
    let most = usize::try_from(alarm.max_groups).unwrap_or(usize::MAX);
    if groups.len() <= most {
        return groups;
    }
    groups.sort_by_cached_key(|(group, evidence)| (first(evidence), group.clone()));
    let beyond = groups.split_off(most);
    let others = beyond.into_iter().flat_map(|(_, evidence)| evidence.observations().to_vec());
    let mut evidence = Evidence::default();
    evidence.extend(others);
    groups.push((vec![OTHERS.to_owned(); alarm.group_by.len()], evidence));
    groups
}

fn first(evidence: &Evidence) -> i64 {
    evidence.observations().first().map_or(0, |observation| observation.timestamp)
}

impl State<'_> {
    /// The events after `from` up to `to`, by time.
    pub(super) fn in_window(&self, (from, to): (i64, i64)) -> Vec<(i64, EventKey)> {
        self.evidence.in_window(from, to).iter().map(|event| (event.timestamp, event.key)).collect()
    }
}

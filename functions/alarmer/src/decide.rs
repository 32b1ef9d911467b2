//! What becomes of the state of one alarm and group, and what people are told of it. Pure.

use std::borrow::Cow;

use logweir_alarms::{
    AlarmState, Comparison, Condition, Evidence, Measure, Notification, Status, Threshold, Transition,
    TreatMissingData, announce, floor_minute, step,
};
use logweir_rules::Alarm;

use crate::store::Pending;

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
/// How long minutes that are over can be judged anew: a status is written at least as often while there is evidence that matters.
const HEARTBEAT: i64 = 5 * MINUTE;
/// For how long a group that is quiet is known, in seconds.
const KEEP_GROUP: i64 = 7 * 24 * 3_600;

/// The topic of AWS's chat service, which takes a schema of its own. No rule can name it.
pub(crate) const CHAT: &str = "#chat";

/// The group of all that come when an alarm has as many groups as it may.
pub(crate) const OTHERS: &str = "(others)";
/// Announcements of one alarm and group that wait to be published at most.
const MAX_WAITING: usize = 20;

/// What is decided about.
#[derive(Debug, Clone)]
pub(crate) struct Subject<'a> {
    pub(crate) alarm: &'a Alarm,
    /// The alarm's, but for the group of all others.
    condition: Cow<'a, Condition>,
    /// The group: a JSON array of the values of `group_by`.
    pub(crate) group: &'a str,
    /// Now, in milliseconds since 1970.
    pub(crate) now: i64,
    /// Until when nobody but this invocation publishes what it announces.
    pub(crate) lease: i64,
    /// Whether announcements go to AWS's chat service too.
    has_chat: bool,
}

/// What is to be written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Decision {
    pub(crate) status: Status,
    /// What people are to be told.
    pub(crate) pending: Vec<Pending>,
    /// Ids of what waited so long that what came after it is told in its place.
    pub(crate) superseded: Vec<String>,
    pub(crate) transitions: usize,
}

/// The key of the group of all that come when an alarm has as many groups as it may.
pub(crate) fn others(alarm: &Alarm) -> String {
    serde_json::to_string(&vec![OTHERS; alarm.group_by.len()]).unwrap_or_else(|_| "[]".to_owned())
}

impl<'a> Subject<'a> {
    pub(crate) fn new(alarm: &'a Alarm, group: &'a str, now: i64, lease: i64, has_chat: bool) -> Self {
        let condition = match &alarm.condition {
            // Nobody knows which of the others is new: each is, rather than none.
            Condition::NewValue(new) if group == others(alarm) => Cow::Owned(Condition::Threshold(Threshold {
                measure: Measure::Count,
                comparison: Comparison::GreaterThanThreshold,
                threshold: 0.0,
                period: new.period,
                evaluation_periods: 1,
                datapoints_to_alarm: 1,
                treat_missing_data: TreatMissingData::NotBreaching,
            })),
            condition => Cow::Borrowed(condition),
        };
        Self { alarm, condition, group, now, lease, has_chat }
    }

    /// When the alarm is in ALARM.
    pub(crate) fn condition(&self) -> &Condition {
        &self.condition
    }

    /// Whether it is judged with each batch, and not by the schedule alone.
    pub(crate) fn is_immediate(&self) -> bool {
        self.condition().is_immediate() && !self.condition().keeps_everything()
    }

    /// The status of a group that nothing is known of, whose first event is at `oldest`.
    pub(crate) fn first_status(&self, oldest: i64, learning_until: i64) -> Status {
        // Silence is none before anybody listened, and no clock is ahead of all others.
        let begun = if self.condition().fires_on_silence() { self.now } else { oldest.min(self.now) };
        let definition = self.alarm.fingerprint();
        Status { definition, ..Status::new(self.condition(), begun, learning_until) }
    }

    /// Whether the schedule has anything to look at.
    pub(crate) fn is_due(&self, status: &Status) -> bool {
        let listens = self.alarm.group_by.is_empty() && self.condition().fires_on_silence();
        listens || status.state == AlarmState::Alarm || status.clock <= status.active_until
    }

    /// How old an event may be that still counts.
    pub(crate) fn oldest(&self) -> i64 {
        self.now - i64::from(self.alarm.allowed_lateness) * SECOND
    }

    /// The last minute that the schedule takes to be over.
    pub(crate) fn through(&self) -> i64 {
        floor_minute(self.now - i64::from(self.alarm.evaluation_delay) * SECOND)
    }

    /// Whether evidence can still matter to the schedule.
    pub(crate) fn has_evidence(&self, status: &Status) -> bool {
        self.clock(status) <= status.active_until
    }

    /// Until when an event makes a difference.
    pub(crate) fn active_until(&self, newest: i64) -> i64 {
        newest + self.condition().aftermath()
    }

    /// Whether a status must be told that there are events up to `newest`.
    pub(crate) fn is_awake(&self, status: &Status, newest: i64) -> bool {
        status.active_until >= self.active_until(newest)
    }

    /// From when on evidence is needed to go on from a status, when the oldest new event is at `oldest`.
    pub(crate) fn evidence_from(&self, status: &Status, oldest: i64) -> i64 {
        self.condition().first_bucket(self.clock(status).min(oldest))
    }

    /// When an item with events up to `time` can be forgotten, in seconds since 1970.
    pub(crate) fn evidence_expires(&self, time: i64) -> i64 {
        let condition = self.condition();
        let needed = condition.reach() + condition.period().milliseconds() + 2 * HEARTBEAT;
        (time.max(self.now) + needed) / SECOND + i64::from(self.alarm.allowed_lateness) + 3_600
    }

    /// When a status can be forgotten, in seconds since 1970.
    pub(crate) fn status_expires(&self, status: &Status) -> i64 {
        let keep = match self.condition() {
            Condition::NewValue(new) => i64::from(new.remember),
            Condition::Change(change) => i64::from(change.remember).max(KEEP_GROUP),
            Condition::Threshold(_) => KEEP_GROUP,
        };
        // A group that is gone is forgotten although nobody turned its alarm off; an alarm without groups is not.
        let from = if self.alarm.group_by.is_empty() { status.active_until.max(self.now) } else { status.active_until };
        from / SECOND + keep
    }

    /// The last minute that is judged for good. Evidence is kept for minutes that are not much older than late events may be.
    fn clock(&self, status: &Status) -> i64 {
        status.clock.max(floor_minute(self.oldest() - HEARTBEAT))
    }

    /// Goes on from a status with all that is known. Minutes up to `through` are over; `newest` is the time of the newest event that just
    /// came; `waiting` is what is yet to be published. The answer is what has to be written, if anything has.
    pub(crate) fn decide(
        &self,
        status: &Status,
        waiting: &[Pending],
        evidence: &Evidence,
        through: i64,
        newest: Option<i64>,
    ) -> Option<Decision> {
        let (mut next, transitions) = step(self.condition(), &self.before(status), evidence, through);
        let mut pending = Vec::new();
        for transition in &transitions {
            // Whether it is news depends on what was told before it.
            let at = Status { state: transition.state, ..next.clone() };
            if let Some(announced) = announce(&self.alarm.notification, &at, Some(transition), self.now) {
                next.announced = Some(announced);
                pending.extend(self.pending(transition, 0, evidence));
            }
        }
        if transitions.is_empty()
            && self.quiet_until().is_none()
            && let Some(announced) = announce(&self.alarm.notification, &next, None, self.now)
        {
            pending.extend(self.pending(&self.still(&next, evidence, through), announced.repeats, evidence));
            next.announced = Some(announced);
        }
        if let Some(newest) = newest
            && !self.is_awake(&next, newest)
        {
            // Some time ahead, so that not each batch writes it.
            next.active_until = self.active_until(newest) + self.condition().period().milliseconds().max(HEARTBEAT);
        }
        if !waiting.is_empty() {
            // Told in their order, by the schedule.
            for pending in &mut pending {
                pending.lease = 0;
            }
        }
        let superseded = supersede(waiting, &mut pending, self.now);
        let is_clock_worth_it = next.clock - status.clock >= HEARTBEAT && self.is_due(status);
        let settled = Status { clock: status.clock, last: status.last, ..next.clone() };
        (settled != *status || is_clock_worth_it).then_some(Decision {
            status: next,
            pending,
            superseded,
            transitions: transitions.len(),
        })
    }

    /// The status to go on from.
    fn before(&self, status: &Status) -> Status {
        let definition = self.alarm.fingerprint();
        let mut before = if status.definition == definition {
            Status { clock: self.clock(status), ..status.clone() }
        } else {
            status.redefined(self.condition(), &definition, self.now)
        };
        if let Condition::NewValue(new) = self.condition()
            && self.now - status.active_until > i64::from(new.remember) * SECOND
        {
            // It is forgotten, though the table still has it.
            before.number = 0;
        }
        before
    }

    fn quiet_until(&self) -> Option<i64> {
        self.alarm.notification.quiet_hours.and_then(|hours| hours.end(self.now))
    }

    /// The transition that is told again.
    fn still(&self, status: &Status, evidence: &Evidence, through: i64) -> Transition {
        let window = (through - self.condition().span(), through);
        let value = match self.condition() {
            Condition::Threshold(threshold) => threshold.value(evidence, through),
            _ => None,
        };
        let Status { number, state, since: timestamp, .. } = *status;
        Transition { number, previous: state, state, timestamp, value, is_at_least: false, window }
    }

    fn pending(
        &self,
        transition: &Transition,
        repeat: u32,
        evidence: &Evidence,
    ) -> impl Iterator<Item = Pending> + use<> {
        let Self { alarm, group, now, .. } = self;
        let policy = &alarm.notification;
        let values: Vec<String> = serde_json::from_str(group).unwrap_or_default();
        let is_at_least = transition.value.is_some_and(|value| self.condition().is_at_least(value));
        let transition = Transition { is_at_least, ..transition.clone() };
        let again = if repeat == 0 { String::new() } else { format!("/{repeat}") };
        let sample_lines = usize::try_from(policy.sample_lines).unwrap_or(usize::MAX);
        let notification = Notification {
            notification_id: format!("{}/{group}/{}/{}{again}", alarm.name, transition.number, transition.timestamp),
            alarm: alarm.name.clone(),
            description: alarm.description.clone(),
            severity: alarm.severity,
            runbook: alarm.runbook.clone(),
            topic: policy.topic.clone(),
            group: alarm.group_by.iter().cloned().zip(values).collect(),
            condition: alarm.condition.to_string(),
            superseded: 0,
            lines: evidence.lines(transition.window.0, transition.window.1, sample_lines),
            transition,
            repeat,
        };
        let now = *now;
        let not_before = self.quiet_until().unwrap_or(now);
        // What waits for the end of quiet hours is the schedule's.
        let lease = if not_before > now { 0 } else { self.lease };
        let chat = self.has_chat.then(|| Notification {
            notification_id: format!("{}{CHAT}", notification.notification_id),
            topic: Some(CHAT.to_owned()),
            ..notification.clone()
        });
        let pending = move |notification| Pending { notification, lease, not_before };
        [Some(notification), chat].into_iter().flatten().map(pending)
    }
}

/// Keeps what waits for one alarm and group within bounds: of more, the oldest are superseded by what came after them, and the oldest that is
/// told says how many. The answer is what is no longer to wait.
fn supersede(waiting: &[Pending], pending: &mut Vec<Pending>, now: i64) -> Vec<String> {
    let surplus = (waiting.len() + pending.len()).saturating_sub(MAX_WAITING);
    if surplus == 0 || pending.is_empty() {
        return Vec::new();
    }
    let order = |pending: &&Pending| {
        let transition = &pending.notification.transition;
        (transition.timestamp, transition.number, pending.notification.repeat)
    };
    let mut old: Vec<&Pending> = waiting.iter().filter(|pending| pending.lease <= now).collect();
    old.sort_by_key(order);
    old.truncate(surplus);
    let own = (surplus - old.len()).min(pending.len() - 1);
    let before: u32 =
        old.iter().copied().chain(&pending[..own]).map(|pending| pending.notification.superseded + 1).sum();
    pending.drain(..own);
    pending[0].notification.superseded += before;
    old.into_iter().map(|pending| pending.notification.notification_id.clone()).collect()
}

#[cfg(test)]
mod tests;

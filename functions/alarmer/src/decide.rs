//! What becomes of the state of one alarm and group, and what people are told of it. Pure.

use logweir_alarms::{AlarmState, Condition, Evidence, Notification, Status, Transition, announce, floor_minute, step};
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

/// What is decided about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Subject<'a> {
    pub(crate) alarm: &'a Alarm,
    /// The group: a JSON array of the values of `group_by`.
    pub(crate) group: &'a str,
    /// Now, in milliseconds since 1970.
    pub(crate) now: i64,
    /// Until when nobody but this invocation publishes what it announces.
    pub(crate) lease: i64,
    /// Whether announcements go to AWS's chat service too.
    pub(crate) has_chat: bool,
}

/// What is to be written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Decision {
    pub(crate) status: Status,
    /// What people are to be told.
    pub(crate) pending: Vec<Pending>,
    pub(crate) transitions: usize,
}

/// Whether the schedule has anything to look at.
pub(crate) fn is_due(status: &Status) -> bool {
    let is_waiting = status.state == AlarmState::InsufficientData && status.number == 0;
    status.state == AlarmState::Alarm || is_waiting || status.clock <= status.active_until
}

impl Subject<'_> {
    fn condition(&self) -> &Condition {
        &self.alarm.condition
    }

    /// The status of a group that nothing is known of; `learns_until` counts from the alarm's first event of all.
    pub(crate) fn first_status(&self, begun: i64, learning_until: i64) -> Status {
        Status::new(self.condition(), begun, learning_until)
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
        status.active_until.max(self.now) / SECOND + keep
    }

    /// The last minute that is judged for good. Evidence is kept for minutes that are not much older than late events may be.
    fn clock(&self, status: &Status) -> i64 {
        status.clock.max(floor_minute(self.oldest() - HEARTBEAT))
    }

    /// Goes on from a status with all that is known. Minutes up to `through` are over; `newest` is the time of the newest event that just
    /// came. The answer is what has to be written, if anything has.
    pub(crate) fn decide(
        &self,
        status: &Status,
        evidence: &Evidence,
        through: i64,
        newest: Option<i64>,
    ) -> Option<Decision> {
        let before = Status { clock: self.clock(status), ..status.clone() };
        let (mut next, transitions) = step(self.condition(), &before, evidence, through);
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
        let is_clock_worth_it = next.clock - status.clock >= HEARTBEAT && is_due(status);
        let settled = Status { clock: status.clock, ..next.clone() };
        (settled != *status || is_clock_worth_it).then_some(Decision {
            status: next,
            pending,
            transitions: transitions.len(),
        })
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
        let Self { alarm, group, now, .. } = *self;
        let policy = &alarm.notification;
        let values: Vec<String> = serde_json::from_str(group).unwrap_or_default();
        let is_at_least = transition.value.is_some_and(|value| alarm.condition.is_at_least(value));
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
            lines: evidence.lines(transition.window.0, transition.window.1, sample_lines),
            transition,
            repeat,
        };
        let not_before = policy.quiet_hours.and_then(|hours| hours.end(now)).unwrap_or(now);
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

#[cfg(test)]
mod tests;

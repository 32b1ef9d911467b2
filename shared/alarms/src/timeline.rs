//! All transitions of one alarm and group, when all events are there.

use crate::condition::{Condition, MINUTE};
use crate::evidence::Evidence;
use crate::state::{AlarmState, Status, Transition};
use crate::step::{floor_minute, step};

/// The transitions that events make of an alarm that is first looked at at `begun`, when the last event of all was at `end`.
///
/// After the end time goes on as if nothing more came, until the alarm is as silence leaves it. An alarm that silence, or little,
/// could set off stops at the end: that there is no more to read is no silence.
pub fn timeline(
    condition: &Condition,
    begun: i64,
    learning_until: i64,
    evidence: &Evidence,
    end: i64,
) -> Vec<Transition> {
    let end = floor_minute(end + MINUTE - 1);
    let settled = if condition.fires_on_silence() { end } else { end + condition.aftermath() };
    let (_, mut transitions) = step(condition, &Status::new(condition, begun, learning_until), evidence, settled);
    // That there are no data after the end is not worth telling.
    let is_news = |transition: &Transition| {
        transition.timestamp <= end || [transition.state, transition.previous].contains(&AlarmState::Alarm)
    };
    while transitions.last().is_some_and(|last| !is_news(last)) {
        transitions.pop();
    }
    transitions
}

//! What tests of several modules are made of.

use logweir_alarms::{AlarmState, Notification, Severity, Status, Transition};

/// A status in OK.
pub(crate) fn status() -> Status {
    Status {
        state: AlarmState::Ok,
        since: 0,
        begun: 0,
        clock: 60_000,
        number: 0,
        learning_until: 0,
        active_until: 0,
        judged_from: 0,
        last: None,
        definition: String::new(),
        announced: None,
    }
}

/// A notification of the transition `number` of an alarm without groups.
pub(crate) fn notification(alarm: &str, number: u64) -> Notification {
    Notification {
        notification_id: format!("{alarm}/[]/{number}"),
        alarm: alarm.to_owned(),
        description: String::new(),
        severity: Severity::High,
        runbook: None,
        topic: None,
        group: Vec::new(),
        condition: "count > 3 in 5 minutes".to_owned(),
        transition: Transition {
            number,
            previous: AlarmState::Ok,
            state: AlarmState::Alarm,
            timestamp: 60_000,
            value: Some(4.0),
            is_at_least: true,
            window: (-240_000, 60_000),
        },
        repeat: 0,
        superseded: 0,
        lines: Vec::new(),
    }
}

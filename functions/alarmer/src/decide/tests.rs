//! What is decided, case by case.

use logweir_alarms::{EventKey, Evidence, Line, Observation, QuietHours, Reading};
use logweir_rules::Rules;

use super::*;

const NOON: i64 = 1_795_262_400_000;
const LEASE: i64 = NOON + 3_600_000;

fn alarm(more: &str) -> Alarm {
    let text = format!(
        "version: 1\nalarms:\n  - {{name: a, pattern: x, comparison: '>', threshold: 3, period: 5m, severity: high{more}}}\n"
    );
    match Rules::parse(&text) {
        Ok(checked) => checked.rules.alarms.into_iter().next().expect("an alarm"),
        Err(problems) => panic!("{problems}"),
    }
}

fn subject(alarm: &Alarm, now: i64) -> Subject<'_> {
    Subject::new(alarm, "[]", now, LEASE, false)
}

/// Events at seconds after noon.
fn events(seconds: impl IntoIterator<Item = i64>) -> Evidence {
    let mut evidence = Evidence::default();
    for second in seconds {
        let (timestamp, key) = (NOON + second * SECOND, EventKey(second.unsigned_abs().into()));
        evidence.add(Observation { timestamp, key, reading: Reading::Nothing });
        let line = Line {
            timestamp,
            id: second.to_string(),
            owner: "1".to_owned(),
            log_group: "g".to_owned(),
            log_stream: "s".to_owned(),
            message: format!("line {second}"),
        };
        evidence.add_line(key, line);
    }
    evidence
}

fn lines(pending: &Pending) -> Vec<&str> {
    pending.notification.lines.iter().map(|line| line.message.as_str()).collect()
}

#[test]
fn a_transition_is_announced_once_with_its_lines() {
    let alarm = alarm("");
    let at = |seconds: i64| subject(&alarm, NOON + seconds * SECOND);
    let first = at(10).first_status(NOON, 0);
    let three = at(10).decide(&first, &[], &events([0, 5, 10]), first.clock, Some(NOON + 10 * SECOND)).expect("awake");
    assert_eq!((three.pending.len(), three.transitions), (0, 0));
    assert!(at(10).is_awake(&three.status, NOON + 60 * SECOND), "some time ahead");

    let four =
        at(20).decide(&three.status, &[], &events([0, 5, 10, 20]), three.status.clock, None).expect("a transition");
    let [pending] = four.pending.as_slice() else { panic!("{four:?}") };
    assert_eq!((pending.lease, pending.not_before), (LEASE, NOON + 20 * SECOND));
    assert_eq!(lines(pending), ["line 0", "line 5", "line 10", "line 20"]);
    assert_eq!(pending.notification.notification_id, format!("a/[]/1/{}", NOON + 20 * SECOND));
    assert_eq!(pending.notification.transition.value, Some(4.0));
    assert!(!pending.notification.transition.is_at_least);

    let many = events((0..4).map(|number| number * 5).chain(20..40));
    assert_eq!(at(40).decide(&four.status, &[], &many, four.status.clock, None), None, "told already");

    let later = at(600);
    let quiet = later.decide(&four.status, &[], &many, later.through(), None).expect("a transition");
    let [pending] = quiet.pending.as_slice() else { panic!("{quiet:?}") };
    // At 12:06 the window holds nothing: the last was at 39 seconds past noon.
    assert_eq!(pending.notification.transition.timestamp, NOON + 6 * MINUTE);
    assert_eq!(quiet.status.state, AlarmState::Ok);
    assert_eq!(later.decide(&quiet.status, &[], &many, later.through(), None), None);
}

#[test]
fn the_end_of_what_nobody_was_told_of_is_no_news() {
    let alarm = alarm(", notification: {on: [OK]}");
    let at = |seconds: i64| subject(&alarm, NOON + seconds * SECOND);
    let first = at(10).first_status(NOON, 0);
    let decided = at(600).decide(&first, &[], &events([0, 1, 2, 3]), at(600).through(), None).expect("two transitions");
    assert_eq!((decided.transitions, decided.pending.len()), (2, 0));
}

#[test]
fn who_wants_to_be_reminded_is() {
    let alarm = alarm(", notification: {renotify: 10m}");
    let at = |seconds: i64| subject(&alarm, NOON + seconds * SECOND);
    let evidence = events(0..1_200);
    let first = at(10).first_status(NOON, 0);
    let fired = at(10).decide(&first, &[], &evidence, first.clock, None).expect("fires");
    assert_eq!(at(600).decide(&fired.status, &[], &evidence, NOON + 60 * SECOND, None), None);
    let again = at(700).decide(&fired.status, &[], &evidence, at(700).through(), None).expect("again");
    let [pending] = again.pending.as_slice() else { panic!("{again:?}") };
    assert_eq!((pending.notification.repeat, again.transitions), (1, 0));
    assert!(pending.notification.notification_id.ends_with("/1"), "{}", pending.notification.notification_id);
    assert_ne!(pending.notification.notification_id, fired.pending[0].notification.notification_id);
    assert_eq!(at(800).decide(&again.status, &[], &evidence, again.status.clock, None), None);
}

#[test]
fn in_quiet_hours_an_announcement_waits_for_their_end() {
    let mut alarm = alarm("");
    alarm.notification.quiet_hours = Some(QuietHours { from: 11 * 60, to: 14 * 60, utc_offset: 0 });
    let subject = subject(&alarm, NOON + 10 * SECOND);
    let first = subject.first_status(NOON, 0);
    let fired = subject.decide(&first, &[], &events([0, 1, 2, 3]), first.clock, None).expect("fires");
    assert_eq!((fired.pending[0].lease, fired.pending[0].not_before), (0, NOON + 2 * 60 * MINUTE));
}

#[test]
fn chat_has_an_announcement_of_its_own() {
    let alarm = alarm("");
    let subject = Subject::new(&alarm, "[]", NOON + 10 * SECOND, LEASE, true);
    let first = subject.first_status(NOON, 0);
    let fired = subject.decide(&first, &[], &events([0, 1, 2, 3]), first.clock, None).expect("fires");
    let topics: Vec<_> = fired.pending.iter().map(|pending| pending.notification.topic.as_deref()).collect();
    assert_eq!(topics, [None, Some(CHAT)]);
    assert_ne!(fired.pending[0].notification.notification_id, fired.pending[1].notification.notification_id);
}

#[test]
fn a_status_that_nobody_looked_at_for_long_is_not_judged_by_evidence_that_is_gone() {
    let alarm = alarm(", treat_missing_data: breaching");
    let before = Status { state: AlarmState::Ok, number: 1, ..subject(&alarm, NOON).first_status(NOON, 0) };
    let day = subject(&alarm, NOON + 86_400 * SECOND);
    let decided = day.decide(&before, &[], &Evidence::default(), day.through(), None).expect("fires");
    let told = &decided.pending[0].notification.transition;
    assert!(told.timestamp > day.oldest() - HEARTBEAT, "{told:?}");
    assert_eq!(decided.status.clock, day.through());
}

#[test]
fn what_is_idle_costs_nothing() {
    let alarm = alarm("");
    let day = subject(&alarm, NOON + 86_400 * SECOND);
    let idle = day.first_status(NOON, 0);
    assert!(!day.is_due(&Status { clock: NOON + MINUTE, active_until: NOON, ..idle.clone() }));
    assert!(day.is_due(&Status { clock: NOON + MINUTE, active_until: NOON + 2 * MINUTE, ..idle.clone() }));
    assert!(day.is_due(&Status { clock: NOON + MINUTE, active_until: NOON, state: AlarmState::Alarm, ..idle }));
}

#[test]
fn an_alarm_that_is_defined_anew_keeps_its_state_until_it_has_seen_enough() {
    let old = alarm(", treat_missing_data: breaching");
    let subject_at = |alarm, seconds: i64| subject(alarm, NOON + seconds * SECOND);
    let first = subject_at(&old, 0).first_status(NOON, 0);
    let fine = Status { state: AlarmState::Ok, number: 1, ..first };
    // A comma in `where`: what was heard before is kept under another name, so nothing is there.
    let new = alarm(", treat_missing_data: breaching, where: {log_groups: ['/app*']}");
    let later = subject_at(&new, 1_200);
    let decided = later.decide(&fine, &[], &Evidence::default(), later.through(), None).expect("a new definition");
    assert_eq!((decided.transitions, decided.status.state), (0, AlarmState::Ok));
    assert_eq!(decided.status.definition, new.fingerprint());
    let soon = subject_at(&new, 1_200 + 240);
    assert!(
        soon.decide(&decided.status, &[], &Evidence::default(), soon.through(), None)
            .is_none_or(|next| next.transitions == 0)
    );
    let silent = subject_at(&new, 1_200 + 600);
    let decided = silent.decide(&decided.status, &[], &Evidence::default(), silent.through(), None).expect("silence");
    assert_eq!((decided.transitions, decided.status.state), (1, AlarmState::Alarm));
}

#[test]
fn what_waits_is_bounded_and_nothing_new_is_left_out() {
    let alarm = alarm("");
    let subject = subject(&alarm, NOON + 10 * SECOND);
    let first = subject.first_status(NOON, 0);
    let fired = subject.decide(&first, &[], &events([0, 1, 2, 3]), first.clock, None).expect("fires");
    let mut waiting: Vec<Pending> = Vec::new();
    for number in 0..MAX_WAITING {
        let mut pending = fired.pending[0].clone();
        pending.lease = 0;
        pending.notification.notification_id = format!("old/{number}");
        pending.notification.transition.timestamp -= SECOND * i64::try_from(MAX_WAITING - number).expect("small");
        waiting.push(pending);
    }
    let decided = subject.decide(&first, &waiting, &events([0, 1, 2, 3]), first.clock, None).expect("fires");
    assert_eq!(decided.superseded, ["old/0"]);
    assert_eq!((decided.pending.len(), decided.pending[0].notification.superseded), (1, 1));
    assert_eq!(decided.pending[0].lease, 0, "told in its order");
}

#[test]
fn new_values_beyond_the_number_of_groups_are_told_rather_than_none() {
    let text =
        "version: 1\nalarms:\n  - {name: a, kind: new_value, pattern: '{ $.a = * }', group_by: [$.a, $.b], learn: 0}\n";
    let alarm = &Rules::parse(text).expect("rules").rules.alarms[0];
    let group = others(alarm);
    assert_eq!(group, r#"["(others)","(others)"]"#);
    let subject = Subject::new(alarm, &group, NOON + 3_600 * SECOND, LEASE, false);
    let first = subject.first_status(NOON, 0);
    let decided = subject.decide(&first, &[], &events([0, 1_000, 2_000]), subject.through(), None).expect("fires");
    assert_eq!(decided.transitions, 6, "three times, and over three times");
}

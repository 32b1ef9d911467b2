//! What a person would expect of alarms, case by case.

use logweir_alarms::{
    AlarmState, Change, Comparison, Condition, EventKey, Evidence, Measure, NewValue, Observation, Period, Reading,
    Status, Threshold, TreatMissingData, Write, contributions, step, surplus, timeline,
};

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const NOON: i64 = 1_795_262_400_000;

fn seen(timestamp: i64, key: u128) -> Observation {
    Observation { timestamp, key: EventKey(key), reading: Reading::Nothing }
}

fn evidence(events: impl IntoIterator<Item = Observation>) -> Evidence {
    let mut evidence = Evidence::default();
    evidence.extend(events);
    evidence
}

fn threshold() -> Threshold {
    Threshold {
        measure: Measure::Count,
        comparison: Comparison::GreaterThanThreshold,
        threshold: 3.0,
        period: Period::from_seconds(300).expect("a period"),
        evaluation_periods: 1,
        datapoints_to_alarm: 1,
        treat_missing_data: TreatMissingData::NotBreaching,
    }
}

/// State and seconds after noon.
fn told(condition: &Condition, evidence: &Evidence, end: i64) -> Vec<(AlarmState, i64)> {
    let begun = evidence.observations().first().map_or(NOON, |event| event.timestamp);
    let transitions = timeline(condition, begun, 0, evidence, end);
    transitions.iter().map(|transition| (transition.state, (transition.timestamp - NOON) / SECOND)).collect()
}

#[test]
fn more_than_three_in_five_minutes() {
    let condition = Condition::Threshold(threshold());
    let at = |seconds: &[i64]| {
        let events = seconds.iter().zip(0..).map(|(second, key)| seen(NOON + second * SECOND, key));
        let evidence = evidence(events);
        told(&condition, &evidence, evidence.last().unwrap_or(NOON))
    };
    assert_eq!(at(&[4, 100, 250]), []);
    // The fourth lies 296 seconds after the first: within a window, wherever that begins. The window that ends at 12:06 holds three.
    assert_eq!(at(&[4, 100, 250, 300]), [(AlarmState::Alarm, 300), (AlarmState::Ok, 360)]);
    // A window is open where it begins: 300 seconds apart are too far.
    assert_eq!(at(&[4, 100, 250, 304]), []);
    // Twenty more change nothing; it is over when at most three are in a window.
    let many: Vec<i64> = (0..24).map(|number| 4 + 10 * number).collect();
    assert_eq!(at(&many), [(AlarmState::Alarm, 34), (AlarmState::Ok, 540)]);
    let shuffled: Vec<i64> = many.iter().rev().copied().collect();
    assert_eq!(at(&shuffled), at(&many));
}

#[test]
fn a_late_event_that_completes_a_window_turns_the_alarm_at_the_time_of_the_last_of_it() {
    let condition = Condition::Threshold(threshold());
    let status = Status::new(&condition, NOON, 0);
    let three = evidence([seen(NOON, 1), seen(NOON + MINUTE, 2), seen(NOON + 3 * MINUTE, 3)]);
    let (status, transitions) = step(&condition, &status, &three, NOON + 20 * MINUTE);
    assert!(transitions.is_empty());
    // Twenty minutes later a fourth comes, of the time between.
    let mut four = three;
    four.add(seen(NOON + 2 * MINUTE, 4));
    let (status, transitions) = step(&condition, &status, &four, NOON + 20 * MINUTE);
    let told: Vec<_> = transitions.iter().map(|transition| (transition.state, transition.timestamp - NOON)).collect();
    assert_eq!(told, [(AlarmState::Alarm, 3 * MINUTE), (AlarmState::Ok, 5 * MINUTE)]);
    let (_, transitions) = step(&condition, &status, &four, NOON + 21 * MINUTE);
    assert!(transitions.is_empty(), "told once");
}

#[test]
fn a_service_that_goes_quiet() {
    let quiet = Condition::Threshold(Threshold {
        comparison: Comparison::LessThanThreshold,
        threshold: 1.0,
        treat_missing_data: TreatMissingData::Breaching,
        ..threshold()
    });
    let beats = (0..10).map(|minute| seen(NOON + minute * MINUTE + 30 * SECOND, 0));
    let later = seen(NOON + 30 * MINUTE + SECOND, 1);
    let evidence = evidence(beats.chain([later]));
    // Heard last at 12:09:30: the window that ends at 12:15 is empty. Back at 12:31.
    let expected = [(AlarmState::Ok, 360), (AlarmState::Alarm, 900), (AlarmState::Ok, 1_860)];
    assert_eq!(told(&quiet, &evidence, NOON + 31 * MINUTE), expected);
    assert_eq!(told(&quiet, &Evidence::default(), NOON + 6 * MINUTE), [(AlarmState::Alarm, 300)], "never heard at all");
}

#[test]
fn what_is_new_is_told_once_and_learned_in_silence() {
    let period = Period::from_seconds(300).expect("a period");
    let condition = Condition::NewValue(NewValue { period, remember: 3_600, learn: 600 });
    let events =
        evidence([seen(NOON, 1), seen(NOON + 30 * MINUTE, 2), seen(NOON + 30 * MINUTE + 2 * 3_600 * SECOND, 3)]);
    let told = |learning_until| {
        let transitions = timeline(&condition, NOON, learning_until, &events, NOON + 10 * 3_600 * SECOND);
        transitions
            .iter()
            .map(|transition| (transition.state, (transition.timestamp - NOON) / MINUTE))
            .collect::<Vec<_>>()
    };
    // New again after it was not seen for an hour.
    let again = [(AlarmState::Alarm, 150), (AlarmState::Ok, 155)];
    assert_eq!(told(0), [[(AlarmState::Alarm, 0), (AlarmState::Ok, 5)], again].concat());
    assert_eq!(told(NOON + 10 * MINUTE), again);
}

#[test]
fn a_value_that_changes() {
    let period = Period::from_seconds(60).expect("a period");
    let condition = Condition::Change(Change { period, remember: 86_400 });
    let with = |(minute, text): (i64, u64)| Observation {
        reading: Reading::Text(text),
        ..seen(NOON + minute * MINUTE + SECOND, u128::from(text) << 64 | u128::try_from(minute).expect("positive"))
    };
    let evidence = evidence([(0, 7), (1, 7), (10, 8), (11, 8), (20, 7)].map(with));
    let expected =
        [(601, 720), (1_201, 1_320)].map(|(alarm, ok)| [(AlarmState::Alarm, alarm), (AlarmState::Ok, ok)]).concat();
    assert_eq!(told(&condition, &evidence, NOON + 20 * MINUTE), expected);
}

#[test]
fn an_item_stays_small_whatever_comes() {
    let condition = Condition::Threshold(Threshold { threshold: 99.0, ..threshold() });
    let mut item: Vec<Vec<u8>> = Vec::new();
    for batch in 0..200_u64 {
        let events = (0..100).map(|event| {
            seen(NOON + 1 + i64::try_from(batch * 100 + event).expect("small"), u128::from(batch << 8 | event))
        });
        for contribution in contributions(&condition, vec![evidence(events)], 10) {
            assert_eq!(contribution.write, Write::Union);
            item.extend(contribution.elements);
        }
        for needless in surplus(&condition, &item, 10).expect("own elements") {
            item.retain(|element| *element != needless);
        }
        let bytes: usize = item.iter().map(Vec::len).sum();
        assert!(bytes < 20_000, "{bytes} bytes after {batch} batches");
    }
}

#[test]
fn sums_of_large_payloads_are_small_and_the_same_when_they_come_again() {
    let condition =
        Condition::Threshold(Threshold { measure: Measure::Percentile(99.0), threshold: 500.0, ..threshold() });
    let payload = || {
        let event = |number: i32| Observation {
            reading: Reading::Number(f64::from(number % 1_000)),
            ..seen(NOON + 1 + i64::from(number) * 10, u128::from(number.unsigned_abs()))
        };
        evidence((0..10_000).map(event))
    };
    let once = contributions(&condition, vec![payload()], 10);
    assert_eq!(once, contributions(&condition, vec![payload(), payload()], 10), "a payload twice in a batch");
    let bytes: usize = once.iter().flat_map(|item| &item.elements).map(Vec::len).sum();
    assert!(bytes < 20_000, "{bytes} bytes for 10,000 numbers");
    let elements = once.iter().flat_map(|item| &item.elements).map(Vec::as_slice);
    let stored = Evidence::from_elements(elements).expect("own elements");
    let transitions = timeline(&condition, NOON, 0, &stored, NOON + 100 * SECOND);
    let value = transitions[0].value.expect("a value");
    assert!((value - 989.0).abs() <= 10.0, "{value}");
}

#[test]
fn elements_of_another_release_are_refused() {
    let good = evidence([seen(NOON, 1)]).elements();
    assert!(Evidence::from_elements(good.iter().map(Vec::as_slice)).is_ok());
    let long: Vec<u8> = good[0].iter().copied().chain([0]).collect();
    let short = &good[0][..10];
    for bad in [&[][..], &[9, 9], short, &long, &[4; 60], &[5; 30]] {
        assert!(Evidence::from_elements([bad]).is_err(), "{bad:?}");
    }
}

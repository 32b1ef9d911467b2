//! What files say, and all that can be wrong with them.

use logweir_alarms::{Condition, Measure, TreatMissingData};
use logweir_rules::Rules;

use crate::rules;

const WRONG: &str = include_str!("wrong.yaml");
const TOLD: &str = include_str!("wrong.txt");

#[test]
#[expect(clippy::disallowed_methods, reason = "what is expected is written by the test itself, if it is asked to")]
fn every_problem_of_a_file_is_told_at_once() {
    let problems = Rules::parse(WRONG).expect_err("all is wrong").to_string();
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/wrong.txt"), problems + "\n").expect("written");
        return;
    }
    assert_eq!(problems.lines().collect::<Vec<_>>(), TOLD.lines().collect::<Vec<_>>());
}

#[test]
fn what_is_not_said_has_its_default() {
    let rules = rules(
        "version: 1\nalarms:\n  - {name: a, pattern: ERROR, comparison: '>', threshold: 3, period: 5m, evaluation_periods: 3}\n",
    );
    let alarm = &rules.alarms[0];
    let Condition::Threshold(threshold) = &alarm.condition else { panic!("a threshold") };
    assert_eq!((threshold.measure, threshold.datapoints_to_alarm), (Measure::Count, 3));
    assert_eq!(threshold.treat_missing_data, TreatMissingData::NotBreaching);
    assert_eq!(
        (alarm.severity.as_str(), alarm.max_groups, alarm.evaluation_delay, alarm.allowed_lateness),
        ("medium", 500, 60, 86_400)
    );
    let notify = alarm.notification.notify;
    assert_eq!(
        (notify.alarm, notify.ok, notify.insufficient_data, alarm.notification.sample_lines),
        (true, true, false, 10)
    );
    assert!(alarm.publish_metric && alarm.notification.topic.is_none() && alarm.redaction.is_empty());
    assert_eq!((alarm.line, alarm.description.as_str()), (3, ""));
}

#[test]
fn other_kinds_become_conditions() {
    let rules = rules(
        r#"
version: 1
alarms:
  - {name: quiet, kind: flatline, pattern: "", period: 10m, where: {log_groups: [/app/payments]}}
  - {name: spike, kind: spike, pattern: ERROR, period: 5m, threshold: 3, minimum_reference: 5}
  - {name: new, kind: new_value, pattern: "{ $.level = ERROR }", group_by: [$.error.type]}
  - {name: changed, kind: change, pattern: "{ $.version = * }", value: $.version, group_by: [$.service], remember: 7d}
  - {name: p, measure: p99.9, value: $ms, pattern: "[..., ms]", comparison: ">=", threshold: 250, period: 30s}
"#,
    );
    let conditions: Vec<String> = rules.alarms.iter().map(|alarm| format!("{:?}", alarm.condition)).collect();
    for (condition, parts) in conditions.iter().zip([
        &["Count", "LessThanThreshold", "threshold: 1.0", "Period(600)", "treat_missing_data: Breaching"][..],
        &["Spike { reference_periods: 12, minimum_reference: 5.0 }", "GreaterThanOrEqualToThreshold", "NotBreaching"],
        &["NewValue", "Period(300)", "remember: 2592000", "learn: 86400"],
        &["Change", "Period(300)", "remember: 604800"],
        &["Percentile(99.9)", "Period(30)", "treat_missing_data: Missing"],
    ]) {
        assert!(parts.iter().all(|part| condition.contains(part)), "{condition}");
    }
}

#[test]
fn a_fingerprint_is_of_what_counts_and_not_of_texts() {
    let of = |text: &str| {
        rules(&format!("version: 1\nalarms: [{{name: a, period: 60, comparison: '>', {text}}}]")).alarms[0]
            .fingerprint()
    };
    let fingerprint = of("pattern: ERROR, threshold: 3");
    assert_eq!(fingerprint.len(), 16);
    assert_eq!(fingerprint, of("pattern: '  ERROR ', threshold: 3.0, description: x, notification: {topic: y}"));
    for other in [
        "pattern: WARN, threshold: 3",
        "pattern: ERROR, threshold: 4",
        "pattern: ERROR, threshold: 3, evaluation_periods: 2",
        "pattern: ERROR, threshold: 3, group_by: ['@owner']",
        "pattern: ERROR, threshold: 3, where: {datasets: [app]}",
        "pattern: ERROR, threshold: 3, treat_missing_data: missing",
    ] {
        assert_ne!(fingerprint, of(other), "{other}");
    }
    // A change here discards the evidence of every alarm at the next release.
    assert_eq!(fingerprint, "28c394e20b257b95");
}

#[test]
fn what_hardly_is_meant_is_warned_of() {
    for (alarm, said) in [
        ("pattern: ERROR, comparison: '<', threshold: 0", "it never is in ALARM"),
        ("pattern: ERROR, comparison: '<', threshold: 1", "for silence write kind: flatline"),
        ("pattern: ERROR, comparison: '<', threshold: 5", "it does not see silence"),
        ("pattern: ERROR, comparison: '>', threshold: -1", "never below 0"),
        ("pattern: ERROR, comparison: '>=', threshold: 0, treat_missing_data: breaching", "it always is in ALARM"),
        ("pattern: ERROR -ERROR, comparison: '>', threshold: 3", "no line can match"),
        ("patterns: ['{ $.a = 1 && $.a = 2 }', ERROR], comparison: '>', threshold: 3", "no line can match pattern 1"),
        ("patterns: ['', ERROR], comparison: '>', threshold: 3, where: {datasets: [app]}", "every line matches"),
        ("pattern: '', comparison: '>', threshold: 3", "every line of every log group"),
        (
            "pattern: a, comparison: '>', threshold: 3, where: {log_groups: [/a/b, '!/a/*']}",
            "every log group is excluded",
        ),
        (
            "pattern: a, comparison: '>', threshold: 3, where: {log_groups: ['/aws/lambda/*'], datasets: [access]}",
            "none of the datasets",
        ),
        (
            "pattern: a, comparison: '>', threshold: 3, publish_metric: false, notification: {on: []}",
            "nobody hears of it",
        ),
        ("pattern: a, comparison: '>', threshold: 3, notification: {on: [OK], renotify: 1h}", "notifies again"),
        ("patterns: [a, a], comparison: '>', threshold: 3", "pattern 2 is there twice"),
        ("pattern: a, comparison: '>', threshold: 3", ""),
        ("pattern: '', comparison: '>', threshold: 3, where: {log_groups: [/app/web]}", ""),
    ] {
        let text = format!("version: 1\nalarms: [{{name: a, period: 60, {alarm}}}]");
        let checked = Rules::parse(&text).unwrap_or_else(|problems| panic!("{alarm}: {problems}"));
        let told: Vec<String> = checked.warnings.iter().map(ToString::to_string).collect();
        let is_told = if said.is_empty() { told.is_empty() } else { told.iter().any(|told| told.contains(said)) };
        assert!(is_told, "{alarm}: {told:?}");
    }
}

#[test]
fn alarms_that_see_the_same_are_warned_of_once() {
    let text = r#"
version: 1
alarms:
  - {name: all, pattern: ERROR, comparison: ">", threshold: 3, period: 60}
  - {name: web, pattern: ERROR, comparison: ">", threshold: 3, period: 60, where: {log_groups: [/app/web]}}
  - {name: more, pattern: ERROR, comparison: ">", threshold: 30, period: 60}
  - {name: same, pattern: ERROR, comparison: ">", threshold: 30, period: 60}
"#;
    let warnings = Rules::parse(text).expect("valid").warnings;
    let told: Vec<_> =
        warnings.iter().map(|warning| (warning.line, warning.what.split(' ').next().expect("a name"))).collect();
    assert_eq!(told, [(5, "all"), (7, "more")]);
}

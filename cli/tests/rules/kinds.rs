//! `logweir rules test`: what each kind of alarm makes of logs, and when.

use serde_json::{Value, json};

use crate::bench::{Bench, MINUTE, SECOND, Seen, TEN, records};
use crate::common::stdout;

const TOO_MANY_404: &str = "  - name: too-many-404
    where: {log_groups: [\"/app/web*\"]}
    pattern: \"[ip, id, user, time, request, status = 404, size]\"
    comparison: GreaterThanThreshold
    threshold: 3
    period: 5m
    notification: {redact: [ipv4]}
";

fn access(status: u32) -> String {
    format!("203.0.113.7 - - [21/Nov/2026:10:00:00 +0000] \"GET /x HTTP/1.1\" {status} 88")
}

fn became(alarm: &str, state: &str, time: i64, value: Value) -> (String, String, i64, Value) {
    (alarm.to_owned(), state.to_owned(), time, value)
}

/// Three that are not found, a fourth within five minutes, and 20 more.
fn seed() -> Vec<(f64, String, String)> {
    let mut events = vec![
        (0.0, "e00", 200),
        (10.0, "e01", 404),
        (60.5, "e02", 404),
        (100.0, "e03", 404),
        (130.0, "e04", 500),
        (250.123, "e05", 404),
    ];
    let more: Vec<String> = (6..26).map(|number| format!("e{number:02}")).collect();
    events.extend(more.iter().zip(0..).map(|(id, index)| (251.0 + f64::from(index), id.as_str(), 404)));
    events.push((1_000.0, "e26", 200));
    events.into_iter().map(|(time, id, status)| (time, id.to_owned(), access(status))).collect()
}

fn borrowed(events: &[(f64, String, String)]) -> Vec<Seen<'_>> {
    events.iter().map(|(time, id, message)| (*time, id.as_str(), message.as_str())).collect()
}

#[test]
fn the_fourth_404_in_five_minutes_turns_the_alarm_and_quiet_turns_it_back() {
    let bench = Bench::new(TOO_MANY_404);
    let events = seed();
    let events = borrowed(&events);
    assert!(bench.transitions(&[], &records(&events[..4])).is_empty(), "three do nothing");
    // The last of the 20 more came at 4:30, so the window from 5:00 on is quiet: the minute that it ends at is 10:00.
    let expected = [
        json!({
            "alarm": "too-many-404", "state": "ALARM", "timestamp": TEN + 250_123, "group": {}, "value": 4,
            "event_ids": ["e01", "e02", "e03", "e05"], "previous_state": "OK",
            "window": [TEN + 250_123 - 5 * MINUTE, TEN + 250_123],
        }),
        json!({
            "alarm": "too-many-404", "state": "OK", "timestamp": TEN + 10 * MINUTE, "group": {}, "value": 0,
            "event_ids": [], "previous_state": "ALARM", "window": [TEN + 5 * MINUTE, TEN + 10 * MINUTE],
        }),
    ];
    assert_eq!(bench.transitions(&[], &records(&events)), expected);
    // Without the last line time goes on all the same: there is no silence to be told apart from the end.
    assert_eq!(bench.transitions(&[], &records(&events[..26])), expected);
}

#[test]
fn the_timeline_shows_the_lines_as_messages_do() {
    let bench = Bench::new(&format!(
        "{TOO_MANY_404}  - {{name: quiet, pattern: FATAL, comparison: '>', threshold: 0, period: 1m, group_by: [\"@log_group\"]}}\n"
    ));
    let events = seed();
    let output = bench.run(&[], &records(&borrowed(&events)));
    let line = "/app/web  web-1  [ipv4] - - [21/Nov/2026:10:00:00 +0000] \"GET /x HTTP/1.1\" 404 88";
    let expected = format!(
        "2026-11-21T10:04:10.123Z  ALARM  too-many-404  count 4 (count > 3 in 5 minutes)
    2026-11-21T10:00:10.000Z  {line}
    2026-11-21T10:01:00.500Z  {line}
    2026-11-21T10:01:40.000Z  {line}
    2026-11-21T10:04:10.123Z  {line}
2026-11-21T10:10:00.000Z  OK     too-many-404  count 0 (count > 3 in 5 minutes)

fired  matches  alarm
    1       24  too-many-404
    0        0  quiet, 0 groups
"
    );
    assert_eq!((output.status.code(), stdout(&output)), (Some(0), expected));
    let said = String::from_utf8(output.stderr).expect("UTF-8");
    assert_eq!(said, "logweir: 27 events read, from 2026-11-21T10:00:00.000Z to 2026-11-21T10:16:40.000Z\n");

    // No more lines than the message would hold, the newest, and none that steers the terminal.
    let few = Bench::new(&TOO_MANY_404.replace("redact: [ipv4]", "sample_lines: 2"));
    let steering: Vec<_> =
        events.iter().map(|(time, id, line)| (*time, id.clone(), line.replace("/x", "/\u{1b}[2J"))).collect();
    let printed = stdout(&few.run(&[], &records(&borrowed(&steering))));
    let lines: Vec<&str> = printed.lines().filter(|line| line.starts_with("    ")).take(3).collect();
    assert_eq!(lines[0], "    … 2 lines before");
    assert!(lines[1].starts_with("    2026-11-21T10:01:40.000Z") && lines[1].contains("/\u{fffd}[2J"), "{printed}");
    assert!(lines[2].starts_with("    2026-11-21T10:04:10.123Z"), "{printed}");
}

#[test]
fn the_order_of_the_input_and_repeats_change_nothing() {
    let bench = Bench::new(&format!(
        "{TOO_MANY_404}  - {{name: any, pattern: '', comparison: '>=', threshold: 5, period: 1m}}
  - {{name: grouped, pattern: '[ip, ..., status, size]', group_by: [$status], max_groups: 1, comparison: '>=', threshold: 2, period: 10m}}\n"
    ));
    let events = seed();
    let events = borrowed(&events);
    for flags in [&[][..], &["--json"]] {
        let expected = bench.run(flags, &records(&events));
        assert!(!expected.stdout.is_empty());
        let mut state = 7_u64;
        for _ in 0..10 {
            let mut shuffled: Vec<Seen<'_>> = events.iter().chain(&events).chain(&events[5..9]).copied().collect();
            for index in (1..shuffled.len()).rev() {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                shuffled.swap(index, (state >> 33) as usize % (index + 1));
            }
            let output = bench.run(flags, &records(&shuffled));
            assert_eq!(stdout(&output), stdout(&expected));
        }
    }
}

#[test]
fn groups_have_a_state_each_and_no_more_than_they_may() {
    let alarm = |most: u32| {
        Bench::new(&format!(
            "  - name: errors
    pattern: '{{ $.level = \"ERROR\" }}'
    group_by: [$.user, \"@log_group\"]
    max_groups: {most}
    comparison: '>='
    threshold: 2
    period: 1m\n"
        ))
    };
    let line = |user: &str| format!("{{\"level\":\"ERROR\",\"user\":\"{user}\"}}");
    let [a, b, c] = ["a", "b", "c"].map(line);
    let events: Vec<Seen<'_>> = vec![(1.0, "1", &a), (2.0, "2", &b), (3.0, "3", &c), (5.0, "4", &b), (6.0, "5", &a)];
    let groups = |most| {
        let rows = alarm(most).became(&events);
        rows.into_iter().map(|(name, state, time, _)| format!("{name} {state} {time}")).collect::<Vec<_>>()
    };
    let (one, two) = ("a /app/web ALARM 6000", "b /app/web ALARM 5000");
    assert_eq!(groups(500), [two, one, "a /app/web OK 120000", "b /app/web OK 120000"]);
    let shared = "(others) (others) ALARM 3000";
    assert_eq!(groups(1), [shared, one, "(others) (others) OK 120000", "a /app/web OK 120000"]);
    let row = &alarm(500).transitions(&[], &records(&events))[0];
    assert_eq!(row["group"], json!({"$.user": "b", "@log_group": "/app/web"}));
    assert_eq!(row["event_ids"], json!(["2", "4"]));
    let printed = stdout(&alarm(500).run(&[], &records(&events)));
    assert!(printed.contains("ALARM  errors  [$.user=b, @log_group=/app/web]  count 2"), "{printed}");
}

#[test]
fn m_of_n_data_points_are_those_of_cloudwatch_each_minute() {
    let bench = Bench::new(
        "  - {name: slow, pattern: ERROR, comparison: '>', threshold: 1, period: 1m, evaluation_periods: 3, datapoints_to_alarm: 2}\n",
    );
    // Two in the first and in the third minute.
    let events = [
        (10.0, "1", "ERROR"),
        (20.0, "2", "ERROR"),
        (70.0, "3", "ERROR"),
        (130.0, "4", "ERROR"),
        (170.0, "5", "ERROR"),
    ];
    let expected = [
        became("slow", "ALARM", 3 * MINUTE, json!(2)),
        // As long as CloudWatch's evaluation range has three data points, it looks at these.
        became("slow", "OK", 6 * MINUTE, json!(0)),
    ];
    assert_eq!(bench.became(&events), expected);
}

#[test]
fn values_are_measured() {
    let values = [4.0, 8.0, 3.0, 100.0];
    let lines: Vec<String> = values.iter().map(|value| format!("{{\"ms\":{value},\"user\":\"u{value}\"}}")).collect();
    let times = [10.0, 11.0, 12.0, 13.0].into_iter().zip(["0", "1", "2", "3"]);
    let mut events: Vec<Seen<'_>> = times.zip(&lines).map(|((time, id), line)| (time, id, line.as_str())).collect();
    events.push((30.0, "none", "{\"ms\":\"unknown\"}"));
    for (measure, threshold, value) in [
        ("sum", 114.5, json!(115)),
        ("average", 28.0, json!(28.75)),
        ("minimum", 2.0, json!(3)),
        ("maximum", 99.0, json!(100)),
        ("p99", 99.0, json!(100)),
        ("p50", 3.5, json!(4)),
    ] {
        let bench = Bench::new(&format!(
            "  - {{name: of-value, pattern: '{{ $.ms = * }}', value: $.ms, measure: {measure}, comparison: '>', threshold: {threshold}, period: 1m}}\n"
        ));
        let found = bench.became(&events);
        assert_eq!(found[0], became("of-value", "ALARM", MINUTE, value), "{measure}");
        let said = String::from_utf8(bench.run(&[], &records(&events)).stderr).expect("UTF-8");
        assert!(said.contains("once a matching event had no value to measure"), "{said}");
    }
    let distinct = Bench::new(
        "  - {name: users, pattern: '{ $.ms = * }', value: $.user, measure: distinct_count, comparison: '>=', threshold: 4, period: 1m}\n",
    );
    assert_eq!(distinct.became(&events)[0], became("users", "ALARM", MINUTE, json!(4)));
}

#[test]
fn a_spike_is_told_from_what_is_usual() {
    let bench =
        Bench::new("  - {name: spike, kind: spike, pattern: ERROR, period: 1m, reference_periods: 5, threshold: 3}\n");
    let usual = (0..10).map(|minute| (f64::from(minute) * 60.0 + 30.0, minute.to_string()));
    let many = (0..4).map(|n| (601.0 + f64::from(n), format!("more-{n}")));
    let events: Vec<(f64, String)> = usual.chain(many).chain([(700.0, "after".to_owned())]).collect();
    let events: Vec<Seen<'_>> = events.iter().map(|(time, id)| (*time, id.as_str(), "ERROR")).collect();
    let found = bench.became(&events);
    let alarms: Vec<_> = found.iter().filter(|(_, state, ..)| state == "ALARM").collect();
    assert_eq!(alarms, [&became("spike", "ALARM", 11 * MINUTE, json!(4))], "{found:?}");
}

#[test]
fn silence_is_found_but_the_end_of_the_input_is_none() {
    let bench = Bench::new("  - {name: quiet, kind: flatline, pattern: beat, period: 10m}\n");
    let beats: Vec<(f64, String)> = (0..30).map(|n| (f64::from(n) * 60.0, n.to_string())).collect();
    let mut events: Vec<Seen<'_>> = beats.iter().map(|(time, id)| (*time, id.as_str(), "beat")).collect();
    let ok = became("quiet", "OK", 10 * MINUTE, json!(10));
    assert_eq!(bench.became(&events), std::slice::from_ref(&ok));
    // Others still log: then it is silence.
    events.push((45.0 * 60.0, "other", "something else"));
    let alarm = became("quiet", "ALARM", 39 * MINUTE, json!(0));
    assert_eq!(bench.became(&events), [ok.clone(), alarm.clone()]);
    // Or somebody says that there was nothing until then.
    events.pop();
    assert_eq!(bench.became_until(&events, &["--until", "2026-11-21T10:45:00Z"]), [ok.clone(), alarm]);
    assert_eq!(bench.became_until(&events, &["--until", "2026-11-21T10:39:00Z"]).len(), 2);
    assert_eq!(bench.became_until(&events, &["--until", "2026-11-21T10:38:00Z"]), [ok]);
}

#[test]
fn a_value_that_was_not_there_before_is_told_once_it_has_learned() {
    let bench = Bench::new(
        "  - {name: unseen, kind: new_value, pattern: '{ $.type = * }', group_by: [$.type], learn: 10m, period: 5m}\n",
    );
    let [known, new] = ["known", "new"].map(|name| format!("{{\"type\":\"{name}\"}}"));
    let events: Vec<Seen<'_>> = vec![(60.0, "1", &known), (700.0, "2", &known), (800.0, "3", &new), (810.0, "4", &new)];
    let expected = [became("new", "ALARM", 800 * SECOND, Value::Null), became("new", "OK", 19 * MINUTE, Value::Null)];
    assert_eq!(bench.became(&events), expected);
    let long = Bench::new("  - {name: unseen, kind: new_value, pattern: '{ $.type = * }', group_by: [$.type]}\n");
    let said = String::from_utf8(long.run(&[], &records(&events)).stderr).expect("UTF-8");
    assert!(said.contains("learn for longer than the input lasts: unseen"), "{said}");
}

#[test]
fn a_value_that_changes_is_told() {
    let bench =
        Bench::new("  - {name: version, kind: change, pattern: '{ $.version = * }', value: $.version, period: 5m}\n");
    let [one, two] = ["1", "2"].map(|version| format!("{{\"version\":\"{version}\"}}"));
    let events: Vec<Seen<'_>> = vec![(10.0, "1", &one), (70.0, "2", &one), (130.0, "3", &two), (190.0, "4", &two)];
    let expected =
        [became("version", "ALARM", 130 * SECOND, Value::Null), became("version", "OK", 8 * MINUTE, Value::Null)];
    assert_eq!(bench.became(&events), expected);
}

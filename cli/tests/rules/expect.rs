//! `logweir rules test --expect`: rules as a team's CI tests them.

use crate::bench::{Bench, Seen, records};
use crate::common::stdout;

const ALARMS: &str = "  - {name: errors, pattern: ERROR, comparison: '>=', threshold: 2, period: 1m}
  - {name: by-user, pattern: '[level = ERROR, user, ...]', group_by: [$user], comparison: '>', threshold: 0, period: 1m}
  - {name: fatal, pattern: FATAL, comparison: '>', threshold: 0, period: 1m}
";
const EVENTS: [Seen<'static>; 3] = [(10.0, "1", "ERROR anna 1"), (20.5, "2", "ERROR bert 2"), (400.0, "3", "INFO x y")];

fn expect(bench: &Bench, expected: &str, flags: &[&str]) -> (Option<i32>, String, String) {
    let path = bench.write("expected.ndjson", expected.as_bytes());
    let output = bench.run(&[&["--expect", &path], flags].concat(), &records(&EVENTS));
    (output.status.code(), stdout(&output), String::from_utf8(output.stderr).expect("UTF-8").replace(&path, "FILE"))
}

#[test]
fn what_json_prints_is_what_can_be_expected() {
    let bench = Bench::new(ALARMS);
    let printed = stdout(&bench.run(&["--json"], &records(&EVENTS)));
    assert_eq!(printed.lines().count(), 6);
    let printed = format!("# All of them.\n\n{printed}{{\"alarm\":\"fatal\",\"never\":\"ALARM\"}}\n");
    let (code, report, said) = expect(&bench, &printed, &[]);
    let expected = "as expected      by-user: 4 transitions
as expected      errors: 2 transitions
as expected      fatal: never ALARM
";
    assert_eq!((code, report.as_str(), said.as_str()), (Some(0), expected, ""));
    // Only those that are looked at.
    let (code, report, _) = expect(&bench, &printed, &["--alarm", "fatal"]);
    assert_eq!((code, report.as_str()), (Some(0), "as expected      fatal: never ALARM\n"));
}

#[test]
fn an_expectation_says_as_much_as_matters() {
    let bench = Bench::new(ALARMS);
    for expected in [
        r#"{"alarm":"errors","state":"ALARM"}
           {"alarm":"errors","state":"OK"}"#,
        r#"{"alarm":"errors","state":"ALARM","timestamp":"2026-11-21T10:00:20.500Z","value":2.0}
           {"alarm":"errors","state":"OK","timestamp":1795255320000,"value":0,"event_ids":[]}"#,
        r#"{"alarm":"by-user","state":"ALARM","group":{"$user":"anna"},"event_ids":["1"]}
           {"alarm":"by-user","state":"ALARM","group":{"$user":"bert"},"previous_state":"OK"}
           {"alarm":"by-user","state":"OK"}
           {"alarm":"by-user","state":"OK"}"#,
        r#"{"alarm":"errors","never":"INSUFFICIENT_DATA"}"#,
    ] {
        let (code, report, _) = expect(&bench, expected, &[]);
        assert_eq!(code, Some(0), "{report}");
    }
}

#[test]
fn what_is_not_as_expected_is_shown_side_by_side() {
    let bench = Bench::new(ALARMS);
    let expected = r#"{"alarm":"errors","state":"ALARM","timestamp":"2026-11-21T10:00:20.500Z","value":3,"event_ids":["1","7"]}
{"alarm":"errors","state":"INSUFFICIENT_DATA"}
{"alarm":"errors","state":"OK"}
{"alarm":"by-user","state":"ALARM","group":{"$user":"bert"}}
{"alarm":"by-user","state":"OK","group":{"$user":"bert"}}
{"alarm":"fatal","state":"ALARM","timestamp":"2026-11-21T10:00:00Z"}
"#;
    let (code, report, said) = expect(&bench, expected, &[]);
    let expected = "NOT as expected  by-user:
  + 2026-11-21T10:00:10.000Z  ALARM  $user=anna  value 1
    2026-11-21T10:00:20.500Z  ALARM  $user=bert  value 1
  + 2026-11-21T10:02:00.000Z  OK  $user=anna  value 0
    2026-11-21T10:02:00.000Z  OK  $user=bert  value 0
NOT as expected  errors:
  - 2026-11-21T10:00:20.500Z  ALARM  value 3  event_ids 1, 7  (line 1)
  + 2026-11-21T10:00:20.500Z  ALARM  value 2  event_ids 1, 2
  - at any time               INSUFFICIENT_DATA  (line 2)
    2026-11-21T10:02:00.000Z  OK  value 0
NOT as expected  fatal:
  - 2026-11-21T10:00:00.000Z  ALARM  (line 6)
";
    assert_eq!((code, report.as_str(), said.as_str()), (Some(1), expected, ""));
    let (code, report, _) = expect(&bench, r#"{"alarm":"errors","never":"ALARM"}"#, &[]);
    let expected = "NOT as expected  errors:\n  + 2026-11-21T10:00:20.500Z  ALARM  value 2\n";
    assert_eq!((code, report.as_str()), (Some(1), expected));
}

#[test]
fn a_bad_file_of_expectations_is_told_with_its_line() {
    let bench = Bench::new(ALARMS);
    for (expected, complaint) in [
        ("", "FILE expects nothing"),
        ("# none\n", "FILE expects nothing"),
        ("\n{\"alarm\":\"nobody\",\"state\":\"OK\"}", "FILE: line 2: the rules have no alarm nobody"),
        ("{\"alarm\":\"errors\"}", "FILE: line 1: `state` is missing"),
        ("{\"alarm\":\"errors\",\"state\":\"BAD\"}", "FILE: line 1: no expectation: unknown variant `BAD`"),
        ("{\"alarm\":\"errors\",\"at\":1}", "FILE: line 1: no expectation: unknown field `at`"),
        ("{\"alarm\":\"errors\",\"state\":\"OK\",\"timestamp\":\"noon\"}", "FILE: line 1: timestamp: "),
        (
            "{\"alarm\":\"errors\",\"state\":\"OK\"}\n{\"alarm\":\"errors\",\"never\":\"ALARM\"}",
            "FILE: line 2: that errors never changes",
        ),
    ] {
        let (code, report, said) = expect(&bench, expected, &[]);
        assert_eq!((code, report.as_str()), (Some(2), ""), "{expected}");
        assert!(said.starts_with(&format!("logweir: {complaint}")), "{expected}: {said}");
    }
    assert_eq!(bench.run(&["--expect", "/nowhere"], b"").status.code(), Some(2));
    assert_eq!(bench.run(&["--expect", "x", "--json"], b"").status.code(), Some(2));
}

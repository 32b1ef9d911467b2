//! Streams tried on logs: what is dropped, by whom, and what is left out.

use serde_json::Value;

use crate::bench::{Bench, Seen, payload, records};
use crate::common::{logweir, stdout};

const ALARMS: &str = "  - {name: errors, pattern: ERROR, comparison: '>=', threshold: 2, period: 1m}
streams:
  - {name: secrets, redact: [email], fields: {team: web}, pattern: '\"@\"'}
  - {name: kept, pattern: important, keep: true}
  - {name: health, pattern: '\"/health\"', drop: true}
  - {name: debug, pattern: DEBUG, drop: true}
";
const EVENTS: [Seen<'static>; 6] = [
    (10.0, "1", "ERROR of a@b.cd"),
    (11.0, "2", "GET /health ERROR"),
    (12.0, "3", "important /health"),
    (13.0, "4", "GET /health"),
    (14.0, "5", "fine"),
    (15.0, "6", "ERROR again"),
];

#[test]
fn what_is_dropped_and_left_out_is_shown_before_and_after() {
    let bench = Bench::new(ALARMS);
    let expected = "2026-11-21T10:00:15.000Z  ALARM  errors  count 2 (count >= 2 in 1 minute)
    2026-11-21T10:00:10.000Z  /app/web  web-1  ERROR of [email]
    2026-11-21T10:00:15.000Z  /app/web  web-1  ERROR again
2026-11-21T10:02:00.000Z  OK     errors  count 0 (count >= 2 in 1 minute)

fired  matches  alarm
    1        2  errors
dropped      bytes  stream
      0          0  kept
      2         28  health
    - GET /health ERROR
    - GET /health
      0          0  debug
1 event changed
    - ERROR of a@b.cd
    + ERROR of [email]  {\"team\":\"web\"}
";
    for input in [payload(&EVENTS).to_gzip(), records(&EVENTS)] {
        let output = bench.run(&[], &input);
        assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(0), expected));
    }
}

#[test]
fn many_are_counted_and_few_are_shown() {
    let bench = Bench::new(ALARMS);
    bench.write("rules.yaml", b"version: 1\nstreams: [{name: rest, drop: true}]");
    let output = bench.run(&[], &records(&EVENTS));
    let printed = stdout(&output);
    assert_eq!(
        printed,
        "dropped      bytes  stream\n      6         75  rest\n    - ERROR of a@b.cd\n    - GET /health ERROR\n    - important /health\n    … 3 more\n"
    );
}

#[test]
fn drops_can_be_expected_by_their_reason() {
    let bench = Bench::new(ALARMS);
    let printed = stdout(&bench.run(&["--json"], &records(&EVENTS)));
    let drops: Vec<&str> = printed.lines().filter(|line| line.contains("\"stream\"")).collect();
    assert_eq!(drops[1], r#"{"stream":"health","dropped":2,"bytes":28}"#);
    let expect = |text: &str| {
        let path = bench.write("expected.ndjson", text.as_bytes());
        let output = bench.run(&["--expect", &path], &records(&EVENTS));
        let said = String::from_utf8(output.stderr.clone()).expect("UTF-8").replace(&path, "FILE");
        (output.status.code(), stdout(&output) + &said)
    };
    let (code, report) = expect(&printed);
    assert_eq!(code, Some(0), "{report}");
    assert!(report.contains("as expected      stream health: 2 dropped\n"), "{report}");
    assert_eq!(
        expect("{\"stream\":\"health\",\"dropped\":3}\n{\"stream\":\"debug\",\"dropped\":0,\"bytes\":1}"),
        (
            Some(1),
            "NOT as expected  stream health:\n  - 3 dropped  (line 1)\n  + 2 dropped\n\
             NOT as expected  stream debug:\n  - 0 dropped  bytes 1  (line 2)\n  + 0 dropped  bytes 0\n"
                .to_owned()
        )
    );
    for (text, complaint) in [
        ("{\"stream\":\"secrets\",\"dropped\":0}", "FILE: line 1: the rules have no stream secrets that"),
        ("{\"stream\":\"health\"}", "FILE: line 1: no expectation: missing field `dropped`"),
        ("{\"stream\":\"health\",\"dropped\":1,\"state\":\"OK\"}", "FILE: line 1: no expectation: unknown field"),
    ] {
        let (code, said) = expect(text);
        assert!(code == Some(2) && said.starts_with(&format!("logweir: {complaint}")), "{said}");
    }
}

#[test]
fn decode_prints_what_would_leave() {
    let bench = Bench::new(ALARMS);
    let rules = bench.path("rules.yaml");
    for input in [payload(&EVENTS).to_gzip(), records(&EVENTS)] {
        let output = logweir(&["decode", "--rules", &rules], &input);
        let printed = stdout(&output);
        let messages: Vec<Value> = printed
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).expect("a record")["message"].clone())
            .collect();
        assert_eq!(messages, ["ERROR of [email]", "important /health", "fine", "ERROR again"]);
        assert!(printed.contains(r#""extracted_fields":{"team":"web"}"#), "{printed}");
        let documents = stdout(&logweir(&["decode", "--rules", &rules, "--format", "document"], &input));
        assert_eq!(documents.lines().count(), 4);
        assert!(!documents.contains("a@b.cd") && documents.contains("[email]"), "{documents}");
    }
    bench.write("rules.yaml", b"version: 1\nstreams: [{name: a}]");
    let output = logweir(&["decode", "--rules", &rules], b"");
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).expect("UTF-8");
    assert!(said.contains("rules.yaml:2:11: stream a: it says nothing of its events"), "{said}");
}

#[test]
fn check_needs_no_key_and_counts_streams() {
    let bench = Bench::new(ALARMS);
    let rules = bench.path("rules.yaml");
    bench.write(
        "rules.yaml",
        b"version: 1\nstreams: [{name: a, redact: [email], redact_with: hash}, {name: b, pattern: ERROR, drop: true}]",
    );
    let output = logweir(&["rules", "check", &rules], b"");
    assert_eq!(
        (output.status.code(), stdout(&output)),
        (Some(0), format!("{rules}: 2 streams, 0 alarms; nothing is wrong\n"))
    );
    let printed = stdout(&bench.run(&["--json"], &records(&EVENTS)));
    assert_eq!(printed, "{\"stream\":\"b\",\"dropped\":3,\"bytes\":43}\n");
}

//! `logweir rules check` and `logweir rules library`.

use std::fs;
use std::process::Output;

use tempfile::TempDir;

use crate::common::{logweir, stdout};

const GOOD: &str = "version: 1\nlibrary: [lambda-errors]\nalarms:\n  \
    - {name: errors, pattern: ERROR, comparison: '>', threshold: 3, period: 5m, where: {log_groups: [/app]}}\n";

/// Everything is wrong that can be wrong in two alarms.
const BAD: &str = "version: 1
alarms:
  - name: first
    pattern: '{ $.a == 1 }'
    comparison: '>'
    threshold: many
    peroid: 5m
  - name: second
    kind: flatlin
    pattern: x
";

fn outcome(output: &Output) -> (Option<i32>, String) {
    (output.status.code(), stdout(output))
}

#[test]
fn every_problem_is_told_at_once_with_its_place_and_what_to_do() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("rules.yaml");
    fs::write(&path, BAD).expect("written");
    let path = path.to_str().expect("UTF-8");
    let (code, printed) = outcome(&logweir(&["rules", "check", path], b""));
    assert_eq!(code, Some(1), "{printed}");
    for beginning in [":4:14: alarm first: ", ":6:16: alarm first: ", ":7:5: alarm first: ", ":9:11: alarm second: "] {
        assert!(printed.lines().any(|line| line.starts_with(&format!("{path}{beginning}"))), "{beginning}\n{printed}");
    }
    assert!(printed.contains("did you mean `period`?"), "{printed}");
    let last = printed.lines().last().unwrap();
    assert_eq!(last, format!("{path}: {} problems", printed.lines().count() - 1));

    // Those who want to test it are told the same.
    let output = logweir(&["rules", "test", path], b"2026-11-21T10:00:00Z x\n");
    assert_eq!(outcome(&output), (Some(2), String::new()));
    let complaints = String::from_utf8(output.stderr).expect("UTF-8");
    assert_eq!(complaints.lines().count(), printed.lines().count() - 1);
    assert!(complaints.starts_with(&format!("logweir: {path}:")), "{complaints}");
}

#[test]
fn a_good_file_is_said_to_be_good_and_warnings_fail_if_they_are_to() {
    let check = |flags: &[&str], text: &[u8]| outcome(&logweir(&[&["rules", "check", "-"], flags].concat(), text));
    let good = "(standard input): 2 alarms, 1 of them from the library; nothing is wrong\n";
    assert_eq!(check(&["--strict"], GOOD.as_bytes()), (Some(0), good.to_owned()));
    assert_eq!(check(&[], format!("\u{feff}{GOOD}").as_bytes()), (Some(0), good.to_owned()));

    let warned = GOOD.replace("[/app]", "['!*']");
    let (code, printed) = check(&[], warned.as_bytes());
    assert_eq!(code, Some(0), "{printed}");
    assert!(printed.starts_with("(standard input):4:"), "{printed}");
    assert!(printed.contains(": warning: alarm errors: ") && printed.ends_with("; 1 warning\n"), "{printed}");
    assert_eq!(check(&["--strict"], warned.as_bytes()), (Some(1), printed));

    assert_eq!(
        check(&[], b"version: 1\nalarms: # caf\xe9\n"),
        (
            Some(1),
            "(standard input):2:14: the file is not UTF-8; save it as UTF-8\n(standard input): 1 problem\n".into()
        )
    );
    assert_eq!(check(&[], b"").0, Some(1));
    assert_eq!(logweir(&["rules", "check", "/nowhere.yaml"], b"").status.code(), Some(2));
}

#[test]
fn ready_alarms_are_listed_and_each_printed_is_a_rules_file() {
    let list = stdout(&logweir(&["rules", "library"], b""));
    assert!(list.lines().any(|line| line.starts_with("lambda-errors ") && line.contains(" high ")), "{list}");
    let names: Vec<&str> = list.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(names.len() > 20, "{list}");
    let one = "(standard input): 1 alarm, all from the library; nothing is wrong\n";
    for name in &names {
        let printed = logweir(&["rules", "library", name], b"").stdout;
        let (code, verdict) = outcome(&logweir(&["rules", "check", "-"], &printed));
        assert_eq!((code, verdict.as_str()), (Some(0), one), "{name}");
    }
    let several = logweir(&["rules", "library", "lambda-*", "access-404"], b"").stdout;
    let (_, verdict) = outcome(&logweir(&["rules", "check", "-"], &several));
    assert!(verdict.contains(": 4 alarms, all from the library; "), "{verdict}");

    let unknown = logweir(&["rules", "library", "lambda-errors", "nonsense"], b"");
    assert_eq!(outcome(&unknown), (Some(2), String::new()));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("no ready alarm is called nonsense"), "{unknown:?}");
}

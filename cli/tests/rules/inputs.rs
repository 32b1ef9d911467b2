//! What `logweir rules test` is given: every form of it.

use logweir_subscription::encode;
use serde_json::{Value, json};

use crate::bench::{Bench, MINUTE, Seen, TEN, payload, records};
use crate::common::{logweir, stdout};

const ERRORS: &str = "  - {name: errors, pattern: ERROR, comparison: '>=', threshold: 2, period: 1m}\n";
const EVENTS: [Seen<'static>; 4] =
    [(0.0, "1", "INFO"), (10.0, "2", "an ERROR \"é\""), (20.5, "3", "ERROR"), (200.0, "4", "INFO")];

fn said(bench: &Bench, arguments: &[&str], input: &[u8]) -> (Option<i32>, String) {
    let output = bench.run(arguments, input);
    (output.status.code(), String::from_utf8(output.stderr).expect("UTF-8"))
}

#[test]
fn of_every_form_the_same_comes() {
    let bench = Bench::new(ERRORS);
    let expected = bench.transitions(&[], &records(&EVENTS));
    assert_eq!(expected.len(), 2);
    assert_eq!(expected[0]["event_ids"], json!(["2", "3"]));
    let gzip = payload(&EVENTS).to_gzip();
    let twice = [payload(&EVENTS[..3]).to_gzip(), payload(&EVENTS[2..]).to_gzip()];
    for (form, input) in [
        ("an archive object", encode::gzip(&records(&EVENTS))),
        ("a payload", gzip.clone()),
        ("its text", payload(&EVENTS).to_json()),
        ("a direct subscription", encode::awslogs_event(&gzip).to_string().into_bytes()),
        ("a stream", encode::kinesis_event(&twice).to_string().into_bytes()),
        ("a transform", encode::firehose_event(&twice).to_string().into_bytes()),
    ] {
        assert_eq!(bench.transitions(&[], &input), expected, "{form}");
        let path = bench.write("events", &input);
        assert_eq!(bench.transitions(&["--events", &path], b""), expected, "{form}, of a file");
    }
}

#[test]
fn a_folder_is_all_that_is_in_it() {
    let bench = Bench::new(ERRORS);
    let expected = bench.transitions(&[], &records(&EVENTS));
    bench.write("archive/2026/11/21/10/1/b.ndjson.gz", &encode::gzip(&records(&EVENTS[..2])));
    let other = bench.write("archive/2026/11/21/11/1/a.ndjson.gz", &encode::gzip(&records(&EVENTS[1..])));
    bench.write("archive/2026/.half-done", b"ERROR\n");
    let folder = bench.path("archive");
    assert_eq!(bench.transitions(&["--events", &folder], b""), expected);
    assert_eq!(bench.transitions(&["--events", &other, &folder, &other], b""), expected, "repeats do not count");
    let (code, complaints) = said(&bench, &["--events", &folder, "/nowhere"], b"");
    assert!(code == Some(2) && complaints.contains("/nowhere"), "{complaints}");
}

#[test]
fn log_groups_hold_what_the_settings_of_the_indexer_say() {
    let bench = Bench::new(
        "  - {name: flows, where: {datasets: [vpcflow]}, pattern: REJECT, comparison: '>=', threshold: 1, period: 1m, group_by: ['@flow.srcaddr']}\n",
    );
    let lines = b"REJECT 203.0.113.7 1795255200\n";
    let group = ["--log-group", "/vpc/a", "--start", "2026-11-21T10:00:00Z"];
    let format = ["--vpc-flow-format", "/vpc/*=${action} ${srcaddr} ${end}"];
    let held = ["--log-group-datasets", "/vpc/*=vpcflow/own"];
    let transitions = |more: &[&str]| bench.transitions(&[&group, more].concat(), lines);
    assert!(transitions(&[]).is_empty());
    assert_eq!(transitions(&format)[0]["group"], json!({"@flow.srcaddr": "203.0.113.7"}));
    assert_eq!(transitions(&held)[0]["group"], json!({"@flow.srcaddr": "-"}));
    assert!(transitions(&["--vpc-flow-format", "/other=${action} ${srcaddr} ${end}"]).is_empty());
    for (option, value, expected) in [
        ("--vpc-flow-format", "/vpc/*=${", "field 1 of the flow log's format is no name"),
        ("--log-group-datasets", "/vpc/*=vpc", "there is no dataset of that name"),
        ("--log-group-datasets", "/vpc/*=app/Pay", "what indices have in their names"),
    ] {
        let (code, complaints) = said(&bench, &[option, value], lines);
        assert!(code == Some(2) && complaints.contains(expected), "{complaints}");
    }
}

#[test]
fn plain_lines_say_their_time_or_are_as_old_as_those_before() {
    let bench = Bench::new(&format!(
        "{ERRORS}  - {{name: of-group, where: {{log_groups: [app.log]}}, pattern: ERROR, comparison: '>', threshold: 0, period: 1m}}\n"
    ));
    let lines = "2026-11-21T10:00:10.500Z ERROR one\n    at main() ERROR\n2026-11-21 10:02:00 INFO\n";
    let errors = |transitions: Vec<Value>| -> Vec<Value> {
        transitions.into_iter().filter(|row| row["alarm"] == "errors" && row["state"] == "ALARM").collect()
    };
    let found = errors(bench.transitions(&[], lines.as_bytes()));
    assert_eq!((found.len(), &found[0]["timestamp"]), (1, &json!(TEN + 10_500)));
    assert_eq!(found[0]["event_ids"], json!(["1", "2"]), "the numbers of the lines");

    // Their log group is the file's name unless it is said, and the place of a line is shown as grep does.
    let path = bench.write("app.log", lines.as_bytes());
    let printed = stdout(&bench.run(&["--alarm", "of-group", "--events", &path], b""));
    assert!(
        printed.contains(&format!("    2026-11-21T10:00:10.500Z  {path}:1  2026-11-21T10:00:10.500Z ERROR one\n")),
        "{printed}"
    );
    let (code, note) = said(&bench, &["--log-group", "/app/web", "--events", &path], b"");
    assert_eq!(code, Some(0));
    assert!(note.contains("look at none of the log groups of the input (/app/web): of-group;"), "{note}");
    assert!(!said(&bench, &["--events", &path], b"").1.contains("note"));
}

#[test]
fn lines_without_a_time_need_one() {
    let bench = Bench::new(ERRORS);
    let lines = b"ERROR 1\nERROR 2\nERROR 3\nERROR 4\n";
    let (code, complaint) = said(&bench, &[], lines);
    assert_eq!(code, Some(2));
    assert!(complaint.contains("line 1 has no time that is known") && complaint.contains("--start"), "{complaint}");
    let times = |flags: &[&str]| -> Vec<Value> {
        bench.transitions(flags, lines).iter().map(|row| row["timestamp"].clone()).collect()
    };
    let start = ["--start", "2026-11-21T10:00:00Z"];
    assert_eq!(times(&start)[0], json!(TEN));
    assert_eq!(times(&[&start[..], &["--interval", "30s"]].concat())[0], json!(TEN + 30_000));
    assert_eq!(times(&[&start[..], &["--interval", "1m"]].concat()), Vec::<Value>::new());
    assert_eq!(times(&["--start", &TEN.to_string()]), [json!(TEN), json!(TEN + MINUTE)]);
    for wrong in ["1", "s", "1y", "-1s", "25h"] {
        assert_eq!(said(&bench, &["--interval", wrong], lines).0, Some(2), "{wrong}");
    }
}

#[test]
fn what_is_left_out_is_said() {
    let bench = Bench::new(ERRORS);
    assert_eq!(said(&bench, &[], b""), (Some(0), "logweir: note: there is no event in the input\n".to_owned()));
    let damaged = [&records(&EVENTS)[..], b"no record\n"].concat();
    let output = bench.run(&["--json"], &damaged);
    assert_eq!((output.status.code(), stdout(&output).lines().count()), (Some(2), 2), "the rest counts");
    let unknown = said(&bench, &["--alarm", "errors", "--alarm", "erorrs"], b"");
    assert_eq!(unknown, (Some(2), "logweir: no alarm is called erorrs: there is errors\n".to_owned()));
    // Only those that are named.
    let two = Bench::new(&format!(
        "{ERRORS}  - {{name: others, pattern: ERROR, comparison: '>', threshold: 0, period: 1m}}\n"
    ));
    let rows = two.transitions(&["--alarm", "oth*"], &records(&EVENTS));
    assert!(rows.len() == 2 && rows.iter().all(|row| row["alarm"] == "others"), "{rows:?}");
    // Rules and events cannot both be standard input.
    let rules = std::fs::read(two.path("rules.yaml")).expect("rules");
    assert_eq!(logweir(&["rules", "test", "-"], &rules).status.code(), Some(2));
    let events = two.write("events", &records(&EVENTS));
    assert_eq!(logweir(&["rules", "test", "-", "--json", "--events", &events], &rules).status.code(), Some(0));
}

#[test]
fn what_came_after_the_end_does_not_count() {
    let bench = Bench::new(ERRORS);
    let until = |time: &str| bench.became_until(&EVENTS, &["--until", time]);
    assert!(until("2026-11-21T10:00:20.499Z").is_empty());
    assert_eq!(until("2026-11-21T10:00:20.500Z"), bench.became(&EVENTS));
}

#[test]
fn much_input_is_as_little() {
    let bench = Bench::new(
        "  - {name: many, pattern: ERROR, comparison: '>', threshold: 10000, period: 1h, notification: {sample_lines: 1}}\n",
    );
    let lines: Vec<_> = (0..12_000).map(|n| format!("{{\"time\":{},\"level\":\"ERROR\"}}\n", TEN + n * 100)).collect();
    let lines = lines.concat();
    let found = bench.transitions(&[], lines.as_bytes());
    assert_eq!(found[0]["timestamp"], json!(TEN + 10_000 * 100));
    assert_eq!(found[0]["event_ids"].as_array().map(Vec::len), Some(10_001));
    let reversed: String = lines.lines().rev().flat_map(|line| [line, "\n"]).collect();
    assert_eq!(bench.transitions(&[], reversed.as_bytes())[0]["timestamp"], found[0]["timestamp"]);
}

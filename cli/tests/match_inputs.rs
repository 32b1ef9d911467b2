//! What `logweir match` is given: every form of it, from files and pipes.

mod common;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::Output;
use std::sync::mpsc;
use std::time::Duration;

use common::{command, logweir, stdout};
use logweir_subscription::{Decoder, encode};
use serde_json::{Value, json};

const LINES: &str = "INFO start\nan \"ERROR\" é\n";

fn matched(arguments: &[&str], input: &[u8]) -> Output {
    logweir(&[&["match"], arguments].concat(), input)
}

/// The exit code and what is printed.
fn outcome(arguments: &[&str], input: &[u8]) -> (Option<i32>, String) {
    let output = matched(arguments, input);
    (output.status.code(), stdout(&output))
}

fn encoded(form: &str, lines: &str) -> Vec<u8> {
    logweir(&["encode", "--as", form, "--start", "0"], lines.as_bytes()).stdout
}

#[test]
fn of_every_form_the_message_is_what_the_pattern_sees() {
    let payload = encoded("payload", LINES);
    let records = stdout(&logweir(&["decode"], &payload));
    let record = records.lines().nth(1).map(|line| format!("{line}\n")).expect("two records");
    let message = payload_text(&payload);
    let letter = json!({"errorCode": "x", "rawData": encode::base64(&payload)}).to_string();
    let given_up = json!({"requestContext": {}, "requestPayload": encode::awslogs_event(&payload)}).to_string();
    for (form, input) in [
        ("awslogs", encoded("awslogs", LINES)),
        ("kinesis", encoded("kinesis", LINES)),
        ("firehose", encoded("firehose", LINES)),
        ("payload", payload.clone()),
        ("payload compressed once more", encode::gzip(&payload)),
        ("JSON", message.clone().into_bytes()),
        ("base64", encode::base64(&payload).into_bytes()),
        ("base64 of JSON", encode::base64(message.as_bytes()).into_bytes()),
        ("base64 in lines", wrapped(&encode::base64(&payload)).into_bytes()),
        ("dead letter", letter.into_bytes()),
        ("given up", given_up.into_bytes()),
        ("archive object", encode::gzip(records.as_bytes())),
        ("records", records.clone().into_bytes()),
    ] {
        // The quotes are escaped in JSON, but not in the message.
        let pattern = r#""an \"ERROR\" é""#;
        assert_eq!(outcome(&[pattern], &input), (Some(0), record.clone()), "{form}");
        assert_eq!(
            outcome(&["log_group"], &input),
            (Some(1), String::new()),
            "{form}: no more than the message is seen"
        );
        assert_eq!(outcome(&["-n", pattern], &input).1, format!("2:{record}"), "{form}");
        // What is printed can be searched and decoded again.
        let again = matched(&[""], &input).stdout;
        assert_eq!(
            (outcome(&[pattern], &again).1, stdout(&logweir(&["decode"], &again))),
            (record.clone(), records.clone())
        );
        let said = if ["archive object", "records"].contains(&form) { "records" } else { "event" };
        assert_eq!(outcome(&["--input", said, pattern], &input), (Some(0), record.clone()), "{form} said");
    }
    // Zlib, and base64 that is longer than what is looked at.
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../events/awslogs-zlib.json");
    let example: Value = serde_json::from_slice(&fs::read(example).expect("the example")).expect("JSON");
    let base64 = example["awslogs"]["data"].as_str().expect("base64");
    let mut decoder = Decoder::default();
    decoder.decode_base64(base64).expect("a payload");
    let long = encode::base64(&encoded("payload", &noise(10_000)));
    for (form, input, count) in
        [("zlib", decoder.payload(), 3), ("its base64", base64.as_bytes(), 3), ("long", long.as_bytes(), 1)]
    {
        assert_eq!(outcome(&["-c", ""], input), (Some(0), format!("{count}\n")), "{form}");
        assert_eq!(matched(&["--pretty", ""], input).stdout, logweir(&["decode", "--pretty"], input).stdout, "{form}");
    }

    let several = [payload.clone(), payload].concat();
    assert_eq!(outcome(&["ERROR"], &several), (Some(0), record.repeat(2)));
    assert_eq!(outcome(&["ERROR"], message.repeat(2).as_bytes()), (Some(0), record.repeat(2)));
}

/// The JSON text of a payload.
fn payload_text(payload: &[u8]) -> String {
    Decoder::default().text(payload).expect("a payload").to_owned()
}

fn wrapped(base64: &str) -> String {
    let lines: Vec<_> = base64.as_bytes().chunks(76).map(|line| String::from_utf8_lossy(line).into_owned()).collect();
    lines.join("\n") + "\n"
}

#[test]
fn the_example_events_are_read_as_decode_reads_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../events");
    let mut seen = 0;
    for entry in fs::read_dir(folder).expect("the examples") {
        let path = entry.expect("an entry").path();
        // Those hold no logs: an object came, a minute is over.
        let is_other = ["s3-put.json", "schedule-evaluate.json"].iter().any(|other| path.ends_with(other));
        let is_event = path.extension().is_some_and(|extension| extension == "json") && !is_other;
        if !is_event {
            continue;
        }
        seen += 1;
        let path = path.to_str().expect("UTF-8");
        let decoded = logweir(&["decode", path], b"");
        let expected = match (decoded.status.code(), decoded.stdout.is_empty()) {
            (Some(0), false) => 0,
            (Some(0), true) => 1,
            _ => 2,
        };
        for arguments in [&["match", "", path][..], &["match", "--input=event", "", path]] {
            let output = logweir(arguments, b"");
            assert_eq!((output.status.code(), stdout(&output)), (Some(expected), stdout(&decoded)), "{arguments:?}");
            assert_eq!(output.stderr, decoded.stderr, "{arguments:?}");
        }
    }
    assert!(seen > 30, "{seen} examples");
}

#[test]
fn what_is_nothing_else_is_plain_lines() {
    for line in [
        r#"{"level":"error","message":"ERROR"}"#,
        r#"{"timestamp":"2026-11-21T11:20:00Z","message":"ERROR"}"#,
        r#"{"timestamp":1,"message":"ERROR"}"#,
        r#"{"rawData":"ERROR"}"#,
        r#"{"records":[],"Records":[],"level":"ERROR"}"#,
        r#"{"messageType":"note","message":"ERROR"}"#,
        "{ERROR} not JSON",
        "{",
        "[ERROR] in brackets",
        "ERROR",
        "eJERROR",
        "H4sIERROR",
        "HERROR",
        "x^2 ERROR",
        "x\u{1}ERROR",
        "",
        "  ERROR  ",
        "\u{feff}ERROR",
    ] {
        let text = format!("{line}\nERROR\n\nlast ERROR");
        let printed: Vec<_> = text.lines().filter(|line| line.contains("ERROR")).collect();
        let printed = printed.join("\n") + "\n";
        assert_eq!(outcome(&["ERROR"], text.as_bytes()), (Some(0), printed.clone()), "{line:?}");
        assert_eq!(
            outcome(&["ERROR"], &encode::gzip(text.as_bytes())),
            (Some(0), printed.clone()),
            "{line:?}, gzipped"
        );
        assert_eq!(outcome(&["--input", "lines", "ERROR"], text.as_bytes()).1, printed, "{line:?}, said");
        let count = format!("{}\n", text.lines().count());
        assert_eq!(outcome(&["-c", ""], text.as_bytes()).1, count, "{line:?}: every line counts once");
    }
    // An object over several lines, and one that is not all there.
    assert_eq!(outcome(&["-n", "ERROR"], b"{\n \"a\": \"ERROR\"\n}\n").1, "2: \"a\": \"ERROR\"\n");
    assert_eq!(outcome(&["-n", "ERROR"], b"{\"a\": \"ERROR\"").1, "1:{\"a\": \"ERROR\"\n");
    for nothing in [&b""[..], &encode::gzip(b"")] {
        assert_eq!(outcome(&["ERROR"], nothing), (Some(1), String::new()));
    }
    // A structured pattern sees a line that is JSON as JSON.
    let json = "{\"level\":\"error\",\"n\":3}\n{\"level\":\"info\",\"n\":4}\n";
    assert_eq!(
        outcome(&["{ $.level = \"error\" }"], json.as_bytes()).1,
        json.lines().next().unwrap().to_owned() + "\n"
    );
}

#[test]
fn a_line_is_printed_as_the_bytes_that_it_is() {
    assert_eq!(outcome(&["-n", "ERROR"], b"an ERROR\r\nno\r\nERROR\r\n").1, "1:an ERROR\r\n3:ERROR\r\n");
    // The pattern sees no carriage return, and U+FFFD for each byte that is not UTF-8.
    assert_eq!(outcome(&["[a, b = end]"], b"x end\r\n").1, "x end\r\n");
    let latin = b"ERROR caf\xe9\n\xff\n";
    for arguments in [&["ERROR"][..], &["\"caf\u{fffd}\""], &["--color=always", "ERROR"]] {
        assert_eq!(matched(arguments, latin).stdout, b"ERROR caf\xe9\n", "{arguments:?}");
    }
    assert_eq!(outcome(&["--json", "ERROR"], latin).1, "{\"message\":\"ERROR caf\u{fffd}\",\"extracted\":{}}\n");
    assert_eq!(outcome(&["--json", "ERROR"], b"ERROR\r\n").1, "{\"message\":\"ERROR\",\"extracted\":{}}\n");
}

#[test]
fn records_among_lines_stay_records_unless_all_is_said_to_be_lines() {
    let record = stdout(&logweir(&["decode"], &encoded("payload", "an ERROR\n")));
    let mixed = format!("a line\n{record}ERROR in a line\n");
    assert_eq!(outcome(&["[w, rest = ERROR]"], mixed.as_bytes()).1, record);
    assert_eq!(outcome(&["--input=lines", "log_group"], mixed.as_bytes()).1, record);
    assert_eq!(outcome(&["--input=lines", "[w, rest = ERROR]"], mixed.as_bytes()).1, "");
    // In an archive object a line that is no record is damage.
    let damaged = format!("{record}ERROR in a line\n{record}");
    for input in [damaged.clone().into_bytes(), encode::gzip(damaged.as_bytes())] {
        let output = matched(&["ERROR"], &input);
        assert_eq!((output.status.code(), stdout(&output)), (Some(2), record.repeat(2)));
        assert!(String::from_utf8_lossy(&output.stderr).contains("line 2 is no record"));
        // Also where reading stops behind it.
        assert_eq!(outcome(&["-m2", "ERROR"], &input), (Some(2), record.repeat(2)));
        assert_eq!(outcome(&["-q", "ERROR"], &input), (Some(0), String::new()));
    }
    assert_eq!(outcome(&["--input=records", "ERROR"], b"ERROR\n"), (Some(2), String::new()));
    assert_eq!(outcome(&["--input=event", "ERROR"], b"an ERROR\n"), (Some(2), String::new()));
    // A record that is longer than what is looked at.
    let long = record.replace("an ERROR", &format!("{}ERROR", "\\n".repeat(600_000)));
    for input in [long.clone().into_bytes(), encode::gzip(long.as_bytes())] {
        assert_eq!(outcome(&["ERROR"], &input), (Some(0), long.clone()));
    }
    let event = encode::awslogs_event(&encode::gzip(payload_text(&encoded("payload", &noise(3_000_000))).as_bytes()));
    assert_eq!(outcome(&["-c", ""], event.to_string().as_bytes()), (Some(0), "1\n".into()));
}

/// Text that does not compress well.
fn noise(length: usize) -> String {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(b'!' + (state >> 24) as u8 % 90)
    };
    (0..length).map(|_| next()).collect()
}

#[test]
fn what_is_cut_or_too_long_is_named_and_the_rest_is_searched() {
    let lines: Vec<_> = (0..20_000).map(|n| format!("ERROR {n}\n")).collect();
    let lines = lines.concat();
    let gzip = encode::gzip(lines.as_bytes());
    let output = matched(&["ERROR"], &gzip[..gzip.len() / 2]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stdout(&output).starts_with("ERROR 0\nERROR 1\n") && !output.stderr.is_empty());
    assert_eq!(outcome(&["ERROR"], &[0x1f, 0x8b, 8, 9, 9, 9]).0, Some(2));

    let text = format!("ERROR\n{}ERROR\nERROR\n{}", "x".repeat(200_000), "x".repeat(200_000));
    let output = matched(&["-n", "--max-decompressed", "100000", "ERROR"], text.as_bytes());
    assert_eq!((output.status.code(), stdout(&output)), (Some(2), "1:ERROR\n3:ERROR\n".into()));
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(
        complaints.contains("line 2 is longer than 100000 bytes") && complaints.contains("line 4 is longer"),
        "{complaints}"
    );
    // A line over many pieces of input stays one.
    assert_eq!(outcome(&["-c", "ERROR"], text.as_bytes()), (Some(0), "3\n".into()));
}

#[test]
fn a_pipe_is_searched_as_it_is_filled() {
    let record = stdout(&logweir(&["decode"], &encoded("payload", "an ERROR\n")));
    let pretty_json = "{\n  \"level\": \"ERROR\"\n}\n".to_owned();
    for (first, expected) in [
        ("an ERROR\n".to_owned(), "an ERROR\n"),
        ("{\"level\":\"ERROR\"}\n".to_owned(), "{\"level\":\"ERROR\"}\n"),
        (pretty_json, "  \"level\": \"ERROR\"\n"),
        ("\nHERROR\n".to_owned(), "HERROR\n"),
        (format!("{record}{record}"), record.as_str()),
    ] {
        let mut child = command(&["match", "ERROR"]).spawn().expect("starts");
        let mut stdin = child.stdin.take().expect("stdin");
        let printed = BufReader::new(child.stdout.take().expect("stdout"));
        let (sender, receiver) = mpsc::channel();
        let reader = std::thread::spawn(move || printed.lines().for_each(|line| drop(sender.send(line))));
        let next = || receiver.recv_timeout(Duration::from_mins(1)).map(|line| line.expect("UTF-8"));
        let mut all_came = true;
        // Each time the match comes out although the pipe stays open.
        for _ in 0..3 {
            stdin.write_all(first.as_bytes()).expect("is read");
            for _ in 0..first.matches(expected).count() {
                all_came &= next().as_deref() == Ok(expected.trim_end_matches('\n'));
            }
        }
        drop(stdin);
        let code = child.wait().expect("ends").code();
        reader.join().expect("reads");
        assert!(all_came && code == Some(0), "{first:?}: {code:?}");
    }
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let mut child = command(&["match", ""]).spawn().expect("starts");
    let mut stdin = child.stdin.take().expect("stdin");
    drop(child.stdout.take());
    // Until the tool notices and goes.
    while stdin.write_all(b"ERROR\n").is_ok() {}
    assert_eq!(child.wait().expect("ends").code(), Some(0));
}

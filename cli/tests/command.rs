//! The tool as a person runs it.

mod common;

use common::{logweir, stdout};
use logweir_subscription::encode;

#[test]
fn what_is_encoded_in_any_form_is_decoded_to_the_same_records() {
    let lines = "first \"line\"\nsecond\u{1b}[0m é\r\n\nlast without line feed";
    let mut seen = Vec::new();
    for form in ["awslogs", "kinesis", "firehose", "payload"] {
        let flags = [
            "encode",
            "--as",
            form,
            "--owner",
            "1",
            "--log-group",
            "/g",
            "--log-stream",
            "s",
            "--start",
            "2026-11-21T11:20:00.123Z",
        ];
        let event = logweir(&flags, lines.as_bytes());
        assert!(event.status.success());
        let decoded = logweir(&["decode"], &event.stdout);
        assert!(decoded.status.success(), "{}", String::from_utf8_lossy(&decoded.stderr));
        seen.push(stdout(&decoded));
    }
    assert!(seen.iter().all(|records| *records == seen[0]));
    let first = concat!(
        r#"{"timestamp":1795260000123,"id":"30000000179526000012300000000000000000000000000000000000","owner":"1","#,
        r#""log_group":"/g","log_stream":"s","message":"first \"line\""}"#
    );
    assert_eq!(seen[0].lines().next(), Some(first));
    assert_eq!(seen[0].lines().count(), 4);
    // Records themselves, plain and gzipped, and the base64 of a payload.
    for input in [seen[0].clone().into_bytes(), encode::gzip(seen[0].as_bytes())] {
        assert_eq!(stdout(&logweir(&["decode", "-"], &input)), seen[0]);
    }
    let payload = logweir(&["encode", "--as", "payload", "--start", "0"], b"x\n").stdout;
    assert!(stdout(&logweir(&["decode"], encode::base64(&payload).as_bytes())).contains("\"message\":\"x\""));
    let twice = [payload.clone(), payload.clone()].concat();
    assert_eq!(stdout(&logweir(&["decode"], &twice)).lines().count(), 2);
    // As Firehose writes them where it compresses what comes compressed.
    assert_eq!(stdout(&logweir(&["decode"], &encode::gzip(&twice))).lines().count(), 2);
    let two_events = [1, 2].map(|_| encode::awslogs_event(&payload).to_string()).join("\n");
    assert_eq!(stdout(&logweir(&["decode"], two_events.as_bytes())).lines().count(), 2);
    let cut = logweir(&["decode"], format!("{two_events} garbage").as_bytes());
    assert_eq!((cut.status.code(), stdout(&cut).lines().count()), (Some(1), 2));
    let letter = serde_json::json!({"errorCode": "x", "rawData": encode::base64(&payload)}).to_string();
    assert_eq!(stdout(&logweir(&["decode"], letter.as_bytes())).lines().count(), 1);
}

#[test]
fn more_lines_than_a_payload_holds_are_refused() {
    let lines = "\n".repeat(logweir_subscription::MAX_EVENTS + 1);
    let refused = logweir(&["encode", "--as", "payload"], lines.as_bytes());
    assert_eq!((refused.status.code(), refused.stdout.len()), (Some(2), 0));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("more than 524288 lines"));
}

#[test]
fn what_fails_is_named_and_the_rest_comes_out() {
    let good = logweir(&["encode", "--as", "payload", "--start", "0"], b"good\n").stdout;
    let event = encode::kinesis_event(&[good.as_slice(), b"bad", &good[..good.len() - 4]]).to_string();
    let decoded = logweir(&["decode"], event.as_bytes());
    assert_eq!(decoded.status.code(), Some(1));
    assert_eq!(stdout(&decoded).lines().count(), 1);
    let complaints = String::from_utf8(decoded.stderr).expect("UTF-8");
    let complaints: Vec<_> = complaints.lines().collect();
    assert_eq!(complaints.len(), 2);
    assert!(complaints[0].contains("record 0") && complaints[0].contains("neither gzip, zlib nor a JSON object"));
    assert!(complaints[1].contains("cut off"), "{complaints:?}");

    // A bad line in front, or a line longer than what is looked at: the records come out all the same.
    let record = stdout(&logweir(&["decode"], &good));
    let decoded = logweir(&["decode"], format!("{{\"oops\":1}}\n{record}").as_bytes());
    assert_eq!((decoded.status.code(), stdout(&decoded)), (Some(1), record.clone()));
    let long = record.replace("good", &"\\n".repeat(600_000));
    assert_eq!(stdout(&logweir(&["decode"], &encode::gzip(long.as_bytes()))), long);
    // What Lambda gives up on is read like the event itself.
    let direct = serde_json::json!({"requestContext": {}, "requestPayload": encode::awslogs_event(&good)});
    let stream = serde_json::json!({"payload": encode::kinesis_event(&[&good]).to_string()});
    for given_up in [direct, stream] {
        assert_eq!(stdout(&logweir(&["decode"], given_up.to_string().as_bytes())), record);
    }

    let records = format!("{}not a record\n", stdout(&logweir(&["decode"], &good)));
    let decoded = logweir(&["decode"], records.as_bytes());
    assert_eq!((decoded.status.code(), stdout(&decoded).lines().count()), (Some(1), 1));
    assert_eq!(logweir(&["decode"], b"").status.code(), Some(1));
}

#[test]
fn wrong_flags_and_unreadable_files_are_told_apart_from_bad_input() {
    for arguments in [
        &["decode", "/nowhere"][..],
        &["decode", "/"],
        &["encode"],
        &["encode", "--as", "x"],
        &["encode", "--as", "payload", "--start", "never"],
        &[],
    ] {
        let output = logweir(arguments, b"");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(!output.stderr.is_empty());
    }
    assert!(logweir(&["--help"], b"").status.success());
    for shell in ["bash", "zsh", "fish"] {
        assert!(stdout(&logweir(&["completions", shell], b"")).contains("logweir"));
    }
}

#[test]
fn pretty_is_for_people_and_no_message_steers_their_terminal() {
    let event = logweir(
        &["encode", "--as", "awslogs", "--start", "0", "--log-group", "/g", "--log-stream", "s"],
        b"a\x1b[2Jb\n",
    )
    .stdout;
    assert_eq!(stdout(&logweir(&["decode", "--pretty"], &event)), "1970-01-01T00:00:00.000Z  /g  s  a\u{fffd}[2Jb\n");
}

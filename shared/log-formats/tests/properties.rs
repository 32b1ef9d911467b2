//! What holds for every message: nothing panics, all of it can be had, what is borrowed is the message's.

mod checks;

use proptest::prelude::*;

/// Pieces that messages in the known formats are made of, so that chance comes near them.
const PIECES: [&str; 64] = [
    "{",
    "}",
    "[",
    "]",
    "\"",
    ":",
    ",",
    "\\",
    " ",
    "\t",
    "\n",
    "-",
    "=",
    "é",
    "2",
    "0.5",
    "ACCEPT",
    "OK",
    "NODATA",
    "eni-1",
    "10.0.0.1",
    "2 123456789012 eni-1 ",
    "version account-id srcaddr",
    "START ",
    "END ",
    "REPORT ",
    "INIT_REPORT ",
    "EXTENSION\t",
    "RequestId: ",
    "6f1b7a0e-2d8e-4a6c-9a53-1f4de0c2b7aa",
    "Duration: ",
    " ms",
    " MB",
    "Memory Size: ",
    "Status: timeout",
    "Name: a",
    "State: Ready",
    "Events: [",
    "Runtime Version: ",
    " Error: ",
    "Task timed out after ",
    " seconds",
    "2026-11-21T11:20:00.301Z",
    "2026-11-21 11:20:00 ",
    "undefined",
    "INFO",
    "[21/Nov/2026:11:20:00 +0000] ",
    "\"GET / HTTP/1.1\" ",
    "200 5",
    " - - ",
    "traceId",
    "trace_id=",
    "requestId",
    "1-5759e988-bd862e3fe1be46a994272793",
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    ";Parent=b7ad6b7169203331",
    "{\"time\":\"2026-11-21T11:20:00Z\",\"type\":\"platform.",
    "\"record\":{",
    "\"eventVersion\":\"1\"",
    "\"httpRequest\":{\"headers\":[",
    "\"requestTime\":\"21/Nov/2026:11:20:00 +0000\"",
    "\"query_name\":\"a\"",
    "null",
    "\\u00e9",
];

fn messages() -> impl Strategy<Value = String> {
    let pieces = prop::collection::vec(prop::sample::select(&PIECES[..]), 0..30).prop_map(|pieces| pieces.concat());
    prop_oneof![3 => pieces, 1 => any::<String>(), 1 => "[ -~\\t\\n]{0,80}"]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    #[test]
    fn any_message(message in messages()) {
        for hints in checks::hints() {
            checks::check(&message, &hints);
        }
    }
}

/// A megabyte of what might be looked at again and again: all of it ends.
#[test]
fn hostile_messages_take_linear_time() {
    let hints = &checks::hints()[0];
    for piece in PIECES.into_iter().chain([
        "{\"a\":",
        "[{\"a\":\"",
        "[[",
        "trace_id=a",
        "\"requestId\":\"\\",
        "- ",
        "1-5759e988-",
        "::",
    ]) {
        checks::check(&piece.repeat((1 << 20) / piece.len()), hints);
    }
    for (head, piece) in [
        ("2 123456789012 ", "- "),
        ("START ", "A: b "),
        ("REPORT RequestId: a\tDuration: 1 ms\t", "A: b\t"),
        ("::1 - - [21/Nov/2026:11:20:00 +0000] \"", "\\\""),
        ("2026-11-21T11:20:00.301Z\tundefined\tINFO\t", "{\"a\":["),
        ("version account-id ", "srcaddr "),
        ("{\"a\":[", "{},"),
    ] {
        checks::check(&format!("{head}{}", piece.repeat((1 << 20) / piece.len())), hints);
    }
}

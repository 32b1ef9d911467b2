//! `logweir match` as grep users expect it: options, output and exit codes.

mod common;

use std::fs;
use std::process::Output;

use common::{logweir, stdout};
use tempfile::TempDir;

const LINES: &str = "INFO start\nERROR one\nINFO ERROR two\nWARN end\n";

/// What comes of plain lines: the exit code and what is printed.
fn of_lines(arguments: &[&str], lines: &str) -> (Option<i32>, String) {
    let arguments = [&["match"], arguments].concat();
    let output = logweir(&arguments, lines.as_bytes());
    (output.status.code(), stdout(&output))
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("UTF-8")
}

/// An event of two messages, made by the tool.
fn event(lines: &str) -> Vec<u8> {
    let flags = ["encode", "--as", "awslogs", "--start", "0", "--owner", "1", "--log-group", "/g", "--log-stream", "s"];
    logweir(&flags, lines.as_bytes()).stdout
}

#[test]
fn lines_are_selected_counted_and_numbered_as_grep_does() {
    for (arguments, code, printed) in [
        (&["ERROR"][..], 0, "ERROR one\nINFO ERROR two\n"),
        (&["ERROR", "-"], 0, "ERROR one\nINFO ERROR two\n"),
        (&["-v", "ERROR"], 0, "INFO start\nWARN end\n"),
        (&["--invert-match", "?INFO ?ERROR ?WARN"], 1, ""),
        (&["FATAL"], 1, ""),
        (&["-v", "FATAL"], 0, LINES),
        (&["-c", "ERROR"], 0, "2\n"),
        (&["-c", "FATAL"], 1, "0\n"),
        (&["-cv", "FATAL"], 0, "4\n"),
        (&["-n", "ERROR"], 0, "2:ERROR one\n3:INFO ERROR two\n"),
        (&["-vn", "ERROR"], 0, "1:INFO start\n4:WARN end\n"),
        (&["-nH", "one"], 0, "(standard input):2:ERROR one\n"),
        (&["-H", "--no-filename", "one"], 0, "ERROR one\n"),
        (&["-Hc", "ERROR"], 0, "(standard input):2\n"),
        (&["-q", "ERROR"], 0, ""),
        (&["-qc", "ERROR"], 0, ""),
        (&["-q", "FATAL"], 1, ""),
        (&["-m", "1", "ERROR"], 0, "ERROR one\n"),
        (&["-m1", "-c", "ERROR"], 0, "1\n"),
        (&["--max-count", "9", "ERROR"], 0, "ERROR one\nINFO ERROR two\n"),
        (&["-m0", "ERROR"], 1, ""),
        (&["ERROR -INFO"], 0, "ERROR one\n"),
        (&[""], 0, LINES),
        // Several patterns: any will do. A pattern is the next word, whatever it looks like.
        (&["-e", "one", "-e", "WARN"], 0, "ERROR one\nWARN end\n"),
        (&["-e", "-INFO"], 0, "ERROR one\nWARN end\n"),
        (&["--pattern", "-INFO", "-v"], 0, "INFO start\nINFO ERROR two\n"),
        (&["-e", "-INFO", "-n", "-e", "two", "-"], 0, "2:ERROR one\n3:INFO ERROR two\n4:WARN end\n"),
        (&["--", "-INFO"], 0, "ERROR one\nWARN end\n"),
    ] {
        assert_eq!(of_lines(arguments, LINES), (Some(code), printed.to_owned()), "{arguments:?}");
    }
    // Words that mean something to the command line itself.
    for word in ["-v", "-e", "--count", "-q", "-"] {
        assert_ne!(of_lines(&["-e", word], "a line\n").0, None, "{word}");
    }
    assert_eq!(of_lines(&["-e", "-v"], "has v\nno\n"), (Some(0), "no\n".to_owned()));
}

#[test]
fn several_files_are_told_apart_by_name() {
    let folder = TempDir::new().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    let (a, b, gone) = (path("a"), path("b"), path("gone"));
    fs::write(&a, LINES).expect("written");
    fs::write(&b, "ERROR three\n").expect("written");
    let run = |arguments: &[&str]| of_lines(arguments, "ERROR zero\n");

    assert_eq!(run(&["one", &a]), (Some(0), "ERROR one\n".into()));
    assert_eq!(run(&["-H", "one", &a]), (Some(0), format!("{a}:ERROR one\n")));
    let both = format!("{a}:2:ERROR one\n{a}:3:INFO ERROR two\n{b}:1:ERROR three\n");
    assert_eq!(run(&["-n", "ERROR", &a, &b]), (Some(0), both));
    assert_eq!(run(&["-m1", "ERROR", &a, &b]), (Some(0), format!("{a}:ERROR one\n{b}:ERROR three\n")));
    assert_eq!(run(&["-c", "one", &a, "-", &b]), (Some(0), format!("{a}:1\n(standard input):0\n{b}:0\n")));
    assert_eq!(
        run(&["--no-filename", "-e", "one", "-e", "three", &a, &b]),
        (Some(0), "ERROR one\nERROR three\n".into())
    );
    assert_eq!(run(&["-q", "zero", "-", &gone]), (Some(0), String::new()));
    let json = r#"{"message":"ERROR one","extracted":{}}"#.to_owned() + "\n";
    assert_eq!(run(&["--json", "one", &a, &b]), (Some(0), json));

    // What cannot be read is named, and the others are searched all the same.
    for unreadable in [gone.as_str(), folder.path().to_str().expect("UTF-8")] {
        let output = logweir(&["match", "three", unreadable, &b], b"");
        assert_eq!((output.status.code(), stdout(&output)), (Some(2), format!("{b}:ERROR three\n")));
        assert!(stderr(&output).contains(unreadable), "{output:?}");
        assert_eq!(logweir(&["match", "-q", "three", unreadable, &b], b"").status.code(), Some(0));
        assert_eq!(logweir(&["match", "none", unreadable, &b], b"").status.code(), Some(2));
    }
}

#[test]
fn bad_patterns_are_all_named_before_any_input_is_read() {
    let output = logweir(&["match", "-e", "[a", "-e", "ERROR", "-e", "{ $.b", "/nowhere"], b"");
    assert_eq!((output.status.code(), stdout(&output)), (Some(2), String::new()));
    let complaints = stderr(&output);
    assert!(complaints.contains("[a") && complaints.contains("{ $.b"), "{complaints}");
    assert!(!complaints.contains("/nowhere"), "{complaints}");

    let long = "a".repeat(1025);
    assert_eq!(of_lines(&[&long], &long).0, Some(2));
    assert_eq!(of_lines(&["--relaxed", &long], &long), (Some(0), format!("{long}\n")));

    for wrong in [
        &[][..],
        &["-n"],
        &["--json", "--pretty", "x"],
        &["--json", "-n", "x"],
        &["--color", "sometimes", "x"],
        &["--input", "xml", "x"],
        &["-m", "-1", "x"],
        &["-e"],
        &["--vectors", "-", "x"],
        &["--explain"],
        &["--explain", "x", "file"],
    ] {
        let output = logweir(&[&["match"], wrong].concat(), b"x\n");
        assert_eq!((output.status.code(), stdout(&output)), (Some(2), String::new()), "{wrong:?}");
        assert!(!output.stderr.is_empty(), "{wrong:?}");
    }
    let missing = stderr(&logweir(&["match", "-n"], b""));
    assert!(missing.contains("PATTERN"), "{missing}");
}

#[test]
fn json_is_the_record_with_what_the_patterns_extract() {
    let extracted = |arguments: &[&str], lines: &str| {
        let (code, printed) = of_lines(&[&["--json"], arguments].concat(), lines);
        assert_eq!(code, Some(0));
        printed
    };
    let line = "10.0.0.1 GET \"/a b\" 404\n";
    assert_eq!(
        extracted(&["[ip, , path, status = 4*]"], line),
        r#"{"message":"10.0.0.1 GET \"/a b\" 404","extracted":{"$ip":"10.0.0.1","$2":"GET","$path":"/a b","$status":"404"}}"#
            .to_owned()
            + "\n"
    );
    // Of several patterns those that match add to it, and the first to give a name wins.
    assert_eq!(
        extracted(&["-e", "[ip, x]", "-e", "[ip, method, path, ...]", "-e", "[a = none, b]"], line),
        r#"{"message":"10.0.0.1 GET \"/a b\" 404","extracted":"#.to_owned()
            + r#"{"$ip":"10.0.0.1","$x":"GET \"/a b\" 404","$method":"GET","$path":"/a b","$4":"404"}}"#
            + "\n"
    );
    assert_eq!(extracted(&["GET"], line), "{\"message\":\"10.0.0.1 GET \\\"/a b\\\" 404\",\"extracted\":{}}\n");
    assert_eq!(extracted(&["-v", "[a = none, b]"], "x y\n"), "{\"message\":\"x y\",\"extracted\":{}}\n");

    // Of a record, its own keys stand in front, as `logweir decode` prints them.
    let event = event("10.0.0.1 404\nother\n");
    let record = stdout(&logweir(&["decode"], &event));
    let record = record.lines().next().and_then(|line| line.strip_suffix('}')).expect("a record");
    let json = stdout(&logweir(&["match", "--json", "[ip, status = 404]"], &event));
    assert_eq!(json, format!("{record},\"extracted\":{{\"$ip\":\"10.0.0.1\",\"$status\":\"404\"}}}}\n"));
}

#[test]
fn what_matched_is_coloured_where_colours_are_wanted() {
    let red = |text: &str| format!("\u{1b}[1m\u{1b}[31m{text}\u{1b}[0m");
    let plain = |arguments: &[&str]| of_lines(arguments, "an ERROR here\n").1;
    let coloured = format!("an {} here\n", red("ERROR"));
    assert_eq!(plain(&["--color", "always", "ERROR"]), coloured);
    assert_eq!(plain(&["--color=always", "-e", "ERROR", "-e", "ERR"]), coloured);
    assert_eq!(plain(&["--color=always", "-e", "ERR", "-e", "ROR"]), coloured);
    // Standard output is no terminal here.
    for arguments in
        [&["ERROR"][..], &["--color=auto", "ERROR"], &["--color=never", "ERROR"], &["--color=always", "-v", "x"]]
    {
        assert_eq!(plain(arguments), "an ERROR here\n", "{arguments:?}");
    }
    let prefix = "\u{1b}[35m(standard input)\u{1b}[0m\u{1b}[36m:\u{1b}[0m\u{1b}[32m1\u{1b}[0m\u{1b}[36m:\u{1b}[0m";
    assert_eq!(plain(&["--color=always", "-nH", "ERROR"]), format!("{prefix}{coloured}"));
    assert_eq!(of_lines(&["--color=always", "ERROR"], "ERROR\r\n").1, format!("{}\r\n", red("ERROR")));

    // In what is for people only the message, and nothing in it steers their terminal; nothing at all in JSON.
    let event = event("an ERROR\u{1b}[2J\nother\n");
    let pretty = stdout(&logweir(&["match", "--pretty", "--color=always", "ERROR"], &event));
    assert_eq!(pretty, format!("1970-01-01T00:00:00.000Z  /g  s  an {}\u{fffd}[2J\n", red("ERROR")));
    for flag in ["--json", "--input=auto"] {
        assert!(!stdout(&logweir(&["match", flag, "--color=always", "ERROR"], &event)).contains('\u{1b}'));
    }
    assert_eq!(of_lines(&["--pretty", "ERROR"], "an ERROR\u{1b}[2J\n").1, "an ERROR\u{fffd}[2J\n");
}

#[test]
fn a_pattern_is_explained() {
    let one = of_lines(&["--explain", "[ip, status = 404]"], "");
    assert_eq!(one.0, Some(0));
    assert!(one.1.contains("status") && one.1.ends_with('\n'), "{}", one.1);
    let (code, two) = of_lines(&["--explain", "-e", "-health", "-e", "ERROR"], "");
    assert_eq!(code, Some(0));
    assert!(two.starts_with("-health\n") && two.contains("\n\nERROR\n"), "{two}");
    assert_eq!(of_lines(&["--explain", "[a"], "").0, Some(2));
}

#[test]
fn cases_are_run_and_those_that_disagree_are_shown() {
    let run = |cases: &str| {
        let output = logweir(&["match", "--vectors", "-"], cases.as_bytes());
        (output.status.code(), stdout(&output), stderr(&output))
    };
    let right = [
        r#"{"pattern":"ERROR","message":"an ERROR","match":true,"source":"AWS"}"#,
        r#"{"pattern":"ERROR","message":"error","match":false,"source":"AWS","uncertain":true,"note":"a guess"}"#,
        r#"{"pattern":"[a","invalid":true,"source":"AWS"}"#,
        r#"{"pattern":"[a, b]","message":"x y","match":true,"extract":{"$a":"x","$b":"y"},"source":"AWS"}"#,
    ]
    .join("\n");
    assert_eq!(run(&right), (Some(0), "4 cases: 4 agree, 0 disagree\n".into(), String::new()));

    let guess = r#"{"pattern":"ERROR","message":"error","match":true,"source":"me","uncertain":true,"note":"why"}"#;
    let (code, printed, _) = run(&format!("{right}\n\n{guess}\n"));
    assert_eq!(code, Some(0));
    assert_eq!(
        printed,
        "line 6 (uncertain)\n  pattern   \"ERROR\"\n  message   \"error\"\n  expected  a match\n  got       no match\n  \
         source    me\n  note      why\n\n5 cases: 4 agree, 1 disagree (1 of them uncertain)\n"
    );

    let wrong = [
        r#"{"pattern":"[a, b]","message":"x y","match":true,"extract":{"$a":"x"},"source":"me"}"#,
        r#"{"pattern":"ERROR","invalid":true,"source":"me"}"#,
        r#"{"pattern":"[a","message":"x","match":false,"source":"me"}"#,
    ];
    let (code, printed, _) = run(&wrong.join("\n"));
    assert_eq!(code, Some(1), "{printed}");
    for part in ["expected  {\"$a\":\"x\"}", "got       {\"$a\":\"x\",\"$b\":\"y\"}", "a pattern that is taken"] {
        assert!(printed.contains(part), "{part}: {printed}");
    }
    assert!(printed.ends_with("3 cases: 0 agree, 3 disagree\n"), "{printed}");

    for (no_case, reason) in [
        ("nonsense", "line 5 is no case"),
        (r#"{"pattern":"a","message":"b"}"#, "needs message and match"),
        (r#"{"pattern":"a","invalid":true,"match":true}"#, "matches nothing"),
        (r#"{"pattern":"a","message":"b","match":"yes"}"#, "expected a boolean"),
    ] {
        let (code, printed, complaint) = run(&format!("{right}\n{no_case}\n"));
        assert_eq!((code, printed.as_str()), (Some(2), "4 cases: 4 agree, 0 disagree\n"));
        assert!(complaint.contains(reason) && complaint.contains("line 5"), "{complaint}");
    }
    assert_eq!(logweir(&["match", "--vectors", "/nowhere"], b"").status.code(), Some(2));
}

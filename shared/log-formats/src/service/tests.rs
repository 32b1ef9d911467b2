//! Whose lines are whose. What becomes of their fields is tested with the documents.

use crate::{Dataset, Hints, LogLine, Service, ServiceLine};

fn service_of(line: &str) -> Option<Service> {
    match LogLine::parse(line, &Hints::default()) {
        LogLine::Service(line) => Some(line.service()),
        _ => None,
    }
}

/// The value of a column of a line of text.
fn column<'m>(line: &'m str, name: &str) -> Option<&'m str> {
    match ServiceLine::of_text(line, None) {
        Some(ServiceLine::Text(_, _, columns)) => columns.get(name),
        _ => None,
    }
}

#[test]
fn what_only_looks_like_a_line_of_a_service_is_none() {
    for line in [
        r#"{"body":"x","severityText":"INFO"}"#,
        r#"{"body":"x","attributes":{}}"#,
        r#"{"ecs":{"cluster":"shop"},"message":"x"}"#,
        r#"{"ecs.version":1}"#,
        r#"{"class_uid":"3002","metadata":{},"activity_id":1}"#,
        r#"{"class_uid":3002,"metadata":"1.1","activity_id":1}"#,
        r#"{"ClusterName":"shop","Type":"Pod"}"#,
        r#"{"execution_arn":"arn","type":"x"}"#,
        r#"{"auditID":"1","verb":"get","kind":"Event","apiVersion":"v1"}"#,
        r#"{"schemaType":"Other","modelId":"m","operation":"o"}"#,
        r#"{"firewall_name":"f","event":"alert"}"#,
        r#"{"x-edge-location":"DFW3"}"#,
        "1.0 2026-11-21T11:20:00Z Z123 example.com A NOERROR UDP FRA6 host -",
        "1.0 2026-11-21T11:20:00Z started with ten words and no more of it",
        "http 2026-11-21T11:20:00.186641Z is up",
        "tls 2.0 is what the client speaks",
        "2026-11-21\t11:20:00\tINFO\tstarted",
        "20261121 11:20:00,INFO,started,a,b,c,d,e,f",
        "2026-11-21 11:20:00 UTC started",
        "2026-11-21 11:20:00,123 INFO worker: started",
        "2026-11-21 11:20:00 UTC:started:[1]:NOISE: x",
        "<3 hearts",
        "<34>1 is a list",
        "<999>Nov 21 11:20:00 web sshd[1]: x",
        "Nov 21 11:20:00 INFO worker: started",
        "Now 21 11:20:00 web sshd[1]: x",
        "2026-11-21T11:20:00+00:00 INFO worker[1]: started",
        "2026-11-21T11:20:00+00:00 worker starting: now",
        "2026-11-21T11:20:00Z web sshd[1]: programs write this form",
        "time=\"2026-11-21T11:20:00Z\" level=info msg=\"server started\"",
    ] {
        assert_eq!(service_of(line), None, "{line}");
    }
}

#[test]
fn columns_of_text() {
    let denied = "time=\"2026-11-21T11:20:00Z\" level=warning msg=\"access denied\" arn=\"arn:aws:iam::111122223333:role/x\" client=\"127.0.0.1:39582\" error=\"no path=here\" method=POST path=/authenticate";
    let csv = r#"2026-11-21 11:20:00.123 UTC,"app","shop",12345,"[local]",655f.1,1,"SELECT",2026-11-21 11:00:00 UTC,4/123,0,ERROR,42P01,"relation ""x"" does not exist",,,"#;
    let long = "2026-11-21 11:20:00.123 UTC:10.0.1.5(1):app@shop:[7]:2:57014:2026-11-21 11:00:00 UTC:4/12:0:655f.1:psql:ERROR:  canceling statement";
    for (line, name, value) in [
        (denied, "path", Some("/authenticate")),
        (denied, "username", None),
        (csv, "text", Some(r#"relation ""x"" does not exist"#)),
        (csv, "sqlstate", Some("42P01")),
        ("2026-11-21 11:20:00 UTC::@:[1234]:LOG:  checkpoint starting: time", "pid", Some("1234")),
        ("2026-11-21 11:20:00 UTC::@:[1234]:LOG:  checkpoint starting: time", "text", None),
        (long, "sqlstate", Some("57014")),
        (long, "text", Some("canceling statement")),
        ("2026-11-21 11:20:00 UTC::@:[1]:LOG:  statement: SELECT ':ERROR:  x'", "severity", Some("LOG")),
        ("2026-11-21 11:20:00 UTC:[local]:a@b:[1]:LOG:  x", "address", None),
        ("2026-11-21 11:20:00 UTC:2001:db8::7(41234):app@shop:[1]:FATAL:  no", "address", Some("2001:db8::7")),
        ("20261121 11:20:00,ip-10-1-2-3,admin,10.0.1.5,12,345,QUERY,shop,'SELECT ''a'', 1',0", "retcode", Some("0")),
        ("1795260000123456,shop-1,admin,10.0.1.5,12,0,CONNECT,shop,,1045,TCP/IP", "retcode", Some("1045")),
    ] {
        assert_eq!(column(line, name), value, "{name} of {line}");
    }
}

#[test]
fn what_a_logger_writes_any_log_group_of_programs_may_hold() {
    let ecs = r#"{"@timestamp":"2026-11-21T11:20:00Z","ecs.version":"1.2.0","message":"x"}"#;
    let audit = r#"{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"1","verb":"get"}"#;
    for (line, only, is_service) in [
        (ecs, Dataset::Lambda, true),
        (ecs, Dataset::App, true),
        (ecs, Dataset::Waf, false),
        (audit, Dataset::Eks, true),
        (audit, Dataset::App, false),
    ] {
        let hints = Hints { dataset: Some(only), ..Hints::default() };
        let record = LogLine::parse(line, &hints);
        assert_eq!(matches!(record, LogLine::Service(_)), is_service, "{only}: {line}");
        assert_eq!(record.dataset(&hints), only);
    }
    assert_eq!(LogLine::parse(audit, &Hints::default()).dataset(&Hints::default()), Dataset::Eks);
}

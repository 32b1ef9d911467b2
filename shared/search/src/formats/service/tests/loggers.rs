//! Schemas of loggers, and what is none of them.

use serde_json::{Value, json};

use super::{check, document, s};

#[test]
fn schemas_of_loggers() {
    let fields = [
        ("service.name", s("shop")),
        ("http.request.method", s("GET")),
        ("http.response.status_code", json!(500)),
        ("error.type", s("KeyError")),
    ];
    let flat = json!({"timeUnixNano": "1795260000000000000", "severityNumber": 17, "severityText": "ERROR", "body": "failed",
        "attributes": {"http.request.method": "GET", "http.response.status_code": 500, "exception": {"type": "KeyError"}},
        "resource": {"attributes": {"service.name": "shop", "k8s.pod.name": "web-1"}}, "traceId": "62e900b2710d76f009d6e7785905449a", "spanId": "0af7651916cd43dd"});
    check(&flat.to_string(), "app", &fields);
    check(
        &flat.to_string(),
        "app",
        &[("trace.id", s("62e900b2710d76f009d6e7785905449a")), ("orchestrator.resource.name", s("web-1"))],
    );
    let listed = json!({"severityText": "ERROR", "body": {"stringValue": "failed"},
        "attributes": [{"key": "http.method", "value": {"stringValue": "GET"}}, {"key": "http.status_code", "value": {"intValue": "500"}},
            {"key": "exception.type", "value": {"stringValue": "KeyError"}}],
        "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "shop"}}]}});
    check(&listed.to_string(), "app", &fields);
    for version in ["1.1.0", "1.5.0"] {
        let ocsf = json!({"class_uid": 4001, "class_name": "Network Activity", "activity_id": 6, "activity_name": "Traffic", "severity_id": 1, "severity": "Informational",
            "metadata": {"version": version, "product": {"name": "Amazon VPC", "vendor_name": "AWS"}}, "status": "Failure", "disposition": "Blocked",
            "src_endpoint": {"ip": "203.0.113.7", "port": 40000}, "dst_endpoint": {"ip": "10.0.1.5", "port": 22}, "connection_info": {"protocol_name": "TCP", "direction": "Inbound"},
            "traffic": {"bytes": 40, "packets": 1}, "cloud": {"region": "eu-west-1"}, "actor": {"user": {"name": "anna"}}});
        check(
            &ocsf.to_string(),
            "app",
            &[
                ("event.action", s("Blocked")),
                ("event.provider", s("Amazon VPC")),
                ("event.outcome", s("failure")),
                ("source.ip", s("203.0.113.7")),
                ("destination.port", json!(22)),
                ("network.transport", s("tcp")),
                ("network.bytes", json!(40)),
                ("cloud.region", s("eu-west-1")),
                ("user.name", s("anna")),
            ],
        );
    }
    let nested = json!({"@timestamp": "2026-11-21T11:20:00Z", "log.level": "error", "message": "failed", "ecs": {"version": "8.11.0"}, "service": {"name": "shop"},
        "error": {"type": "KeyError", "message": "no order", "stack_trace": "at x"}, "http": {"request": {"method": "GET"}, "response": {"status_code": 500}},
        "client": {"ip": "203.0.113.7"}, "process": {"pid": 7}, "event": {"dataset": "shop.log", "duration": "no number", "id": "own"}, "aws": {"x": 1}});
    check(&nested.to_string(), "app", &fields);
    check(
        &nested.to_string(),
        "app",
        &[
            ("log.level", s("error")),
            ("error.message", s("no order")),
            ("error.stack_trace", s("at x")),
            ("source.ip", s("203.0.113.7")),
            ("process.pid", json!(7)),
            ("event.dataset", s("app")),
            ("event.id", s("1")),
            ("event.duration", Value::Null),
            ("aws.x", Value::Null),
        ],
    );
    let dotted = json!({"@timestamp": "2026-11-21T11:20:00Z", "ecs.version": "1.2.0", "service.name": "shop", "http.request.method": "GET",
        "http.response.status_code": 500, "error.type": "KeyError", "source.ip": "no address"});
    check(&dotted.to_string(), "app", &fields);
    check(&dotted.to_string(), "app", &[("source.ip", Value::Null)]);
}

#[test]
fn other_lines_stay_what_they_were() {
    for (line, service) in [
        (r#"{"body":"x","level":"INFO"}"#, Value::Null),
        // Whoever names its service is believed.
        (r#"{"service.name":"shop","message":"x"}"#, json!({"name": "shop"})),
        ("plain", Value::Null),
        ("Nov 21 is a day", Value::Null),
    ] {
        let document = document(line);
        assert_eq!((&document["event"]["provider"], &document["service"]), (&Value::Null, &service), "{line}");
    }
}

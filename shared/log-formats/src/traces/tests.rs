use super::*;

const XRAY: &str = "1-5759e988-bd862e3fe1be46a994272793";
const W3C: &str = "0af7651916cd43dd8448eb211c80319c";
const SPAN: &str = "b7ad6b7169203331";
const REQUEST: &str = "6f1b7a0e-2d8e-4a6c-9a53-1f4de0c2b7aa";

fn ids(text: &str) -> [Option<&str>; 4] {
    let traces = Traces::find(text);
    [traces.w3c_trace_id, traces.xray_trace_id, traces.span_id, traces.request_id]
}

#[test]
fn ids_are_found_in_every_form() {
    for (text, expected) in [
        (format!("X-Amzn-Trace-Id: Root={XRAY};Parent={SPAN};Sampled=1"), [None, Some(XRAY), Some(SPAN), None]),
        (format!("XRAY TraceId: {XRAY}\tSegmentId: {SPAN}\tSampled: true"), [None, Some(XRAY), Some(SPAN), None]),
        (format!(r#"{{"xrayTraceId":"{XRAY}"}}"#), [None, Some(XRAY), None, None]),
        (format!("traceparent: 00-{W3C}-{SPAN}-01"), [Some(W3C), None, Some(SPAN), None]),
        (format!(r#"{{"a":{{"trace_id": "{W3C}", "span_id":"{SPAN}"}}}}"#), [Some(W3C), None, Some(SPAN), None]),
        (format!(r#"{{"m":"{{\"traceId\":\"{W3C}\"}}"}}"#), [Some(W3C), None, None, None]),
        (format!("[trace_id={W3C} span_id={SPAN} trace_flags=01]"), [Some(W3C), None, Some(SPAN), None]),
        (format!(r#"{{"trace":{{"id":"{W3C}"}},"span":{{"id":"{SPAN}"}}}}"#), [Some(W3C), None, Some(SPAN), None]),
        (format!("Self=1-67891234-12456789abcdef0123456789;Root={XRAY}"), [None, Some(XRAY), None, None]),
        (format!("parent_span_id={W3C}&parentSpanId=0000000000000001 span_id={SPAN}"), [None, None, Some(SPAN), None]),
        (format!(r#"{{"extendedRequestId":"AAAA1234=","requestId":"{REQUEST}"}}"#), [None, None, None, Some(REQUEST)]),
        ("dd.trace_id=7064794513067584152".to_owned(), [Some("7064794513067584152"), None, None, None]),
        (format!("START RequestId: {REQUEST} Version: 1"), [None, None, None, Some(REQUEST)]),
        (format!(r#"{{"function_request_id":"{REQUEST}"}}"#), [None, None, None, Some(REQUEST)]),
        (r#""requestId":"JKJaXmPLvHcESHA=""#.to_owned(), [None, None, None, Some("JKJaXmPLvHcESHA=")]),
        (format!("00-{W3C}-{SPAN}-01 {XRAY}"), [Some(W3C), Some(XRAY), Some(SPAN), None]),
    ] {
        assert_eq!(ids(&text), expected, "{text}");
    }
}

#[test]
fn what_only_looks_like_an_id_is_none() {
    for text in [
        "1-5759e988-bd862e3fe1be46a99427279",
        "21-5759e988-bd862e3fe1be46a994272793",
        "1-5759e98-8bd862e3fe1be46a9942727930",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "requestId=undefined",
        "requestId: -",
        "trace_id=abc",
        "Traceback (most recent call last)",
        "request id is missing",
        "é-",
        "-é",
        "requestId: \u{e9}12345678",
    ] {
        assert!(Traces::find(text).is_empty(), "{text}");
    }
}

#[test]
fn all_traces_have_one_form() {
    for (text, expected) in [
        (format!("Root={XRAY}"), Some("5759e988bd862e3fe1be46a994272793")),
        (format!("Root={}", XRAY.to_uppercase()), Some("5759e988bd862e3fe1be46a994272793")),
        (format!("traceparent: 00-{W3C}-{SPAN}-01"), Some(W3C)),
        (format!("trace_id={}", W3C.to_uppercase()), Some(W3C)),
        // What the application wrote comes first.
        (format!("trace_id={W3C} Root={XRAY}"), Some(W3C)),
        // Zipkin's half, a UUID, Datadog's decimal digits.
        (format!("traceId={SPAN}"), Some("0000000000000000b7ad6b7169203331")),
        (format!("trace_id={REQUEST}"), Some("6f1b7a0e2d8e4a6c9a531f4de0c2b7aa")),
        ("dd.trace_id=7064794513067584152".to_owned(), Some("0000000000000000620b312dc285aa98")),
        // More digits than a trace has.
        (format!("trace_id={W3C}00"), None),
        ("no trace".to_owned(), None),
    ] {
        assert_eq!(Traces::find(&text).trace_id().as_deref(), expected, "{text}");
    }
}

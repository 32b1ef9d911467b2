use logweir_log_formats::Dataset;
use logweir_subscription::Message;
use serde_json::{Value, json};

use crate::{DocumentWriter, Settings, event_dataset};

const ID: &str = "8f507cfc-1234-4697-b07a-ac58fc914c95";
const STREAM: &str = "2026/11/21/[$LATEST]0123456789abcdef0123456789abcdef";

fn document(log_group: &str, log_stream: &str, line: &str) -> Value {
    documents(log_group, log_stream, &[line]).remove(0)
}

fn documents(log_group: &str, log_stream: &str, lines: &[&str]) -> Vec<Value> {
    let event = |line: &&str| json!({"id": "1", "timestamp": 1_795_260_000_123_i64, "message": line});
    let events: Vec<_> = lines.iter().map(event).collect();
    let payload = json!({"messageType": "DATA_MESSAGE", "owner": "1", "logGroup": log_group, "logStream": log_stream,
        "logEvents": events})
    .to_string();
    let Ok(Message::Data(data)) = Message::parse(&payload) else { panic!("no data message") };
    let settings = Settings::default();
    let mut writer = DocumentWriter::new(&settings, &data);
    let mut write = |event| {
        let mut out = Vec::new();
        writer.write(event, &mut out);
        serde_json::from_slice(&out).expect("JSON")
    };
    data.log_events.iter().map(&mut write).collect()
}

/// The fields of a document under these paths, a blank between.
fn fields(document: &Value, paths: &str) -> Value {
    let get = |path: &str| path.split('.').try_fold(document, |value, name| value.get(name)).cloned();
    paths.split(' ').map(|path| get(path).unwrap_or_default()).collect()
}

#[test]
fn failures_of_every_runtime() {
    let paths = "log.level error.type error.message event.outcome";
    for (line, expected) in [
        // Python.
        (
            "[ERROR] ZeroDivisionError: division by zero\rTraceback (most recent call last):\r  File \"a.py\"".to_owned(),
            json!(["error", "ZeroDivisionError", "division by zero", null]),
        ),
        (
            format!(
                r#"{{"timestamp":"2026-11-21T11:20:00Z","log_level":"ERROR","errorMessage":"division by zero","errorType":"ZeroDivisionError","requestId":"{ID}","stackTrace":["x"]}}"#
            ),
            json!(["error", "ZeroDivisionError", "division by zero", null]),
        ),
        // Node.js.
        (
            format!(
                "2026-11-21T11:20:00.301Z\t{ID}\tERROR\tInvoke Error \t{{\"errorType\":\"TypeError\",\"errorMessage\":\"x\",\"stack\":[\"a\"]}}"
            ),
            json!(["error", "TypeError", "x", null]),
        ),
        (
            "2026-11-21T11:20:00.301Z\tundefined\tERROR\tUncaught Exception \t{\"errorType\":\"Error\",\"errorMessage\":\"no\",\"stack\":[]}".to_owned(),
            json!(["error", "Error", "no", null]),
        ),
        (
            format!("2026-11-21T11:20:00.301Z\t{ID}\tERROR\tTypeError: x\n    at handler (/var/task/a.js:1:1)"),
            json!(["error", "TypeError", "x", null]),
        ),
        (
            format!(
                r#"{{"timestamp":"2026-11-21T11:20:00.301Z","level":"ERROR","requestId":"{ID}","message":{{"errorType":"Error","errorMessage":"no","stackTrace":["a"]}}}}"#
            ),
            json!(["error", "Error", "no", null]),
        ),
        // Java.
        (
            "no such order: java.lang.IllegalStateException\njava.lang.IllegalStateException: no such order\n\tat a.B.c(B.java:12)\n".to_owned(),
            json!(["error", "java.lang.IllegalStateException", "no such order", null]),
        ),
        // .NET.
        (
            format!("2026-11-21T11:20:00.100Z\t{ID}\tfail\tSystem.InvalidOperationException: no\n   at Shop.Handle()"),
            json!(["error", "System.InvalidOperationException", "no", null]),
        ),
        (format!("2026-11-21T11:20:02.000Z\t{ID}\tcrit\tNo memory"), json!(["critical", null, null, null])),
        // Ruby and Go.
        ("Error raised from handler method".to_owned(), json!(["error", null, null, null])),
        (
            r#"{"errorMessage":"no","errorType":"Function<RuntimeError>","stackTrace":["/var/task/app.rb:3"]}"#.to_owned(),
            json!(["error", "Function<RuntimeError>", "no", null]),
        ),
        (
            r#"{"errorMessage":"index out of range","errorType":"boundsError","stackTrace":[{"path":"main.go"}]}"#.to_owned(),
            json!(["error", "boundsError", "index out of range", null]),
        ),
        // The platform.
        (
            format!("RequestId: {ID} Error: Runtime exited with error: signal: killed\nRuntime.ExitError"),
            json!(["error", "Runtime.ExitError", "Runtime exited with error: signal: killed", "failure"]),
        ),
        (
            format!("RequestId: {ID} Error: Runtime exited with error: exit status 2 Runtime.ExitError"),
            json!(["error", "Runtime.ExitError", "Runtime exited with error: exit status 2", "failure"]),
        ),
        (
            format!("2026-11-21T11:20:15.000Z {ID} Task timed out after 3.00 seconds"),
            json!(["error", "Sandbox.Timedout", "Task timed out after 3.00 seconds", "failure"]),
        ),
        (
            format!(
                r#"{{"time":"2026-11-21T11:20:00.100Z","type":"platform.fault","record":"RequestId: {ID} Process exited before completing request"}}"#
            ),
            json!(["error", null, "Process exited before completing request", "failure"]),
        ),
        (
            format!("REPORT RequestId: {ID}\tDuration: 1.5 ms\tStatus: error\tError Type: Runtime.ExitError\n"),
            json!([null, "Runtime.ExitError", null, "failure"]),
        ),
        (format!("REPORT RequestId: {ID}\tDuration: 1.5 ms\tBilled Duration: 2 ms\t\n"), json!([null, null, null, null])),
        (
            format!(
                r#"{{"time":"2026-11-21T11:20:00.100Z","type":"platform.report","record":{{"requestId":"{ID}","metrics":{{"durationMs":2.1}},"status":"success"}}}}"#
            ),
            json!([null, null, null, "success"]),
        ),
        // What is no failure.
        ("TypeError: x is what the customer wrote".to_owned(), json!([null, null, null, null])),
        (format!("2026-11-21T11:20:00.100Z\t{ID}\tINFO\tKeyError: told"), json!(["info", null, null, null])),
        (r#"{"errorType":"none"}"#.to_owned(), json!([null, "none", null, null])),
    ] {
        let found = document("/aws/lambda/pay", STREAM, &line);
        assert_eq!(fields(&found, paths), expected, "{line}");
    }
    let trace =
        document("/aws/lambda/pay", STREAM, "[ERROR] E: no\nTraceback (most recent call last):\n  File \"a.py\"");
    assert_eq!(trace["error"]["stack_trace"], "Traceback (most recent call last):\n  File \"a.py\"");
    // Elsewhere such text is only text.
    let found = document("/ecs/pay", "s", "Error raised from handler method");
    assert_eq!(fields(&found, paths), json!([null, null, null, null]));
}

#[test]
fn every_line_of_a_function_has_its_name() {
    let custom = "2026/11/21/checkout-pay[$LATEST]0123456789abcdef0123456789abcdef";
    for line in [
        "a print".to_owned(),
        r#"{"level":"INFO","message":"x"}"#.to_owned(),
        format!("START RequestId: {ID} Version: $LATEST\n"),
        format!("REPORT RequestId: {ID}\tDuration: 1.5 ms\tBilled Duration: 2 ms\t\n"),
        format!("2026-11-21T11:20:00.000Z\t{ID}\tERROR\tboom\n"),
    ] {
        for (log_group, log_stream, name) in [
            ("/aws/lambda/pay", STREAM, "pay"),
            ("/aws/lambda/us-east-1.rewrite", STREAM, "rewrite"),
            ("/aws/lambda/web/storefront", STREAM, "storefront"),
            ("checkout-functions", custom, "checkout-pay"),
        ] {
            let found = document(log_group, log_stream, &line);
            let expected = json!([name, "$LATEST", event_dataset(Dataset::Lambda)]);
            assert_eq!(fields(&found, "faas.name faas.version event.dataset"), expected, "{log_group}: {line}");
        }
    }
    let elsewhere = document("checkout-functions", "s", "a print");
    assert_eq!(elsewhere["event"]["dataset"], event_dataset(Dataset::App));
}

#[test]
fn what_lambda_brought_since() {
    let platform = |kind: &str, record: &str| {
        format!(
            r#"{{"time":"2026-11-21T11:20:00.301Z","level":"INFO","type":"platform.{kind}","record":{{{record}}}}}"#
        )
    };
    let paths = "aws.lambda.event aws.lambda.tenant_id aws.lambda.execution_arn aws.lambda.duration_ms event.duration";
    let arn = "arn:aws:lambda:eu-west-1:111122223333:function:pay:1/durable-execution/a/b";
    for (line, expected) in [
        (
            platform("start", r#""requestId":"x","version":"1","tenantId":"Blue""#),
            json!(["start", "Blue", null, null, null]),
        ),
        (platform("start", &format!(r#""executionArn":"{arn}""#)), json!(["start", null, arn, null, null])),
        (
            format!("START RequestId: {ID} Version: $LATEST Tenant Id: Blue\n"),
            json!(["start", "Blue", null, null, null]),
        ),
        (
            format!("REPORT RequestId: {ID}\tDuration: 1.5 ms\tTenant Id: Blue\t\n"),
            json!(["report", "Blue", null, 1.5, 1_500_000]),
        ),
        (format!("END RequestId: {ID}\tDurableExecutionArn: {arn}\n"), json!(["end", null, arn, null, null])),
        (
            format!(
                r#"{{"timestamp":"2026-11-21T11:20:00.301Z","level":"INFO","requestId":"{ID}","tenantId":"Blue","executionArn":"{arn}","message":"x"}}"#
            ),
            json!([null, "Blue", arn, null, null]),
        ),
        // Of a web function: a minute's summary is no invocation that took a minute.
        (
            platform("invokeSummary", r#""metrics":{"durationMs":60000}"#),
            json!(["invokeSummary", null, null, null, null]),
        ),
        (platform("requestComplete", r#""requestId":"x""#), json!(["requestComplete", null, null, null, null])),
        (platform("invokeReport", r#""status":"success""#), json!(["invokeReport", null, null, null, null])),
        (platform("somethingNew", r#""a":{}"#), json!(["somethingNew", null, null, null, null])),
    ] {
        assert_eq!(fields(&document("/aws/lambda/pay", STREAM, &line), paths), expected, "{line}");
    }
    let report = document(
        "/aws/lambda/pay",
        STREAM,
        &platform("initReport", r#""initializationType":"lambda-managed-instances","phase":"init","status":"success""#),
    );
    assert_eq!(report["aws"]["lambda"]["initialization_type"], "lambda-managed-instances");
    assert_eq!(report.get("json"), None);
}

#[test]
fn what_platform_json_holds_beyond_its_fields_is_kept() {
    let line = r#"{"time":"2026-11-21T11:20:00.301Z","type":"platform.runtimeDone","record":{"requestId":"x","status":"success","spans":[{"name":"responseLatency","durationMs":1.5}]}}"#;
    let found = document("/aws/lambda/pay", STREAM, line);
    assert_eq!(found["json"]["record"]["spans"][0]["durationMs"], 1.5);
    let fault = r#"{"time":"2026-11-21T11:20:00.301Z","type":"platform.fault","record":"RequestId: x"}"#;
    let found = document("/aws/lambda/pay", STREAM, fault);
    assert_eq!((found.get("json"), &found["error"]["message"]), (None, &json!("RequestId: x")));
}

#[test]
fn a_line_of_the_platform_and_one_of_the_function_have_the_same_trace() {
    let report = format!(
        "REPORT RequestId: {ID}\tDuration: 1.5 ms\t\nXRAY TraceId: 1-62e900b2-710d76f009d6e7785905449a\tSegmentId: 29c3839e6ecb5895\tSampled: true\t\n"
    );
    let done = r#"{"time":"2026-11-21T11:20:00.301Z","type":"platform.runtimeDone","record":{"requestId":"x","tracing":{"type":"X-Amzn-Trace-Id","value":"Root=1-62e900b2-710d76f009d6e7785905449a;Parent=710d76f009d6e778;Sampled=1"}}}"#;
    let otel = r#"{"trace_id":"62E900B2710d76f009d6e7785905449a","body":"x"}"#;
    let lines = [&report, done, otel].map(|line| document("/aws/lambda/pay", STREAM, line));
    for (found, xray) in lines.iter().zip([true, true, false]) {
        let xray = xray.then_some("1-62e900b2-710d76f009d6e7785905449a");
        let expected = json!(["62e900b2710d76f009d6e7785905449a", xray]);
        assert_eq!(fields(found, "trace.id aws.xray.trace_id"), expected);
    }
}

#[test]
fn lines_between_the_beginning_and_the_end_of_an_invocation_are_of_it() {
    let other = "459921b5-681c-4a96-beb0-81e0aa586026";
    let start = |id: &str| format!("START RequestId: {id} Version: $LATEST\n");
    let end = |id: &str| format!("END RequestId: {id}\n");
    let report = |id: &str| format!("REPORT RequestId: {id}\tDuration: 1.5 ms\tBilled Duration: 2 ms\t\n");
    let json =
        format!(r#"{{"time":"2026-11-21T11:20:00.301Z","type":"platform.start","record":{{"requestId":"{other}"}}}}"#);
    let (starts, ends, reports) = ([ID, other].map(start), [ID, other].map(end), [ID, other].map(report));
    let lines = [
        ("cold", None),
        (starts[0].as_str(), Some(ID)),
        ("a print", Some(ID)),
        ("[ERROR] E: no\nTraceback (most recent call last):", Some(ID)),
        (ends[0].as_str(), Some(ID)),
        (reports[0].as_str(), Some(ID)),
        ("between", None),
        (json.as_str(), Some(other)),
        (r#"{"level":"INFO"}"#, Some(other)),
        // Two at once: whose line it is, is not known.
        (starts[0].as_str(), Some(ID)),
        ("whose", None),
        (ends[1].as_str(), Some(other)),
        ("whose", None),
        (ends[0].as_str(), Some(ID)),
        (reports[1].as_str(), Some(other)),
    ];
    let found = documents("/aws/lambda/pay", STREAM, &lines.map(|(line, _)| line));
    for (document, (line, id)) in found.iter().zip(lines) {
        assert_eq!(fields(document, "faas.execution"), json!([id]), "{line}");
    }
    let elsewhere = documents("/app", "s", &[starts[0].as_str(), "a print"]);
    assert_eq!(fields(&elsewhere[1], "faas.execution"), json!([null]));
}

//! The ready alarm of errors rings for what runtimes and loggers write of them, in groups of Lambda's and in others.

use logweir_rules::{Rules, Watch};

use crate::{counted, payload_of_stream, rules, see};

const ID: &str = "8f507cfc-1234-4697-b07a-ac58fc914c95";

fn errors() -> Rules {
    rules("version: 1\nlibrary: [lambda-errors]")
}

#[test]
fn errors_of_runtimes_and_loggers_ring() {
    let rules = errors();
    let lines = [
        // Python: as text, in JSON, by Powertools.
        "[ERROR] Runtime.ImportModuleError: Unable to import module 'app'\nTraceback (most recent call last):".to_owned(),
        format!(
            r#"{{"timestamp":"2026-11-21T11:20:00Z","log_level":"ERROR","errorMessage":"division by zero","errorType":"ZeroDivisionError","requestId":"{ID}","stackTrace":["x"]}}"#
        ),
        format!(r#"{{"timestamp":"2026-11-21T11:20:00Z","log_level":"ERROR","message":"no","requestId":"{ID}"}}"#),
        format!("[CRITICAL]\t2026-11-21T11:20:06.000Z\t{ID}\tpayment provider gone"),
        r#"{"level":"CRITICAL","location":"handler:12","message":"no","service":"payment"}"#.to_owned(),
        // .NET.
        format!("2026-11-21T11:20:01.000Z\t{ID}\tfail\tCould not reserve the order"),
        format!("2026-11-21T11:20:02.000Z\t{ID}\tcrit\tNo memory for the cache"),
        format!(r#"{{"timestamp":"2026-11-21T11:20:03.000Z","level":"Error","requestId":"{ID}","message":"no"}}"#),
        format!(r#"{{"timestamp":"2026-11-21T11:20:03.000Z","level":"Critical","requestId":"{ID}","message":"no"}}"#),
        "Unhandled exception. System.ArgumentNullException: no\n   at A.B()".to_owned(),
        // Java: not caught, by log4j and by logback.
        "no such order: java.lang.IllegalStateException\njava.lang.IllegalStateException: no such order\n\tat shop.Handler.handleRequest(Handler.java:12)\n".to_owned(),
        "java.lang.NullPointerException\n\tat shop.Handler.handleRequest(Handler.java:12)\n".to_owned(),
        "shop.Gone: no order: shop.GoneError\nshop.GoneError: no order\n\tat shop.Handler.handle(Handler.java:12)\n".to_owned(),
        format!("2026-11-21 11:20:07 {ID} ERROR Handler - could not reserve"),
        "2026-11-21 11:20:07.123 ERROR shop.Handler - could not reserve".to_owned(),
        "2026-11-21T11:20:07.123Z ERROR shop.Handler - could not reserve".to_owned(),
        // Ruby.
        "Error raised from handler method".to_owned(),
        r#"{"errorMessage":"no such order","errorType":"Function<RuntimeError>","stackTrace":["/var/task/app.rb:3"]}"#.to_owned(),
        "E, [2026-11-21T11:20:08.000000 #8] ERROR -- : could not reserve".to_owned(),
        "F, [2026-11-21T11:20:08.500000 #8] FATAL -- : could not start".to_owned(),
        // Node.js.
        format!("2026-11-21T11:20:15.000Z\t{ID}\tFATAL\tno"),
        format!("2026-11-21T11:20:14.000Z\t{ID}\tERROR\tInvoke Error \t{{\"errorType\":\"Error\"}}"),
        r#"{"level":50,"time":1795260009000,"msg":"could not reserve"}"#.to_owned(),
        r#"{"level":60,"time":1795260009000,"msg":"could not start"}"#.to_owned(),
        // Go, Rust, and loggers of all of them.
        r#"{"errorMessage":"index out of range","errorType":"boundsError","stackTrace":[{"path":"main.go"}]}"#.to_owned(),
        r#"{"timestamp":"2026-11-21T11:20:10.000000Z","level":"ERROR","fields":{"message":"no"},"target":"app"}"#.to_owned(),
        r#"{"level":"error","message":"x"}"#.to_owned(),
        r#"{"level":"fatal","message":"x"}"#.to_owned(),
        r#"{"severity":"ERROR","message":"x"}"#.to_owned(),
        r#"{"log":{"level":"error"},"message":"x"}"#.to_owned(),
        r#"{"severityNumber":17,"body":"x"}"#.to_owned(),
        "time=2026-11-21T11:20:00Z level=error msg=x".to_owned(),
        "ERROR:root:could not reserve".to_owned(),
        // The platform.
        format!("RequestId: {ID} Error: Runtime exited with error: exit status 1"),
        format!("RequestId: {ID} Process exited before completing request"),
        format!("REPORT RequestId: {ID}\tDuration: 1.5 ms\tStatus: error\tError Type: Runtime.ExitError"),
        format!(
            r#"{{"time":"2026-11-21T11:20:00.100Z","type":"platform.report","record":{{"requestId":"{ID}","status":"error"}}}}"#
        ),
    ];
    let silent: Vec<_> =
        lines.iter().filter(|line| counted(&rules, "/aws/lambda/pay", line) != ["lambda-errors"]).collect();
    assert!(silent.is_empty(), "{silent:#?}");
}

#[test]
fn what_is_no_error_does_not() {
    let rules = errors();
    let lines = [
        format!("START RequestId: {ID} Version: $LATEST"),
        format!("END RequestId: {ID}"),
        format!("REPORT RequestId: {ID}\tDuration: 210.11 ms\tBilled Duration: 211 ms\tMemory Size: 256 MB\t"),
        format!("REPORT RequestId: {ID}\tDuration: 210.11 ms\tStatus: timeout"),
        format!("2026-11-21T11:20:15.000Z {ID} Task timed out after 3.00 seconds"),
        format!("2026-11-21T11:20:00.000Z\t{ID}\tinfo\tno ERROR at all"),
        format!("2026-11-21T11:20:00.000Z\t{ID}\twarn\tshop.Gone: old"),
        r#"{"level":"WARN","message":"slow","error":"ERROR"}"#.to_owned(),
        r#"{"level":40,"msg":"slow"}"#.to_owned(),
        r#"{"level":"Information","message":"x"}"#.to_owned(),
        r#"{"errorType":"none","message":"x"}"#.to_owned(),
        r#"{"severityNumber":13,"body":"x"}"#.to_owned(),
        "2026-11-21 11:20:07.123 WARN shop.Handler - retry after java.io.IOException: no".to_owned(),
        "see: s3.amazonaws.com host.example.com: fine".to_owned(),
        "user pressed ERROR button".to_owned(),
        "ERRORS: 0".to_owned(),
        "Found no Exception here".to_owned(),
    ];
    let ringing: Vec<_> = lines.iter().filter(|line| !counted(&rules, "/aws/lambda/pay", line).is_empty()).collect();
    assert!(ringing.is_empty(), "{ringing:#?}");
}

#[test]
fn a_function_counts_in_a_log_group_of_its_own() {
    let rules = errors();
    let line = format!("2026-11-21T11:20:00.000Z\t{ID}\tERROR\tcard refused");
    for (log_group, log_stream, line, count) in [
        ("checkout-functions", "2026/11/21/checkout-pay[$LATEST]0123456789abcdef0123456789abcdef", line.as_str(), 1),
        ("checkout-functions", "2026/11/21/checkout-pay[7]0123456789abcdef0123456789abcdef", "ERROR no", 1),
        ("/aws/lambda/us-east-1.rewrite", "s", "ERROR no", 1),
        ("checkout-service", "checkout/pay/0123456789abcdef0123456789abcdef", "ERROR no", 0),
    ] {
        let mut watch = Watch::new(&rules).expect("ready");
        let (found, _) = see(&rules, &mut watch, &payload_of_stream(log_group, log_stream, &[line]));
        assert_eq!(found.len(), count, "{log_group} {log_stream}");
    }
}

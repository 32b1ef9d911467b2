use super::*;

const ID: &str = "6f1b7a0e-2d8e-4a6c-9a53-1f4de0c2b7aa";

fn read(line: &str) -> Platform<'_> {
    parse(line).unwrap_or_else(|| panic!("{line:?}"))
}

#[test]
fn a_report_with_everything() {
    let line = format!(
        "REPORT RequestId: {ID}\tDuration: 127.10 ms\tBilled Duration: 154 ms\tMemory Size: 2048 MB\tMax Memory Used: 212 MB\t\
         Init Duration: 212.78 ms\tRestore Duration: 325.93 ms\tBilled Restore Duration: 26 ms\tNew Thing: 5 of 6\t\n\
         XRAY TraceId: 1-66d978e5-56c7378e556e94b5461da07c\tSegmentId: 29c3839e6ecb5895\tSampled: true\t\n\
         Status: error\tError Type: Runtime.ExitError\n"
    );
    let report = read(&line);
    assert_eq!((report.event, report.request_id.as_deref()), (PlatformEvent::Report, Some(ID)));
    let metrics = report.metrics;
    assert_eq!((metrics.duration_ms, metrics.billed_duration_ms), (Some("127.10"), Some("154")));
    assert_eq!((metrics.memory_size_mb, metrics.max_memory_used_mb), (Some("2048"), Some("212")));
    assert_eq!((metrics.init_duration_ms, metrics.restore_duration_ms), (Some("212.78"), Some("325.93")));
    assert_eq!(metrics.billed_restore_duration_ms, Some("26"));
    assert_eq!(report.trace.as_deref(), Some("1-66d978e5-56c7378e556e94b5461da07c"));
    assert_eq!((report.segment_id.as_deref(), report.sampled.as_deref()), (Some("29c3839e6ecb5895"), Some("true")));
    assert_eq!((report.status.as_deref(), report.error_type.as_deref()), (Some("error"), Some("Runtime.ExitError")));
    assert_eq!(report.others, [("New Thing", "5 of 6")]);
    // Somebody's tool, or a page, put spaces for the tabs.
    let spaced = line.replace('\t', " ").replace("New Thing: 5 of 6 ", "");
    assert_eq!(read(&spaced).metrics, metrics);
}

#[test]
fn lines_of_every_kind() {
    for (line, event, what) in [
        ("START RequestId: a-b Version: $LATEST\n", PlatformEvent::Start, "$LATEST"),
        ("END RequestId: a-b\n", PlatformEvent::End, ""),
        (
            "INIT_START Runtime Version: nodejs:22.v20\tRuntime Version ARN: arn:aws:lambda:us-east-1::runtime:abc\n",
            PlatformEvent::InitStart,
            "nodejs:22.v20",
        ),
        (
            "INIT_REPORT Init Duration: 150.79 ms\tPhase: init\tStatus: error\tError Type: Runtime.UserCodeSyntaxError\n",
            PlatformEvent::InitReport,
            "Runtime.UserCodeSyntaxError",
        ),
        ("INIT_REPORT Init Duration: 9999.79 ms\tPhase: init\tStatus: timeout\n", PlatformEvent::InitReport, ""),
        (
            "RESTORE_START Runtime Version: java:11.v20\tRuntime Version ARN: arn:aws:lambda:us-east-1::runtime:b8\n",
            PlatformEvent::RestoreStart,
            "java:11.v20",
        ),
        ("RESTORE_REPORT Restore Duration: 398.97 ms\n", PlatformEvent::RestoreReport, ""),
        (
            "RESTORE_REPORT Restore Duration: 1236.04 ms\tStatus: error\tError Type: Runtime.ExitError\n",
            PlatformEvent::RestoreReport,
            "Runtime.ExitError",
        ),
        (
            "EXTENSION\tName: AppConfigAgent\tState: Ready\tEvents: [INVOKE, SHUTDOWN]\n",
            PlatformEvent::Extension,
            "[INVOKE, SHUTDOWN]",
        ),
        ("EXTENSION\tName: lambda-adapter\tState: Ready\tEvents: []", PlatformEvent::Extension, "[]"),
        (
            "TELEMETRY\tName: datadog-agent\tState: Subscribed\tTypes: [Platform, Function, Extension]\n",
            PlatformEvent::TelemetrySubscription,
            "[Platform, Function, Extension]",
        ),
        ("LOGS\tName: my agent\tState: Subscribed\tTypes: [Platform]\n", PlatformEvent::LogsSubscription, "[Platform]"),
    ] {
        let found = read(line);
        assert_eq!(found.event, event, "{line:?}");
        let words = [&found.function_version, &found.error_type, &found.runtime_version];
        let said = words.into_iter().find_map(|word| word.as_deref()).or(found.subscribed).unwrap_or_default();
        assert_eq!(said, what, "{line:?}");
        assert!(found.others.is_empty());
    }
}

#[test]
fn ends_before_their_time() {
    let line = format!("2026-11-21T11:20:03.301Z {ID} Task timed out after 3.00 seconds\n\n");
    let timeout = read(&line);
    assert_eq!((timeout.event, timeout.request_id.as_deref()), (PlatformEvent::Timeout, Some(ID)));
    assert_eq!(
        (timeout.metrics.timeout_s, timeout.timed_out(), timeout.ran_out_of_memory()),
        (Some("3.00"), true, false)
    );

    let line = format!("RequestId: {ID} Error: Runtime exited with error: signal: killed\nRuntime.ExitError\n");
    let killed = read(&line);
    assert_eq!((killed.event, killed.error_type.as_deref()), (PlatformEvent::Fault, Some("Runtime.ExitError")));
    assert_eq!(killed.error_message.as_deref(), Some("Runtime exited with error: signal: killed"));
    assert!(killed.ran_out_of_memory() && !killed.timed_out());
    let line = format!("RequestId: {ID} Process exited before completing request\n");
    assert_eq!(read(&line).error_message.as_deref(), Some("Process exited before completing request"));

    let used = "REPORT RequestId: a Duration: 1 ms Memory Size: 128 MB Max Memory Used: 128 MB";
    assert!(!read(used).ran_out_of_memory());
    assert!(read(&format!("{used} Status: error Error Type: Runtime.ExitError")).ran_out_of_memory());
    assert!(read(&format!("{used} Status: timeout")).timed_out());
}

#[test]
fn other_lines_are_none() {
    for line in [
        "",
        "START",
        "START processing: now",
        "START RequestId: a Step: b",
        "END of file",
        "REPORT RequestId: a",
        "REPORT RequestId: a\tDuration: fast\t",
        "REPORT RequestId: a\tDuration: 5 msec\t",
        "REPORT RequestId: a\tDuration: 5 ms\tand so on",
        "REPORT: done",
        "INIT_START\n",
        "EXTENSION Name: \tState: Ready",
        "EXTENSION\tName: a\tState: Ready\tEvents: [INVOKE",
        "RequestId: 1 Error: no",
        "2026-11-21T11:20:03.301Z 6f1b7a0e-2d8e-4a6c-9a53-1f4de0c2b7aa Task timed out after 3.00 seconds in step 2",
        "2026-11-21T11:20:03.301Z job Task timed out after 3.00 seconds",
    ] {
        assert_eq!(parse(line), None, "{line:?}");
    }
}

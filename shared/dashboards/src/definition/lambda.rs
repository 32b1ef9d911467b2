use super::{Builder, What, index, show};
use crate::panel::{Chart, Dashboard};

const REPORTS: &str = "aws.lambda.event:report";
/// A report in text says nothing of an error that the function raised: what the runtime wrote of it does.
const FAILED: &str = "aws.lambda.event:fault OR aws.lambda.status:(error OR failure) OR \
                      (log.level:(error OR critical OR fatal) AND error.type:*)";
const TIMED_OUT: &str = "aws.lambda.timed_out:true";
const OUT_OF_MEMORY: &str = "aws.lambda.out_of_memory:true";
const COLD: &str = "aws.lambda.event:report AND faas.coldstart:true";
const DURATION: &str = "aws.lambda.duration_ms";
const INIT_DURATION: &str = "aws.lambda.init_duration_ms";
const MEMORY_USED: &str = "aws.lambda.max_memory_used_mb";
const MEMORY_SIZE: &str = "aws.lambda.memory_size_mb";
const FUNCTION: &str = "faas.name";

/// More than one line can say that an invocation failed, so the invocations are counted.
fn invocations(label: &str) -> What {
    show().distinct("faas.execution", label)
}

/// AWS Lambda.
pub(super) fn dashboard(prefix: &str) -> Dashboard {
    let builder = Builder::new(
        "lambda",
        "AWS Lambda",
        "How often functions run, how long, with how much memory, and how they fail.",
        index(prefix, &["lambda"]),
    )
    .number("invocations", 10, show().count("Invocations").of(REPORTS))
    .number("errors", 10, invocations("Failed invocations").of(FAILED))
    .number("timeouts", 10, invocations("Timeouts").of(TIMED_OUT))
    .number("out-of-memory", 9, invocations("Out of memory").of(OUT_OF_MEMORY))
    .number("cold-starts", 9, show().count("Cold starts").of(COLD))
    .panel(
        "invocations-over-time",
        "Invocations over time, by function",
        Chart::Bars,
        (24, 14),
        show().count("Invocations").by(FUNCTION, 8, "Function").of(REPORTS),
    )
    .panel(
        "failures-over-time",
        "Failed invocations over time: errors, timeouts, out of memory",
        Chart::Lines,
        (24, 14),
        invocations("Invocations").filters(&[
            ("error", FAILED),
            ("timeout", TIMED_OUT),
            ("out of memory", OUT_OF_MEMORY),
        ]),
    )
    .panel(
        "duration",
        "Duration over time (ms)",
        Chart::Lines,
        (24, 14),
        show().average(DURATION, "average").percentiles(DURATION, &[95, 99], "").of(REPORTS),
    )
    .panel(
        "cold-starts-over-time",
        "Cold starts over time, by function",
        Chart::Bars,
        (24, 14),
        show().count("Cold starts").by(FUNCTION, 8, "Function").of(COLD),
    );
    per_function(builder).build()
}

fn per_function(builder: Builder) -> Builder {
    builder
        .panel(
            "init-duration",
            "Init duration over time (ms)",
            Chart::Lines,
            (24, 14),
            show().average(INIT_DURATION, "average").percentiles(INIT_DURATION, &[95], "").of(REPORTS),
        )
        .panel(
            "memory",
            "Memory used at most, and memory size, by function (MB)",
            Chart::Ranking,
            (24, 14),
            show().max(MEMORY_USED, "used").max(MEMORY_SIZE, "size").by(FUNCTION, 6, "Function").of(REPORTS),
        )
        .panel(
            "slowest",
            "Slowest functions by the 95th percentile of their duration (ms)",
            Chart::Ranking,
            (24, 13),
            show().percentiles(DURATION, &[95], "").by(FUNCTION, 10, "Function").of(REPORTS),
        )
        .panel(
            "billed",
            "Billed duration by function (ms)",
            Chart::Ranking,
            (24, 13),
            show().sum("aws.lambda.billed_duration_ms", "Billed").by(FUNCTION, 10, "Function").of(REPORTS),
        )
        .panel(
            "functions",
            "Functions",
            Chart::Table,
            (48, 13),
            show()
                .count("Invocations")
                .average(DURATION, "Average duration")
                .percentiles(DURATION, &[95, 99], "duration")
                .max(DURATION, "Longest")
                .max(INIT_DURATION, "Longest init")
                .max(MEMORY_USED, "Memory used")
                .max(MEMORY_SIZE, "Memory size")
                .newest()
                .by(FUNCTION, 12, "Function")
                .of(REPORTS),
        )
}

use super::{Builder, ERROR_LEVELS, LOG_GROUP, index, show};
use crate::panel::{Chart, Dashboard};

/// By how bad it is; dashboards order filters as they stand.
const LEVELS: [(&str, &str); 5] = [
    ("error", ERROR_LEVELS),
    ("warn", "log.level:(warn OR warning)"),
    ("info", "log.level:(info OR information OR notice)"),
    ("debug", "log.level:(debug OR trace)"),
    ("no level", "NOT log.level:*"),
];

/// What programs log themselves, in Lambda and elsewhere.
pub(super) fn dashboard(prefix: &str) -> Dashboard {
    Builder::new(
        "application",
        "Application logs",
        "What programs log themselves, in Lambda and elsewhere, by level, log group and trace.",
        index(prefix, &["app", "lambda"]),
    )
    // What the platform says of a function is no line of the function.
    .only("NOT aws.lambda.event:*")
    .number("events", 12, show().count("Events"))
    .number("errors", 12, show().count("Errors").of(ERROR_LEVELS))
    .number("warnings", 12, show().count("Warnings").of(LEVELS[1].1))
    .number("traces", 12, show().distinct("trace.id", "Traces"))
    .panel("levels", "Events over time, by level", Chart::Bars, (48, 14), show().count("Events").filters(&LEVELS))
    .panel(
        "log-groups",
        "Events by log group and level",
        Chart::Ranking,
        (24, 15),
        show().count("Events").by(LOG_GROUP, 12, "Log group").filters(&LEVELS),
    )
    .panel(
        "errors-over-time",
        "Errors over time, by log group",
        Chart::Bars,
        (24, 15),
        show().count("Errors").by(LOG_GROUP, 8, "Log group").of(ERROR_LEVELS),
    )
    .panel(
        "errors-by-group",
        "Errors by log group and stream",
        Chart::Table,
        (24, 15),
        show()
            .count("Errors")
            .newest()
            .by(LOG_GROUP, 8, "Log group")
            .by("aws.cloudwatch.log_stream", 3, "Log stream")
            .of(ERROR_LEVELS),
    )
    .panel(
        "trace-ids",
        "Most frequent traces",
        Chart::Table,
        (24, 15),
        show().count("Events").distinct(LOG_GROUP, "Log groups").newest().by("trace.id", 10, "Trace"),
    )
    .build()
}

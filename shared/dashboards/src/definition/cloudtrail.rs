use super::{Builder, index, show};
use crate::panel::{Chart, Dashboard};

const FAILED: &str = "event.outcome:failure";
const ROOT: &str = "aws.cloudtrail.user_identity.type:Root";
const LOGIN: &str = "event.action:ConsoleLogin";

/// Calls of AWS APIs, as `CloudTrail` writes them.
pub(super) fn dashboard(prefix: &str) -> Dashboard {
    Builder::new(
        "cloudtrail",
        "AWS CloudTrail",
        "Who did what in the account, from where, and what was denied.",
        index(prefix, &["cloudtrail"]),
    )
    .number("events", 10, show().count("Events"))
    .number("failed", 10, show().count("Failed calls").of(FAILED))
    .number("root", 9, show().count("Events of the root user").of(ROOT))
    .number("logins", 10, show().count("Console logins").of(LOGIN))
    .number("users", 9, show().distinct("user.name", "Users"))
    .panel(
        "read-write",
        "Events over time, reading and writing",
        Chart::Bars,
        (24, 14),
        show()
            .count("Events")
            .filters(&[("read-only", "aws.cloudtrail.read_only:true"), ("write", "aws.cloudtrail.read_only:false")]),
    )
    .panel(
        "errors-over-time",
        "Failed calls over time, by error code",
        Chart::Bars,
        (24, 14),
        show().count("Calls").by("error.type", 8, "Error code").of(FAILED),
    )
    .panel(
        "services",
        "Events by service",
        Chart::Ranking,
        (16, 14),
        show().count("Events").by("event.provider", 10, "Service"),
    )
    .panel(
        "actions",
        "Events by action",
        Chart::Ranking,
        (16, 14),
        show().count("Events").by("event.action", 10, "Action"),
    )
    .panel("top-users", "Events by user", Chart::Ranking, (16, 14), show().count("Events").by("user.name", 10, "User"))
    .panel(
        "sources",
        "Events by source address",
        Chart::Ranking,
        (16, 14),
        show().count("Events").by("source.address", 10, "Source"),
    )
    .panel(
        "errors",
        "Failed calls by error code and action",
        Chart::Table,
        (32, 14),
        show()
            .count("Calls")
            .distinct("user.name", "Users")
            .newest()
            .by("error.type", 6, "Error code")
            .by("event.action", 3, "Action")
            .of(FAILED),
    )
    .panel(
        "root-use",
        "Use of the root user",
        Chart::Table,
        (24, 13),
        show().count("Events").newest().by("event.action", 8, "Action").by("source.address", 3, "Source").of(ROOT),
    )
    .panel(
        "console-logins",
        "Console logins",
        Chart::Table,
        (24, 13),
        show()
            .count("Logins")
            .newest()
            .by("user.name", 8, "User")
            .by("source.address", 3, "Source")
            .by("event.outcome", 2, "Outcome")
            .of(LOGIN),
    )
    .build()
}

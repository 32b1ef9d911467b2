use super::{Builder, ERROR_LEVELS, LOG_GROUP, index, show};
use crate::panel::{Chart, Dashboard};

/// Documents of which a value stands elsewhere than its path says, or which were set aside as text.
const SET_ASIDE: &str = "json_flat:* OR tags:(mapping_conflict OR too_many_fields OR too_deep OR name_too_long)";

/// Everything, whatever its format.
pub(super) fn dashboard(prefix: &str) -> Dashboard {
    let errors = format!("{ERROR_LEVELS} OR error.type:*");
    Builder::new("overview", "Overview", "Everything that was logged, whatever its format.", index(prefix, &[]))
        .number("events", 10, show().count("Events"))
        .number("errors", 10, show().count("Errors").of(&errors))
        .number("log-groups", 10, show().distinct(LOG_GROUP, "Log groups"))
        .number("accounts", 9, show().distinct("cloud.account.id", "Accounts"))
        .number("set-aside", 9, show().count("Set aside").of(SET_ASIDE))
        .panel(
            "datasets",
            "Events over time, by dataset",
            Chart::Bars,
            (48, 14),
            show().count("Events").by("event.dataset", 10, "Dataset"),
        )
        .panel(
            "levels",
            "Events over time, by level",
            Chart::Bars,
            (24, 13),
            show().count("Events").by("log.level", 8, "Level"),
        )
        .panel(
            "errors-over-time",
            "Errors over time, by log group",
            Chart::Bars,
            (24, 13),
            show().count("Errors").by(LOG_GROUP, 6, "Log group").of(&errors),
        )
        .panel(
            "busiest",
            "Events by log group",
            Chart::Ranking,
            (24, 15),
            show().count("Events").by(LOG_GROUP, 12, "Log group"),
        )
        .panel(
            "by-account",
            "Events by account",
            Chart::Donut,
            (12, 15),
            show().count("Events").by("cloud.account.id", 8, "Account"),
        )
        .panel(
            "by-dataset",
            "Events by dataset",
            Chart::Donut,
            (12, 15),
            show().count("Events").by("event.dataset", 10, "Dataset"),
        )
        .panel(
            "error-types",
            "Most frequent types of error",
            Chart::Table,
            (24, 15),
            show().count("Errors").newest().by("error.type", 6, "Type").by(LOG_GROUP, 2, "Log group"),
        )
        .panel(
            "newest-errors",
            "Log groups with the newest errors",
            Chart::Table,
            (24, 15),
            show().count("Errors").newest().ordered_by(LOG_GROUP, 10, "Log group", 1).of(&errors),
        )
        .panel(
            "set-aside-by-reason",
            "Events with values of another type than their fields, or set aside",
            Chart::Table,
            (48, 11),
            show()
                .count("Events")
                .newest()
                .by("event.dataset", 5, "Dataset")
                .by(LOG_GROUP, 5, "Log group")
                .of(SET_ASIDE),
        )
        .build()
}

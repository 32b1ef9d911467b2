//! Every key of a rules file. docs/alarms.md or docs/streams.md has a row for each; a test checks it.

/// The file.
pub(crate) const FILE: &[&str] = &["version", "streams", "library", "defaults", "alarms"];

/// What `defaults` may hold, and an entry of `library` beside the names it is for.
pub(crate) const DEFAULTS: &[&str] = &[
    "severity",
    "runbook",
    "where",
    "max_groups",
    "evaluation_delay",
    "allowed_lateness",
    "publish_metric",
    "notification",
];

/// An entry of `library` that is more than a name.
pub(crate) const LIBRARY_ENTRY: &[&str] = &[
    "alarms",
    "severity",
    "runbook",
    "where",
    "max_groups",
    "evaluation_delay",
    "allowed_lateness",
    "publish_metric",
    "notification",
];

/// What every alarm may hold.
pub(crate) const ALARM: &[&str] = &[
    "name",
    "description",
    "severity",
    "runbook",
    "kind",
    "where",
    "pattern",
    "patterns",
    "period",
    "group_by",
    "max_groups",
    "evaluation_delay",
    "allowed_lateness",
    "publish_metric",
    "notification",
];

/// What an alarm of a kind may hold beside.
pub(crate) const KINDS: [(&str, &[&str]); 5] = [
    (
        "threshold",
        &[
            "measure",
            "value",
            "comparison",
            "threshold",
            "evaluation_periods",
            "datapoints_to_alarm",
            "treat_missing_data",
        ],
    ),
    ("flatline", &["threshold", "evaluation_periods", "datapoints_to_alarm"]),
    (
        "spike",
        &[
            "comparison",
            "threshold",
            "reference_periods",
            "minimum_reference",
            "evaluation_periods",
            "datapoints_to_alarm",
            "treat_missing_data",
        ],
    ),
    ("new_value", &["remember", "learn"]),
    ("change", &["value", "remember"]),
];

/// What a stream rule may hold.
pub(crate) const STREAM: &[&str] = &[
    "name",
    "where",
    "pattern",
    "patterns",
    "keep",
    "drop",
    "sample",
    "redact",
    "redact_with",
    "fields",
    "dataset",
    "index",
    "prefix",
];

/// `where`.
pub(crate) const WHERE: &[&str] = &["log_groups", "accounts", "datasets"];

/// `notification`.
pub(crate) const NOTIFICATION: &[&str] = &["topic", "on", "renotify", "quiet_hours", "sample_lines", "redact"];

/// `quiet_hours`.
pub(crate) const QUIET_HOURS: &[&str] = &["from", "to", "utc_offset"];

/// What people write who know the names of `CloudWatch`, `CloudFormation`, Terraform or other tools, and what it is here.
pub(crate) const OTHER_NAMES: &[(&str, &str)] = &[
    ("alarm_name", "name"),
    ("id", "name"),
    ("alarm_description", "description"),
    ("comparison_operator", "comparison"),
    ("operator", "comparison"),
    ("statistic", "measure"),
    ("extended_statistic", "measure"),
    ("metric", "measure"),
    ("metric_value", "value"),
    ("filter_pattern", "pattern"),
    ("filter", "pattern"),
    ("log_group", "log_groups"),
    ("log_group_name", "log_groups"),
    ("log_group_names", "log_groups"),
    ("account", "accounts"),
    ("owner", "accounts"),
    ("dataset", "datasets"),
    ("scope", "where"),
    ("dimensions", "group_by"),
    ("missing_data", "treat_missing_data"),
    ("notifications", "notification"),
    ("notify", "notification"),
    ("alarm_actions", "notification"),
    ("sns_topic", "topic"),
    ("type", "kind"),
    ("window", "period"),
    ("redaction", "redact"),
    ("rules", "alarms"),
    ("stream", "streams"),
    ("exclude", "drop"),
    ("include", "keep"),
    ("mask", "redact"),
    ("rate", "sample"),
    ("add_fields", "fields"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rules;
    use crate::library;

    const PAGE: &str = include_str!("../../../docs/alarms.md");
    const STREAMS: &str = include_str!("../../../docs/streams.md");

    #[test]
    fn every_key_is_described() {
        let of_kinds = KINDS.iter().flat_map(|(kind, keys)| std::iter::once(kind).chain(keys.iter()));
        let all = [FILE, DEFAULTS, LIBRARY_ENTRY, ALARM, WHERE, NOTIFICATION, QUIET_HOURS];
        for name in all.into_iter().flatten().chain(of_kinds) {
            assert!(PAGE.contains(&format!("`{name}`")), "docs/alarms.md lacks `{name}`");
        }
        for kind in KINDS {
            assert!(PAGE.contains(&format!("### `kind: {}`", kind.0)), "{}", kind.0);
        }
        for name in STREAM.iter().chain(WHERE).chain(&crate::redaction::kinds()) {
            assert!(
                STREAMS.contains(&format!("| `{name}")) || STREAMS.contains(&format!(", `{name}`")),
                "docs/streams.md lacks `{name}`"
            );
        }
        for ready in library::all() {
            let short = ready.name.trim_start_matches("cloudtrail-");
            assert!(PAGE.contains(short) || short.starts_with("expensive-"), "docs/alarms.md lacks {}", ready.name);
        }
    }

    #[test]
    fn every_example_is_a_rules_file_without_a_warning() {
        let of_page = |page: &'static str| {
            let blocks = page.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next());
            blocks.filter(|example| example.contains("version:")).collect::<Vec<&str>>()
        };
        let (alarms, streams) = (of_page(PAGE), of_page(STREAMS));
        assert!(alarms.len() >= 8 && streams.len() >= 4, "{} {}", alarms.len(), streams.len());
        for example in alarms.into_iter().chain(streams) {
            let checked = Rules::parse(example).unwrap_or_else(|problems| panic!("{example}\n{problems}"));
            assert_eq!(checked.warnings, [], "{example}");
        }
    }
}

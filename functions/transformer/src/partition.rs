//! Firehose's partition keys.

use logweir_subscription::DataMessage;
use serde::Serialize;

/// Milliseconds.
const HOUR: i64 = 3_600_000;

/// Firehose's partition keys of a record, from its first event: it has one set of them.
#[derive(Debug, Serialize)]
struct PartitionKeys {
    year: String,
    month: String,
    day: String,
    hour: String,
    owner: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    log_group: Option<String>,
}

/// The hour in which an event happened, since 1970.
pub(crate) fn hour(timestamp: i64) -> i64 {
    timestamp.div_euclid(HOUR)
}

/// The keys for `data`, as JSON.
pub(crate) fn keys(data: &DataMessage<'_>, by_log_group: bool) -> Vec<u8> {
    let first = data.log_events.first().map_or(0, |event| event.timestamp);
    let time = jiff::Timestamp::from_millisecond(first).unwrap_or_default().to_zoned(jiff::tz::TimeZone::UTC);
    // Firehose refuses empty partition keys.
    let name = |name: &str| {
        let mut encoded = String::new();
        logweir_archive::encode_segments(name, &mut encoded);
        if encoded.is_empty() { "-".to_owned() } else { encoded }
    };
    let log_group = data.source_log_group().decode();
    let keys = PartitionKeys {
        year: format!("{:04}", time.year()),
        month: format!("{:02}", time.month()),
        day: format!("{:02}", time.day()),
        hour: format!("{:02}", time.hour()),
        owner: name(&data.account().decode()),
        log_group: by_log_group.then(|| name(log_group.strip_prefix('/').unwrap_or(&log_group))),
    };
    // A struct of strings always serializes.
    serde_json::to_vec(&keys).unwrap_or_default()
}

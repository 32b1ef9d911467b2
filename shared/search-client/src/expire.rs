//! Indices that are old enough to go, by the day in their names.

mod effects;

use jiff::Span;
use jiff::civil::Date;
use logweir_log_formats::Dataset;
use serde::{Deserialize, Deserializer};

pub use effects::{ExpireOptions, expire};

/// An index that is old enough to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expired {
    /// Its name.
    pub index: String,
    /// The day of its events.
    pub day: Date,
    /// How many documents are in it.
    pub documents: u64,
    /// What they take, in bytes.
    pub bytes: u64,
}

/// An index as the server lists it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Listed {
    pub(crate) index: String,
    #[serde(rename = "docs.count", deserialize_with = "number", default)]
    pub(crate) documents: u64,
    #[serde(rename = "store.size", deserialize_with = "number", default)]
    pub(crate) bytes: u64,
}

/// The indices of `prefix` whose whole day is more than `days` days before `today`, the oldest first.
///
/// Only a name of exactly `{prefix}-{dataset}-YYYY.MM.DD` tells a day, or with what a rule says between dataset and day: anything else
/// stays.
///
/// ```
/// use logweir_search_client::expired;
///
/// let today = "2026-11-21".parse()?;
/// let listing = br#"[{"index":"cwl-app-2026.10.21","docs.count":"3","store.size":"5000"},{"index":"cwl-app-2026.10.22"}]"#;
/// let expired = expired("cwl", 30, today, listing)?;
/// assert_eq!(expired.len(), 1);
/// assert_eq!(expired[0].index, "cwl-app-2026.10.21");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn expired(prefix: &str, days: u32, today: Date, listing: &[u8]) -> Result<Vec<Expired>, serde_json::Error> {
    let listed: Vec<Listed> = serde_json::from_slice(listing)?;
    let Ok(oldest_kept) = Span::new().try_days(days).and_then(|days| today.checked_sub(days)) else {
        return Ok(Vec::new());
    };
    let old = listed.into_iter().filter_map(|Listed { index, documents, bytes }| {
        let day = day_of(prefix, &index).filter(|day| *day < oldest_kept)?;
        Some(Expired { index, day, documents, bytes })
    });
    let mut old: Vec<_> = old.collect();
    old.sort_by(|one, other| (one.day, &one.index).cmp(&(other.day, &other.index)));
    Ok(old)
}

/// The day in the name of an index, if it is one of ours.
fn day_of(prefix: &str, index: &str) -> Option<Date> {
    let (name, day) = index.strip_prefix(prefix)?.strip_prefix('-')?.rsplit_once('-')?;
    let is_dataset = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let is_of_rule = || name.split_once('-').is_some_and(|(dataset, _)| dataset.parse::<Dataset>().is_ok());
    if !is_dataset && !is_of_rule() {
        return None;
    }
    let [year, month, day] = *day.split('.').collect::<Vec<_>>().as_slice() else { return None };
    let part = |text: &str, length: usize| {
        (text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse::<i16>().ok())?
    };
    let (year, month, day) = (part(year, 4)?, part(month, 2)?, part(day, 2)?);
    Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok()
}

/// Servers list numbers as texts; those of an index that is closed are `null`.
fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let text: Option<String> = Option::deserialize(deserializer)?;
    Ok(text.and_then(|text| text.parse().ok()).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(days: u32, today: &str, indices: &[&str]) -> Vec<String> {
        let listing: Vec<_> = indices.iter().map(|index| serde_json::json!({ "index": index })).collect();
        let listing = serde_json::to_vec(&listing).unwrap();
        let expired = expired("cwl", days, today.parse().unwrap(), &listing).unwrap();
        expired.into_iter().map(|expired| expired.index).collect()
    }

    #[test]
    fn the_whole_day_must_be_older() {
        let indices = ["cwl-app-2026.01.01", "cwl-waf-2025.12.31", "cwl-app-2025.12.31", "cwl-app-2026.01.31"];
        assert_eq!(names(30, "2026-01-31", &indices), ["cwl-app-2025.12.31", "cwl-waf-2025.12.31"]);
        assert_eq!(names(29, "2026-01-31", &indices).len(), 3);
        assert_eq!(names(1, "2026-02-01", &indices).len(), 3);
        assert!(names(u32::MAX, "2026-01-31", &indices).is_empty());
    }

    #[test]
    fn only_names_of_ours_tell_a_day() {
        let others = [
            "cwl-app",
            "cwl-app-2020.01",
            "cwl-app-2020.1.1",
            "cwl-app-2020.13.01",
            "cwl-app-2020.02.30",
            "cwl-app-2020.01.01-reindexed",
            "cwl-my-app-2020.01.01",
            "cwl--2020.01.01",
            "cwl-App-2020.01.01",
            "cwl-2020.01.01",
            "cwl-app-+020.01.01",
            "cwlx-app-2020.01.01",
            "xcwl-app-2020.01.01",
            "cwl-app-*",
            "restored-cwl-app-2020.01.01",
        ];
        assert!(names(1, "2026-01-31", &others).is_empty());
        let ours = ["cwl-route53resolver-2020.01.01", "cwl-app-team_a-pay-2020.01.01"];
        assert_eq!(names(1, "2026-01-31", &ours).len(), 2);
    }

    #[test]
    fn numbers_come_as_texts_or_not_at_all() {
        let listing = br#"[{"index":"cwl-app-2020.01.01","docs.count":"12","store.size":null},{"index":"cwl-app-2020.01.02","docs.count":null}]"#;
        let expired = expired("cwl", 1, "2026-01-31".parse().unwrap(), listing).unwrap();
        assert_eq!((expired[0].documents, expired[0].bytes, expired[1].documents), (12, 0, 0));
    }
}

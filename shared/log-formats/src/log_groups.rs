//! What a user says of log groups: what they hold, and in which formats.

use std::str::FromStr;

use crate::dataset::{Dataset, Hints, UnknownDataset};
use crate::vpc_flow::Formats;

/// Longest name of an index behind the dataset.
const MAX_INDEX: usize = 64;

/// Which log groups hold what: patterns with `*`, of which the first that fits counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogGroupDatasets(Vec<(String, Held)>);

/// What log groups hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// What their lines are.
    pub dataset: Dataset,
    /// What stands in names of indices behind the dataset, so that these log groups share theirs with no other.
    pub index: Option<String>,
}

/// Why a text is no list of log groups and datasets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDatasets {
    /// A piece has no `=`.
    #[error("{0:?} has no =: write log-group-pattern=dataset, with commas between several")]
    NoDataset(String),
    /// A piece names no dataset.
    #[error("{0:?}: {UnknownDataset}")]
    Unknown(String),
    /// A piece has behind its dataset what no index can have in its name.
    #[error(
        "{0:?}: behind / stands what indices have in their names: 1 to 64 of a to z, digits and -, a letter or digit first"
    )]
    Index(String),
}

impl LogGroupDatasets {
    /// What a log group holds.
    pub fn get(&self, log_group: &str) -> Option<&Held> {
        self.0.iter().find(|(pattern, _)| fits(pattern, log_group)).map(|(_, held)| held)
    }
}

impl FromStr for LogGroupDatasets {
    type Err = InvalidDatasets;

    fn from_str(text: &str) -> Result<Self, InvalidDatasets> {
        let pieces = text.split(',').map(str::trim).filter(|piece| !piece.is_empty());
        let read = |piece: &str| {
            let (pattern, held) = piece.rsplit_once('=').ok_or_else(|| InvalidDatasets::NoDataset(piece.to_owned()))?;
            let (name, index) = held.split_once('/').map_or((held, None), |(name, index)| (name, Some(index.trim())));
            let dataset = name.trim().parse().map_err(|UnknownDataset| InvalidDatasets::Unknown(piece.to_owned()))?;
            if !index.is_none_or(is_index) {
                return Err(InvalidDatasets::Index(piece.to_owned()));
            }
            Ok((pattern.trim().to_owned(), Held { dataset, index: index.map(str::to_owned) }))
        };
        pieces.map(read).collect::<Result<_, _>>().map(Self)
    }
}

/// Whether an index may have it in its name.
fn is_index(text: &str) -> bool {
    let is_one = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=MAX_INDEX).contains(&text.len()) && text.bytes().all(is_one) && !text.starts_with('-')
}

/// All that a user says of log groups. All functions read it from the same settings, so that none takes a line for another than
/// the others do. The default is nothing.
///
/// ```
/// use logweir_log_formats::{Dataset, LogGroups};
///
/// let log_groups = LogGroups { datasets: "/vpc/*=vpcflow,/shop/pay=app/pay".parse()?, ..LogGroups::default() };
/// assert_eq!(log_groups.hints("/vpc/prod").dataset, Some(Dataset::VpcFlow));
/// assert_eq!(log_groups.index("/shop/pay"), Some("pay"));
/// # Ok::<(), logweir_log_formats::InvalidDatasets>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogGroups {
    /// Which log groups hold what.
    pub datasets: LogGroupDatasets,
    /// The formats that VPC Flow Logs were created with, where they are not known without.
    pub vpc_flow: Formats,
}

impl LogGroups {
    /// What is known of a log group before its lines are read.
    pub fn hints(&self, log_group: &str) -> Hints {
        Hints { dataset: self.dataset(log_group), vpc_flow: self.vpc_flow.of_log_group(log_group) }
    }

    /// What a log group holds, if its settings or its name say so.
    pub fn dataset(&self, log_group: &str) -> Option<Dataset> {
        self.datasets.get(log_group).map(|held| held.dataset).or_else(|| Dataset::of_log_group(log_group))
    }

    /// What stands in names of its indices behind the dataset.
    pub fn index(&self, log_group: &str) -> Option<&str> {
        self.datasets.get(log_group)?.index.as_deref()
    }
}

/// Whether a text fits a pattern in which `*` is anything.
pub(crate) fn fits(pattern: &str, text: &str) -> bool {
    let mut pieces = pattern.split('*');
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let Some(last) = pieces.next_back() else { return rest.is_empty() };
    for piece in pieces {
        let Some(at) = rest.find(piece) else { return false };
        rest = &rest[at + piece.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_groups_and_datasets() {
        let datasets = "/vpc/*=vpcflow, *trail* = cloudtrail,/a=b=app/pay-2,".parse().expect("valid");
        let log_groups = LogGroups { datasets, ..LogGroups::default() };
        for (log_group, dataset, index) in [
            ("/vpc/prod", Some(Dataset::VpcFlow), None),
            ("org-trail-logs", Some(Dataset::CloudTrail), None),
            ("/a=b", Some(Dataset::App), Some("pay-2")),
            ("/a=bc", None, None),
            ("/vpc", None, None),
            ("/aws/lambda/x", Some(Dataset::Lambda), None),
        ] {
            assert_eq!((log_groups.dataset(log_group), log_groups.index(log_group)), (dataset, index), "{log_group}");
        }
        assert!(fits("*", "") && fits("a*b*c", "a-b-b-c") && !fits("a*b*c", "acb") && !fits("aa*aa", "aaa"));
    }

    #[test]
    fn each_wrong_piece_is_named() {
        let long = format!("x=app/{}", "a".repeat(MAX_INDEX + 1));
        for (text, expected) in [
            ("x", InvalidDatasets::NoDataset("x".to_owned())),
            ("a=app,x=vpc", InvalidDatasets::Unknown("x=vpc".to_owned())),
            ("x=/pay", InvalidDatasets::Unknown("x=/pay".to_owned())),
            ("x=app/", InvalidDatasets::Index("x=app/".to_owned())),
            ("x=app/-a", InvalidDatasets::Index("x=app/-a".to_owned())),
            ("x=app/Pay", InvalidDatasets::Index("x=app/Pay".to_owned())),
            ("x=app/a_b", InvalidDatasets::Index("x=app/a_b".to_owned())),
            (&long, InvalidDatasets::Index(long.clone())),
        ] {
            assert_eq!(text.parse::<LogGroupDatasets>(), Err(expected), "{text}");
        }
    }
}

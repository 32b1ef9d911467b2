//! What a user says about documents and indices.

use std::fmt;
use std::str::FromStr;

use logweir_log_formats::vpc_flow::Format;
use logweir_log_formats::{Dataset, Hints, UnknownDataset};

/// The first part of the names of indices: lower case, as servers want names
/// (<https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-indices-create>).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexPrefix(String);

/// Why a text is no prefix of indices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an index prefix has 1 to 64 of a-z, 0-9, - and _, and begins with a letter or a digit")]
pub struct InvalidPrefix;

impl IndexPrefix {
    /// The prefix.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for IndexPrefix {
    fn default() -> Self {
        Self("cwl".to_owned())
    }
}

impl FromStr for IndexPrefix {
    type Err = InvalidPrefix;

    fn from_str(text: &str) -> Result<Self, InvalidPrefix> {
        let is_usual = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
        let begins = text.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        let is_prefix = begins && text.len() <= 64 && text.bytes().all(is_usual);
        if is_prefix { Ok(Self(text.to_owned())) } else { Err(InvalidPrefix) }
    }
}

impl fmt::Display for IndexPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which ids documents get.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DocumentIds {
    /// The event's, so that an event that comes twice is there once.
    #[default]
    Event,
    /// The server's own, for time-series collections of `OpenSearch` Serverless, which take no others: an event that comes
    /// twice is there twice.
    Server,
}

/// Which log groups hold what: patterns with `*`, of which the first that fits counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogGroupDatasets(Vec<(String, Dataset)>);

/// Why a text is no list of log groups and datasets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDatasets {
    /// A piece has no `=`.
    #[error("{0:?} has no =: write log-group-pattern=dataset, with commas between several")]
    NoDataset(String),
    /// A piece names no dataset.
    #[error("{0:?}: {UnknownDataset}")]
    Unknown(String),
}

impl LogGroupDatasets {
    /// What a log group holds.
    pub fn get(&self, log_group: &str) -> Option<Dataset> {
        self.0.iter().find(|(pattern, _)| fits(pattern, log_group)).map(|(_, dataset)| *dataset)
    }
}

impl FromStr for LogGroupDatasets {
    type Err = InvalidDatasets;

    fn from_str(text: &str) -> Result<Self, InvalidDatasets> {
        let pieces = text.split(',').map(str::trim).filter(|piece| !piece.is_empty());
        let read = |piece: &str| {
            let (pattern, name) = piece.rsplit_once('=').ok_or_else(|| InvalidDatasets::NoDataset(piece.to_owned()))?;
            let dataset = name.trim().parse().map_err(|UnknownDataset| InvalidDatasets::Unknown(piece.to_owned()))?;
            Ok((pattern.trim().to_owned(), dataset))
        };
        pieces.map(read).collect::<Result<_, _>>().map(Self)
    }
}

/// Whether a text fits a pattern in which `*` is anything.
fn fits(pattern: &str, text: &str) -> bool {
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

/// All that a user says about documents and indices. The default is what a newcomer gets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// The first part of the names of indices.
    pub prefix: IndexPrefix,
    /// Which ids documents get.
    pub ids: DocumentIds,
    /// Which log groups hold what.
    pub datasets: LogGroupDatasets,
    /// The format that VPC Flow Logs were created with, if it is neither the default nor in their first line.
    pub vpc_flow: Option<Format>,
}

impl Settings {
    /// What is known of a log group.
    pub(crate) fn hints(&self, log_group: &str) -> Hints {
        Hints {
            dataset: self.datasets.get(log_group).or_else(|| Dataset::of_log_group(log_group)),
            vpc_flow: self.vpc_flow.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes() {
        for (text, is_prefix) in [
            ("cwl", true),
            ("my-logs_2", true),
            ("", false),
            ("-a", false),
            ("Logs", false),
            ("a*", false),
            ("a/b", false),
        ] {
            assert_eq!(text.parse::<IndexPrefix>().is_ok(), is_prefix, "{text}");
        }
    }

    #[test]
    fn log_groups_and_datasets() {
        let datasets: LogGroupDatasets = "/vpc/*=vpcflow, *trail* = cloudtrail,/a=b=app,".parse().expect("valid");
        for (log_group, dataset) in [
            ("/vpc/prod", Some(Dataset::VpcFlow)),
            ("org-trail-logs", Some(Dataset::CloudTrail)),
            ("/a=b", Some(Dataset::App)),
            ("/a=bc", None),
            ("/vpc", None),
        ] {
            assert_eq!(datasets.get(log_group), dataset, "{log_group}");
        }
        assert!(fits("*", "") && fits("a*b*c", "a-b-b-c") && !fits("a*b*c", "acb") && !fits("aa*aa", "aaa"));
        assert!("x".parse::<LogGroupDatasets>().is_err() && "x=vpc".parse::<LogGroupDatasets>().is_err());
    }
}

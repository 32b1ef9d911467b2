//! What a user says about documents and indices.

use std::fmt;
use std::str::FromStr;

use logweir_log_formats::{Dataset, LogGroups};

/// The first part of the names of indices: lower case, as servers want names
/// (<https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-indices-create>).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexPrefix(String);

/// Why a text is no prefix of indices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPrefix {
    /// It is no part of a name.
    #[error("an index prefix has 1 to 64 of a-z, 0-9, - and _, and begins with a letter or a digit")]
    Form,
    /// Its indices could be those of a shorter prefix: `shop-app-…` are the applications of `shop`, whose templates, retention and
    /// `expire` are for them too.
    #[error(
        "an index prefix may not end in -{0}: {0} is a dataset, and its indices could be those of the prefix before it"
    )]
    Dataset(Dataset),
}

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
        if !begins || text.len() > 64 || !text.bytes().all(is_usual) {
            return Err(InvalidPrefix::Form);
        }
        let last = text.rsplit_once('-').and_then(|(_, last)| last.parse::<Dataset>().ok());
        last.map_or_else(|| Ok(Self(text.to_owned())), |dataset| Err(InvalidPrefix::Dataset(dataset)))
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

/// All that a user says about documents and indices. The default is what a newcomer gets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// The first part of the names of indices.
    pub prefix: IndexPrefix,
    /// Which ids documents get.
    pub ids: DocumentIds,
    /// What log groups hold, and in which formats.
    pub log_groups: LogGroups,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes() {
        for (text, is_prefix) in [
            ("cwl", true),
            ("my-logs_2", true),
            ("app", true),
            ("shop-apps", true),
            ("shop-app", false),
            ("a-shop-vpcflow", false),
            ("", false),
            ("-a", false),
            ("Logs", false),
            ("a*", false),
            ("a/b", false),
        ] {
            assert_eq!(text.parse::<IndexPrefix>().is_ok(), is_prefix, "{text}");
        }
    }
}

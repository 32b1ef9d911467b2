//! The custom formats of flow logs, for all log groups or some.

use std::str::FromStr;

use super::{Format, FormatError};
use crate::log_groups::fits;

/// Custom formats: `${version} ${srcaddr} …` for all log groups, `pattern=format` for those that a pattern with `*` fits; `;` between
/// several. All formats of a log group are tried in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Formats(Vec<(String, Format)>);

/// Why a text is no list of formats.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidFormats {
    /// A piece has no log groups before its `=`.
    #[error("{0:?} names no log group before =: write log-group-pattern=format, with ; between several")]
    NoLogGroup(String),
    /// A piece has no format.
    #[error("{format:?}: {error}")]
    Format {
        /// The piece.
        format: String,
        /// What is wrong with it.
        error: FormatError,
    },
}

impl Formats {
    /// The formats that flow logs of a log group may have been created with.
    pub fn of_log_group(&self, log_group: &str) -> Vec<Format> {
        self.0.iter().filter(|(pattern, _)| fits(pattern, log_group)).map(|(_, format)| format.clone()).collect()
    }
}

impl FromStr for Formats {
    type Err = InvalidFormats;

    fn from_str(text: &str) -> Result<Self, InvalidFormats> {
        let pieces = text.split(';').map(str::trim).filter(|piece| !piece.is_empty());
        let read = |piece: &str| {
            // No format has an = in it.
            let (pattern, format) = piece.split_once('=').unwrap_or(("*", piece));
            if pattern.trim().is_empty() {
                return Err(InvalidFormats::NoLogGroup(piece.to_owned()));
            }
            let format = format.parse().map_err(|error| InvalidFormats::Format { format: piece.to_owned(), error })?;
            Ok((pattern.trim().to_owned(), format))
        };
        pieces.map(read).collect::<Result<_, _>>().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_by_log_group() {
        let text = "${srcaddr} ${bytes}; /vpc/a* = ${version} ${dstaddr};/vpc/*=version srcaddr;";
        let formats: Formats = text.parse().expect("formats");
        for (log_group, expected) in [
            ("/flows", &["${srcaddr} ${bytes}"][..]),
            ("/vpc/b", &["${srcaddr} ${bytes}", "${version} ${srcaddr}"]),
            ("/vpc/a1", &["${srcaddr} ${bytes}", "${version} ${dstaddr}", "${version} ${srcaddr}"]),
        ] {
            let found: Vec<_> = formats.of_log_group(log_group).iter().map(ToString::to_string).collect();
            assert_eq!(found, expected, "{log_group}");
        }
        assert_eq!("".parse(), Ok(Formats::default()));
    }

    #[test]
    fn each_wrong_piece_is_named() {
        for (text, expected) in [
            ("a;/vpc/a=${", "\"/vpc/a=${\": field 1 of the flow log's format is no name"),
            ("/vpc/a=", "\"/vpc/a=\": the format of a flow log is empty"),
            ("=${srcaddr}", "\"=${srcaddr}\" names no log group before ="),
            ("Wrong", "\"Wrong\": field 1"),
        ] {
            let error = text.parse::<Formats>().expect_err(text).to_string();
            assert!(error.starts_with(expected), "{error}");
        }
    }
}

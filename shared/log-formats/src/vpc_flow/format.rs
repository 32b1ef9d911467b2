//! Which fields the lines of a flow log have, and in which order.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use super::{Field, known};

/// Fewest names that make a line a header.
const MIN_HEADER: usize = 3;

/// A column of a flow log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Column {
    /// A field that is documented.
    Known(Field),
    /// One that AWS brought since, or that somebody made up: its values are words.
    Other(String),
}

impl Column {
    pub(super) fn of_name(name: &str) -> Self {
        Field::of_name(name).map_or_else(|| Self::Other(name.to_owned()), Self::Known)
    }

    /// The name, as it stands in the format.
    pub fn name(&self) -> &str {
        match self {
            Self::Known(field) => field.name(),
            Self::Other(name) => name,
        }
    }

    /// The field, if it is documented.
    pub fn field(&self) -> Option<Field> {
        match self {
            Self::Known(field) => Some(*field),
            Self::Other(_) => None,
        }
    }

    /// Whether a value can stand in this column.
    pub(super) fn accepts(&self, value: &str) -> bool {
        value == "-"
            || match self {
                Self::Known(field) => field.accepts(value),
                Self::Other(_) => !value.is_empty(),
            }
    }
}

/// The columns of a flow log: `${version} ${vpc-id} …` as it is configured, or `version vpc-id …` as a header has it. A clone shares
/// them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Format {
    columns: Arc<[Column]>,
}

/// Why a text is no format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// No name at all.
    #[error("the format of a flow log is empty: write it as the flow log has it, like ${{version}} ${{srcaddr}}")]
    Empty,
    /// A piece that is neither `${name}` nor `name`.
    #[error("field {number} of the flow log's format is no name: write it as the flow log has it, like ${{srcaddr}}")]
    NotAName {
        /// Which piece, from 1.
        number: usize,
    },
}

impl Format {
    pub(super) fn new(columns: Vec<Column>) -> Self {
        Self { columns: columns.into() }
    }

    /// The columns in order; one at least.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The format of lines that begin with a version and hold all fields up to it in the order of AWS's table: for 2 the
    /// default format of a VPC, for 6 that of a transit gateway.
    pub fn of_version(version: u8) -> Option<&'static Self> {
        known::of_version(version)
    }

    /// The format that a header announces: names of documented fields alone, separated by single spaces, of which one is no
    /// English word.
    pub fn of_header(line: &str) -> Option<Self> {
        // Almost every line ends here.
        if !line.starts_with(|first: char| first.is_ascii_lowercase()) {
            return None;
        }
        let names = line.trim_end_matches(['\n', '\r']).split(' ');
        let columns: Option<Vec<_>> = names.map(|name| Field::of_name(name).map(Column::Known)).collect();
        let columns = columns.filter(|columns| columns.len() >= MIN_HEADER)?;
        let is_word = |column: &Column| !column.name().contains('-') && !column.name().ends_with("addr");
        (!columns.iter().all(is_word)).then(|| Self::new(columns))
    }
}

impl FromStr for Format {
    type Err = FormatError;

    fn from_str(text: &str) -> Result<Self, FormatError> {
        let mut columns = Vec::new();
        for piece in text.split_ascii_whitespace() {
            let name = piece.strip_prefix("${").and_then(|piece| piece.strip_suffix('}')).unwrap_or(piece);
            let is_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            if name.is_empty()
                || !name.bytes().all(is_name)
                || !name.starts_with(|first: char| first.is_ascii_lowercase())
            {
                return Err(FormatError::NotAName { number: columns.len() + 1 });
            }
            columns.push(Column::of_name(name));
        }
        if columns.is_empty() { Err(FormatError::Empty) } else { Ok(Self::new(columns)) }
    }
}

/// As it is configured: `${version} ${account-id} …`.
impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, column) in self.columns.iter().enumerate() {
            let space = if index > 0 { " " } else { "" };
            write!(f, "{space}${{{}}}", column.name())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_read_and_written() {
        let text = "${version} ${srcaddr} ${brand-new-field}";
        let format: Format = text.parse().expect("a format");
        assert_eq!(format.to_string(), text);
        assert_eq!("version srcaddr\tbrand-new-field".parse(), Ok(format));
        assert_eq!("  ".parse::<Format>(), Err(FormatError::Empty));
        for text in [
            "version ${",
            "version $srcaddr",
            "version ${src addr}",
            "version SrcAddr",
            "version {srcaddr}",
            "version 2",
        ] {
            assert_eq!(text.parse::<Format>(), Err(FormatError::NotAName { number: 2 }), "{text}");
        }
    }

    #[test]
    fn headers_are_told_from_prose() {
        let header = Format::of_header("version account-id interface-id\n").expect("a header");
        assert_eq!(header.to_string(), "${version} ${account-id} ${interface-id}");
        for line in [
            "start action end",
            "version account-id",
            "version account-id interface",
            "",
            "version  account-id srcaddr",
        ] {
            assert_eq!(Format::of_header(line), None, "{line}");
        }
    }

    #[test]
    fn each_version_adds_fields() {
        let counts = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
            .map(|version| Format::of_version(version).map_or(0, |format| format.columns.len()));
        assert_eq!(counts, [14, 21, 25, 29, 36, 39, 40, 41, 42, 54]);
        for version in 2..=11 {
            let format = Format::of_version(version).expect("a version");
            assert_eq!(format.to_string().parse().as_ref(), Ok(format));
            assert!(format.columns.iter().all(|column| column.field().is_some_and(|field| field.version() <= version)));
        }
    }
}

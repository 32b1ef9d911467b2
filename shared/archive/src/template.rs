//! The key template: which folders objects go to.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::segment::{encode_flat, encode_segments};

/// The template that is used unless another is configured: an object an hour and owner.
pub const DEFAULT_TEMPLATE: &str = "{prefix}/{yyyy}/{MM}/{dd}/{HH}/{owner}/{first_timestamp}-{digest}.ndjson.gz";

/// Stands for a name that has no characters.
pub(crate) const EMPTY_NAME: &str = "%";

/// A part of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    Literal(String),
    /// The prefix with the slash behind it, if the template has one there.
    Prefix {
        text: String,
        slash: bool,
    },
    Year,
    Month,
    Day,
    Hour,
    Owner,
    LogGroup,
    LogStream,
    FirstTimestamp,
    Digest,
}

/// A checked key template.
///
/// ```
/// use logweir_archive::KeyTemplate;
///
/// assert!(KeyTemplate::new("{prefix}/{yyyy}/{log_group}/{digest}.ndjson.gz", "logs").is_ok());
/// let error = KeyTemplate::new("{prefix}/{year}/{digest}", "logs").unwrap_err();
/// assert!(error.to_string().starts_with("unknown field {year}"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyTemplate {
    pub(crate) parts: Vec<Part>,
}

/// Why a template or its prefix is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// A brace is not closed.
    #[error("the brace at byte {0} is not closed")]
    Unclosed(usize),
    /// A name in braces is no field.
    #[error(
        "unknown field {{{0}}}: the fields are prefix, yyyy, MM, dd, HH, owner, log_group, log_stream, \
         first_timestamp and digest"
    )]
    UnknownField(String),
    /// Without the digest two objects would have one key.
    #[error("the template must hold {{digest}} exactly once: it is what makes a key one object's own")]
    Digest,
    /// Two fields without anything between them, or two names in one folder, could not be told apart again.
    #[error("{{{0}}} cannot be told from the field before it: put a slash between them")]
    Adjacent(String),
    /// A name that stands twice.
    #[error("{{{0}}} stands twice")]
    Repeated(String),
    /// A character that is not safe in a key, or an odd folder.
    #[error(
        "{0:?} holds what has no place in a key: use letters, digits and ! - _ . * ' ( ) = with single slashes between"
    )]
    Unsafe(String),
}

impl Part {
    /// What a key has of it whatever the events are.
    fn fixed(&self) -> Option<&str> {
        match self {
            Self::Literal(text) | Self::Prefix { text, .. } => Some(text),
            _ => None,
        }
    }
}

/// A prefix as it stands in keys.
fn with_slash(prefix: &str, slash: bool) -> String {
    let slash = if slash && !prefix.is_empty() { "/" } else { "" };
    format!("{prefix}{slash}")
}

/// A folder within a prefix, as it stands in keys.
fn within(prefix: &str, folder: &str, slash: bool) -> String {
    let between = if slash || prefix.is_empty() { "" } else { "/" };
    format!("{prefix}{between}{}", with_slash(folder, slash))
}

impl KeyTemplate {
    /// Checks `template`; its `{prefix}` is `prefix`, which may be empty.
    pub fn new(template: &str, prefix: &str) -> Result<Self, TemplateError> {
        let prefix = prefix.trim_matches('/');
        let mut parts: Vec<Part> = Vec::new();
        let literal = |text: &str, parts: &mut Vec<Part>| match parts.last_mut() {
            Some(Part::Literal(before)) => before.push_str(text),
            _ if text.is_empty() => {}
            _ => parts.push(Part::Literal(text.to_owned())),
        };
        let mut rest = template;
        while let Some(open) = rest.find('{') {
            literal(&rest[..open], &mut parts);
            let behind = &rest[open + 1..];
            let close = behind.find('}').ok_or(TemplateError::Unclosed(template.len() - rest.len() + open))?;
            let name = &behind[..close];
            rest = &behind[close + 1..];
            let part = match name {
                // An empty prefix takes its slash along.
                "prefix" => {
                    let behind = rest.strip_prefix('/');
                    rest = behind.unwrap_or(rest);
                    let slash = behind.is_some();
                    parts.push(Part::Prefix { text: with_slash(prefix, slash), slash });
                    continue;
                }
                "yyyy" => Part::Year,
                "MM" => Part::Month,
                "dd" => Part::Day,
                "HH" => Part::Hour,
                "owner" => Part::Owner,
                "log_group" => Part::LogGroup,
                "log_stream" => Part::LogStream,
                "first_timestamp" => Part::FirstTimestamp,
                "digest" => Part::Digest,
                _ => return Err(TemplateError::UnknownField(name.to_owned())),
            };
            let is_name = |part: &Part| matches!(part, Part::Owner | Part::LogGroup | Part::LogStream);
            if is_name(&part) && parts.contains(&part) {
                return Err(TemplateError::Repeated(name.to_owned()));
            }
            let same_folder = |part: &Part| !part.fixed().is_some_and(|text| text.contains('/'));
            let folder = parts.iter().rev().take_while(|part| same_folder(part));
            let no_gap = parts.last().is_some_and(|part| part.fixed().is_none());
            if no_gap || is_name(&part) && folder.clone().any(is_name) {
                return Err(TemplateError::Adjacent(name.to_owned()));
            }
            parts.push(part);
        }
        literal(rest, &mut parts);
        let template = Self { parts };
        template.check()?;
        Ok(template)
    }

    fn check(&self) -> Result<(), TemplateError> {
        if self.parts.iter().filter(|part| **part == Part::Digest).count() != 1 {
            return Err(TemplateError::Digest);
        }
        // A field is never empty and never odd, so a letter stands for it.
        let shape: String = self.parts.iter().map(|part| part.fixed().unwrap_or("x")).collect();
        let safe = |byte: u8| byte.is_ascii_alphanumeric() || b"!-_.*'()=/".contains(&byte);
        if !shape.bytes().all(safe) || shape.split('/').any(|segment| matches!(segment, "" | "." | "..")) {
            return Err(TemplateError::Unsafe(shape));
        }
        Ok(())
    }

    /// Renders all but the first timestamp and the digest, which stay `None`: events with equal results share an object. Those
    /// of events that the rules of streams put into a folder lie in it, within the prefix.
    pub(crate) fn render_group(&self, time: DateTime, names: &Names<'_>) -> Vec<Option<String>> {
        let Names { owner, log_group, log_stream, prefix } = names;
        let encoded_name = |encode: fn(&str, &mut String), name: &str| {
            let mut encoded = String::new();
            encode(name, &mut encoded);
            // No name at all: a folder cannot be empty, and no name encodes to a bare percent sign.
            Some(if encoded.is_empty() { EMPTY_NAME.to_owned() } else { encoded })
        };
        let render = |part: &Part| match part {
            Part::Prefix { text, slash } if prefix.is_some() => prefix.map(|folder| within(text, folder, *slash)),
            Part::Literal(text) | Part::Prefix { text, .. } => Some(text.clone()),
            Part::Year => Some(format!("{:04}", time.year())),
            Part::Month => Some(format!("{:02}", time.month())),
            Part::Day => Some(format!("{:02}", time.day())),
            Part::Hour => Some(format!("{:02}", time.hour())),
            Part::Owner => encoded_name(encode_flat, owner),
            Part::LogGroup => encoded_name(encode_segments, log_group.strip_prefix('/').unwrap_or(log_group)),
            Part::LogStream => encoded_name(encode_flat, log_stream),
            Part::FirstTimestamp | Part::Digest => None,
        };
        self.parts.iter().map(render).collect()
    }

    /// Completes a rendered group to a key.
    pub(crate) fn complete(&self, group: &[Option<String>], first_timestamp: i64, digest: &str) -> String {
        let complete = |(part, rendered): (&Part, &Option<String>)| match rendered {
            Some(text) => text.clone(),
            None if *part == Part::Digest => digest.to_owned(),
            None => first_timestamp.to_string(),
        };
        self.parts.iter().zip(group).map(complete).collect()
    }
}

/// Names of which keys are made.
#[derive(Debug)]
pub(crate) struct Names<'n> {
    pub(crate) owner: Cow<'n, str>,
    pub(crate) log_group: Cow<'n, str>,
    pub(crate) log_stream: Cow<'n, str>,
    /// A folder within the template's prefix, of the rules of streams.
    pub(crate) prefix: Option<&'n str>,
}

/// The time in UTC of `timestamp`, milliseconds since 1970. Decoded timestamps lie within the years 1970 to 9999.
pub(crate) fn utc(timestamp: i64) -> DateTime {
    Timestamp::from_millisecond(timestamp).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(TimeZone::UTC).datetime()
}

//! Keys read back: what an object's name says of its content.

use jiff::civil::DateTime;

use crate::segment::decode_segments;
use crate::template::{EMPTY_NAME, KeyTemplate, Part};

/// What a key says; a field that the template does not hold is `None`.
///
/// ```
/// use logweir_archive::{ArchiveKey, DEFAULT_TEMPLATE, KeyTemplate};
///
/// let template = KeyTemplate::new(DEFAULT_TEMPLATE, "logs")?;
/// let key = "logs/2026/11/21/11/123456789012/1795260000123-000102030405060708090a0b0c0d0e0f.ndjson.gz";
/// let parsed = ArchiveKey::parse(&template, key).expect("a key of this template");
/// assert_eq!(parsed.hour, Some(jiff::civil::date(2026, 11, 21).at(11, 0, 0, 0)));
/// assert_eq!(parsed.owner.as_deref(), Some("123456789012"));
/// # Ok::<(), logweir_archive::TemplateError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ArchiveKey {
    /// The hour (or day, month, year, as far as the template says) of the object's events, in UTC.
    pub hour: Option<DateTime>,
    /// Account that owns the log group.
    pub owner: Option<String>,
    /// Name of the log group, without its leading slash.
    pub log_group: Option<String>,
    /// Name of the log stream.
    pub log_stream: Option<String>,
    /// The smallest timestamp in the object, in milliseconds.
    pub first_timestamp: Option<i64>,
    /// The digest of the object's text.
    pub digest: String,
}

impl ArchiveKey {
    /// Reads `key` by the template that it was made with; nothing if it was not.
    pub fn parse(template: &KeyTemplate, key: &str) -> Option<Self> {
        let mut values = Vec::new();
        if !split(&template.parts, key, &mut values) {
            return None;
        }
        let (mut parsed, mut date) = (Self::default(), [None; 4]);
        for (part, value) in values {
            match part {
                Part::Year => date[0] = value.parse().ok(),
                Part::Month => date[1] = value.parse().ok(),
                Part::Day => date[2] = value.parse().ok(),
                Part::Hour => date[3] = value.parse().ok(),
                Part::Owner => parsed.owner = Some(name(value)?),
                Part::LogGroup => parsed.log_group = Some(name(value)?),
                Part::LogStream => parsed.log_stream = Some(name(value)?),
                Part::FirstTimestamp => parsed.first_timestamp = value.parse().ok(),
                Part::Digest => value.clone_into(&mut parsed.digest),
                Part::Literal(_) | Part::Prefix { .. } => {}
            }
        }
        if let [Some(year), month, day, hour] = date {
            let small = |value: Option<i16>, least| value.map_or(Some(least), |value| i8::try_from(value).ok());
            parsed.hour = Some(DateTime::new(year, small(month, 1)?, small(day, 1)?, small(hour, 0)?, 0, 0, 0).ok()?);
        }
        Some(parsed)
    }
}

fn name(value: &str) -> Option<String> {
    if value == EMPTY_NAME { Some(String::new()) } else { decode_segments(value) }
}

/// Splits `key` into the values of `parts`. A name takes as much as it can; only names can leave a choice, and a
/// template holds few.
fn split<'t, 'k>(parts: &'t [Part], key: &'k str, values: &mut Vec<(&'t Part, &'k str)>) -> bool {
    let Some((part, parts)) = parts.split_first() else { return key.is_empty() };
    let digits = |count: usize| key.get(..count).filter(|value| value.bytes().all(|byte| byte.is_ascii_digit()));
    let value = match part {
        Part::Literal(text) | Part::Prefix { text, .. } => key.get(..text.len()).filter(|value| value == text),
        Part::Year => digits(4),
        Part::Month | Part::Day | Part::Hour => digits(2),
        Part::FirstTimestamp => {
            digits(key.bytes().take_while(u8::is_ascii_digit).count()).filter(|value| !value.is_empty())
        }
        Part::Digest => {
            key.get(..crate::object::DIGEST_LENGTH).filter(|value| value.bytes().all(|byte| byte.is_ascii_hexdigit()))
        }
        Part::Owner | Part::LogGroup | Part::LogStream => {
            let folders = *part == Part::LogGroup;
            let most = if folders { key.len() } else { key.find('/').unwrap_or(key.len()) };
            let kept = values.len();
            for length in (1..=most).rev().filter(|length| key.is_char_boundary(*length)) {
                values.truncate(kept);
                values.push((part, &key[..length]));
                if split(parts, &key[length..], values) {
                    return true;
                }
            }
            return false;
        }
    };
    value.is_some_and(|value| {
        values.push((part, value));
        split(parts, &key[value.len()..], values)
    })
}

//! Whose state an event counts for.

use std::fmt;

use logweir_alarms::EventKey;
use logweir_subscription::{DataMessage, LogEvent};
use sha2::{Digest, Sha256};

/// How many characters of a value tell groups apart.
const MAX_VALUE_CHARACTERS: usize = 128;

/// What stands for a value that an event has not.
const NO_VALUE: &str = "-";

/// What may stand in `group_by` beside selectors: where the event came from, before it was centralised where that is known, and
/// where it was copied to. `@region` is known of enriched subscriptions.
pub(crate) const SPECIAL_SELECTORS: [&str; 6] =
    ["@owner", "@log_group", "@log_stream", "@region", "@central_account", "@central_log_group"];

/// The values of `group_by`; none for an alarm without.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Group(Vec<String>);

impl Group {
    /// A group of these values; each is cut to 128 characters.
    pub fn new<'v>(values: impl IntoIterator<Item = Option<&'v str>>) -> Self {
        let cut = |value: Option<&str>| value.unwrap_or(NO_VALUE).chars().take(MAX_VALUE_CHARACTERS).collect();
        Self(values.into_iter().map(cut).collect())
    }

    /// The values, in the order of `group_by`.
    pub fn values(&self) -> &[String] {
        &self.0
    }

    /// The group in one text, the JSON array of its values: `[]` for an alarm without groups.
    pub fn key(&self) -> String {
        self.to_string()
    }
}

/// As of [`Group::key`].
impl fmt::Display for Group {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[")?;
        for (index, value) in self.0.iter().enumerate() {
            formatter.write_str(if index > 0 { ",\"" } else { "\"" })?;
            for character in value.chars() {
                match character {
                    '"' => formatter.write_str("\\\"")?,
                    '\\' => formatter.write_str("\\\\")?,
                    '\0'..='\u{1f}' => write!(formatter, "\\u{:04x}", u32::from(character))?,
                    _ => fmt::Write::write_char(formatter, character)?,
                }
            }
            formatter.write_str("\"")?;
        }
        formatter.write_str("]")
    }
}

/// Where the events of a payload came from.
#[derive(Debug)]
pub(super) struct Origin {
    owner: String,
    log_group: String,
    central: [String; 2],
    log_stream: String,
    /// The digest as far as all events of the payload share it.
    digest: Sha256,
}

impl Origin {
    pub(super) fn new(data: &DataMessage<'_>) -> Self {
        let (owner, log_group) = (data.account().to_string(), data.source_log_group().to_string());
        let log_stream = data.log_stream.to_string();
        let central = [data.owner.to_string(), data.log_group.to_string()];
        let mut digest = Sha256::new();
        for part in [&owner, &log_group, &log_stream] {
            digest.update(part);
            digest.update([0]);
        }
        Self { owner, log_group, central, log_stream, digest }
    }

    /// Which event it is, by owner, log group, log stream and id.
    pub(super) fn key_of(&self, event: &LogEvent<'_>) -> EventKey {
        let mut digest = self.digest.clone();
        digest.update(&*event.id.decode());
        digest.update([0]);
        EventKey(digest.finalize().iter().take(16).fold(0, |key, byte| key << 8 | u128::from(*byte)))
    }

    /// The value of one of [`SPECIAL_SELECTORS`].
    pub(super) fn value(&self, selector: Special, event: &LogEvent<'_>) -> Option<String> {
        match selector {
            Special::Owner => Some(self.owner.clone()),
            Special::LogGroup => Some(self.log_group.clone()),
            Special::LogStream => Some(self.log_stream.clone()),
            Special::CentralAccount => Some(self.central[0].clone()),
            Special::CentralLogGroup => Some(self.central[1].clone()),
            Special::Region => Some(event.extracted_fields?.get("@aws.region")?.to_string()),
        }
    }
}

/// One of [`SPECIAL_SELECTORS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Special {
    Owner,
    LogGroup,
    LogStream,
    Region,
    CentralAccount,
    CentralLogGroup,
}

impl Special {
    pub(super) fn of(selector: &str) -> Option<Self> {
        let all =
            [Self::Owner, Self::LogGroup, Self::LogStream, Self::Region, Self::CentralAccount, Self::CentralLogGroup];
        SPECIAL_SELECTORS.iter().position(|known| *known == selector).map(|number| all[number])
    }
}

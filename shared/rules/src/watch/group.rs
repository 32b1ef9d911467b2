//! Whose state an event counts for.

use std::fmt;

use logweir_alarms::EventKey;
use logweir_log_formats::vpc_flow::Field as FlowField;
use logweir_log_formats::{Hints, LogLine};
use logweir_subscription::{DataMessage, LogEvent};
use sha2::{Digest, Sha256};

/// How many characters of a value tell groups apart.
const MAX_VALUE_CHARACTERS: usize = 128;

/// What stands for a value that an event has not.
const NO_VALUE: &str = "-";

/// What may stand in `group_by` beside selectors: where the event came from, before it was centralised where that is known, and
/// where it was copied to. `@region` is known of enriched subscriptions. `@aws.account`, `@source.log` and `@aws.region` are what AWS
/// calls the first ones there
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html>).
const SPECIAL_SELECTORS: [(&str, Special); 9] = [
    ("@owner", Special::Owner),
    ("@log_group", Special::LogGroup),
    ("@log_stream", Special::LogStream),
    ("@region", Special::Region),
    ("@central_account", Special::CentralAccount),
    ("@central_log_group", Special::CentralLogGroup),
    ("@aws.account", Special::Owner),
    ("@source.log", Special::LogGroup),
    ("@aws.region", Special::Region),
];

/// What stands before the name of a column of VPC Flow Logs.
const FLOW: &str = "@flow.";

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

    /// What a selector that is none of the message's text leads to; `hints` are of the log group.
    pub(super) fn value(
        &self,
        selector: Special,
        event: &LogEvent<'_>,
        message: &str,
        hints: &Hints,
    ) -> Option<String> {
        match selector {
            Special::Owner => Some(self.owner.clone()),
            Special::LogGroup => Some(self.log_group.clone()),
            Special::LogStream => Some(self.log_stream.clone()),
            Special::CentralAccount => Some(self.central[0].clone()),
            Special::CentralLogGroup => Some(self.central[1].clone()),
            Special::Region => Some(event.extracted_fields?.get("@aws.region")?.to_string()),
            Special::Flow(field) => match LogLine::parse(message, hints) {
                LogLine::VpcFlow(flow) => flow.get(field).map(str::to_owned),
                _ => None,
            },
        }
    }
}

/// What a selector that begins with `@` leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Special {
    Owner,
    LogGroup,
    LogStream,
    Region,
    CentralAccount,
    CentralLogGroup,
    /// A column of a flow, wherever it stands.
    Flow(FlowField),
}

impl Special {
    pub(crate) fn of(selector: &str) -> Option<Self> {
        if let Some(name) = selector.strip_prefix(FLOW) {
            return FlowField::of_name(name).map(Self::Flow);
        }
        SPECIAL_SELECTORS.iter().find_map(|(known, special)| (*known == selector).then_some(*special))
    }

    /// The selectors that can be written in place of a wrong one.
    pub(crate) fn alternatives(selector: &str) -> Vec<String> {
        if selector.starts_with(FLOW) {
            return FlowField::ALL.iter().map(|field| format!("{FLOW}{}", field.name())).collect();
        }
        SPECIAL_SELECTORS.iter().map(|(known, _)| (*known).to_owned()).collect()
    }
}

//! Streams that records are forwarded to, by name or ARN.

use std::fmt;

/// Where records go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// A Kinesis stream.
    Stream(StreamName),
    /// A delivery stream of Firehose, by its name.
    DeliveryStream(String),
}

/// A Kinesis stream by name or ARN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamName(String);

/// What is no stream.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is neither the name of a {kind} (letters, digits and _ . -) nor its ARN (arn:aws:…:{kind}/NAME)")]
pub struct NotAStream {
    given: String,
    kind: &'static str,
}

impl Destination {
    /// A Kinesis stream by name or ARN.
    pub fn stream(given: &str) -> Result<Self, NotAStream> {
        name(given, "stream").map(|_| Self::Stream(StreamName(given.to_owned())))
    }

    /// A delivery stream by name or ARN.
    pub fn delivery_stream(given: &str) -> Result<Self, NotAStream> {
        name(given, "deliverystream").map(|name| Self::DeliveryStream(name.to_owned()))
    }
}

/// The name in a name or an ARN.
fn name<'g>(given: &'g str, kind: &'static str) -> Result<&'g str, NotAStream> {
    let name = match given.strip_prefix("arn:") {
        Some(arn) => {
            arn.rsplit_once('/').filter(|(before, _)| before.ends_with(&format!(":{kind}"))).map(|(_, name)| name)
        }
        None => Some(given),
    };
    let is_name = |name: &&str| {
        (1..=128).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'))
    };
    name.filter(is_name).ok_or_else(|| NotAStream { given: given.to_owned(), kind })
}

impl StreamName {
    /// As it was given.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn is_arn(&self) -> bool {
        self.0.starts_with("arn:")
    }

    /// Whether `arn`, of a stream or of a consumer of one, is of this stream. By name alone, one of another account or Region is too:
    /// rather refused than fed to itself.
    pub(crate) fn is_of(&self, arn: &str) -> bool {
        let stream = arn.split_once("/consumer/").map_or(arn, |(stream, _)| stream);
        if self.is_arn() { stream == self.0 } else { stream.rsplit_once('/').is_some_and(|(_, name)| name == self.0) }
    }
}

impl fmt::Display for StreamName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stream(stream) => stream.fmt(f),
            Self::DeliveryStream(name) => f.write_str(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:kinesis:eu-west-1:123456789012:stream/logs";

    #[test]
    fn names_and_arns_are_told_apart() {
        for given in ["logs", "a.b_c-1", ARN] {
            assert!(Destination::stream(given).is_ok(), "{given}");
        }
        for given in
            ["", "a b", "arn:aws:firehose:eu-west-1:1:deliverystream/x", "arn:aws:kinesis:eu-west-1:1:stream/", "x/y"]
        {
            assert!(Destination::stream(given).is_err(), "{given}");
        }
        let arn = "arn:aws:firehose:eu-west-1:123456789012:deliverystream/x";
        assert_eq!(Destination::delivery_stream(arn), Destination::delivery_stream("x"));
    }

    #[test]
    fn a_stream_knows_itself() {
        let consumer = format!("{ARN}/consumer/forward:1796000000");
        let other = "arn:aws:kinesis:eu-central-1:123456789012:stream/logs";
        let is_of = |given: &str, arn: &str| StreamName(given.to_owned()).is_of(arn);
        assert!(is_of(ARN, ARN) && is_of(ARN, &consumer) && is_of("logs", ARN) && is_of("logs", &consumer));
        assert!(!is_of(ARN, other) && !is_of("log", ARN) && !is_of(ARN, "") && is_of("logs", other));
    }
}

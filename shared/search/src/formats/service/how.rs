//! What a value becomes on its way into a field.

use std::borrow::Cow;

use crate::field::{Field, Type};
use crate::formats::http;
use crate::level;
use crate::time::nanoseconds;
use crate::values::{Value, Values};

/// What a value becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// What the field's type takes; anything else is left where it is.
    AsIs,
    /// In lower case.
    Lower,
    /// An address or a name, which has a field for addresses beside its own.
    Address,
    /// An address with a port behind it.
    Endpoint,
    /// Seconds, as a duration.
    Seconds,
    /// Milliseconds, as a duration.
    Milliseconds,
    /// What was asked for: a path with its query, or a whole URL.
    Target,
    /// A request's first line.
    RequestLine,
    /// The status of an answer, and what came of it.
    Status,
    /// A version of HTTP without the name before it.
    Version,
    /// With its `%20` and the like read.
    Percent,
    /// What came of it: whether it is this word, in any case.
    SucceedsIf(&'static str),
    /// What came of it, by the end of a name.
    ByEnding,
    /// A level.
    Level,
    /// The name of a state machine in the ARN of an execution.
    StateMachine,
}

impl How {
    /// Sets a field, and those that go with it.
    pub(super) fn set<'m>(self, field: Field, value: Cow<'m, str>, values: &mut Values<'m>) {
        match self {
            Self::AsIs => as_is(field, value, values),
            Self::Lower => values.text(field, Some(value.to_ascii_lowercase())),
            Self::Address => address(field, value, values),
            Self::Endpoint => endpoint(field, &value, values),
            Self::Seconds => {
                // A thousand times as many milliseconds: three digits more, or the point three digits on.
                let milliseconds =
                    value.parse::<f64>().ok().filter(|seconds| *seconds >= 0.0).map(|s| format!("{:.6}", s * 1000.0));
                duration(field, milliseconds.as_deref(), values);
            }
            Self::Milliseconds => duration(field, Some(&value), values),
            Self::Target => http::target(value, values),
            Self::RequestLine => request_line(&value, values),
            Self::Status => http::status(&value, values),
            Self::Version => {
                let version = http::version(&value).unwrap_or(&value).to_owned();
                values.text(field, Some(version));
            }
            Self::Percent => values.text(field, Some(percent_decoded(&value))),
            Self::SucceedsIf(word) => outcome(field, value.eq_ignore_ascii_case(word), values),
            Self::ByEnding => {
                if ["Succeeded", "Failed", "TimedOut", "Aborted"].iter().any(|end| value.ends_with(end)) {
                    outcome(field, value.ends_with("Succeeded"), values);
                }
                values.text(Field::EventAction, Some(value));
            }
            Self::Level => values.text(field, level::of_name(&value)),
            Self::StateMachine => {
                // arn:aws:states:region:account:execution:machine:name, and express: for another type.
                let mut parts = value.split(':').skip(3);
                values.text(Field::CloudRegion, parts.next().map(str::to_owned));
                values.text(field, parts.nth(2).map(str::to_owned));
            }
        }
    }
}

fn as_is<'m>(field: Field, value: Cow<'m, str>, values: &mut Values<'m>) {
    match field.field_type() {
        Type::Ip if value.parse::<std::net::IpAddr>().is_err() => {}
        Type::Keyword | Type::Text | Type::Ip => values.text(field, Some(value)),
        Type::Long => values.integer(field, Some(&value)),
        Type::Boolean => {
            if let Ok(flag) = value.parse() {
                values.flag(field, flag);
            }
        }
        Type::Double | Type::Date => {}
    }
}

fn outcome(field: Field, succeeded: bool, values: &mut Values<'_>) {
    values.text(field, Some(if succeeded { "success" } else { "failure" }));
}

fn duration(field: Field, milliseconds: Option<&str>, values: &mut Values<'_>) {
    if let Some(duration) = milliseconds.and_then(nanoseconds) {
        values.set(field, Value::Integer(duration));
    }
}

/// The field for addresses, and that of ports.
fn address<'m>(field: Field, value: Cow<'m, str>, values: &mut Values<'m>) {
    let ip = if field == Field::DestinationAddress { Field::DestinationIp } else { Field::SourceIp };
    values.address(field, ip, Some(value));
}

fn endpoint(field: Field, value: &str, values: &mut Values<'_>) {
    let (host, port) = value.rsplit_once(':').unwrap_or((value, ""));
    let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    address(field, Cow::Owned(host), values);
    let of_port = if field == Field::DestinationAddress { Field::DestinationPort } else { Field::SourcePort };
    values.integer(of_port, Some(port));
}

/// `GET https://host:443/path?query HTTP/1.1`.
fn request_line(line: &str, values: &mut Values<'_>) {
    let Some((method, rest)) = line.split_once(' ') else { return };
    let (target, protocol) = rest.rsplit_once(' ').unwrap_or((rest, ""));
    if method == "-" {
        return;
    }
    values.text(Field::HttpRequestMethod, Some(method.to_owned()));
    values.text(Field::HttpVersion, http::version(protocol).map(str::to_owned));
    if let Some((scheme, rest)) = target.split_once("://") {
        values.text(Field::UrlScheme, Some(scheme.to_owned()));
        let host = rest.split('/').next().unwrap_or_default();
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        values.text(Field::UrlDomain, Some(name.to_owned()));
    }
    http::target(Cow::Owned(target.to_owned()), values);
}

/// A text with its escapes of URLs read; what is none stays.
fn percent_decoded(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let digits = behind.get(..2).filter(|digits| *first == b'%' && digits.iter().all(u8::is_ascii_hexdigit));
        let byte = digits.and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        out.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &behind[2..] } else { behind };
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}

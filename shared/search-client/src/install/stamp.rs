//! What a thing on a server carries, so that it is known again.

use std::fmt::Write;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// Who made what carries a stamp.
const MANAGED_BY: &str = "logweir";

/// What a thing on a server carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stamp {
    /// Version of what was sent.
    pub(crate) version: u64,
    /// Digest of what was sent.
    pub(crate) source: String,
    /// Digest of what the server made of it; not known until it was read once.
    pub(crate) installed: Option<String>,
}

impl Stamp {
    /// The stamp as members of an object that the server keeps.
    pub(crate) fn members(&self) -> Map<String, Value> {
        let mut members = Map::new();
        members.insert("managed_by".to_owned(), json!(MANAGED_BY));
        members.insert("version".to_owned(), json!(self.version));
        members.insert("source".to_owned(), json!(self.source));
        if let Some(digest) = &self.installed {
            members.insert("digest".to_owned(), json!(digest));
        }
        members
    }

    /// The stamp in such an object, if it is there.
    pub(crate) fn of_members(members: &Value) -> Option<Self> {
        if members["managed_by"] != MANAGED_BY {
            return None;
        }
        Some(Self {
            version: members["version"].as_u64()?,
            source: members["source"].as_str()?.to_owned(),
            installed: members["digest"].as_str().map(str::to_owned),
        })
    }

    /// `text` with the stamp behind it, where a server keeps nothing but a text.
    pub(crate) fn append_to(&self, text: &str) -> String {
        let Self { version, source, installed } = self;
        let installed = installed.as_deref().unwrap_or("-");
        let space = if text.is_empty() { "" } else { " " };
        format!("{text}{space}[{MANAGED_BY} {version} {source} {installed}]")
    }

    /// A text without the stamp behind it, and that stamp.
    pub(crate) fn split_from(text: &str) -> (&str, Option<Self>) {
        let parsed = || {
            let (before, stamp) = text.trim_end().strip_suffix(']')?.rsplit_once('[')?;
            let [MANAGED_BY, version, source, installed] = *stamp.split(' ').collect::<Vec<_>>().as_slice() else {
                return None;
            };
            let installed = (installed != "-").then(|| installed.to_owned());
            Some((before.trim_end(), Self { version: version.parse().ok()?, source: source.to_owned(), installed }))
        };
        parsed().map_or((text, None), |(before, stamp)| (before, Some(stamp)))
    }
}

/// A digest of a value, short enough for a text that people see, that does not see what servers write in different ways: the order of members, numbers and truth values
/// as texts, members without content.
pub(crate) fn digest(value: &Value) -> String {
    let mut text = String::new();
    write_canonically(value, &mut text);
    let hash = Sha256::digest(text.as_bytes());
    hash.iter().take(8).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn write_canonically(value: &Value, text: &mut String) {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().filter(|(_, value)| !is_empty(value)).collect();
            members.sort_by_key(|(name, _)| name.as_str());
            text.push('{');
            for (name, value) in members {
                let _ = write!(text, "{}:", Value::from(name.as_str()));
                write_canonically(value, text);
                text.push(',');
            }
            text.push('}');
        }
        Value::Array(values) => {
            text.push('[');
            for value in values {
                write_canonically(value, text);
                text.push(',');
            }
            text.push(']');
        }
        Value::Number(number) => {
            let _ = write!(text, "\"{number}\"");
        }
        Value::Bool(truth) => {
            let _ = write!(text, "\"{truth}\"");
        }
        Value::String(_) | Value::Null => {
            let _ = write!(text, "{value}");
        }
    }
}

/// Whether a server may leave it out, or write it where it was not. An object of empty ones is not: it may be the name of a
/// thing, such as `{"delete": {}}`.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(values) => values.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp() -> Stamp {
        Stamp { version: 3, source: "ab".to_owned(), installed: Some("cd".to_owned()) }
    }

    #[test]
    fn a_stamp_is_read_as_it_was_written() {
        let unknown = Stamp { installed: None, ..stamp() };
        for stamp in [stamp(), unknown] {
            assert_eq!(Stamp::of_members(&Value::Object(stamp.members())), Some(stamp.clone()));
            for text in ["", "Lambda [eu-west-1]"] {
                assert_eq!(Stamp::split_from(&stamp.append_to(text)), (text, Some(stamp.clone())));
            }
        }
        for text in ["", "a", "[logweir]", "[logweir x y z]", "[elastic 3 ab cd]", "[logweir 3 ab cd] by me"] {
            assert_eq!(Stamp::split_from(text), (text, None), "{text}");
        }
        assert_eq!(Stamp::of_members(&json!({ "managed_by": "elastic", "version": 3, "source": "ab" })), None);
        assert_eq!(Stamp::of_members(&Value::Null), None);
    }

    #[test]
    fn what_servers_write_differently_has_one_digest() {
        let sent: Value = serde_json::from_str(r#"{"b":{"shards":1,"coerce":false},"a":["x"]}"#).unwrap();
        let got: Value =
            serde_json::from_str(r#"{"a":["x"],"c":[],"d":null,"b":{"coerce":"false","shards":"1"}}"#).unwrap();
        assert_eq!(digest(&sent), digest(&got));
        for other in [
            json!({ "a": ["x"], "b": { "shards": 2, "coerce": false } }),
            json!({ "a": ["x", "y"], "b": { "shards": 1, "coerce": false } }),
            json!({ "a": "x", "b": { "shards": 1, "coerce": false } }),
            json!({ "a": ["x"], "b": { "shards": 1, "coerce": false, "e": {} } }),
        ] {
            assert_ne!(digest(&sent), digest(&other), "{other}");
        }
    }
}

//! A stream rule, ready for use.

use std::borrow::Cow;

use logweir_filter_pattern::Extractor;
use logweir_json::{Scanner, write_string};
use logweir_subscription::LogEvent;

use super::StreamsError;
use crate::redaction::RedactionKey;
use crate::stream::{FieldValue, Stream};

/// A stream rule, and where its fields are.
#[derive(Debug, Clone)]
pub(super) struct Ready {
    pub(super) stream: Stream,
    /// By its patterns: takes the values of its fields out of a line, if any is taken.
    extractors: Vec<Extractor>,
}

/// A rule that an event matches, and by which of its patterns.
#[derive(Debug, Clone, Copy)]
pub(super) struct Matching<'r> {
    pub(super) rule: &'r Ready,
    pub(super) pattern: usize,
}

impl Ready {
    pub(super) fn new(stream: &Stream) -> Result<Self, StreamsError> {
        let selectors: Vec<&str> = stream.selectors().collect();
        let extractors = if selectors.is_empty() {
            Vec::new()
        } else {
            let of_pattern = |pattern| Extractor::new(pattern, &selectors);
            let failed = |error: logweir_filter_pattern::PatternError| StreamsError::Patterns(error.what().to_owned());
            stream.patterns.iter().map(of_pattern).collect::<Result<_, _>>().map_err(failed)?
        };
        Ok(Self { stream: stream.clone(), extractors })
    }
}

impl Stream {
    fn selectors(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().filter_map(|field| match &field.value {
            FieldValue::Selector(selector) => Some(selector.as_str()),
            FieldValue::Text(_) => None,
        })
    }
}

/// The object of an event's fields with those that the rules add, and without what they leave out; nothing if it stays as it is. Values
/// are taken out of the message as it leaves, so that none holds what was left out of it.
pub(super) fn changed_fields(
    event: &LogEvent<'_>,
    message: &str,
    matching: &[Matching<'_>],
    key: Option<&RedactionKey>,
) -> Option<String> {
    let before = event.extracted_fields.map(|fields| fields.as_json());
    let mut changed = with_fields(before, &added(message, matching));
    for redaction in matching.iter().map(|one| &one.rule.stream.redaction).filter(|redaction| !redaction.is_empty()) {
        let Some(object) = changed.as_deref().or(before) else { continue };
        changed = redaction.redacted_fields(object, key).or(changed);
    }
    changed
}

/// The fields that rules add; of one name the first.
fn added<'a>(message: &'a str, matching: &[Matching<'a>]) -> Vec<(&'a str, Cow<'a, str>)> {
    let mut added: Vec<(&str, Cow<'_, str>)> = Vec::new();
    for Matching { rule, pattern } in matching {
        let extractor = rule.extractors.get(*pattern);
        let mut taken = extractor.map_or_else(Vec::new, |extractor| extractor.extract(message)).into_iter();
        for field in &rule.stream.fields {
            let value = match &field.value {
                FieldValue::Text(text) => Some(Cow::Borrowed(text.as_str())),
                FieldValue::Selector(_) => taken.next().flatten(),
            };
            if let Some(value) = value
                && added.iter().all(|(name, _)| *name != field.name)
            {
                added.push((&field.name, value));
            }
        }
    }
    added
}

/// An object with further members, but for those whose keys it has.
fn with_fields(object: Option<&str>, added: &[(&str, Cow<'_, str>)]) -> Option<String> {
    let object = object.unwrap_or("{}");
    let known = keys(object).unwrap_or_default();
    let mut new = added.iter().filter(|(name, _)| known.iter().all(|key| key != name)).peekable();
    new.peek()?;
    let mut out = object.trim_ascii_end().as_bytes().to_vec();
    out.pop();
    for (index, (name, value)) in new.enumerate() {
        if index > 0 || !known.is_empty() {
            out.push(b',');
        }
        write_string(name, &mut out);
        out.push(b':');
        write_string(value, &mut out);
    }
    out.push(b'}');
    String::from_utf8(out).ok()
}

fn keys(object: &str) -> Option<Vec<Cow<'_, str>>> {
    let (mut scanner, mut keys) = (Scanner::new(object), Vec::new());
    scanner.open(b'{').ok()?;
    while scanner.next(keys.is_empty(), b'}').ok()? {
        keys.push(scanner.key().ok()?.decode());
        scanner.value().ok()?;
    }
    Some(keys)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_added_and_none_is_changed() {
        let added = [("a", Cow::Borrowed("1")), ("b\"", Cow::Borrowed("x\n"))];
        for (object, expected) in [
            (None, Some(r#"{"a":"1","b\"":"x\n"}"#)),
            (Some("{ } "), Some(r#"{ "a":"1","b\"":"x\n"}"#)),
            (Some(r#"{"\u0061":null}"#), Some(r#"{"\u0061":null,"b\"":"x\n"}"#)),
            (Some(r#"{"a":1,"b\"":{}}"#), None),
        ] {
            assert_eq!(with_fields(object, &added).as_deref(), expected, "{object:?}");
        }
        assert_eq!(with_fields(None, &[]), None);
    }
}

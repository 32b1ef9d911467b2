//! One stream rule.

use logweir_filter_pattern::FilterPattern;
use logweir_log_formats::Dataset;

use super::{alarm, notification, place};
use crate::problem::{Position, Report};
use crate::read::Section;
use crate::redaction::Redaction;
use crate::schema;
use crate::stream::{Fate, Field, FieldValue, Share, Stream};
use crate::yaml::{Map, Node, Value, shown};

/// Most fields of a rule.
const MAX_FIELDS: usize = 20;
/// Longest name of a field.
const MAX_FIELD_NAME: usize = 64;
/// Longest text that a field is given.
const MAX_FIELD_TEXT: usize = 1_024;

/// Reads a stream rule; nothing if something is wrong with it, which is then in the report.
pub(crate) fn read(node: &Node, report: &mut Report) -> Option<Stream> {
    let before = report.problems.len();
    let map = report.map("a stream", node, schema::STREAM)?;
    let section = Section::new(node.at, vec![map]);
    let name = alarm::name(&section, report);
    let patterns = if map.get("pattern").is_some() || map.get("patterns").is_some() {
        alarm::patterns(&section, report)
    } else {
        Vec::new()
    };
    let stream = Stream {
        name: name.map(|(name, _)| name).unwrap_or_default(),
        scope: place::scope(&section, report),
        fate: fate(map, report),
        redaction: redaction(map, report),
        fields: fields(map, &patterns, report),
        dataset: map.get("dataset").and_then(|node| {
            let known = Dataset::ALL.map(Dataset::as_str);
            report.choice("dataset", node, &known).map(|number| Dataset::ALL[number])
        }),
        index: piece(
            map,
            "index",
            "a piece of the name of an index: 1 to 64 of a to z, digits, - and _, a letter or digit first",
            report,
            |text| text.len() <= 64 && is_plain(text) && text.starts_with(|first: char| first.is_ascii_alphanumeric()),
        ),
        prefix: piece(
            map,
            "prefix",
            "what keys may begin with: letters, digits and ! - _ . * ' ( ) =, in folders set apart by /",
            report,
            is_prefix,
        ),
        patterns: patterns.into_iter().map(|(_, pattern)| pattern).collect(),
        line: node.at.line,
    };
    if report.problems.len() > before {
        return None;
    }
    let says_nothing = stream.fate.is_none()
        && stream.redaction.is_empty()
        && stream.fields.is_empty()
        && (stream.dataset.is_none() && stream.index.is_none() && stream.prefix.is_none());
    if says_nothing {
        let advice = "write keep: true, drop: true, sample: 10%, redact, fields, dataset, index or prefix";
        report.add(node.at, "it says nothing of its events", advice);
        return None;
    }
    Some(stream)
}

fn fate(map: &Map, report: &mut Report) -> Option<Fate> {
    let mut fates = Vec::new();
    for (key, fate) in [("keep", Fate::Keep), ("drop", Fate::Drop)] {
        let Some(node) = map.get(key) else { continue };
        match report.boolean(key, node) {
            Some(true) => fates.push((node.at, fate)),
            Some(false) => report.add(node.at, format!("`{key}` is false, which says nothing"), "leave it out"),
            None => {}
        }
    }
    if let Some(node) = map.get("sample") {
        match &node.value {
            Value::Text { text, .. } if let Some(share) = share(text) => fates.push((node.at, Fate::Sample(share))),
            _ => report.wrong("sample", node, "the share that stays, above 0 and below 1: 10%, 0.1 or 1/10"),
        }
    }
    if let [_, (at, _), ..] = fates.as_slice() {
        report.add(*at, "there are several of `keep`, `drop` and `sample`", "keep one of them");
    }
    fates.pop().map(|(_, fate)| fate)
}

/// `10%`, `0.1` or `1/10`.
fn share(text: &str) -> Option<Share> {
    let number = |text: &str| crate::read::number(text.trim());
    let share = if let Some(percent) = text.strip_suffix('%') {
        number(percent)? / 100.0
    } else if let Some((some, all)) = text.split_once('/') {
        number(some)? / number(all)?
    } else {
        number(text)?
    };
    Share::new(share)
}

fn redaction(map: &Map, report: &mut Report) -> Redaction {
    let mut redaction = map.get("redact").map_or_else(Redaction::default, |node| notification::redaction(node, report));
    if let Some(node) = map.get("redact_with") {
        redaction.hashes = report.choice("redact_with", node, &["label", "hash"]) == Some(1);
        if map.get("redact").is_none() {
            report.add(node.at, "`redact_with` goes with `redact`", "write redact: and what is to be left out");
        }
    }
    redaction
}

fn fields(map: &Map, patterns: &[(Position, FilterPattern)], report: &mut Report) -> Vec<Field> {
    let Some(node) = map.get("fields") else { return Vec::new() };
    let Value::Map(Map(entries)) = &node.value else {
        report.wrong("fields", node, "names and values: {team: payments, user: $.user.id}");
        return Vec::new();
    };
    if entries.is_empty() || entries.len() > MAX_FIELDS {
        report.add(node.at, format!("`fields` has {} entries", entries.len()), format!("write 1 to {MAX_FIELDS}"));
        return Vec::new();
    }
    let mut fields = Vec::new();
    for (key, node) in entries {
        if key.name.is_empty() || key.name.starts_with('@') || key.name.chars().count() > MAX_FIELD_NAME {
            let what = format!("`{}` is no name of a field", shown(&key.name));
            report.add(
                key.at,
                what,
                format!("write 1 to {MAX_FIELD_NAME} characters; those that begin with @ are AWS's"),
            );
            continue;
        }
        let Some(text) = report.text("fields", node, MAX_FIELD_TEXT) else { continue };
        let value = if text.starts_with('$') {
            if patterns.is_empty() {
                let what = format!("`{}` is taken out of a line by a pattern, and there is none", shown(text));
                report.add(node.at, what, "write pattern: '{ $.level = * }' or '[ip, user, ...]'");
            }
            alarm::check_selector(text, node.at, patterns, report);
            FieldValue::Selector(text.to_owned())
        } else {
            FieldValue::Text(text.to_owned())
        };
        fields.push(Field { name: key.name.clone(), value });
    }
    fields
}

fn piece(map: &Map, key: &str, expected: &str, report: &mut Report, is_it: impl Fn(&str) -> bool) -> Option<String> {
    let node = map.get(key)?;
    let text = report.text(key, node, 512)?;
    if is_it(text) {
        return Some(text.to_owned());
    }
    report.wrong(key, node, expected);
    None
}

/// Whether an index may have it in its name, as far as its characters go.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_'))
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html#object-key-guidelines-safe-characters>, and `=` as in folders
/// that are partitions.
fn is_prefix(text: &str) -> bool {
    let safe = |byte: u8| byte.is_ascii_alphanumeric() || b"!-_.*'()=/".contains(&byte);
    text.len() <= 256 && text.bytes().all(safe) && !text.split('/').any(|folder| matches!(folder, "" | "." | ".."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares() {
        for (text, value) in [("10%", 0.1), ("0.1", 0.1), ("1/10", 0.1), ("0.5 %", 0.005), ("1/3", 1.0 / 3.0)] {
            assert_eq!(share(text), Share::new(value), "{text}");
        }
        for text in ["", "0", "1", "100%", "1/0", "-1", "10", "nan", "0/5", "%", "1/2/3"] {
            assert_eq!(share(text), None, "{text}");
        }
    }
}

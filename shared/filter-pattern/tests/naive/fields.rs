//! Space-delimited patterns: a message is split first, then slots and fields are laid side by side.

use logweir_filter_pattern::ast::{Delimited, Slot};

use super::{NoSuchName, Value, holds, values};

struct Field<'m> {
    /// Where it begins, with its delimiter.
    start: usize,
    /// What it says, without delimiters.
    text: &'m str,
}

/// The fields of a message: set apart by blanks, or between `"…"` and `[…]`.
fn split(message: &str) -> Vec<Field<'_>> {
    let mut fields = Vec::new();
    let mut at = 0;
    while let Some(first) = message[at..].chars().next() {
        let behind = at + first.len_utf8();
        if first.is_ascii_whitespace() {
            at = behind;
            continue;
        }
        let close = match first {
            '"' => message[behind..].find('"'),
            '[' => message[behind..].find(']'),
            _ => None,
        };
        let (text, next) = if let Some(length) = close {
            (&message[behind..behind + length], behind + length + 1)
        } else {
            let rest = &message[at..];
            let length = rest.find(|character: char| character.is_ascii_whitespace()).unwrap_or(rest.len());
            (&rest[..length], at + length)
        };
        fields.push(Field { start: at, text });
        at = next;
    }
    fields
}

/// The texts that the slots stand for and those that the ellipsis does, in their order; nothing if there are too few fields.
fn lay<'p, 'm>(pattern: &'p Delimited, message: &'m str) -> Option<Vec<(Option<&'p Slot>, &'m str)>> {
    let fields = split(message);
    let Some(last) = &pattern.last else {
        let count = pattern.first.len();
        if fields.len() < count {
            return None;
        }
        let text = |index: usize| {
            let is_rest = index + 1 == count && fields.len() > count;
            let rest = &message[fields[index].start..];
            if is_rest { rest.trim_end_matches(|c: char| c.is_ascii_whitespace()) } else { fields[index].text }
        };
        return Some(pattern.first.iter().enumerate().map(|(index, slot)| (Some(slot), text(index))).collect());
    };
    let between = fields.len().checked_sub(pattern.first.len() + last.len())?;
    let slots = pattern.first.iter().map(Some).chain((0..between).map(|_| None)).chain(last.iter().map(Some));
    Some(slots.zip(fields.iter().map(|field| field.text)).collect())
}

/// Whether every slot has a field and every condition holds.
pub(super) fn matches(pattern: &Delimited, message: &str) -> bool {
    let is_everything = pattern.first.is_empty() && pattern.last.as_ref().is_some_and(Vec::is_empty);
    is_everything
        || lay(pattern, message).is_some_and(|fields| {
            fields.iter().all(|(slot, text)| match slot {
                Some(Slot::Named { condition: Some(condition), .. }) => {
                    holds(condition, &|comparison| values::holds(comparison, text))
                }
                _ => true,
            })
        })
}

/// All fields, `$name` where they have one and `$n` where they have none.
pub(super) fn extract(pattern: &Delimited, message: &str) -> Option<Vec<Value>> {
    let fields = lay(pattern, message)?.into_iter().enumerate();
    let named = fields.map(|(index, (slot, text))| match slot {
        Some(Slot::Named { name, .. }) => (format!("${name}"), text.to_owned()),
        _ => (format!("${}", index + 1), text.to_owned()),
    });
    Some(named.collect())
}

/// The field of a name or a number. Without an ellipsis there are as many numbers as slots.
pub(super) fn named(pattern: &Delimited, name: &str, message: &str) -> Result<Option<String>, NoSuchName> {
    let name = name.strip_prefix('$').ok_or(NoSuchName)?;
    let fields = lay(pattern, message).unwrap_or_default();
    let by_name = |(slot, text): &(Option<&Slot>, &str)| match slot {
        Some(Slot::Named { name: other, .. }) if other == name => Some((*text).to_owned()),
        _ => None,
    };
    if let Some(text) = fields.iter().find_map(by_name) {
        return Ok(Some(text));
    }
    let number = name.parse::<usize>().ok().filter(|number| *number > 0).ok_or(NoSuchName)?;
    if pattern.last.is_none() && number > pattern.first.len() {
        return Err(NoSuchName);
    }
    Ok(fields.get(number - 1).map(|(_, text)| (*text).to_owned()))
}

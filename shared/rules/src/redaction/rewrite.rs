//! A text without its secrets. JSON in it stays JSON: each string is decoded, redacted and written back.

use std::ops::Range;

use logweir_filter_pattern::ast::Step;
use logweir_json::{JsonError, Scanner, write_string};

use super::find::find;
use super::gate::{self, Found};
use super::kind::Kind;
use super::mark::{RedactionKey, write_mark};
use super::{OF_EXPRESSION, Redaction};
use values::values;
use walk::Walk;

mod values;
mod walk;

/// How many times JSON may be a string of other JSON; what is deeper is taken for text.
const MAX_NESTED: usize = 8;

/// Writes redacted texts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rewriter<'r> {
    pub(super) redaction: &'r Redaction,
    pub(super) key: Option<&'r RedactionKey>,
}

/// A text of which parts are replaced; nothing is copied before the first is.
struct Output<'t> {
    text: &'t str,
    copied: usize,
    out: String,
    is_changed: bool,
}

impl<'t> Output<'t> {
    fn new(text: &'t str) -> Self {
        Self { text, copied: 0, out: String::new(), is_changed: false }
    }

    /// Copies up to a place, and goes on behind it; what stands there is the caller's to append.
    fn replace(&mut self, place: Range<usize>) -> &mut String {
        if !self.is_changed {
            self.out.reserve(self.text.len() + 32);
        }
        self.is_changed = true;
        self.out.push_str(&self.text[self.copied..place.start]);
        self.copied = place.end;
        &mut self.out
    }

    /// Replaces a value of JSON by a string.
    fn replace_by_string(&mut self, place: Range<usize>, text: &str) {
        let mut string = Vec::with_capacity(text.len() + 2);
        write_string(text, &mut string);
        self.replace(place).push_str(&String::from_utf8_lossy(&string));
    }

    fn finish(mut self) -> Option<String> {
        self.is_changed.then(|| {
            self.out.push_str(&self.text[self.copied..]);
            self.out
        })
    }
}

/// What is a secret, and what it is called.
type Hit = (Range<usize>, &'static str);

impl Rewriter<'_> {
    /// The text without its secrets; nothing if it holds none.
    pub(super) fn redacted(self, text: &str) -> Option<String> {
        let across = self.across(text);
        let text = across.as_deref().unwrap_or(text);
        let redacted = self.nested(text, 0);
        let again = self.values_taken(redacted.as_deref().unwrap_or(text));
        again.or(redacted).or(across)
    }

    /// What an expression finds from text on into JSON, `password=.*`, of which neither tells enough alone: the text of it is left out, and
    /// each value.
    fn across(self, text: &str) -> Option<String> {
        let mut hits = merged(self.of_expressions(text).collect());
        if hits.is_empty() {
            return None;
        }
        let values: Vec<_> = values(text).collect();
        // One that begins in JSON is of a string there, and that string is looked at alone.
        hits.retain(|(hit, _)| {
            let after = values.partition_point(|value| value.end <= hit.start);
            values.get(after).is_some_and(|value| hit.start < value.start && value.start < hit.end)
        });
        if hits.is_empty() {
            return None;
        }
        let between = |place: Range<usize>, output: &mut Output<'_>| {
            let first = hits.partition_point(|(hit, _)| hit.end <= place.start);
            for (hit, label) in hits[first..].iter().take_while(|(hit, _)| hit.start < place.end) {
                let part = hit.start.max(place.start)..hit.end.min(place.end);
                if !part.is_empty() {
                    write_mark(label, &text[part.clone()], self.key, output.replace(part));
                }
            }
        };
        let mut output = Output::new(text);
        let from = self.values(text, 0, &hits, &mut output, between);
        between(from..text.len(), &mut output);
        output.finish()
    }

    /// What an expression still finds in JSON is several values as they are written, `"password":"[^"]*"`: each is left out.
    fn values_taken(self, text: &str) -> Option<String> {
        let taken = merged(self.of_expressions(text).collect());
        if taken.is_empty() {
            return None;
        }
        let mut output = Output::new(text);
        self.values(text, 0, &taken, &mut output, |_, _| {});
        output.finish()
    }

    /// Appends as a JSON string a literal without its secrets, if it can be redacted as its text can; nothing, and false, if it holds none.
    /// `mark` is used again and again.
    pub(super) fn write_literal(self, literal: &str, found: Found, mark: &mut String, out: &mut Vec<u8>) -> bool {
        let mut from = 0;
        let mut write = |hit: Range<usize>, label: &'static str| {
            if from == 0 {
                out.reserve(literal.len() + 16);
                out.push(b'"');
            }
            mark.clear();
            write_mark(label, &literal[hit.clone()], self.key, mark);
            out.extend_from_slice(&literal.as_bytes()[from..hit.start]);
            out.extend_from_slice(mark.as_bytes());
            from = hit.end;
        };
        let kinds = found.kinds.and(self.redaction.kinds);
        if let Some(kind) = kinds.only() {
            // In order already, and none overlaps another.
            let label = self.redaction.labels[kind as usize];
            find(kind, literal, &found, &mut |hit| write(hit, label));
        } else {
            for (hit, label) in merged(self.hits(literal, found)) {
                write(hit, label);
            }
        }
        if from == 0 {
            return false;
        }
        out.extend_from_slice(&literal.as_bytes()[from..]);
        out.push(b'"');
        true
    }

    /// What to leave out of the fields of an event: of their values, but for those of AWS's own, as `@aws.account`.
    pub(super) fn redacted_fields(self, object: &str) -> Option<String> {
        let mut output = Output::new(object);
        let _ = self.fields(&mut Scanner::new(object), &mut output);
        output.finish()
    }

    fn fields(self, scanner: &mut Scanner<'_>, output: &mut Output<'_>) -> Result<(), JsonError> {
        scanner.open(b'{')?;
        let mut first = true;
        while scanner.next(first, b'}')? {
            first = false;
            let key = scanner.key()?.decode();
            // A field is called as the selector that it was taken with.
            let is_selected = self.redaction.selectors.iter().any(|(text, _)| *text == key);
            if key.starts_with('@') {
                scanner.value()?;
                continue;
            }
            let live: &[&[Step]] = if is_selected { &[&[]] } else { &[] };
            Walk { of: self, depth: 0, taken: &[] }.value(scanner, live, output)?;
        }
        Ok(())
    }

    fn nested(self, text: &str, depth: usize) -> Option<String> {
        let mut found = gate::look(text);
        // A string may be all of it.
        found.may_hold_json |= text.trim_ascii_start().starts_with('"');
        if self.is_ruled_out(found) && !(found.may_hold_json && text.contains("\\u")) {
            return None;
        }
        let mut output = Output::new(text);
        let mut from = 0;
        if found.may_hold_json && depth < MAX_NESTED {
            from = self.values(text, depth, &[], &mut output, |part, output| self.plain(text, part, None, output));
        }
        self.plain(text, from..text.len(), (from == 0).then_some(found), &mut output);
        output.finish()
    }

    /// Redacts the JSON of a text, and tells of what stands before each value. Where the last ends.
    fn values<'t>(
        self,
        text: &'t str,
        depth: usize,
        taken: &[Hit],
        output: &mut Output<'t>,
        before: impl Fn(Range<usize>, &mut Output<'t>),
    ) -> usize {
        // Where parts are taken, what selectors lead to is left out before or after.
        let selectors: Vec<&[Step]> = match depth {
            0 if taken.is_empty() => self.redaction.selectors.iter().map(|(_, selector)| selector.steps()).collect(),
            _ => Vec::new(),
        };
        let mut from = 0;
        for value in values(text) {
            before(from..value.start, output);
            let mut scanner = Scanner::new(text);
            scanner.go_to(value.start);
            // It was read before, so that it can be.
            let _ = Walk { of: self, depth, taken }.value(&mut scanner, &selectors, output);
            from = value.end;
        }
        from
    }

    /// Whether nothing can be found, but for what is spelt by its number.
    pub(super) fn is_ruled_out(self, found: Found) -> bool {
        let Redaction { kinds, expressions, selectors, .. } = self.redaction;
        found.kinds.and(*kinds).is_empty() && expressions.is_empty() && (selectors.is_empty() || !found.may_hold_json)
    }

    /// Replaces the secrets of a part that is no JSON.
    fn plain(self, text: &str, place: Range<usize>, found: Option<Found>, output: &mut Output<'_>) {
        let part = &text[place.clone()];
        if part.is_empty() {
            return;
        }
        for (hit, label) in merged(self.hits(part, found.unwrap_or_else(|| gate::look(part)))) {
            let secret = &part[hit.clone()];
            write_mark(label, secret, self.key, output.replace(place.start + hit.start..place.start + hit.end));
        }
    }

    fn hits(self, part: &str, found: Found) -> Vec<Hit> {
        let kinds = found.kinds.and(self.redaction.kinds);
        let mut hits: Vec<Hit> = self.of_expressions(part).collect();
        for kind in Kind::ALL.into_iter().filter(|kind| kinds.contains(*kind)) {
            let label = self.redaction.labels[kind as usize];
            find(kind, part, &found, &mut |hit| hits.push((hit, label)));
        }
        hits
    }

    fn of_expressions(self, part: &str) -> impl Iterator<Item = Hit> {
        self.redaction.expressions.iter().flat_map(move |(_, expression)| {
            expression.find_iter(part.as_bytes()).filter(|found| !found.is_empty()).map(|found| {
                // The expressions know bytes: what ends within a character takes all of it.
                let start = (0..=found.start()).rev().find(|at| part.is_char_boundary(*at)).unwrap_or(0);
                let end = (found.end()..=part.len()).find(|at| part.is_char_boundary(*at)).unwrap_or(part.len());
                (start..end, OF_EXPRESSION)
            })
        })
    }
}

/// Hits in order; what overlaps is one, called by what begins first.
fn merged(mut hits: Vec<Hit>) -> Vec<Hit> {
    if hits.len() < 2 {
        return hits;
    }
    hits.sort_by_key(|(hit, _)| (hit.start, std::cmp::Reverse(hit.end)));
    hits.dedup_by(|(next, _), (hit, _)| {
        let overlaps = next.start < hit.end;
        hit.end = if overlaps { hit.end.max(next.end) } else { hit.end };
        overlaps
    });
    hits
}

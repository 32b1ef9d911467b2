//! What of a line is not for everybody's eyes.
//!
//! What is left out are kinds of secrets that are known by their looks ([`find`]), what regular expressions find, and values of JSON that
//! selectors lead to. A line that is or holds JSON still does so: `rewrite` says how. Most lines hold none and are looked at once (`gate`).

mod find;
mod gate;
mod kind;
mod mark;
mod rewrite;

use std::borrow::Cow;
use std::fmt;

use logweir_filter_pattern::ast::Selector;
use logweir_json::{Text, write_string};
use regex::bytes::{Regex, RegexBuilder};

use gate::Found;
use kind::{Kind, Kinds, NAMES};
pub use mark::RedactionKey;
use rewrite::Rewriter;

/// What stands where an expression or a selector found something.
const OF_EXPRESSION: &str = "redacted";

/// What is left out of lines: kinds that are built in, regular expressions, and values of JSON.
#[derive(Debug, Clone, Default)]
pub struct Redaction {
    /// As they stand in the file.
    names: Vec<String>,
    kinds: Kinds,
    /// What each kind is called.
    labels: [&'static str; Kind::ALL.len()],
    expressions: Vec<(String, Regex)>,
    selectors: Vec<(String, Selector)>,
    /// Whether a keyed hash of what is left out stands in its place.
    pub(crate) hashes: bool,
}

/// Why a kind, regular expression or selector cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RedactionError {
    pub(crate) what: String,
    pub(crate) advice: String,
}

/// How a text was written without its secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Written {
    /// In its literal, in which nothing that is escaped was left out.
    EscapedAlike,
    /// As any text is.
    Anew,
}

/// The names of all kinds.
pub(crate) fn kinds() -> Vec<&'static str> {
    NAMES.iter().map(|(name, _)| *name).collect()
}

impl Redaction {
    /// Adds a kind by its name, `regex:…`, or a selector.
    pub(crate) fn add(&mut self, name: &str) -> Result<(), RedactionError> {
        if let Some(expression) = name.strip_prefix("regex:") {
            self.expressions.push((expression.to_owned(), compile(expression)?));
        } else if name.starts_with('$') {
            let selector = name.parse().map_err(|error: logweir_filter_pattern::PatternError| RedactionError {
                what: format!("the selector: {}", error.what()),
                advice: error.advice().unwrap_or("write $.a.b, $.a[*].b or $.['any key']").to_owned(),
            })?;
            self.selectors.push((name.to_owned(), selector));
        } else if let Some((label, kinds)) = NAMES.iter().find(|(known, _)| *known == name) {
            for kind in kinds.iter().filter(|kind| !self.kinds.contains(**kind)) {
                self.labels[*kind as usize] = label;
            }
            kinds.iter().for_each(|kind| self.kinds.insert(*kind));
        } else {
            let names = kinds();
            let advice = crate::names::nearest(name, &names).map_or_else(
                || format!("write one of {}, regex:… or a selector: $.user.name", names.join(", ")),
                |meant| format!("did you mean {meant}?"),
            );
            return Err(RedactionError { what: "there is no such kind of redaction".to_owned(), advice });
        }
        self.names.push(name.to_owned());
        Ok(())
    }

    /// Whether lines stay as they are.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Whether a keyed hash of what is left out stands in its place, so that a [`RedactionKey`] is needed.
    pub fn hashes(&self) -> bool {
        self.hashes
    }

    /// The line without what is to be left out, in time linear in the line.
    pub fn redact<'m>(&self, line: &'m str) -> Cow<'m, str> {
        self.redacted(line, None).map_or(Cow::Borrowed(line), Cow::Owned)
    }

    /// The line without what is to be left out; nothing if it holds nothing such.
    pub(crate) fn redacted(&self, line: &str, key: Option<&RedactionKey>) -> Option<String> {
        self.rewriter(key).redacted(line)
    }

    /// Appends the text without what is to be left out as a JSON string; nothing if it holds nothing such. It need not be
    /// unescaped to see that. `buffer` is used again and again.
    pub(crate) fn write_redacted(
        &self,
        text: &Text<'_>,
        key: Option<&RedactionKey>,
        buffer: &mut String,
        out: &mut Vec<u8>,
    ) -> Option<Written> {
        let rewriter = self.rewriter(key);
        if let Some(literal) = text.canonical_literal() {
            let found = gate::look(literal);
            if !found.may_be_escaped && rewriter.is_ruled_out(found) {
                return None;
            }
            if self.expressions.is_empty() && is_plain(literal, found) {
                return rewriter.write_literal(literal, found, buffer, out).then_some(Written::EscapedAlike);
            }
        }
        let redacted = rewriter.redacted(text.decode_in(buffer))?;
        write_string(&redacted, out);
        Some(Written::Anew)
    }

    /// The values of the object of an event's fields without what is to be left out; nothing if they hold nothing such.
    pub(crate) fn redacted_fields(&self, object: &str, key: Option<&RedactionKey>) -> Option<String> {
        self.rewriter(key).redacted_fields(object)
    }

    fn rewriter<'r>(&'r self, key: Option<&'r RedactionKey>) -> Rewriter<'r> {
        Rewriter { redaction: self, key: key.filter(|_| self.hashes) }
    }
}

/// As in the file.
impl fmt::Display for Redaction {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.names.join(", "))
    }
}

/// Equal if the same is left out, and the same stands in its place.
impl PartialEq for Redaction {
    fn eq(&self, other: &Self) -> bool {
        self.names == other.names && self.hashes == other.hashes
    }
}

/// Whether secrets can be looked for in a literal as in its text: what is escaped in it are quotation marks and backslashes, none of which
/// is of a secret, and there is no JSON in it.
fn is_plain(literal: &str, found: Found) -> bool {
    let literal = literal.as_bytes();
    let begins_plainly = !matches!(literal.trim_ascii_start().first(), Some(b'[' | b'{' | b'\\') | None);
    let begins_json =
        |bracket| literal[bracket] == b'{' || matches!(literal.get(bracket + 1), Some(b'{' | b'[' | b'\\' | b' '));
    !found.has_other_escapes
        && begins_plainly
        && !(found.may_hold_json && memchr::memchr2_iter(b'[', b'{', literal).any(begins_json))
}

fn compile(text: &str) -> Result<Regex, RedactionError> {
    const MEMORY: usize = 1 << 20;
    let error = |what: String, advice: &str| RedactionError { what, advice: advice.to_owned() };
    let advice = "write a regular expression without look-around, back-references and classes of Unicode (\\p{…})";
    let regex = RegexBuilder::new(text).unicode(false).size_limit(MEMORY).dfa_size_limit(MEMORY).build();
    let regex = regex.map_err(|problem| {
        let what = problem.to_string();
        let last = what.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
        error(format!("the regular expression cannot be used: {last}"), advice)
    })?;
    if regex.is_match(b"") {
        return Err(error("the regular expression matches nothing at all, so everywhere".to_owned(), "write + for *"));
    }
    Ok(regex)
}

#[cfg(test)]
mod tests;

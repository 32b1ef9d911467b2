//! `%…%`: AWS's subset of regular expressions, checked character by character and handed to an engine that takes linear
//! time.
//!
//! There are no groups, so nothing repeats what repeats: an expression is as large as its text and the counts in its
//! repetitions, and [`MAX_REPETITIONS`] bounds those for a whole pattern.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/regex-expressions.html>

mod translator;

use std::fmt;

use crate::error::{Parsed, Problem};

/// What the counts in `{m,n}` of all regular expressions of one pattern may come to. The time that a byte of a message takes
/// grows with it.
pub const MAX_REPETITIONS: u32 = 500;

/// A checked regular expression.
#[derive(Debug, Clone)]
pub struct Regex {
    source: String,
    engine: regex::Regex,
    repetitions: u32,
}

impl PartialEq for Regex {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl Eq for Regex {}

impl Regex {
    /// Checks what stands between two `%`; `at` is where it begins in the pattern, `room` what is left of
    /// [`MAX_REPETITIONS`].
    pub(crate) fn new(source: &str, at: usize, room: u32) -> Parsed<Self> {
        if source.is_empty() {
            return Err(Problem::new(at.saturating_sub(1)..at + 1, "the regular expression is empty")
                .advice("write something between the two %"));
        }
        let (translated, repetitions) = translator::Translator::new(source, at, room).translate()?;
        // Its own limit is far above what `MAX_REPETITIONS` lets through.
        let engine = regex::RegexBuilder::new(&translated).size_limit(8 << 20).build().map_err(|_| {
            Problem::new(at..at + source.len(), "the regular expression is too large").advice("repeat less")
        })?;
        Ok(Self { source: source.to_owned(), engine, repetitions })
    }

    /// The expression as it is written, without its `%`.
    pub fn as_str(&self) -> &str {
        &self.source
    }

    /// Whether it finds something in a text, in time linear in it.
    pub fn is_match(&self, text: &str) -> bool {
        self.engine.is_match(text)
    }

    /// What its counts come to.
    pub(crate) fn repetitions(&self) -> u32 {
        self.repetitions
    }

    pub(crate) fn engine(&self) -> &regex::Regex {
        &self.engine
    }
}

impl fmt::Display for Regex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "%{}%", self.source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(source: &str, text: &str) -> bool {
        Regex::new(source, 1, MAX_REPETITIONS).expect("valid").engine().is_match(text)
    }

    fn refused(source: &str) -> String {
        Regex::new(source, 1, MAX_REPETITIONS).expect_err(source).what().to_owned()
    }

    #[test]
    fn classes_are_those_of_ascii() {
        assert!(found("^\\w$", "a") && !found("^\\w$", "é") && found("^\\W$", "é"));
        assert!(found("^\\d$", "7") && !found("\\d", "٣") && found("^\\D$", "é"));
        assert!(found("\\s", "\t") && !found("\\s", "\u{a0}") && !found("^\\s$", "\r"));
        assert!(found("^.$", "é") && !found("^.$", "\n"));
    }

    #[test]
    fn what_other_engines_read_as_operators_is_plain_here() {
        assert!(found("^[a\\x26\\x26b]$", "&") && refused("[a&&b]").contains("may not stand"));
        assert!(found("^[[]$", "[") && found("^[-a]$", "-") && found("^[a-]$", "-"));
        assert!(found("^[.*+?{}|$^]$", "^") && !found("^[.]$", "a"));
        assert!(found("a{,2}b", "b") && found("^a{,2}b$", "aab") && !found("^a{,2}b$", "aaab"));
        assert!(found("^a#b$", "a#b") && found("\\x28x\\x29", "(x)") && found("a\\/b\\-", "a/b-"));
        assert!(found("^a.*?b$", "axxb"));
        assert!(found("^[\\d\\-x-z]$", "y") && found("^[\\d\\-x-z]$", "-"));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (source, what) in [
            ("something!", "! may not stand"),
            ("(ab)+", "( may not stand"),
            ("\\(ab\\)", "( may not stand"),
            ("マ", "ASCII letters"),
            ("[abc", "not closed"),
            ("[a-", "not closed"),
            ("[]", "empty"),
            ("[^]", "empty"),
            ("[z-a]", "backwards"),
            ("[a-\\d]", "ends in a class"),
            ("*a", "nothing here"),
            ("a|*", "nothing here"),
            ("^*", "nothing here"),
            ("a**", "in a row"),
            ("a{1}{2}", "in a row"),
            ("a{2,1}", "backwards"),
            ("a{x}", "not a repetition"),
            ("a{}", "not a repetition"),
            ("a{,}", "not a repetition"),
            ("a{501}", "too large together"),
            ("a{99999999999}", "too large together"),
            ("a{99999999999,}", "too large together"),
            ("a{300}b{201}c", "too large together"),
            ("a]", "closes nothing"),
            ("a\\", "before nothing"),
            ("\\b", "means nothing"),
            ("\\x2", "two hexadecimal"),
            ("\\x+1", "two hexadecimal"),
            ("", "empty"),
        ] {
            let message = refused(source);
            assert!(message.contains(what), "{source}: {message}");
        }
    }
}

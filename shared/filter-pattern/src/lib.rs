//! The filter pattern language of CloudWatch Logs.
//!
//! Metric filters, subscription filters, `FilterLogEvents` and Live Tail of AWS speak it; so does everything in Logweir
//! that selects log events. docs/filter-patterns.md describes it, with AWS's rules and what was decided where AWS is silent.
//!
//! ```
//! use logweir_filter_pattern::FilterPattern;
//!
//! let errors = FilterPattern::parse("ERROR -timeout")?;
//! assert!(errors.matches("[ERROR] out of memory"));
//! assert!(!errors.matches("[ERROR] timeout"));
//!
//! let not_found = FilterPattern::parse("[ip, id, user, timestamp, request, status_code = 404, size]")?;
//! let line = r#"127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /logo.gif HTTP/1.0" 404 1534"#;
//! let fields = not_found.extract(line).expect("it matches");
//! assert_eq!((fields[4].name.as_str(), &*fields[4].value), ("$request", "GET /logo.gif HTTP/1.0"));
//!
//! let slow = FilterPattern::parse("{ $.route = \"/pay/*\" && $.latency >= 1.5e3 }")?;
//! assert!(slow.matches(r#"{"route":"/pay/card","latency":1500.0}"#));
//!
//! let error = FilterPattern::parse("{ $.status == 404 }").expect_err("AWS knows no ==");
//! assert_eq!(error.advice(), Some("write ="));
//! # Ok::<(), logweir_filter_pattern::PatternError>(())
//! ```
//!
//! Patterns and messages may be hostile: parsing is bounded in depth, and matching takes time linear in the message, times the
//! size of the pattern at worst, and memory that both bound. The crate is pure: no I/O, no clock.

pub mod ast;
mod cursor;
mod display;
mod error;
mod explain;
mod extract;
mod limits;
mod matcher;
mod number;
mod parser;
mod regex;
mod set;

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

pub use error::PatternError;
pub use extract::{Extractor, Field};
pub use limits::{
    MAX_LENGTH, MAX_NESTING, MAX_REGEXES, MAX_RELAXED_LENGTH, MAX_STEPS, MAX_WILDCARDS, MAX_WILDCARDS_IN_SELECTOR,
    Strictness,
};
pub use number::Number;
pub use regex::{MAX_REPETITIONS, Regex};
pub use set::{PatternSet, SetError, SetMatcher};

use matcher::{Fields, Matcher};

/// A filter pattern, ready to match. Parse it once; it can be shared between threads.
#[derive(Debug, Clone)]
pub struct FilterPattern {
    syntax: ast::Syntax,
    matcher: Matcher,
    /// Characters of the text that it was read from.
    length: usize,
}

impl FilterPattern {
    /// Reads a pattern that AWS would take.
    pub fn parse(pattern: &str) -> Result<Self, PatternError> {
        Self::parse_with(pattern, Strictness::Aws)
    }

    /// Reads a pattern, with AWS's limits or without.
    pub fn parse_with(pattern: &str, strictness: Strictness) -> Result<Self, PatternError> {
        match parser::parse(pattern, strictness) {
            Ok(syntax) => Ok(Self { matcher: Matcher::new(&syntax), syntax, length: pattern.chars().count() }),
            Err(problem) => Err(PatternError { pattern: pattern.to_owned(), problem }),
        }
    }

    /// Whether a message matches.
    pub fn matches(&self, message: &str) -> bool {
        self.matcher.matches(message)
    }

    /// What the pattern says.
    pub fn syntax(&self) -> &ast::Syntax {
        &self.syntax
    }

    /// The fields of a matching message: of a space-delimited pattern all, of a JSON pattern the first single value of
    /// each of its selectors, of terms none. Nothing if the message does not match.
    pub fn extract<'m>(&self, message: &'m str) -> Option<Vec<Field<'m>>> {
        self.matches(message).then(|| extract::all(&self.matcher, message))
    }

    /// Which bytes of a matching message made it match, in order and without overlap, between characters; of a regular
    /// expression among terms the first 64 places.
    pub fn highlights(&self, message: &str) -> Vec<Range<usize>> {
        if !self.matches(message) {
            return Vec::new();
        }
        let mut places = match &self.matcher {
            Matcher::Everything => Vec::new(),
            Matcher::Terms(terms) => terms.highlights(message),
            Matcher::Delimited(delimited) => delimited.highlights(&mut Fields::new(message)),
            Matcher::Json(json) => json.highlights(message),
        };
        places.retain(|place| !place.is_empty());
        merged(places)
    }

    /// What the pattern means in words, and which of AWS's limits it nears; several lines.
    pub fn explain(&self) -> String {
        explain::explain(&self.syntax, self.length)
    }
}

/// Places in order; those that touch are one.
fn merged(mut places: Vec<Range<usize>>) -> Vec<Range<usize>> {
    places.sort_unstable_by_key(|place| (place.start, place.end));
    places.dedup_by(|next, place| {
        let touches = next.start <= place.end;
        if touches {
            place.end = place.end.max(next.end);
        }
        touches
    });
    places
}

impl FromStr for FilterPattern {
    type Err = PatternError;

    fn from_str(pattern: &str) -> Result<Self, PatternError> {
        Self::parse(pattern)
    }
}

/// The pattern in one form: equal patterns are written equally. It may be longer than the text that was parsed; beyond
/// [`MAX_LENGTH`] characters [`Strictness::Relaxed`] reads it again.
impl fmt::Display for FilterPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.syntax.fmt(f)
    }
}

impl PartialEq for FilterPattern {
    fn eq(&self, other: &Self) -> bool {
        self.syntax == other.syntax
    }
}

impl Eq for FilterPattern {}

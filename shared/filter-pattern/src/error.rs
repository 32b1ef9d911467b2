//! Why a pattern is refused: where, what to write instead, and what AWS would say.

use std::fmt;
use std::ops::Range;

/// Widest piece of a pattern that is shown around what is wrong.
const SHOWN: usize = 72;

/// A pattern that cannot be used. Its `Display` is several lines: what is wrong, the pattern with the place underlined,
/// what to do, and AWS's own words where they are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternError {
    pub(crate) pattern: String,
    pub(crate) problem: Problem,
}

/// What is wrong with which part of a pattern; as small as a pointer, so that results stay small.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem(Box<Parts>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Parts {
    span: Range<usize>,
    what: String,
    advice: Option<String>,
    aws: Option<String>,
}

pub(crate) type Parsed<T> = Result<T, Problem>;

impl Problem {
    pub(crate) fn new(span: Range<usize>, what: impl Into<String>) -> Self {
        Self(Box::new(Parts { span, what: what.into(), advice: None, aws: None }))
    }

    #[cfg(test)]
    pub(crate) fn what(&self) -> &str {
        &self.0.what
    }

    pub(crate) fn advice(mut self, advice: impl Into<String>) -> Self {
        self.0.advice = Some(advice.into());
        self
    }

    pub(crate) fn aws(mut self, message: impl Into<String>) -> Self {
        self.0.aws = Some(message.into());
        self
    }
}

impl PatternError {
    /// What is wrong, in one line.
    pub fn what(&self) -> &str {
        &self.problem.0.what
    }

    /// The bytes of the pattern that are wrong; empty where something is missing.
    pub fn span(&self) -> Range<usize> {
        self.problem.0.span.clone()
    }

    /// What to write instead.
    pub fn advice(&self) -> Option<&str> {
        self.problem.0.advice.as_deref()
    }

    /// The message of AWS's `InvalidParameterException`, where its wording is known.
    pub fn aws_message(&self) -> Option<&str> {
        self.problem.0.aws.as_deref()
    }
}

impl std::error::Error for PatternError {}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (line, before, width) = excerpt(&self.pattern, &self.problem.0.span);
        let shown = |text: &str| text.chars().map(harmless).collect::<String>();
        writeln!(f, "{}", shown(&self.problem.0.what))?;
        writeln!(f, "  | {line}")?;
        write!(f, "  | {}{}", " ".repeat(before), "^".repeat(width.max(1)))?;
        if let Some(advice) = &self.problem.0.advice {
            write!(f, "\n  = {}", shown(advice))?;
        }
        if let Some(message) = &self.problem.0.aws {
            write!(f, "\n  = AWS says: {}", shown(message))?;
        }
        Ok(())
    }
}

/// A blank for what steers a terminal, or the direction of a text on it.
fn harmless(character: char) -> char {
    match character {
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => ' ',
        _ if character.is_control() => ' ',
        _ => character,
    }
}

/// The part of the pattern around the span in one line that steers no terminal, the characters before the span, and its
/// width.
fn excerpt(pattern: &str, span: &Range<usize>) -> (String, usize, usize) {
    let clean = |text: &str| -> Vec<char> { text.chars().map(harmless).collect() };
    let (start, end) = (floor(pattern, span.start), floor(pattern, span.end.max(span.start)));
    let (before, marked, after) = (clean(&pattern[..start]), clean(&pattern[start..end]), clean(&pattern[end..]));
    let mut line = String::new();
    let cut_before = before.len().saturating_sub(SHOWN / 2);
    if cut_before > 0 {
        line.push('…');
    }
    line.extend(&before[cut_before..]);
    let column = line.chars().count();
    let width = marked.len().min(SHOWN);
    line.extend(&marked[..width]);
    let room = SHOWN.saturating_sub(width).max(SHOWN / 4);
    line.extend(after.iter().take(room));
    if width < marked.len() || after.len() > room {
        line.push('…');
    }
    (line, column, width)
}

/// The nearest character's beginning at or before `at`.
fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(pattern: &str, span: Range<usize>) -> String {
        let problem = Problem::new(span, "wrong").advice("do right").aws("Invalid filter pattern");
        PatternError { pattern: pattern.to_owned(), problem }.to_string()
    }

    #[test]
    fn the_place_is_underlined() {
        assert_eq!(
            shown("level:error", 5..6),
            "wrong\n  | level:error\n  |      ^\n  = do right\n  = AWS says: Invalid filter pattern"
        );
        assert!(shown("{ $.a", 5..5).contains("\n  | { $.a\n  |      ^\n"));
        assert!(shown("é\tx!", 4..5).contains("\n  | é x!\n  |    ^\n"), "{}", shown("é\tx!", 4..5));
    }

    #[test]
    fn a_long_pattern_is_cut_around_the_place() {
        let pattern = format!("{}!{}", "a".repeat(2000), "b".repeat(2000));
        let text = shown(&pattern, 2000..2001);
        let mut lines = text.lines().skip(1);
        let (line, marks) = (lines.next().expect("a line"), lines.next().expect("a line"));
        assert!(line.chars().count() < 130 && line.contains("a!b") && line.ends_with('…'), "{line}");
        assert_eq!(line.chars().position(|c| c == '!'), marks.chars().position(|c| c == '^'));
        let _ = shown(&pattern, 0..4001);
    }
}

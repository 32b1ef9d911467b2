//! From text to [`Syntax`]: which of the four syntaxes it is, and the limits of them all.

mod delimited;
mod expression;
mod json;
mod terms;
mod value;

pub(crate) use json::selector;

use std::ops::Range;

use crate::ast::Syntax;
use crate::cursor::Cursor;
use crate::error::{Parsed, Problem};
use crate::limits::{MAX_RELAXED_LENGTH, Strictness, Usage};

/// Reads a pattern.
pub(crate) fn parse(pattern: &str, strictness: Strictness) -> Parsed<Syntax> {
    check_length(pattern, strictness)?;
    let begin = pattern.len() - pattern.trim_ascii_start().len();
    let range = begin..begin + pattern.trim_ascii().len();
    let syntax = match pattern[range.clone()].chars().next() {
        None => Syntax::Everything,
        Some('{') => {
            let mut cursor = Cursor::new(pattern, inside(pattern, range, '{', '}')?);
            Syntax::Json(json::pattern(&mut cursor)?)
        }
        Some('[') => {
            let mut cursor = Cursor::new(pattern, inside(pattern, range, '[', ']')?);
            Syntax::Delimited(delimited::pattern(&mut cursor)?)
        }
        Some(_) => Syntax::Terms(terms::pattern(&mut Cursor::new(pattern, range))?),
    };
    if strictness == Strictness::Aws {
        Usage::of(&syntax).check(0..pattern.len())?;
    }
    Ok(syntax)
}

fn check_length(pattern: &str, strictness: Strictness) -> Parsed<()> {
    let most = match strictness {
        Strictness::Aws => crate::limits::MAX_LENGTH,
        Strictness::Relaxed => MAX_RELAXED_LENGTH,
    };
    let Some((at, _)) = pattern.char_indices().nth(most) else { return Ok(()) };
    let problem = Problem::new(at..pattern.len(), format!("the pattern is longer than {most} characters"))
        .advice("split it into several patterns");
    Err(match strictness {
        Strictness::Aws => problem.aws(format!(
            "1 validation error detected: Value at 'filterPattern' failed to satisfy constraint: Member must have length \
             less than or equal to {most}"
        )),
        Strictness::Relaxed => problem,
    })
}

/// What stands between the brackets of a whole pattern.
fn inside(pattern: &str, range: Range<usize>, open: char, close: char) -> Parsed<Range<usize>> {
    if range.len() > 1 && pattern[..range.end].ends_with(close) {
        return Ok(range.start + 1..range.end - 1);
    }
    Err(Problem::new(range.end..range.end, format!("the pattern starts with {open} and does not end with {close}"))
        .advice(format!("end it with {close}; to look for the character itself write \"{open}\""))
        .aws(format!("If a filter pattern starts with '{open}' it must end with '{close}'")))
}

/// What AWS says of a character that may not stand where it does.
fn invalid_characters(term: &str) -> String {
    format!("Invalid character(s) in term '{term}'")
}

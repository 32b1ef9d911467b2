//! Operators and values, the same in both structured syntaxes.

use crate::ast::{Comparison, Value, Wildcard};
use crate::cursor::Cursor;
use crate::error::{Parsed, Problem};
use crate::number::Number;
use crate::parser::invalid_characters;

/// An operator and its value; blanks before, between and behind them are stepped over.
pub(super) fn comparison(cursor: &mut Cursor<'_>) -> Parsed<Comparison> {
    cursor.skip_blanks();
    let start = cursor.position();
    let operator = cursor.take_while(|character| "=!<>~".contains(character));
    let comparison = match operator {
        "=" => Comparison::Equal(value(cursor)?),
        "!=" => Comparison::NotEqual(value(cursor)?),
        "<" => Comparison::Less(number(cursor, operator)?),
        "<=" => Comparison::LessOrEqual(number(cursor, operator)?),
        ">" => Comparison::Greater(number(cursor, operator)?),
        ">=" => Comparison::GreaterOrEqual(number(cursor, operator)?),
        other => {
            let span = if other.is_empty() { cursor.here() } else { cursor.span(start) };
            let problem = match other {
                "" => Problem::new(span, "an operator is missing"),
                other => Problem::new(span, format!("{other} is no operator")),
            };
            return Err(problem.advice(match other {
                "==" => "write =",
                "<>" | "=!" | "!" => "write !=",
                "=>" => "write >=",
                "=<" => "write <=",
                "=~" | "~" => "write = and a regular expression: = %…%",
                _ => "write one of = != < <= > >=",
            }));
        }
    };
    cursor.skip_blanks();
    Ok(comparison)
}

fn value(cursor: &mut Cursor<'_>) -> Parsed<Value> {
    cursor.skip_blanks();
    match cursor.peek() {
        Some('"') => Ok(Value::Text(Wildcard::new(&cursor.quoted()?))),
        Some('%') => Ok(Value::Regex(cursor.regex()?)),
        Some('(') => Err(Problem::new(cursor.here(), "a value stands in no parentheses")
            .advice("write the whole condition again for each value, with || between")),
        _ => {
            let (word, start) = bare(cursor)?;
            if let Some(number) = Number::new(word) {
                return Ok(Value::Number(number));
            }
            if word.contains('+') {
                return Err(unquoted('+', cursor, start));
            }
            Ok(Value::Text(Wildcard::new(word)))
        }
    }
}

fn number(cursor: &mut Cursor<'_>, operator: &str) -> Parsed<Number> {
    cursor.skip_blanks();
    let start = cursor.position();
    if let Some('"' | '%') = cursor.peek() {
        return Err(Problem::new(cursor.here(), format!("{operator} compares numbers"))
            .advice("write the number without quotation marks, or compare text with = or !="));
    }
    let (word, _) = bare(cursor)?;
    Number::new(word).ok_or_else(|| {
        Problem::new(cursor.span(start), format!("{operator} compares numbers, and {word} is none"))
            .advice("write a number, or compare text with = or !=")
    })
}

/// A value without quotation marks.
fn bare<'p>(cursor: &mut Cursor<'p>) -> Parsed<(&'p str, usize)> {
    let start = cursor.position();
    let word = cursor.take_while(|character| character.is_ascii_alphanumeric() || "_.*-+".contains(character));
    let is_end = |next: char| next.is_ascii_whitespace() || "&|),]}".contains(next);
    match cursor.peek() {
        Some(next) if !is_end(next) => Err(unquoted(next, cursor, start)),
        _ if word.is_empty() => Err(Problem::new(cursor.here(), "a value is missing")
            .advice("write a number, a word, \"text\" or %a regular expression%")),
        _ => Ok((word, start)),
    }
}

/// A character that needs quotation marks, in the word that begins at `start`.
fn unquoted(character: char, cursor: &mut Cursor<'_>, start: usize) -> Problem {
    let here = cursor.here();
    cursor.take_while(|next| !next.is_ascii_whitespace() && !"&|),]}\"".contains(next));
    let word = cursor.since(start);
    let span = if character == '+' { cursor.span(start) } else { here };
    let advice = match character {
        '“' | '”' | '„' | '‘' | '’' | '\'' => format!(
            "write straight double quotation marks: \"{}\"",
            word.trim_matches(|c: char| !c.is_ascii_alphanumeric() && c != '*')
        ),
        '"' => "write the quotation marks around the whole value, and \\\" for one inside".to_owned(),
        _ => format!("write \"{}\"", word.replace('\\', "\\\\")),
    };
    Problem::new(span, format!("{character} may not stand in a value without quotation marks"))
        .advice(advice)
        .aws(invalid_characters(&character.to_string()))
}

//! `{…}`: selectors and what must hold for them.

use crate::ast::{Check, Expression, Selector, Step, Test};
use crate::cursor::Cursor;
use crate::error::{Parsed, Problem};
use crate::limits::MAX_STEPS;
use crate::parser::expression::expression;
use crate::parser::invalid_characters;
use crate::parser::value::comparison;

/// Reads what stands between the braces.
pub(super) fn pattern(cursor: &mut Cursor<'_>) -> Parsed<Expression<Test>> {
    let expression = expression(cursor, &mut test)?;
    match cursor.peek() {
        None => Ok(expression),
        Some(')') => {
            Err(Problem::new(cursor.here(), ") closes nothing").advice("leave it out, or write ( before the condition"))
        }
        Some(',') => Err(Problem::new(cursor.here(), "a comma joins no conditions")
            .advice("write && where both must hold, || where one is enough")
            .aws(invalid_characters(","))),
        Some(_) => Err(Problem::new(cursor.here(), "&& or || was expected")
            .advice("write && where both must hold, || where one is enough")),
    }
}

fn test(cursor: &mut Cursor<'_>) -> Parsed<Test> {
    cursor.skip_blanks();
    let selector = selector(cursor)?;
    cursor.skip_blanks();
    let check = check(cursor)?;
    cursor.skip_blanks();
    Ok(Test { selector, check })
}

fn check(cursor: &mut Cursor<'_>) -> Parsed<Check> {
    let start = cursor.position();
    match cursor.keyword() {
        "IS" => {
            cursor.eat("IS");
            cursor.skip_blanks();
            let check = match cursor.keyword() {
                "NULL" => Check::IsNull,
                "TRUE" => Check::IsTrue,
                "FALSE" => Check::IsFalse,
                "NOT" => {
                    return Err(Problem::new(start..cursor.position() + 3, "AWS has no IS NOT")
                        .advice("for a property that is there and not null write $.property = \"*\""));
                }
                other => {
                    let span = cursor.position()..cursor.position() + other.len();
                    return Err(Problem::new(span, "IS goes with NULL, TRUE or FALSE")
                        .advice("write IS NULL, IS TRUE or IS FALSE, in capitals; or compare with = and a value"));
                }
            };
            cursor.take_while(|character| character.is_ascii_alphabetic());
            Ok(check)
        }
        "NOT" => {
            cursor.eat("NOT");
            cursor.skip_blanks();
            if cursor.keyword() != "EXISTS" {
                return Err(Problem::new(start..cursor.position(), "NOT goes with EXISTS")
                    .advice("write NOT EXISTS, in capitals, or != and a value"));
            }
            cursor.eat("EXISTS");
            Ok(Check::NotExists)
        }
        "EXISTS" => Err(Problem::new(start..start + 6, "AWS has no EXISTS")
            .advice("write = \"*\" for a property that holds any value")),
        "" => comparison(cursor).map(Check::Compare),
        word => {
            let span = start..start + word.len();
            let upper = word.to_ascii_uppercase();
            Err(match upper.as_str() {
                "IS" => Problem::new(span, format!("{word} is not in capitals"))
                    .advice("write IS NULL, IS TRUE or IS FALSE"),
                "NOT" => Problem::new(span, format!("{word} is not in capitals")).advice("write NOT EXISTS"),
                "EXISTS" => {
                    Problem::new(span, "AWS has no EXISTS").advice("write = \"*\" for a property that holds any value")
                }
                _ => Problem::new(span, "an operator is missing")
                    .advice("write one of = != < <= > >=, IS NULL, IS TRUE, IS FALSE or NOT EXISTS"),
            })
        }
    }
}

/// A selector, from its `$` on.
pub(crate) fn selector(cursor: &mut Cursor<'_>) -> Parsed<Selector> {
    if !cursor.eat("$") {
        return Err(no_dollar(cursor));
    }
    let mut steps = Vec::new();
    let begin = cursor.position();
    while let Some(step) = step(cursor)? {
        if steps.len() == MAX_STEPS {
            return Err(Problem::new(cursor.span(begin), format!("the selector has more than {MAX_STEPS} steps"))
                .advice("no log line is so deep"));
        }
        steps.push(step);
    }
    if steps.is_empty() {
        return Err(
            Problem::new(cursor.here(), "the selector leads nowhere").advice("write $.key, $.['any key'] or $[0]")
        );
    }
    Ok(Selector { steps })
}

/// What may have been meant where a selector was expected.
fn no_dollar(cursor: &Cursor<'_>) -> Problem {
    let mut ahead = cursor.clone();
    let start = ahead.position();
    let word = ahead.take_while(|c| c.is_ascii_alphanumeric() || "_.-".contains(c));
    let span = ahead.span(start);
    match (ahead.peek(), word) {
        (Some('(' | '$'), word) if !word.is_empty() => Problem::new(span, "there are no functions")
            .advice("write a selector, an operator and a value; or NOT EXISTS behind the selector"),
        (_, "NOT" | "not") => {
            Problem::new(span, "NOT stands before no condition").advice("write !=, or NOT EXISTS behind the selector")
        }
        (Some('!'), "") => Problem::new(cursor.here(), "! stands before no condition")
            .advice("write !=, or NOT EXISTS behind the selector"),
        (Some('"' | '%'), "") => Problem::new(cursor.here(), "a value stands where a condition is expected")
            .advice("write the selector again before each value: $.key = \"a\" || $.key = \"b\""),
        (_, "") => Problem::new(cursor.here(), "a condition is missing")
            .advice("write a selector, an operator and a value: $.key = \"value\""),
        (_, word) => {
            Problem::new(span, "a selector begins with $.").advice(format!("write $.{}", word.trim_start_matches('.')))
        }
    }
}

fn step(cursor: &mut Cursor<'_>) -> Parsed<Option<Step>> {
    let start = cursor.position();
    if cursor.eat(".['") || cursor.eat("['") {
        return quoted_key(cursor, start).map(Some);
    }
    if cursor.eat("[") {
        return index(cursor, start).map(Some);
    }
    if !cursor.eat(".") {
        return Ok(None);
    }
    if cursor.eat("*") {
        return Ok(Some(Step::AnyKey));
    }
    let key_begins = cursor.position();
    let key = cursor.take_while(|character| character.is_ascii_alphanumeric() || "_-".contains(character));
    match cursor.peek() {
        Some(next) if !is_behind_key(next) => Err(strange_key(cursor, key_begins)),
        Some('[') if cursor.rest().starts_with("[\"") => Err(double_quoted_key(cursor)),
        _ if key.is_empty() => Err(Problem::new(cursor.here(), "a key is missing")
            .advice("write letters, digits, _ and -, or any characters so: $.['any key']")),
        _ => Ok(Some(Step::Key(key.to_owned()))),
    }
}

fn double_quoted_key(cursor: &Cursor<'_>) -> Problem {
    Problem::new(cursor.here(), "a key in brackets stands in single quotation marks").advice("write .['key']")
}

/// Whether a character may follow a key: a step, an operator, or what ends a condition.
fn is_behind_key(character: char) -> bool {
    character.is_ascii_whitespace() || ".[=!<>~()&|,".contains(character)
}

/// A character that no key holds without brackets.
fn strange_key(cursor: &mut Cursor<'_>, key_begins: usize) -> Problem {
    let here = cursor.here();
    let character = cursor.peek().map(String::from).unwrap_or_default();
    cursor.take_while(|next| !is_behind_key(next));
    let key = cursor.since(key_begins).trim_matches(['"', '\'']);
    let problem = Problem::new(here, format!("{character} may not stand in a key"))
        .advice(format!("write the key in brackets: .['{key}']"));
    if character == "\"" { problem.aws(invalid_characters("$.\"")) } else { problem }
}

fn quoted_key(cursor: &mut Cursor<'_>, start: usize) -> Parsed<Step> {
    let key = cursor.take_while(|character| character != '\'').to_owned();
    if !cursor.eat("']") {
        return Err(Problem::new(cursor.span(start), "the key is not closed")
            .advice("write '] at its end; a key that holds ' cannot be selected"));
    }
    Ok(Step::Key(key))
}

fn index(cursor: &mut Cursor<'_>, start: usize) -> Parsed<Step> {
    let step = if cursor.eat("*") {
        Step::AnyIndex
    } else {
        let digits = cursor.take_while(|character| character.is_ascii_digit());
        let Ok(index) = digits.parse() else {
            let span = if digits.is_empty() { cursor.here() } else { cursor.span(start) };
            if cursor.peek() == Some('"') {
                return Err(double_quoted_key(cursor));
            }
            return Err(Problem::new(span, "not an index")
                .advice("write the number of an element, from 0, or * for all; and a key so: ['any key']"));
        };
        Step::Index(index)
    };
    if !cursor.eat("]") {
        return Err(Problem::new(cursor.here(), "] is missing behind the index")
            .advice("write the number of one element, or * for all"));
    }
    Ok(step)
}

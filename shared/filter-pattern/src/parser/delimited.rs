//! `[…]`: slots with names and conditions.

use crate::ast::{Comparison, Delimited, Slot};
use crate::cursor::Cursor;
use crate::error::{Parsed, Problem};
use crate::parser::expression::expression;
use crate::parser::value::comparison;

/// Reads what stands between the brackets.
pub(super) fn pattern(cursor: &mut Cursor<'_>) -> Parsed<Delimited> {
    cursor.skip_blanks();
    if cursor.rest().is_empty() {
        return Ok(Delimited { first: Vec::new(), last: Some(Vec::new()) });
    }
    let (mut first, mut last): (Vec<Slot>, Option<Vec<Slot>>) = (Vec::new(), None);
    loop {
        cursor.skip_blanks();
        let start = cursor.position();
        if cursor.eat("...") {
            cursor.skip_blanks();
            if last.is_some() {
                return Err(Problem::new(
                    start..start + 3,
                    "... stands twice: where the fields between them are, nobody could say",
                )
                .advice("leave one out; an empty slot between two commas is one field"));
            }
            last = Some(Vec::new());
        } else {
            let slot = slot(cursor)?;
            let is_taken = |other: &Slot| matches!((other, &slot), (Slot::Named { name: a, .. }, Slot::Named { name: b, .. }) if a == b);
            if first.iter().chain(last.iter().flatten()).any(is_taken) {
                return Err(Problem::new(cursor.span(start), "two fields have one name").advice("rename one"));
            }
            last.as_mut().unwrap_or(&mut first).push(slot);
        }
        if cursor.rest().is_empty() {
            return Ok(Delimited { first, last });
        }
        if !cursor.eat(",") {
            let has_condition = cursor.since(start).contains(['=', '<', '>']);
            return Err(between_slots(cursor, has_condition));
        }
        if cursor.rest().trim_ascii().is_empty() {
            // A comma at the end: one more field, whatever it is.
            last.as_mut().unwrap_or(&mut first).push(Slot::Unnamed);
            return Ok(Delimited { first, last });
        }
    }
}

fn between_slots(cursor: &Cursor<'_>, has_condition: bool) -> Problem {
    let here = cursor.here();
    match cursor.peek() {
        Some(')') => Problem::new(here, ") closes nothing").advice("leave it out, or write ( before the condition"),
        Some('&' | '|') => Problem::new(here, "a field's name alone is no condition")
            .advice("write an operator and a value behind the name, or a comma between two fields"),
        Some(character) if "\"'“”‘’".contains(character) => {
            Problem::new(here, format!("{character} may not stand here"))
                .advice("write straight quotation marks, around values only")
        }
        Some('.') => Problem::new(here, ". may not stand in the name of a field").advice("write _ instead, or ... alone between commas"),
        _ if has_condition => Problem::new(here, "the condition goes on with what is no operator").advice(
            "write || and the name again for another value, quotation marks around a value with blanks, or a comma before the next field",
        ),
        _ => Problem::new(here, "a comma or the end of the pattern was expected")
            .advice("write a comma between two fields, and = and a value for a condition"),
    }
}

fn slot(cursor: &mut Cursor<'_>) -> Parsed<Slot> {
    if cursor.peek().is_none_or(|next| next == ',') {
        return Ok(Slot::Unnamed);
    }
    // The name of the slot is that of its first condition, wherever that stands in parentheses.
    let mut behind_parentheses = cursor.clone();
    behind_parentheses.take_while(|next| next == '(' || next.is_ascii_whitespace());
    let name = name(&mut behind_parentheses)?.to_owned();
    behind_parentheses.skip_blanks();
    let is_alone =
        !cursor.rest().starts_with('(') && behind_parentheses.peek().is_none_or(|next| !"=!<>~".contains(next));
    if is_alone {
        *cursor = behind_parentheses;
        return Ok(Slot::Named { name, condition: None });
    }
    let condition = expression(cursor, &mut |cursor| condition_on(&name, cursor))?;
    Ok(Slot::Named { name, condition: Some(condition) })
}

/// `name op value`, where the name must be the slot's own.
fn condition_on(expected: &str, cursor: &mut Cursor<'_>) -> Parsed<Comparison> {
    cursor.skip_blanks();
    let start = cursor.position();
    let found = name(cursor)?;
    cursor.skip_blanks();
    if found != expected && cursor.peek().is_none_or(|next| !"=!<>~".contains(next)) {
        return Err(Problem::new(start..start + found.len(), "a value stands where a condition is expected")
            .advice(format!("write the name again before each value: {expected} = {found}")));
    }
    if found != expected {
        return Err(Problem::new(start..start + found.len(), format!("the condition of {expected} names {found}"))
            .advice(format!("give {found} a slot of its own, behind a comma: a condition sees its own field only")));
    }
    comparison(cursor)
}

fn name<'p>(cursor: &mut Cursor<'p>) -> Parsed<&'p str> {
    let is_part = |character: char| character.is_ascii_alphanumeric() || "_-".contains(character);
    let start = cursor.position();
    let name = cursor.take_while(is_part);
    if !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Problem::new(cursor.span(start), "a field's name is a number").advice(format!(
            "write a name with a letter in it, or nothing for any field: ${name} is field number {name}"
        )));
    }
    if !name.is_empty() {
        return Ok(name);
    }
    let here = cursor.here();
    Err(match cursor.peek() {
        Some('$') => Problem::new(here, "a field's name begins without $").advice("write the name alone"),
        Some('.') => Problem::new(cursor.span(start).start..here.end, "not an ellipsis")
            .advice("write ... for any number of fields"),
        _ => Problem::new(here, "the name of a field is missing")
            .advice("write letters, digits, _ or -; or nothing at all for any field"),
    })
}

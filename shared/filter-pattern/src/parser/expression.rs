//! `&&`, `||` and parentheses, the same in both structured syntaxes: `()` before `&&` before `||`.

use crate::ast::Expression;
use crate::cursor::Cursor;
use crate::error::{Parsed, Problem};
use crate::limits::MAX_NESTING;

/// Reads conditions up to what is none of `&&`, `||` and `)`.
pub(super) fn expression<'p, L>(
    cursor: &mut Cursor<'p>,
    leaf: &mut impl FnMut(&mut Cursor<'p>) -> Parsed<L>,
) -> Parsed<Expression<L>> {
    or(cursor, leaf, 0)
}

fn or<'p, L>(
    cursor: &mut Cursor<'p>,
    leaf: &mut impl FnMut(&mut Cursor<'p>) -> Parsed<L>,
    depth: usize,
) -> Parsed<Expression<L>> {
    let mut operands = Vec::new();
    loop {
        match and(cursor, leaf, depth)? {
            Expression::Or(inner) => operands.extend(inner),
            other => operands.push(other),
        }
        if !operator(cursor, "||")? {
            return Ok(single_or(operands, Expression::Or));
        }
    }
}

fn and<'p, L>(
    cursor: &mut Cursor<'p>,
    leaf: &mut impl FnMut(&mut Cursor<'p>) -> Parsed<L>,
    depth: usize,
) -> Parsed<Expression<L>> {
    let mut operands = Vec::new();
    loop {
        match operand(cursor, leaf, depth)? {
            Expression::And(inner) => operands.extend(inner),
            other => operands.push(other),
        }
        if !operator(cursor, "&&")? {
            return Ok(single_or(operands, Expression::And));
        }
    }
}

fn operand<'p, L>(
    cursor: &mut Cursor<'p>,
    leaf: &mut impl FnMut(&mut Cursor<'p>) -> Parsed<L>,
    depth: usize,
) -> Parsed<Expression<L>> {
    cursor.skip_blanks();
    let start = cursor.position();
    if !cursor.eat("(") {
        return leaf(cursor).map(Expression::Leaf);
    }
    if depth == MAX_NESTING {
        return Err(Problem::new(
            cursor.span(start),
            format!("more than {MAX_NESTING} parentheses stand in one another"),
        )
        .advice("leave out those that change nothing"));
    }
    let inner = or(cursor, leaf, depth + 1)?;
    if !cursor.eat(")") {
        return Err(Problem::new(start..start + 1, "the parenthesis is not closed").advice("write ) at its end"));
    }
    Ok(inner)
}

/// Steps over blanks and, if it comes next, the operator.
fn operator(cursor: &mut Cursor<'_>, token: &str) -> Parsed<bool> {
    cursor.skip_blanks();
    let half = &token[..1];
    if cursor.eat(token) {
        return Ok(true);
    }
    if cursor.rest().starts_with(half) {
        return Err(
            Problem::new(cursor.here(), format!("a single {half} is no operator")).advice(format!("write {token}"))
        );
    }
    Ok(false)
}

fn single_or<L>(mut operands: Vec<Expression<L>>, many: fn(Vec<Expression<L>>) -> Expression<L>) -> Expression<L> {
    match operands.len() {
        1 => operands.remove(0),
        _ => many(operands),
    }
}

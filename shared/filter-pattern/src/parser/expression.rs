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
    chain(Operator::Or, cursor, leaf, 0)
}

/// What joins conditions.
#[derive(Debug, Clone, Copy)]
enum Operator {
    Or,
    And,
}

impl Operator {
    fn token(self) -> &'static str {
        match self {
            Self::Or => "||",
            Self::And => "&&",
        }
    }

    /// Adds an operand; parentheses that change nothing leave no trace.
    fn add<L>(self, operand: Expression<L>, operands: &mut Vec<Expression<L>>) {
        match (self, operand) {
            (Self::Or, Expression::Or(inner)) | (Self::And, Expression::And(inner)) => operands.extend(inner),
            (_, operand) => operands.push(operand),
        }
    }

    fn join<L>(self, mut operands: Vec<Expression<L>>) -> Expression<L> {
        match self {
            _ if operands.len() == 1 => operands.remove(0),
            Self::Or => Expression::Or(operands),
            Self::And => Expression::And(operands),
        }
    }
}

/// Operands with one operator between them.
fn chain<'p, L>(
    operator: Operator,
    cursor: &mut Cursor<'p>,
    leaf: &mut impl FnMut(&mut Cursor<'p>) -> Parsed<L>,
    depth: usize,
) -> Parsed<Expression<L>> {
    let mut operands = Vec::new();
    loop {
        let next = match operator {
            Operator::Or => chain(Operator::And, cursor, leaf, depth)?,
            Operator::And => operand(cursor, leaf, depth)?,
        };
        operator.add(next, &mut operands);
        if !eat(operator, cursor)? {
            return Ok(operator.join(operands));
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
    let inner = chain(Operator::Or, cursor, leaf, depth + 1)?;
    if !cursor.eat(")") {
        return Err(Problem::new(start..start + 1, "the parenthesis is not closed").advice("write ) at its end"));
    }
    Ok(inner)
}

/// Steps over blanks and, if it comes next, the operator.
fn eat(operator: Operator, cursor: &mut Cursor<'_>) -> Parsed<bool> {
    let token = operator.token();
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

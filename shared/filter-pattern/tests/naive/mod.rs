//! A second evaluator: slow, without indexes, tries, automata or any thought of speed, so that it can be checked by reading.
//!
//! It shares nothing with the crate but the syntax tree. Property tests and the fuzz target `pattern_match` compare the two.

mod fields;
mod json;
mod number;
mod regexes;
mod values;

use logweir_filter_pattern::ast::{Check, Expression, Role, Syntax, Term, TermText};

/// A name and a value taken out of a message.
pub(crate) type Value = (String, String);

/// Whether a message matches.
pub(crate) fn matches(syntax: &Syntax, message: &str) -> bool {
    match syntax {
        Syntax::Everything => true,
        Syntax::Terms(terms) => terms_match(terms, message),
        Syntax::Delimited(pattern) => fields::matches(pattern, message),
        Syntax::Json(expression) => json::Tree::parse(message).is_some_and(|tree| {
            holds(expression, &|test| {
                let selected = tree.select(test.selector.steps());
                match &test.check {
                    Check::IsNull => selected.iter().any(|node| matches!(node, json::Node::Null)),
                    Check::IsTrue => selected.iter().any(|node| matches!(node, json::Node::Boolean(true))),
                    Check::IsFalse => selected.iter().any(|node| matches!(node, json::Node::Boolean(false))),
                    Check::NotExists => selected.is_empty(),
                    Check::Compare(comparison) => selected.iter().any(|node| match node {
                        json::Node::Text(text) | json::Node::Number(text) => values::holds(comparison, text),
                        json::Node::Boolean(_) => values::is_any_value(comparison),
                        json::Node::Null | json::Node::List(_) | json::Node::Object(_) => false,
                    }),
                }
            })
        }),
    }
}

/// What is taken out of a message, if it matches.
pub(crate) fn extract(syntax: &Syntax, message: &str) -> Option<Vec<Value>> {
    if !matches(syntax, message) {
        return None;
    }
    Some(match syntax {
        Syntax::Everything | Syntax::Terms(_) => Vec::new(),
        Syntax::Delimited(pattern) => fields::extract(pattern, message)?,
        Syntax::Json(expression) => {
            let tree = json::Tree::parse(message)?;
            let mut selectors = Vec::new();
            each_leaf(expression, &mut |test| {
                if !selectors.contains(&&test.selector) {
                    selectors.push(&test.selector);
                }
            });
            let value = |selector: &&_| {
                let selector: &logweir_filter_pattern::ast::Selector = selector;
                tree.first_text(selector.steps()).map(|text| (selector.to_string(), text))
            };
            selectors.iter().filter_map(value).collect()
        }
    })
}

/// A pattern knows no such field.
#[derive(Debug)]
pub(crate) struct NoSuchName;

/// What an extractor should answer for a name, for a message that matches.
pub(crate) fn named(syntax: &Syntax, name: &str, message: &str) -> Result<Option<String>, NoSuchName> {
    match syntax {
        Syntax::Everything | Syntax::Terms(_) => Err(NoSuchName),
        Syntax::Delimited(pattern) => fields::named(pattern, name, message),
        Syntax::Json(expression) => {
            let mut steps = None;
            each_leaf(expression, &mut |test| {
                if test.selector.to_string() == name {
                    steps = Some(test.selector.steps());
                }
            });
            let steps = steps.ok_or(NoSuchName)?;
            Ok(json::Tree::parse(message).and_then(|tree| tree.first_text(steps)))
        }
    }
}

fn terms_match(terms: &[Term], message: &str) -> bool {
    let is_held = |term: &Term| match &term.text {
        TermText::Literal(text) => text.chars().all(|c| c.is_ascii_whitespace()) || message.contains(text.as_str()),
        TermText::Regex(regex) => regexes::is_found(regex.as_str(), message),
    };
    if terms.iter().all(|term| term.role == Role::Optional) {
        return terms.iter().any(is_held);
    }
    terms.iter().all(|term| match term.role {
        Role::Required => is_held(term),
        Role::Excluded => !is_held(term),
        Role::Optional => true,
    })
}

/// Whether the conditions hold, given which of the leaves do.
fn holds<L>(expression: &Expression<L>, leaf: &impl Fn(&L) -> bool) -> bool {
    match expression {
        Expression::Leaf(condition) => leaf(condition),
        Expression::And(operands) => operands.iter().all(|operand| holds(operand, leaf)),
        Expression::Or(operands) => operands.iter().any(|operand| holds(operand, leaf)),
    }
}

fn each_leaf<'e, L>(expression: &'e Expression<L>, each: &mut impl FnMut(&'e L)) {
    match expression {
        Expression::Leaf(condition) => each(condition),
        Expression::And(operands) | Expression::Or(operands) => {
            for operand in operands {
                each_leaf(operand, each);
            }
        }
    }
}

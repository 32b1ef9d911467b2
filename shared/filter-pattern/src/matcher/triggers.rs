//! Words without which a message cannot match: the sieve before the patterns.

use super::Matcher;
use crate::ast::{Check, Comparison, Delimited, Expression, Selector, Slot, Step, Syntax, Test, Value};

/// Words of which a message that matches holds one at least. The better ones are longer, fewer, and no keys, which many
/// messages of one kind hold.
#[derive(Debug, Clone)]
pub(crate) struct Words {
    pub(crate) plain: Vec<String>,
    /// Others, which a field that is a number holds before its exponent.
    pub(crate) before_exponents: Vec<String>,
    are_keys: bool,
}

impl Words {
    pub(crate) fn of(words: Vec<String>) -> Self {
        Self { plain: words, before_exponents: Vec::new(), are_keys: false }
    }

    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &String> {
        self.plain.iter().chain(&self.before_exponents)
    }

    fn one(word: &str, are_keys: bool) -> Option<Self> {
        (!word.is_empty()).then(|| Self { are_keys, ..Self::of(vec![word.to_owned()]) })
    }

    fn rank(&self) -> (bool, usize, std::cmp::Reverse<usize>) {
        let shortest = self.iter().map(String::len).min().unwrap_or(0);
        (!self.are_keys, shortest, std::cmp::Reverse(self.iter().count()))
    }
}

/// The words of a pattern; nothing if it may match without any. Words of a JSON pattern are as they stand in a message
/// without `\u`.
pub(crate) fn triggers(matcher: &Matcher, syntax: &Syntax) -> Option<Words> {
    match (matcher, syntax) {
        (Matcher::Terms(terms), _) => terms.triggers().map(Words::of),
        (_, Syntax::Delimited(delimited)) => triggers_of_delimited(delimited),
        (_, Syntax::Json(expression)) => triggers_of_json(expression).map(Words::of),
        _ => None,
    }
}

fn triggers_of_delimited(Delimited { first, last }: &Delimited) -> Option<Words> {
    let slots = first.iter().chain(last.iter().flatten());
    let of_slot = |slot: &Slot| match slot {
        Slot::Named { condition: Some(condition), .. } => of_expression(condition, &|comparison| match comparison {
            // A field is a part of the message.
            Comparison::Equal(Value::Text(wildcard)) => Words::one(&wildcard.text, false),
            Comparison::Equal(Value::Number(number)) => {
                let (plain, before_exponents) = number.parts();
                Some(Words { before_exponents, ..Words::of(vec![plain]) })
            }
            _ => None,
        }),
        _ => None,
    };
    slots.filter_map(of_slot).max_by_key(Words::rank)
}

pub(super) fn triggers_of_json(expression: &Expression<Test>) -> Option<Vec<String>> {
    of_expression(expression, &|Test { selector, check }| {
        let value = match check {
            // Nothing needs to be there.
            Check::NotExists => return None,
            Check::Compare(Comparison::Equal(Value::Text(wildcard))) => {
                let is_whole = !wildcard.any_before && !wildcard.any_after;
                let plain = longest_plain(&wildcard.text);
                // What may be a number stands without quotation marks.
                let is_quoted = is_whole && plain == wildcard.text && plain.starts_with(|c: char| c.is_alphabetic());
                let word = if is_quoted { format!("\"{plain}\"") } else { plain.to_owned() };
                Words::one(&word, false)
            }
            _ => None,
        };
        let keys = || key_of(selector).and_then(|key| Words::one(&key, true));
        value.filter(|words| words.plain[0].len() > 2).or_else(keys)
    })
    .map(|words| words.plain)
}

/// The last key of a selector, which stands in the message with its quotation marks.
fn key_of(selector: &Selector) -> Option<String> {
    selector.steps().iter().rev().find_map(|step| match step {
        Step::Key(key) if longest_plain(key) == key && !key.is_empty() => Some(format!("\"{key}\"")),
        Step::Key(key) if !longest_plain(key).is_empty() => Some(longest_plain(key).to_owned()),
        _ => None,
    })
}

/// The longest part of a text whose characters JSON spells in one way, or with `\u`.
fn longest_plain(text: &str) -> &str {
    let is_escaped = |character: char| matches!(character, '"' | '\\' | '/' | '\0'..='\u{1f}');
    text.split(is_escaped).max_by_key(|part| part.len()).unwrap_or("")
}

fn of_expression<L>(expression: &Expression<L>, leaf: &impl Fn(&L) -> Option<Words>) -> Option<Words> {
    match expression {
        Expression::Leaf(condition) => leaf(condition),
        Expression::And(operands) => {
            operands.iter().filter_map(|operand| of_expression(operand, leaf)).max_by_key(Words::rank)
        }
        Expression::Or(operands) => {
            let mut all = Words::of(Vec::new());
            for operand in operands {
                let Words { plain, before_exponents, are_keys } = of_expression(operand, leaf)?;
                all.plain.extend(plain);
                all.before_exponents.extend(before_exponents);
                all.are_keys |= are_keys;
            }
            Some(all)
        }
    }
}

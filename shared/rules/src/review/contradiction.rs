//! Patterns that no message can match, as far as it can be told from their words.

use std::collections::HashMap;

use logweir_filter_pattern::Number;
use logweir_filter_pattern::ast::{
    Check, Comparison, Delimited, Expression, Role, Selector, Slot, Syntax, Term, TermText, Test, Value, Wildcard,
};

/// Whether no message can match. Not every such pattern is found.
pub(super) fn is_contradictory(syntax: &Syntax) -> bool {
    match syntax {
        Syntax::Everything => false,
        Syntax::Terms(terms) => terms_contradict(terms),
        Syntax::Delimited(Delimited { first, last }) => {
            first.iter().chain(last.iter().flatten()).any(|slot| match slot {
                Slot::Named { condition: Some(condition), .. } => field_contradicts(condition),
                _ => false,
            })
        }
        Syntax::Json(expression) => json_contradicts(expression),
    }
}

/// A term that must not be there is part of one that must.
fn terms_contradict(terms: &[Term]) -> bool {
    let of_role = |role: Role| {
        terms.iter().filter(move |term| term.role == role).filter_map(|term| match &term.text {
            TermText::Literal(text) => Some(text.as_str()),
            TermText::Regex(_) => None,
        })
    };
    of_role(Role::Excluded).any(|excluded| {
        excluded.chars().all(char::is_whitespace) || of_role(Role::Required).any(|required| required.contains(excluded))
    })
}

fn field_contradicts(condition: &Expression<Comparison>) -> bool {
    match condition {
        Expression::Leaf(_) => false,
        Expression::Or(operands) => operands.iter().all(field_contradicts),
        Expression::And(operands) => {
            let leaves = operands.iter().filter_map(|operand| match operand {
                Expression::Leaf(comparison) => Some(comparison),
                _ => None,
            });
            operands.iter().any(field_contradicts) || Facts::of(leaves).contradict()
        }
    }
}

fn json_contradicts(expression: &Expression<Test>) -> bool {
    match expression {
        Expression::Leaf(_) => false,
        Expression::Or(operands) => operands.iter().all(json_contradicts),
        Expression::And(operands) => {
            let mut tests: HashMap<&Selector, Vec<&Check>> = HashMap::new();
            for operand in operands {
                // Of several properties each may have a value of its own.
                if let Expression::Leaf(Test { selector, check }) = operand
                    && !selector.has_wildcard()
                {
                    tests.entry(selector).or_default().push(check);
                }
            }
            operands.iter().any(json_contradicts) || tests.values().any(|checks| checks_contradict(checks))
        }
    }
}

/// Whether one property cannot be all of this.
fn checks_contradict(checks: &[&Check]) -> bool {
    let kind = |check: &&&Check| match check {
        Check::NotExists => 0,
        Check::IsNull => 1,
        Check::IsTrue => 2,
        Check::IsFalse => 3,
        Check::Compare(_) => 4,
    };
    let is_mixed = checks.iter().any(|check| kind(&check) != kind(&&checks[0]));
    let comparisons = checks.iter().filter_map(|check| match check {
        Check::Compare(comparison) => Some(comparison),
        _ => None,
    });
    is_mixed || Facts::of(comparisons).contradict()
}

/// What one value is compared with.
#[derive(Debug, Default)]
struct Facts<'p> {
    texts: Vec<&'p Wildcard>,
    numbers: Vec<f64>,
    /// Greatest lower and least upper bound; the limit itself is left out if the flag is set.
    above: Option<(f64, bool)>,
    below: Option<(f64, bool)>,
    not: Vec<&'p Value>,
    equal: Vec<&'p Value>,
}

impl<'p> Facts<'p> {
    fn of(comparisons: impl Iterator<Item = &'p Comparison>) -> Self {
        let mut facts = Self::default();
        for comparison in comparisons {
            match comparison {
                Comparison::Equal(value) => {
                    facts.equal.push(value);
                    match value {
                        Value::Text(text) => facts.texts.push(text),
                        Value::Number(number) => facts.numbers.extend(rounded(number)),
                        Value::Regex(_) => {}
                    }
                }
                Comparison::NotEqual(value) => facts.not.push(value),
                Comparison::Greater(number) => facts.bound_below(number, true),
                Comparison::GreaterOrEqual(number) => facts.bound_below(number, false),
                Comparison::Less(number) => facts.bound_above(number, true),
                Comparison::LessOrEqual(number) => facts.bound_above(number, false),
            }
        }
        facts
    }

    fn bound_below(&mut self, number: &Number, is_open: bool) {
        let Some(limit) = rounded(number) else { return };
        if self.above.is_none_or(|(above, open)| limit > above || limit >= above && !open) {
            self.above = Some((limit, is_open));
        }
    }

    fn bound_above(&mut self, number: &Number, is_open: bool) {
        let Some(limit) = rounded(number) else { return };
        if self.below.is_none_or(|(below, open)| limit < below || limit <= below && !open) {
            self.below = Some((limit, is_open));
        }
    }

    fn contradict(&self) -> bool {
        let whole = |text: &&&Wildcard| !text.any_before && !text.any_after;
        let texts_differ = self.texts.iter().filter(whole).any(|text| {
            self.texts.iter().any(|other| {
                let inner = text.text.as_str();
                match (other.any_before, other.any_after) {
                    (false, false) => inner != other.text,
                    (false, true) => !inner.starts_with(&other.text),
                    (true, false) => !inner.ends_with(&other.text),
                    (true, true) => !inner.contains(&other.text),
                }
            })
        });
        let starts_differ = |text: &&Wildcard, other: &&Wildcard| {
            let is_prefix = |text: &Wildcard| !text.any_before && text.any_after;
            is_prefix(text)
                && is_prefix(other)
                && !text.text.starts_with(&other.text)
                && !other.text.starts_with(&text.text)
        };
        let prefixes_differ = self.texts.iter().any(|text| self.texts.iter().any(|other| starts_differ(text, other)));
        let is_outside = |number: &f64| {
            self.above.is_some_and(|(limit, open)| *number < limit || open && *number <= limit)
                || self.below.is_some_and(|(limit, open)| *number > limit || open && *number >= limit)
        };
        let is_empty = match (self.above, self.below) {
            (Some((above, above_open)), Some((below, below_open))) => {
                above > below || above >= below && (above_open || below_open)
            }
            _ => false,
        };
        let differ = |numbers: &[f64]| numbers.windows(2).any(|pair| pair[0].total_cmp(&pair[1]).is_ne());
        texts_differ
            || prefixes_differ
            || differ(&self.numbers)
            || self.numbers.iter().any(is_outside)
            || is_empty
            || self.not.iter().any(|value| self.equal.contains(value) || is_anything(value))
    }
}

/// The number, unless digits are lost, in which case nothing is said of it.
fn rounded(number: &Number) -> Option<f64> {
    let digits = number.as_str().bytes().filter(u8::is_ascii_digit).count();
    (digits <= 15).then(|| number.as_str().parse().ok()).flatten()
}

/// `!= *`
fn is_anything(value: &Value) -> bool {
    matches!(value, Value::Text(text) if text.is_anything())
}

#[cfg(test)]
mod tests {
    use super::*;
    use logweir_filter_pattern::FilterPattern;

    #[test]
    fn what_no_message_can_match_is_found_and_nothing_else_is() {
        for (pattern, is_found) in [
            ("ERROR -ERROR", true),
            ("\"ERROR timeout\" -timeout", true),
            ("ERROR -timeout", false),
            ("?ERROR ?ERR", false),
            ("{ $.a = 1 && $.a = 2 }", true),
            ("{ $.a = x && $.a = y }", true),
            ("{ $.a = x && $.a = \"x*\" }", false),
            ("{ $.a = x* && $.a = y* }", true),
            ("{ $.a = x* && $.a = xy* }", false),
            ("{ $.a = x || $.a = y }", false),
            ("{ $.a[*] = x && $.a[*] = y }", false),
            ("{ $.a > 5 && $.a < 5 }", true),
            ("{ $.a >= 5 && $.a <= 5 }", false),
            ("{ $.a > 5 && $.a <= 5 }", true),
            ("{ $.a = 5 && $.a > 6 }", true),
            ("{ $.a = 5 && $.a != 5 }", true),
            ("{ $.a = 5 && $.a != 6 }", false),
            ("{ $.a NOT EXISTS && $.a = 1 }", true),
            ("{ $.a IS NULL && $.b = 1 }", false),
            ("{ $.b = 1 && ($.a = 1 && $.a = 2 || $.a > 5 && $.a < 4) }", true),
            ("{ $.b = 1 && ($.a = 1 && $.a = 2 || $.a > 3 && $.a < 4) }", false),
            ("{ $.a = 12345678901234567890 && $.a = 12345678901234567891 }", false),
            ("[a, b = 4* && b = 5*]", true),
            ("[a, b >= 400 && b < 500]", false),
            ("[a, b = 400 && b < 400]", true),
            ("", false),
        ] {
            let parsed = FilterPattern::parse(pattern).expect(pattern);
            assert_eq!(is_contradictory(parsed.syntax()), is_found, "{pattern}");
        }
    }
}

//! AWS's limits, and how near to them a pattern is.

use std::ops::Range;

use crate::ast::{Comparison, Expression, Selector, Slot, Syntax, Term, TermText, Test, Value};
use crate::error::{Parsed, Problem};

/// Whether AWS's limits hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Strictness {
    /// What AWS would refuse for its size is refused: [`MAX_LENGTH`], [`MAX_REGEXES`], [`MAX_WILDCARDS_IN_SELECTOR`] and
    /// [`MAX_WILDCARDS`].
    #[default]
    Aws,
    /// Patterns that AWS never sees may be longer ([`MAX_RELAXED_LENGTH`]), and hold any number of regular expressions and
    /// wildcards.
    Relaxed,
}

/// Characters of a pattern.
/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html>
pub const MAX_LENGTH: usize = 1_024;
/// Characters of a pattern that AWS never sees.
pub const MAX_RELAXED_LENGTH: usize = 65_536;
/// Regular expressions in one space-delimited or JSON pattern.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html>
pub const MAX_REGEXES: usize = 2;
/// `[*]` and `.*` in one selector (same page).
pub const MAX_WILDCARDS_IN_SELECTOR: usize = 1;
/// Selectors with `[*]` or `.*` in one pattern (same page).
pub const MAX_WILDCARDS: usize = 3;
/// Parentheses inside one another. AWS names no bound.
pub const MAX_NESTING: usize = 128;
/// Steps of one selector. AWS names no bound.
pub const MAX_STEPS: usize = 128;

/// What a pattern uses of what is limited.
#[derive(Debug, Clone, Default)]
pub(crate) struct Usage {
    pub(crate) regexes: usize,
    pub(crate) wildcards: usize,
    /// The selector with most wildcards, and how many they are.
    pub(crate) most_in_selector: Option<(Selector, usize)>,
    limits_regexes: bool,
}

impl Usage {
    pub(crate) fn of(syntax: &Syntax) -> Self {
        let mut usage = Self::default();
        match syntax {
            Syntax::Everything => {}
            Syntax::Terms(terms) => {
                let is_regex = |term: &&Term| matches!(term.text, TermText::Regex(_));
                usage.regexes = terms.iter().filter(is_regex).count();
            }
            Syntax::Delimited(delimited) => {
                usage.limits_regexes = true;
                for slot in delimited.first.iter().chain(delimited.last.iter().flatten()) {
                    if let Slot::Named { condition: Some(condition), .. } = slot {
                        condition.for_each(&mut |comparison| usage.add(comparison));
                    }
                }
            }
            Syntax::Json(expression) => {
                usage.limits_regexes = true;
                expression.for_each(&mut |Test { selector, check }| {
                    if let crate::ast::Check::Compare(comparison) = check {
                        usage.add(comparison);
                    }
                    let wildcards = selector.steps().iter().filter(|step| step.is_wildcard()).count();
                    usage.wildcards += usize::from(wildcards > 0);
                    if wildcards > usage.most_in_selector.as_ref().map_or(0, |(_, most)| *most) {
                        usage.most_in_selector = Some((selector.clone(), wildcards));
                    }
                });
            }
        }
        usage
    }

    fn add(&mut self, comparison: &Comparison) {
        if let Comparison::Equal(Value::Regex(_)) | Comparison::NotEqual(Value::Regex(_)) = comparison {
            self.regexes += 1;
        }
    }

    /// Whether AWS would take it.
    pub(crate) fn check(&self, whole: Range<usize>) -> Parsed<()> {
        if self.limits_regexes && self.regexes > MAX_REGEXES {
            return Err(Problem::new(whole, format!("the pattern holds {} regular expressions", self.regexes))
                .advice(format!("AWS takes {MAX_REGEXES} in a pattern: join some with |, or use * in a value")));
        }
        if let Some((selector, wildcards)) = &self.most_in_selector
            && *wildcards > MAX_WILDCARDS_IN_SELECTOR
        {
            return Err(Problem::new(whole, format!("{selector} holds {wildcards} wildcards"))
                .advice(format!("AWS takes {MAX_WILDCARDS_IN_SELECTOR} in a selector: name the key or the index")));
        }
        if self.wildcards > MAX_WILDCARDS {
            return Err(Problem::new(whole, format!("{} selectors of the pattern hold wildcards", self.wildcards))
                .advice(format!("AWS takes {MAX_WILDCARDS} in a pattern")));
        }
        Ok(())
    }
}

impl<L> Expression<L> {
    /// Calls `each` with every leaf, from left to right.
    pub(crate) fn for_each<'e>(&'e self, each: &mut impl FnMut(&'e L)) {
        match self {
            Self::Leaf(leaf) => each(leaf),
            Self::And(operands) | Self::Or(operands) => operands.iter().for_each(|operand| operand.for_each(each)),
        }
    }
}

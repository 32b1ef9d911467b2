//! A value of JSON, in which each string and number is redacted on its own.

use logweir_filter_pattern::ast::Step;
use logweir_json::{JsonError, Kind, Scanner};

use super::{Hit, Output, Rewriter};
use crate::redaction::OF_EXPRESSION;
use crate::redaction::mark::write_mark;

/// How a value is redacted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Walk<'w> {
    pub(super) of: Rewriter<'w>,
    /// In how many strings the JSON is.
    pub(super) depth: usize,
    /// Parts of the text no value of which may stay, in order; where there are any, nothing else is left out.
    pub(super) taken: &'w [Hit],
}

impl<'w> Walk<'w> {
    /// Redacts the value that comes next; `live` are steps that lead from it to what is left out whole. The value can be read, so
    /// it is nested no deeper than the stack allows.
    pub(super) fn value(
        self,
        scanner: &mut Scanner<'_>,
        live: &[&'w [Step]],
        output: &mut Output<'_>,
    ) -> Result<(), JsonError> {
        let kind = scanner.kind()?;
        let start = scanner.position();
        if live.iter().any(|steps| steps.is_empty()) && kind != Kind::Null {
            let decoded = if kind == Kind::String { Some(scanner.string()?.decode()) } else { None };
            let value = if decoded.is_none() { scanner.value()? } else { "" };
            self.leave_out(decoded.as_deref().unwrap_or(value), start, scanner, output);
            return Ok(());
        }
        match kind {
            Kind::Object => {
                scanner.open(b'{')?;
                let mut first = true;
                while scanner.next(first, b'}')? {
                    first = false;
                    self.member(scanner, live, output)?;
                }
            }
            Kind::Array => {
                scanner.open(b'[')?;
                let mut index = 0;
                while scanner.next(index == 0, b']')? {
                    let leads = |step: &Step| matches!(step, Step::AnyIndex) || *step == Step::Index(index);
                    self.value(scanner, &further(live, leads), output)?;
                    index = index.saturating_add(1);
                }
            }
            Kind::String => {
                let text = scanner.string()?.decode();
                self.scalar(&text, start, scanner, output);
            }
            Kind::Number => {
                let number = scanner.number()?;
                self.scalar(number, start, scanner, output);
            }
            Kind::Bool => {
                let word = scanner.value()?;
                self.scalar(word, start, scanner, output);
            }
            Kind::Null => drop(scanner.value()?),
        }
        Ok(())
    }

    fn member(self, scanner: &mut Scanner<'_>, live: &[&'w [Step]], output: &mut Output<'_>) -> Result<(), JsonError> {
        scanner.peek();
        let start = scanner.position();
        let name = scanner.string()?.decode();
        self.scalar(&name, start, scanner, output);
        // Behind the colon.
        scanner.go_to(start);
        scanner.key()?;
        let leads = |step: &Step| match step {
            Step::AnyKey => true,
            Step::Key(key) => *key == name,
            Step::Index(_) | Step::AnyIndex => false,
        };
        self.value(scanner, &further(live, leads), output)
    }

    /// Redacts a key, string, number or truth value, behind which the scanner stands.
    fn scalar(self, text: &str, start: usize, scanner: &Scanner<'_>, output: &mut Output<'_>) {
        let end = scanner.position();
        let after = self.taken.partition_point(|(taken, _)| taken.end <= start);
        if self.taken.get(after).is_some_and(|(taken, _)| taken.start < end) {
            self.leave_out(text, start, scanner, output);
        } else if self.taken.is_empty()
            && let Some(redacted) = self.of.nested(text, self.depth + 1)
        {
            output.replace_by_string(start..end, &redacted);
        }
    }

    fn leave_out(self, text: &str, start: usize, scanner: &Scanner<'_>, output: &mut Output<'_>) {
        let mut mark = String::new();
        write_mark(OF_EXPRESSION, text, self.of.key, &mut mark);
        output.replace_by_string(start..scanner.position(), &mark);
    }
}

/// The rest of the steps whose first one leads on.
fn further<'w>(live: &[&'w [Step]], leads: impl Fn(&Step) -> bool) -> Vec<&'w [Step]> {
    let first = |steps: &&'w [Step]| steps.split_first().filter(|(step, _)| leads(step)).map(|(_, rest)| rest);
    live.iter().filter_map(first).collect()
}

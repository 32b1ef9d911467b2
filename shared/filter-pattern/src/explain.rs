//! A pattern in words.

use std::fmt::Write;

use crate::ast::{Check, Comparison, Delimited, Expression, Role, Slot, Syntax, Term, TermText, Test, Value, Wildcard};
use crate::limits::{MAX_LENGTH, MAX_REGEXES, MAX_WILDCARDS, Usage};

/// `length` is that of the text which the pattern was read from.
pub(crate) fn explain(syntax: &Syntax, length: usize) -> String {
    let mut out = match syntax {
        Syntax::Everything => "matches every log event\n".to_owned(),
        Syntax::Terms(terms) => of_terms(terms),
        Syntax::Delimited(delimited) => of_delimited(delimited),
        Syntax::Json(expression) => {
            let mut out = "matches a message that is one JSON object or array in which\n".to_owned();
            tree(expression, 1, &mut out, &of_test);
            out
        }
    };
    out.push('\n');
    let _ = writeln!(out, "canonical form: {syntax}");
    out.push_str(&limits(syntax, length));
    out.truncate(out.trim_end().len());
    out
}

fn of_terms(terms: &[Term]) -> String {
    let only_optional = terms.iter().all(|term| term.role == Role::Optional);
    let of_role = |role| terms.iter().filter(move |term| term.role == role);
    let list = |heading: &str, role, out: &mut String| {
        if of_role(role).next().is_some() {
            let _ = writeln!(out, "{heading}");
            of_role(role).for_each(|term| {
                let _ = writeln!(out, "  {}", of_text(&term.text));
            });
        }
    };
    let mut out = "matches a message that, anywhere and with capitals as they are written,\n".to_owned();
    list("holds", Role::Required, &mut out);
    if only_optional {
        list("holds at least one of", Role::Optional, &mut out);
    }
    list("does not hold", Role::Excluded, &mut out);
    if !only_optional && of_role(Role::Optional).next().is_some() {
        let ignored: Vec<_> = of_role(Role::Optional).map(ToString::to_string).collect();
        let _ = writeln!(
            out,
            "ignored, as AWS ignores ? terms beside others: {}\n  write only ? terms, or a regular expression: %a|b%",
            ignored.join(" ")
        );
    }
    for term in terms {
        if let TermText::Literal(text) = &term.text
            && ["AND", "OR", "NOT", "and", "or", "not"].contains(&text.as_str())
        {
            let _ = writeln!(out, "note: {text} is looked for as a word: there are no such operators");
        }
    }
    out
}

fn of_text(text: &TermText) -> String {
    match text {
        TermText::Literal(text) if text.trim_ascii().is_empty() => "blanks, which every message holds".to_owned(),
        TermText::Literal(text) => format!("the text {text:?}"),
        TermText::Regex(regex) => format!("something that the regular expression {regex} finds"),
    }
}

fn of_delimited(Delimited { first, last }: &Delimited) -> String {
    if first.is_empty() && last.as_ref().is_some_and(Vec::is_empty) {
        return "matches every log event, and takes its fields apart: $1, $2, …\n".to_owned();
    }
    let fields = first.len() + last.as_ref().map_or(0, Vec::len);
    let mut out = format!(
        "matches a message of {fields} or more fields, set apart by blanks (\"…\" and […] are one field each), in which\n"
    );
    for (index, slot) in first.iter().enumerate() {
        let is_rest = last.is_none() && index + 1 == first.len();
        let place =
            if is_rest { format!("field {} and all behind it", index + 1) } else { format!("field {}", index + 1) };
        of_slot(&place, slot, &mut out);
    }
    if let Some(last) = last {
        let _ = writeln!(out, "  then any number of fields, or none");
        for (index, slot) in last.iter().enumerate() {
            let place = match last.len() - index {
                1 => "the last field".to_owned(),
                from_end => format!("field {from_end} from the end"),
            };
            of_slot(&place, slot, &mut out);
        }
    }
    out
}

fn of_slot(place: &str, slot: &Slot, out: &mut String) {
    let _ = match slot {
        Slot::Unnamed => writeln!(out, "  {place} is anything"),
        Slot::Named { name, condition: None } => writeln!(out, "  {place} is anything, named ${name}"),
        Slot::Named { name, condition: Some(condition) } => {
            let _ = writeln!(out, "  {place}, named ${name},");
            tree(condition, 2, out, &|comparison| of_comparison(comparison));
            Ok(())
        }
    };
}

fn tree<L>(expression: &Expression<L>, depth: usize, out: &mut String, leaf: &impl Fn(&L) -> String) {
    let indent = "  ".repeat(depth);
    let (operands, heading) = match expression {
        Expression::Leaf(condition) => {
            let _ = writeln!(out, "{indent}{}", leaf(condition));
            return;
        }
        Expression::And(operands) => (operands, "all of these hold:"),
        Expression::Or(operands) => (operands, "at least one of these holds:"),
    };
    let _ = writeln!(out, "{indent}{heading}");
    for operand in operands {
        tree(operand, depth + 1, out, leaf);
    }
}

fn of_test(Test { selector, check }: &Test) -> String {
    let subject =
        if selector.has_wildcard() { format!("at least one value of {selector}") } else { selector.to_string() };
    match check {
        Check::IsNull => format!("{subject} is null, and not merely missing"),
        Check::IsTrue => format!("{subject} is true, and not the text \"true\""),
        Check::IsFalse => format!("{subject} is false, and not the text \"false\""),
        Check::NotExists => format!("{selector} is not there"),
        Check::Compare(comparison) => format!("{subject} {}", of_comparison(comparison)),
    }
}

fn of_comparison(comparison: &Comparison) -> String {
    match comparison {
        Comparison::Equal(value) => of_value(value, ""),
        Comparison::NotEqual(value) => format!("is there and {}", of_value(value, "not ")),
        Comparison::Less(number) => format!("is a number less than {number}"),
        Comparison::LessOrEqual(number) => format!("is a number not more than {number}"),
        Comparison::Greater(number) => format!("is a number greater than {number}"),
        Comparison::GreaterOrEqual(number) => format!("is a number not less than {number}"),
    }
}

fn of_value(value: &Value, not: &str) -> String {
    match value {
        Value::Number(number) => format!("is {not}the number {number}, in any notation"),
        Value::Regex(regex) => format!("is {not}text, or a number as it is written, in which {regex} finds something"),
        Value::Text(wildcard) if wildcard.is_anything() => format!("is {not}any value"),
        Value::Text(Wildcard { any_before, text, any_after }) => {
            let relation = match (any_before, any_after) {
                (false, false) => "",
                (false, true) => "that begins with ",
                (true, false) => "that ends with ",
                (true, true) => "that holds ",
            };
            let star = if text.contains('*') { " (an asterisk inside is one)" } else { "" };
            let keyword = match text.to_ascii_uppercase().as_str() {
                "TRUE" | "FALSE" | "NULL" if relation.is_empty() => {
                    format!(" (the text; for JSON's own write IS {})", text.to_ascii_uppercase())
                }
                _ => String::new(),
            };
            let kind = if relation.is_empty() { "" } else { "text, or a number as it is written, " };
            format!("is {not}{kind}{relation}{text:?}{star}{keyword}")
        }
    }
}

fn limits(syntax: &Syntax, length: usize) -> String {
    let usage = Usage::of(syntax);
    let mut out = format!("AWS's limits: {length} of {MAX_LENGTH} characters");
    if let Syntax::Delimited(_) | Syntax::Json(_) = syntax {
        let _ = write!(out, ", {} of {MAX_REGEXES} regular expressions", usage.regexes);
    }
    if let Syntax::Json(_) = syntax {
        let _ = write!(out, ", {} of {MAX_WILDCARDS} selectors with a wildcard", usage.wildcards);
    }
    out.push('\n');
    if usage.regexes > 0 {
        out.push_str(
            "a log group takes five patterns with regular expressions, metric and subscription filters together\n",
        );
    }
    out
}

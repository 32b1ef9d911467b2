//! Each tree in one form, which parses to the same tree.

use std::fmt::{self, Display, Formatter, Write};

use crate::ast::{
    Check, Comparison, Delimited, Expression, Role, Selector, Slot, Step, Syntax, Term, TermText, Test, Value, Wildcard,
};

impl Display for Syntax {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everything => Ok(()),
            Self::Terms(terms) => {
                for (index, term) in terms.iter().enumerate() {
                    write!(f, "{}{term}", if index == 0 { "" } else { " " })?;
                }
                Ok(())
            }
            Self::Delimited(delimited) => delimited.fmt(f),
            Self::Json(expression) => {
                f.write_str("{ ")?;
                expression.write(f, false, &mut |test, f| test.fmt(f))?;
                f.write_str(" }")
            }
        }
    }
}

impl Display for Term {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self.role {
            Role::Required => "",
            Role::Optional => "?",
            Role::Excluded => "-",
        })?;
        match &self.text {
            TermText::Literal(text) if text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') => f.write_str(text),
            TermText::Literal(text) => quoted(text, f),
            TermText::Regex(regex) => regex.fmt(f),
        }
    }
}

impl Display for Delimited {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_char('[')?;
        let mut is_first = true;
        let mut comma = |f: &mut Formatter<'_>| {
            let result = f.write_str(if is_first { "" } else { ", " });
            is_first = false;
            result
        };
        for slot in &self.first {
            comma(f)?;
            slot.fmt(f)?;
        }
        if let Some(last) = &self.last {
            comma(f)?;
            f.write_str("...")?;
            for slot in last {
                comma(f)?;
                slot.fmt(f)?;
            }
        }
        f.write_char(']')
    }
}

impl Display for Slot {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unnamed => Ok(()),
            Self::Named { name, condition: None } => f.write_str(name),
            Self::Named { name, condition: Some(condition) } => {
                condition.write(f, false, &mut |comparison, f| write!(f, "{name} {comparison}"))
            }
        }
    }
}

impl<L> Expression<L> {
    /// Writes the conditions, with parentheses round an `||` inside an `&&`.
    fn write(
        &self,
        f: &mut Formatter<'_>,
        inside_and: bool,
        leaf: &mut dyn FnMut(&L, &mut Formatter<'_>) -> fmt::Result,
    ) -> fmt::Result {
        let (parts, operator) = match self {
            Self::Leaf(condition) => return leaf(condition, f),
            Self::And(parts) => (parts, " && "),
            Self::Or(parts) => (parts, " || "),
        };
        let is_and = matches!(self, Self::And(_));
        let needs_parentheses = inside_and && !is_and;
        f.write_str(if needs_parentheses { "(" } else { "" })?;
        for (index, part) in parts.iter().enumerate() {
            f.write_str(if index == 0 { "" } else { operator })?;
            part.write(f, is_and, leaf)?;
        }
        f.write_str(if needs_parentheses { ")" } else { "" })
    }
}

impl Display for Test {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.selector)?;
        match &self.check {
            Check::IsNull => f.write_str("IS NULL"),
            Check::IsTrue => f.write_str("IS TRUE"),
            Check::IsFalse => f.write_str("IS FALSE"),
            Check::NotExists => f.write_str("NOT EXISTS"),
            Check::Compare(comparison) => comparison.fmt(f),
        }
    }
}

impl Display for Comparison {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Equal(value) => write!(f, "= {value}"),
            Self::NotEqual(value) => write!(f, "!= {value}"),
            Self::Less(number) => write!(f, "< {number}"),
            Self::LessOrEqual(number) => write!(f, "<= {number}"),
            Self::Greater(number) => write!(f, "> {number}"),
            Self::GreaterOrEqual(number) => write!(f, ">= {number}"),
        }
    }
}

impl Display for Value {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Text(wildcard) => wildcard.fmt(f),
            Self::Regex(regex) => regex.fmt(f),
        }
    }
}

impl Display for Wildcard {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let star = |is_there: bool| if is_there { "*" } else { "" };
        if self.is_anything() {
            return f.write_str("\"*\"");
        }
        quoted(&format!("{}{}{}", star(self.any_before), self.text, star(self.any_after)), f)
    }
}

impl Display for Selector {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_char('$')?;
        for step in &self.steps {
            match step {
                Step::Key(key) if is_plain_key(key) => write!(f, ".{key}")?,
                Step::Key(key) => write!(f, ".['{key}']")?,
                Step::AnyKey => f.write_str(".*")?,
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::AnyIndex => f.write_str("[*]")?,
            }
        }
        Ok(())
    }
}

fn is_plain_key(key: &str) -> bool {
    !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}

fn quoted(text: &str, f: &mut Formatter<'_>) -> fmt::Result {
    f.write_char('"')?;
    for character in text.chars() {
        if let '"' | '\\' = character {
            f.write_char('\\')?;
        }
        f.write_char(character)?;
    }
    f.write_char('"')
}

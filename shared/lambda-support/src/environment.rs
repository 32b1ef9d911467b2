//! Configuration from environment variables: read once, every problem reported together.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::Display;
use std::str::FromStr;

/// A documented variable. docs/configuration.md and template.yaml are tested against these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// What it is for, in a sentence.
    pub purpose: &'static str,
}

/// The environment of the process, with the problems found in it so far. A variable that is empty is not set.
///
/// ```
/// use logweir_lambda_support::{Environment, Variable};
///
/// const BUCKET: Variable = Variable { name: "BUCKET", purpose: "where objects go" };
/// const LEVEL: Variable = Variable { name: "LEVEL", purpose: "gzip level, 1 to 9" };
///
/// let mut environment = Environment::from_pairs([("LEVEL", "ten")]);
/// let config = (environment.required(BUCKET), environment.in_range(LEVEL, 1, 9, 6_u32));
/// let error = environment.finish(config).unwrap_err();
/// assert_eq!(error.problems.len(), 2);
/// ```
#[derive(Debug, Default)]
pub struct Environment {
    values: BTreeMap<String, String>,
    problems: Vec<String>,
}

/// Everything that is wrong with the environment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the function's configuration is wrong: {}", .problems.join("; "))]
pub struct ConfigurationError {
    /// A sentence a problem: variable, value, what it must be.
    pub problems: Vec<String>,
}

impl Environment {
    /// The environment of this process.
    #[expect(clippy::disallowed_methods, reason = "this is the home of the environment")]
    pub fn of_process() -> Self {
        let text = |(name, value): (OsString, OsString)| Some((name.into_string().ok()?, value.into_string().ok()?));
        Self::from_pairs(std::env::vars_os().filter_map(text))
    }

    /// An environment made of pairs, for tests.
    pub fn from_pairs(pairs: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>) -> Self {
        let values = pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        Self { values, problems: Vec::new() }
    }

    /// The value of a variable, if it is set.
    pub fn optional(&self, variable: Variable) -> Option<String> {
        self.values.get(variable.name).map(|value| value.trim()).filter(|value| !value.is_empty()).map(str::to_owned)
    }

    /// The value of a variable that must be set.
    pub fn required(&mut self, variable: Variable) -> String {
        self.optional(variable).unwrap_or_else(|| {
            self.problem(format!("{} is not set ({})", variable.name, variable.purpose));
            String::new()
        })
    }

    /// A value of a type that says itself what it takes.
    pub fn parsed<T: FromStr<Err: Display>>(&mut self, variable: Variable, default: T) -> T {
        match self.optional(variable).map(|value| (value.parse(), value)) {
            None => default,
            Some((Ok(parsed), _)) => parsed,
            Some((Err(error), value)) => {
                self.problem(format!("{} is {value:?}: {error}", variable.name));
                default
            }
        }
    }

    /// A number from `least` to `most`.
    pub fn in_range<T: FromStr + PartialOrd + Display + Copy>(
        &mut self,
        variable: Variable,
        least: T,
        most: T,
        default: T,
    ) -> T {
        let Some(value) = self.optional(variable) else { return default };
        match value.parse() {
            Ok(number) if number >= least && number <= most => number,
            _ => {
                self.problem(format!("{} is {value:?}: it must be a number from {least} to {most}", variable.name));
                default
            }
        }
    }

    /// `true` or `false`; `false` unless set.
    pub fn flag(&mut self, variable: Variable) -> bool {
        match self.optional(variable).as_deref() {
            None | Some("false") => false,
            Some("true") => true,
            Some(value) => {
                let problem = format!("{} is {value:?}: it must be true or false", variable.name);
                self.problem(problem);
                false
            }
        }
    }

    /// Adds a problem that a check of its own found.
    pub fn problem(&mut self, problem: String) {
        self.problems.push(problem);
    }

    /// The configuration, if nothing was wrong.
    pub fn finish<T>(self, configuration: T) -> Result<T, ConfigurationError> {
        if self.problems.is_empty() { Ok(configuration) } else { Err(ConfigurationError { problems: self.problems }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Variable = Variable { name: "A", purpose: "the first" };

    #[test]
    fn empty_is_unset_and_every_problem_is_told() {
        let mut environment = Environment::from_pairs([("A", " ")]);
        assert_eq!(environment.optional(A), None);
        assert_eq!(environment.in_range(A, 1, 9, 6), 6);
        assert!(!environment.flag(A));
        environment.required(A);
        let error = environment.finish(()).unwrap_err();
        assert_eq!(error.to_string(), "the function's configuration is wrong: A is not set (the first)");

        let mut environment = Environment::from_pairs([("A", "0")]);
        environment.in_range(A, 1, 9, 6);
        environment.flag(A);
        environment.parsed::<bool>(A, false);
        assert_eq!(environment.finish(()).unwrap_err().problems.len(), 3);
    }
}

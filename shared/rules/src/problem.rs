//! What is wrong with a rules file, all of it at once.

use std::fmt;

/// A place in the file, both counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Position {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// Something that is wrong, or looks wrong, in a rules file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Line of the file, from 1; 0 for the file as a whole.
    pub line: usize,
    /// Character of the line, from 1.
    pub column: usize,
    /// Which rule it is about.
    pub rule: Option<Rule>,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub advice: String,
}

/// A rule by its name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// An alarm.
    Alarm(String),
    /// A stream.
    Stream(String),
}

/// `alarm x`, `stream x`
impl fmt::Display for Rule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Alarm(name) => write!(formatter, "alarm {name}"),
            Self::Stream(name) => write!(formatter, "stream {name}"),
        }
    }
}

/// `line 12, alarm x: what; advice`
impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.line, &self.rule) {
            (0, None) => {}
            (0, Some(rule)) => write!(formatter, "{rule}: ")?,
            (line, None) => write!(formatter, "line {line}: ")?,
            (line, Some(rule)) => write!(formatter, "line {line}, {rule}: ")?,
        }
        write!(formatter, "{}; {}", self.what, self.advice)
    }
}

/// All that makes a rules file useless, in the order of the file; one at least.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl std::error::Error for Problems {}

/// A line each.
impl fmt::Display for Problems {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                writeln!(formatter)?;
            }
            problem.fmt(formatter)?;
        }
        Ok(())
    }
}

/// How many problems are told of; nobody reads more, and a file may have one in each of its bytes.
const MAX_PROBLEMS: usize = 500;

/// Problems as they are found, with the rule that is being read.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) problems: Vec<Problem>,
    pub(crate) warnings: Vec<Problem>,
    pub(crate) rule: Option<Rule>,
    /// Where the reader is to look, if what is read stands in no file of theirs: the line that names a ready alarm.
    pub(crate) instead: Option<Position>,
}

impl Report {
    fn problem(&self, at: Position, what: String, advice: String) -> Problem {
        let Position { line, column } = self.instead.unwrap_or(at);
        Problem { line, column, rule: self.rule.clone(), what, advice }
    }

    pub(crate) fn add(&mut self, at: Position, what: impl Into<String>, advice: impl Into<String>) {
        let problem = self.problem(at, what.into(), advice.into());
        // What stands among the defaults is read with each alarm.
        let is_new =
            |known: &Problem| (known.line, known.column, &known.what) != (problem.line, problem.column, &problem.what);
        if self.problems.len() < MAX_PROBLEMS && self.problems.iter().all(is_new) {
            self.problems.push(problem);
        }
    }

    pub(crate) fn warn(&mut self, at: Position, what: impl Into<String>, advice: impl Into<String>) {
        let warning = self.problem(at, what.into(), advice.into());
        self.warnings.push(warning);
    }
}

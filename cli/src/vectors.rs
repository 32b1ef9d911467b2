//! `logweir match --vectors`: cases of patterns, each with what is known to come of it.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};
use logweir_filter_pattern::{FilterPattern, Strictness};
use serde::Deserialize;

use crate::clean::clean;
use crate::{complain, input};

/// One line of the file. Keys that are not known say more about a case, and nothing that it would be judged by.
#[derive(Deserialize)]
struct Case {
    pattern: String,
    /// Whether the pattern is one that AWS refuses; then there is nothing to match.
    #[serde(default)]
    invalid: bool,
    message: Option<String>,
    #[serde(rename = "match")]
    matches: Option<bool>,
    extract: Option<BTreeMap<String, String>>,
    /// Where the case is from.
    #[serde(default)]
    source: String,
    /// Whether it is a guess.
    #[serde(default)]
    uncertain: bool,
    note: Option<String>,
}

/// What is expected of a case and what came of it, where they differ.
struct Disagreement {
    expected: String,
    got: String,
}

pub(crate) fn run(file: &Path, strictness: Strictness, out: &mut impl Write) -> Result<ExitCode> {
    let mut cases = 0;
    let (mut disagree, mut uncertain) = (0, 0);
    let mut all_are_cases = true;
    for (index, line) in input::open(file)?.lines().enumerate() {
        let line = line.with_context(|| format!("{} cannot be read at line {}", file.display(), index + 1))?;
        if line.trim_ascii().is_empty() {
            continue;
        }
        let case = match Case::parse(&line) {
            Ok(case) => case,
            Err(error) => {
                all_are_cases = false;
                complain(&format_args!("{}: line {} is no case: {error}", file.display(), index + 1));
                continue;
            }
        };
        cases += 1;
        if let Some(disagreement) = case.run(strictness) {
            disagree += 1;
            uncertain += u32::from(case.uncertain);
            case.print(index + 1, &disagreement, out)?;
        }
    }
    if cases == 0 && all_are_cases {
        anyhow::bail!("{} holds no case", file.display());
    }
    writeln!(
        out,
        "{cases} cases: {} agree, {disagree} disagree{}",
        cases - disagree,
        if uncertain > 0 { format!(" ({uncertain} of them uncertain)") } else { String::new() }
    )?;
    Ok(match (all_are_cases, disagree > uncertain) {
        (false, _) => ExitCode::from(2),
        (true, true) => ExitCode::from(1),
        (true, false) => ExitCode::SUCCESS,
    })
}

/// Why a line is no case.
#[derive(Debug, thiserror::Error)]
enum CaseError {
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    #[error("a pattern that is invalid matches nothing")]
    InvalidMatches,
    #[error("it needs message and match, or invalid")]
    Incomplete,
}

impl Case {
    fn parse(line: &str) -> Result<Self, CaseError> {
        let case: Self = serde_json::from_str(line)?;
        match (case.invalid, &case.message, case.matches) {
            (true, _, None | Some(false)) | (false, Some(_), Some(_)) => Ok(case),
            (true, _, Some(true)) => Err(CaseError::InvalidMatches),
            (false, _, _) => Err(CaseError::Incomplete),
        }
    }

    fn run(&self, strictness: Strictness) -> Option<Disagreement> {
        let differ =
            |expected: &str, got: &str| Some(Disagreement { expected: expected.to_owned(), got: got.to_owned() });
        let expected = match self.matches {
            Some(true) => "a match",
            Some(false) => "no match",
            None => "a refused pattern",
        };
        let pattern = match FilterPattern::parse_with(&self.pattern, strictness) {
            Ok(_) if self.invalid => return differ(expected, "a pattern that is taken"),
            Err(_) if self.invalid => return None,
            Err(error) => return differ(expected, &format!("a refused pattern\n{error}")),
            Ok(pattern) => pattern,
        };
        let message = self.message.as_deref().unwrap_or_default();
        let matches = pattern.matches(message);
        if Some(matches) != self.matches {
            return differ(expected, if matches { "a match" } else { "no match" });
        }
        let extract = self.extract.as_ref().filter(|_| matches)?;
        let mut got = BTreeMap::new();
        for field in pattern.extract(message)? {
            // As in `--json`, the first of a name counts.
            got.entry(field.name).or_insert_with(|| field.value.into_owned());
        }
        let json = |map| serde_json::to_string(map).unwrap_or_default();
        if got == *extract { None } else { differ(&json(extract), &json(&got)) }
    }

    /// Prints a disagreement; pattern and message stand as in the file, where they can be searched for.
    fn print(&self, line: usize, disagreement: &Disagreement, out: &mut impl Write) -> io::Result<()> {
        let json = |text: &str| serde_json::to_string(text).unwrap_or_default();
        writeln!(out, "line {line}{}", if self.uncertain { " (uncertain)" } else { "" })?;
        let parts = [
            ("pattern", Some(json(&self.pattern))),
            ("message", self.message.as_deref().map(json)),
            ("expected", Some(disagreement.expected.clone())),
            ("got", Some(disagreement.got.clone())),
            ("source", (!self.source.is_empty()).then(|| self.source.clone())),
            ("note", self.note.clone()),
        ];
        for (name, text) in parts {
            for (index, text) in text.iter().flat_map(|text| text.lines()).enumerate() {
                writeln!(out, "  {:<9} {}", if index == 0 { name } else { "" }, clean(text))?;
            }
        }
        writeln!(out)
    }
}

//! A rules file, read, and what is wrong with it, as it is shown.

use std::fmt::Write;
use std::io::Read as _;
use std::path::Path;

use anyhow::{Context, Result};
use logweir_rules::{Checked, Problem, Rules, Watch};

use crate::clean::clean;
use crate::input;

/// Reads a rules file that can be used; what is wrong with another is the error.
pub(crate) fn read_usable(path: &Path) -> Result<Rules> {
    match read(path)? {
        Ok((checked, _)) => Ok(checked.rules),
        Err(problems) => {
            let shown: Vec<_> = problems.iter().map(|problem| shown(path, problem, false)).collect();
            anyhow::bail!("{}", shown.join("\n"))
        }
    }
}

/// A rules file that was read: its alarms and what looks at events for them, or all that is wrong with it.
pub(super) type Outcome = Result<(Checked, Watch), Vec<Problem>>;

/// Reads a rules file; `-` is standard input.
pub(super) fn read(path: &Path) -> Result<Outcome> {
    let mut bytes = Vec::new();
    input::open(path)?.read_to_end(&mut bytes).with_context(|| format!("{} cannot be read", path.display()))?;
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => return Ok(Err(vec![not_utf8(&error)])),
    };
    // What editors of Windows put at the beginning is none of the file's content.
    let checked = match Rules::parse(text.strip_prefix('\u{feff}').unwrap_or(&text)) {
        Ok(checked) => checked,
        Err(problems) => return Ok(Err(problems.0)),
    };
    let unusable = |error: &dyn std::fmt::Display| Err(vec![problem(0, 0, error.to_string(), "split the file")]);
    Ok(match (Watch::new(&checked.rules), super::ready(&checked.rules)) {
        (Ok(watch), Ok(_)) => Ok((checked, watch)),
        (Err(error), _) => unusable(&error),
        (_, Err(error)) => unusable(&error),
    })
}

fn not_utf8(error: &std::string::FromUtf8Error) -> Problem {
    let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
    let line = before.split(|byte| *byte == b'\n').count();
    let begun = before.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    let column = String::from_utf8_lossy(begun).chars().count() + 1;
    problem(line, column, "the file is not UTF-8".to_owned(), "save it as UTF-8")
}

fn problem(line: usize, column: usize, what: String, advice: &str) -> Problem {
    Problem { line, column, rule: None, what, advice: advice.to_owned() }
}

/// `rules.yaml:12:5: alarm x: what; advice`, as editors and CI find the place.
pub(super) fn shown(path: &Path, problem: &Problem, is_warning: bool) -> String {
    let Problem { line, column, rule, what, advice } = problem;
    let mut text = name(path);
    if *line > 0 {
        // Writing to a string does not fail.
        let _ = write!(text, ":{line}:{column}");
    }
    text.push_str(if is_warning { ": warning: " } else { ": " });
    if let Some(rule) = rule {
        let _ = write!(text, "{rule}: ");
    }
    let _ = write!(text, "{what}; {advice}");
    clean(&text)
}

/// The name of a file, for people.
pub(super) fn name(path: &Path) -> String {
    if path == Path::new("-") { "(standard input)".to_owned() } else { path.display().to_string() }
}

/// `1 alarm`, `2 alarms`.
pub(super) fn plural(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

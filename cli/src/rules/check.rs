//! `logweir rules check`: what is wrong with a rules file.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

use super::file::{self, name, plural};
use super::library;

pub(super) const HELP: &str = "\
Exit codes: 0 the file can be used, 1 it cannot (or, with --strict, something looks wrong), 2 it cannot be read.

Examples:
  logweir rules check rules.yaml
  logweir rules check --strict rules.yaml && aws s3 cp rules.yaml s3://…";

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// The rules file; - is standard input.
    file: PathBuf,
    /// Fail for warnings too.
    #[arg(long)]
    strict: bool,
}

pub(super) fn run(options: &Check, out: &mut impl Write) -> Result<ExitCode> {
    let path = &options.file;
    let checked = match file::read(path)? {
        Ok((checked, _)) => checked,
        Err(problems) => {
            for problem in &problems {
                writeln!(out, "{}", file::shown(path, problem, false))?;
            }
            writeln!(out, "{}: {}", name(path), plural(problems.len(), "problem"))?;
            return Ok(ExitCode::from(1));
        }
    };
    let alarms = &checked.rules.alarms;
    for warning in &checked.warnings {
        writeln!(out, "{}", file::shown(path, warning, true))?;
    }
    let ready = alarms.iter().filter(|alarm| library::is_ready(alarm)).count();
    let of_library = match ready {
        0 => String::new(),
        all if all == alarms.len() => ", all from the library".to_owned(),
        some => format!(", {some} of them from the library"),
    };
    let verdict = match checked.warnings.len() {
        0 => "nothing is wrong".to_owned(),
        warnings => plural(warnings, "warning"),
    };
    let streams = match checked.rules.streams.len() {
        0 => String::new(),
        streams => format!("{}, ", plural(streams, "stream")),
    };
    writeln!(out, "{}: {streams}{}{of_library}; {verdict}", name(path), plural(alarms.len(), "alarm"))?;
    let fails = options.strict && !checked.warnings.is_empty();
    Ok(if fails { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

//! `logweir rules library`: the ready alarms.

use std::io::Write;
use std::ops::Range;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use logweir_rules::{Alarm, Glob, Rules};

pub(super) const HELP: &str = "\
Examples:
  logweir rules library
  logweir rules library lambda-errors
  logweir rules library 'cloudtrail-*' > rules.yaml

A rules file takes ready alarms by name: library: [\"cloudtrail-*\", lambda-errors]";

#[derive(Debug, Args)]
pub(crate) struct Library {
    /// Names of ready alarms to print, as a rules file; * stands for any characters.
    names: Vec<String>,
}

/// A ready alarm, and its lines of the file that it is written in.
struct Ready {
    alarm: Alarm,
    text: &'static str,
}

pub(super) fn run(options: &Library, out: &mut impl Write) -> Result<ExitCode> {
    let all = all();
    if options.names.is_empty() {
        let width = all.iter().map(|ready| ready.alarm.name.len()).max().unwrap_or_default();
        for Ready { alarm, .. } in &all {
            writeln!(out, "{:<width$}  {:<8}  {}", alarm.name, alarm.severity.as_str(), sentence(&alarm.description))?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let names = globs(&options.names);
    let known: Vec<&str> = all.iter().map(|ready| ready.alarm.name.as_str()).collect();
    check(&names, &known, "ready alarm", "logweir rules library lists them")?;
    writeln!(out, "version: 1\nalarms:")?;
    let chosen = all.iter().filter(|ready| names.iter().any(|name| name.matches(&ready.alarm.name)));
    for (index, ready) in chosen.enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        writeln!(out, "{}", ready.text)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Names, or what they begin or end with.
pub(super) fn globs(names: &[String]) -> Vec<Glob> {
    names.iter().map(|name| Glob { excludes: false, text: name.clone() }).collect()
}

/// Fails if one of the names is none of those that are known.
pub(super) fn check(names: &[Glob], known: &[&str], what: &str, advice: &str) -> Result<()> {
    let unknown: Vec<_> =
        names.iter().filter(|name| !known.iter().any(|known| name.matches(known))).map(|name| &*name.text).collect();
    match unknown.as_slice() {
        [] => Ok(()),
        unknown => anyhow::bail!("no {what} is called {}: {advice}", unknown.join(" or ")),
    }
}

/// Whether an alarm is one of the library.
pub(super) fn is_ready(alarm: &Alarm) -> bool {
    all().iter().any(|ready| ready.alarm.name == alarm.name)
}

fn all() -> Vec<Ready> {
    logweir_rules::library().iter().flat_map(|(_, text)| of_file(text)).collect()
}

fn of_file(text: &'static str) -> Vec<Ready> {
    // Tests of the library see to it that each file can be read.
    let alarms = Rules::parse(text).map(|checked| checked.rules.alarms).unwrap_or_default();
    let ends: Vec<usize> = alarms.iter().skip(1).map(|alarm| alarm.line).chain([usize::MAX]).collect();
    let ready = |(alarm, end): (Alarm, usize)| Ready { text: lines(text, alarm.line..end), alarm };
    alarms.into_iter().zip(ends).map(ready).collect()
}

/// Lines of a text, counted from 1, without empty ones at the end.
fn lines(text: &str, range: Range<usize>) -> &str {
    let mut starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1));
    let start = starts.nth(range.start - 1).unwrap_or(text.len());
    let end = starts.nth(range.end - range.start - 1).unwrap_or(text.len());
    text[start..end].trim_end()
}

fn sentence(description: &str) -> &str {
    description.find(". ").map_or(description, |end| &description[..=end])
}

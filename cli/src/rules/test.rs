//! `logweir rules test`: what a rules file would have made of logs, by its streams and by its alarms.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;
use logweir_alarms::{Condition, Transition};
use logweir_rules::{Rules, Watch};

use super::collector::{Collector, Found};
use super::expectations::Expectations;
use super::file;
use super::gathered::{self, State, learning_until};
use super::library::{check, globs};
use super::plain_lines::PlainLines;
use super::report;
use super::row::Row;
use super::streamed::Streamed;
use crate::arguments::{LogGroupSettings, start_time};
use crate::{complain, input};

pub(super) const HELP: &str = "\
Exit codes: 0 done, or all is as expected; 1 not as expected; 2 a bad rules file, wrong flags, or input that cannot be read or decoded.

A file of expectations has a JSON object a line, as --json prints them, with fewer keys where others do not matter: `alarm`, `state`
and `timestamp` (in milliseconds or as 2026-11-21T11:20:00Z), perhaps `group`, `value`, `event_ids`. For each alarm that it names it
lists all transitions; {\"alarm\":\"quiet\",\"never\":\"ALARM\"} says that there is none to a state. {\"stream\":\"health\",\"dropped\":12} says
how many events a stream drops, with `bytes` how many bytes of them. Lines that begin with # are comments.

Examples:
  logweir rules test rules.yaml --events archive/2026/11/20/
  zcat app.log.1.gz | logweir rules test rules.yaml --log-group /app/web
  logweir rules test rules.yaml --events access.log --log-group /app/web --json > expected.ndjson
  logweir rules test rules.yaml --events access.log --log-group /app/web --expect expected.ndjson";

#[derive(Debug, Args)]
pub(crate) struct Test {
    /// The rules file; - is standard input.
    file: PathBuf,
    /// What to run it over: files, folders with all that is in them, - for standard input.
    #[arg(long, value_name = "INPUT", num_args = 1.., default_value = "-")]
    events: Vec<PathBuf>,
    /// Only alarms of that name; * stands for any characters. May be given several times.
    #[arg(long = "alarm", value_name = "NAME")]
    alarms: Vec<String>,
    /// Print each transition as one JSON object.
    ///
    /// Its keys are `alarm`, `state`, `timestamp` in milliseconds, `group` (field to value), `value` (a number or null),
    /// `event_ids` (of the window that decided, the oldest first), `previous_state` and `window`. Behind them stands an object for each
    /// stream that may drop: `stream`, `dropped` and `bytes`.
    #[arg(long)]
    json: bool,
    /// Print how the transitions differ from those that a file expects, and fail if they do.
    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    expect: Option<PathBuf>,
    /// When the logs end, which is otherwise the time of the last event: silence before it is silence, and events after it do not
    /// count.
    #[arg(long, value_name = "TIME", value_parser = start_time)]
    until: Option<i64>,
    /// What the input is.
    #[arg(long, value_name = "FORM", default_value = "auto")]
    input: input::Form,
    /// What a payload may decompress to, and how long a line may be, in bytes.
    #[arg(long, value_name = "BYTES", default_value_t = logweir_subscription::DEFAULT_MAX_DECOMPRESSED_BYTES)]
    max_decompressed: usize,
    #[command(flatten)]
    log_groups: LogGroupSettings,
    #[command(flatten)]
    plain: PlainLines,
}

pub(super) fn run(options: &Test, out: &mut impl Write) -> Result<ExitCode> {
    let (mut rules, mut watch) = match file::read(&options.file)? {
        Ok((checked, watch)) => (checked.rules, watch),
        Err(problems) => {
            for problem in &problems {
                complain(&file::shown(&options.file, problem, false));
            }
            return Ok(ExitCode::from(2));
        }
    };
    let expected = options.expect.as_deref().map(|path| Expectations::read(path, &rules)).transpose()?;
    if !options.alarms.is_empty() {
        let names = globs(&options.alarms);
        let known: Vec<&str> = rules.alarms.iter().map(|alarm| alarm.name.as_str()).collect();
        check(&names, &known, "alarm", &format!("there is {}", listed(&known)))?;
        rules.alarms.retain(|alarm| names.iter().any(|name| name.matches(&alarm.name)));
        watch = Watch::new(&rules)?;
    }
    let with_lines = !options.json && expected.is_none();
    let (mut found, streamed, all_read) = collect(options, &rules, watch, with_lines)?;
    let states = decided(&rules, &mut found, options.until);
    note(&rules, &found, options);
    let told = in_order(&states);
    let is_as_expected = match expected {
        Some(expected) => {
            let rows: std::io::Result<Vec<_>> =
                told.iter().map(|(state, transition)| Row::new(state, transition, &mut found.kept)).collect();
            let is_of_alarms = expected.compare(&rules, &rows?, out)?;
            expected.compare_drops(&streamed.drops, out)? && is_of_alarms
        }
        None if options.json => {
            for (state, transition) in &told {
                serde_json::to_writer(&mut *out, &Row::new(state, transition, &mut found.kept)?)?;
                writeln!(out)?;
            }
            for drops in &streamed.drops {
                serde_json::to_writer(&mut *out, drops)?;
                writeln!(out)?;
            }
            true
        }
        None => {
            report::timeline(&told, &mut found.kept, out)?;
            if !told.is_empty() {
                writeln!(out)?;
            }
            if !rules.alarms.is_empty() || rules.streams.is_empty() {
                report::summary(&rules, &states, out)?;
            }
            streamed.report(out)?;
            true
        }
    };
    Ok(match (all_read, is_as_expected) {
        (false, _) => ExitCode::from(2),
        (true, false) => ExitCode::from(1),
        (true, true) => ExitCode::SUCCESS,
    })
}

/// Reads all input; says too whether all of it could be read.
fn collect(options: &Test, rules: &Rules, watch: Watch, with_lines: bool) -> Result<(Found, Streamed, bool)> {
    let log_groups = options.log_groups.known();
    let streamed = Streamed::new(rules, log_groups.clone())?;
    let watch = watch.with_log_groups(log_groups.clone());
    let mut collector = Collector::new(rules, watch, streamed, (&options.plain, log_groups), options.until, with_lines);
    let mut all_read = true;
    let mut files = Vec::new();
    for path in &options.events {
        if path == &options.file && path == Path::new("-") {
            anyhow::bail!(
                "both the rules and the events are to come from standard input: name the events with --events"
            );
        }
        files_of(path, &mut files)?;
    }
    for path in files {
        collector.open(&path);
        match input::read(&path, options.input, options.max_decompressed, &mut collector)? {
            Ok(all_decoded) => all_read &= all_decoded,
            Err(error) => {
                all_read = false;
                complain(&format_args!("{error:#}"));
            }
        }
        collector.close().context("matching lines cannot be kept in a temporary file")?;
    }
    let (found, streamed) = collector.finish();
    Ok((found, streamed, all_read))
}

/// A file, or all files of a folder that are not hidden, in the order of their names.
fn files_of(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if path == Path::new("-") || !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    let entries: std::io::Result<Vec<_>> =
        fs::read_dir(path).and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect());
    let mut entries = entries.with_context(|| format!("{} cannot be read", path.display()))?;
    // What is hidden is no log: an object of a half-done download, what a file manager leaves behind.
    entries.retain(|entry| entry.file_name().is_some_and(|name| !name.as_encoded_bytes().starts_with(b".")));
    entries.sort();
    entries.iter().try_for_each(|entry| files_of(entry, files))
}

/// The states of each alarm, in the order of the rules.
fn decided<'r>(rules: &'r Rules, found: &mut Found, until: Option<i64>) -> Vec<Vec<State<'r>>> {
    let Some(span) = &mut found.span else { return Vec::new() };
    span.last = until.unwrap_or(span.last);
    let groups: Vec<BTreeMap<_, _>> = std::mem::take(&mut found.groups);
    let alarms = rules.alarms.iter().enumerate().zip(groups);
    alarms.map(|((number, alarm), groups)| gathered::states(alarm, number, groups, *span)).collect()
}

/// All transitions by time, then alarm and group.
fn in_order<'s, 'r>(states: &'s [Vec<State<'r>>]) -> Vec<(&'s State<'r>, &'s Transition)> {
    let of_state = |state: &'s State<'r>| state.transitions.iter().map(move |transition| (state, transition));
    let mut told: Vec<_> = states.iter().flatten().flat_map(of_state).collect();
    told.sort_by(|(state, one), (other, two)| {
        (one.timestamp, &state.alarm.name, &state.group, one.number).cmp(&(
            two.timestamp,
            &other.alarm.name,
            &other.group,
            two.number,
        ))
    });
    told
}

/// Says what may have been meant otherwise.
fn note(rules: &Rules, found: &Found, options: &Test) {
    let say = |text: &str| complain(&format_args!("note: {}", crate::clean::clean(text)));
    let Some(span) = found.span else { return say("there is no event in the input") };
    if !options.json && options.expect.is_none() {
        let (from, to) = (report::time(span.first), report::time(span.last));
        let events = file::plural(usize::try_from(found.events).unwrap_or(usize::MAX), "event");
        complain(&format_args!("{events} read, from {from} to {to}"));
    }
    let named = |is_meant: &dyn Fn(usize) -> bool| -> Vec<&str> {
        rules.alarms.iter().enumerate().filter(|(n, _)| is_meant(*n)).map(|(_, alarm)| alarm.name.as_str()).collect()
    };
    let blind = named(&|number| !found.is_looking[number]);
    if !blind.is_empty() {
        let log_groups = listed(&found.some_log_groups());
        say(&format!(
            "these alarms look at none of the log groups of the input ({log_groups}): {}; of plain lines, --log-group and --owner say \
             where they are from",
            listed(&blind)
        ));
    }
    let learning = named(&|number| {
        let condition = &rules.alarms[number].condition;
        matches!(condition, Condition::NewValue(_)) && learning_until(condition, span) >= span.last
    });
    if !learning.is_empty() {
        say(&format!(
            "these alarms learn for longer than the input lasts: {}; set a shorter `learn`",
            listed(&learning)
        ));
    }
    if found.without_value > 0 {
        let times = if found.without_value == 1 { "once".to_owned() } else { format!("{} times", found.without_value) };
        say(&format!("{times} a matching event had no value to measure, and did not count"));
    }
}

/// The first of some names, and how many more there are.
fn listed(names: &[&str]) -> String {
    const MOST: usize = 10;
    let more = names.len().saturating_sub(MOST);
    let first = names[..names.len() - more].join(", ");
    if more == 0 { first } else { format!("{first} and {more} more") }
}

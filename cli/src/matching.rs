//! `logweir match`: what matches a filter pattern.

mod matcher;

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::ColorChoice;
use logweir_filter_pattern::{FilterPattern, PatternSet};

use self::matcher::Matcher;
use crate::arguments::Match;
use crate::clean::clean;
use crate::{complain, input};

const NO_MATCH: u8 = 1;
const WRONG: u8 = 2;

pub(crate) fn run(options: &Match, out: &mut impl Write) -> Result<ExitCode> {
    if let Some(file) = &options.vectors {
        return crate::vectors::run(file, options.strictness(), out);
    }
    let (texts, files) = patterns_and_files(options)?;
    let Some(patterns) = parse(&texts, options) else { return Ok(ExitCode::from(WRONG)) };
    if options.explain {
        return explain(&texts, &patterns, &files, out);
    }
    search(&PatternSet::new(patterns)?, &files, options, out)
}

/// The first positional argument is the pattern, unless `-e` gives patterns.
fn patterns_and_files(options: &Match) -> Result<(Vec<&str>, Vec<PathBuf>)> {
    let mut files = options.files.clone();
    let mut texts: Vec<_> = options.patterns.iter().map(String::as_str).collect();
    if let Some(first) = &options.pattern {
        if texts.is_empty() {
            texts.push(first.to_str().context("the pattern is not UTF-8: give it in UTF-8, as AWS takes it")?);
        } else {
            files.insert(0, PathBuf::from(first));
        }
    }
    Ok((texts, files))
}

/// All patterns, or nothing if one is bad; then all bad ones have been named.
fn parse(texts: &[&str], options: &Match) -> Option<Vec<FilterPattern>> {
    let mut patterns = Vec::new();
    for text in texts {
        match FilterPattern::parse_with(text, options.strictness()) {
            Ok(pattern) => patterns.push(pattern),
            Err(error) => complain(&error),
        }
    }
    (patterns.len() == texts.len()).then_some(patterns)
}

fn explain(texts: &[&str], patterns: &[FilterPattern], files: &[PathBuf], out: &mut impl Write) -> Result<ExitCode> {
    if let Some(file) = files.first() {
        anyhow::bail!("--explain reads no input: leave out {}", file.display());
    }
    for (index, (text, pattern)) in texts.iter().zip(patterns).enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        if texts.len() > 1 {
            writeln!(out, "{}", clean(text))?;
        }
        // A pattern may hold what steers a terminal.
        for line in pattern.explain().lines() {
            writeln!(out, "{}", clean(line))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn search(patterns: &PatternSet, files: &[PathBuf], options: &Match, out: &mut impl Write) -> Result<ExitCode> {
    let standard_input = [PathBuf::from("-")];
    let files = if files.is_empty() { &standard_input } else { files };
    let with_name = !options.json && (options.with_filename || files.len() > 1 && !options.no_filename);
    // As of grep: who asks for nothing is given nothing, and no file is opened.
    if options.max_count == Some(0) {
        return Ok(ExitCode::from(NO_MATCH));
    }
    let coloured = is_coloured(options.color);
    let (mut any, mut wrong) = (false, false);
    for path in files {
        let name = with_name.then(|| name(path));
        let mut matcher = Matcher::new(patterns, options, name, coloured, &mut *out);
        match input::read(path, options.input, options.max_decompressed, &mut matcher)? {
            Ok(all_decoded) => wrong |= !all_decoded,
            Err(error) => {
                wrong = true;
                complain(&format_args!("{error:#}"));
            }
        }
        any |= matcher.selected() > 0;
        if options.quiet && any {
            return Ok(ExitCode::SUCCESS);
        }
        matcher.finish()?;
    }
    Ok(if wrong {
        ExitCode::from(WRONG)
    } else if any {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(NO_MATCH)
    })
}

/// The name of a file, as it stands in front of its lines.
fn name(path: &Path) -> String {
    if path == Path::new("-") { "(standard input)".to_owned() } else { path.display().to_string() }
}

#[expect(clippy::disallowed_methods, reason = "NO_COLOR and TERM are told to every program, by the environment alone")]
fn is_coloured(choice: ColorChoice) -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let is_dumb = || std::env::var_os("TERM").is_some_and(|terminal| terminal == "dumb");
    match choice {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => io::stdout().is_terminal() && !is_set("NO_COLOR") && !is_dumb(),
    }
}

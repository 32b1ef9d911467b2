//! The `logweir` command-line tool: what a person does by hand with CloudWatch Logs subscriptions.

mod arguments;
mod clean;
mod decode;
mod documents;
mod encode;
mod input;
mod matching;
mod pretty;
mod rules;
mod search;
mod streaming;
mod vectors;

use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::Result;
use clap::{CommandFactory, Parser};

use crate::arguments::{Arguments, Command};

/// Exit codes: 0 done, 1 some input could not be decoded, 2 wrong flags or an unreadable file. Those of `match` are grep's.
fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(code) => code,
        Err(error) => match error.downcast_ref::<io::Error>() {
            // The reader has seen enough (`logweir decode … | head`).
            Some(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
            _ => {
                complain(&format_args!("{error:#}"));
                ExitCode::from(2)
            }
        },
    }
}

fn run(command: Command) -> Result<ExitCode> {
    let mut out = io::BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let code = match command {
        Command::Decode(options) => decode::run(&options, &mut out)?,
        Command::Match(options) => matching::run(&options, &mut out)?,
        Command::Encode(options) => encode::run(&options, &mut out)?,
        Command::Search(options) => search::run(&options, &mut out)?,
        Command::Rules(options) => rules::run(&options, &mut out)?,
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Arguments::command(), "logweir", &mut out);
            ExitCode::SUCCESS
        }
    };
    out.flush()?;
    Ok(code)
}

/// Says on standard error what is wrong.
fn complain(problem: &dyn Display) {
    // A closed standard error is no reason to stop.
    let _ = writeln!(io::stderr(), "logweir: {problem}");
}

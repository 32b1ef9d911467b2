//! `logweir rules`: streams and alarms checked, and tried on logs before they drop something or wake anyone.

mod check;
mod collector;
mod expectations;
mod expected_drops;
mod file;
mod gathered;
mod kept;
mod library;
mod line_time;
mod plain_lines;
mod progress;
mod report;
mod row;
mod streamed;
mod test;

pub(crate) use file::read_usable;
pub(crate) use streamed::ready;

use std::io::Write;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Subcommand};

#[derive(Debug, Args)]
pub(crate) struct Rules {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Say all that is wrong with a rules file, at once, each with its line and what to do.
    #[command(after_help = check::HELP)]
    Check(check::Check),
    /// Run a rules file over logs, and print what its streams drop and leave out, when each alarm would have fired, and on which lines.
    ///
    /// Logs may be in any form that `logweir match` reads: archive objects, records, Lambda events, payloads, plain lines. Time is
    /// that of the events: their order, and repeats of the same event, change nothing.
    #[command(after_help = test::HELP)]
    Test(Box<test::Test>),
    /// List the ready alarms, or print some of them to copy from.
    #[command(after_help = library::HELP)]
    Library(library::Library),
}

pub(crate) fn run(options: &Rules, out: &mut impl Write) -> Result<ExitCode> {
    match &options.command {
        Command::Check(options) => check::run(options, out),
        Command::Test(options) => test::run(options, out),
        Command::Library(options) => library::run(options, out),
    }
}

//! `logweir search`: what is installed on a search server, what is deleted from it, and how it looks.

mod connection;
mod draw;
mod expire;
mod install;

use std::io::Write;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use logweir_search_client::ClientError;

use crate::complain;

#[derive(Debug, Args)]
pub(crate) struct Search {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Install index templates, deletion by age and dashboards.
    ///
    /// What is there already is compared with what was installed: what is the same is not touched, an older one of Logweir's is
    /// upgraded, and what a person changed is left alone unless --force is given. It can be run as often as one likes.
    #[command(after_help = install::HELP)]
    Install(Box<install::Install>),
    /// Delete the indices whose day is long past, where the server does not do so by itself.
    ///
    /// Only indices named PREFIX-DATASET-YYYY.MM.DD are looked at, and the day is that of the name: that of their events, in UTC.
    #[command(after_help = expire::HELP)]
    Expire(Box<expire::Expire>),
    /// Draw the dashboards as one page that needs no network.
    ///
    /// Each panel's query is taken out of the saved object that `install` puts into Dashboards or Kibana, asked, and drawn.
    #[command(after_help = draw::HELP)]
    Draw(Box<draw::Draw>),
}

pub(crate) fn run(options: &Search, out: &mut impl Write) -> Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("no runtime")?;
    let done = runtime.block_on(async {
        match &options.command {
            Command::Install(options) => install::run(options, out).await,
            Command::Expire(options) => expire::run(options, out).await,
            Command::Draw(options) => draw::run(options, out).await,
        }
    });
    match done {
        Ok(true) => Ok(ExitCode::SUCCESS),
        Ok(false) => Ok(ExitCode::from(1)),
        // No answer is no wrong flag; what was done until then is said.
        Err(error) if error.downcast_ref::<ClientError>().is_some() => {
            out.flush()?;
            complain(&format_args!("{error:#}"));
            Ok(ExitCode::from(1))
        }
        Err(error) => Err(error),
    }
}

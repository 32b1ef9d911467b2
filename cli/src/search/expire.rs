//! `logweir search expire`.

use std::io::Write;
use std::time::Duration;

use anyhow::Result;
use clap::Args;
use logweir_search::IndexPrefix;
use logweir_search_client::{Effect, ExpireOptions};

use super::connection::Connection;

/// What a request may take: deleting a large index is quick, but waits for a busy master.
const TIMEOUT: Duration = Duration::from_mins(2);

pub(super) const HELP: &str = "\
Exit codes: 0 done, 1 something could not be deleted, 2 wrong flags or an unreadable file.

Example, every day:
  logweir search expire --endpoint https://search.example.com:9200 --api-key-file key --older-than 30d";

#[derive(Debug, Args)]
pub(crate) struct Expire {
    #[command(flatten)]
    connection: Connection,
    /// First part of the names of all indices.
    #[arg(long, default_value_t)]
    prefix: IndexPrefix,
    /// How old the whole day of an index must be, in days before today: 30d.
    #[arg(long, value_name = "DAYS", value_parser = days)]
    older_than: u32,
    /// Delete nothing, and tell what would be.
    #[arg(long)]
    dry_run: bool,
}

/// Whether all was deleted that should be.
pub(super) async fn run(options: &Expire, out: &mut impl Write) -> Result<bool> {
    let (client, _) = options.connection.clients(None)?;
    let how = ExpireOptions {
        prefix: options.prefix.to_string(),
        days: options.older_than,
        today: today(),
        dry_run: options.dry_run,
        timeout: TIMEOUT,
    };
    let (mut well, mut deleted, mut written) = (true, 0_u64, Ok(()));
    let report = |outcome: logweir_search_client::Outcome| {
        well &= !outcome.is_trouble();
        deleted += u64::from(matches!(outcome.effect, Effect::Deleted { .. }));
        if written.is_ok() {
            written = writeln!(out, "{outcome}").and_then(|()| out.flush());
        }
    };
    logweir_search_client::expire(&client, &how, report).await?;
    written?;
    if well && deleted == 0 {
        writeln!(out, "nothing is older than {} days", how.days)?;
    }
    Ok(well)
}

/// A text is no number of days.
#[derive(Debug, thiserror::Error)]
#[error("it must be a number of days, at least one: 30d")]
struct DaysError;

fn days(text: &str) -> Result<u32, DaysError> {
    match text.strip_suffix('d').unwrap_or(text).parse() {
        Ok(days) if days >= 1 => Ok(days),
        _ => Err(DaysError),
    }
}

#[expect(clippy::disallowed_methods, reason = "only a command line may mean today by silence")]
fn today() -> jiff::civil::Date {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date()
}

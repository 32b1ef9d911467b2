//! What plain lines are taken for.

use clap::Args;

use crate::arguments::start_time;

/// What plain lines do not say themselves.
#[derive(Debug, Args)]
#[command(next_help_heading = "Plain lines")]
pub(super) struct PlainLines {
    /// The log group that they are from; without it the name of their file.
    #[arg(long, value_name = "NAME")]
    pub(super) log_group: Option<String>,
    /// The account that owns it.
    #[arg(long, value_name = "ACCOUNT", default_value = "123456789012")]
    pub(super) owner: String,
    /// When the first one was logged, if it does not say so; in milliseconds since 1970 or as 2026-11-21T11:20:00Z.
    ///
    /// Known are times at the beginning of a line, in brackets as in access logs, the usual keys of JSON, and the end of a VPC
    /// flow. A line that says none is as old as the one before it.
    #[arg(long, value_name = "TIME", value_parser = start_time)]
    pub(super) start: Option<i64>,
    /// How long after the one before it a line was logged that says no time: 500ms, 1s, 5m.
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = interval)]
    pub(super) interval: i64,
}

/// Why a text is no time between two lines.
#[derive(Debug, thiserror::Error)]
enum IntervalError {
    /// It is no number with a unit.
    #[error("write a number and ms, s, m or h: 1s")]
    Form,
    /// Nothing is logged so seldom.
    #[error("longer than a day")]
    TooLong,
}

fn interval(text: &str) -> Result<i64, IntervalError> {
    let end = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
    let unit = match &text[end..] {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return Err(IntervalError::Form),
    };
    let number: i64 = text[..end].parse().map_err(|_| IntervalError::Form)?;
    number.checked_mul(unit).filter(|interval| *interval <= 86_400_000).ok_or(IntervalError::TooLong)
}

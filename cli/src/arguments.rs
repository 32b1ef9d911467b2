//! What the tool is told on its command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

/// Decode, encode and look at what CloudWatch Logs subscriptions deliver.
#[derive(Debug, Parser)]
#[command(
    name = "logweir",
    version,
    about,
    max_term_width = 100,
    after_help = "\
Exit codes: 0 done, 1 some input could not be decoded, 2 wrong flags or an unreadable file.

Examples:
  aws s3 cp s3://archive/logs/2026/11/21/11/….ndjson.gz - | logweir decode --pretty
  logweir encode --as kinesis --log-group /app/web access.log > event.json
  logweir decode event.json | jq .message"
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Turn any form of log events into records, one JSON object a line.
    ///
    /// Found out by itself: a Lambda event (awslogs, Kinesis, Firehose), a payload (gzip, zlib, JSON or the base64 of
    /// one of them, several in a row too), an archive object, a dead letter or an error record of Firehose.
    /// What cannot be decoded is named on standard error, and the rest still comes out.
    Decode(Decode),
    /// Turn lines into an event, as CloudWatch Logs would send it.
    Encode(Encode),
    /// Print a completion script for a shell.
    Completions {
        /// The shell.
        shell: Shell,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Decode {
    /// Files to decode; - is standard input.
    #[arg(default_value = "-")]
    pub(crate) files: Vec<PathBuf>,
    /// Print for people: time, group, stream and message.
    #[arg(long)]
    pub(crate) pretty: bool,
    /// What a payload may decompress to, in bytes.
    #[arg(long, value_name = "BYTES", default_value_t = logweir_subscription::DEFAULT_MAX_DECOMPRESSED_BYTES)]
    pub(crate) max_decompressed: usize,
}

#[derive(Debug, Args)]
pub(crate) struct Encode {
    /// The form of the event.
    #[arg(long = "as", value_name = "FORM")]
    pub(crate) form: Form,
    /// File of lines; - is standard input.
    #[arg(default_value = "-")]
    pub(crate) file: PathBuf,
    /// Account that owns the log group.
    #[arg(long, default_value = "123456789012")]
    pub(crate) owner: String,
    /// Name of the log group.
    #[arg(long, default_value = "/logweir/example")]
    pub(crate) log_group: String,
    /// Name of the log stream.
    #[arg(long, default_value = "example")]
    pub(crate) log_stream: String,
    /// Time of the first line, in milliseconds since 1970 or as 2026-11-21T11:20:00Z; now unless given. Each further
    /// line is a millisecond later.
    #[arg(long, value_name = "TIME", value_parser = start_time)]
    pub(crate) start: Option<i64>,
}

/// The forms of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// A Lambda event of a direct subscription.
    Awslogs,
    /// A Lambda event of a Kinesis stream.
    Kinesis,
    /// A Firehose transform event.
    Firehose,
    /// The bare payload: gzip of JSON.
    Payload,
}

fn start_time(text: &str) -> Result<i64, String> {
    let time = match text.parse() {
        Ok(milliseconds) => milliseconds,
        Err(_) => text.parse::<jiff::Timestamp>().map_err(|error| error.to_string())?.as_millisecond(),
    };
    if (0..=logweir_subscription::MAX_TIMESTAMP).contains(&time) {
        Ok(time)
    } else {
        Err("not between 1970 and 9999".to_owned())
    }
}

//! What the tool is told on its command line.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, ColorChoice, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use logweir_filter_pattern::Strictness;
use logweir_log_formats::vpc_flow::Formats;
use logweir_log_formats::{LogGroupDatasets, LogGroups};
use logweir_search::IndexPrefix;

use crate::input;

/// Decode, encode, search and look at what CloudWatch Logs subscriptions deliver, and try alarms on it.
#[derive(Debug, Parser)]
#[command(
    name = "logweir",
    version,
    about,
    max_term_width = 100,
    after_help = "\
Exit codes: 0 done, 1 some input could not be decoded, 2 wrong flags or an unreadable file.
Those of match are grep's: 0 some match, 1 none, 2 something is wrong. Those of rules: 1 something is wrong with the rules, or
not as expected.

Examples:
  aws s3 cp s3://archive/logs/2026/11/21/11/….ndjson.gz - | logweir decode --pretty
  logweir encode --as kinesis --log-group /app/web access.log > event.json
  logweir decode event.json | jq .message
  logweir decode --format document event.json | jq .json
  tail -f app.log | logweir match '?ERROR ?WARN'
  logweir rules test rules.yaml --events yesterday/"
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Turn any form of log events into records, one JSON object a line, or into documents of a search server.
    ///
    /// Found out by itself: a Lambda event (awslogs, Kinesis, Firehose), a payload (gzip, zlib, JSON or the base64 of
    /// one of them, several in a row too), an archive object, a dead letter or an error record of Firehose.
    /// What cannot be decoded is named on standard error, and the rest still comes out.
    Decode(Decode),
    /// Print the lines and events that match a filter pattern of CloudWatch Logs.
    ///
    /// Found out by itself: whatever `logweir decode` knows, where the pattern sees the message of each event, and plain
    /// lines, gzipped or not. What matches is printed as it is: a line as that line, an event as a record, one JSON
    /// object a line. What cannot be read or decoded is named on standard error, and the rest is still searched.
    Match(Match),
    /// Turn lines into an event, as CloudWatch Logs would send it.
    Encode(Encode),
    /// Install what a search server needs, delete what is old, draw the dashboards.
    Search(crate::search::Search),
    /// Check a file of alarms, and try it on logs before it wakes anyone.
    Rules(crate::rules::Rules),
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
    /// Print for people: the same as --format pretty.
    #[arg(long, conflicts_with = "format")]
    pub(crate) pretty: bool,
    /// What comes out.
    #[arg(long, value_enum, default_value_t = Format::ArchivedEvent)]
    pub(crate) format: Format,
    /// What of it would leave, by the streams of a rules file: what they drop is left out, the rest is redacted and labelled.
    ///
    /// Hashes are made with a key of the tool's own.
    #[arg(long, value_name = "FILE")]
    pub(crate) rules: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) log_groups: LogGroupSettings,
    #[command(flatten)]
    pub(crate) documents: Documents,
    /// What a payload may decompress to, in bytes.
    #[arg(long, value_name = "BYTES", default_value_t = logweir_subscription::DEFAULT_MAX_DECOMPRESSED_BYTES)]
    pub(crate) max_decompressed: usize,
}

/// What `decode` makes of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// The archive's record, one JSON object a line.
    ArchivedEvent,
    /// For people: time, group, stream and message.
    Pretty,
    /// The document that the indexer makes, one JSON object a line: its fields, `_id` and `_index`.
    Document,
    /// The body of the bulk request that the indexer sends: an action and a document, a line each.
    Bulk,
}

/// What is known of log groups; the same as the functions' parameters.
#[derive(Debug, Args)]
#[command(next_help_heading = "Log groups")]
pub(crate) struct LogGroupSettings {
    /// What log groups hold, such as `/vpc/*=vpcflow`, separated by commas: vpcflow, cloudtrail, lambda, apigateway, access,
    /// route53resolver, waf, eks or app. Without it each line is looked at. `/shop/pay=app/pay` gives indices of their own.
    #[arg(long, value_name = "PATTERN=DATASET,…", default_value = "")]
    log_group_datasets: LogGroupDatasets,
    /// Formats of VPC Flow Logs that have a custom one: `${version} ${srcaddr} …`, or `pattern=format` for some log groups;
    /// separated by semicolons.
    #[arg(long, value_name = "FORMAT;…", default_value = "")]
    vpc_flow_format: Formats,
}

impl LogGroupSettings {
    pub(crate) fn known(&self) -> LogGroups {
        LogGroups { datasets: self.log_group_datasets.clone(), vpc_flow: self.vpc_flow_format.clone() }
    }
}

/// What documents depend on; the same as the indexer's parameters.
#[derive(Debug, Args)]
#[command(next_help_heading = "Documents (--format document or bulk)")]
pub(crate) struct Documents {
    /// First part of the names of indices.
    #[arg(long, value_name = "PREFIX", default_value = "cwl")]
    pub(crate) index_prefix: IndexPrefix,
}

#[derive(Debug, Args)]
#[command(
    override_usage = "\
logweir match [OPTIONS] PATTERN [FILE]...
       logweir match [OPTIONS] -e PATTERN... [FILE]...
       logweir match --explain PATTERN
       logweir match --vectors FILE",
    after_help = "\
Exit codes: 0 some match, 1 none, 2 a bad pattern, wrong flags, or input that cannot be read or decoded (with --quiet 0 all
the same once something matched). With --vectors: 0 all certain cases agree, 1 some do not, 2 no file of cases.

Examples:
  logweir match -n '?ERROR ?\"timed out\"' app.log
  logweir match -c '{ $.status >= 500 && $.path = \"/api/*\" }' *.ndjson.gz
  logweir match --json '[ip, , user, ..., status = 4*, size]' access.log | jq .extracted
  logweir match -e '-health' event.json | logweir decode --pretty
  logweir match --explain '[..., status = 404, size]'"
)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag that grep users know, and most go with most others")]
pub(crate) struct Match {
    /// The filter pattern; with -e the first file.
    ///
    /// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html> describes the language.
    #[arg(required_unless_present_any = ["patterns", "vectors"])]
    pub(crate) pattern: Option<OsString>,
    /// Files to search; - is standard input, as is none.
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// A pattern, also one that begins with a dash; given several times, any may match.
    #[arg(short = 'e', long = "pattern", value_name = "PATTERN", allow_hyphen_values = true)]
    pub(crate) patterns: Vec<String>,
    /// Print what does not match.
    #[arg(short = 'v', long = "invert-match")]
    pub(crate) invert: bool,
    /// Print only how many match, for each file.
    #[arg(short, long)]
    pub(crate) count: bool,
    /// Print the number of each line in front of it; of what is no plain text, the number of the event.
    #[arg(short = 'n', long)]
    pub(crate) line_number: bool,
    /// Print nothing, and stop at the first match.
    #[arg(short, long)]
    pub(crate) quiet: bool,
    /// Print the name of its file in front of each line, as is done by itself for several files.
    #[arg(short = 'H', long, overrides_with = "no_filename")]
    pub(crate) with_filename: bool,
    /// Print no name of a file.
    #[arg(long, overrides_with = "with_filename")]
    pub(crate) no_filename: bool,
    /// Stop reading a file after so many matches.
    #[arg(short, long, value_name = "COUNT")]
    pub(crate) max_count: Option<u64>,
    /// Colour what matched, in plain lines and with --pretty. By itself: on a terminal, unless `NO_COLOR` is set.
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: ColorChoice,
    /// Print each match as one JSON object: the record, and as `extracted` what the pattern takes out of it.
    ///
    /// Of a plain line there is only the `message`. The keys of `extracted` are those of `TestMetricFilter`: `$name`, `$3`,
    /// `$.a.b`; its values are strings.
    #[arg(long, conflicts_with_all = ["pretty", "count", "line_number", "with_filename"])]
    pub(crate) json: bool,
    /// Print events for people: time, group, stream and message.
    #[arg(long)]
    pub(crate) pretty: bool,
    /// Take patterns that exceed the limits of CloudWatch Logs too.
    #[arg(long)]
    pub(crate) relaxed: bool,
    /// What the input is.
    #[arg(long, value_name = "FORM", default_value = "auto")]
    pub(crate) input: input::Form,
    /// What a payload may decompress to, and how long a line may be, in bytes.
    #[arg(long, value_name = "BYTES", default_value_t = logweir_subscription::DEFAULT_MAX_DECOMPRESSED_BYTES)]
    pub(crate) max_decompressed: usize,
    /// Say what the pattern means and which limits it nears, and read no input.
    #[arg(long)]
    pub(crate) explain: bool,
    /// Run the cases of a file, and print those that do not come out as it says.
    ///
    /// Each line is a JSON object: `pattern`, and either `"invalid": true` or `message`, `match` (true or false) and
    /// perhaps `extract` (an object). It may say its `source`, a `note`, and that it is `"uncertain": true`.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["pattern", "patterns", "explain"])]
    pub(crate) vectors: Option<PathBuf>,
}

impl Match {
    /// How strictly patterns are read.
    pub(crate) fn strictness(&self) -> Strictness {
        if self.relaxed { Strictness::Relaxed } else { Strictness::Aws }
    }
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

/// Why a text is no time of an event.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TimeError {
    /// It is neither a number nor a time.
    #[error(transparent)]
    Form(#[from] jiff::Error),
    /// No event has such a time.
    #[error("not between 1970 and 9999")]
    Range,
}

/// A time in milliseconds since 1970, or as `2026-11-21T11:20:00Z`.
pub(crate) fn start_time(text: &str) -> Result<i64, TimeError> {
    let time = match text.parse() {
        Ok(milliseconds) => milliseconds,
        Err(_) => text.parse::<jiff::Timestamp>()?.as_millisecond(),
    };
    if (0..=logweir_subscription::MAX_TIMESTAMP).contains(&time) { Ok(time) } else { Err(TimeError::Range) }
}

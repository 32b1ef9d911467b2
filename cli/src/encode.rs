//! `logweir encode`: lines to an event.

use std::io::{BufRead, Write};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use logweir_subscription::MAX_EVENTS;
use logweir_subscription::encode::{Event, Payload, awslogs_event, firehose_event, kinesis_event};

use crate::arguments::{Encode, Form};
use crate::input;

pub(crate) fn run(options: &Encode, out: &mut impl Write) -> Result<ExitCode> {
    let start = options.start.unwrap_or_else(now);
    let mut log_events = Vec::new();
    let mut input = input::open(&options.file)?;
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = input.read_until(b'\n', &mut line);
        if read.with_context(|| format!("{} cannot be read", options.file.display()))? == 0 {
            break;
        }
        if log_events.len() == MAX_EVENTS {
            bail!("{} has more than {MAX_EVENTS} lines, which no payload holds: split it", options.file.display());
        }
        let text = line.strip_suffix(b"\n").unwrap_or(&line);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        let offset = i64::try_from(log_events.len()).unwrap_or(i64::MAX);
        let timestamp = start.saturating_add(offset);
        log_events.push(Event {
            id: event_id(timestamp, log_events.len()),
            timestamp,
            message: String::from_utf8_lossy(text).into_owned(),
            extracted_fields: None,
        });
    }
    let payload = Payload {
        owner: options.owner.clone(),
        log_group: options.log_group.clone(),
        log_stream: options.log_stream.clone(),
        subscription_filters: vec!["logweir".to_owned()],
        policy_level: None,
        log_events,
    };
    let gzip = payload.to_gzip();
    match options.form {
        Form::Payload => out.write_all(&gzip)?,
        Form::Awslogs => writeln!(out, "{:#}", awslogs_event(&gzip))?,
        Form::Kinesis => writeln!(out, "{:#}", kinesis_event(&[gzip]))?,
        Form::Firehose => writeln!(out, "{:#}", firehose_event(&[gzip]))?,
    }
    Ok(ExitCode::SUCCESS)
}

/// An id in the form of CloudWatch Logs' own: 56 digits that grow with time.
fn event_id(timestamp: i64, index: usize) -> String {
    format!("3{timestamp:020}{index:035}")
}

#[expect(clippy::disallowed_methods, reason = "only a command line may mean now by silence")]
fn now() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

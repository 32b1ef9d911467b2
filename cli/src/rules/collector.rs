//! Reads logs and gathers what matches.

use std::collections::{BTreeMap, HashSet};
use std::io;
use std::path::Path;

use logweir_log_formats::LogGroups;
use logweir_rules::{Group, Match, Rules, Watch};
use logweir_subscription::encode::{Event, Payload};
use logweir_subscription::{DataMessage, MAX_TIMESTAMP, Message};

use super::file::name;
use super::gathered::{Gathered, Span};
use super::kept::Kept;
use super::line_time;
use super::plain_lines::PlainLines;
use super::progress::Progress;
use super::streamed::Streamed;
use crate::input::{Consumer, Item, Stop, by_source, event_of, payload_of};

/// How many records or lines are looked at together.
const MOST_EVENTS: usize = 1_000;
/// How many log groups are told apart to find alarms that look at none.
const MOST_LOG_GROUPS: usize = 10_000;

/// Gathers matching events.
pub(super) struct Collector<'c> {
    rules: &'c Rules,
    watch: Watch,
    streamed: Streamed,
    plain: &'c PlainLines,
    /// What is known of log groups.
    known: LogGroups,
    /// Later events do not count.
    until: Option<i64>,
    /// Whether lines are shown, and not only ids.
    with_lines: bool,
    /// The file that is read.
    file: String,
    /// Time of the last plain line.
    last_line: Option<i64>,
    /// Records or lines of one stream, which are looked at together.
    payload: Option<Payload>,
    /// Whether these are plain lines.
    is_of_lines: bool,
    found: Found,
}

/// What came of all files.
pub(super) struct Found {
    /// Matching events of each alarm, by group.
    pub(super) groups: Vec<BTreeMap<Group, Gathered>>,
    pub(super) kept: Kept,
    /// From the first to the last event, if there is any.
    pub(super) span: Option<Span>,
    /// How many events were read, repeats included.
    pub(super) events: u64,
    /// How many of those that match had no value to measure.
    pub(super) without_value: u64,
    /// Accounts and log groups.
    log_groups: HashSet<(String, String)>,
    /// Whether an alarm looks at one of them.
    pub(super) is_looking: Vec<bool>,
    progress: Progress,
    /// Why nothing more can be kept.
    error: Option<io::Error>,
}

impl<'c> Collector<'c> {
    pub(super) fn new(
        rules: &'c Rules,
        watch: Watch,
        streamed: Streamed,
        (plain, log_groups): (&'c PlainLines, LogGroups),
        until: Option<i64>,
        with_lines: bool,
    ) -> Self {
        let alarms = rules.alarms.len();
        let found = Found {
            groups: (0..alarms).map(|_| BTreeMap::new()).collect(),
            kept: Kept::new(),
            span: None,
            events: 0,
            without_value: 0,
            log_groups: HashSet::new(),
            is_looking: vec![false; alarms],
            progress: Progress::new(),
            error: None,
        };
        Self {
            rules,
            watch,
            streamed,
            plain,
            known: log_groups,
            until,
            with_lines,
            file: String::new(),
            last_line: None,
            payload: None,
            is_of_lines: false,
            found,
        }
    }

    /// A file is going to be read.
    pub(super) fn open(&mut self, file: &Path) {
        self.file = name(file);
        self.last_line = None;
    }

    /// A file was read.
    pub(super) fn close(&mut self) -> io::Result<()> {
        self.flush();
        self.found.error.take().map_or(Ok(()), Err)
    }

    /// What came of all files.
    pub(super) fn finish(self) -> (Found, Streamed) {
        self.found.progress.end();
        (self.found, self.streamed)
    }

    /// The payload of plain lines of the file.
    fn payload_of_lines(&self) -> Payload {
        let name = Path::new(&self.file).file_name().map(|name| name.to_string_lossy().into_owned());
        let log_group = self.plain.log_group.clone().or(name).unwrap_or_else(|| self.file.clone());
        Payload {
            owner: self.plain.owner.clone(),
            log_group,
            log_stream: self.file.clone(),
            subscription_filters: Vec::new(),
            policy_level: None,
            log_events: Vec::new(),
        }
    }

    fn line_time(&mut self, number: u64, line: &str) -> Result<i64, Stop> {
        let own = line_time::of_line(line);
        let next = self.last_line.map(|last| last.saturating_add(self.plain.interval));
        let time = own.or(next).or(self.plain.start).filter(|time| *time <= MAX_TIMESTAMP).ok_or_else(|| {
            Stop::Unreadable(anyhow::anyhow!(
                "{}: line {number} has no time that is known: say when it was logged with --start 2026-11-21T11:20:00Z \
                 (and --interval 1s, how long after it the next one was)",
                self.file
            ))
        })?;
        self.last_line = Some(time);
        Ok(time)
    }

    /// Adds an event to those that are looked at together, if it is of their stream.
    fn add(&mut self, stream: Payload, event: Event, is_of_lines: bool) {
        let is_other = |payload: &Payload| {
            payload.log_events.len() >= MOST_EVENTS
                || self.is_of_lines != is_of_lines
                || (&payload.log_stream, &payload.log_group, &payload.owner, &payload.policy_level)
                    != (&stream.log_stream, &stream.log_group, &stream.owner, &stream.policy_level)
        };
        if self.payload.as_ref().is_some_and(is_other) {
            self.flush();
        }
        self.is_of_lines = is_of_lines;
        self.payload.get_or_insert(stream).log_events.push(event);
    }

    /// Looks at the records or lines that came.
    fn flush(&mut self) {
        let Some(payload) = self.payload.take() else { return };
        let json = payload.to_json();
        let parsed = std::str::from_utf8(&json).ok().and_then(|json| Message::parse(json).ok());
        if let Some(Message::Data(data)) = parsed {
            self.observe(&data, self.is_of_lines);
        }
    }

    fn observe(&mut self, data: &DataMessage<'_>, is_of_lines: bool) {
        let Self { rules, watch, streamed, known, until, with_lines, found, file, .. } = self;
        let until = until.unwrap_or(i64::MAX);
        for time in data.log_events.iter().map(|event| event.timestamp).filter(|time| *time <= until) {
            let span = found.span.get_or_insert(Span { first: time, last: time });
            (span.first, span.last) = (span.first.min(time), span.last.max(time));
        }
        let read = data.log_events.len() as u64;
        let mut data = data.clone();
        data.log_events.retain(|event| event.timestamp <= until);
        let of_sources = by_source(&data);
        for data in &of_sources {
            found.note_log_group(rules, known, data);
        }
        let Found { groups, kept, error, without_value, .. } = found;
        let mut observe = |data: &DataMessage<'_>| {
            let observed = watch.observe(data, &mut |one: Match<'_>| {
                let observation = one.observation;
                let groups = &mut groups[one.alarm];
                match groups.get_mut(one.group) {
                    Some(gathered) => gathered.add(observation),
                    None => groups.entry(one.group.clone()).or_default().add(observation),
                }
                let alarm = &rules.alarms[one.alarm];
                let shown = || {
                    let line = if *with_lines && alarm.notification.sample_lines > 0 {
                        let line = alarm.line(&one);
                        let place = if is_of_lines {
                            format!("{file}:{}", line.id)
                        } else {
                            format!("{}  {}", line.log_group, line.log_stream)
                        };
                        format!("{place}  {}", line.message)
                    } else {
                        String::new()
                    };
                    (one.event.id.to_string(), line)
                };
                if let Err(failed) = kept.add(one.alarm, observation.key, shown) {
                    error.get_or_insert(failed);
                }
            });
            *without_value += observed.without_value as u64;
        };
        for data in &of_sources {
            streamed.apply(data, &mut observe);
        }
        found.events += read;
        found.progress.read(found.events);
    }
}

impl Found {
    /// Finds out which alarms look at the log group of a payload.
    fn note_log_group(&mut self, rules: &Rules, known: &LogGroups, data: &DataMessage<'_>) {
        if self.log_groups.len() >= MOST_LOG_GROUPS || !self.is_looking.contains(&false) {
            return;
        }
        let (owner, log_group) = (data.account().to_string(), data.source_log_group().to_string());
        let held = known.dataset(&log_group);
        for (is_looking, alarm) in self.is_looking.iter_mut().zip(&rules.alarms) {
            *is_looking = *is_looking || alarm.scope.matches(&owner, &log_group, held);
        }
        self.log_groups.insert((owner, log_group));
    }

    /// Some of the log groups that were read.
    pub(super) fn some_log_groups(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.log_groups.iter().map(|(_, name)| name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

impl Consumer for Collector<'_> {
    fn begin(&mut self, data: &DataMessage<'_>) {
        self.flush();
        self.observe(data, false);
    }

    fn item(&mut self, number: u64, item: &Item<'_>) -> Result<(), Stop> {
        match item {
            // Looked at with its whole message.
            Item::Event(..) => {}
            Item::Record(record) => {
                if !(0..=MAX_TIMESTAMP).contains(&record.timestamp) {
                    let what = format!("{}: record {number} has a time outside of the years 1970 to 9999", self.file);
                    return Err(Stop::Unreadable(anyhow::anyhow!(what)));
                }
                let event = event_of(record).map_err(|error| {
                    Stop::Unreadable(anyhow::anyhow!(
                        "{}: record {number} has bad extracted_fields: {error}",
                        self.file
                    ))
                })?;
                self.add(payload_of(record), event, false);
            }
            Item::Line(_) => {
                let message = item.message();
                let timestamp = self.line_time(number, &message)?;
                let event =
                    Event { id: number.to_string(), timestamp, message: message.into_owned(), extracted_fields: None };
                self.add(self.payload_of_lines(), event, true);
            }
        }
        self.found.error.take().map_or(Ok(()), |error| Err(Stop::Unwritable(error)))
    }

    fn waiting(&mut self) -> Result<(), Stop> {
        Ok(())
    }
}

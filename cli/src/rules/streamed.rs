//! What stream rules make of the events that are read: counted, and shown as they were before and after.

use std::io::{self, Write};

use logweir_log_formats::LogGroups;
use logweir_rules::{Applied, Part, RedactionKey, Rules, Streams, StreamsError};
use logweir_subscription::{DataMessage, LogEvent};
use serde::Serialize;

use super::file::plural;
use crate::clean::clean;

/// How many lines are shown that a rule drops.
const MOST_DROPPED: usize = 3;
/// How many lines are shown before and after.
const MOST_CHANGED: usize = 10;

/// The rules, and what they made of the events so far.
pub(super) struct Streamed {
    streams: Streams,
    /// By rule, in the order of the file, those that may drop.
    pub(super) drops: Vec<Drops>,
    changed: u64,
    /// Lines as they were, and as they are.
    shown: Vec<(String, String)>,
}

/// What a rule dropped, as programs read it too.
#[derive(Debug, Serialize)]
pub(super) struct Drops {
    pub(super) stream: String,
    pub(super) dropped: u64,
    pub(super) bytes: u64,
    /// The first lines of it.
    #[serde(skip)]
    shown: Vec<String>,
}

impl Streamed {
    pub(super) fn new(rules: &Rules, log_groups: LogGroups) -> Result<Self, StreamsError> {
        let drops = rules.streams.iter().filter(|stream| stream.fate.is_some()).map(|stream| Drops {
            stream: stream.name.clone(),
            dropped: 0,
            bytes: 0,
            shown: Vec::new(),
        });
        Ok(Self {
            drops: drops.collect(),
            streams: ready(rules)?.with_log_groups(log_groups),
            changed: 0,
            shown: Vec::new(),
        })
    }

    /// Hands on what of a message stays.
    pub(super) fn apply(&mut self, data: &DataMessage<'_>, mut each: impl FnMut(&DataMessage<'_>)) {
        if self.streams.is_empty() {
            return each(data);
        }
        let Self { streams, drops, changed, shown } = self;
        let applied = streams.apply(std::slice::from_ref(data));
        for part in &applied.parts {
            if part.is_changed {
                note_changes(data, part, changed, shown);
            }
            each(&part.data);
        }
        let mut lacks_lines = false;
        for dropped in &applied.dropped {
            let Some(of_rule) = drops.iter_mut().find(|drops| drops.stream == dropped.rule) else { continue };
            of_rule.dropped += dropped.events;
            of_rule.bytes += dropped.bytes;
            lacks_lines |= of_rule.shown.len() < MOST_DROPPED;
        }
        if lacks_lines {
            let gone = dropped_places(data, &applied);
            self.show_dropped(data, &gone);
        }
    }

    /// Finds out which rule dropped which event, one by one.
    fn show_dropped(&mut self, data: &DataMessage<'_>, places: &[usize]) {
        for place in places {
            let event = data.log_events[*place].clone();
            let line = event.message.to_string();
            let alone = [DataMessage { log_events: vec![event], ..data.clone() }];
            let applied = self.streams.apply(&alone);
            let rule = applied.dropped.first().map(|dropped| dropped.rule);
            let of_rule = self.drops.iter_mut().find(|drops| Some(drops.stream.as_str()) == rule);
            if let Some(of_rule) = of_rule.filter(|drops| drops.shown.len() < MOST_DROPPED) {
                of_rule.shown.push(line);
            }
        }
    }

    /// Prints what each rule dropped, and what changed.
    pub(super) fn report(&self, out: &mut impl Write) -> io::Result<()> {
        if !self.drops.is_empty() {
            writeln!(out, "dropped      bytes  stream")?;
        }
        for Drops { stream, dropped, bytes, shown } in &self.drops {
            writeln!(out, "{dropped:>7} {bytes:>10}  {stream}")?;
            shown.iter().try_for_each(|line| writeln!(out, "    - {}", first_line(line)))?;
            let more = dropped.saturating_sub(shown.len() as u64);
            if more > 0 {
                writeln!(out, "    … {more} more")?;
            }
        }
        if self.streams.is_empty() || self.changed == 0 {
            return Ok(());
        }
        writeln!(out, "{} changed", plural(usize::try_from(self.changed).unwrap_or(usize::MAX), "event"))?;
        for (before, after) in &self.shown {
            writeln!(out, "    - {}", first_line(before))?;
            writeln!(out, "    + {}", first_line(after))?;
        }
        let more = self.changed - self.shown.len() as u64;
        if more > 0 {
            writeln!(out, "    … {more} more")?;
        }
        Ok(())
    }
}

/// The stream rules of a file. Hashes are made with a key of the tool's own: nobody hands that of the functions around.
pub(crate) fn ready(rules: &Rules) -> Result<Streams, StreamsError> {
    Streams::new(rules, Some(&RedactionKey::new(b"logweir")))
}

fn note_changes(data: &DataMessage<'_>, part: &Part<'_>, changed: &mut u64, shown: &mut Vec<(String, String)>) {
    for (index, after) in part.data.log_events.iter().enumerate() {
        let place = part.places.as_ref().map_or(index, |places| places[index] as usize);
        let before = &data.log_events[place];
        let fields = |event: &LogEvent<'_>| {
            event.extracted_fields.map_or_else(String::new, |fields| fields.as_json().to_owned())
        };
        if (before.message == after.message) && fields(before) == fields(after) {
            continue;
        }
        *changed += 1;
        if shown.len() < MOST_CHANGED {
            let line = |event: &LogEvent<'_>| format!("{}  {}", event.message, fields(event)).trim_end().to_owned();
            shown.push((line(before), line(after)));
        }
    }
}

/// The places of the events that are in no part.
fn dropped_places(data: &DataMessage<'_>, applied: &Applied<'_>) -> Vec<usize> {
    let mut stays = vec![false; data.log_events.len()];
    for part in &applied.parts {
        match &part.places {
            None => stays.fill(true),
            Some(places) => places.iter().for_each(|place| stays[*place as usize] = true),
        }
    }
    (0..stays.len()).filter(|place| !stays[*place]).collect()
}

/// The first line of a text, as a terminal may show it.
fn first_line(text: &str) -> String {
    const MOST: usize = 200;
    let line = text.lines().next().unwrap_or_default();
    let mut shown: String = line.chars().take(MOST).collect();
    if shown.len() < text.trim_end().len() {
        shown.push('…');
    }
    clean(&shown)
}

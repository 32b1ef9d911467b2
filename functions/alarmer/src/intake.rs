//! Records in, evidence out: each payload is decoded once, and what matters of it is kept by alarm and group. Pure.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use logweir_alarms::{EventKey, Evidence, Observation, Reading, floor_minute, reduced};
use logweir_intake::{self as intake, Books, Content, Incoming, Lane, Settings, Verdict};
use logweir_rules::{Rules, Watch};
use logweir_subscription::DataMessage;

use crate::metrics::{Counts, Measures};

/// How far ahead of the clock an event's time may be, in milliseconds: CloudWatch Logs takes two hours.
/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html>
const MAX_AHEAD: i64 = (2 * 60 + 15) * 60_000;

/// What a batch says of one alarm and group.
#[derive(Debug)]
pub(crate) struct Track {
    /// By payload.
    pub(crate) payloads: Vec<Evidence>,
    /// The first record that says something.
    pub(crate) first_record: usize,
    /// Times of the oldest and the newest event.
    pub(crate) oldest: i64,
    pub(crate) newest: i64,
}

impl Track {
    /// Adds what else the batch says of the same alarm and group.
    fn merge(&mut self, other: Self) {
        self.payloads.extend(other.payloads);
        self.first_record = self.first_record.min(other.first_record);
        self.oldest = self.oldest.min(other.oldest);
        self.newest = self.newest.max(other.newest);
    }
}

/// By alarm and group.
pub(crate) type Tracks = BTreeMap<(usize, String), Track>;

/// Adds what a batch says of an alarm and group.
pub(crate) fn add(tracks: &mut Tracks, place: (usize, String), track: Track) {
    match tracks.entry(place) {
        Entry::Occupied(mut known) => known.get_mut().merge(track),
        Entry::Vacant(place) => {
            place.insert(track);
        }
    }
}

/// What was found in the records.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// By alarm and group.
    pub(crate) tracks: Tracks,
    pub(crate) measures: Measures,
    pub(crate) counts: Counts,
}

/// Looks at the records in their order. Events before an alarm's `oldest` come too late for it.
pub(crate) fn take_in(
    rules: &Rules,
    watch: &mut Watch,
    settings: &Settings,
    records: &[Incoming<'_>],
    now: i64,
) -> Books<Found> {
    let mut lane = [Lane::new(settings, watch)];
    intake::take_in(&mut lane, records, Found::default(), |watch, _, content, turn| {
        let Content::Parts(parts) = content else { return Verdict::Delivered };
        let books = &mut *turn.take(|| false);
        let record = books.ledger.entries().len();
        // Added when all of the record was looked at, so that one that panics leaves nothing behind.
        let mut found = Found::default();
        for part in parts.iter() {
            found.look_at(rules, watch, part.data, record, now);
        }
        books.shared.merge(found);
        Verdict::Delivered
    })
}

impl Found {
    fn merge(&mut self, other: Self) {
        for (place, track) in other.tracks {
            add(&mut self.tracks, place, track);
        }
        self.measures.merge(other.measures);
        self.counts.add(&other.counts);
    }

    fn look_at(&mut self, rules: &Rules, watch: &mut Watch, data: &DataMessage<'_>, record: usize, now: i64) {
        // Observations and where their events are, by alarm and group.
        let mut found: BTreeMap<(usize, String), Vec<(Observation, usize)>> = BTreeMap::new();
        let Self { measures, counts, .. } = self;
        let observed = watch.observe(data, &mut |event| {
            let alarm = &rules.alarms[event.alarm];
            let Observation { timestamp, reading, .. } = event.observation;
            // Whole minutes at a time: a payload that comes again must say the same of each.
            if timestamp < floor_minute(now - i64::from(alarm.allowed_lateness) * 1_000) {
                counts.too_late += 1;
                return;
            }
            if timestamp > now + MAX_AHEAD {
                counts.too_early += 1;
                return;
            }
            if alarm.publish_metric {
                let value = if let Reading::Number(number) = reading { Some(number) } else { None };
                measures.add(record, event.alarm, timestamp, value);
            }
            found.entry((event.alarm, event.group.key())).or_default().push((event.observation, event.index));
        });
        counts.matches += observed.matches as u64;
        counts.without_value += observed.without_value as u64;
        for ((alarm, group), mut events) in found {
            events.sort_by_key(|(observation, _)| (observation.timestamp, observation.key));
            let rule = &rules.alarms[alarm];
            let mut evidence = Evidence::default();
            evidence.extend(events.iter().map(|(observation, _)| *observation));
            // No message shows more than the lines of the first and of the last events.
            let shown = usize::try_from(rule.notification.sample_lines).unwrap_or(usize::MAX);
            for (position, (Observation { key: EventKey(key), .. }, index)) in events.iter().enumerate() {
                let is_shown = position < shown || events.len() - position <= shown;
                if let Some(line) = is_shown.then(|| rule.line_of(data, *index)).flatten() {
                    evidence.add_line(EventKey(*key), line);
                }
            }
            let (oldest, newest) = (events[0].0.timestamp, events[events.len() - 1].0.timestamp);
            let track = Track {
                payloads: vec![reduced(&rule.condition, evidence, shown)],
                first_record: record,
                oldest,
                newest,
            };
            add(&mut self.tracks, (alarm, group), track);
        }
    }
}

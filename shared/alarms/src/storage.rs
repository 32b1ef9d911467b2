//! Which parts of the evidence are stored, where, and which are not needed.
//!
//! Each part goes to an item of a bucket of time. A bucket is as long as the alarm's period, and no window is shorter: so each window
//! takes of a bucket its end, its beginning or all of it. Of a count that `n` events decide, the `n` oldest and the `n` newest events
//! of a bucket are therefore enough, whatever was between them. Both are sets that only grow by union, in any order.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use crate::codec::{self, CodecError};
use crate::condition::{Condition, MAX_EXACT_COUNT, Period};
use crate::evidence::{EventKey, Evidence, Observation};
use crate::measure::grain;
use crate::sketch::{Aggregate, Detail, Reading};

/// Events of a payload in a grain of time that are stored one by one; more are one sum.
const MAX_SINGLE: usize = 16;
/// Lines that are kept of each batch, where all batches are kept.
const LINES_OF_SUMS: usize = 3;
/// Lines that are not needed and stay until there are more.
const MAX_NEEDLESS_LINES: usize = 8;
/// Bytes of an item's elements, more or less: an item holds at most 400 KB.
const MAX_ITEM_BYTES: usize = 100_000;
/// Events that an alarm on changes keeps of each end of a period.
const MAX_CHANGES: usize = 64;

/// How an item is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Write {
    /// Its elements are added to those that are there.
    Union,
    /// It is named by its content and written whole; to write it again changes nothing.
    Once,
}

/// What is stored of a batch for one alarm and group in one bucket.
#[derive(Debug, Clone, PartialEq)]
pub struct Contribution {
    /// Where the bucket begins, in milliseconds since 1970: its events come after it.
    pub bucket: i64,
    /// How it is written.
    pub write: Write,
    /// What is written.
    pub elements: Vec<Vec<u8>>,
    /// A digest of the elements.
    pub digest: u64,
}

/// How much of a bucket's evidence is needed.
enum Need {
    /// So many of the oldest and of the newest events.
    Ends(usize),
    /// The first and the last event of each value.
    Changes,
    /// All.
    Everything,
}

fn need(condition: &Condition) -> Need {
    match condition {
        Condition::Threshold(threshold) => match threshold.deciding_events() {
            Some(events) if events <= u64::from(MAX_EXACT_COUNT) => Need::Ends(usize::try_from(events).unwrap_or(1)),
            _ => Need::Everything,
        },
        Condition::NewValue(_) => Need::Ends(1),
        Condition::Change(_) => Need::Changes,
    }
}

/// Where the bucket begins that a time lies in.
fn bucket(condition: &Condition, time: i64) -> i64 {
    let period = condition.period().milliseconds();
    (time - 1).div_euclid(period) * period
}

impl Condition {
    /// Whether all its evidence is kept, an item a batch: then reading it costs too much to do so with each batch.
    pub fn keeps_everything(&self) -> bool {
        matches!(need(self), Need::Everything)
    }

    /// From which bucket on evidence is read to evaluate the alarm from `time` on.
    pub fn first_bucket(&self, time: i64) -> i64 {
        bucket(self, time - self.reach()).max(0)
    }
}

/// A payload's evidence for one alarm and group without what is not stored of it: so that a batch of many does not fill the memory.
pub fn reduced(condition: &Condition, payload: Evidence, sample_lines: usize) -> Evidence {
    if condition.keeps_everything() {
        let mut parts = summed_up(condition, &payload);
        parts.keep_lines(sample_lines.min(LINES_OF_SUMS));
        return parts;
    }
    let elements = contributions(condition, vec![payload], sample_lines).into_iter().flat_map(|item| item.elements);
    let elements: Vec<_> = elements.collect();
    // They were just written.
    Evidence::from_elements(elements.iter().map(Vec::as_slice)).unwrap_or_default()
}

/// What is stored of a batch: of each of its payloads the evidence for one alarm and group. At most `sample_lines` lines of each end of
/// a bucket are kept.
pub fn contributions(condition: &Condition, payloads: Vec<Evidence>, sample_lines: usize) -> Vec<Contribution> {
    let write = if condition.keeps_everything() { Write::Once } else { Write::Union };
    let mut buckets: BTreeMap<i64, Evidence> = BTreeMap::new();
    for payload in payloads {
        let parts = if write == Write::Once { summed_up(condition, &payload) } else { payload };
        for observation in parts.observations() {
            buckets.entry(bucket(condition, observation.timestamp)).or_default().add(*observation);
        }
        for (end, digest, part) in parts.aggregates() {
            buckets.entry(bucket(condition, end)).or_default().add_aggregate(end, digest, part.clone());
        }
        for (key, line) in parts.all_lines() {
            buckets.entry(bucket(condition, line.timestamp)).or_default().add_line(key, line.clone());
        }
    }
    let stored = |(bucket, evidence): (i64, Evidence)| {
        let needless: BTreeSet<_> = needless(condition, &evidence, sample_lines).into_iter().collect();
        let elements = evidence.elements().into_iter().filter(|element| !needless.contains(element)).collect();
        items(elements, write).into_iter().map(move |elements| contribution(bucket, write, elements))
    };
    buckets.into_iter().flat_map(stored).collect()
}

fn contribution(bucket: i64, write: Write, elements: Vec<Vec<u8>>) -> Contribution {
    let mut digest = Sha256::new();
    for element in &elements {
        digest.update((element.len() as u64).to_be_bytes());
        digest.update(element);
    }
    Contribution { bucket, write, elements, digest: first_bytes(digest) }
}

fn first_bytes(digest: Sha256) -> u64 {
    digest.finalize().iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Elements in as many items as they need.
fn items(elements: Vec<Vec<u8>>, write: Write) -> Vec<Vec<Vec<u8>>> {
    if write == Write::Union {
        return vec![elements];
    }
    let (mut items, mut bytes) = (vec![Vec::new()], 0);
    for element in elements {
        bytes += element.len();
        if bytes > MAX_ITEM_BYTES
            && let Some(last) = items.last()
            && !last.is_empty()
        {
            bytes = element.len();
            items.push(Vec::new());
        }
        if let Some(last) = items.last_mut() {
            last.push(element);
        }
    }
    items
}

/// The evidence of a payload with one sum for each grain of time that holds many events. The sum is known by a digest of its events:
/// when the payload comes again, so does the very same sum.
fn summed_up(condition: &Condition, payload: &Evidence) -> Evidence {
    let grain = grain(condition);
    let detail = if let Condition::Threshold(threshold) = condition { threshold.detail() } else { Detail::Nothing };
    let mut parts = Evidence::default();
    for (end, digest, part) in payload.aggregates() {
        parts.add_aggregate(end, digest, part.clone());
    }
    let same_grain =
        |one: &Observation, next: &Observation| grain_end(one.timestamp, grain) == grain_end(next.timestamp, grain);
    for events in payload.observations().chunk_by(same_grain) {
        if events.len() <= MAX_SINGLE {
            parts.extend(events.iter().copied());
            continue;
        }
        let (mut sum, mut digest) = (Aggregate::default(), Sha256::new());
        for event in events {
            sum.add(event.reading, detail);
            digest.update(event.key.0.to_be_bytes());
        }
        parts.add_aggregate(grain_end(events[0].timestamp, grain), first_bytes(digest), sum);
    }
    for (key, line) in payload.all_lines() {
        parts.add_line(key, line.clone());
    }
    parts
}

fn grain_end(time: i64, grain: i64) -> i64 {
    ((time - 1).div_euclid(grain) + 1) * grain
}

/// Elements of an item that are not needed beside its others, once there are enough of them to be worth a request.
pub fn surplus(condition: &Condition, elements: &[Vec<u8>], sample_lines: usize) -> Result<Vec<Vec<u8>>, CodecError> {
    let (events, lines) = match need(condition) {
        Need::Ends(events) => (2 * events, 2 * sample_lines.min(events)),
        Need::Changes => (2 * MAX_CHANGES, 2 * sample_lines),
        Need::Everything => return Ok(Vec::new()),
    };
    // Lines are what makes an item large, and each write of it dear.
    let found = elements.iter().filter(|element| codec::is_line(element)).count();
    if elements.len() - found <= events + (events / 2).max(8) && found <= lines + MAX_NEEDLESS_LINES {
        return Ok(Vec::new());
    }
    let evidence = Evidence::from_elements(elements.iter().map(Vec::as_slice))?;
    Ok(needless(condition, &evidence, sample_lines))
}

/// What can be left out of a bucket.
fn needless(condition: &Condition, evidence: &Evidence, sample_lines: usize) -> Vec<Vec<u8>> {
    let events = evidence.observations();
    let keeps: Vec<(i64, EventKey)> = match need(condition) {
        Need::Everything => events.iter().map(Observation::place).collect(),
        Need::Ends(count) => ends(events.len(), count).map(|index| events[index].place()).collect(),
        Need::Changes => {
            let runs = changes(events, condition.period());
            ends(runs.len(), MAX_CHANGES).map(|index| runs[index].place()).collect()
        }
    };
    let kept: BTreeSet<_> = keeps.iter().copied().collect();
    // Lines of the oldest and of the newest events are shown; for sums, of any.
    let shown: BTreeSet<_> = match need(condition) {
        Need::Everything => {
            let all: Vec<_> = evidence.all_lines().map(|(key, line)| (line.timestamp, key)).collect();
            all.into_iter().rev().take(sample_lines.min(LINES_OF_SUMS)).collect()
        }
        _ => ends(keeps.len(), sample_lines).map(|index| keeps[index]).collect(),
    };
    let observations = events.iter().filter(|event| !kept.contains(&event.place())).map(codec::observation);
    let lines = evidence.all_lines().filter(|(key, line)| !shown.contains(&(line.timestamp, *key)));
    observations.chain(lines.map(|(key, line)| codec::line(key, line))).collect()
}

/// The first and the last `count` of so many.
fn ends(length: usize, count: usize) -> impl Iterator<Item = usize> {
    (0..length).filter(move |index| *index < count || length - index <= count)
}

/// The first and the last event of each value in each period: where an alarm on changes looks for them. Which they are does not depend on
/// the order in which parts of the events come.
pub(crate) fn changes(events: &[Observation], period: Period) -> Vec<Observation> {
    let mut ends: BTreeMap<(i64, u64), (Observation, Observation)> = BTreeMap::new();
    for event in events {
        let Reading::Text(text) = event.reading else { continue };
        let period = (event.timestamp - 1).div_euclid(period.milliseconds());
        ends.entry((period, text)).and_modify(|(_, last)| *last = *event).or_insert((*event, *event));
    }
    let mut kept: Vec<_> = ends.into_values().flat_map(|(first, last)| [first, last]).collect();
    kept.sort_by_key(Observation::place);
    kept.dedup_by_key(|event| event.place());
    kept
}

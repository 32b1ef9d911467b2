//! Evidence as elements of a binary set: equal parts are equal bytes, so that a set's union is evidence's.

use std::collections::{BTreeMap, BTreeSet};

use crate::evidence::{EventKey, Evidence, Line, Observation};
use crate::sketch::{Aggregate, Reading};

const NOTHING: u8 = 1;
const NUMBER: u8 = 2;
const TEXT: u8 = 3;
const AGGREGATE: u8 = 4;
const LINE: u8 = 5;

/// The end of the minute after the last time of an event.
const MAX_TIME: i64 = 253_402_300_860_000;

/// An element that this release did not write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an element of an alarm's evidence cannot be read: it was written by another release, or by something else")]
pub struct CodecError;

impl Evidence {
    /// Its elements, in a certain order.
    pub fn elements(&self) -> Vec<Vec<u8>> {
        let observations = self.observations().iter().map(observation);
        let aggregates = self.aggregates().map(|(end, digest, part)| aggregate(end, digest, part));
        let lines = self.all_lines().map(|(key, text)| line(key, text));
        observations.chain(aggregates).chain(lines).collect()
    }

    /// The evidence that elements are, in any order.
    pub fn from_elements<'e>(elements: impl IntoIterator<Item = &'e [u8]>) -> Result<Self, CodecError> {
        let mut evidence = Self::default();
        let mut observations = Vec::new();
        for element in elements {
            let mut bytes = Bytes(element.get(1..).unwrap_or_default());
            let tag = element.first().copied().unwrap_or_default();
            match tag {
                NOTHING | NUMBER | TEXT => {
                    let (timestamp, key) = (bytes.time()?, bytes.key()?);
                    let reading = match tag {
                        NOTHING => Reading::Nothing,
                        NUMBER => Reading::Number(bytes.float()?),
                        _ => Reading::Text(bytes.unsigned()?),
                    };
                    observations.push(Observation { timestamp, key, reading });
                }
                AGGREGATE => {
                    let (end, digest) = (bytes.time()?, bytes.unsigned()?);
                    evidence.add_aggregate(end, digest, bytes.aggregate()?);
                }
                LINE => {
                    let key = bytes.key()?;
                    let line: Line = serde_json::from_slice(std::mem::take(&mut bytes.0)).map_err(|_| CodecError)?;
                    if !(0..=MAX_TIME).contains(&line.timestamp) {
                        return Err(CodecError);
                    }
                    evidence.add_line(key, line);
                }
                _ => return Err(CodecError),
            }
            if !bytes.0.is_empty() {
                return Err(CodecError);
            }
        }
        evidence.extend(observations);
        Ok(evidence)
    }
}

pub(crate) fn observation(observation: &Observation) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(33);
    let tag = match observation.reading {
        Reading::Nothing => NOTHING,
        Reading::Number(_) => NUMBER,
        Reading::Text(_) => TEXT,
    };
    bytes.push(tag);
    bytes.extend(observation.timestamp.to_be_bytes());
    bytes.extend(observation.key.0.to_be_bytes());
    match observation.reading {
        Reading::Nothing => {}
        Reading::Number(number) => bytes.extend(number.to_be_bytes()),
        Reading::Text(text) => bytes.extend(text.to_be_bytes()),
    }
    bytes
}

pub(crate) fn is_line(element: &[u8]) -> bool {
    element.first() == Some(&LINE)
}

pub(crate) fn line(key: EventKey, line: &Line) -> Vec<u8> {
    let mut bytes = vec![LINE];
    bytes.extend(key.0.to_be_bytes());
    // A line of strings and a number can always be written.
    bytes.extend(serde_json::to_vec(line).unwrap_or_default());
    bytes
}

fn aggregate(end: i64, digest: u64, part: &Aggregate) -> Vec<u8> {
    let mut bytes = vec![AGGREGATE];
    bytes.extend(end.to_be_bytes());
    bytes.extend(digest.to_be_bytes());
    bytes.extend(part.count.to_be_bytes());
    bytes.extend(part.sum.to_be_bytes());
    bytes.push(u8::from(part.range.is_some()));
    let (least, greatest) = part.range.unwrap_or_default();
    bytes.extend(least.to_be_bytes());
    bytes.extend(greatest.to_be_bytes());
    bytes.extend((part.buckets.len() as u64).to_be_bytes());
    for (bucket, count) in &part.buckets {
        bytes.extend(bucket.to_be_bytes());
        bytes.extend(count.to_be_bytes());
    }
    bytes.extend((part.distinct.len() as u64).to_be_bytes());
    part.distinct.iter().for_each(|text| bytes.extend(text.to_be_bytes()));
    bytes
}

struct Bytes<'e>(&'e [u8]);

impl Bytes<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], CodecError> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(CodecError)?;
        self.0 = rest;
        Ok(*taken)
    }

    /// A time, from 1970 to the end of the year 9999.
    fn time(&mut self) -> Result<i64, CodecError> {
        let time = self.take().map(i64::from_be_bytes)?;
        (0..=MAX_TIME).contains(&time).then_some(time).ok_or(CodecError)
    }

    fn unsigned(&mut self) -> Result<u64, CodecError> {
        self.take().map(u64::from_be_bytes)
    }

    fn float(&mut self) -> Result<f64, CodecError> {
        self.take().map(f64::from_be_bytes)
    }

    fn key(&mut self) -> Result<EventKey, CodecError> {
        self.take().map(u128::from_be_bytes).map(EventKey)
    }

    fn aggregate(&mut self) -> Result<Aggregate, CodecError> {
        let (count, sum) = (self.unsigned()?, self.float()?);
        let [has_range] = self.take()?;
        let range = (self.float()?, self.float()?);
        let mut buckets = BTreeMap::new();
        for _ in 0..self.unsigned()? {
            buckets.insert(self.take().map(i32::from_be_bytes)?, self.unsigned()?);
        }
        let mut distinct = BTreeSet::new();
        for _ in 0..self.unsigned()? {
            distinct.insert(self.unsigned()?);
        }
        Ok(Aggregate { count, sum, range: (has_range != 0).then_some(range), buckets, distinct })
    }
}

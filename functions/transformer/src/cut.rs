//! Events written as payloads again, cut until each fits a record.

use std::ops::Range;

use logweir_subscription::gzip::Compressor;
use logweir_subscription::{DataMessage, LogEvent};

/// As CloudWatch Logs compresses.
const GZIP_LEVEL: u32 = 6;

/// Events as payloads, each of which a record can hold.
#[derive(Debug)]
pub(crate) struct Cut {
    compressor: Compressor,
    json: Vec<u8>,
    /// How many events were added.
    added: usize,
    /// Payloads, and which of the events that were added are in each.
    pub(crate) payloads: Vec<(Range<usize>, Vec<u8>)>,
    /// Events that no record can hold, each as a payload of its own.
    pub(crate) too_large: Vec<(usize, Vec<u8>)>,
}

impl Cut {
    /// Nothing yet.
    pub(crate) fn new() -> Self {
        let compressor = Compressor::new(GZIP_LEVEL);
        Self { compressor, json: Vec::new(), added: 0, payloads: Vec::new(), too_large: Vec::new() }
    }

    /// Adds `events`, which stand in `data`, as payloads of at most `limit` bytes.
    pub(crate) fn add(&mut self, data: &DataMessage<'_>, events: &[LogEvent<'_>], limit: usize) {
        if events.is_empty() {
            return;
        }
        self.json.clear();
        data.write_payload(events, &mut self.json);
        let mut payload = Vec::new();
        self.compressor.member(&self.json, &mut payload);
        // Room is made for text that does not compress, and there may be hundreds of payloads.
        payload.shrink_to_fit();
        if payload.len() <= limit {
            self.payloads.push((self.added..self.added + events.len(), payload));
            self.added += events.len();
        } else if events.len() == 1 {
            self.too_large.push((self.added, payload));
            self.added += 1;
        } else {
            // Text that hardly compresses: halves of it will do.
            let (left, right) = events.split_at(events.len() / 2);
            self.add(data, left, limit);
            self.add(data, right, limit);
        }
    }
}

/// Cuts events into groups, each of at least one, whose lines take at most `limit` bytes, except where a single line takes more.
/// `sizes` are the lengths of the events' lines. There are at least two groups where there are two events, so that each is
/// smaller than the whole. Returns how many events each has.
pub(crate) fn by_size(sizes: &[usize], limit: usize) -> Vec<usize> {
    let limit = limit.min(sizes.iter().sum::<usize>() / 2);
    let (mut groups, mut events, mut bytes) = (Vec::new(), 0, 0);
    for size in sizes {
        if events > 0 && bytes + size > limit {
            groups.push(events);
            (events, bytes) = (0, 0);
        }
        events += 1;
        bytes += size;
    }
    groups.extend((events > 0).then_some(events));
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use logweir_subscription::{Decoder, Message};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn groups_cover_all_events_and_each_is_smaller_than_the_whole(
            sizes in proptest::collection::vec(0_usize..100, 0..40), limit in 1_usize..400,
        ) {
            let groups = by_size(&sizes, limit);
            prop_assert_eq!(groups.iter().sum::<usize>(), sizes.len());
            let mut left = sizes.as_slice();
            for events in groups {
                let (group, rest) = left.split_at(events);
                prop_assert!(events == 1 || group.iter().sum::<usize>() <= limit);
                prop_assert!(events > 0 && (sizes.len() < 2 || events < sizes.len()));
                left = rest;
            }
        }

        #[test]
        fn every_event_is_in_one_payload_in_order_or_too_large(
            lengths in proptest::collection::vec(prop_oneof![1_usize..200, 2_000_usize..6_000], 0..20), seed: u64,
        ) {
            let mut state = seed | 1;
            let mut random = || { state ^= state << 13; state ^= state >> 7; state ^= state << 17; state };
            let mut message = |length: usize| (0..length / 16).map(|_| format!("{:016x}", random())).collect::<Vec<_>>().concat();
            let event = |(id, length): (usize, &usize)| format!(r#"{{"id":"{id}","timestamp":1,"message":"{}"}}"#, message(*length));
            let events: Vec<_> = lengths.iter().enumerate().map(event).collect();
            let json = format!(r#"{{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"g","logStream":"s","logEvents":[{}]}}"#, events.join(","));
            let Message::Data(data) = Message::parse(&json).expect("a message") else { panic!("no data") };
            let mut cut = Cut::new();
            cut.add(&data, &data.log_events, 2_500);
            let mut ids = Vec::new();
            let mut decoder = Decoder::default();
            let singles = cut.too_large.iter().map(|(place, payload)| (*place..place + 1, payload));
            for (range, payload) in cut.payloads.iter().map(|(range, payload)| (range.clone(), payload)).chain(singles) {
                prop_assert!(payload.len() <= 2_500 || range.len() == 1);
                let Message::Data(written) = decoder.decode(payload).expect("a payload") else { panic!("no data") };
                prop_assert_eq!(&written.log_events, &data.log_events[range.clone()]);
                ids.extend(range);
            }
            prop_assert!(cut.payloads.is_sorted_by_key(|(range, _)| range.start));
            ids.sort_unstable();
            prop_assert_eq!(ids, (0..lengths.len()).collect::<Vec<_>>());
        }
    }
}

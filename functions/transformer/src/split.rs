//! How a message whose output does not fit is cut into payloads that will fit.

use std::ops::Range;

/// Cuts events into ranges, each of at least one event, whose lines take at most `limit` bytes, except where a single
/// line takes more. `line_ends` are the offsets at which the events' lines end. There are at least two ranges where
/// there are two events, so that every range is smaller than the whole.
pub(crate) fn split(line_ends: &[usize], limit: usize) -> Vec<Range<usize>> {
    let total = line_ends.last().copied().unwrap_or(0);
    let limit = limit.min(total / 2);
    let mut ranges = Vec::new();
    let (mut first, mut start) = (0, 0);
    for (index, end) in line_ends.iter().enumerate() {
        if index > first && end - start > limit {
            ranges.push(first..index);
            first = index;
            start = line_ends[index - 1];
        }
    }
    if first < line_ends.len() {
        ranges.push(first..line_ends.len());
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn ranges_cover_all_events_and_each_is_smaller_than_the_whole(
            lengths in proptest::collection::vec(1_usize..100, 0..40), limit in 1_usize..400,
        ) {
            let ends: Vec<_> = lengths.iter().scan(0, |sum, length| { *sum += length; Some(*sum) }).collect();
            let ranges = split(&ends, limit);
            let covered: Vec<_> = ranges.iter().cloned().flatten().collect();
            prop_assert_eq!(covered, (0..lengths.len()).collect::<Vec<_>>());
            for range in &ranges {
                let bytes: usize = lengths[range.clone()].iter().sum();
                prop_assert!(range.len() == 1 || bytes <= limit);
                prop_assert!(lengths.len() < 2 || range.len() < lengths.len());
            }
        }
    }
}

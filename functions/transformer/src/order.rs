//! Who may be put next, so that records of one partition key keep their order. Pure.
//!
//! Kinesis puts the records of a call independently of each other, so that one may be taken behind another that was not, and promises
//! their order to nobody: "`PutRecords` doesn't guarantee the ordering of records"
//! (<https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html>). So a call has one record of each key at most, and
//! the next one of the key waits until that one was taken.

use std::collections::{BTreeSet, HashMap};

/// "Each `PutRecords` request can support up to 500 records", and 10 MiB "for the entire request, including partition keys" (the same page).
pub(crate) const MAX_CALL_RECORDS: usize = 500;
pub(crate) const MAX_CALL_BYTES: usize = 10 << 20;

/// What is still to be put.
#[derive(Debug)]
pub(crate) struct Order {
    /// Of each record the next of its key.
    next: Vec<Option<usize>>,
    /// Of each key the first record that was not taken yet.
    ready: BTreeSet<usize>,
}

impl Order {
    /// Of records with these keys.
    pub(crate) fn of<'k>(keys: impl IntoIterator<Item = &'k str>) -> Self {
        let (mut next, mut ready, mut last) = (Vec::new(), BTreeSet::new(), HashMap::new());
        for (index, key) in keys.into_iter().enumerate() {
            next.push(None);
            match last.insert(key, index) {
                Some(before) => next[before] = Some(index),
                None => drop(ready.insert(index)),
            }
        }
        Self { next, ready }
    }

    /// The records of the next call, the earliest first; none if all were taken. `length` says how long a record is.
    pub(crate) fn call(&self, length: impl Fn(usize) -> usize) -> Vec<usize> {
        let mut bytes = 0;
        let fits = |index: &usize| {
            bytes += length(*index);
            bytes <= MAX_CALL_BYTES
        };
        self.ready.iter().copied().take(MAX_CALL_RECORDS).take_while(fits).collect()
    }

    /// A record was taken.
    pub(crate) fn taken(&mut self, index: usize) {
        self.ready.remove(&index);
        self.ready.extend(self.next[index]);
    }

    /// What was not taken.
    pub(crate) fn left(self) -> Vec<usize> {
        let behind = |first: usize| std::iter::successors(Some(first), |index| self.next[*index]);
        let mut left: Vec<_> = self.ready.iter().copied().flat_map(behind).collect();
        left.sort_unstable();
        left
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn all_are_taken_each_key_in_its_order(keys in proptest::collection::vec(0_u8..9, 0..700), seed: u64) {
            let mut state = seed | 1;
            let mut random = || { state ^= state << 13; state ^= state >> 7; state ^= state << 17; state };
            let names: Vec<_> = keys.iter().map(u8::to_string).collect();
            let mut order = Order::of(names.iter().map(String::as_str));
            let mut stream = Vec::new();
            loop {
                let call = order.call(|_| 4 << 20);
                if call.is_empty() {
                    break;
                }
                prop_assert!(call.len() <= 2, "more than a call takes");
                prop_assert!(call.iter().all(|index| !stream.contains(index)));
                let of_call: BTreeSet<_> = call.iter().map(|index| keys[*index]).collect();
                prop_assert_eq!(of_call.len(), call.len(), "two of a key");
                for index in call {
                    if random() % 3 > 0 {
                        stream.push(index);
                        order.taken(index);
                    }
                }
            }
            for key in 0..9 {
                let of_key: Vec<_> = stream.iter().filter(|index| keys[**index] == key).collect();
                prop_assert!(of_key.is_sorted());
            }
            prop_assert_eq!(stream.len(), keys.len());
            prop_assert_eq!(order.left(), Vec::<usize>::new());
        }
    }

    #[test]
    fn what_was_not_taken_is_left_with_all_behind_it() {
        let mut order = Order::of(["a", "b", "a", "c", "b"]);
        assert_eq!(order.call(|_| 1), [0, 1, 3]);
        order.taken(0);
        order.taken(3);
        assert_eq!(order.call(|_| 1), [1, 2]);
        order.taken(2);
        assert_eq!(order.left(), [1, 4]);
        let many: Vec<_> = (0..1200).map(|key| key.to_string()).collect();
        assert_eq!(Order::of(many.iter().map(String::as_str)).call(|_| 1).len(), MAX_CALL_RECORDS);
    }
}

//! How much something is.

use std::iter::Sum;
use std::ops::AddAssign;

use logweir_subscription::DataMessage;

/// Records, the events in them, and bytes: of the events' messages as they came, or of a record that could not be decoded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Amount {
    /// Records of the envelope.
    pub records: u64,
    /// Log events.
    pub events: u64,
    /// Bytes of the events' messages; of an undecodable record its own.
    pub bytes: u64,
}

impl Amount {
    /// A record with the events of `data`.
    pub fn of(data: &DataMessage<'_>) -> Self {
        let bytes: usize = data.log_events.iter().map(|event| event.message.text_len()).sum();
        Self { records: 1, events: data.log_events.len() as u64, bytes: bytes as u64 }
    }

    /// Some of the events of `data`, which is counted elsewhere, by their places in it.
    pub fn of_events<'p>(data: &DataMessage<'_>, places: impl IntoIterator<Item = &'p usize>) -> Self {
        let event = |place: &usize| data.log_events.get(*place);
        let one = |message: usize| Self { records: 0, events: 1, bytes: message as u64 };
        places.into_iter().filter_map(event).map(|event| one(event.message.text_len())).sum()
    }

    /// A record that could not be decoded, of `bytes` bytes.
    pub fn undecodable(bytes: usize) -> Self {
        Self { records: 1, events: 0, bytes: bytes as u64 }
    }

    /// A record that nobody looked at, of so many characters of base64.
    pub fn unread(base64: usize) -> Self {
        Self::undecodable(base64 / 4 * 3)
    }

    /// A record that holds no events of anybody.
    pub fn empty() -> Self {
        Self { records: 1, events: 0, bytes: 0 }
    }

    /// The same as a part of a record that is counted elsewhere.
    #[must_use]
    pub fn without_records(self) -> Self {
        Self { records: 0, ..self }
    }

    /// What is left without `other`. That is never more than there is; were it, nothing is left, and the balance does not add up.
    #[must_use]
    pub fn less(self, other: Self) -> Self {
        Self {
            records: self.records.saturating_sub(other.records),
            events: self.events.saturating_sub(other.events),
            bytes: self.bytes.saturating_sub(other.bytes),
        }
    }
}

impl AddAssign for Amount {
    fn add_assign(&mut self, other: Self) {
        self.records += other.records;
        self.events += other.events;
        self.bytes += other.bytes;
    }
}

impl Sum for Amount {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::default(), |mut sum, amount| {
            sum += amount;
            sum
        })
    }
}

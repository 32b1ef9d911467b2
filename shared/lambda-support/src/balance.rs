//! What came of all that an invocation was given, as CloudWatch metrics.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use logweir_subscription::DataMessage;
use serde_json::{Map, Value, json};

use crate::deadline;

/// Records, the events in them, and bytes: of the events' messages, or of a record that could not be decoded.
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

    /// A record that could not be decoded, of `bytes` bytes.
    pub fn undecodable(bytes: usize) -> Self {
        Self { records: 1, events: 0, bytes: bytes as u64 }
    }

    /// A record that holds no events of anybody.
    pub fn empty() -> Self {
        Self { records: 1, events: 0, bytes: 0 }
    }
}

impl AddAssign for Amount {
    fn add_assign(&mut self, other: Self) {
        self.records += other.records;
        self.events += other.events;
        self.bytes += other.bytes;
    }
}

/// The balance of one invocation: `received = delivered + dropped + dead_lettered + returned`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Balance {
    /// All that came.
    pub received: Amount,
    /// What the sink took.
    pub delivered: Amount,
    /// What nobody wants, by reason: control messages, messages without events.
    pub dropped: BTreeMap<&'static str, Amount>,
    /// What can never succeed and was kept where it can be found.
    pub dead_lettered: Amount,
    /// What will come again: put back, or reported as failed.
    pub returned: Amount,
    /// Of what was returned, what the sink took all the same: it will hold it twice.
    pub repeated: Amount,
    /// Lone surrogates in messages, each of which is U+FFFD in the output.
    pub lone_surrogates: u64,
}

impl Balance {
    /// Drops a record for a reason.
    pub fn drop(&mut self, reason: &'static str, amount: Amount) {
        *self.dropped.entry(reason).or_default() += amount;
    }

    /// Whether both sides are equal.
    pub fn is_balanced(&self) -> bool {
        let mut sum = Amount::default();
        for amount in self.dropped.values().chain([&self.delivered, &self.dead_lettered, &self.returned]) {
            sum += *amount;
        }
        sum == self.received
    }

    /// Prints the balance as one line of Embedded Metric Format, from which CloudWatch makes metrics:
    /// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>.
    #[expect(clippy::print_stdout, reason = "Lambda takes metrics from standard output")]
    pub fn report(&self, namespace: &str, function: &str, request_id: &str) {
        println!("{}", self.to_emf(namespace, function, request_id, deadline::now()));
        if !self.is_balanced() {
            tracing::error!(balance = ?self, "the balance of this invocation does not add up: a defect of Logweir");
        }
    }

    /// The line that [`Self::report`] prints, with `now` in milliseconds since 1970.
    pub fn to_emf(&self, namespace: &str, function: &str, request_id: &str, now: u64) -> Value {
        let mut dropped = Amount::default();
        self.dropped.values().for_each(|amount| dropped += *amount);
        let (mut metrics, mut values) = (Vec::new(), Map::new());
        for (name, amount) in [
            ("Received", self.received),
            ("Delivered", self.delivered),
            ("Dropped", dropped),
            ("DeadLettered", self.dead_lettered),
            ("Returned", self.returned),
            ("Repeated", self.repeated),
        ] {
            for (what, unit, value) in [
                ("Records", "Count", amount.records),
                ("Events", "Count", amount.events),
                ("Bytes", "Bytes", amount.bytes),
            ] {
                metrics.push(json!({"Name": format!("{name}{what}"), "Unit": unit}));
                values.insert(format!("{name}{what}"), json!(value));
            }
        }
        metrics.push(json!({"Name": "LoneSurrogates", "Unit": "Count"}));
        values.insert("LoneSurrogates".to_owned(), json!(self.lone_surrogates));
        let reasons: Map<_, _> =
            self.dropped.iter().map(|(reason, a)| ((*reason).to_owned(), json!(a.records))).collect();
        values.insert("DroppedByReason".to_owned(), Value::Object(reasons));
        values.insert("Function".to_owned(), json!(function));
        values.insert("RequestId".to_owned(), json!(request_id));
        values.insert(
            "_aws".to_owned(),
            json!({"Timestamp": now, "CloudWatchMetrics":
                [{"Namespace": namespace, "Dimensions": [["Function"]], "Metrics": metrics}]}),
        );
        Value::Object(values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_balance_adds_up_or_says_so() {
        let one = Amount { records: 1, events: 2, bytes: 3 };
        let mut balance = Balance { received: one, ..Balance::default() };
        assert!(!balance.is_balanced());
        balance.drop("control", one);
        assert!(balance.is_balanced());
        let emf = balance.to_emf("Logweir", "archiver", "id", 7);
        assert_eq!((&emf["DroppedEvents"], &emf["DroppedByReason"]["control"]), (&json!(2), &json!(1)));
        let metrics = emf["_aws"]["CloudWatchMetrics"][0]["Metrics"].as_array().expect("an array");
        // The format takes at most 100 metrics, and each must have a value.
        assert!(metrics.len() <= 100 && metrics.iter().all(|m| emf[m["Name"].as_str().expect("a name")].is_u64()));
    }
}

//! The balance of an invocation, and how CloudWatch is told.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::Amount;
use crate::emf::emf_directive;

/// The balance of one invocation: `received = delivered + dropped + dead_lettered + returned`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Balance {
    /// All that came.
    pub received: Amount,
    /// What the sink took.
    pub delivered: Amount,
    /// What nobody wants, by reason: control messages, messages without events, the rules of streams.
    pub dropped: BTreeMap<Cow<'static, str>, Amount>,
    /// What can never succeed and was kept where it can be found.
    pub dead_lettered: Amount,
    /// What will come again: put back, or reported as failed.
    pub returned: Amount,
    /// Of what was returned, what the sink took all the same: it will hold it twice.
    pub repeated: Amount,
    /// Lone surrogates in messages, each of which is U+FFFD in the output.
    pub lone_surrogates: u64,
    /// Events whose line a search server has as text alone, because what it holds did not fit. They are counted above as what became
    /// of them, and here once more: nothing is lost, but their fields are not found.
    pub set_aside: u64,
}

/// The two sides of a balance are not equal: a defect of Logweir, as something was lost or counted twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("received {received:?}, but {accounted:?} was delivered, dropped, dead-lettered or returned")]
pub struct Imbalance {
    /// All that came.
    pub received: Amount,
    /// All that is said to have become of it.
    pub accounted: Amount,
}

impl Balance {
    /// Drops something for a reason.
    pub fn drop(&mut self, reason: impl Into<Cow<'static, str>>, amount: Amount) {
        *self.dropped.entry(reason.into()).or_default() += amount;
    }

    /// Whether both sides are equal. Tests ask, and so does every invocation.
    pub fn check(&self) -> Result<(), Imbalance> {
        let others = [self.delivered, self.dead_lettered, self.returned];
        let accounted = self.dropped.values().copied().chain(others).sum();
        if accounted == self.received { Ok(()) } else { Err(Imbalance { received: self.received, accounted }) }
    }

    /// The balance as one line of Embedded Metric Format, with `now` in milliseconds since 1970.
    pub fn to_emf(&self, namespace: &str, function: &str, request_id: &str, now: u64) -> Value {
        let dropped = self.dropped.values().copied().sum();
        let (mut metrics, mut values) = (Vec::new(), Map::new());
        let mut metric = |name: String, unit: &str, value: u64| {
            metrics.push(json!({"Name": name, "Unit": unit}));
            values.insert(name, json!(value));
        };
        for (name, amount) in [
            ("Received", self.received),
            ("Delivered", self.delivered),
            ("Dropped", dropped),
            ("DeadLettered", self.dead_lettered),
            ("Returned", self.returned),
            ("Repeated", self.repeated),
        ] {
            metric(format!("{name}Records"), "Count", amount.records);
            metric(format!("{name}Events"), "Count", amount.events);
            metric(format!("{name}Bytes"), "Bytes", amount.bytes);
        }
        metric("LoneSurrogates".to_owned(), "Count", self.lone_surrogates);
        metric("SetAsideEvents".to_owned(), "Count", self.set_aside);
        metric("Imbalance".to_owned(), "Count", u64::from(self.check().is_err()));
        let by_reason = |of: fn(&Amount) -> u64| -> Map<_, _> {
            self.dropped.iter().map(|(reason, amount)| (reason.to_string(), json!(of(amount)))).collect()
        };
        values.insert("DroppedByReason".to_owned(), Value::Object(by_reason(|amount| amount.records)));
        values.insert("DroppedEventsByReason".to_owned(), Value::Object(by_reason(|amount| amount.events)));
        values.insert("Function".to_owned(), json!(function));
        values.insert("RequestId".to_owned(), json!(request_id));
        values.insert("_aws".to_owned(), emf_directive(namespace, "Function", &metrics, now));
        Value::Object(values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_balance_adds_up_or_says_so() {
        let one = Amount { records: 1, events: 2, bytes: 3 };
        let mut balance = Balance { received: one, set_aside: 2, ..Balance::default() };
        assert_eq!(balance.check(), Err(Imbalance { received: one, accounted: Amount::default() }));
        assert_eq!(balance.to_emf("Logweir", "archiver", "id", 7)["Imbalance"], json!(1));
        assert_eq!(balance.to_emf("Logweir", "indexer", "id", 7)["SetAsideEvents"], json!(2));
        balance.drop("control", one);
        assert_eq!(balance.check(), Ok(()));
        let emf = balance.to_emf("Logweir", "archiver", "id", 7);
        assert_eq!((&emf["DroppedEvents"], &emf["DroppedByReason"]["control"]), (&json!(2), &json!(1)));
        assert_eq!((&emf["DroppedEventsByReason"]["control"], &emf["Imbalance"]), (&json!(2), &json!(0)));
        let metrics = emf["_aws"]["CloudWatchMetrics"][0]["Metrics"].as_array().expect("an array");
        // The format takes at most 100 metrics, and each must have a value.
        assert!(metrics.len() <= 100 && metrics.iter().all(|m| emf[m["Name"].as_str().expect("a name")].is_u64()));
    }
}

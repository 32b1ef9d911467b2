//! What the function tells CloudWatch in Embedded Metric Format: its own counts, and the measures of alarms.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>

use std::collections::BTreeMap;

use logweir_accounting::emf_directive;
use serde_json::{Map, Value, json};

/// Values that one metric of a line may have.
const MAX_VALUES: usize = 100;

/// What alarms found, by record, alarm and minute.
#[derive(Debug, Default)]
pub(crate) struct Measures(BTreeMap<(usize, usize, i64), Measure>);

#[derive(Debug, Default)]
struct Measure {
    matches: u64,
    values: Vec<f64>,
}

impl Measures {
    /// Notes an event that matched an alarm, and its value.
    pub(crate) fn add(&mut self, record: usize, alarm: usize, timestamp: i64, value: Option<f64>) {
        let measure = self.0.entry((record, alarm, logweir_alarms::floor_minute(timestamp))).or_default();
        measure.matches += 1;
        measure.values.extend(value);
    }

    /// Adds what was found in other records.
    pub(crate) fn merge(&mut self, other: Self) {
        for (place, Measure { matches, values }) in other.0 {
            let measure = self.0.entry(place).or_default();
            measure.matches += matches;
            measure.values.extend(values);
        }
    }

    /// The lines to print: each event in the minute of its own time, of records before `end`; the others come again. As with metric
    /// filters, an event that comes twice counts twice.
    pub(crate) fn lines<'n>(&self, namespace: &str, end: usize, name: impl Fn(usize) -> &'n str) -> Vec<Value> {
        let mut sums: BTreeMap<(usize, i64), Measure> = BTreeMap::new();
        for ((_, alarm, minute), measure) in self.0.range(..(end, 0, 0)) {
            let sum = sums.entry((*alarm, *minute)).or_default();
            sum.matches += measure.matches;
            sum.values.extend(&measure.values);
        }
        let mut lines = Vec::new();
        for ((alarm, minute), Measure { matches, values }) in &sums {
            let mut chunks = values.chunks(MAX_VALUES);
            let mut line = |matches: u64, values: &[f64]| {
                let mut metrics = vec![json!({"Name": "Matches", "Unit": "Count"})];
                let mut value = json!({"Alarm": name(*alarm), "Matches": matches});
                if !values.is_empty() {
                    metrics.push(json!({"Name": "Value"}));
                    value["Value"] = json!(values);
                }
                value["_aws"] = emf_directive(namespace, "Alarm", &metrics, minute.unsigned_abs());
                lines.push(value);
            };
            line(*matches, chunks.next().unwrap_or_default());
            chunks.for_each(|values| line(0, values));
        }
        lines
    }
}

/// Counts of one invocation.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub(crate) struct Counts {
    /// Events that counted for an alarm; one that counted for two, twice.
    pub(crate) matches: u64,
    /// Events that matched but lacked the value that is measured.
    pub(crate) without_value: u64,
    /// Events that matched and came too late to count.
    pub(crate) too_late: u64,
    /// Events that matched and whose time is too far ahead of the clock to count.
    pub(crate) too_early: u64,
    /// Alarms and groups whose state was looked at.
    pub(crate) evaluated: u64,
    /// Schedules that looked at all that they wanted to.
    pub(crate) evaluations: u64,
    /// Changes of state.
    pub(crate) transitions: u64,
    /// Messages published; one that lists many counts once.
    pub(crate) published: u64,
    /// Announcements that wait to be published.
    pub(crate) pending: u64,
    /// Groups of batches for which their alarm had no room: they share a state.
    pub(crate) groups_refused: u64,
    /// Items of the table that could not be read.
    pub(crate) unreadable: u64,
    /// Rules files that were refused.
    pub(crate) rules_rejected: u64,
    /// What the table charged.
    pub(crate) read_units: f64,
    pub(crate) write_units: f64,
}

impl Counts {
    pub(crate) fn add(&mut self, other: &Self) {
        self.matches += other.matches;
        self.without_value += other.without_value;
        self.too_late += other.too_late;
        self.too_early += other.too_early;
        self.evaluated += other.evaluated;
        self.evaluations += other.evaluations;
        self.transitions += other.transitions;
        self.published += other.published;
        self.pending += other.pending;
        self.groups_refused += other.groups_refused;
        self.unreadable += other.unreadable;
        self.rules_rejected += other.rules_rejected;
        self.read_units += other.read_units;
        self.write_units += other.write_units;
    }

    pub(crate) fn line(&self, namespace: &str, function: &str, request_id: &str, now: i64) -> Value {
        let values = [
            ("Matches", json!(self.matches)),
            ("EventsWithoutValue", json!(self.without_value)),
            ("EventsTooLate", json!(self.too_late)),
            ("EventsTooEarly", json!(self.too_early)),
            ("AlarmsEvaluated", json!(self.evaluated)),
            ("Evaluations", json!(self.evaluations)),
            ("Transitions", json!(self.transitions)),
            ("NotificationsPublished", json!(self.published)),
            ("NotificationsPending", json!(self.pending)),
            ("GroupsRefused", json!(self.groups_refused)),
            ("StateUnreadable", json!(self.unreadable)),
            ("RulesRejected", json!(self.rules_rejected)),
            ("StateReadUnits", json!(self.read_units)),
            ("StateWriteUnits", json!(self.write_units)),
        ];
        let metrics: Vec<_> = values.iter().map(|(name, _)| json!({"Name": name, "Unit": "Count"})).collect();
        let mut line: Map<_, _> = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        line.insert("Function".to_owned(), json!(function));
        line.insert("RequestId".to_owned(), json!(request_id));
        line.insert("_aws".to_owned(), emf_directive(namespace, "Function", &metrics, now.unsigned_abs()));
        Value::Object(line)
    }
}

/// Prints a line: Lambda takes metrics from standard output.
#[expect(clippy::print_stdout, reason = "Lambda takes metrics from standard output")]
pub(crate) fn print(line: &Value) {
    println!("{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_event_is_a_metric_of_its_own_minute() {
        let mut measures = Measures::default();
        (0..250).for_each(|value| measures.add(0, 1, 60_000 + i64::from(value % 2), Some(f64::from(value))));
        measures.add(1, 0, 119_999, None);
        measures.add(2, 0, 119_999, None);
        let lines = measures.lines("Logweir", 2, |alarm| ["a", "b"][alarm]);
        let seen: Vec<_> = lines.iter().map(|line| (line["Alarm"].as_str(), line["Matches"].as_u64())).collect();
        assert_eq!(seen, [(Some("a"), Some(1)), (Some("b"), Some(250)), (Some("b"), Some(0)), (Some("b"), Some(0))]);
        assert!(lines.iter().all(|line| line["_aws"]["Timestamp"] == 60_000));
        assert!(lines[0].get("Value").is_none());
        assert_eq!(lines[3]["Value"].as_array().map(Vec::len), Some(50));
    }

    #[test]
    fn every_count_has_its_metric() {
        let line = Counts { matches: 3, read_units: 0.5, ..Counts::default() }.line("Logweir", "f", "r", 7);
        let metrics = line["_aws"]["CloudWatchMetrics"][0]["Metrics"].as_array().expect("metrics");
        assert!(metrics.iter().all(|metric| line[metric["Name"].as_str().expect("a name")].is_number()));
        assert_eq!((&line["Matches"], &line["StateReadUnits"]), (&json!(3), &json!(0.5)));
    }
}

//! Rules and logs in a folder, and what becomes of them.

use std::fs;
use std::path::Path;
use std::process::Output;

use logweir_subscription::encode::{Event, Payload};
use serde_json::Value;
use tempfile::TempDir;

use crate::common::logweir;

/// 2026-11-21T10:00:00Z.
pub(crate) const TEN: i64 = 1_795_255_200_000;
pub(crate) const SECOND: i64 = 1_000;
pub(crate) const MINUTE: i64 = 60 * SECOND;

/// A folder with a rules file.
pub(crate) struct Bench {
    pub(crate) folder: TempDir,
}

/// An event: seconds after ten, id, message.
pub(crate) type Seen<'a> = (f64, &'a str, &'a str);

impl Bench {
    /// Rules of these alarms, as YAML indented by two.
    pub(crate) fn new(alarms: &str) -> Self {
        let bench = Self { folder: TempDir::new().expect("a folder") };
        bench.write("rules.yaml", format!("version: 1\nalarms:\n{alarms}").as_bytes());
        bench
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().expect("UTF-8").to_owned()
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.path(name);
        fs::create_dir_all(Path::new(&path).parent().expect("a parent")).expect("made");
        fs::write(&path, bytes).expect("written");
        path
    }

    pub(crate) fn run(&self, arguments: &[&str], input: &[u8]) -> Output {
        let rules = self.path("rules.yaml");
        logweir(&[&["rules", "test", &rules], arguments].concat(), input)
    }

    /// The transitions, each as an object.
    pub(crate) fn transitions(&self, arguments: &[&str], input: &[u8]) -> Vec<Value> {
        let output = self.run(&[&["--json"], arguments].concat(), input);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let printed = String::from_utf8(output.stdout).expect("UTF-8");
        printed.lines().map(|line| serde_json::from_str(line).expect("an object")).collect()
    }

    /// What became of events: alarm or group, state, milliseconds after ten, value.
    pub(crate) fn became(&self, events: &[Seen<'_>]) -> Vec<(String, String, i64, Value)> {
        self.became_until(events, &[])
    }

    pub(crate) fn became_until(&self, events: &[Seen<'_>], arguments: &[&str]) -> Vec<(String, String, i64, Value)> {
        let transitions = self.transitions(arguments, &records(events));
        let row = |row: Value| {
            let text = |value: &Value| value.as_str().expect("a text").to_owned();
            let group: Vec<String> = row["group"].as_object().expect("an object").values().map(text).collect();
            let name = if group.is_empty() { text(&row["alarm"]) } else { group.join(" ") };
            (name, text(&row["state"]), row["timestamp"].as_i64().expect("a time") - TEN, row["value"].clone())
        };
        transitions.into_iter().map(row).collect()
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a day has few milliseconds")]
pub(crate) fn payload(events: &[Seen<'_>]) -> Payload {
    let event = |(seconds, id, message): &Seen<'_>| Event {
        id: (*id).to_owned(),
        timestamp: TEN + (seconds * 1000.0) as i64,
        message: (*message).to_owned(),
        extracted_fields: None,
    };
    Payload {
        owner: "123456789012".to_owned(),
        log_group: "/app/web".to_owned(),
        log_stream: "web-1".to_owned(),
        subscription_filters: vec!["all".to_owned()],
        policy_level: None,
        log_events: events.iter().map(event).collect(),
    }
}

/// The lines of an archive object.
pub(crate) fn records(events: &[Seen<'_>]) -> Vec<u8> {
    logweir(&["decode"], &payload(events).to_gzip()).stdout
}

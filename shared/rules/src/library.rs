//! Ready alarms.

use std::sync::OnceLock;

use crate::problem::Report;
use crate::yaml::{self, Map, Value};

/// The files of the ready alarms, by the first part of the names in them.
const FILES: [(&str, &str); 4] = [
    ("access", include_str!("../library/access.yaml")),
    ("cloudtrail", include_str!("../library/cloudtrail.yaml")),
    ("lambda", include_str!("../library/lambda.yaml")),
    ("vpc", include_str!("../library/vpc.yaml")),
];

/// The ready alarms: the name of each file and its text, a rules file of its own.
pub fn library() -> &'static [(&'static str, &'static str)] {
    &FILES
}

/// A ready alarm, as it is written.
#[derive(Debug)]
pub(crate) struct Ready {
    pub(crate) name: String,
    pub(crate) map: Map,
}

/// All ready alarms; parsed once. Tests see to it that each can be.
pub(crate) fn all() -> &'static [Ready] {
    static ALL: OnceLock<Vec<Ready>> = OnceLock::new();
    ALL.get_or_init(|| FILES.iter().flat_map(|(_, text)| of_file(text)).collect())
}

fn of_file(text: &str) -> Vec<Ready> {
    let root = yaml::parse(text, &mut Report::default());
    let Some(Value::Map(file)) = root.map(|root| root.value) else { return Vec::new() };
    let alarms = file.0.into_iter().find(|(key, _)| key.name == "alarms").map(|(_, node)| node.value);
    let Some(Value::List(items)) = alarms else { return Vec::new() };
    let ready = |value| match value {
        Value::Map(map) => match map.get("name").map(|node| &node.value) {
            Some(Value::Text { text, .. }) => Some(Ready { name: text.clone(), map }),
            _ => None,
        },
        _ => None,
    };
    items.into_iter().filter_map(|item| ready(item.value)).collect()
}

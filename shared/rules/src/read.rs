//! Nodes read as what they are to be; what is something else goes into the report.

use std::ops::RangeInclusive;

use crate::names::{advise_on_key, advise_on_value};
use crate::problem::{Position, Report};
use crate::yaml::{Map, Node, Value, shown};

/// A mapping, and those that hold what it lacks: an alarm, what its file says of ready alarms, the defaults.
#[derive(Debug, Clone)]
pub(crate) struct Section<'n> {
    pub(crate) at: Position,
    layers: Vec<&'n Map>,
}

impl<'n> Section<'n> {
    pub(crate) fn new(at: Position, layers: Vec<&'n Map>) -> Self {
        Self { at, layers }
    }

    /// The value of a key, from the first layer that has it.
    pub(crate) fn get(&self, key: &str) -> Option<&'n Node> {
        self.layers.iter().find_map(|layer| layer.get(key))
    }

    /// No layer has it.
    pub(crate) fn is_empty(&self) -> bool {
        self.layers.is_empty()
    }

    /// The value of a key of the innermost layer.
    pub(crate) fn own(&self, key: &str) -> Option<&'n Node> {
        self.layers.first()?.get(key)
    }

    /// A mapping within, with those within the other layers; empty if no layer has it.
    pub(crate) fn section(&self, key: &str, known: &[&str], report: &mut Report) -> Self {
        let nodes: Vec<_> = self.layers.iter().filter_map(|layer| layer.get(key)).collect();
        let at = nodes.first().map_or(self.at, |node| node.at);
        Self { at, layers: nodes.into_iter().filter_map(|node| report.map(key, node, known)).collect() }
    }
}

impl Report {
    /// A value that is something else than it should be.
    pub(crate) fn wrong(&mut self, name: &str, node: &Node, expected: &str) {
        let found = match &node.value {
            Value::Refused => return,
            Value::Text { .. } if node.is_null() => "nothing".to_owned(),
            Value::Text { text, .. } => format!("`{}`", shown(text)),
            Value::List(_) => "a list".to_owned(),
            Value::Map(_) => "a mapping".to_owned(),
        };
        self.add(node.at, format!("`{name}` is {found}"), format!("write {expected}"));
    }

    /// A mapping whose keys are all known.
    pub(crate) fn map<'n>(&mut self, name: &str, node: &'n Node, known: &[&str]) -> Option<&'n Map> {
        let Value::Map(map) = &node.value else {
            self.wrong(name, node, &format!("a mapping with {}", known.join(", ")));
            return None;
        };
        for (key, _) in &map.0 {
            if !known.contains(&key.name.as_str()) {
                self.add(
                    key.at,
                    format!("there is no key `{}` in {name}", shown(&key.name)),
                    advise_on_key(&key.name, known),
                );
            }
        }
        Some(map)
    }

    /// A text of one character at least.
    pub(crate) fn text<'n>(&mut self, name: &str, node: &'n Node, longest: usize) -> Option<&'n str> {
        match &node.value {
            Value::Text { text, .. } if !node.is_null() && !text.is_empty() => {
                let length = text.chars().count();
                if length > longest {
                    self.add(node.at, format!("`{name}` has {length} characters"), format!("write {longest} at most"));
                    return None;
                }
                Some(text)
            }
            _ => {
                self.wrong(name, node, "a text");
                None
            }
        }
    }

    /// A text, or a list of them, each with its place.
    pub(crate) fn texts<'n>(&mut self, name: &str, node: &'n Node, most: usize) -> Vec<(Position, &'n str)> {
        let (Value::List(_) | Value::Text { .. }) = &node.value else {
            self.wrong(name, node, "a list of texts: [\"a\", \"b\"]");
            return Vec::new();
        };
        let items = match &node.value {
            Value::List(items) => items.as_slice(),
            _ => std::slice::from_ref(node),
        };
        if items.len() > most {
            self.add(node.at, format!("`{name}` has {} entries", items.len()), format!("write {most} at most"));
            return Vec::new();
        }
        items.iter().filter_map(|item| Some((item.at, self.text(name, item, 2_048)?))).collect()
    }

    pub(crate) fn boolean(&mut self, name: &str, node: &Node) -> Option<bool> {
        match &node.value {
            Value::Text { text, .. } if text == "true" => Some(true),
            Value::Text { text, .. } if text == "false" => Some(false),
            _ => {
                self.wrong(name, node, "true or false");
                None
            }
        }
    }

    pub(crate) fn number(&mut self, name: &str, node: &Node) -> Option<f64> {
        let number = match &node.value {
            Value::Text { text, .. } => number(text),
            _ => None,
        };
        if number.is_none() {
            self.wrong(name, node, "a number");
        }
        number
    }

    pub(crate) fn whole(&mut self, name: &str, node: &Node, range: RangeInclusive<u32>) -> Option<u32> {
        let number = match &node.value {
            Value::Text { text, .. } => text.parse().ok().filter(|number| range.contains(number)),
            _ => None,
        };
        if number.is_none() {
            self.wrong(name, node, &format!("a whole number from {} to {}", range.start(), range.end()));
        }
        number
    }

    /// A duration in seconds.
    pub(crate) fn seconds(&mut self, name: &str, node: &Node, range: RangeInclusive<u32>) -> Option<u32> {
        let seconds = match &node.value {
            Value::Text { text, .. } => seconds(text).filter(|seconds| range.contains(seconds)),
            _ => None,
        };
        if seconds.is_none() {
            let (least, most) = (duration(*range.start()), duration(*range.end()));
            self.wrong(name, node, &format!("seconds, or a number with s, m, h or d: from {least} to {most}"));
        }
        seconds
    }

    /// Which of the known names a value is.
    pub(crate) fn choice(&mut self, name: &str, node: &Node, known: &[&str]) -> Option<usize> {
        let Value::Text { text, .. } = &node.value else {
            self.wrong(name, node, &format!("one of {}", known.join(", ")));
            return None;
        };
        let found = known.iter().position(|known| known == text);
        if found.is_none() {
            let advice = advise_on_value(text, known);
            self.add(node.at, format!("`{name}` is `{}`", shown(text)), advice);
        }
        found
    }
}

/// A finite number, in digits.
pub(crate) fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// `300`, `300s`, `5m`, `1h` or `30d` in seconds.
pub(crate) fn seconds(text: &str) -> Option<u32> {
    let digits = text.trim_end_matches(['s', 'm', 'h', 'd']);
    let unit: u32 = match &text[digits.len()..] {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return None,
    };
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse::<u32>().ok()?.checked_mul(unit)).flatten()
}

/// A duration as it may be written.
pub(crate) fn duration(seconds: u32) -> String {
    match seconds {
        0 => "0".to_owned(),
        days if days.is_multiple_of(86_400) => format!("{}d", days / 86_400),
        hours if hours.is_multiple_of(3_600) => format!("{}h", hours / 3_600),
        minutes if minutes.is_multiple_of(60) => format!("{}m", minutes / 60),
        seconds => format!("{seconds}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        for (text, found) in [
            ("300", Some(300)),
            ("10s", Some(10)),
            ("5m", Some(300)),
            ("1h", Some(3_600)),
            ("30d", Some(2_592_000)),
            ("0", Some(0)),
            ("", None),
            ("m", None),
            ("5ms", None),
            ("5 m", None),
            ("-5m", None),
            ("+5", None),
            ("1.5h", None),
            ("99999999d", None),
            ("5é", None),
        ] {
            assert_eq!(seconds(text), found, "{text}");
        }
        for seconds_of_it in [0, 10, 60, 90, 3_600, 7_200, 86_400] {
            assert_eq!(seconds(&duration(seconds_of_it)), Some(seconds_of_it));
        }
    }
}

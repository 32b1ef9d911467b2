//! The text of a rules file to what it says.

mod alarm;
mod condition;
mod notification;
mod place;
mod stream;

use crate::problem::{Position, Problem, Problems, Report, Rule};
use crate::read::Section;
use crate::scope::Glob;
use crate::yaml::{Map, Node, Value, shown};
use crate::{Alarm, Stream, library, review, schema, yaml};

/// Largest file that is read.
pub const MAX_RULES_BYTES: usize = 256 << 10;
/// Most alarms of a file, ready ones included.
pub const MAX_ALARMS: usize = 500;
/// Most streams of a file.
pub const MAX_STREAMS: usize = 200;

/// The rules of a file, valid.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// The alarms of the file in its order, and behind them the ready ones that it names.
    pub alarms: Vec<Alarm>,
    /// What becomes of events, in the order of the file.
    pub streams: Vec<Stream>,
}

/// Rules, and what looks wrong with them.
#[derive(Debug, Clone)]
pub struct Checked {
    /// What the file says.
    pub rules: Rules,
    /// What can be used but hardly is what somebody meant, in the order of the file.
    pub warnings: Vec<Problem>,
}

impl Rules {
    /// Reads a rules file. Every problem of it is told at once; a file that is no YAML has one.
    pub fn parse(text: &str) -> Result<Checked, Problems> {
        let mut report = Report::default();
        let rules = rules(text, &mut report);
        let Report { mut problems, mut warnings, .. } = report;
        if !problems.is_empty() {
            problems.sort_by_key(|problem| (problem.line, problem.column));
            return Err(Problems(problems));
        }
        warnings.extend(review::review(&rules));
        warnings.sort();
        Ok(Checked { rules, warnings })
    }
}

const BEGINNING: &str = "begin with version: 1, alarms: and an alarm (docs/alarms.md), or streams: (docs/streams.md)";

fn rules(text: &str, report: &mut Report) -> Rules {
    if text.len() > MAX_RULES_BYTES {
        let what = format!("the file has {} bytes", text.len());
        report.add(Position::default(), what, format!("{MAX_RULES_BYTES} are read at most: split it"));
        return Rules::default();
    }
    let Some(root) = yaml::parse(text, report) else {
        if report.problems.is_empty() {
            report.add(Position::default(), "the file is empty", BEGINNING);
        }
        return Rules::default();
    };
    let Value::Map(_) = &root.value else {
        report.add(root.at, "the file is no mapping", BEGINNING);
        return Rules::default();
    };
    let Some(file) = report.map("the file", &root, schema::FILE) else { return Rules::default() };
    version(file, &root, report);
    let defaults = file.get("defaults").and_then(|node| report.map("defaults", node, schema::DEFAULTS));
    if let (Some(defaults), Some(node)) = (defaults, file.get("defaults")) {
        // What is wrong here is wrong even if there is no alarm to use it.
        alarm::shared(&Section::new(node.at, vec![defaults]), report);
    }
    let mut found = file.get("alarms").map_or_else(Vec::new, |node| own_alarms(node, defaults, report));
    if let Some(node) = file.get("library") {
        let own: Vec<String> = found.iter().map(|alarm| alarm.name.clone()).collect();
        found.extend(ready_alarms(node, defaults, &own, report));
    }
    if found.len() > MAX_ALARMS {
        report.add(root.at, format!("the file has {} alarms", found.len()), format!("{MAX_ALARMS} are read at most"));
    }
    let streams = file.get("streams").map_or_else(Vec::new, |node| streams(node, report));
    if found.is_empty() && streams.is_empty() && report.problems.is_empty() {
        report.warn(
            root.at,
            "the file holds no alarm",
            "write alarms: and an alarm, or library: and names of ready ones",
        );
    }
    Rules { alarms: found, streams }
}

fn streams(node: &Node, report: &mut Report) -> Vec<Stream> {
    let Value::List(items) = &node.value else {
        if !node.is_null() {
            report.wrong("streams", node, "a list: each rule begins with - name:");
        }
        return Vec::new();
    };
    if items.len() > MAX_STREAMS {
        report.add(node.at, format!("there are {} streams", items.len()), format!("{MAX_STREAMS} are read at most"));
        return Vec::new();
    }
    let mut names = Names::default();
    let read = items.iter().map(|item| {
        let Value::Map(map) = &item.value else {
            report.wrong("streams", item, "a rule: - name: …, pattern: …, drop: true, and so on");
            return None;
        };
        let section = Section::new(item.at, vec![map]);
        let name = alarm::name(&section, &mut Report::default());
        let shown_name = section.own("name").and_then(Node::as_text).map(|name| Rule::Stream(shown(name)));
        report.rule = shown_name;
        let read = stream::read(item, report);
        names.add("stream", name, report);
        report.rule = None;
        read
    });
    read.collect::<Vec<_>>().into_iter().flatten().collect()
}

/// The names of a list, each with its line.
#[derive(Default)]
struct Names(Vec<(String, usize)>);

impl Names {
    /// Takes a name, or reports that it is taken.
    fn add(&mut self, what: &str, name: Option<(String, Position)>, report: &mut Report) {
        let Some((name, at)) = name else { return };
        match self.0.iter().find(|(known, _)| *known == name) {
            Some((_, line)) => {
                let what = format!("the {what} in line {line} has the same name");
                report.add(at, what, "give each a name of its own");
            }
            None => self.0.push((name, at.line)),
        }
    }
}

fn version(file: &Map, root: &Node, report: &mut Report) {
    match file.get("version") {
        None => report.add(root.at, "`version` is missing", "write version: 1"),
        Some(Node { value: Value::Text { text, .. }, .. }) if text == "1" => {}
        Some(node) => report.wrong("version", node, "version: 1, the only one there is"),
    }
}

fn own_alarms(node: &Node, defaults: Option<&Map>, report: &mut Report) -> Vec<Alarm> {
    let Value::List(items) = &node.value else {
        if !node.is_null() {
            report.wrong("alarms", node, "a list: each alarm begins with - name:");
        }
        return Vec::new();
    };
    if items.len() > MAX_ALARMS {
        report.add(node.at, format!("there are {} alarms", items.len()), format!("{MAX_ALARMS} are read at most"));
        return Vec::new();
    }
    let (mut alarms, mut names) = (Vec::new(), Names::default());
    for item in items {
        let Value::Map(map) = &item.value else {
            report.wrong("alarms", item, "an alarm: - name: …, pattern: …, and so on");
            continue;
        };
        let section = Section::new(item.at, std::iter::once(map).chain(defaults).collect());
        alarms.extend(alarm::read(map, &section, report));
        let name = alarm::name(&section, &mut Report::default());
        report.rule = name.as_ref().map(|(name, _)| Rule::Alarm(name.clone()));
        names.add("alarm", name, report);
        report.rule = None;
    }
    alarms
}

/// The ready alarms that are named, with what the file says of them.
fn ready_alarms(node: &Node, defaults: Option<&Map>, own: &[String], report: &mut Report) -> Vec<Alarm> {
    let items = match &node.value {
        Value::List(items) => items.as_slice(),
        Value::Text { .. } if !node.is_null() => std::slice::from_ref(node),
        _ => {
            report.wrong("library", node, "a list of names of ready alarms: [\"cloudtrail-*\", lambda-errors]");
            return Vec::new();
        }
    };
    let mut entries: Vec<(&Node, Vec<Glob>, Option<&Map>)> = Vec::new();
    for item in items {
        let map = match &item.value {
            Value::Map(_) => match report.map("library", item, schema::LIBRARY_ENTRY) {
                Some(map) => Some(map),
                None => continue,
            },
            _ => None,
        };
        let names = match map.map(|map| map.get("alarms")) {
            None => report.texts("library", item, 1),
            Some(Some(names)) => report.texts("alarms", names, 100),
            Some(None) => {
                report.add(item.at, "`alarms` is missing", "write alarms: and names of ready alarms");
                continue;
            }
        };
        if let Some(map) = map {
            alarm::shared(&Section::new(item.at, vec![map]), report);
        }
        let globs: Vec<Glob> = names.iter().map(|(_, name)| Glob::new(name)).collect();
        for ((at, name), glob) in names.iter().zip(&globs) {
            if !library::all().iter().any(|ready| glob.matches(&ready.name)) {
                let known: Vec<_> = library::all().iter().map(|ready| ready.name.as_str()).collect();
                let advice = crate::names::nearest(name, &known).map_or_else(
                    || "logweir rules library lists the ready alarms".to_owned(),
                    |meant| format!("did you mean {meant}?"),
                );
                report.add(*at, format!("no ready alarm is called {}", shown(name)), advice);
            }
        }
        entries.push((item, globs, map));
    }
    let is_excluded =
        |name: &str| entries.iter().flat_map(|(_, globs, _)| globs).any(|glob| glob.excludes && glob.matches(name));
    let mut alarms = Vec::new();
    for ready in library::all().iter().filter(|ready| !is_excluded(&ready.name)) {
        let names = |globs: &[Glob]| globs.iter().any(|glob| !glob.excludes && glob.matches(&ready.name));
        // The entry that names it last says most: `cloudtrail-*` first, then what is special.
        let naming: Vec<_> = entries.iter().rev().filter(|(_, globs, _)| names(globs)).collect();
        let Some((item, ..)) = naming.first() else { continue };
        if own.contains(&ready.name) {
            let what = format!("an alarm of the file is called {} like a ready one", ready.name);
            report.add(item.at, what, format!("give it another name, or leave the ready one out: \"!{}\"", ready.name));
            continue;
        }
        let layers = naming.iter().filter_map(|(_, _, map)| *map).chain([&ready.map]).chain(defaults).collect();
        // What is wrong with the layers is told where they stand; this catches what is wrong only with all of them together.
        let mut together = Report { instead: Some(item.at), ..Report::default() };
        alarms.extend(alarm::read(&ready.map, &Section::new(item.at, layers), &mut together));
        if report.problems.is_empty() {
            report.problems = together.problems;
        }
    }
    alarms
}

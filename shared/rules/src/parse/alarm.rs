//! One alarm.

use logweir_alarms::Severity;
use logweir_filter_pattern::{Extractor, FilterPattern};

use super::{condition, notification, place};
use crate::alarm::Alarm;
use crate::problem::{Position, Report, Rule};
use crate::read::Section;
use crate::schema;
use crate::watch::Special;
use crate::yaml::{Map, Node, Value, shown};

/// Most patterns of an alarm.
const MAX_PATTERNS: usize = 20;
/// Most values that a group has.
const MAX_GROUP_BY: usize = 5;
const HOUR: u32 = 3_600;
const DAY: u32 = 86_400;

/// What alarms may share.
#[derive(Debug)]
pub(crate) struct Shared {
    severity: Severity,
    runbook: Option<String>,
    max_groups: u32,
    evaluation_delay: u32,
    allowed_lateness: u32,
    publish_metric: bool,
}

/// The name of an alarm, if it is one.
pub(crate) fn name(section: &Section<'_>, report: &mut Report) -> Option<(String, Position)> {
    let Some(node) = section.own("name").or_else(|| section.get("name")) else {
        report.add(section.at, "`name` is missing", "write name: and letters a to z, digits and -");
        return None;
    };
    let text = report.text("name", node, 64)?;
    let is_name = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if !is_name {
        report.wrong("name", node, "letters a to z, digits and -, 64 at most");
    }
    is_name.then(|| (text.to_owned(), node.at))
}

/// Reads what alarms may share, and reports what is wrong with it.
pub(crate) fn shared(section: &Section<'_>, report: &mut Report) -> Shared {
    place::scope(section, report);
    notification::read(section, report);
    of_section(section, report)
}

fn of_section(section: &Section<'_>, report: &mut Report) -> Shared {
    let severity = section
        .get("severity")
        .and_then(|node| report.choice("severity", node, &Severity::ALL.map(Severity::as_str)))
        .map_or(Severity::Medium, |severity| Severity::ALL[severity]);
    let runbook = section.get("runbook").and_then(|node| {
        let link = report.text("runbook", node, 2_048)?;
        let is_link =
            (link.starts_with("https://") || link.starts_with("http://")) && !link.contains(char::is_whitespace);
        if !is_link {
            report.wrong("runbook", node, "a link that begins with https://");
        }
        is_link.then(|| link.to_owned())
    });
    let mut seconds = |key: &str, most: u32, default: u32| {
        section.get(key).and_then(|node| report.seconds(key, node, 0..=most)).unwrap_or(default)
    };
    let (evaluation_delay, allowed_lateness) =
        (seconds("evaluation_delay", HOUR, 60), seconds("allowed_lateness", 7 * DAY, DAY));
    Shared {
        severity,
        runbook,
        max_groups: section
            .get("max_groups")
            .and_then(|node| report.whole("max_groups", node, 1..=10_000))
            .unwrap_or(500),
        evaluation_delay,
        allowed_lateness,
        publish_metric: section
            .get("publish_metric")
            .and_then(|node| report.boolean("publish_metric", node))
            .unwrap_or(true),
    }
}

/// Reads an alarm; nothing if something is wrong with it, which is then in the report. `section` is `map` and what it lacks.
pub(crate) fn read(map: &Map, section: &Section<'_>, report: &mut Report) -> Option<Alarm> {
    let before = report.problems.len();
    report.rule = section.own("name").or_else(|| section.get("name")).and_then(|node| match &node.value {
        Value::Text { text, .. } => Some(Rule::Alarm(shown(text))),
        _ => None,
    });
    let alarm = read_named(map, section, report);
    report.rule = None;
    alarm.filter(|_| report.problems.len() == before)
}

fn read_named(map: &Map, section: &Section<'_>, report: &mut Report) -> Option<Alarm> {
    let kind = condition::Kind::read(section, report);
    check_keys(map, kind, report);
    let name = name(section, report);
    let description = section
        .get("description")
        .filter(|node| !node.is_null())
        .and_then(|node| report.text("description", node, 1_024))
        .unwrap_or_default();
    let shared = of_section(section, report);
    let scope = place::scope(section, report);
    let (notification, redaction) = notification::read(section, report);
    let patterns = patterns(section, report);
    let group_by = group_by(section, report);
    let condition = kind.and_then(|kind| condition::read(kind, section, report));
    let value = section.get("value").and_then(|node| Some((node.at, report.text("value", node, 256)?)));
    for (at, selector) in group_by.iter().chain(&value) {
        check_selector(selector, *at, &patterns, report);
    }
    if let Some((at, selector)) = value.filter(|(_, selector)| selector.starts_with('@')) {
        report.add(at, format!("`value` is `{}`", shown(selector)), "write a selector: $.latency, or $name");
    }
    Some(Alarm {
        name: name?.0,
        description: description.to_owned(),
        severity: shared.severity,
        runbook: shared.runbook,
        scope,
        patterns: patterns.into_iter().map(|(_, pattern)| pattern).collect(),
        value: value.map(|(_, selector)| selector.to_owned()),
        group_by: group_by.into_iter().map(|(_, selector)| selector.to_owned()).collect(),
        max_groups: shared.max_groups,
        condition: condition?,
        notification,
        redaction,
        evaluation_delay: shared.evaluation_delay,
        allowed_lateness: shared.allowed_lateness,
        publish_metric: shared.publish_metric,
        line: report.instead.unwrap_or(section.at).line,
    })
}

/// Keys that no alarm has, and keys of other kinds.
fn check_keys(map: &Map, kind: Option<condition::Kind>, report: &mut Report) {
    let of_kind = kind.map(|kind| schema::KINDS[kind as usize]);
    let of_kinds = schema::KINDS.iter().flat_map(|(_, keys)| keys.iter());
    let known: Vec<&str> = match of_kind {
        Some((_, keys)) => schema::ALARM.iter().chain(keys).copied().collect(),
        None => schema::ALARM.iter().chain(of_kinds).copied().collect(),
    };
    for (key, _) in map.0.iter().filter(|(key, _)| !known.contains(&key.name.as_str())) {
        let kinds: Vec<_> =
            schema::KINDS.iter().filter(|(_, keys)| keys.contains(&key.name.as_str())).map(|(kind, _)| *kind).collect();
        if let (Some((kind, _)), [_, ..]) = (of_kind, kinds.as_slice()) {
            let what = format!("`{}` is not for kind {kind}", key.name);
            report.add(key.at, what, format!("leave it out; it is for {}", kinds.join(", ")));
        } else {
            let what = format!("there is no key `{}` in an alarm", shown(&key.name));
            report.add(key.at, what, crate::names::advise_on_key(&key.name, &known));
        }
    }
}

pub(crate) fn patterns(section: &Section<'_>, report: &mut Report) -> Vec<(Position, FilterPattern)> {
    let nodes: Vec<&Node> = match (section.get("pattern"), section.get("patterns")) {
        (None, None) => {
            report.add(section.at, "`pattern` is missing", "write a filter pattern; pattern: \"\" is every line");
            return Vec::new();
        }
        (Some(_), Some(patterns)) => {
            report.add(patterns.at, "there are both `pattern` and `patterns`", "put all of them under patterns");
            return Vec::new();
        }
        (Some(pattern), None) => vec![pattern],
        (None, Some(patterns)) => match &patterns.value {
            Value::List(items) if items.is_empty() || items.len() > MAX_PATTERNS => {
                let what = format!("`patterns` has {} entries", items.len());
                report.add(patterns.at, what, format!("write 1 to {MAX_PATTERNS}; an event has to match one of them"));
                return Vec::new();
            }
            Value::List(items) => items.iter().collect(),
            _ => vec![patterns],
        },
    };
    nodes.into_iter().filter_map(|node| Some((node.at, pattern(node, report)?))).collect()
}

fn pattern(node: &Node, report: &mut Report) -> Option<FilterPattern> {
    let text = match &node.value {
        Value::Text { text, .. } if !node.is_null() => text,
        // `pattern: [a, b]` and `pattern: { $.a = 1 }` are YAML of their own.
        Value::List(_) | Value::Map(_) => {
            report.wrong("pattern", node, "the pattern in quotation marks: '[ip, user, …]' or '{ $.a = 1 }'");
            return None;
        }
        _ => {
            report.wrong("pattern", node, "a filter pattern in quotation marks; \"\" is every line");
            return None;
        }
    };
    match FilterPattern::parse(text) {
        Ok(pattern) => Some(pattern),
        Err(error) => {
            let at = text.get(error.span()).filter(|at| !at.is_empty());
            let what = match at {
                Some(at) => format!("the pattern: {} (at `{}`)", error.what(), shown(at)),
                None => format!("the pattern: {}", error.what()),
            };
            report.add(node.at, what, error.advice().unwrap_or("see docs/filter-patterns.md"));
            None
        }
    }
}

fn group_by<'n>(section: &Section<'n>, report: &mut Report) -> Vec<(Position, &'n str)> {
    let fields = section.get("group_by").map_or_else(Vec::new, |node| report.texts("group_by", node, MAX_GROUP_BY));
    for (index, (at, field)) in fields.iter().enumerate() {
        if fields[..index].iter().any(|(_, known)| known == field) {
            report.add(*at, format!("`group_by` has `{}` twice", shown(field)), "keep one of them");
        }
    }
    fields
}

/// A selector has to lead somewhere in messages of each of the patterns.
pub(crate) fn check_selector(
    selector: &str,
    at: Position,
    patterns: &[(Position, FilterPattern)],
    report: &mut Report,
) {
    if selector.starts_with('@') {
        if Special::of(selector).is_none() {
            let alternatives = Special::alternatives(selector);
            let alternatives: Vec<&str> = alternatives.iter().map(String::as_str).collect();
            let advice = crate::names::advise_on_value(selector, &alternatives);
            report.add(at, format!("there is no `{}`", shown(selector)), advice);
        }
        return;
    }
    for (place, pattern) in patterns {
        if let Err(error) = Extractor::new(pattern, &[selector]) {
            let which = if patterns.len() > 1 { format!(" in line {}", place.line) } else { String::new() };
            let what = format!("`{}` and the pattern{which} do not go together: {}", shown(selector), error.what());
            report.add(at, what, error.advice().unwrap_or("write $.a.b, or $name of a field of the pattern"));
            return;
        }
    }
}

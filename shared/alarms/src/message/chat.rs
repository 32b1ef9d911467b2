//! What AWS's chat service (Amazon Q Developer in chat applications) takes as the whole message:
//! <https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html>.
//!
//! That page tells no lengths. What bounds it is the section of a message in Slack, 3,000 characters
//! (<https://docs.slack.dev/reference/block-kit/blocks/section-block>), and its header, 150.
//!
//! `client-markdown` is the platform's own markdown, and those of Slack and Microsoft Teams differ: only what both have is used, code in
//! back ticks. What comes from log lines cannot end the code, and `<!channel>` and `<at>` cannot call anyone: back ticks become
//! apostrophes there, and a `<` that could begin a name becomes `‹`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::Serialize;

use super::document::json;
use super::extent::{Shown, digest};
use super::readable::{headline, plural, state};
use super::text::{block, shorten, time, visible};
use super::{attributes, short};
use crate::{AlarmState, Notification};

const MAX_DESCRIPTION: usize = 2_500;
/// Of all of them together.
const MAX_NEXT_STEPS: usize = 2_500;
const MAX_TITLE: usize = 150;
const MAX_LINE: usize = 500;
const MAX_TEXT: usize = 300;
const MAX_RESOURCES: usize = 10;

#[derive(Serialize)]
struct Custom {
    version: &'static str,
    source: &'static str,
    id: String,
    content: Content,
    metadata: Metadata,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Content {
    text_type: &'static str,
    title: String,
    description: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    next_steps: Vec<String>,
    keywords: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    #[serde(skip_serializing_if = "Option::is_none")]
    thread_id: Option<String>,
    summary: String,
    event_type: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_resources: Vec<String>,
    additional_context: BTreeMap<&'static str, String>,
}

/// The message for one notification.
pub(super) fn single(shown: &Shown) -> String {
    let Shown { notification, urls, .. } = shown;
    let mut next_steps: Vec<_> = notification.runbook.iter().map(|url| format!("Runbook: {}", inert(url))).collect();
    next_steps.extend(urls.named().map(|(name, url)| format!("{name}: {url}")));
    let mut room = MAX_NEXT_STEPS;
    next_steps.retain(|step| {
        let rest = room.checked_sub(step.chars().count());
        room = rest.unwrap_or(room);
        rest.is_some()
    });
    let log_groups: BTreeSet<_> = notification.lines.iter().map(|line| inert(&line.log_group)).collect();
    let log_groups = log_groups.into_iter().filter(|name| !name.is_empty()).take(MAX_RESOURCES);
    let [state, severity] = [notification.transition.state.as_str(), notification.severity.as_str()];
    json(&Custom {
        version: "1.0",
        source: "custom",
        id: notification.notification_id.clone(),
        content: Content {
            text_type: "client-markdown",
            title: title(notification.transition.state, &headline(shown)),
            description: description(shown),
            next_steps,
            keywords: [notification.alarm.as_str(), state, severity].map(|word| shorten(&inert(word), MAX_TEXT)).into(),
        },
        metadata: Metadata {
            thread_id: Some(thread(notification)),
            summary: inert(&short::sms(notification)),
            event_type: "logweir-alarm",
            related_resources: log_groups.collect(),
            additional_context: context(&[notification]),
        },
    })
}

/// The message for many, with their counts in a sentence and a list of them.
pub(super) fn group(worst: AlarmState, summary: &str, list: &[String], told: &[&Notification]) -> String {
    let mut description = String::from("Too many notifications to tell one by one.\n");
    let texts = list.iter().map(|line| format!("{}\n", code(&shorten(line, MAX_TEXT))));
    append(&mut description, texts, told.len(), ["notification", "notifications"]);
    json(&Custom {
        version: "1.0",
        source: "custom",
        id: digest(&told.iter().map(|told| told.notification_id.as_str()).collect::<Vec<_>>().join("\n")),
        content: Content {
            text_type: "client-markdown",
            title: title(worst, summary),
            description,
            next_steps: Vec::new(),
            keywords: vec![worst.as_str().to_owned()],
        },
        metadata: Metadata {
            thread_id: None,
            summary: shorten(summary, MAX_TEXT),
            event_type: "logweir-alarms",
            related_resources: Vec::new(),
            additional_context: context(told),
        },
    })
}

fn context(told: &[&Notification]) -> BTreeMap<&'static str, String> {
    attributes::of(told).into_iter().map(|(name, value)| (name, inert(&value))).collect()
}

/// The way from ALARM back is told in one thread; the next ALARM begins another, as nobody looks into an old one.
fn thread(notification: &Notification) -> String {
    let transition = &notification.transition;
    let number = if transition.previous == AlarmState::Alarm && transition.state != AlarmState::Alarm {
        transition.number.saturating_sub(1)
    } else {
        transition.number
    };
    digest(&format!("{:?} {:?} {number}", notification.alarm, notification.group))
}

fn title(state: AlarmState, text: &str) -> String {
    let sign = match state {
        AlarmState::Alarm => "🚨",
        AlarmState::InsufficientData => "❔",
        AlarmState::Ok => "✅",
    };
    shorten(&format!("{sign} {}", inert(text)), MAX_TITLE)
}

fn description(shown: &Shown) -> String {
    let Shown { notification, lines_left_out, .. } = shown;
    let span = |text: &str| format!("`{}`", shorten(&inert(text), MAX_TEXT));
    let mut description = match shorten(&inert(&notification.description), MAX_TEXT) {
        nothing if nothing.is_empty() => nothing,
        text => format!("{text}\n"),
    };
    _ = writeln!(description, "{}, severity {}", state(shown), notification.severity.as_str());
    if !notification.group.is_empty() {
        _ = writeln!(description, "Group {}", span(&short::group(notification)));
    }
    let value = short::value(notification).unwrap_or_else(|| "no data".to_owned());
    _ = writeln!(description, "Value {}, condition {}", span(&value), span(&notification.condition));
    let texts = notification.lines.iter().map(|line| {
        let head = inert(&format!("{}  {}  {}", time(line.timestamp), line.log_group, line.log_stream));
        format!("{}\n{}", shorten(&head, MAX_TEXT), code(&shorten(&block(&line.message, ""), MAX_LINE)))
    });
    append(&mut description, texts, notification.lines.len() + lines_left_out, ["line", "lines"]);
    description
}

/// As many texts as there is room for, as code, and how many of `all` are not among them.
fn append(description: &mut String, texts: impl Iterator<Item = String>, all: usize, [one, many]: [&str; 2]) {
    const FENCE: &str = "```\n";
    // Two fences and the sentence at the end.
    const RESERVED: usize = 80;
    let mut room = MAX_DESCRIPTION.saturating_sub(description.chars().count() + RESERVED);
    let mut block = String::new();
    let mut shown = 0;
    for text in texts {
        let text = if text.ends_with('\n') { text } else { text + "\n" };
        let Some(rest) = room.checked_sub(text.chars().count()) else { break };
        block += &text;
        room = rest;
        shown += 1;
    }
    if shown > 0 {
        *description += &[FENCE, &block, FENCE].concat();
    }
    if all > shown {
        _ = writeln!(
            description,
            "{} not shown here.",
            plural(all - shown, &format!("more {one}"), &format!("more {many}"))
        );
    }
}

/// A text that is no markup, in one line.
fn inert(text: &str) -> String {
    code(&visible(text))
}

/// A text that does not end the code it stands in and calls nobody. `<` stays before a space, as conditions have it.
fn code(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        code.push(match character {
            '`' => '\'',
            '<' if !matches!(characters.peek(), Some(' ' | '=')) => '‹',
            other => other,
        });
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_the_code_and_calls_anyone() {
        assert_eq!(inert("```\n<!channel> <at>all</at>"), "'''\\n‹!channel> ‹at>all‹/at>");
        assert_eq!(inert("count < 3, sum <= 4 <"), "count < 3, sum <= 4 ‹");
    }
}

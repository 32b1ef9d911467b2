//! A storm: one message that tells many notifications.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::attributes::{self, rank};
use super::extent::{Extent, Shown, most};
use super::links::{Links, Urls};
use super::readable::plural;
use super::text::{gsm, shorten_words, time, visible};
use super::{Draft, MAX_SMS_CHARACTERS, Message, chat, document, short};
use crate::{AlarmState, Notification, Severity};

/// How many a message tells one by one at most.
const MAX_LISTED: usize = 200;
/// How many lines they have at most together.
const MAX_LINES: usize = 200;

/// Renders many notifications as one message: how many there are by state and severity, a list, and for programs the document of each. Their
/// lines are shortened and left out first, then their links, then the last of them: [`Message::listed`] tells how many the documents hold, and a
/// caller for whom each counts renders the others again.
pub fn render_group(notifications: &[Notification], links: &Links) -> Message {
    let limit = notifications.len().min(MAX_LISTED);
    let each = MAX_LINES / limit.max(1);
    let whole = [
        (true, Extent { lines: each, line_bytes: 1_000, characters: 1_024 }),
        (true, Extent { lines: each.min(3), line_bytes: 250, characters: 512 }),
        (true, Extent { lines: each.min(1), line_bytes: 100, characters: 256 }),
        (false, Extent { lines: 0, line_bytes: 0, characters: 256 }),
    ];
    let make = |listed: usize, is_linked: bool, extent: Extent| {
        let urls = |notification| if is_linked { Urls::new(notification, links) } else { Urls::default() };
        let mut shown: Vec<_> =
            notifications[..listed].iter().map(|told| Shown::new(told, urls(told), extent)).collect();
        shown.sort_by_key(|shown| (rank(shown.notification.transition.state), shown.notification.severity));
        many(notifications, &shown).fit()
    };
    let few = Extent { lines: 0, line_bytes: 0, characters: 128 };
    whole
        .into_iter()
        .find_map(|(is_linked, extent)| make(limit, is_linked, extent))
        .or_else(|| most(limit, |listed| make(listed, false, few)))
        // Not reached: without any notification there is room.
        .unwrap_or_else(|| many(notifications, &[]).finish())
}

fn many(notifications: &[Notification], shown: &[Shown]) -> Draft {
    let count = Count::new(notifications);
    let sentence = count.sentence();
    let list: Vec<_> = shown.iter().map(|shown| row(&shown.notification)).collect();
    let told: Vec<_> = notifications.iter().collect();
    let mut text = format!("{sentence}\n\nToo many notifications to tell one by one:\n\n");
    for row in &list {
        _ = writeln!(text, "{row}");
    }
    if told.len() > list.len() {
        _ = writeln!(
            text,
            "\n{} left out: there was no room.",
            plural(told.len() - list.len(), "more was", "more were")
        );
    }
    let states = count.by(|(state, _)| state.as_str());
    let severities = count.by(|(_, severity)| severity.as_str());
    Draft {
        subject: short::finish_subject(&sentence),
        text,
        sms: sms(&sentence, shown),
        document: document::group(shown, told.len(), &states, &severities),
        attributes: attributes::of(&told),
        chat: chat::group(count.worst(), &sentence, &list, &told),
        listed: list.len(),
    }
}

/// `ALARM  high  too-many-404  $.user=frank  value 4  since 2026-11-21T11:20:00.123Z`.
fn row(notification: &Notification) -> String {
    let Notification { alarm, severity, transition, .. } = notification;
    let mut row = format!("{:<5}  {:<8}  {}", transition.state.as_str(), severity.as_str(), visible(alarm));
    if !notification.group.is_empty() {
        _ = write!(row, "  {}", visible(&short::group(notification)));
    }
    if let Some(value) = short::value(notification) {
        _ = write!(row, "  value {value}");
    }
    row + "  since " + &time(transition.timestamp)
}

/// The counts, and as many names as there is room for.
fn sms(sentence: &str, shown: &[Shown]) -> String {
    let mut names: Vec<_> = shown.iter().map(|shown| shown.notification.alarm.as_str()).collect();
    names.dedup();
    names.truncate(MAX_SMS_CHARACTERS);
    let names = gsm(&names.join(", "));
    shorten_words(&format!("{}: {names}", gsm(sentence)), MAX_SMS_CHARACTERS)
}

/// How many there are of each state and severity.
struct Count(BTreeMap<(u8, Severity), (AlarmState, usize)>);

impl Count {
    fn new(notifications: &[Notification]) -> Self {
        let mut count = BTreeMap::new();
        for Notification { severity, transition, .. } in notifications {
            count.entry((rank(transition.state), *severity)).or_insert((transition.state, 0)).1 += 1;
        }
        Self(count)
    }

    fn worst(&self) -> AlarmState {
        self.0.values().next().map_or(AlarmState::Ok, |(state, _)| *state)
    }

    fn by(&self, name: impl Fn((AlarmState, Severity)) -> &'static str) -> BTreeMap<&'static str, usize> {
        let mut counts = BTreeMap::new();
        for ((_, severity), (state, number)) in &self.0 {
            *counts.entry(name((*state, *severity))).or_default() += number;
        }
        counts
    }

    /// `12 alarms: 9 ALARM (2 critical, 7 high), 3 OK (3 high)`.
    fn sentence(&self) -> String {
        let mut parts: Vec<(AlarmState, usize, Vec<String>)> = Vec::new();
        for ((_, severity), (state, number)) in &self.0 {
            let severity = format!("{number} {}", severity.as_str());
            match parts.last_mut() {
                Some((last, sum, severities)) if last == state => {
                    *sum += number;
                    severities.push(severity);
                }
                _ => parts.push((*state, *number, vec![severity])),
            }
        }
        let all = parts.iter().map(|(_, sum, _)| sum).sum();
        let parts: Vec<_> = parts
            .iter()
            .map(|(state, sum, severities)| format!("{sum} {} ({})", state.as_str(), severities.join(", ")))
            .collect();
        format!("{}: {}", plural(all, "notification", "notifications"), parts.join(", "))
    }
}

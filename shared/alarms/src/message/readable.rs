//! The text that people read.

use std::fmt::Write as _;

use super::extent::Shown;
use super::short;
use super::text::{block, time, visible};

/// Lines of a log stand in by so much; nothing else does.
const INDENT: &str = "    ";

/// The text of one notification.
pub(super) fn text(shown: &Shown) -> String {
    let Shown { notification, lines_left_out, urls } = shown;
    let transition = &notification.transition;
    let mut text = format!("{}\n\n", headline(shown));
    let mut row = |name: &str, value: &str| _ = writeln!(text, "{name:<11}{value}");
    row("State:", &state(shown));
    row("Severity:", notification.severity.as_str());
    for (field, value) in &notification.group {
        row("Group:", &format!("{} = {}", visible(field), visible(value)));
    }
    row("Value:", &short::value(notification).unwrap_or_else(|| "no data".to_owned()));
    row("Condition:", &visible(&notification.condition));
    row("Window:", &format!("{} to {}", time(transition.window.0), time(transition.window.1)));
    if let Some(runbook) = &notification.runbook {
        row("Runbook:", &visible(runbook));
    }
    if notification.superseded > 0 {
        row("Before:", &format!("{} announcements that waited too long", notification.superseded));
    }
    if notification.repeat > 0 {
        row("Repeat:", &notification.repeat.to_string());
    }
    if !notification.lines.is_empty() {
        _ = writeln!(text, "\nMatching lines, the oldest first:");
    }
    for line in &notification.lines {
        let place = [visible(&line.log_group), visible(&line.log_stream)].join("  ");
        _ = write!(text, "\n{}  {}\n{}", time(line.timestamp), place.trim_end(), block(&line.message, INDENT));
    }
    if *lines_left_out > 0 {
        _ = writeln!(text, "\n{} left out: there was no room.", plural(*lines_left_out, "line was", "lines were"));
    }
    for (name, url) in urls.named() {
        _ = write!(text, "\n{name}:\n{url}\n");
    }
    _ = write!(text, "\nNotification {}\n", visible(&notification.notification_id));
    text
}

/// `ALARM: too-many-404 — More than three pages were not found`.
pub(super) fn headline(shown: &Shown) -> String {
    let notification = &shown.notification;
    let again = if notification.repeat > 0 { " again" } else { "" };
    let description = match visible(&notification.description) {
        nothing if nothing.is_empty() => nothing,
        description => format!(" — {description}"),
    };
    format!("{}{again}: {}{description}", notification.transition.state.as_str(), visible(&notification.alarm))
}

/// `ALARM since 2026-11-21T11:20:00.123Z, OK before`.
pub(super) fn state(shown: &Shown) -> String {
    let transition = &shown.notification.transition;
    let (state, previous) = (transition.state.as_str(), transition.previous.as_str());
    format!("{state} since {}, {previous} before", time(transition.timestamp))
}

/// `1 line was`, `3 lines were`.
pub(super) fn plural(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

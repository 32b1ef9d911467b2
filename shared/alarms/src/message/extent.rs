//! How much of a notification a message shows.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::links::Urls;
use super::text::{shorten, shorten_bytes};
use crate::{Line, Notification};

/// How many lines a message shows at most, whatever the rules say.
const MAX_LINES: usize = 20;
/// How many fields of a group.
const MAX_FIELDS: usize = 10;
/// Longest id that is shown as it is. Receivers compare it: a longer one is not cut as other texts are, but ends in its digest.
const MAX_ID_BYTES: usize = 4_096;

/// How much is shown.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extent {
    /// How many lines.
    pub(super) lines: usize,
    /// How many bytes of each.
    pub(super) line_bytes: usize,
    /// How many characters of any other text.
    pub(super) characters: usize,
}

/// What is shown of a notification.
#[derive(Debug, Clone)]
pub(super) struct Shown {
    /// It, shortened.
    pub(super) notification: Notification,
    /// How many of its lines are not shown.
    pub(super) lines_left_out: usize,
    /// Where more is to be seen.
    pub(super) urls: Urls,
}

impl Shown {
    /// What `extent` leaves of it.
    pub(super) fn new(notification: &Notification, urls: Urls, extent: Extent) -> Self {
        let Extent { lines, line_bytes, characters } = extent;
        let cut = |text: &str| shorten(text, characters);
        let shown: Vec<Line> = notification
            .lines
            .iter()
            .take(lines.min(MAX_LINES))
            .map(|line| Line {
                timestamp: line.timestamp,
                id: cut(&line.id),
                owner: cut(&line.owner),
                log_group: cut(&line.log_group),
                log_stream: cut(&line.log_stream),
                message: shorten_bytes(&line.message, line_bytes),
            })
            .collect();
        Self {
            lines_left_out: notification.lines.len() - shown.len(),
            urls,
            notification: Notification {
                notification_id: id(&notification.notification_id),
                alarm: cut(&notification.alarm),
                description: cut(&notification.description),
                severity: notification.severity,
                // A link that was cut leads nowhere.
                runbook: notification.runbook.clone().filter(|runbook| runbook.chars().count() <= characters),
                topic: None,
                group: notification
                    .group
                    .iter()
                    .take(MAX_FIELDS)
                    .map(|(field, value)| (cut(field), cut(value)))
                    .collect(),
                condition: cut(&notification.condition),
                transition: notification.transition.clone(),
                repeat: notification.repeat,
                superseded: notification.superseded,
                lines: shown,
            },
        }
    }
}

fn id(id: &str) -> String {
    if id.len() <= MAX_ID_BYTES {
        return id.to_owned();
    }
    format!("{}#{}", &id[..id.floor_char_boundary(1_000)], digest(id))
}

/// 32 hexadecimal digits that stand for a text.
pub(super) fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().take(16).fold(String::new(), |mut hex, byte| {
        _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// What is made of the greatest number up to `limit` of which anything is made, where more never fits when less does not.
pub(super) fn most<T>(limit: usize, make: impl Fn(usize) -> Option<T>) -> Option<T> {
    let mut found = make(0)?;
    let (mut fits, mut above) = (0, limit.saturating_add(1));
    while above - fits > 1 {
        let middle = fits.midpoint(above);
        match make(middle) {
            Some(greater) => (found, fits) = (greater, middle),
            None => above = middle,
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_that_fits_is_found() {
        for limit in 0..40 {
            for capacity in 0..45 {
                assert_eq!(most(limit, |number| (number <= capacity).then_some(number)), Some(limit.min(capacity)));
            }
        }
        assert_eq!(most(5, |_| None::<()>), None);
    }

    #[test]
    fn ids_stay_what_they_are_and_long_ones_stay_apart() {
        assert_eq!(id("too-many-404/[\"é\"]/7"), "too-many-404/[\"é\"]/7");
        let (long, other) = (format!("{}1", "é".repeat(4_000)), format!("{}2", "é".repeat(4_000)));
        assert_ne!(id(&long), id(&other));
        assert!(id(&long).len() < MAX_ID_BYTES);
    }
}

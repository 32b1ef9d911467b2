//! How events are shown to people: without what steers their terminal, and coloured where they want it.

use std::fmt::Write;
use std::ops::Range;

use clap::builder::styling::{AnsiColor, Style};

use crate::clean::clean;
use crate::input::Item;

/// What a pattern found, the name of a file, the number of a line, and what stands between them: grep's colours.
pub(crate) const FOUND: Style = AnsiColor::Red.on_default().bold();
pub(crate) const FILE: Style = AnsiColor::Magenta.on_default();
pub(crate) const NUMBER: Style = AnsiColor::Green.on_default();
pub(crate) const SEPARATOR: Style = AnsiColor::Cyan.on_default();

/// Appends an item as one line for people, a stack trace as several; `found` are the places of its message to colour.
pub(crate) fn write(item: &Item<'_>, found: &[Range<usize>], out: &mut String) {
    if let Some(origin) = item.origin() {
        let time = jiff::Timestamp::from_millisecond(origin.timestamp).unwrap_or_default();
        let (group, stream) = (clean(&origin.log_group), clean(&origin.log_stream));
        // Writing to a string does not fail.
        let _ = write!(out, "{time:.3}  {group}  {stream}  ");
    }
    let message = item.message();
    let mut start = 0;
    for line in message.trim_end().split('\n') {
        // A stack trace stays one: its further lines are indented.
        if start > 0 {
            out.push_str("\n    ");
        }
        let end = start + line.strip_suffix('\r').unwrap_or(line).len();
        for (place, is_found) in pieces(start..end, found) {
            paint(&clean(&message[place]), is_found.then_some(FOUND), out);
        }
        start += line.len() + 1;
    }
    out.push('\n');
}

/// Appends a text in a style.
pub(crate) fn paint(text: &str, style: Option<Style>, out: &mut String) {
    let _ = match style {
        Some(style) => write!(out, "{style}{text}{style:#}"),
        None => write!(out, "{text}"),
    };
}

/// Cuts `range` where a place of `found`, which are in order, begins or ends, and says which pieces are such places.
pub(crate) fn pieces(range: Range<usize>, found: &[Range<usize>]) -> Vec<(Range<usize>, bool)> {
    let mut pieces = Vec::new();
    let mut at = range.start;
    for place in found {
        let (start, end) = (place.start.max(at), place.end.min(range.end));
        if start < end {
            pieces.extend((at < start).then_some((at..start, false)));
            pieces.push((start..end, true));
            at = end;
        }
    }
    pieces.extend((at < range.end).then_some((at..range.end, false)));
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::single_range_in_vec_init, reason = "a single place is a list of places")]
    fn a_range_is_cut_at_the_places_found() {
        let all = |range, found: &[Range<usize>]| pieces(range, found);
        assert_eq!(all(0..0, &[]), []);
        assert_eq!(all(0..5, &[]), [(0..5, false)]);
        assert_eq!(
            all(2..8, &[0..3, 4..5, 7..9]),
            [(2..3, true), (3..4, false), (4..5, true), (5..7, false), (7..8, true)]
        );
        assert_eq!(all(2..4, &[0..9]), [(2..4, true)]);
        assert_eq!(all(2..4, &[5..9, 9..9]), [(2..4, false)]);
    }

    #[test]
    #[expect(clippy::single_range_in_vec_init, reason = "a single place is a list of places")]
    fn each_line_of_a_message_is_coloured_for_itself() {
        let mut out = String::new();
        let stack_trace = b"a Error\r\n  at \x1b b \n\n";
        write(&Item::Line(stack_trace), &[2..14], &mut out);
        assert_eq!(out, "a \u{1b}[1m\u{1b}[31mError\u{1b}[0m\n    \u{1b}[1m\u{1b}[31m  at \u{1b}[0m\u{fffd} b\n");
    }
}

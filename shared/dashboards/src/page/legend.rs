//! Which colour is what.

use std::fmt::Write;

use super::text::escape;
use crate::answer::Series;
use crate::colour::Colour;

/// A legend with the sums of what adds up.
pub(super) fn of_series(series: &[Series], colours: &[Colour]) -> String {
    let entries = series.iter().zip(colours).map(|(series, colour)| {
        let sum = series.none_is_nought && series.unit != crate::unit::Unit::Time;
        let total: f64 = series.values.iter().flatten().sum();
        (series.name.as_str(), *colour, sum.then(|| series.unit.format(total)))
    });
    list("legend", entries)
}

pub(super) fn list<'n>(class: &str, entries: impl Iterator<Item = (&'n str, Colour, Option<String>)>) -> String {
    let mut list = format!("<ul class=\"{class}\">");
    for (name, colour, value) in entries {
        // Writing to a `String` cannot fail.
        let _ = write!(
            list,
            "<li title=\"{name}\"><i class=\"{}\"></i><span>{name}</span>",
            colour.class(),
            name = escape(name)
        );
        if let Some(value) = value {
            let _ = write!(list, "<b>{}</b>", escape(&value));
        }
        list.push_str("</li>");
    }
    list.push_str("</ul>");
    list
}

//! Shares of a whole.

use std::f64::consts::TAU;
use std::fmt::Write;

use super::legend;
use super::text::{attributes, escape, px};
use crate::answer::Series;
use crate::colour::Colour;
use crate::panel::Panel;

const SIZE: f64 = 170.0;
const OUTER: f64 = 80.0;
const INNER: f64 = 52.0;

/// A ring, and who has which part of it.
pub(super) fn draw(panel: &Panel, names: &[String], series: &[Series]) -> String {
    let Some(series) = series.first() else { return String::new() };
    let values: Vec<_> = series.values.iter().map(|value| value.unwrap_or(0.0).max(0.0)).collect();
    let total: f64 = values.iter().sum();
    let colours = Colour::of_all(names.iter().map(String::as_str));
    let share = |value: f64| if total > 0.0 { value / total } else { 0.0 };

    let (mut body, mut marks, mut from) = (String::new(), 0, 0.0);
    for ((name, value), colour) in names.iter().zip(&values).zip(&colours) {
        let part = share(*value);
        if part <= 0.0 {
            continue;
        }
        let label = format!("{name}: {} ({})", series.unit.format_exactly(*value), percent(part));
        // Writing to a `String` cannot fail, here and below.
        let _ = write!(
            body,
            "<path class=\"{}\" fill-rule=\"evenodd\" d=\"{}\"><title>{}</title></path>",
            colour.class(),
            slice(from, from + part),
            escape(&label)
        );
        from += part;
        marks += 1;
    }
    let _ = write!(
        body,
        "<text class=\"total middle\" x=\"{c}\" y=\"{}\">{}</text>",
        px(SIZE / 2.0 + 6.0),
        escape(&series.unit.format(total)),
        c = px(SIZE / 2.0),
    );
    let entries = names.iter().zip(&values).zip(&colours).map(|((name, value), colour)| {
        (name.as_str(), *colour, Some(format!("{} · {}", series.unit.format(*value), percent(share(*value)))))
    });
    format!(
        "<div class=\"donut\"><svg viewBox=\"0 0 {s} {s}\" width=\"{s}\" height=\"{s}\" {}>{body}</svg>{}</div>",
        attributes(&panel.id, &panel.title, marks),
        legend::list("shares", entries),
        s = px(SIZE),
    )
}

/// A part of the ring, from one share of a turn to another.
fn slice(from: f64, to: f64) -> String {
    let point = |share: f64, radius: f64| {
        let angle = share * TAU - TAU / 4.0;
        format!("{:.2} {:.2}", SIZE / 2.0 + radius * angle.cos(), SIZE / 2.0 + radius * angle.sin())
    };
    if to - from > 0.9999 {
        // An arc that ends where it begins is none.
        let ring = |radius: f64| {
            format!(
                "M{a}A{radius} {radius} 0 1 1 {b}A{radius} {radius} 0 1 1 {a}Z",
                a = point(0.0, radius),
                b = point(0.5, radius)
            )
        };
        return ring(OUTER) + &ring(INNER);
    }
    let large = u8::from(to - from > 0.5);
    format!(
        "M{}A{OUTER} {OUTER} 0 {large} 1 {}L{}A{INNER} {INNER} 0 {large} 0 {}Z",
        point(from, OUTER),
        point(to, OUTER),
        point(to, INNER),
        point(from, INNER)
    )
}

fn percent(share: f64) -> String {
    match share * 100.0 {
        percent if percent > 0.0 && percent < 0.1 => "<0.1 %".to_owned(),
        percent if percent < 9.95 => format!("{percent:.1} %"),
        percent => format!("{percent:.0} %"),
    }
}

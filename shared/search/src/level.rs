//! The level that a line was logged with: one of ten names, whatever the logger calls it.
//!
//! Tables in the tests say what is read and what is not: a row for each logger that is known.

mod colour;
mod key;
mod line;
mod line_start;
mod member;
mod name;
mod word;

pub(crate) use line::of_text;
pub(crate) use member::Found;
pub(crate) use name::of_name;

/// A level: `trace`, `debug`, `info`, `notice`, `warn`, `error`, `critical`, `fatal`, `alert` or `emergency`.
pub(crate) type Level = &'static str;

#[cfg(test)]
mod tests;

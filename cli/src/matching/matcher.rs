//! What is done with each item of a file that is searched.

use std::collections::HashSet;
use std::io::{self, Write};
use std::ops::Range;

use logweir_filter_pattern::{PatternSet, SetMatcher};

use crate::arguments::Match;
use crate::input::{Consumer, Item, Stop};
use crate::pretty::{self, paint};

/// Searches one file.
pub(super) struct Matcher<'m, W> {
    set: &'m PatternSet,
    /// Several patterns are looked for together; one by itself is faster without.
    together: Option<SetMatcher<'m>>,
    options: &'m Match,
    out: &'m mut W,
    /// What stands in front of each line.
    name: Option<String>,
    coloured: bool,
    /// How many items were selected: those that match, or with `-v` those that do not.
    selected: u64,
    /// The line that is being made: used again for each.
    line: Vec<u8>,
}

impl<W: Write> Consumer for Matcher<'_, W> {
    fn item(&mut self, number: u64, item: &Item<'_>) -> Result<(), Stop> {
        let message = item.message();
        let is_match = match &mut self.together {
            Some(together) => !together.matches(&message).is_empty(),
            None => self.set.patterns().iter().any(|pattern| pattern.matches(&message)),
        };
        if is_match == self.options.invert {
            return Ok(());
        }
        self.selected += 1;
        if self.options.quiet {
            return Err(Stop::Enough);
        }
        if !self.options.count {
            self.line.clear();
            self.print(number, item, &message)
                .and_then(|()| self.out.write_all(&self.line))
                .map_err(Stop::Unwritable)?;
        }
        if self.options.max_count == Some(self.selected) { Err(Stop::Enough) } else { Ok(()) }
    }

    fn waiting(&mut self) -> Result<(), Stop> {
        self.out.flush().map_err(Stop::Unwritable)
    }
}

impl<'m, W: Write> Matcher<'m, W> {
    /// Searches a file, of which `name` stands in front of each line.
    pub(super) fn new(
        set: &'m PatternSet,
        options: &'m Match,
        name: Option<String>,
        coloured: bool,
        out: &'m mut W,
    ) -> Self {
        let together = (set.patterns().len() > 1).then(|| set.matcher());
        Self { set, together, options, out, name, coloured, selected: 0, line: Vec::new() }
    }

    /// How many items were selected so far.
    pub(super) fn selected(&self) -> u64 {
        self.selected
    }

    /// Writes that, if it is what is asked for.
    pub(super) fn finish(&mut self) -> io::Result<()> {
        if !self.options.count || self.options.quiet {
            return Ok(());
        }
        self.line.clear();
        self.prefix(None);
        self.out.write_all(&self.line)?;
        writeln!(self.out, "{}", self.selected)
    }

    /// Appends what is printed of an item to the line.
    fn print(&mut self, number: u64, item: &Item<'_>, message: &str) -> io::Result<()> {
        if self.options.json {
            return self.json(item, message);
        }
        self.prefix(self.options.line_number.then_some(number));
        if self.options.pretty {
            let mut text = String::new();
            pretty::write(item, &self.found(message), &mut text);
            self.line.extend_from_slice(text.as_bytes());
            return Ok(());
        }
        match item {
            // The places found are those of the message, and a line that is not UTF-8 is another text.
            Item::Line(line) if self.coloured && line.starts_with(message.as_bytes()) => {
                let mut text = String::new();
                for (place, is_found) in pretty::pieces(0..message.len(), &self.found(message)) {
                    paint(&message[place], is_found.then_some(pretty::FOUND), &mut text);
                }
                self.line.extend_from_slice(text.as_bytes());
                self.line.extend_from_slice(&line[message.len()..]);
                self.line.push(b'\n');
                Ok(())
            }
            _ => item.write(&mut self.line),
        }
    }

    /// The record with what the patterns extract as its last key.
    fn json(&mut self, item: &Item<'_>, message: &str) -> io::Result<()> {
        if let Item::Line(_) = item {
            self.line.extend_from_slice(b"{\"message\":");
            serde_json::to_writer(&mut self.line, message)?;
        } else {
            item.write(&mut self.line)?;
            // Without the brace and the line feed that end it.
            self.line.truncate(self.line.len() - 2);
        }
        self.line.extend_from_slice(b",\"extracted\":{");
        let mut names = HashSet::new();
        for field in self.set.patterns().iter().filter_map(|pattern| pattern.extract(message)).flatten() {
            // A name that several patterns give is the first one's.
            if names.contains(&field.name) {
                continue;
            }
            if !names.is_empty() {
                self.line.push(b',');
            }
            serde_json::to_writer(&mut self.line, &field.name)?;
            self.line.push(b':');
            serde_json::to_writer(&mut self.line, &field.value)?;
            names.insert(field.name);
        }
        self.line.extend_from_slice(b"}}\n");
        Ok(())
    }

    /// The places that any pattern found, in order and apart from each other, if they are to be coloured.
    fn found(&self, message: &str) -> Vec<Range<usize>> {
        // With `-v` what is printed is what no pattern found anything in.
        if !self.coloured || self.options.invert {
            return Vec::new();
        }
        self.set.highlights(message)
    }

    /// Appends the name of the file and a number, as far as they are asked for, to the line.
    fn prefix(&mut self, number: Option<u64>) {
        let mut text = String::new();
        let number = number.map(|number| (number.to_string(), pretty::NUMBER));
        for (part, style) in self.name.clone().map(|name| (name, pretty::FILE)).into_iter().chain(number) {
            paint(&part, self.coloured.then_some(style), &mut text);
            paint(":", self.coloured.then_some(pretty::SEPARATOR), &mut text);
        }
        self.line.extend_from_slice(text.as_bytes());
    }
}

//! `logweir decode`: anything to records, or to documents.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Result;

use crate::arguments::{Decode, Format};
use crate::documents::DocumentPrinter;
use crate::input::{self, Consumer, Form, Item, Stop};
use crate::pretty;
use crate::streaming::Streaming;

pub(crate) fn run(options: &Decode, out: &mut impl Write) -> Result<ExitCode> {
    let settings = options.settings();
    let format = if options.pretty { Format::Pretty } else { options.format };
    match format {
        Format::ArchivedEvent => read(options, &mut Printer { out, line: Vec::new() }),
        Format::Pretty => read(options, &mut PrettyPrinter { out, text: String::new() }),
        Format::Document | Format::Bulk => {
            read(options, &mut DocumentPrinter::new(out, &settings, format == Format::Bulk))
        }
    }
}

fn read(options: &Decode, consumer: &mut dyn Consumer) -> Result<ExitCode> {
    let mut all_decoded = true;
    let mut streaming;
    let consumer = match &options.rules {
        None => consumer,
        Some(rules) => {
            streaming = Streaming::new(rules, options.log_groups.known(), consumer)?;
            &mut streaming
        }
    };
    for path in &options.files {
        all_decoded &= input::read(path, Form::Decodable, options.max_decompressed, consumer)??;
    }
    Ok(if all_decoded { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Prints records.
struct Printer<'p, W> {
    out: &'p mut W,
    /// Used again for each.
    line: Vec<u8>,
}

impl<W: Write> Consumer for Printer<'_, W> {
    fn item(&mut self, _number: u64, item: &Item<'_>) -> Result<(), Stop> {
        self.line.clear();
        item.write(&mut self.line).and_then(|()| self.out.write_all(&self.line)).map_err(Stop::Unwritable)
    }

    fn waiting(&mut self) -> Result<(), Stop> {
        self.out.flush().map_err(Stop::Unwritable)
    }
}

/// Prints for people.
struct PrettyPrinter<'p, W> {
    out: &'p mut W,
    /// Used again for each.
    text: String,
}

impl<W: Write> Consumer for PrettyPrinter<'_, W> {
    fn item(&mut self, _number: u64, item: &Item<'_>) -> Result<(), Stop> {
        self.text.clear();
        pretty::write(item, &[], &mut self.text);
        self.out.write_all(self.text.as_bytes()).map_err(Stop::Unwritable)
    }

    fn waiting(&mut self) -> Result<(), Stop> {
        self.out.flush().map_err(Stop::Unwritable)
    }
}

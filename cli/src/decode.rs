//! `logweir decode`: anything to records.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Result;

use crate::arguments::Decode;
use crate::input::{self, Consumer, Form, Item, Stop};
use crate::pretty;

pub(crate) fn run(options: &Decode, out: &mut impl Write) -> Result<ExitCode> {
    let mut printer = Printer { out, pretty: options.pretty, line: Vec::new(), text: String::new() };
    let mut all_decoded = true;
    for path in &options.files {
        all_decoded &= input::read(path, Form::Decodable, options.max_decompressed, &mut printer)??;
    }
    Ok(if all_decoded { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

struct Printer<'p, W> {
    out: &'p mut W,
    pretty: bool,
    /// The line that is being made, as bytes or for people: used again for each.
    line: Vec<u8>,
    text: String,
}

impl<W: Write> Consumer for Printer<'_, W> {
    fn item(&mut self, _number: u64, item: &Item<'_>) -> Result<(), Stop> {
        let written = if self.pretty {
            self.text.clear();
            pretty::write(item, &[], &mut self.text);
            self.out.write_all(self.text.as_bytes())
        } else {
            self.line.clear();
            item.write(&mut self.line).and_then(|()| self.out.write_all(&self.line))
        };
        written.map_err(Stop::Unwritable)
    }

    fn waiting(&mut self) -> Result<(), Stop> {
        self.out.flush().map_err(Stop::Unwritable)
    }
}

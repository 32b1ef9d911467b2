//! What a team expects its streams to drop.

use std::io::{self, Write};

use serde::Deserialize;

use super::streamed::Drops;

/// How much a stream is to drop.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExpectedDrops {
    pub(super) stream: String,
    dropped: u64,
    bytes: Option<u64>,
    /// Number of its line.
    #[serde(skip)]
    pub(super) line: usize,
}

impl ExpectedDrops {
    /// Prints whether it is so, and says it.
    pub(super) fn compare(&self, drops: &[Drops], out: &mut impl Write) -> io::Result<bool> {
        let Self { stream, dropped, bytes, line } = self;
        let (events, came) =
            drops.iter().find(|drops| drops.stream == *stream).map_or((0, 0), |drops| (drops.dropped, drops.bytes));
        let is_same = *dropped == events && bytes.is_none_or(|bytes| bytes == came);
        if is_same {
            writeln!(out, "as expected      stream {stream}: {dropped} dropped")?;
            return Ok(true);
        }
        let of_bytes = |number: u64| bytes.map_or_else(String::new, |_| format!("  bytes {number}"));
        writeln!(out, "NOT as expected  stream {stream}:")?;
        writeln!(out, "  - {dropped} dropped{}  (line {line})", of_bytes(bytes.unwrap_or_default()))?;
        writeln!(out, "  + {events} dropped{}", of_bytes(came))?;
        Ok(false)
    }
}

//! What of matching events is shown at the end, kept until then: their ids and lines.
//!
//! Which lines are shown is known when all are read. Until then they wait in memory, and beyond some megabytes in a file that has no
//! name, so that a day of logs needs no more memory than its matching events have times.

use std::collections::HashMap;
use std::io::{self, Read, Seek, SeekFrom, Write};

use logweir_alarms::EventKey;
use tempfile::{SpooledTempFile, spooled_tempfile};

const IN_MEMORY: usize = 16 << 20;

/// Ids and lines of events.
#[derive(Debug)]
pub(super) struct Kept {
    file: SpooledTempFile,
    /// Where the file ends.
    end: u64,
    /// Where an event begins, of an alarm, as each alarm shows lines in its own way.
    places: HashMap<(usize, EventKey), u64>,
}

/// An event as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) timestamp: i64,
    pub(super) id: String,
    pub(super) line: String,
}

impl Kept {
    pub(super) fn new() -> Self {
        Self { file: spooled_tempfile(IN_MEMORY), end: 0, places: HashMap::new() }
    }

    /// Keeps the id and the line of an event that is not known yet.
    pub(super) fn add(
        &mut self,
        alarm: usize,
        key: EventKey,
        id_and_line: impl FnOnce() -> (String, String),
    ) -> io::Result<()> {
        let std::collections::hash_map::Entry::Vacant(place) = self.places.entry((alarm, key)) else { return Ok(()) };
        let (id, line) = id_and_line();
        let mut bytes = Vec::with_capacity(16 + id.len() + line.len());
        for length in [id.len(), line.len()] {
            bytes.extend_from_slice(&(length as u64).to_be_bytes());
        }
        bytes.extend_from_slice(id.as_bytes());
        bytes.extend_from_slice(line.as_bytes());
        self.file.write_all(&bytes)?;
        place.insert(self.end);
        self.end += bytes.len() as u64;
        Ok(())
    }

    /// What was kept of an event.
    pub(super) fn get(&mut self, alarm: usize, timestamp: i64, key: EventKey) -> io::Result<Shown> {
        let (mut id, mut line) = (String::new(), String::new());
        if let Some(place) = self.places.get(&(alarm, key)) {
            self.file.seek(SeekFrom::Start(*place))?;
            let mut lengths = [[0; 8]; 2];
            for length in &mut lengths {
                self.file.read_exact(length)?;
            }
            let [id_length, line_length] = lengths.map(u64::from_be_bytes);
            (&mut self.file).take(id_length).read_to_string(&mut id)?;
            (&mut self.file).take(line_length).read_to_string(&mut line)?;
        }
        Ok(Shown { timestamp, id, line })
    }
}

impl Shown {
    /// By time; of one time by id, where numbers of lines are numbers.
    pub(super) fn order(&self) -> (i64, usize, &str) {
        (self.timestamp, self.id.len(), &self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_had_back_from_memory_and_from_a_file() {
        let mut kept = Kept::new();
        let line = "x".repeat(1 << 20);
        for number in 0..20_u128 {
            for _ in 0..2 {
                kept.add(0, EventKey(number), || (number.to_string(), format!("{number} {line}"))).expect("written");
            }
        }
        for number in [19_u128, 0, 7] {
            let shown = kept.get(0, 5, EventKey(number)).expect("read");
            assert_eq!((shown.timestamp, shown.id), (5, number.to_string()));
            assert_eq!(shown.line, format!("{number} {line}"));
        }
        assert_eq!(kept.get(1, 5, EventKey(0)).expect("read").id, "");
    }
}

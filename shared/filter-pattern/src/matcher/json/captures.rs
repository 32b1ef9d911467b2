//! What the selectors of a pattern, or of many, led to in a message.

use std::borrow::Cow;
use std::ops::Range;

use logweir_json::Scanner;

use super::Trie;
use super::walk::Walk;

/// A value that a selector led to, and where it stands in the message: a string without its quotation marks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Captured {
    String(Range<usize>),
    Number(Range<usize>),
    True(Range<usize>),
    False(Range<usize>),
    Null(Range<usize>),
    /// An object or an array: it is there, and has no value of its own.
    Container,
}

impl Captured {
    /// Where it stands; nowhere for what has no value.
    pub(crate) fn place(&self) -> Range<usize> {
        match self {
            Self::String(place) | Self::Number(place) | Self::True(place) | Self::False(place) | Self::Null(place) => {
                place.clone()
            }
            Self::Container => 0..0,
        }
    }

    /// The text of a string, or what else stands there as it is written.
    pub(crate) fn text<'m>(&self, message: &'m str) -> Cow<'m, str> {
        let place = self.place();
        let raw = &message[place.clone()];
        if !matches!(self, Self::String(_)) || memchr::memchr(b'\\', raw.as_bytes()).is_none() {
            return Cow::Borrowed(raw);
        }
        // It was checked before; with its quotation marks it is a whole string.
        Scanner::new(&message[place.start - 1..=place.end]).string().map_or(Cow::Borrowed(raw), |text| text.decode())
    }
}

/// Values by selector, in room that is used again for the next message.
#[derive(Debug)]
pub(crate) struct Captures {
    values: Vec<Entry>,
    /// For each selector the number of its last entry, from 1; 0 is none.
    last: Vec<usize>,
    pub(super) seen: Vec<Seen>,
    /// Number of the object that is read.
    pub(super) objects: u64,
    pub(super) active: Vec<usize>,
}

#[derive(Debug)]
struct Entry {
    selector: usize,
    /// The selector's entry before this, as in `last`.
    previous: usize,
    /// Nothing once the key above it comes again: the last one counts.
    value: Option<Captured>,
}

/// Where a key of an object was last seen.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen {
    pub(super) object: u64,
    pub(super) entries: Range<usize>,
}

impl Captures {
    pub(crate) fn new(trie: &Trie) -> Self {
        Self {
            values: Vec::new(),
            last: vec![0; trie.selectors()],
            seen: vec![Seen::default(); trie.len()],
            objects: 0,
            active: Vec::new(),
        }
    }

    /// Reads a message; whether it is one JSON object or array. Without that no selector leads anywhere.
    pub(crate) fn read(&mut self, trie: &Trie, message: &str) -> bool {
        self.clear();
        self.active.clear();
        self.active.push(Trie::ROOT);
        let is_json = Walk::new(trie, message, self).document().is_ok();
        if !is_json {
            self.clear();
        }
        is_json
    }

    fn clear(&mut self) {
        for entry in self.values.drain(..) {
            self.last[entry.selector] = 0;
        }
    }

    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    pub(super) fn add(&mut self, selector: usize, value: Captured) {
        let previous = std::mem::replace(&mut self.last[selector], self.values.len() + 1);
        self.values.push(Entry { selector, previous, value: Some(value) });
    }

    /// Forgets what was found below a key that comes again.
    pub(super) fn forget(&mut self, entries: Range<usize>) {
        for entry in &mut self.values[entries] {
            entry.value = None;
        }
    }

    /// The values of a selector, the last of the message first.
    pub(crate) fn of(&self, selector: usize) -> impl Iterator<Item = &Captured> {
        let entry = |number: usize| number.checked_sub(1).map(|index| &self.values[index]);
        std::iter::successors(entry(self.last[selector]), move |current| entry(current.previous))
            .filter_map(|entry| entry.value.as_ref())
    }

    /// The text of the first value of a selector that is no object, array or null.
    pub(crate) fn first_text<'m>(&self, selector: usize, message: &'m str) -> Option<Cow<'m, str>> {
        let is_value = |value: &&Captured| !matches!(value, Captured::Container | Captured::Null(_));
        self.of(selector).filter(is_value).last().map(|value| value.text(message))
    }
}

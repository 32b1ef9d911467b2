//! What the selectors of a pattern, or of many, led to in a message.

use std::borrow::Cow;
use std::ops::Range;

use logweir_json::{Kind, Scanner};

use super::Trie;

/// A value that a selector led to, and where it stands in the message: a string without its quotation marks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Captured {
    pub(crate) kind: Kind,
    pub(crate) place: Range<usize>,
    /// A string that is not the text that it is written as.
    pub(crate) is_escaped: bool,
}

impl Captured {
    /// Whether it is a string or a number, which comparisons look at.
    pub(crate) fn has_text(&self) -> bool {
        matches!(self.kind, Kind::String | Kind::Number)
    }

    /// Whether it is an object or an array, which is there and has no value of its own.
    pub(crate) fn is_container(&self) -> bool {
        matches!(self.kind, Kind::Object | Kind::Array)
    }

    /// The text of a string, or what else stands there as it is written.
    #[inline]
    pub(crate) fn text<'m>(&self, message: &'m str) -> Cow<'m, str> {
        let raw = &message[self.place.clone()];
        if self.is_escaped { self.unescaped(message) } else { Cow::Borrowed(raw) }
    }

    #[cold]
    fn unescaped<'m>(&self, message: &'m str) -> Cow<'m, str> {
        // It was read before; with its quotation marks it is a whole string.
        let literal = &message[self.place.start - 1..=self.place.end];
        Scanner::new(literal).string().map_or(Cow::Borrowed(literal), |text| text.decode())
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

    pub(super) fn clear(&mut self) {
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
        let is_value = |value: &&Captured| !value.is_container() && value.kind != Kind::Null;
        self.of(selector).filter(is_value).last().map(|value| value.text(message))
    }
}

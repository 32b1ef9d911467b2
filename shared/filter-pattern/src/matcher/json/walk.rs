//! One reading of a message: what no selector asks for is stepped over, what one asks for is kept.
//!
//! Where a key stands twice in an object the last one counts, as in AWS's own JSON libraries and in most others.

use std::ops::Range;

use logweir_json::{JsonError, Kind, Scanner};

use super::captures::Seen;
use super::trie::Node;
use super::{Captured, Captures, Trie};

impl Captures {
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
}

struct Walk<'t, 'm, 'c> {
    trie: &'t Trie,
    scanner: Scanner<'m>,
    captures: &'c mut Captures,
}

impl<'t, 'm, 'c> Walk<'t, 'm, 'c> {
    fn new(trie: &'t Trie, message: &'m str, captures: &'c mut Captures) -> Self {
        // Depth is no reason to miss a line: a hostile one would hide behind it.
        Self { trie, scanner: Scanner::new(message).any_depth(), captures }
    }

    /// The whole message: one object or array, and blanks.
    fn document(mut self) -> Result<(), JsonError> {
        let position = self.scanner.position();
        match self.scanner.kind()? {
            Kind::Object | Kind::Array => self.value(0..1)?,
            _ => return Err(JsonError { offset: position, reason: "an object or an array was expected" }),
        }
        match self.scanner.peek() {
            None => Ok(()),
            Some(_) => Err(JsonError { offset: self.scanner.position(), reason: "the message goes on behind its end" }),
        }
    }

    /// The nodes that the value which comes next belongs to.
    fn nodes(&self, active: Range<usize>) -> impl Iterator<Item = &'t Node> {
        let trie = self.trie;
        self.captures.active[active].iter().map(move |node| trie.node(*node))
    }

    /// Reads the value that comes next, which is what the nodes in `active` lead to. Goes as deep as selectors do.
    fn value(&mut self, active: Range<usize>) -> Result<(), JsonError> {
        let kind = self.scanner.kind()?;
        let begin = self.scanner.position();
        if let Kind::Object | Kind::Array = kind {
            self.keep(active.clone(), &Captured { kind, place: begin..begin, is_escaped: false });
            if kind == Kind::Object && self.nodes(active.clone()).any(Node::has_keys) {
                return self.object(active);
            }
            if kind == Kind::Array && self.nodes(active.clone()).any(Node::has_indexes) {
                return self.array(active);
            }
            self.scanner.value()?;
            return Ok(());
        }
        let captured = if kind == Kind::String {
            let text = self.scanner.string()?;
            let place = begin + 1..self.scanner.position() - 1;
            Captured { kind, place, is_escaped: text.literal_len() != text.text_len() }
        } else {
            self.scanner.value()?;
            Captured { kind, place: begin..self.scanner.position(), is_escaped: false }
        };
        self.keep(active, &captured);
        Ok(())
    }

    fn keep(&mut self, active: Range<usize>, captured: &Captured) {
        for index in active {
            if let Some(selector) = self.trie.node(self.captures.active[index]).selector {
                self.captures.add(selector, captured.clone());
            }
        }
    }

    fn object(&mut self, active: Range<usize>) -> Result<(), JsonError> {
        self.captures.objects += 1;
        let object = self.captures.objects;
        // Where every key counts, each may come again.
        let every_key = self.nodes(active.clone()).any(|node| node.any_key.is_some());
        let mut members = Vec::new();
        self.scanner.open(b'{')?;
        let mut first = true;
        while self.scanner.next(first, b'}')? {
            first = false;
            let key = self.scanner.key()?.decode();
            let below = self.captures.active.len();
            for index in active.clone() {
                let node = self.trie.node(self.captures.active[index]);
                self.captures.active.extend(node.keys.get(&key));
                self.captures.active.extend(node.any_key);
            }
            let below = below..self.captures.active.len();
            if below.is_empty() {
                self.scanner.value()?;
                continue;
            }
            if !every_key {
                self.forget_earlier(below.clone(), object);
            }
            let begin = self.captures.len();
            self.value(below.clone())?;
            let entries = begin..self.captures.len();
            if every_key {
                members.push((key, entries));
            } else {
                for index in below.clone() {
                    let node = self.captures.active[index];
                    self.captures.seen[node] = Seen { object, entries: entries.clone() };
                }
            }
            self.captures.active.truncate(below.start);
        }
        // In the order of the message where keys are the same.
        members.sort_by(|(left, _), (right, _)| left.cmp(right));
        for pair in members.windows(2) {
            if pair[0].0 == pair[1].0 {
                self.captures.forget(pair[0].1.clone());
            }
        }
        Ok(())
    }

    /// Forgets what the key that was just read held before in this object.
    fn forget_earlier(&mut self, below: Range<usize>, object: u64) {
        for index in below {
            let seen = &self.captures.seen[self.captures.active[index]];
            if seen.object == object {
                let entries = seen.entries.clone();
                self.captures.forget(entries);
            }
        }
    }

    fn array(&mut self, active: Range<usize>) -> Result<(), JsonError> {
        self.scanner.open(b'[')?;
        let mut position = 0_u32;
        let mut first = true;
        while self.scanner.next(first, b']')? {
            first = false;
            let below = self.captures.active.len();
            for index in active.clone() {
                let node = self.trie.node(self.captures.active[index]);
                self.captures.active.extend(node.indexes.get(&position));
                self.captures.active.extend(node.any_index);
            }
            let below = below..self.captures.active.len();
            if below.is_empty() {
                self.scanner.value()?;
            } else {
                self.value(below.clone())?;
                self.captures.active.truncate(below.start);
            }
            position = position.saturating_add(1);
        }
        Ok(())
    }
}

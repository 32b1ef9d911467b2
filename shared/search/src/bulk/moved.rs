//! Documents whose members have moved into the flat field: those that a server refused, and those that it would refuse again.

use super::{ACTION, Body, Item};
use crate::conflict::{Complaint, Conflict, Conflicts};
use crate::document::is_of_the_line;
use crate::flatten::{Flattened, flatten};
use crate::kinds::Kinds;
use crate::shared_keys::is_new;

/// How often members of a document may move, one refusal after the other, before all do.
pub(super) const MAX_MOVES: u8 = 8;

/// What became of a line's fields on the way to a form that the server takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// So many times members that the server named have moved into the flat field.
    Fields { moves: u8 },
    /// All have moved.
    Flat,
    /// They are text.
    Text,
}

impl Body {
    /// Copies a document with the member that the server complains of in the flat field, and with those that it complained of
    /// before; all of the line's if it names none that is there. The answer is the conflicts that it met; none, if there is
    /// nothing left to move.
    pub(super) fn copy_moved(
        &mut self,
        from: &Self,
        item: Item,
        words: &str,
        known: &Conflicts,
    ) -> Option<Vec<Conflict>> {
        let index = from.index(&item);
        let document = std::str::from_utf8(&from.bytes[item.document..item.end]).ok()?;
        let complaint = Complaint::of(words);
        let mut bytes = Vec::with_capacity(document.len() + 64);
        let mut moves = match item.form {
            Form::Fields { moves } if moves < MAX_MOVES && complaint != Complaint::Other => Some(moves),
            Form::Fields { .. } => None,
            Form::Flat | Form::Text => return None,
        };
        let mut done = Flattened::default();
        if moves.is_some() {
            let is_met = |path: &str, kinds: Kinds| match complaint {
                Complaint::TooManyFields => is_new(path),
                complaint => complaint == Complaint::Member(path) || known.has(index, path, kinds),
            };
            done = flatten(document, &is_met, None, &mut bytes).ok()?;
            if !done.is_changed() {
                moves = None;
            }
        }
        let form = if let Some(moves) = moves {
            Form::Fields { moves: moves + 1 }
        } else {
            bytes.clear();
            done = flatten(document, &|path, _| is_of_the_line(path), None, &mut bytes).ok()?;
            Form::Flat
        };
        if !done.is_changed() {
            return None;
        }
        let start = self.bytes.len();
        self.bytes.extend_from_slice(&from.bytes[item.start..item.document]);
        let document = self.bytes.len();
        self.bytes.extend_from_slice(&bytes);
        let end = self.bytes.len();
        self.bytes.push(b'\n');
        self.items.push(Item { start, document, end, form, failures: 0, ..item });
        let conflict = |(path, kinds)| Conflict { index: index.to_owned(), path, kinds };
        // All moved for want of a better answer, or of room, tells nothing of each.
        let tells = form != Form::Flat && complaint != Complaint::TooManyFields;
        let met = if tells { done.moved } else { Vec::new() };
        Some(met.into_iter().map(conflict).collect())
    }

    /// The index that a document belongs to.
    pub(super) fn index(&self, item: &Item) -> &str {
        let action = self.bytes[item.start..item.document].strip_prefix(ACTION).unwrap_or_default();
        let end = memchr::memchr(b'"', action).unwrap_or_default();
        std::str::from_utf8(&action[..end]).unwrap_or_default()
    }

    /// Moves the members of the last document that met a conflict before.
    pub(super) fn avoid(&mut self, conflicts: &Conflicts) {
        let Some(item) = self.items.last().copied() else { return };
        let index = self.index(&item);
        if conflicts.has_none_in(index) {
            return;
        }
        let Ok(document) = std::str::from_utf8(&self.bytes[item.document..item.end]) else { return };
        let mut bytes = Vec::with_capacity(document.len() + 64);
        let done = flatten(document, &|path, kinds| conflicts.has(index, path, kinds), None, &mut bytes);
        if done.is_ok_and(|done| !done.moved.is_empty()) {
            self.bytes.truncate(item.document);
            self.bytes.extend_from_slice(&bytes);
            let end = self.bytes.len();
            self.bytes.push(b'\n');
            self.items.pop();
            self.items.push(Item { end, ..item });
        }
    }
}

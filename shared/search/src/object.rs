//! Objects within objects, written in one go: a step to a field closes and opens what lies between.

use std::sync::LazyLock;

use crate::field::{Field, Place};

/// What is written between fields, made once: finding it takes longer than writing it.
static STEPS: LazyLock<Steps> = LazyLock::new(Steps::new);

/// The number of the document itself among the objects that fields stand in, as the first field stands in it.
const DOCUMENT: usize = 0;

struct Steps {
    /// The objects that fields stand in.
    parents: Vec<&'static str>,
    /// For each field the number of the object that it stands in.
    parent_of: Vec<usize>,
    /// What leads from a member of an object to the value of a field: for each object all fields.
    ways: Vec<Vec<u8>>,
}

impl Steps {
    fn new() -> Self {
        let mut parents = Vec::new();
        let mut parent_of = Vec::new();
        for field in Field::ALL {
            let parent = field.place().parent;
            let number = parents.iter().position(|known| *known == parent).unwrap_or_else(|| {
                parents.push(parent);
                parents.len() - 1
            });
            parent_of.push(number);
        }
        let mut ways = Vec::new();
        for open in &parents {
            for field in Field::ALL {
                let mut out = Vec::new();
                ObjectWriter { out: &mut out, open, number: None, is_empty: false }.key(field.place());
                ways.push(out);
            }
        }
        Self { parents, parent_of, ways }
    }
}

/// A JSON object that is being written.
#[derive(Debug)]
pub(crate) struct ObjectWriter<'o> {
    pub(crate) out: &'o mut Vec<u8>,
    /// The object that is open, by the names of those around it and its own, dots between.
    open: &'static str,
    /// The number of that object, if it is one that fields stand in.
    number: Option<usize>,
    /// Nothing was written into it yet.
    is_empty: bool,
}

impl<'o> ObjectWriter<'o> {
    /// Goes on with an object that has a member already.
    pub(crate) fn resume(out: &'o mut Vec<u8>) -> Self {
        Self { out, open: "", number: Some(DOCUMENT), is_empty: false }
    }

    /// Goes on behind the value of a field.
    pub(crate) fn behind(field: Field, out: &'o mut Vec<u8>) -> Self {
        let mut object = Self::resume(out);
        object.stand_behind(field);
        object
    }

    fn stand_behind(&mut self, field: Field) {
        self.open = field.place().parent;
        self.number = Some(STEPS.parent_of[field as usize]);
        self.is_empty = false;
    }

    /// Writes the key of a field with its colon; its value must follow.
    #[inline]
    pub(crate) fn field(&mut self, field: Field) {
        let steps = &*STEPS;
        match self.number {
            Some(from) if !self.is_empty => {
                self.out.extend_from_slice(&steps.ways[from * Field::ALL.len() + field as usize]);
            }
            _ => self.key(field.place()),
        }
        let to = steps.parent_of[field as usize];
        self.open = steps.parents[to];
        self.number = Some(to);
    }

    /// Appends what another writer wrote from a place like this one to behind the value of `field`.
    pub(crate) fn splice(&mut self, written: &[u8], field: Field) {
        self.out.extend_from_slice(written);
        self.stand_behind(field);
    }

    /// Writes a key with its colon; its value must follow.
    #[inline]
    pub(crate) fn key(&mut self, Place { parent, name }: Place) {
        self.enter(parent);
        self.begin();
        self.out.push(b'"');
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(b"\":");
    }

    /// Steps into an object, out of what is open where that does not lie around it.
    #[inline]
    pub(crate) fn enter(&mut self, object: &'static str) {
        if self.open != object {
            self.step(object);
        }
    }

    fn step(&mut self, object: &'static str) {
        self.number = None;
        let common = if object.is_empty() { 0 } else { common(self.open, object) };
        self.close(common);
        for segment in object[common..].split('.').filter(|segment| !segment.is_empty()) {
            self.begin();
            self.out.push(b'"');
            self.out.extend_from_slice(segment.as_bytes());
            self.out.extend_from_slice(b"\":{");
            self.is_empty = true;
        }
        self.open = object;
    }

    /// Closes all objects but those that the first bytes of the open one's name stand for.
    fn close(&mut self, common: usize) {
        let rest = &self.open.as_bytes()[common..];
        if rest.is_empty() {
            return;
        }
        // Behind a common part a dot stands first, in the document itself none does.
        let dots = memchr::memchr_iter(b'.', rest).count();
        let levels = dots + usize::from(common == 0);
        self.out.extend(std::iter::repeat_n(b'}', levels));
        self.is_empty = false;
    }

    /// Writes the comma before a member, where there must be one.
    #[inline]
    pub(crate) fn begin(&mut self) {
        if !self.is_empty {
            self.out.push(b',');
        }
        self.is_empty = false;
    }

    /// Closes all that is open.
    pub(crate) fn finish(mut self) {
        self.close(0);
        self.out.push(b'}');
    }
}

/// How many bytes of two names are the same whole segments.
fn common(a: &str, b: &str) -> usize {
    let same = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    let is_end = |name: &str| same == name.len() || name.as_bytes()[same] == b'.';
    if is_end(a) && is_end(b) { same } else { a[..same].rfind('.').unwrap_or(0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_opened_and_closed_between_fields() {
        let mut out = b"{\"a\":1".to_vec();
        let mut object = ObjectWriter::resume(&mut out);
        for (parent, name) in
            [("", "b"), ("c", "d"), ("c.e.f", "g"), ("c.e", "h"), ("c.ee", "i"), ("ce", "j"), ("", "k"), ("l.m", "n")]
        {
            object.key(Place { parent, name });
            object.out.push(b'1');
        }
        object.finish();
        assert_eq!(
            String::from_utf8_lossy(&out),
            r#"{"a":1,"b":1,"c":{"d":1,"e":{"f":{"g":1},"h":1},"ee":{"i":1}},"ce":{"j":1},"k":1,"l":{"m":{"n":1}}}"#
        );
    }
}

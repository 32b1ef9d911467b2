//! Documents that are held up: in order themselves, but not taken where they should go.

use std::collections::BTreeSet;

use super::{Body, Item, Source};
use crate::refusal::Obstacle;

/// How an action begins, before the name of the index.
const ACTION: &[u8] = b"{\"create\":{\"_index\":\"";

/// Documents that the server does not take for what is no fault of theirs: they must come again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HeldUp {
    /// Their events.
    pub sources: Vec<Source>,
    /// The indices that they should go to.
    pub indices: BTreeSet<String>,
    /// Why; of many reasons the first.
    pub obstacle: Option<Obstacle>,
}

impl HeldUp {
    pub(super) fn add(&mut self, source: Source, index: &str, obstacle: Obstacle) {
        self.sources.push(source);
        if !self.indices.contains(index) {
            self.indices.insert(index.to_owned());
        }
        self.obstacle.get_or_insert(obstacle);
    }
}

impl Body {
    /// The body without the documents of some indices, and their events: what one index does not take, others do.
    pub fn without(self, indices: &BTreeSet<String>) -> (Self, Vec<Source>) {
        let is_held = |item: &Item| indices.contains(self.index_of(item));
        if !self.items.iter().any(is_held) {
            return (self, Vec::new());
        }
        let (mut rest, mut held) = (Self::default(), Vec::new());
        for item in &self.items {
            if is_held(item) {
                held.push(item.source);
            } else {
                rest.copy(&self, *item);
            }
        }
        (rest, held)
    }

    /// The name of the index that a document goes to.
    pub(super) fn index_of(&self, item: &Item) -> &str {
        let action = self.bytes[item.start..item.document].strip_prefix(ACTION).unwrap_or_default();
        let name = action.split(|byte| *byte == b'"').next().unwrap_or_default();
        std::str::from_utf8(name).unwrap_or_default()
    }
}

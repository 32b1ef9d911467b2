//! Documents that are held up: in order themselves, but not taken where they should go.

use std::collections::{BTreeMap, BTreeSet};

use super::{Body, Item, Source};
use crate::answer::Outcome;
use crate::refusal::Obstacle;

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
        let is_held = |item: &Item| indices.contains(self.index(item));
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

    /// The indices over which the server fails as a whole, by its answer: over every document of one, two at least, or over all that
    /// it was sent. Had each failure been counted against its document, a broken shard would make dead letters of all.
    pub(super) fn failing(&self, outcomes: &[Outcome]) -> BTreeSet<&str> {
        let is_failure = |outcome: &Outcome| matches!(outcome, Outcome::Failed { .. });
        if !outcomes.iter().any(is_failure) {
            return BTreeSet::new();
        }
        let mut indices: BTreeMap<&str, (usize, bool)> = BTreeMap::new();
        for (item, outcome) in self.items.iter().zip(outcomes) {
            let (documents, fails) = indices.entry(self.index(item)).or_insert((0, true));
            *documents += 1;
            *fails &= is_failure(outcome) && !item.is_suspect;
        }
        let all = self.items.len() > 1 && indices.values().all(|(_, fails)| *fails);
        indices.retain(|_, (documents, fails)| *fails && (all || *documents > 1));
        indices.into_keys().collect()
    }
}

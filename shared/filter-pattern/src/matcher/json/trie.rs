//! Selectors put together by their common steps, so that one reading of a message serves them all.

use std::collections::BTreeMap;

use crate::ast::{Selector, Step};

/// The steps of many selectors.
#[derive(Debug, Clone)]
pub(crate) struct Trie {
    nodes: Vec<Node>,
    selectors: usize,
}

/// Where a number of steps lead.
#[derive(Debug, Clone, Default)]
pub(super) struct Node {
    /// The selector that ends here.
    pub(super) selector: Option<usize>,
    pub(super) keys: Keys,
    pub(super) any_key: Option<usize>,
    pub(super) indexes: BTreeMap<u32, usize>,
    pub(super) any_index: Option<usize>,
}

impl Node {
    pub(super) fn has_keys(&self) -> bool {
        self.any_key.is_some() || !self.keys.sorted.is_empty()
    }

    pub(super) fn has_indexes(&self) -> bool {
        self.any_index.is_some() || !self.indexes.is_empty()
    }
}

/// Keys and the nodes behind them, sorted by length: most keys of a message are told apart by that alone.
#[derive(Debug, Clone, Default)]
pub(super) struct Keys {
    sorted: Vec<(Box<str>, usize)>,
    /// A bit for each length that there is, the highest for all beyond.
    lengths: u64,
}

/// So few are compared one by one.
const FEW_KEYS: usize = 8;

impl Keys {
    #[inline]
    pub(super) fn get(&self, key: &str) -> Option<usize> {
        if self.lengths & length_bit(key) == 0 {
            return None;
        }
        if self.sorted.len() <= FEW_KEYS {
            return self.sorted.iter().find(|(other, _)| **other == *key).map(|(_, node)| *node);
        }
        let found = self.sorted.binary_search_by(|(other, _)| order(other, key)).ok()?;
        Some(self.sorted[found].1)
    }

    fn insert(&mut self, key: &str, node: usize) {
        if let Err(at) = self.sorted.binary_search_by(|(other, _)| order(other, key)) {
            self.sorted.insert(at, (key.into(), node));
            self.lengths |= length_bit(key);
        }
    }
}

fn length_bit(key: &str) -> u64 {
    1 << key.len().min(63)
}

fn order(left: &str, right: &str) -> std::cmp::Ordering {
    left.len().cmp(&right.len()).then_with(|| left.cmp(right))
}

impl Trie {
    /// The node of the whole message.
    pub(super) const ROOT: usize = 0;

    /// Selectors are numbered as they come; there are no two of the same.
    pub(crate) fn new<'s>(selectors: impl IntoIterator<Item = &'s Selector>) -> Self {
        let mut trie = Self { nodes: vec![Node::default()], selectors: 0 };
        for selector in selectors {
            let mut node = Self::ROOT;
            for step in selector.steps() {
                node = trie.step(node, step);
            }
            trie.nodes[node].selector = Some(trie.selectors);
            trie.selectors += 1;
        }
        trie
    }

    fn step(&mut self, from: usize, step: &Step) -> usize {
        let next = self.nodes.len();
        let node = &mut self.nodes[from];
        let known = match step {
            Step::Key(key) => node.keys.get(key),
            Step::AnyKey => node.any_key,
            Step::Index(index) => node.indexes.get(index).copied(),
            Step::AnyIndex => node.any_index,
        };
        if let Some(known) = known {
            return known;
        }
        match step {
            Step::Key(key) => node.keys.insert(key, next),
            Step::AnyKey => node.any_key = Some(next),
            Step::Index(index) => {
                node.indexes.insert(*index, next);
            }
            Step::AnyIndex => node.any_index = Some(next),
        }
        self.nodes.push(Node::default());
        next
    }

    pub(super) fn node(&self, node: usize) -> &Node {
        &self.nodes[node]
    }

    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether it holds no selector.
    pub(crate) fn is_empty(&self) -> bool {
        self.selectors == 0
    }

    pub(super) fn selectors(&self) -> usize {
        self.selectors
    }
}

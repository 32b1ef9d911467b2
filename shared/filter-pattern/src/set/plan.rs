//! How patterns are asked, and what the presence of their words means.

use crate::matcher::Matcher;

/// How a pattern is asked whether it matches.
#[derive(Debug)]
pub(super) enum Plan {
    /// With the message.
    Alone,
    /// With the literals that were found: what was looked for of each of its own.
    Terms(Vec<Piece>),
    /// With the properties that were read.
    Json {
        /// The numbers of its selectors in the trie.
        selectors: Vec<usize>,
        /// Only a value makes it a candidate.
        needs_value: bool,
        /// It needs no more than such a value.
        is_decided: bool,
    },
}

/// What is looked for of a literal.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece {
    pub(super) number: usize,
    /// It is all of the literal.
    pub(super) is_whole: bool,
}

/// What is known before a message is read as JSON.
#[derive(Debug, Clone, Default)]
pub(super) struct Meaning {
    /// Patterns that match.
    pub(super) matches: Vec<usize>,
    /// Patterns that may match.
    pub(super) candidates: Vec<usize>,
    /// A pattern may match that only a value makes a candidate.
    pub(super) values_may_match: bool,
}

/// What a word, or a value, of a pattern says when it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    /// The pattern matches.
    Decides,
    /// The pattern may match.
    Suggests,
    /// The pattern may match, if one of its values is there.
    SuggestsValue,
}

impl Meaning {
    pub(super) fn is_empty(&self) -> bool {
        self.matches.is_empty() && self.candidates.is_empty() && !self.values_may_match
    }

    pub(super) fn add(&mut self, pattern: usize, weight: Weight) {
        match weight {
            Weight::Decides => self.matches.push(pattern),
            Weight::Suggests => self.candidates.push(pattern),
            Weight::SuggestsValue => self.values_may_match = true,
        }
    }
}

impl Plan {
    /// What it says when one of the pattern's words is there.
    pub(super) fn weight(&self, matcher: &Matcher) -> Weight {
        match (self, matcher) {
            (_, Matcher::Everything) => Weight::Decides,
            (Self::Json { needs_value: true, .. }, _) => Weight::SuggestsValue,
            (Self::Terms(pieces), Matcher::Terms(terms))
                if terms.needs_one_literal() && pieces.iter().all(|piece| piece.is_whole) =>
            {
                Weight::Decides
            }
            _ => Weight::Suggests,
        }
    }
}

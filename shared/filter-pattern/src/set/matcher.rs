//! One message against all patterns of a set.

use super::bits::Bits;
use super::sieve::Sieve;
use super::{Meaning, PatternSet, Piece, Plan};
use crate::matcher::{Captures, Fields, FieldsBuffer, Matcher, has_unicode_escape, looks_like_json};

/// Matches messages against all patterns of a set.
#[derive(Debug)]
pub struct SetMatcher<'s> {
    set: &'s PatternSet,
    /// Number of the message, from 1.
    message: u64,
    /// For each literal the last message that held it.
    found: Vec<u64>,
    /// Patterns that match.
    matched: Bits,
    /// Patterns that are to be asked.
    candidates: Bits,
    /// A value may make other patterns candidates.
    values_may_match: bool,
    sieve: Sieve,
    matches: Vec<usize>,
    captures: Captures,
    fields: FieldsBuffer,
}

impl<'s> SetMatcher<'s> {
    pub(super) fn new(set: &'s PatternSet) -> Self {
        Self {
            set,
            message: 0,
            found: vec![0; set.meanings.len()],
            matched: Bits::below(set.patterns.len()),
            candidates: Bits::below(set.patterns.len()),
            values_may_match: false,
            sieve: Sieve::default(),
            matches: Vec::new(),
            captures: Captures::new(&set.trie),
            fields: FieldsBuffer::default(),
        }
    }

    /// The numbers of the patterns that match, in their order.
    pub fn matches(&mut self, message: &str) -> &[usize] {
        let set = self.set;
        self.message += 1;
        self.matched.clear();
        self.candidates.clear();
        self.values_may_match = false;
        self.consider(&set.always);
        let is_json = if set.only_values && !self.sieve.pays(self.message) {
            looks_like_json(message) && self.read_values(message)
        } else {
            self.consider_literals(message);
            self.read_json(message)
        };
        self.ask_candidates(message, is_json);
        self.matches.clear();
        let Self { matched, matches, .. } = self;
        matched.for_each(|pattern| matches.push(pattern));
        &self.matches
    }

    fn consider(&mut self, meaning: &Meaning) {
        meaning.matches.iter().for_each(|pattern| self.matched.insert(*pattern));
        meaning.candidates.iter().for_each(|pattern| self.candidates.insert(*pattern));
        self.values_may_match |= meaning.values_may_match;
    }

    fn consider_literals(&mut self, message: &str) {
        let set = self.set;
        let Some(literals) = &set.literals else { return };
        literals.find(message, |literal| {
            if std::mem::replace(&mut self.found[literal], self.message) != self.message {
                self.consider(&set.meanings[literal]);
            }
        });
    }

    /// Reads a message if it may be JSON and a JSON pattern may match it, and finds the patterns whose values are there.
    /// Whether the message is JSON.
    fn read_json(&mut self, message: &str) -> bool {
        let set = self.set;
        if set.trie.is_empty() || !looks_like_json(message) {
            return false;
        }
        if has_unicode_escape(message.as_bytes()) {
            self.consider(&set.if_escaped);
        }
        let is_json = |pattern: usize| matches!(set.plans[pattern], Plan::Json { .. });
        let mut may_match = self.values_may_match;
        self.candidates.for_each(|pattern| may_match |= is_json(pattern));
        self.sieve.record(may_match);
        may_match && self.read_values(message)
    }

    /// Reads a message and finds the patterns whose values are there. Whether it is JSON.
    fn read_values(&mut self, message: &str) -> bool {
        let Self { set, matched, candidates, captures, .. } = self;
        if !captures.read(&set.trie, message) {
            return false;
        }
        set.equalities.find(captures, message, |patterns| {
            for pattern in patterns {
                match set.plans[*pattern] {
                    Plan::Json { is_decided: true, .. } => matched.insert(*pattern),
                    _ => candidates.insert(*pattern),
                }
            }
        });
        true
    }

    fn ask_candidates(&mut self, message: &str, is_json: bool) {
        let Self { set, message: number, found, matched, candidates, captures, fields: buffer, .. } = self;
        let mut fields = None;
        candidates.for_each(|pattern| {
            let matches = match (&set.patterns[pattern].matcher, &set.plans[pattern]) {
                (Matcher::Terms(terms), Plan::Terms(pieces)) => terms.matches_with(message, |literal| {
                    let Piece { number: piece, is_whole } = pieces[literal];
                    found[piece] == *number && (is_whole || terms.finds(literal, message))
                }),
                (Matcher::Json(json), Plan::Json { selectors, .. }) => {
                    is_json && json.holds(captures, message, |selector| selectors[selector])
                }
                (Matcher::Delimited(delimited), _) => {
                    let fields = fields.get_or_insert_with(|| Fields::within(message, std::mem::take(buffer)));
                    delimited.matches(fields)
                }
                (matcher, _) => matcher.matches(message),
            };
            if matches {
                matched.insert(pattern);
            }
        });
        if let Some(fields) = fields {
            *buffer = fields.into_buffer();
        }
    }
}

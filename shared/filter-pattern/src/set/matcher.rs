//! One message against all patterns of a set.

use logweir_json::Text;

use super::bits::Bits;
use super::gate::Gate;
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
    /// The literals of the message were looked for.
    searched: bool,
    /// Whether the literals need be looked for.
    gate: Sieve,
    /// Whether a message need be read.
    sieve: Sieve,
    /// The message, where it is not what its literal is.
    text: String,
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
            searched: false,
            gate: Sieve::default(),
            sieve: Sieve::default(),
            text: String::new(),
            matches: Vec::new(),
            captures: Captures::new(&set.trie),
            fields: FieldsBuffer::default(),
        }
    }

    /// The numbers of the patterns that match, in their order.
    pub fn matches(&mut self, message: &str) -> &[usize] {
        if self.set.only_json && !looks_like_json(message) {
            return &[];
        }
        let is_open = self.is_open(|gate| gate.is_open_for(message));
        self.find(message, is_open);
        &self.matches
    }

    /// The text of a string, and the numbers of the patterns that match it, in their order; nothing if none does. Most
    /// strings that none matches are not even unescaped.
    pub fn matches_text<'t>(&'t mut self, text: &Text<'t>) -> Option<(&'t str, &'t [usize])> {
        let literal = text.canonical_literal();
        if self.set.only_json && literal.is_some_and(|literal| !may_look_like_json(literal)) {
            return None;
        }
        let is_open = self.is_open(|gate| literal.is_none_or(|literal| gate.is_open_for_literal(literal)));
        if !is_open && literal.is_some_and(|literal| self.is_ruled_out(literal)) {
            return None;
        }
        // Where nothing is escaped, nothing is copied.
        let plain = literal.filter(|literal| literal.len() == text.text_len());
        let message = if let Some(plain) = plain {
            self.find(plain, is_open);
            plain
        } else {
            let mut unescaped = std::mem::take(&mut self.text);
            unescape(text, &mut unescaped);
            self.find(&unescaped, is_open);
            self.text = unescaped;
            &self.text
        };
        (!self.matches.is_empty()).then_some((message, &*self.matches))
    }

    /// Begins with the next message: whether it may hold a word of any pattern, as far as its gate was asked.
    fn is_open(&mut self, ask: impl FnOnce(&Gate) -> bool) -> bool {
        self.message += 1;
        let Some(gate) = self.set.gate.as_ref().filter(|_| self.gate.pays(self.message)) else { return true };
        let is_open = ask(gate);
        self.gate.record(is_open);
        is_open
    }

    /// Whether no pattern can match a message whose gate is closed, by its canonical literal.
    fn is_ruled_out(&self, literal: &str) -> bool {
        let set = self.set;
        let Some(gate) = &set.gate else { return false };
        let needs_no_word = !set.always.is_empty() || !gate.alone.is_empty();
        !needs_no_word && (set.if_escaped.is_empty() || !gate.has_unicode_escape(literal))
    }

    /// Finds the patterns that match; where the gate is not open, the message holds no word that is worth a search.
    fn find(&mut self, message: &str, is_open: bool) {
        let set = self.set;
        self.matched.clear();
        self.candidates.clear();
        self.values_may_match = false;
        self.searched = is_open;
        self.consider(&set.always);
        let is_json = if !is_open {
            set.gate.iter().flat_map(|gate| &gate.alone).for_each(|pattern| self.candidates.insert(*pattern));
            self.may_need_json(message) && self.read_values(message)
        } else if set.only_values && !self.sieve.pays(self.message) {
            looks_like_json(message) && self.read_values(message)
        } else {
            self.consider_literals(message);
            let is_needed = self.may_need_json(message);
            if looks_like_json(message) && !set.trie.is_empty() {
                self.sieve.record(is_needed);
            }
            is_needed && self.read_values(message)
        };
        self.ask_candidates(message, is_json);
        self.matches.clear();
        let Self { matched, matches, .. } = self;
        matched.for_each(|pattern| matches.push(pattern));
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

    /// Whether a message may be JSON, and a JSON pattern may match it.
    fn may_need_json(&mut self, message: &str) -> bool {
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
        may_match
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
        let Self { set, message: number, searched, found, matched, candidates, captures, fields: buffer, .. } = self;
        let (searched, mut fields) = (*searched, None);
        candidates.for_each(|pattern| {
            let matches = match (&set.patterns[pattern].matcher, &set.plans[pattern]) {
                (Matcher::Terms(terms), Plan::Terms(pieces)) if searched => terms.matches_with(message, |literal| {
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

/// Whether the text of a canonical literal can be a JSON document; what is escaped before it may be a blank.
fn may_look_like_json(literal: &str) -> bool {
    matches!(literal.trim_ascii_start().as_bytes().first(), Some(b'{' | b'[' | b'\\'))
}

/// Writes the text of a string into memory that was used before.
fn unescape(text: &Text<'_>, out: &mut String) {
    let mut bytes = std::mem::take(out).into_bytes();
    bytes.clear();
    text.write_text(&mut bytes);
    // It is UTF-8; the lossy form only spares a panic path.
    *out = String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
}

//! Whether a message holds a word of any pattern at all: most hold none, and need no more than this search.

use std::collections::BTreeSet;

use aho_corasick::packed::Searcher;
use memchr::memmem::Finder;

use super::exponents::Exponents;
use super::fragments::fragments;
use crate::matcher::Words;

/// The shortest word that is worth a search.
const MIN_WORD: usize = 3;
/// Fragments that one search looks for, the crate's own bound: with more, too many places look like one of them.
const MAX_TOGETHER: usize = 64;
/// Searches that may go before the automaton; with more of them it would be the faster.
const MAX_SEARCHES: usize = 3;
/// Patterns that may be asked one by one where the automaton does not run.
const MAX_ALONE: usize = 4;

/// Looks for a part of a word of each pattern, with vector instructions (Teddy).
///
/// It can look at the literal that a message came in: a canonical one spells each character in one way, so that it
/// lacks the literal of a word only if its text lacks the word.
#[derive(Debug)]
pub(super) struct Gate {
    in_text: Vec<Searcher>,
    in_literal: Vec<Searcher>,
    /// Finds the fields that may be a number of a pattern in another notation.
    exponents: Option<Exponents>,
    /// Patterns whose words are too short to be looked for: a closed gate says nothing of them.
    pub(super) alone: Vec<usize>,
    /// How `\u` is spelt in a literal.
    unicode_escape: Finder<'static>,
}

/// The words of a pattern.
#[derive(Debug)]
pub(super) struct PatternWords {
    pub(super) pattern: usize,
    pub(super) words: Words,
    /// It may match without them where they are spelt in another way.
    pub(super) is_json: bool,
}

impl Gate {
    /// Nothing where it would not pay: with too many words, with too many short ones, or on a processor that
    /// cannot. `alone` counts the patterns that need the automaton and have no words.
    pub(super) fn new(patterns: &[PatternWords], alone: usize) -> Option<Self> {
        let is_short = |pattern: &&PatternWords| pattern.words.plain.iter().any(|word| word.len() < MIN_WORD);
        let (short, long): (Vec<_>, Vec<_>) = patterns.iter().partition(is_short);
        if short.len() + alone > MAX_ALONE || short.iter().any(|pattern| pattern.is_json) || long.is_empty() {
            return None;
        }
        let words = || long.iter().flat_map(|pattern| &pattern.words.plain);
        let before_exponents: BTreeSet<_> = long.iter().flat_map(|pattern| &pattern.words.before_exponents).collect();
        let exponents = if before_exponents.is_empty() { None } else { Some(Exponents::new(&before_exponents)?) };
        Some(Self {
            in_text: searchers(&words().map(|word| word.clone().into_bytes()).collect())?,
            in_literal: searchers(&words().map(|word| literal(word)).collect())?,
            exponents,
            alone: short.iter().map(|pattern| pattern.pattern).collect(),
            unicode_escape: Finder::new(r"\\u"),
        })
    }

    /// Whether a message may hold a word.
    pub(super) fn is_open_for(&self, message: &str) -> bool {
        self.is_open(&self.in_text, message)
    }

    /// Whether the text of a canonical literal may hold a word.
    pub(super) fn is_open_for_literal(&self, literal: &str) -> bool {
        self.is_open(&self.in_literal, literal)
    }

    fn is_open(&self, words: &[Searcher], message: &str) -> bool {
        words.iter().any(|searcher| searcher.find(message).is_some())
            || self.exponents.as_ref().is_some_and(|exponents| exponents.are_in(message))
    }

    /// Whether the text of a canonical literal may hold `\u`.
    pub(super) fn has_unicode_escape(&self, literal: &str) -> bool {
        self.unicode_escape.find(literal.as_bytes()).is_some()
    }
}

/// A word as it stands in a canonical literal.
fn literal(word: &str) -> Vec<u8> {
    let mut quoted = Vec::with_capacity(word.len() + 2);
    logweir_json::write_string(word, &mut quoted);
    quoted[1..quoted.len() - 1].to_vec()
}

fn searchers(words: &BTreeSet<Vec<u8>>) -> Option<Vec<Searcher>> {
    let fragments: Vec<_> = fragments(words).into_iter().collect();
    let searches = fragments.len().div_ceil(MAX_TOGETHER);
    if searches > MAX_SEARCHES {
        return None;
    }
    // Neighbours begin alike and are best looked for together.
    fragments.chunks(fragments.len().div_ceil(searches.max(1))).map(Searcher::new).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn gate(words: &[String]) -> Option<Gate> {
        let pattern = |(pattern, word): (usize, &String)| PatternWords {
            pattern,
            words: Words::of(vec![word.clone()]),
            is_json: false,
        };
        Gate::new(&words.iter().enumerate().map(pattern).collect::<Vec<_>>(), 0)
    }

    proptest! {
        #[test]
        fn it_is_open_where_a_word_is(
            words in prop::collection::vec("[ab\"\\\\\n\u{1}é]{3,20}", 1..90),
            message in "[abc\"\\\\\n\u{1}é]{0,80}",
            word: prop::sample::Index,
        ) {
            let Some(gate) = gate(&words) else { return Ok(()) };
            for message in [format!("{message}{}{message}", word.get(&words)), message] {
                let literal = String::from_utf8(literal(&message)).expect("UTF-8");
                if words.iter().any(|word| message.contains(word.as_str())) {
                    prop_assert!(gate.is_open_for(&message) && gate.is_open_for_literal(&literal), "{message:?}");
                }
            }
        }
    }

    #[test]
    fn it_is_closed_where_no_word_is() {
        let words = ["ERROR", "\"level\"", "5\""].map(str::to_owned);
        let gate = gate(&words).expect("a processor of this decade");
        for (message, is_open) in
            [("INFO fine, nothing to see", false), ("", false), ("an ERROR", true), ("{\"level\":1}", true)]
        {
            let literal = String::from_utf8(literal(message)).expect("UTF-8");
            assert_eq!(
                (gate.is_open_for(message), gate.is_open_for_literal(&literal)),
                (is_open, is_open),
                "{message}"
            );
        }
        assert_eq!(gate.alone, [2]);
        assert!(gate.has_unicode_escape(r"\\u0041") && !gate.has_unicode_escape(r"\u0041 \\n"));
    }

    #[test]
    fn there_is_none_where_it_would_not_pay() {
        assert!(gate(&[]).is_none());
        assert!(gate(&["a", "b", "c", "d", "e", "long"].map(str::to_owned)).is_none());
        // No two begin alike.
        let words = (0..1_000).map(|number: u32| format!("{:x}", number.wrapping_mul(0x9e37_79b9) | 1 << 31));
        assert!(gate(&words.collect::<Vec<_>>()).is_none());
    }
}

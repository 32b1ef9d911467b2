//! One pass for all literals.

use aho_corasick::automaton::{Automaton, StateID};
use aho_corasick::nfa::{contiguous, noncontiguous};
use aho_corasick::{Anchored, BuildError, MatchKind, dfa};

/// Literals of this many bytes in all get the fastest automaton, whose memory is up to a thousand times that.
const MAX_DFA_BYTES: usize = 8_192;

/// Bytes of a literal that are looked for; with long ones the parts of a message would overlap too much.
const MAX_PIECE: usize = 12;

/// The part of a literal that is looked for, the last: names differ there more than where they begin. It is the whole
/// literal if that is short.
pub(super) fn piece(literal: &str) -> &str {
    let begin = (literal.len().saturating_sub(MAX_PIECE)..literal.len()).find(|at| literal.is_char_boundary(*at));
    &literal[begin.unwrap_or(0)..]
}

/// Parts of a message that are searched side by side: each step of an automaton waits for the one before, and a processor
/// can wait for several at once.
const LANES: usize = 4;

/// Looks for many literals at once (Aho-Corasick).
#[derive(Debug)]
pub(super) struct Literals {
    automaton: Kind,
    longest: usize,
}

#[derive(Debug)]
enum Kind {
    Dfa(dfa::DFA),
    Nfa(contiguous::NFA),
}

impl Literals {
    /// Literals are numbered as they come; none is empty.
    pub(super) fn new(literals: &[String]) -> Result<Self, BuildError> {
        let bytes: usize = literals.iter().map(String::len).sum();
        let longest = literals.iter().map(String::len).max().unwrap_or(1);
        let nfa = noncontiguous::Builder::new().match_kind(MatchKind::Standard).prefilter(false).build(literals)?;
        let automaton = if bytes <= MAX_DFA_BYTES {
            Kind::Dfa(dfa::Builder::new().prefilter(false).build_from_noncontiguous(&nfa)?)
        } else {
            Kind::Nfa(contiguous::Builder::new().prefilter(false).build_from_noncontiguous(&nfa)?)
        };
        Ok(Self { automaton, longest })
    }

    /// Calls `found` with each literal that the message holds, once or more often.
    pub(super) fn find(&self, message: &str, found: impl FnMut(usize)) {
        match &self.automaton {
            Kind::Dfa(dfa) => self.find_with(dfa, message.as_bytes(), found),
            Kind::Nfa(nfa) => self.find_with(nfa, message.as_bytes(), found),
        }
    }

    fn find_with<A: Automaton>(&self, automaton: &A, message: &[u8], mut found: impl FnMut(usize)) {
        // Both automata begin anywhere.
        let Ok(start) = automaton.start_state(Anchored::No) else { return };
        let next = |state: StateID, byte: u8| automaton.next_state(Anchored::No, state, byte);
        let mut report = |state: StateID| report(automaton, state, &mut found);
        // A part goes on where the next has begun, so that a literal across the border is found.
        let part = message.len() / LANES;
        let overlap = self.longest - 1;
        let mut states = [start; LANES];
        let mut lanes = [message, &[], &[], &[]];
        if part > overlap {
            lanes = std::array::from_fn(|lane| {
                let end = if lane + 1 == LANES { message.len() } else { part * (lane + 1) + overlap };
                &message[part * lane..end.min(message.len())]
            });
            let together = lanes.iter().map(|lane| lane.len()).min().unwrap_or(0);
            let [mut one, mut two, mut three, mut four] = states;
            let [first, second, third, fourth] = lanes.map(|lane| &lane[..together]);
            for (((first, second), third), fourth) in first.iter().zip(second).zip(third).zip(fourth) {
                one = next(one, *first);
                two = next(two, *second);
                three = next(three, *third);
                four = next(four, *fourth);
                let special = [one, two, three, four].map(|state| automaton.is_special(state));
                // All four at once: mostly none is.
                if special[0] | special[1] | special[2] | special[3] {
                    for (state, is_special) in [one, two, three, four].into_iter().zip(special) {
                        if is_special {
                            report(state);
                        }
                    }
                }
            }
            states = [one, two, three, four];
            lanes = lanes.map(|lane| &lane[together..]);
        }
        for (lane, mut state) in lanes.into_iter().zip(states) {
            for byte in lane {
                state = next(state, *byte);
                if automaton.is_special(state) {
                    report(state);
                }
            }
        }
    }
}

/// The literals that end at a state, if it is one where some do.
#[inline(never)]
fn report<A: Automaton>(automaton: &A, state: StateID, found: &mut impl FnMut(usize)) {
    if automaton.is_match(state) {
        (0..automaton.match_len(state)).for_each(|index| found(automaton.match_pattern(state, index).as_usize()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(literals: &[String], message: &str) {
        let mut found = vec![false; literals.len()];
        Literals::new(literals).expect("few literals").find(message, |literal| found[literal] = true);
        let expected: Vec<_> = literals.iter().map(|literal| message.contains(literal.as_str())).collect();
        assert_eq!(found, expected, "{literals:?} in {message:?}");
    }

    proptest! {
        #[test]
        fn each_literal_is_found_where_there_is_one(literals in prop::collection::vec("[ab]{1,5}", 1..6), message in "[abc]{0,60}") {
            check(&literals, &message);
        }
    }

    #[test]
    fn many_literals_are_found_too() {
        let literals: Vec<_> = (0..2000).map(|number| format!("word{number}!")).collect();
        check(&literals, &format!("{} word7! {} word1999!", "x".repeat(300), "word".repeat(50)));
    }
}

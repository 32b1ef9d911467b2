//! Patterns and messages that have to do with them: the matcher, and a set of up to four patterns, agree with the slow
//! evaluator of the property tests.
//!
//! An input is choices that the generator of the property tests reads; or, behind a line's end, a pattern and messages as they
//! are, set apart by U+001E.
#![no_main]

#[path = "../../shared/filter-pattern/tests/generate/mod.rs"]
mod generate;
#[allow(dead_code, reason = "its named values are for the property tests")]
#[path = "../../shared/filter-pattern/tests/naive/mod.rs"]
mod naive;

use std::cell::RefCell;
use std::collections::HashMap;

use generate::{Choices, Vocabulary};
use libfuzzer_sys::fuzz_target;
use logweir_filter_pattern::{FilterPattern, PatternSet, Strictness};

fuzz_target!(|bytes: &[u8]| {
    if let [b'\n', text @ ..] = bytes {
        if let Ok(text) = std::str::from_utf8(text) {
            as_text(text);
        }
        return;
    }
    let mut choices = Choices::new(bytes);
    // One input in sixteen makes a set, whose automata take longer to build than all else. Its bytes decide and no choice does:
    // the fuzzer would choose little but sets.
    let sum = bytes.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
    let count = if sum % 16 == 0 { 2 + choices.below(3) } else { 1 };
    let mut text = String::new();
    let mut patterns = Vec::new();
    let only_equalities = count > 1 && choices.below(2) == 1;
    for _ in 0..count {
        if only_equalities {
            generate::equality(&mut choices, &mut text);
        } else {
            generate::pattern(&mut choices, &mut text);
        }
        patterns.extend(parse(&text));
    }
    if patterns.is_empty() {
        return;
    }
    let mut vocabulary = Vocabulary::default();
    patterns.iter().for_each(|pattern| vocabulary.add(pattern.syntax()));
    let mut messages = [String::new(), String::new()];
    messages.iter_mut().for_each(|message| generate::message(&mut choices, &vocabulary, message));
    if count == 1 {
        for message in &messages {
            check(&patterns[0], message);
        }
    } else {
        check_set(&patterns, &messages);
    }
});

fn as_text(text: &str) {
    let mut parts = text.split('\u{1e}');
    let Some(pattern) = parse(parts.next().unwrap_or_default()) else { return };
    for message in parts.take(4) {
        check(&pattern, message);
    }
}

/// Patterns parsed last. Most inputs change the messages only, and a regular expression takes an engine long to build.
const MAX_KNOWN: usize = 4_096;

thread_local! {
    static KNOWN: RefCell<HashMap<String, Option<FilterPattern>>> = RefCell::default();
}

fn parse(text: &str) -> Option<FilterPattern> {
    KNOWN.with_borrow_mut(|known| {
        if let Some(pattern) = known.get(text) {
            return pattern.clone();
        }
        if known.len() == MAX_KNOWN {
            known.clear();
        }
        let pattern = FilterPattern::parse_with(text, Strictness::Relaxed).ok();
        known.insert(text.to_owned(), pattern.clone());
        pattern
    })
}

/// Compares one pattern with the slow evaluator; whether the message matches.
fn check(pattern: &FilterPattern, message: &str) -> bool {
    let is_match = naive::matches(pattern.syntax(), message);
    assert_eq!(pattern.matches(message), is_match, "{pattern} on {message:?}");
    if !is_match {
        return false;
    }
    let found = pattern.extract(message).expect("it matches");
    let expected = naive::extract(pattern.syntax(), message).expect("it matches");
    let is_same = |(field, (name, value)): (&logweir_filter_pattern::Field<'_>, &(String, String))| {
        field.name == *name && field.value == *value
    };
    let agrees = found.len() == expected.len() && found.iter().zip(&expected).all(is_same);
    assert!(agrees, "{pattern} on {message:?}: {found:?} and not {expected:?}");
    let mut end = None;
    for place in pattern.highlights(message) {
        assert!(message.get(place.clone()).is_some_and(|text| !text.is_empty()), "{pattern} on {message:?}");
        assert!(end.is_none_or(|end| end < place.start), "{pattern} on {message:?}");
        end = Some(place.end);
    }
    true
}

fn check_set(patterns: &[FilterPattern], messages: &[String]) {
    let set = PatternSet::new(patterns.iter().cloned()).expect("few literals");
    let mut matcher = set.matcher();
    for message in messages {
        let expected: Vec<_> = (0..patterns.len()).filter(|number| check(&patterns[*number], message)).collect();
        assert_eq!(matcher.matches(message), expected, "{patterns:?} on {message:?}");
        let mut literal = Vec::new();
        logweir_json::write_string(message, &mut literal);
        let literal = String::from_utf8(literal).expect("UTF-8");
        let text = logweir_json::Scanner::new(&literal).string().expect("a string");
        let found = matcher.matches_text(&text);
        let expected = (!expected.is_empty()).then_some((message.as_str(), &*expected));
        assert_eq!(found, expected, "{patterns:?} on {message:?}");
    }
}

//! What holds for every pattern and every message: the matcher agrees with the slow evaluator of `naive`, sets agree with
//! single patterns, and a pattern is what it is written as.

mod generate;
mod naive;

use generate::{Choices, Vocabulary};
use logweir_filter_pattern::{Extractor, FilterPattern, PatternSet, Strictness};
use logweir_json::Scanner;
use proptest::prelude::*;

/// Bytes to make patterns and messages of.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..300)
}

/// Patterns that are valid, of those that the bytes make.
fn patterns(choices: &mut Choices<'_>, count: usize) -> Vec<FilterPattern> {
    let mut text = String::new();
    let mut valid = Vec::new();
    for _ in 0..count {
        generate::pattern(choices, &mut text);
        valid.extend(check_pattern(&text));
    }
    valid
}

/// Patterns that a set looks up by the values of a message.
fn equalities(choices: &mut Choices<'_>, count: usize) -> Vec<FilterPattern> {
    let mut text = String::new();
    let mut next = || {
        generate::equality(choices, &mut text);
        check_pattern(&text)
    };
    (0..count).filter_map(|_| next()).collect()
}

/// Everything that holds for a text that may be a pattern; the pattern if it is one.
fn check_pattern(text: &str) -> Option<FilterPattern> {
    let relaxed = FilterPattern::parse_with(text, Strictness::Relaxed);
    match FilterPattern::parse(text) {
        Ok(pattern) => assert_eq!(relaxed.as_ref(), Ok(&pattern), "what AWS takes is taken: {text:?}"),
        Err(error) => {
            check_error(&error, text);
            if let Err(error) = &relaxed {
                check_error(error, text);
            }
        }
    }
    let pattern = relaxed.ok()?;
    let written = pattern.to_string();
    let again = FilterPattern::parse_with(&written, Strictness::Relaxed);
    let again = again.unwrap_or_else(|error| panic!("{text:?} is written {written:?}, which is refused: {error}"));
    assert_eq!(again, pattern, "{text:?} is written {written:?}");
    assert_eq!(again.to_string(), written);
    assert!(pattern.explain().contains(&written));
    Some(pattern)
}

fn check_error(error: &logweir_filter_pattern::PatternError, text: &str) {
    let span = error.span();
    assert!(text.get(span.clone()).is_some(), "{span:?} is no part of {text:?}: {error}");
    assert!(!error.to_string().is_empty() && !error.what().contains('\n'));
}

/// Everything that holds for one pattern and one message.
fn check_message(pattern: &FilterPattern, message: &str) -> Result<bool, TestCaseError> {
    let expected = naive::matches(pattern.syntax(), message);
    prop_assert_eq!(pattern.matches(message), expected, "{} on {:?}", pattern, message);
    let values = pattern.extract(message);
    let values = values.map(|fields| fields.into_iter().map(|f| (f.name, f.value.into_owned())).collect::<Vec<_>>());
    prop_assert_eq!(&values, &naive::extract(pattern.syntax(), message), "{} on {:?}", pattern, message);
    let highlights = pattern.highlights(message);
    let mut end = None;
    for place in &highlights {
        prop_assert!(message.get(place.clone()).is_some_and(|text| !text.is_empty()), "{} on {:?}", pattern, message);
        prop_assert!(end.is_none_or(|end| end < place.start), "{} on {:?}: {:?}", pattern, message, highlights);
        end = Some(place.end);
    }
    prop_assert!(expected || highlights.is_empty());
    check_extractor(pattern, message, values.unwrap_or_default())?;
    Ok(expected)
}

fn check_extractor(pattern: &FilterPattern, message: &str, values: Vec<(String, String)>) -> Result<(), TestCaseError> {
    if !pattern.matches(message) {
        return Ok(());
    }
    let numbers = (1..8).map(|number| format!("${number}"));
    let mut names: Vec<_> = values.into_iter().map(|(name, _)| name).chain(numbers).collect();
    names.extend(["$a", "$c", "$0", "$b.a", "a", "$", "$.a", "$[0]"].map(str::to_owned));
    let mut together = (Vec::new(), Vec::new());
    for name in &names {
        match (Extractor::new(pattern, &[name]), naive::named(pattern.syntax(), name, message)) {
            (Ok(extractor), Ok(expected)) => {
                let found = extractor.extract(message);
                prop_assert_eq!(found.len(), 1);
                prop_assert_eq!(found[0].as_deref(), expected.as_deref(), "{} of {} on {:?}", name, pattern, message);
                together.0.push(name.as_str());
                together.1.push(expected);
            }
            // The slow evaluator knows the selectors of the pattern only.
            (Ok(_), Err(_)) => {
                prop_assert!(name.starts_with("$.") || name.starts_with("$["), "{} of {}", name, pattern);
            }
            (Err(error), expected) => {
                prop_assert!(expected.is_err(), "{} of {} on {:?}: {}", name, pattern, message, error);
                check_error(&error, name);
            }
        }
    }
    let found = Extractor::new(pattern, &together.0).expect("each is valid").extract(message);
    let found: Vec<_> = found.into_iter().map(|value| value.map(std::borrow::Cow::into_owned)).collect();
    prop_assert_eq!(found, together.1, "{:?} of {} on {:?}", together.0, pattern, message);
    Ok(())
}

fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) }
}

proptest! {
    #![proptest_config(cases(12_000))]

    #[test]
    fn a_pattern_does_what_it_says(bytes in bytes()) {
        let mut choices = Choices::new(&bytes);
        for pattern in patterns(&mut choices, 1) {
            let mut vocabulary = Vocabulary::default();
            vocabulary.add(pattern.syntax());
            let mut message = String::new();
            for _ in 0..3 {
                generate::message(&mut choices, &vocabulary, &mut message);
                check_message(&pattern, &message)?;
            }
        }
    }

    #[test]
    fn any_text_is_a_pattern_or_is_refused_with_a_place(text in "\\PC{0,40}") {
        check_pattern(&text);
    }
}

proptest! {
    #![proptest_config(cases(3_000))]

    #[test]
    fn a_set_is_its_patterns(bytes in prop::collection::vec(any::<u8>(), 0..1_500)) {
        let mut choices = Choices::new(&bytes);
        let count = 1 + choices.below(60);
        let patterns = if choices.below(2) == 0 { patterns(&mut choices, count) } else { equalities(&mut choices, count) };
        let mut vocabulary = Vocabulary::default();
        for pattern in &patterns {
            vocabulary.add(pattern.syntax());
        }
        let set = PatternSet::new(patterns.iter().cloned()).expect("few literals");
        let mut matcher = set.matcher();
        let mut messages = [const { String::new() }; 5];
        for message in &mut messages {
            generate::message(&mut choices, &vocabulary, message);
        }
        let expected = messages.each_ref().map(|message| -> Vec<usize> {
            (0..patterns.len()).filter(|number| patterns[*number].matches(message)).collect()
        });
        // A matcher learns from many messages how to search; what it finds does not change.
        for round in 0..20 {
            for (message, expected) in messages.iter().zip(&expected) {
                prop_assert_eq!(matcher.matches(message), expected, "{} in round {} of {:?}", message, round, patterns);
            }
        }
    }
}

/// A message as a string literal, as this crate writes it and with every character escaped.
fn literals(message: &str) -> [String; 2] {
    let mut literal = Vec::new();
    logweir_json::write_string(message, &mut literal);
    let units: Vec<_> = message.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
    [String::from_utf8(literal).expect("UTF-8"), format!("\"{}\"", units.concat())]
}

proptest! {
    #![proptest_config(cases(6_000))]

    /// Few patterns, as then most messages are ruled out by one search.
    #[test]
    fn a_set_finds_the_same_in_a_literal(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let mut choices = Choices::new(&bytes);
        let count = 1 + choices.below(4);
        let patterns = patterns(&mut choices, count);
        let mut vocabulary = Vocabulary::default();
        for pattern in &patterns {
            vocabulary.add(pattern.syntax());
        }
        let set = PatternSet::new(patterns.iter().cloned()).expect("few literals");
        let mut matcher = set.matcher();
        let mut message = String::new();
        for _ in 0..6 {
            generate::message(&mut choices, &vocabulary, &mut message);
            let expected: Vec<_> = (0..patterns.len()).filter(|number| patterns[*number].matches(&message)).collect();
            prop_assert_eq!(matcher.matches(&message), &expected, "{} of {:?}", message, patterns);
            for literal in literals(&message) {
                let text = Scanner::new(&literal).string().expect("a string");
                let found = matcher.matches_text(&text);
                let expected = (!expected.is_empty()).then_some((message.as_str(), expected.as_slice()));
                prop_assert_eq!(found, expected, "{} of {:?}", literal, patterns);
            }
        }
    }
}

/// The random messages are worth something only if patterns and messages of every syntax meet.
#[test]
fn a_good_part_of_the_messages_match() {
    use logweir_filter_pattern::ast::Syntax;
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;

    let mut runner = TestRunner::deterministic();
    // For each syntax: pairs seen, and pairs that match.
    let mut counts = [(0, 0); 3];
    for _ in 0..4_000 {
        let bytes = bytes().new_tree(&mut runner).expect("bytes").current();
        let mut choices = Choices::new(&bytes);
        for pattern in patterns(&mut choices, 1) {
            let mut vocabulary = Vocabulary::default();
            vocabulary.add(pattern.syntax());
            let mut message = String::new();
            generate::message(&mut choices, &vocabulary, &mut message);
            let count = match pattern.syntax() {
                Syntax::Everything => continue,
                Syntax::Terms(_) => &mut counts[0],
                Syntax::Delimited(_) => &mut counts[1],
                Syntax::Json(_) => &mut counts[2],
            };
            count.0 += 1;
            count.1 += usize::from(pattern.matches(&message));
        }
    }
    for (pairs, matching) in counts {
        assert!(pairs > 400 && matching * 10 > pairs && matching * 10 < pairs * 9, "{counts:?}");
    }
}

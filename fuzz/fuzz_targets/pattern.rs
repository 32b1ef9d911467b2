//! Any text as a filter pattern: no panic; what is taken is written in a form that is read again the same, what is refused is
//! refused at a place.
#![no_main]

use libfuzzer_sys::fuzz_target;
use logweir_filter_pattern::{Extractor, FilterPattern, PatternError, Strictness};

fuzz_target!(|text: &str| {
    let pattern = match FilterPattern::parse(text) {
        Ok(pattern) => pattern,
        Err(error) => {
            check_error(&error, text);
            match FilterPattern::parse_with(text, Strictness::Relaxed) {
                Ok(pattern) => pattern,
                Err(error) => return check_error(&error, text),
            }
        }
    };
    let written = pattern.to_string();
    let again = match FilterPattern::parse_with(&written, Strictness::Relaxed) {
        Ok(again) => again,
        Err(error) => panic!("{text:?} is written {written:?}, which is refused: {error}"),
    };
    assert_eq!(again.syntax(), pattern.syntax(), "{text:?} is written {written:?}");
    assert_eq!(again.to_string(), written);
    assert!(pattern.explain().contains(&written));
    for name in ["$a", "$1", "$.a[0]", text] {
        match Extractor::new(&pattern, &[name]) {
            Ok(extractor) => assert_eq!(extractor.extract(text).len(), 1),
            Err(error) => check_error(&error, name),
        }
    }
    // A pattern is as good a message as any.
    let is_match = pattern.matches(text);
    assert_eq!(pattern.extract(text).is_some(), is_match);
    assert!(is_match || pattern.highlights(text).is_empty());
});

fn check_error(error: &PatternError, text: &str) {
    assert!(text.get(error.span()).is_some(), "{:?} is no part of {text:?}: {error}", error.span());
    assert!(!error.to_string().is_empty());
}

//! Files that mean harm, and files that are broken anywhere.

use std::fmt::Write;

use logweir_rules::{MAX_ALARMS, MAX_RULES_BYTES, Rules, library};
use proptest::prelude::*;

fn problems(text: &str) -> String {
    Rules::parse(text).map_or_else(|problems| problems.to_string(), |_| String::new())
}

#[test]
fn hostile_files_are_refused_with_few_words() {
    let bomb = {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..40 {
            let _ = writeln!(text, "a{level}: &a{level} [{}]", vec![format!("*a{}", level - 1); 9].join(", "));
        }
        text
    };
    for (text, said) in [
        ("[".repeat(200_000), "levels are nested"),
        ("{a: ".repeat(50_000), "levels are nested"),
        ("- ".repeat(100_000), "levels are nested"),
        ("? ".repeat(100_000), "levels are nested"),
        ((0..500).fold(String::new(), |text, level| text + &" ".repeat(level) + "a:\n"), "levels are nested"),
        (bomb, "an alias (*) is not read"),
        ("a".repeat(MAX_RULES_BYTES + 1), "are read at most"),
        ("version: 1\nalarms: *x".to_owned(), "this is not YAML"),
        ("version: 1\n---\nversion: 1".to_owned(), "second document"),
        ("version: !!int 1".to_owned(), "a tag (!) is not read"),
        (String::new(), "the file is empty"),
        ("# nothing\n".to_owned(), "the file is empty"),
        ("hello".to_owned(), "the file is no mapping"),
        ("version: 1\nalarms:\n\t- name: a".to_owned(), "this is not YAML"),
        ("version: 1\nalarms: [".to_owned(), "this is not YAML"),
        ("version: 1\nalarms: [{name: \"\\uD800\"}]".to_owned(), "this is not YAML"),
        ("\u{0}".to_owned(), ""),
        ("%YAML 9.9\n---\nversion: 1".to_owned(), ""),
        (format!("version: 1\nalarms: [{}]", "{},".repeat(MAX_ALARMS + 1)), "alarms"),
        ("version: 1\n".to_owned() + &"a: 1\n".repeat(50_000), "twice"),
        (
            format!("version: 1\n{}", (0..20_000).fold(String::new(), |text, key| text + &format!("k{key}: 1\n"))),
            "more than 100 keys",
        ),
    ] {
        let told = problems(&text);
        assert!(told.contains(said), "{said}: {}", told.chars().take(300).collect::<String>());
        assert!(told.len() < 80_000, "{said}: {}", told.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn any_text_is_read_or_refused(text: String) {
        let _ = Rules::parse(&text);
    }

    #[test]
    fn a_broken_file_is_read_or_refused(
        file in 0..library().len(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..12_usize, "[-:*&!|>{}\\[\\]'\"#%,?~\n\t a0é\\\\]{0,4}"), 1..6),
    ) {
        let mut text = library()[file].1.to_owned();
        for (place, length, new) in edits {
            let floor = |text: &str, at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            let start = floor(&text, place.index(text.len() + 1));
            let end = floor(&text, start + length).max(start);
            text.replace_range(start..end, &new);
        }
        match Rules::parse(&text) {
            Ok(checked) => prop_assert!(checked.rules.alarms.len() <= MAX_ALARMS),
            Err(problems) => {
                prop_assert!(!problems.0.is_empty());
                for problem in problems.0 {
                    prop_assert!(problem.line <= text.lines().count() + 1 && !problem.advice.is_empty());
                }
            }
        }
    }
}

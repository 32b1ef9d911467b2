//! Cases from AWS's documentation, from observations of AWS and from other implementations, each with its source.
//!
//! `vectors.jsonl`: a case a line, `uncertain` where nobody knows. docs/filter-patterns.md names what was decided there.

use std::collections::BTreeMap;

use logweir_filter_pattern::FilterPattern;
use serde_json::Value;

/// Uncertain cases that are decided otherwise, and why.
const DECIDED_OTHERWISE: [(&str, &str); 0] = [];

fn disagreement(case: &Value) -> Option<String> {
    let text = |key: &str| case[key].as_str().unwrap_or_default();
    let pattern = match FilterPattern::parse(text("pattern")) {
        Ok(_) if case["invalid"] == true => return Some("it was accepted".to_owned()),
        Ok(pattern) => pattern,
        Err(_) if case["invalid"] == true => return None,
        Err(error) => return Some(format!("it was refused: {error}")),
    };
    let matches = pattern.matches(text("message"));
    if case["match"] != matches {
        return Some(format!("match: {matches}"));
    }
    let extracted = pattern.extract(text("message"))?;
    let extracted: BTreeMap<_, _> =
        extracted.into_iter().map(|field| (field.name, Value::from(field.value.into_owned()))).collect();
    let expected = case.get("extract")?.as_object().expect("an object");
    let expected: BTreeMap<_, _> = expected.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    (expected != extracted).then(|| format!("extracted {extracted:?}"))
}

#[test]
fn every_case_agrees() {
    let cases = include_str!("vectors.jsonl").lines().map(|line| serde_json::from_str::<Value>(line).expect("a case"));
    let mut wrong = Vec::new();
    let mut count = 0;
    for case in cases {
        count += 1;
        let found = disagreement(&case);
        let decided = DECIDED_OTHERWISE.iter().any(|(pattern, message)| {
            case["pattern"] == *pattern && case["message"].as_str().unwrap_or("") == *message
        });
        assert!(!decided || case["uncertain"] == true, "only an uncertain case may be decided otherwise: {case}");
        match found {
            Some(what) if !decided => wrong.push(format!("{case}\n  {what}")),
            None if decided => wrong.push(format!("{case}\n  agrees now: leave it out of the list")),
            _ => {}
        }
    }
    assert_eq!(count, 330);
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}

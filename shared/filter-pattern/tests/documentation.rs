//! Every example of docs/filter-patterns.md does what it says.

use logweir_filter_pattern::FilterPattern;

/// A block of the page: the number of its first line, and its lines.
fn examples() -> Vec<(usize, Vec<&'static str>)> {
    let page = include_str!("../../../docs/filter-patterns.md");
    let mut examples = Vec::new();
    let mut current: Option<(usize, Vec<&str>)> = None;
    for (index, line) in page.lines().enumerate() {
        match &mut current {
            None if line == "```diff" => current = Some((index + 2, Vec::new())),
            Some(_) if line == "```" => examples.extend(current.take()),
            Some((_, lines)) => lines.push(line),
            None => {}
        }
    }
    examples
}

#[test]
fn every_example_does_what_it_says() {
    let examples = examples();
    assert!(examples.len() > 40, "the page has examples");
    for (number, lines) in examples {
        let text = lines[0].strip_prefix(' ').expect("the first line of an example is the pattern behind a blank");
        let place = format!("docs/filter-patterns.md, line {number}: {text}");
        assert!(lines.len() > 1, "{place}: shows nothing");
        let pattern = FilterPattern::parse(text);
        let (mut fields, mut shown) = (Vec::new(), None);
        for line in &lines[1..] {
            let (sign, rest) = line.split_at(1);
            match (sign, &pattern) {
                ("!", Err(error)) => {
                    let told = format!("{} {}", error.what(), error.advice().unwrap_or_default());
                    assert!(told.contains(rest.trim()), "{place}: is refused so: {told}");
                }
                ("!", Ok(_)) => panic!("{place}: is not refused"),
                (_, Err(error)) => panic!("{place}: {error}"),
                ("+", Ok(pattern)) => {
                    assert!(shown.is_none_or(|next| next == 0 || next == fields.len()), "{place}: fields are left out");
                    let extracted = pattern.extract(rest);
                    let extracted = extracted.unwrap_or_else(|| panic!("{place}: does not match {rest}"));
                    fields = extracted.iter().map(|field| format!("{} = {}", field.name, field.value)).collect();
                    shown = Some(0);
                }
                ("-", Ok(pattern)) => assert!(!pattern.matches(rest), "{place}: matches {rest}"),
                ("#", Ok(_)) => {
                    let next = shown.expect("fields follow the message that they are of");
                    assert_eq!(fields.get(next).map(String::as_str), Some(rest.trim()), "{place}");
                    shown = Some(next + 1);
                }
                _ => panic!("{place}: {line} begins with none of + - # !"),
            }
        }
        assert!(shown.is_none_or(|next| next == 0 || next == fields.len()), "{place}: fields are left out");
    }
}

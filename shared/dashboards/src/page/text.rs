//! Text in HTML and SVG. What is shown was written by whoever can make a program log a line.

/// Text that is nothing but text, between tags as between quotes.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\n' | '\t' => escaped.push(character),
            // Control characters are none in HTML; marks of direction would turn what follows around.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => escaped.push('\u{fffd}'),
            _ if character.is_control() => escaped.push('\u{fffd}'),
            _ => escaped.push(character),
        }
    }
    escaped
}

/// At most so many characters: head and tail, which tell names apart.
pub(super) fn shorten(text: &str, limit: usize) -> String {
    let characters: Vec<_> = text.chars().collect();
    if characters.len() <= limit {
        return text.to_owned();
    }
    let tail = limit.saturating_sub(1) * 2 / 5;
    let head = limit.saturating_sub(1) - tail;
    let part = |characters: &[char]| characters.iter().collect::<String>();
    format!("{}…{}", part(&characters[..head]), part(&characters[characters.len() - tail..]))
}

/// A coordinate, to a tenth of a pixel.
pub(super) fn px(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// The attributes by which tests and people who cannot see know a chart.
pub(super) fn attributes(id: &str, label: &str, marks: usize) -> String {
    format!(
        "role=\"img\" aria-label=\"{}\" data-panel=\"{}\" data-marks=\"{marks}\" data-empty=\"{}\"",
        escape(label),
        escape(id),
        marks == 0
    )
}

#[cfg(test)]
mod tests {
    use super::{escape, px, shorten};

    #[test]
    fn text_stays_text() {
        assert_eq!(
            escape("<a b=\"c\" d='e'>&\0\u{202e}"),
            "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;\u{fffd}\u{fffd}"
        );
        assert_eq!(shorten("/aws/lambda/one-two-three", 11), "/aws/l…hree");
        assert_eq!(shorten("äöü", 3), "äöü");
        assert_eq!(shorten("äöü", 1), "…");
        assert_eq!(shorten("äöü", 0), "…");
        assert_eq!((px(1.0), px(1.25)), ("1".to_owned(), "1.2".to_owned()));
    }
}

//! Texts as messages show them: nothing unseen, nothing without end.

use std::fmt::Write as _;

use jiff::Timestamp;

/// What was cut ends so.
const CUT: char = '…';

/// Whether a character cannot be seen, or makes others look different: line breaks and other control characters, changes of the
/// direction of writing, spaces without width, and what is no character at all. Joiners stay: emoji and some scripts need them.
pub(super) fn is_unseen(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}'
            | '\u{e0000}'..='\u{e007f}')
}

/// A text in one line in which all can be seen: a line break is shown as `\n`.
pub(super) fn visible(text: &str) -> String {
    push_visible(text, |_| false)
}

/// As [`visible`], with tabs as they are.
pub(super) fn visible_with_tabs(text: &str) -> String {
    push_visible(text, |character| character == '\t')
}

fn push_visible(text: &str, stays: impl Fn(char) -> bool) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if is_unseen(character) && !stays(character) {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown
}

/// A log line, whose line breaks stay; each line begins with `indent`, so that none can be taken for one of the message's own.
pub(super) fn block(text: &str, indent: &str) -> String {
    let mut shown = String::with_capacity(text.len() + indent.len());
    for line in text.trim_end().lines() {
        let line = format!("{indent}{}", visible_with_tabs(line));
        _ = writeln!(shown, "{}", line.trim_end());
    }
    if shown.is_empty() {
        _ = writeln!(shown, "{indent}(an empty line)");
    }
    shown
}

/// At most so many characters of a text.
pub(super) fn shorten(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        None => text.to_owned(),
        Some(_) => text.chars().take(characters.saturating_sub(1)).chain((characters > 0).then_some(CUT)).collect(),
    }
}

/// At most so many bytes of a text.
pub(super) fn shorten_bytes(text: &str, bytes: usize) -> String {
    if text.len() <= bytes {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(bytes.saturating_sub(CUT.len_utf8()));
    format!("{}{CUT}", &text[..end])
}

/// At most so many characters of an ASCII text, cut between words unless that leaves less than half.
pub(super) fn shorten_words(text: &str, characters: usize) -> String {
    const END: &str = "..";
    if text.len() <= characters {
        return text.to_owned();
    }
    let Some(room) = characters.checked_sub(END.len()) else { return String::new() };
    let end = text.floor_char_boundary(room);
    let head = &text[..end];
    // The next character begins a word or not: a whole word at the end may stay.
    let words = if text[end..].starts_with(' ') { Some(end) } else { head.rfind(' ') };
    let end = words.filter(|&space| space * 2 >= end).unwrap_or(end);
    format!("{}{END}", head[..end].trim_end())
}

/// Printable ASCII: what is not is shown as `?`, an unseen character as a space.
pub(super) fn ascii(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            ' '..='~' => character,
            other if is_unseen(other) || other.is_whitespace() => ' ',
            _ => '?',
        })
        .collect()
}

/// ASCII that is in the GSM alphabet without escapes, so that an SMS holds as many characters as it counts.
pub(super) fn gsm(text: &str) -> String {
    ascii(text)
        .chars()
        .map(|character| match character {
            '[' | '{' => '(',
            ']' | '}' => ')',
            '\\' | '|' => '/',
            '^' | '~' => '-',
            '`' => '\'',
            other => other,
        })
        .collect()
}

/// A time in milliseconds since 1970 as `2026-11-21T10:00:00.123Z`. One that is out of all bounds becomes the nearest that is not.
pub(super) fn time(milliseconds: i64) -> String {
    let nearest = if milliseconds < 0 { Timestamp::MIN } else { Timestamp::MAX };
    format!("{:.3}", Timestamp::from_millisecond(milliseconds).unwrap_or(nearest))
}

/// A number as people write it: `4`, `250.13`, `0.00012`.
pub(super) fn number(value: f64) -> String {
    let magnitude = value.abs();
    let decimals = match magnitude {
        _ if value == 0.0 => return "0".to_owned(),
        _ if !value.is_finite() => return value.to_string(),
        small if small < 0.000_001 => return format!("{value:e}"),
        great if great >= 1e15 => return format!("{value:e}"),
        hundreds if hundreds >= 100.0 => 2,
        ones if ones >= 1.0 => 4,
        _ => 9,
    };
    let digits = format!("{value:.decimals$}");
    digits.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_shown() {
        assert_eq!(visible("a\nb\r\t\u{7}é👩‍🚒"), "a\\nb\\r\\t\\u{7}é👩‍🚒");
        assert_eq!(visible("\u{202e}gpj.exe\u{85}\u{ffff}"), "\\u{202e}gpj.exe\\u{85}\\u{ffff}");
        assert_eq!(block("java.lang.Error\n\tat A.b\r\n\n", "  "), "  java.lang.Error\n  \tat A.b\n");
        assert_eq!(block("\n", "  "), "  (an empty line)\n");
    }

    #[test]
    fn texts_are_cut_between_characters() {
        assert_eq!(shorten("éééé", 4), "éééé");
        assert_eq!(shorten("ééééé", 4), "ééé…");
        assert_eq!(shorten("ab", 0), "");
        assert_eq!(shorten_bytes("éééé", 8), "éééé");
        assert_eq!(shorten_bytes("ééééé", 8), "éé…");
    }

    #[test]
    fn texts_are_cut_between_words() {
        assert_eq!(shorten_words("one two three", 13), "one two three");
        assert_eq!(shorten_words("one two three", 12), "one two..");
        assert_eq!(shorten_words("one two three", 9), "one two..");
        assert_eq!(shorten_words("a incomprehensibility", 12), "a incompre..");
        assert_eq!(shorten_words("abc", 1), "");
    }

    #[test]
    fn sms_use_the_small_alphabet() {
        assert_eq!(gsm("[a]{b}|c\\`d`^~\n€é"), "(a)(b)/c/'d'-- ??");
    }

    #[test]
    fn times_are_iso() {
        assert_eq!(time(1_795_260_000_123), "2026-11-21T11:20:00.123Z");
        assert_eq!(time(-1), "1969-12-31T23:59:59.999Z");
        assert!(time(i64::MAX).starts_with("9999-12-"));
        assert!(time(i64::MIN).starts_with("-009999-01-"));
    }

    #[test]
    fn numbers_are_short() {
        for (value, text) in [
            (4.0, "4"),
            (-0.0, "0"),
            (0.1 + 0.2, "0.3"),
            (250.126, "250.13"),
            (1_234_567.8, "1234567.8"),
            (0.000_12, "0.00012"),
            (3.5, "3.5"),
            (1e300, "1e300"),
            (2e-10, "2e-10"),
            (f64::NAN, "NaN"),
            (-1e14, "-100000000000000"),
        ] {
            assert_eq!(number(value), text);
        }
    }
}
